"""Who fits which flat, how long a step may take, what a decline leads to: data of each programme, with its source."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from config.loading import CATALOGUE, Entry, load_yaml
from models.kernel.errors import NotFound

FILE = CATALOGUE / "housing" / "allocation.yaml"
HUNDREDTHS = 100

Layout = Literal["studio", "one_room", "two_rooms", "three_rooms"]
Then = Literal["keep", "to_the_end", "end"]


class Amount(Entry):
    """A whole number with its source; the name says the unit."""

    value: int = Field(ge=1)
    source: str = Field(min_length=1)


class SizeRule(Entry):
    """Households of up to `persons_most` fit these layouts, the first offered first."""

    persons_most: int = Field(ge=1)
    layouts: list[Layout] = Field(min_length=1)
    source: str = Field(min_length=1)


class DeclineRule(Entry):
    """What happens `from` this number of declines on."""

    model_config = ConfigDict(populate_by_name=True)

    begin: int = Field(alias="from", ge=1)
    then: Then
    source: str = Field(min_length=1)


class Subsidy(Entry):
    """The money a household may choose instead of a flat: by person and square metre, fen a month."""

    fen_per_sqm: int = Field(ge=1)
    sqm_per_person: int = Field(ge=1)
    sqm_most: int = Field(ge=1)
    source: str = Field(min_length=1)

    def monthly_fen(self, persons: int) -> int:
        """What a household of so many gets a month, fen."""
        return self.fen_per_sqm * min(self.sqm_per_person * persons, self.sqm_most)


class AllocationRule(Entry):
    """One programme's way from the list to a key."""

    offer_days: Amount
    choose_days: Amount
    sign_days: Amount
    lease_months: Amount
    recheck_months: Amount
    recheck_warning_days: Amount
    arrears_notice_days: Amount
    arrears_exit_months: Amount
    area_most_hundredths: Amount
    sizes: list[SizeRule] = Field(min_length=1)
    declines: list[DeclineRule] = Field(min_length=1)
    counts: list[Literal["declined", "expired"]]
    subsidy: Subsidy | None = None
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        for each in ([r.persons_most for r in self.sizes], [r.begin for r in self.declines]):
            if each != sorted(set(each)):
                raise ValueError("sizes and declines rise, each once")
        return self

    def layouts_for(self, persons: int) -> list[Layout]:
        """The layouts that fit a household of so many, best first; the largest rule for more."""
        return next((each for each in self.sizes if persons <= each.persons_most), self.sizes[-1]).layouts

    def after_decline(self, count: int) -> Then:
        """What the count-th decline leads to."""
        return next((each.then for each in reversed(self.declines) if count >= each.begin), "keep")


class Allocation(Entry):
    """The catalogue's file."""

    programmes: dict[str, AllocationRule] = Field(min_length=1)


@lru_cache(maxsize=1)
def allocation_rules() -> Allocation:
    """All programmes that give flats. Raises CatalogueFault."""
    return load_yaml(FILE, Allocation)


def allocation_rule(programme: str) -> AllocationRule:
    """A programme's rules. Raises NotFound where it gives no flats."""
    found = allocation_rules().programmes.get(programme)
    if found is None:
        raise NotFound()
    return found
