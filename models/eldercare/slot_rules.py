"""Which hours of a visitor's week are open to families on a day. Pure: the same week, day and load give the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

SATURDAY = 5


@dataclass(frozen=True)
class Hour:
    """One row of a week: `start` on China's clock, `09:00`; `capacity` places."""

    weekday: int
    start: str
    township_id: str
    capacity: int


@dataclass(frozen=True)
class Calendar:
    """What a day is: a working day (make-up days among them), or a public holiday."""

    workday: bool
    holiday: bool


def weekday_that_counts(day: date, calendar: Calendar, makeup_weekday: int) -> int | None:
    """Of which weekday the hours are open on that day; None where none are.

    Monday to Friday while it is a working day; a make-up workday as the weekday that stands for it; a weekend's own
    hours (volunteers have some) on a weekend that is no public holiday.
    """
    if calendar.workday:
        return makeup_weekday if day.weekday() >= SATURDAY else day.weekday()
    return day.weekday() if day.weekday() >= SATURDAY and not calendar.holiday else None


def places_left(visits_a_day: int, planned: int, booked: int, kept_for_families: int) -> int:
    """How many more visits families may book with a visitor on a day: what the plan leaves, or what is kept for
    families all the same, less what is booked already."""
    return max(0, max(kept_for_families, visits_a_day - planned) - booked)


def open_hours(
    rows: Iterable[Hour], weekday: int | None, left: int, taken: Mapping[str, int], townships: Collection[str]
) -> dict[str, tuple[str, int]]:
    """Township and capacity by start. `taken`: places of that hour that are booked or held; they always stay.

    The earliest hours come first, until no place is left.
    """
    found: dict[str, tuple[str, int]] = {}
    for row in sorted(rows, key=lambda each: each.start):
        if row.weekday != weekday or row.township_id not in townships or row.start in found:
            continue
        here = taken.get(row.start, 0)
        more = min(max(0, row.capacity - here), left)
        left -= more
        if here + more:
            found[row.start] = (row.township_id, here + more)
    return found
