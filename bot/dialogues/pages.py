"""Links out of the chat: into a page of the mini-program, and to a map. WeChat shows them as words to press."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from pydantic import Field

from bot.understanding.lexicon import FOLDER
from config.loading import Entry, load_yaml
from config.text import say

# What would be read as markup, where a name or a resident's own words are said back.
_MARKUP = str.maketrans({"<": "〈", ">": "〉"})
_LINK = re.compile(r"<a (?:data-miniprogram-appid=\"[^\"]*\" data-miniprogram-path=\"([^\"]*)\" )?href=\"([^\"]*)\">"
                   r"([^<]*)</a>")  # fmt: skip


class PagesFile(Entry):
    """The pages by name; `{id}` stands for what a page is about."""

    pages: dict[str, str] = Field(min_length=1)
    fallback: str = Field(pattern=r"^https://")
    map: str = Field(pattern=r"^https://")


@lru_cache(maxsize=1)
def pages_file() -> PagesFile:
    """The file, read once. Raises CatalogueFault with its line."""
    return load_yaml(FOLDER / "pages.yaml", PagesFile)


def page(appid: str, name: str, words: str, about: str = "") -> str:
    """A page of the mini-program `appid`, shown as `words`. Raises KeyError for an unknown page."""
    path = pages_file().pages[name].format(id=quote(about))
    return (
        f'<a data-miniprogram-appid="{appid}" data-miniprogram-path="{path}" href="{pages_file().fallback}">{words}</a>'
    )


def on_map(item: Mapping[str, Any], words: str) -> str:
    """A facility on a public map; its point must be GCJ-02, as the map takes it."""
    point = item["location"]
    address = pages_file().map.format(
        latitude=round(point["latitude"], 6), longitude=round(point["longitude"], 6), name=quote(item["name"])
    )
    return f'<a href="{address}">{words}</a>'


def harmless(text: str) -> str:
    """Words of others so that they cannot be taken for a link."""
    return text.translate(_MARKUP)


def in_terminal(text: str) -> str:
    """Links as a terminal can show them: the words, and where they lead."""
    return _LINK.sub(lambda found: say("bot.terminal.link", words=found[3], to=found[1] or found[2]), text)
