"""What residents speak of, as counts by month, county and theme.

For the public, small counts are left out and the others rounded, so that neither sums nor the difference of two tables
tell of a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from config.feedback import themes
from config.loading import catalogue
from models.feedback.documents import KINDS, RATING, WITHDRAWN, Feedback
from models.feedback.queries import bounds_of, theme_of
from models.indicators.disclosure import Cell, protect
from models.kernel.clock import previous_month
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
    """The counts for everybody, hidden and rounded as all public counts are (`models.indicators.disclosure`): None
    where few or nobody said something. Beside them by theme the counties' sum; the city's own stand apart from it.
    """
    shown: PublicTable = {}
    sums: dict[str, int | None] = {}
    for theme, row in theme_counts(months).items():
        counties = {place: Cell(count) for place, count in row.items() if place != CITY}
        whole = protect({CITY: Cell(sum(cell.counted for cell in counties.values())), **counties})
        own = protect({CITY: Cell(row[CITY])})[CITY]
        told = {place: _counted(whole[place]) for place in counties}
        shown[theme], sums[theme] = {**told, CITY: _counted(own)}, _counted(whole[CITY])
    return shown, sums


def public_count(count: int) -> int | None:
    """One count for everybody: None where it is small, else rounded."""
    return _counted(protect({CITY: Cell(count)})[CITY])


def _counted(cell: Cell | None) -> int | None:
    return None if cell is None else cell.counted


def months_between(first: str, last: str) -> list[str]:
    """The months from `first` to `last`, both with. Raises InvalidInput for no month, or more than a year."""
    for month in (first, last):
        bounds_of(month)
    found = [last]
    while found[0] > first and len(found) <= MONTHS_MOST:
        found.insert(0, previous_month(found[0]))
    if found[0] != first or len(found) > MONTHS_MOST:
        raise InvalidInput(faults=[FieldFault("since", "range_too_long")])
    return found
