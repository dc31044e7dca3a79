"""How long a public notice lasts, what a pause leaves of it, and when residents are left in peace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.casework.public_notices import DAYS, WORKING_DAYS, days_over, run_from
from models.kernel.clock import at_local, day_of, local
from models.people.quiet_hours import is_quiet, next_waking

MONDAY = date(2026, 11, 23)


def test_working_days_skip_the_weekend_and_the_first_day_does_not_count() -> None:
    assert local(run_from(MONDAY, 5, WORKING_DAYS).ends_at).isoformat() == "2026-11-30T23:59:59+08:00"
    assert local(run_from(MONDAY, 5, DAYS).ends_at).isoformat() == "2026-11-28T23:59:59+08:00"


def test_holidays_that_are_not_announced_are_said_to_be_assumed() -> None:
    assert not run_from(MONDAY, 5, WORKING_DAYS).assumed
    with pytest.warns(UserWarning, match="no holiday notice"):
        assert run_from(date(2026, 12, 30), 10, WORKING_DAYS).assumed


@given(length=st.integers(1, 30), pauses=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4))
def test_pauses_never_shorten_what_the_public_sees(length: int, pauses: list[tuple[int, int]]) -> None:
    """Whatever the pauses, at least as many whole days are shown as the programme promises."""
    day, used, shown = MONDAY, 0, 0
    for runs, waits in pauses:
        left = length - used
        paused = day + timedelta(days=min(runs, left))
        over = days_over(day, paused, DAYS)
        shown, used = shown + over, used + over
        day = paused + timedelta(days=waits)
    last = day_of(run_from(day, max(length - used, 1), DAYS).ends_at)
    assert shown + (last - day).days >= length
    assert used < length


def test_the_day_of_a_pause_counts_anew() -> None:
    assert days_over(MONDAY, MONDAY, WORKING_DAYS) == 0
    assert days_over(MONDAY, date(2026, 11, 25), WORKING_DAYS) == 1
    assert days_over(MONDAY, date(2026, 11, 30), WORKING_DAYS) == 4


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(20, 59, False), (21, 0, True), (0, 0, True), (7, 59, True), (8, 0, False)]
)
def test_the_quiet_hours(hour: int, minute: int, quiet: bool) -> None:
    assert is_quiet(at_local(MONDAY, hour, minute)) is quiet


@given(st.integers(0, 366 * 24 * 60))
def test_what_waits_comes_at_the_next_eight_o_clock(minutes: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    waking = next_waking(moment)
    assert not is_quiet(waking)
    assert moment <= waking <= moment + timedelta(hours=11)
    assert waking == moment or (local(waking).hour, local(waking).minute) == (8, 0)
