"""Which hours of a week are open: working days, make-up days, weekends, and never more than a day still holds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.eldercare.slot_rules import Calendar, Hour, open_hours, places_left, weekday_that_counts
from models.kernel.workdays import is_public_holiday, is_workday

STARTS = ("09:00", "10:00", "11:00", "14:30", "15:30", "16:30")
FRIDAY = 4
HOURS = st.builds(Hour, st.integers(0, 6), st.sampled_from(STARTS), st.sampled_from("AB"), st.integers(1, 10))


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 11, 26), 3),
        (date(2026, 11, 28), 5),  # an ordinary Saturday has its own hours
        (date(2026, 10, 10), FRIDAY),  # a Saturday on which one works for the National Day's week
        (date(2026, 10, 1), None),
        (date(2026, 10, 3), None),  # a Saturday within the holiday
        (date(2026, 2, 17), None),
    ],
)
def test_the_weekday_that_counts(day: date, counts: int | None) -> None:
    calendar = Calendar(is_workday(day), is_public_holiday(day))
    assert weekday_that_counts(day, calendar, FRIDAY) == counts


def test_a_full_plan_leaves_what_is_kept_for_families_and_no_more() -> None:
    assert places_left(6, 0, 0, 1) == 6
    assert places_left(6, 4, 1, 1) == 1
    assert places_left(6, 6, 0, 1) == 1
    assert places_left(6, 9, 1, 1) == 0


@given(
    st.lists(HOURS, max_size=20), st.integers(0, 6), st.integers(0, 12),
    st.dictionaries(st.sampled_from(STARTS), st.integers(1, 10)), st.sampled_from(["A", "AB", ""]),
)  # fmt: skip
def test_what_opens_is_in_the_week_fits_the_day_and_takes_nothing_away(
    rows: list[Hour], weekday: int, left: int, taken: dict[str, int], townships: str
) -> None:
    found = open_hours(rows, weekday, left, taken, set(townships))
    assert found == open_hours(list(reversed(rows)), weekday, left, taken, set(townships)) or len(
        {(row.weekday, row.start) for row in rows}
    ) < len(rows)
    more = 0
    for start, (township, capacity) in found.items():
        fitting = [row for row in rows if (row.weekday, row.start) == (weekday, start) and row.township_id in townships]
        assert township in {row.township_id for row in fitting}
        assert capacity >= taken.get(start, 0)
        assert capacity <= max(taken.get(start, 0), *(row.capacity for row in fitting))
        more += capacity - taken.get(start, 0)
    assert more <= left
    assert open_hours(rows, None, left, taken, set(townships)) == {}
