"""Counting a month: who was on the register on any of its days, where, and who saw them. Reads only.

A person counts once, where they were on their last day on the register in the month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import catalogue
from models.eldercare.documents import COMPLETED, Elder, Visit
from models.eldercare.month_records import Counted, MonthRate
from models.eldercare.periods import days_of, last_day_within, place_on
from models.kernel.clock import as_utc, day_of, month_bounds
from models.kernel.database import collection
from models.kernel.document import SOME_TEXT
from models.kernel.lifecycle import Raw

FIELDS = {"periods": 1, "district_code": 1, "township_id": 1, "community": 1, "places": 1, "seen_months": 1}
Seen = Mapping[str, tuple[str, str]]  # a person's id → the day on which, and the visit by which they were seen first


def count_month(month: str, at: datetime) -> list[Counted]:
    """The whole city's month with its evidence, as known at `at`; for the record."""
    seen = _seen_in(month)
    return _counted(_everybody(), month, at, seen)


def count_now(month: str, at: datetime, district_code: str | None, township_id: str | None) -> list[Counted]:
    """The month of a place as it looks now, without the visits behind; those who were transferred away in between
    count where they were. Raises InvalidInput for what is no month or has not begun."""
    people = _counted(_people_of(district_code, township_id), month, at, None)
    return [
        each
        for each in people
        if district_code in (None, each.district_code) and township_id in (None, each.township_id)
    ]


def rate_of(people: Iterable[Counted], month: str, townships: int) -> MonthRate:
    """The rate of these people; `townships`: how many the area has."""
    listed = list(people)
    reached = len({each.township_id for each in listed})
    seen = sum(each.seen_on is not None for each in listed)
    return MonthRate(month, seen, len(listed), reached / townships if townships else 0.0)


def townships_of(district_code: str | None, township_id: str | None = None) -> list[str]:
    """The townships of a county, or of the city."""
    return [
        place.id
        for place in catalogue().places
        if district_code in (None, place.district_code) and township_id in (None, place.id)
    ]


def _counted(elders: Iterable[Raw], month: str, at: datetime, seen: Seen | None) -> list[Counted]:
    first, last = days_of(month, at)
    found = []
    for elder in elders:
        held = last_day_within(elder["periods"], first, last)
        if held is None:
            continue
        place = place_on(elder, held["until"])
        day, visit_id = _sight(elder, month, seen)
        found.append(
            Counted(elder["_id"], place["district_code"], place["township_id"], place["community"], held["from"],
                    held["until"], held["reason"], visit_id, day)
        )  # fmt: skip
    return found


def _sight(elder: Raw, month: str, seen: Seen | None) -> tuple[str | None, str | None]:
    """The day and visit; without evidence only the month, as the register has it."""
    if seen is None:
        return (month if month in elder.get("seen_months", ()) else None), None
    return seen.get(elder["_id"], (None, None))


def _seen_in(month: str) -> Seen:
    """The first visit of the month that saw each person; of two in one moment the lesser id."""
    fields = {"elder_id": 1, "seen_at": 1, "state": 1}
    found: dict[str, tuple[datetime, str]] = {}
    for start, end in _days_of(month):
        for visit in collection(Visit).find({"seen_at": {"$gte": start, "$lt": end}}, fields):
            if visit["state"] == COMPLETED:
                this = (as_utc(visit["seen_at"]), str(visit["_id"]))
                known = found.get(visit["elder_id"])
                found[visit["elder_id"]] = this if known is None else min(known, this)
    return {person: (day_of(when).isoformat(), visit_id) for person, (when, visit_id) in found.items()}


def _days_of(month: str) -> Iterator[tuple[datetime, datetime]]:
    """The month's days one by one, as the index of sightings is read: no question grows with the city's whole month."""
    start, end = month_bounds(month)
    while start < end:
        yield start, start + timedelta(days=1)
        start += timedelta(days=1)


def _everybody() -> Iterator[Raw]:
    """The whole register, county by county."""
    for district in sorted(catalogue().districts):
        yield from collection(Elder).find({"district_code": district}, FIELDS)


def _people_of(district_code: str | None, township_id: str | None) -> Iterable[Raw]:
    """Everybody who is or was in the place."""
    if district_code is None and township_id is None:
        return _everybody()
    here: dict[str, Any] = {"township_id": township_id} if township_id else {"district_code": district_code}
    found = {each["_id"]: each for each in collection(Elder).find(here, FIELDS)}
    # Who was in that township, or of a county whoever was elsewhere at all: few, and the index holds no others.
    moved = collection(Elder).find({"places.township_id": township_id or SOME_TEXT}, FIELDS)
    found.update((each["_id"], each) for each in moved)
    return found.values()


def by_township(people: Iterable[Counted]) -> dict[str, list[Counted]]:
    """The people of each township, by id."""
    found: dict[str, list[Counted]] = defaultdict(list)
    for each in people:
        found[each.township_id].append(each)
    return {township: sorted(listed, key=lambda each: each.elder_id) for township, listed in found.items()}
