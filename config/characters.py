"""Traditional characters and the simplified form of each, as data of the catalogue."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from config.loading import CATALOGUE, Entry, load_csv

FILE = CATALOGUE / "people" / "traditional_characters.csv"


class CharacterPair(Entry):
    """A traditional character and the simplified one it is written as today."""

    traditional: str = Field(min_length=1, max_length=1)
    simplified: str = Field(min_length=1, max_length=1)


@lru_cache(maxsize=1)
def simplified_forms() -> dict[int, str]:
    """For `str.translate`; simplifying twice changes nothing more. Raises CatalogueFault with file and line."""
    pairs = load_csv(FILE, CharacterPair, unique="traditional", check=_changes_something)
    return {ord(each.traditional): each.simplified for each in pairs}


def _changes_something(pair: CharacterPair) -> str | None:
    return f"{pair.traditional} is its own simplified form" if pair.traditional == pair.simplified else None
