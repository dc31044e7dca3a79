"""Where the observed indicators come from: the directory of facilities, the register, applications, counted uses.

Each source gives what it counted for the city, its counties and townships; what of it may be shown where numbers of
people are small is decided when it is published (`disclosure`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from config.indicators import CITY
from config.loading import catalogue, rule
from config.text import say
from models.eldercare.month_queries import closed_rate, closed_rates_below
from models.eldercare.month_records import MonthRate
from models.facilities.documents import AGE_GROUPS, OPEN, Facility
from models.indicators.counting import Count, Source, areas_of, divided_by, last_day, reach_of
from models.indicators.documents import CITY_LEVEL
from models.indicators.flows import cultural_uses, trainings
from models.indicators.served import disability_allowances, housing_applicants
from models.kernel.database import collection
from models.kernel.lifecycle import Raw

PERMANENT_RESIDENTS, RESIDENT_HOUSEHOLDS = "permanent_residents", "resident_households"
PLACES = tuple(f"places_{group}" for group in AGE_GROUPS)


def childcare_places(period: str, at: datetime) -> list[Count]:
    """Places of open centres whose registration holds on the month's last day, by permanent residents."""
    last = last_day(period).isoformat()
    centres = [
        each
        for each in _facilities(rule("indicators.childcare_categories"))
        if (each.get("registration_valid_until") or "") >= last
    ]
    return _by_series(centres, PLACES, "childcare_places", PERMANENT_RESIDENTS, period)


def sports_area(period: str, at: datetime) -> list[Count]:
    """Square metres of open sports venues, by permanent residents."""
    found = _facilities(rule("indicators.sports_categories"))
    return _by_series(found, ("area_sqm",), "sports_venue_area", PERMANENT_RESIDENTS, period)


def community_area(period: str, at: datetime) -> list[Count]:
    """Square metres of open community service facilities, by resident households."""
    found = _facilities(rule("indicators.community_categories"))
    return _by_series(found, ("area_sqm",), "community_facility_area", RESIDENT_HOUSEHOLDS, period)


def elder_care_beds(period: str, at: datetime) -> list[Count]:
    """Beds of open elder-care homes and community centres."""
    found = _facilities(rule("indicators.elder_bed_categories"))
    return [
        Count(
            level, area, beds, None, {"elder_care_beds": beds, "facilities": len(here)}, _directory(here),
            *reach_of(level, here), unrecorded=not found,
        )
        for level, area, here in areas_of(found)
        for beds in [_sum(here, "beds")]
    ]  # fmt: skip


def nursing_beds(period: str, at: datetime) -> list[Count]:
    """Nursing beds among the beds of open elder-care homes."""
    found = _facilities(rule("indicators.elder_home_categories"))
    return [
        Count(
            level, area, nursing, beds,
            {"elder_home_nursing_beds": nursing, "elder_home_beds": beds, "facilities": len(here)}, _directory(here),
            *reach_of(level, here), unrecorded=not found,
        )
        for level, area, here in areas_of(found)
        for nursing, beds in [(_sum(here, "beds_nursing"), _sum(here, "beds"))]
    ]  # fmt: skip


def welfare_visits(period: str, at: datetime) -> list[Count]:
    """Distinct people seen in the month, of those on the register.

    Only a month that is closed has a number: the latest revision of what was frozen with its evidence.
    """
    rate = closed_rate(period)
    if rate is None:
        return []
    below = [_visits(level, area, each) for level, area, each in closed_rates_below(period) if each.denominator]
    return [_visits(CITY_LEVEL, CITY, rate), *below]


def _visits(level: str, area: str, rate: MonthRate) -> Count:
    """`rate.coverage` is the share of the area's townships that have somebody on the register."""
    townships = sum(area in (CITY, place.district_code, place.id) for place in catalogue().places)
    inputs = {"elders_seen": rate.numerator, "elders_on_register": rate.denominator}
    text = say("indicators.source.register", townships=townships, share=round(100 * rate.coverage))
    reach = {"townships": round(rate.coverage * townships), "townships_total": townships}
    return Count(level, area, rate.numerator, rate.denominator, inputs, text, reach, rate.coverage < 1)


SOURCES: dict[str, Source] = {
    "childcare_places_per_thousand": Source(childcare_places, snapshot=True),
    "subsidised_training_participants": Source(trainings, snapshot=False),
    "elder_care_beds": Source(elder_care_beds, snapshot=True),
    "nursing_bed_share": Source(nursing_beds, snapshot=True),
    "public_rental_housing_coverage": Source(housing_applicants, snapshot=True),
    "disability_allowance_coverage": Source(disability_allowances, snapshot=True),
    "monthly_welfare_visit_rate": Source(welfare_visits, snapshot=False),
    "cultural_facility_uses": Source(cultural_uses, snapshot=False),
    "sports_area_per_person": Source(sports_area, snapshot=True),
    "community_facility_area_per_hundred_households": Source(community_area, snapshot=True),
}


def _facilities(categories: Iterable[str]) -> list[Raw]:
    """The open facilities of these categories, read by county and category: so each query is as small as its index."""
    names = ("district_code", "township_id", "source", "registration_valid_until", "beds", "beds_nursing", "area_sqm")
    fields = dict.fromkeys((*names, *PLACES, "status"), 1)
    # Without the state, which the index does not have: beside it the embedded server reads the county's others too.
    found = (
        each
        for district in sorted(catalogue().districts)
        for category in dict.fromkeys(categories)
        for each in collection(Facility).find({"district_code": district, "category": category}, fields)
    )
    return [each for each in found if each["status"] == OPEN]


def _by_series(found: list[Raw], names: Iterable[str], measure: str, below: str, period: str) -> list[Count]:
    """Sums of the fields `names` over an official series."""
    counts, divisors = [], divided_by(below, period)
    for level, area, here in areas_of(found):
        base, named = divisors(area)
        total = sum(_sum(here, name) for name in names)
        inputs: dict[str, float] = {measure: total, "facilities": len(here)} | ({below: base} if base else {})
        text = say("indicators.source.joined", first=_directory(here), second=named)
        counts.append(Count(level, area, total, base, inputs, text, *reach_of(level, here), unrecorded=not found))
    return counts


def _directory(found: list[Raw]) -> str:
    if not found:
        return say("indicators.source.directory_empty")
    names = ", ".join(sorted({str(each["source"]) for each in found}))
    return say("indicators.source.directory", records=len(found), names=names)


def _sum(found: Iterable[Raw], name: str) -> float:
    total: float = sum(each.get(name) or 0 for each in found)
    return total
