"""What residents speak of, as counts by month, county and theme.

For the public, counts below `feedback.small_cell` are left out; where only one of a theme would be missing, or the
missing ones are few together, another is left out too, so that the city's sum gives none of them away. Zero is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from config.feedback import themes
from config.loading import catalogue, rule
from models.feedback.documents import KINDS, RATING, WITHDRAWN, Feedback
from models.feedback.queries import theme_of
from models.kernel.clock import month_bounds, previous_month
from models.kernel.database import collection
from models.kernel.errors import FieldFault, InvalidInput

CITY = "3609"
MONTHS_MOST = 12
COUNTED = tuple(kind for kind in KINDS if kind != RATING)
Table = dict[str, dict[str, int]]
PublicTable = dict[str, dict[str, int | None]]


def theme_counts(months: Iterable[str], kinds: Iterable[str] = COUNTED) -> Table:
    """By theme, then by county (`3609`: no county, the city's own): pieces submitted in `months`, without ratings and
    what was withdrawn. Not for the public."""
    wanted, counts = set(kinds), Counter[tuple[str, str]]()
    for month in months:
        fields = {"theme": 1, "suggested_theme": 1, "district_code": 1, "kind": 1, "state": 1}
        for raw in collection(Feedback).find({"month": month}, fields):
            if raw["state"] != WITHDRAWN and raw["kind"] in wanted:
                counts[theme_of(raw), raw.get("district_code") or CITY] += 1
    places = [*catalogue().districts, CITY]
    return {theme: {place: counts[theme, place] for place in places} for theme in themes().themes}


def public_theme_counts(months: Iterable[str]) -> tuple[PublicTable, dict[str, int | None]]:
    """The counts for everybody, None where one is left out, and by theme the sum of all counties and the city."""
    table = theme_counts(months)
    shown = {theme: suppressed(row) for theme, row in table.items()}
    sums: dict[str, int | None] = {}
    for theme, row in table.items():
        total = sum(row.values())
        sums[theme] = total if total == 0 or total >= rule("feedback.small_cell") else None
    return shown, sums


def suppressed(row: Mapping[str, int]) -> dict[str, int | None]:
    """One theme's counts by place without those that could tell of a person; the sum of all stays known."""
    small = rule("feedback.small_cell")
    hidden = {place for place, count in row.items() if 0 < count < small}
    rest = sorted((count, place) for place, count in row.items() if count >= small)
    while hidden and (len(hidden) < 2 or sum(row[place] for place in hidden) < small) and rest:
        hidden.add(rest.pop(0)[1])
    return {place: None if place in hidden else count for place, count in row.items()}


def months_between(first: str, last: str) -> list[str]:
    """The months from `first` to `last`, both with. Raises InvalidInput for no month, or more than a year."""
    for month in (first, last):
        try:
            month_bounds(month)
        except ValueError:
            raise InvalidInput(faults=[FieldFault("month", "string_pattern_mismatch")]) from None
    found = [last]
    while found[0] > first and len(found) <= MONTHS_MOST:
        found.insert(0, previous_month(found[0]))
    if found[0] != first or len(found) > MONTHS_MOST:
        raise InvalidInput(faults=[FieldFault("since", "range_too_long")])
    return found
