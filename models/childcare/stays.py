"""A child's stay at a centre, month by month: children grow through the age groups, and each month takes one place.

The group of a month is that of the first day of the month (`childcare.age_groups`). A stay ends when the child leaves
the last group, or grows into a group that the centre does not keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from config.loading import rule
from models.casework.eligibility import age_in_months, first_of
from models.childcare.ages import age_group
from models.facilities.documents import AGE_GROUPS, AgeGroup

# The group by month, `2026-12`, in the order of the months; none is left out in between.
Stay = dict[str, AgeGroup]
# How many places are taken, by group and month.
Occupied = Mapping[str, Mapping[str, int]]
MONTHS_A_YEAR = 12


def month_text(day: date) -> str:
    """The month of a day, `2026-12`."""
    return f"{day:%Y-%m}"


def month_after(month: str, count: int = 1) -> str:
    """The month so many months later."""
    year, number = divmod(int(month[:4]) * MONTHS_A_YEAR + int(month[5:]) - 1 + count, MONTHS_A_YEAR)
    return f"{year:04d}-{number + 1:02d}"


def months_from(month: str, count: int) -> list[str]:
    """So many months, the first being `month`."""
    return [month_after(month, number) for number in range(count)]


def first_month(start_month: str, day: date) -> str:
    """The month in which a stay can begin: the one asked for, or the present one where that is past."""
    return max(start_month, month_text(day))


def stay_of(birth: date, begins: str) -> Stay:
    """The stay of a child born then, from the month `begins` to the last of the oldest group.

    It begins later where the child is too young before; it is empty where the child is too old.
    """
    return dict(_months_of_stay(birth, begins))


@lru_cache(maxsize=8192)
def _months_of_stay(birth: date, begins: str) -> tuple[tuple[str, AgeGroup], ...]:
    """A round asks for thousands of children, of whom many were born on the same day."""
    stay: Stay = {}
    youngest = min(first for first, _ in rule("childcare.age_groups").values())
    month = begins
    while age_in_months(birth, first_of(month)) < youngest:
        month = month_after(month)
    while (group := age_group(birth, first_of(month))) is not None:
        stay[month] = group
        month = month_after(month)
    return tuple(stay.items())


def outgrown_from(birth: date) -> str:
    """The first month in which a child born then is too old for every group."""
    oldest = max(below for _, below in rule("childcare.age_groups").values())
    month = month_after(month_text(birth), oldest)
    return month if age_group(birth, first_of(month)) is None else month_after(month)


def kept_by(stay: Stay, places: Mapping[str, int]) -> Stay:
    """The part of the stay until the child grows into a group that a centre with these places does not keep."""
    kept: Stay = {}
    for month, group in stay.items():
        if not places.get(group):
            break
        kept[month] = group
    return kept


def fits(stay: Stay, places: Mapping[str, int], occupied: Occupied) -> bool:
    """True where one more place is free in every month of a stay that has any."""
    return bool(stay) and all(
        occupied.get(group, {}).get(month, 0) < places.get(group, 0) for month, group in stay.items()
    )


def spans_of(stay: Stay) -> dict[str, list[str]]:
    """First and last month by group, as it is stored."""
    spans: dict[str, list[str]] = {}
    for month, group in stay.items():
        spans.setdefault(group, [month, month])[1] = month
    return spans


def months_of(spans: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Every (group, month) of stored spans."""
    for group, (month, last) in spans.items():
        while month <= last:
            yield group, month
            month = month_after(month)


def places_of(facility: Mapping[str, Any]) -> dict[str, int]:
    """How many places a centre has by age group; groups that it does not keep are left out."""
    return {group: facility[f"places_{group}"] for group in AGE_GROUPS if facility.get(f"places_{group}")}


def free_in(places: Mapping[str, int], occupied: Occupied, months: Iterable[str]) -> dict[str, int]:
    """How many places of each group are free in all of these months."""
    wanted = list(months)
    return {
        group: max(count - max((occupied.get(group, {}).get(month, 0) for month in wanted), default=0), 0)
        for group, count in places.items()
    }
