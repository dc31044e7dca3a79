"""The catalogue's words for understanding: read once, checked, with the line of a fault."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from bot.understanding.meaning import FIND_SERVICE, INTENTS
from config.loading import CATALOGUE, CatalogueFault, Entry, catalogue, load_yaml

FOLDER = CATALOGUE / "dialogues"
Words = tuple[str, ...]
# Asked about like a programme, though it has no form.
VISITS = "welfare_visit"


class CategoryWords(Entry):
    """How residents call one category; `call` is our short word for it."""

    call: str = Field(min_length=1)
    words: Words = Field(min_length=1)
    weak: Words


class IntentWords(Entry):
    """By which words one wish is recognised; `with_*` are points for what else is named."""

    strong: Words = ()
    plain: Words = ()
    hint: Words = ()
    against: Words = ()
    whole: Words = ()
    examples: Words = ()
    with_category: float = Field(default=0, ge=0)
    with_place: float = Field(default=0, ge=0)
    with_programme: float = Field(default=0, ge=0)


class PlaceWords(Entry):
    """How a place is recognised in a sentence."""

    ordinary_words: Words
    followed_by: Words
    near_words: Words
    here: Words
    lead_ins: Words
    breaks: Words
    landmarks: Words
    endings: Words
    kinds: Words
    no_name: Words
    wider: Words
    parts: Words
    no_part: Words


class Commands(Entry):
    """What steers a conversation, how numbers are said, and what WeChat puts in place of a sticker."""

    commands: dict[Literal["more", "back", "cancel", "restart", "repeat", "unknown"], Words]
    particles: Words
    number_frames: Words
    digits: dict[str, int]
    ten: str
    unsupported_texts: Words
    names_follow: Words
    phone_words: Words

    @field_validator("number_frames")
    @classmethod
    def _hold_a_number(cls, frames: Words) -> Words:
        if any(frame.count("{n}") != 1 for frame in frames):
            raise ValueError("each frame holds {n} once")
        return frames


class _Categories(Entry):
    categories: dict[str, CategoryWords]


class ProgrammesFile(Entry):
    """Words by programme; `within`: which programme is one with another in residents' words."""

    programmes: dict[str, Words]
    within: dict[str, str]


class OpenNow(Entry):
    """Only what is open is wanted: one of `words`, or one of `moments` together with one of `states`."""

    words: Words
    moments: Words
    states: Words


class IntentsFile(Entry):
    """The wishes; the matters done elsewhere; words that exclude, ask for what is open, or begin a second wish."""

    intents: dict[str, IntentWords]
    elsewhere: dict[str, Words]
    refusals: Words
    open_now: OpenNow
    joints: Words


class _Traditional(Entry):
    pairs: str


@lru_cache(maxsize=1)
def category_words() -> dict[str, CategoryWords]:
    """Words by category token. Raises CatalogueFault where a category has none or is unknown."""
    path = FOLDER / "categories.yaml"
    found = load_yaml(path, _Categories).categories
    _same(path, set(found), set(catalogue().categories))
    return found


@lru_cache(maxsize=1)
def programmes_file() -> ProgrammesFile:
    """The programmes' words. Raises CatalogueFault where a programme of the catalogue has none."""
    path = FOLDER / "programmes.yaml"
    found = load_yaml(path, ProgrammesFile)
    _same(path, set(found.programmes), {each.stem for each in (CATALOGUE / "programmes").glob("*.yaml")} | {VISITS})
    return found


def programme_words() -> dict[str, Words]:
    """Words by programme token."""
    return programmes_file().programmes


@lru_cache(maxsize=1)
def intents_file() -> IntentsFile:
    """Words by intent, and more. Raises CatalogueFault where an intent has none or is unknown."""
    path = FOLDER / "intents.yaml"
    found = load_yaml(path, IntentsFile)
    _same(path, set(found.intents), set(INTENTS))
    if not found.intents[FIND_SERVICE].with_category:
        raise CatalogueFault(f"{path}:1: a named category must speak for {FIND_SERVICE}")
    return found


def intent_words() -> dict[str, IntentWords]:
    """Words by intent."""
    return intents_file().intents


@lru_cache(maxsize=1)
def place_words() -> PlaceWords:
    """The words around a place's name."""
    return load_yaml(FOLDER / "places.yaml", PlaceWords)


@lru_cache(maxsize=1)
def commands() -> Commands:
    """The words that steer a conversation."""
    return load_yaml(FOLDER / "commands.yaml", Commands)


@lru_cache(maxsize=1)
def traditional() -> dict[int, str]:
    """Simplified characters by the code point of the traditional one."""
    path = FOLDER / "traditional.yaml"
    table: dict[int, str] = {}
    for pair in load_yaml(path, _Traditional).pairs.split():
        if len(pair) != 2:
            raise CatalogueFault(f"{path}:1: {pair!r} is not a pair of characters")
        table[ord(pair[0])] = pair[1]
    return table


def read_all() -> None:
    """Read every file, so that a fault stops the start."""
    readers: tuple[Any, ...] = (
        category_words, programmes_file, intents_file, place_words, commands, traditional,
    )  # fmt: skip
    for read in readers:
        read()


def _same(path: Path, found: set[str], wanted: set[str]) -> None:
    if found != wanted:
        raise CatalogueFault(f"{path}:1: missing or unknown: {', '.join(sorted(found ^ wanted))}")
