"""Every sentence that a person reads, and the files that say it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from config.loading import rule
from config.text import sentences
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "bot", "config", "jobs", "models")
# A key as code writes it: whole, or its beginning before a part that is filled in (`say(f"jobs.job.{name}")`,
# `"console.done." ~ name` in a template).
WRITTEN = re.compile(r"""["']([a-z_]+(?:\.[a-zA-Z0-9_-]+)+\.?|[a-z_]+\.)["'{~]""")


def listed(text: str | None, cursor: str | None) -> Page:
    """Sentences by their key, which with `text` name or hold it."""
    after = str(decode_cursor(cursor).get("text", "")) if cursor is not None else ""
    wanted = (text or "").strip().lower()
    found = [(key, said) for key, said in sorted(sentences().items())
             if key > after and (wanted in key.lower() or wanted in said.lower())]  # fmt: skip
    size = rule("running.page_size")
    more = encode_cursor({"text": found[size - 1][0]}) if len(found) > size else None
    return Page([_shown(key, said) for key, said in found[:size]], more)


def _shown(key: str, said: str) -> Raw:
    part = key.split(".", 1)[0]
    return {"key": key, "text": said, "file": f"config/text/zh_CN/{part}.yaml", "used_in": used_in(key)}


def used_in(key: str) -> list[str]:
    """The files in which the key is written, whole or by its beginning; of beginnings only the longest counts."""
    uses = _uses()
    whole = uses.get(key)
    if whole:
        return sorted(whole)
    parts = key.split(".")
    for count in range(len(parts) - 1, 0, -1):
        begun = uses.get(".".join(parts[:count]) + ".") or uses.get(".".join(parts[:count]))
        if begun:
            return sorted(begun)
    return []


@lru_cache(maxsize=1)
def _uses() -> dict[str, set[str]]:
    """By key or its beginning the files of the product that write it; read once."""
    found: dict[str, set[str]] = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in (".py", ".html"):
                for key in _keys(path.read_text(encoding="utf-8")):
                    found.setdefault(key, set()).add(str(path.relative_to(ROOT)))
    return found


def _keys(text: str) -> set[str]:
    return {match.group(1) for match in WRITTEN.finditer(text)} | {
        match.group(1) for match in re.finditer(r"""f["']([a-z_]+(?:\.[a-z_]+)*\.){""", text)
    }
