"""Deadlines on China's working days; the office's clock stands still while the applicant corrects."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from config.programmes import programmes
from models.casework.deadlines import clock_of, due, workdays_between
from models.kernel.clock import day_of, local
from models.kernel.workdays import add_workdays

VERSION = programmes()["childcare_place"].versions[0]
MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_weekends_do_not_count() -> None:
    ends = due(date(2026, 11, 23), 5)
    assert f"{local(ends.at):%Y-%m-%d %H:%M:%S}" == "2026-11-30 23:59:59"
    assert not ends.assumed


def test_holidays_do_not_count_and_make_up_workdays_do() -> None:
    # The Spring Festival of 2026 is off from 15 to 23 February; Saturdays 14 and 28 are worked.
    assert day_of(due(date(2026, 2, 13), 1).at) == date(2026, 2, 14)
    assert day_of(due(date(2026, 2, 14), 1).at) == date(2026, 2, 24)


def test_a_deadline_in_a_year_without_a_holiday_notice_says_so() -> None:
    assert due(date(2027, 3, 1), 3).assumed


def test_the_clock_stands_still_in_correction() -> None:
    raw: dict[str, object] = {"state": "draft"}
    raw |= {"state": "submitted", **clock_of(raw, VERSION, "submitted", MONDAY)}
    asked = MONDAY + timedelta(days=2)  # two of the five days are used
    raw |= {"state": "correction", **clock_of(raw, VERSION, "correction", asked)}
    assert raw["days_used"] == {"submitted": 2}
    assert day_of(raw["due_at"]) == add_workdays(day_of(asked), 10)  # type: ignore[arg-type]
    again = asked + timedelta(days=7)
    raw |= {"state": "submitted", **clock_of(raw, VERSION, "submitted", again)}
    assert day_of(raw["due_at"]) == add_workdays(day_of(again), 3)  # type: ignore[arg-type]


def test_an_overdue_stage_resumes_with_no_day_left() -> None:
    raw = {"state": "correction", "stage_since": MONDAY, "days_used": {"submitted": 9}}
    assert day_of(clock_of(raw, VERSION, "submitted", MONDAY)["due_at"]) == date(2026, 11, 23)


def test_a_closed_case_has_no_deadline() -> None:
    raw = {"state": "accepted", "stage_since": MONDAY, "days_used": {}}
    assert clock_of(raw, VERSION, "approved", MONDAY)["due_at"] is None


@given(st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(0, 60))
def test_counting_undoes_adding(day: date, count: int) -> None:
    assert workdays_between(day, add_workdays(day, count)) == count
