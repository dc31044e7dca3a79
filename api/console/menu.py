"""The console's menu: what each role works with."""

from __future__ import annotations

from dataclasses import dataclass

from api.console.pages import PAGES, Look
from config.text import say


@dataclass(frozen=True)
class Entry:
    """An entry: the section that it opens, its first page, its label."""

    section: str
    path: str
    label: str


# Sections in the order of the menu, each with the page that it opens; of several the first that one may look at.
SECTIONS = (
    ("work", "/"), ("applications", "/applications"), ("proxies", "/proxies"), ("housing", "/housing"),
    ("childcare", "/childcare"), ("visits", "/visits"), ("conversations", "/conversations"),
    ("feedback", "/feedback"), ("feedback", "/feedback/themes"), ("facilities", "/facilities"),
    ("indicators", "/indicators"), ("running", "/running"),
)  # fmt: skip


def menu_of(look: Look) -> list[Entry]:
    """The entries whose page the caseworker may look at."""
    pages = {each.path: each for each in PAGES}
    found: dict[str, Entry] = {}
    for section, path in SECTIONS:
        if path in pages and pages[path].is_for(look):
            found.setdefault(section, Entry(section, f"/console{path}", say(f"console.section.{section}")))
    return list(found.values())
