"""Observations that add up counted uses: from the plan's first month on, or from the first of January."""

from __future__ import annotations

from datetime import datetime

from config.indicators import CITY
from config.loading import catalogue, rule
from config.text import say
from models.indicators.counting import Count, divided_by, last_day
from models.indicators.documents import CITY_LEVEL, COUNTY_LEVEL, NO_PLACE, TOWNSHIP_LEVEL
from models.indicators.rollups import uses

TRAININGS, CULTURAL_USES = "subsidised_training_participants", "cultural_facility_uses"
# The measure of use that an indicator adds up.
RUNNING = {TRAININGS: "training_completed", CULTURAL_USES: "cultural_facility_use"}

Totals = dict[str, int]


def running_since(token: str, period: str) -> str:
    """The first month whose uses the indicator adds up in `period`."""
    first: str = rule("indicators.plan_first_month") if token == TRAININGS else f"{period[:4]}-01"
    return first


def trainings(period: str, at: datetime) -> list[Count]:
    """Subsidised trainings completed since the plan's first month."""
    first = f"{running_since(TRAININGS, period)}-01"
    totals = _totals(RUNNING[TRAININGS], first, period)
    return [
        Count(level, area, total, None, {"trainings_completed_since_2021": total},
              say("indicators.source.uses", since=first, uses=total), unrecorded=not totals[0][2])
        for level, area, total in totals
    ]  # fmt: skip


def cultural_uses(period: str, at: datetime) -> list[Count]:
    """Uses of cultural facilities since the first of January, by permanent residents."""
    first, below = f"{running_since(CULTURAL_USES, period)}-01", "permanent_residents"
    counts, divisors = [], divided_by(below, period)
    totals = _totals(RUNNING[CULTURAL_USES], first, period)
    for level, area, total in totals:
        base, named = divisors(area)
        inputs: dict[str, float] = {"cultural_facility_uses_this_year": total} | ({below: base} if base else {})
        counted = say("indicators.source.uses", since=first, uses=total)
        text = say("indicators.source.joined", first=counted, second=named)
        counts.append(Count(level, area, total, base, inputs, text, unrecorded=not totals[0][2]))
    return counts


def _totals(measure: str, first_day: str, period: str) -> list[tuple[str, str, int]]:
    """(level, area, uses): the city with all, every county, and each township that has any."""
    counties: Totals = dict.fromkeys(sorted(catalogue().districts), 0)
    townships: Totals = {}
    whole = 0
    for use in uses(first_day, last_day(period).isoformat(), measure):
        whole += use.count
        if use.district_code in counties:
            counties[use.district_code] += use.count
        if use.township_id != NO_PLACE:
            townships[use.township_id] = townships.get(use.township_id, 0) + use.count
    return [
        (CITY_LEVEL, CITY, whole),
        *((COUNTY_LEVEL, code, total) for code, total in counties.items()),
        *((TOWNSHIP_LEVEL, place, total) for place, total in sorted(townships.items())),
    ]
