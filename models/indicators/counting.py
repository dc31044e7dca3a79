"""What a source of observations gives: counts of an area and a month, not yet divided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from config.indicators import CITY
from config.loading import catalogue
from config.text import say
from models.indicators.documents import CITY_LEVEL, COUNTY_LEVEL, TOWNSHIP_LEVEL
from models.indicators.series import Base, bases_on
from models.kernel.clock import day_of, month_bounds
from models.kernel.lifecycle import Raw


@dataclass(frozen=True)
class Count:
    """What was counted for an area and a month, not yet divided. `base` None: nothing to divide by is known.

    `inputs` are the counts behind it by name; `reach` says how far the source extends; `gap`: somebody is missing.
    `unrecorded`: nothing of the kind is recorded in the whole city, so that a zero would be a claim.
    """

    level: str
    area: str
    counted: float
    base: float | None
    inputs: Mapping[str, float]
    source: str
    reach: Mapping[str, float] = field(default_factory=dict)
    gap: bool = False
    unrecorded: bool = False


@dataclass(frozen=True)
class Source:
    """How an indicator is counted. `snapshot`: only the present state can be read, so a month cannot be read again."""

    count: Callable[[str, datetime], list[Count]]
    snapshot: bool


def last_day(period: str) -> date:
    """The month's last day in China."""
    return day_of(month_bounds(period)[1] - timedelta(seconds=1))


def areas_of(found: Iterable[Raw]) -> Iterable[tuple[str, str, list[Raw]]]:
    """The city with all records, each county with its own, and each township that has any."""
    records = list(found)
    counties: dict[str, list[Raw]] = {code: [] for code in sorted(catalogue().districts)}
    townships: dict[str, list[Raw]] = {}
    for each in records:
        if each.get("district_code") in counties:
            counties[each["district_code"]].append(each)
        if catalogue().place(each.get("township_id") or "") is not None:
            townships.setdefault(each["township_id"], []).append(each)
    yield CITY_LEVEL, CITY, records
    for code, here in counties.items():
        yield COUNTY_LEVEL, code, here
    for place, here in sorted(townships.items()):
        yield TOWNSHIP_LEVEL, place, here


def divided_by(measure: str, period: str) -> Callable[[str], tuple[float | None, str]]:
    """By area: the latest value of an official series known for the month's end, and how it is named as a source."""
    bases = bases_on(measure, last_day(period))

    def divisor(area: str) -> tuple[float | None, str]:
        base = bases(area)
        if base is None:
            return None, say(f"indicators.source.{measure}_missing")
        return base.value, _named(measure, base)

    return divisor


def reach_of(level: str, found: list[Raw]) -> tuple[dict[str, float], bool]:
    """How many counties have any record; the city's number has a gap where one has none."""
    if level != CITY_LEVEL:
        return {}, not found
    counties, total = len({each["district_code"] for each in found}), len(catalogue().districts)
    return {"counties": counties, "counties_total": total}, counties < total


def _named(measure: str, base: Base) -> str:
    status = say(f"indicators.status.{base.status}")
    return say(f"indicators.source.{measure}", value=base.value, as_of=base.as_of, status=status)
