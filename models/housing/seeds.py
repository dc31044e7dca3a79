"""Sources of a draw's seed: public lotteries whose numbers nobody can know before or change after.

A source says how its result is written as one text, so that nobody can choose between two ways of writing it.
A demonstration has a source of its own, which whoever shows it makes up at once: only a product in development takes
it, and the record says what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Self

from pydantic import Field, model_validator

from config.loading import CATALOGUE, Entry, load_yaml, rule
from models.kernel.clock import at_local, shown
from models.kernel.errors import FieldFault, InvalidInput

FILE = CATALOGUE / "housing" / "seed_sources.yaml"
DIGITS = 2
SEPARATOR = "-"


class Balls(Entry):
    """`count` different numbers from `lowest` to `highest`, written with two digits in rising order."""

    count: int = Field(ge=1, le=20)
    lowest: int = Field(ge=0, le=99)
    highest: int = Field(ge=0, le=99)

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Self:
        if self.highest - self.lowest + 1 < self.count:
            raise ValueError("there are fewer numbers than are drawn")
        return self


class SeedSource(Entry):
    """A public lottery. `weekdays`: when it is drawn, Monday is 0; `hour`, `minute`: by when, on China's clocks.

    `demonstration`: no public value at all, made up by whoever shows the draw.
    """

    name: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    address: str = Field(min_length=1)
    written: str = Field(min_length=1)
    issue_digits: int = Field(ge=1, le=12)
    weekdays: list[int] = Field(min_length=1)
    hour: int = Field(ge=0, le=23)
    minute: int = Field(ge=0, le=59)
    balls: list[Balls] = Field(min_length=1)
    source: str = Field(min_length=1)
    demonstration: bool = False


class SeedSources(Entry):
    """The catalogue's file."""

    sources: dict[str, SeedSource] = Field(min_length=1)


@lru_cache(maxsize=1)
def seed_sources() -> dict[str, SeedSource]:
    """The sources that a draw may name, by token. Raises CatalogueFault."""
    return load_yaml(FILE, SeedSources).sources


def named_seed(token: str, issue: str, announced_on: date, *, demonstrations: bool = False) -> dict[str, Any]:
    """What the list is committed with: which result of which source will be the seed, and when it is announced.

    `demonstrations`: whether one may be named that is no public value. Raises InvalidInput for an unknown source, an
    issue of another form, a day without a result.
    """
    source = seed_sources().get(token)
    if source is None or (source.demonstration and not demonstrations):
        raise InvalidInput(faults=[FieldFault("seed_source", "literal_error")])
    if not (issue.isascii() and issue.isdigit() and len(issue) == source.issue_digits):
        raise InvalidInput(faults=[FieldFault("issue", "string_pattern_mismatch")])
    if announced_on.weekday() not in source.weekdays:
        raise InvalidInput("draw_no_result_that_day", faults=[FieldFault("announced_on", "no_result_that_day")])
    named = {
        "token": token, "name": source.name, "publisher": source.publisher, "address": source.address,
        "issue": issue, "announced_at": shown(at_local(announced_on, source.hour, source.minute)),
        "written": source.written, "balls": [each.model_dump() for each in source.balls],
    }  # fmt: skip
    return {**named, "demonstration": True} if source.demonstration else named


def announced_at(named: dict[str, Any]) -> datetime:
    """When the named result is announced, at the latest."""
    return datetime.fromisoformat(named["announced_at"])


def is_demonstration(named: Mapping[str, Any]) -> bool:
    """True where the named seed is no public value: such a draw shows how one goes, and decides nothing."""
    return bool(named.get("demonstration"))


def check_lead(named: dict[str, Any], at: datetime) -> None:
    """Raises InvalidInput where the result would be announced too soon after `at` to look at the list, or too late.

    A demonstration waits for nothing.
    """
    if is_demonstration(named):
        return
    lead = announced_at(named) - at
    if lead < timedelta(hours=rule("housing.draw_lead_hours")):
        raise InvalidInput("draw_seed_too_soon", faults=[FieldFault("announced_on", "too_soon")])
    if lead > timedelta(days=rule("housing.draw_lead_days_most")):
        raise InvalidInput(faults=[FieldFault("announced_on", "less_than_equal")])


def check_written(seed: str, named: dict[str, Any]) -> None:
    """Raises InvalidInput (`draw_seed_form`) where the seed is not written as its source says."""
    if not is_written_well(seed, [Balls(**each) for each in named["balls"]]):
        raise InvalidInput("draw_seed_form", faults=[FieldFault("seed", "string_pattern_mismatch")])


def is_written_well(seed: str, balls: Sequence[Balls]) -> bool:
    """True where `seed` is a result of such balls, written in the one way allowed."""
    parts = seed.split(SEPARATOR)
    if len(parts) != sum(each.count for each in balls):
        return False
    if not all(len(part) == DIGITS and part.isascii() and part.isdigit() for part in parts):
        return False
    numbers = [int(part) for part in parts]
    begin = 0
    for each in balls:
        group = numbers[begin : begin + each.count]
        begin += each.count
        if group != sorted(set(group)) or group[0] < each.lowest or group[-1] > each.highest:
            return False
    return True
