"""Where the observed indicators come from: the directory of facilities and the register of old people.

Each source gives what it counted for the city, and for each county where that tells nothing about single persons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.indicators import CITY, denominator
from config.loading import catalogue, rule
from config.text import say
from models.eldercare.queries import month_rate
from models.facilities.documents import AGE_GROUPS, OPEN, Facility
from models.indicators.documents import CITY_LEVEL, COUNTY_LEVEL
from models.kernel.clock import day_of, month_bounds
from models.kernel.database import collection
from models.kernel.lifecycle import Raw

PERMANENT_RESIDENTS = "permanent_residents"
PLACES = tuple(f"places_{group}" for group in AGE_GROUPS)


@dataclass(frozen=True)
class Count:
    """What was counted for an area and a month, not yet divided. `base` None: nothing to divide by is known.

    `inputs` are the counts behind it by name; `reach` says how far the source extends; `gap`: somebody is missing.
    """

    level: str
    area: str
    counted: float
    base: float | None
    inputs: Mapping[str, float]
    source: str
    reach: Mapping[str, float] = field(default_factory=dict)
    gap: bool = False


@dataclass(frozen=True)
class Source:
    """How an indicator is counted. `snapshot`: only the present state can be read, so a month cannot be read again."""

    count: Callable[[str, datetime], list[Count]]
    snapshot: bool


def childcare_places(period: str, at: datetime) -> list[Count]:
    """Places of open centres whose registration holds on the month's last day, by permanent residents."""
    last = last_day(period)
    centres = [
        each
        for each in _facilities(rule("indicators.childcare_categories"))
        if (each.get("registration_valid_until") or "") >= last
    ]
    return [_places_of(level, area, found, last) for level, area, found in _areas(centres)]


def elder_care_beds(period: str, at: datetime) -> list[Count]:
    """Beds of open elder-care homes and community centres."""
    found = _facilities(rule("indicators.elder_bed_categories"))
    return [
        Count(
            level, area, beds, None, {"elder_care_beds": beds, "facilities": len(here)}, _directory(here),
            *_reach(level, here),
        )
        for level, area, here in _areas(found)
        for beds in [_sum(here, "beds")]
    ]  # fmt: skip


def nursing_beds(period: str, at: datetime) -> list[Count]:
    """Nursing beds among the beds of open elder-care homes."""
    found = _facilities(rule("indicators.elder_home_categories"))
    return [
        Count(
            level, area, nursing, beds, {"nursing_beds": nursing, "elder_home_beds": beds, "facilities": len(here)},
            _directory(here), *_reach(level, here),
        )
        for level, area, here in _areas(found)
        for nursing, beds in [(_sum(here, "beds_nursing"), _sum(here, "beds"))]
    ]  # fmt: skip


def welfare_visits(period: str, at: datetime) -> list[Count]:
    """Distinct people seen in the month, of those on the register; for the city only, for a county's are few."""
    rate = month_rate(period, at)
    townships = len(catalogue().places)
    inputs = {"people_seen": rate.numerator, "people_on_register": rate.denominator}
    text = say("indicators.source.register", townships=townships, share=round(100 * rate.coverage))
    reach = {"townships": round(rate.coverage * townships), "townships_total": townships}
    gap = rate.coverage < 1
    return [Count(CITY_LEVEL, CITY, rate.numerator, rate.denominator, inputs, text, reach, gap)]


SOURCES: dict[str, Source] = {
    "childcare_places_per_thousand": Source(childcare_places, snapshot=True),
    "elder_care_beds": Source(elder_care_beds, snapshot=True),
    "nursing_bed_share": Source(nursing_beds, snapshot=True),
    "monthly_welfare_visit_rate": Source(welfare_visits, snapshot=False),
}


def last_day(period: str) -> str:
    """The month's last day in China, `2026-10-31`."""
    return day_of(month_bounds(period)[1] - timedelta(seconds=1)).isoformat()


def _facilities(categories: Iterable[str]) -> list[Raw]:
    fields = dict.fromkeys(("district_code", "source", "registration_valid_until", "beds", "beds_nursing", *PLACES), 1)
    wanted = {"district_code": {"$in": sorted(catalogue().districts)}, "category": {"$in": list(categories)}}
    return list(collection(Facility).find({**wanted, "status": OPEN}, fields))


def _areas(found: list[Raw]) -> Iterable[tuple[str, str, list[Raw]]]:
    """The city with all, and each county with its own."""
    yield CITY_LEVEL, CITY, found
    for code in sorted(catalogue().districts):
        yield COUNTY_LEVEL, code, [each for each in found if each["district_code"] == code]


def _places_of(level: str, area: str, centres: list[Raw], last: str) -> Count:
    people = denominator(PERMANENT_RESIDENTS, area, day_of(month_bounds(last[:7])[1] - timedelta(seconds=1)))
    places = sum(_sum(centres, name) for name in PLACES)
    inputs: dict[str, float] = {"childcare_places": places, "facilities": len(centres)}
    if people is None:
        named = say("indicators.source.population_missing")
    else:
        inputs[PERMANENT_RESIDENTS] = people.value
        status = say(f"indicators.status.{people.status}")
        named = say("indicators.source.population", value=people.value, as_of=people.as_of, status=status)
    text = say("indicators.source.joined", first=_directory(centres), second=named)
    return Count(level, area, places, people.value if people else None, inputs, text, *_reach(level, centres))


def _reach(level: str, found: list[Raw]) -> tuple[dict[str, float], bool]:
    """How many counties have any record; the city's number has a gap where one has none."""
    if level != CITY_LEVEL:
        return {}, not found
    counties, total = len({each["district_code"] for each in found}), len(catalogue().districts)
    return {"counties": counties, "counties_total": total}, counties < total


def _directory(found: list[Raw]) -> str:
    if not found:
        return say("indicators.source.directory_empty")
    names = ", ".join(sorted({str(each["source"]) for each in found}))
    return say("indicators.source.directory", records=len(found), names=names)


def _sum(found: Iterable[Raw], name: str) -> int:
    return sum(each.get(name) or 0 for each in found)
