"""Scenes: the short words in a mini-program's code, and the page to which each leads.

WeChat takes at most 32 characters of a set without `%`, which an id and its kind together do not fit. So a scene is an
id made of both: the same however often it is asked for, and telling nothing to whoever reads it off a poster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from pydantic import Field

from config.loading import CATALOGUE, Entry, load_yaml
from models.kernel.ids import id_from_key

# WeChat, getUnlimitedQRCode: digits, letters, and these signs.
ALLOWED = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}", re.ASCII)
PAGE = r"^pages/[a-z_/]+$"


class ScenesFile(Entry):
    """The screen that every code opens, and by kind the page that it leads on to; `{id}`: what it is about."""

    landing: str = Field(pattern=PAGE)
    kinds: dict[str, str] = Field(min_length=1)


@dataclass(frozen=True)
class Way:
    """A page of the mini-program and what it is told."""

    page: str
    query: dict[str, str]


@lru_cache(maxsize=1)
def scenes_file() -> ScenesFile:
    """The file, read once. Raises CatalogueFault with its line."""
    return load_yaml(CATALOGUE / "wechat" / "scenes.yaml", ScenesFile)


def scene_of(kind: str, about: str) -> str:
    """The scene of a thing: 26 characters."""
    return id_from_key("scene", f"{kind}:{about}")


def way_of(kind: str, about: str) -> Way:
    """Where a scene of this kind leads. Raises KeyError for a kind that the catalogue does not know."""
    page, _, query = scenes_file().kinds[kind].partition("?")
    return Way(page, {name: text.format(id=about) for name, text in parse_qsl(query)})
