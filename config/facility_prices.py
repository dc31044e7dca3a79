"""What places charge for, in which units and by whose decision, as data: `catalogue/facility_prices.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from pydantic import Field, model_validator

from config.loading import CATALOGUE, CatalogueFault, Entry, catalogue, load_yaml, rule
from config.programmes import TOKEN_FORM
from config.text import sentences

FILE = CATALOGUE / "facility_prices.yaml"
TEXTS = "facilities.prices"
# The one basis that the code knows: nothing is charged.
FREE = "free"


class PriceWord(Entry):
    """A word of the price list. `also`: what an office may write instead of its label."""

    token: str = Field(pattern=TOKEN_FORM)
    also: list[str]
    source: str = Field(min_length=1)
    since: date


class PriceItem(PriceWord):
    """What is charged for. `per`: tokens of units, the usual one first; `whole`: everything that the place does."""

    categories: list[str] = Field(min_length=1)
    per: list[str]
    by_age_group: bool = False
    whole: bool = False

    @model_validator(mode="after")
    def _agrees(self) -> PriceItem:
        if self.whole == bool(self.per):
            raise ValueError(f"{self.token}: what stands for everything has no unit, and nothing else lacks one")
        return self


class PriceList(Entry):
    """All items, units and bases."""

    items: list[PriceItem] = Field(min_length=1)
    units: list[PriceWord] = Field(min_length=1)
    bases: list[PriceWord] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees(self) -> PriceList:
        for words in (self.items, self.units, self.bases):
            tokens = [each.token for each in words]
            if len(set(tokens)) != len(tokens):
                raise ValueError("a token is given twice")
        units = {each.token for each in self.units}
        for item in self.items:
            unknown = {*item.categories} - {*catalogue().categories} | {*item.per} - units
            if unknown:
                raise ValueError(f"{item.token}: neither a category nor a unit: {sorted(unknown)}")
        if FREE not in {each.token for each in self.bases} or sum(item.whole for item in self.items) != 1:
            raise ValueError(f"there is a basis {FREE} and one item for everything")
        if {*rule("facilities.price_yuan_most")} != units:
            raise ValueError("the rule facilities.price_yuan_most names another set of units")
        return self

    def item(self, token: str) -> PriceItem | None:
        """The item with this token."""
        return next((each for each in self.items if each.token == token), None)

    @property
    def everything(self) -> PriceItem:
        """The item that stands for everything a place does."""
        return next(each for each in self.items if each.whole)

    def of_category(self, category: str) -> list[PriceItem]:
        """The items that places of this category may charge for."""
        return [each for each in self.items if category in each.categories]


@lru_cache(maxsize=1)
def price_list() -> PriceList:
    """The list, read at the first call. Raises CatalogueFault with file and line, also for a word without a label."""
    found = load_yaml(FILE, PriceList)
    parts: tuple[tuple[str, Sequence[PriceWord]], ...] = (
        ("items", found.items), ("units", found.units), ("bases", found.bases),
    )  # fmt: skip
    for part, words in parts:
        _labelled(part, words)
    return found


def _labelled(part: str, words: Iterable[PriceWord]) -> None:
    labels: set[str] = set()
    for each in words:
        label = sentences().get(f"{TEXTS}.{part}.{each.token}")
        if label is None or label in labels:
            raise CatalogueFault(f"{FILE}:1: {part}.{each.token} needs a label of its own in {TEXTS}.{part}")
        labels.add(label)
