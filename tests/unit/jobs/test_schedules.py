"""When jobs run: China's clocks, month ends, the period a run answers for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.text import sentences
from jobs.schedules import Daily, Due, Hourly, Monthly, Schedule, Seconds
from jobs.timetable import TIMETABLE, job_named
from models.kernel.clock import SHANGHAI

MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SCHEDULES = st.sampled_from([Hourly(5), Hourly(0), Daily(3, 30), Daily(0, 0), Monthly(1, 2, 30), Monthly(1, 0, 0)])


def shanghai(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("at", "period", "due"),
    [
        (shanghai(2026, 11, 1, 2, 29, 59), "2026-09", shanghai(2026, 10, 1, 2, 30)),
        (shanghai(2026, 11, 1, 2, 30), "2026-10", shanghai(2026, 11, 1, 2, 30)),
        (shanghai(2026, 11, 30, 23, 59), "2026-10", shanghai(2026, 11, 1, 2, 30)),
        (shanghai(2027, 1, 1, 2, 30), "2026-12", shanghai(2027, 1, 1, 2, 30)),
        (shanghai(2024, 3, 1, 2, 30), "2024-02", shanghai(2024, 3, 1, 2, 30)),
        # UTC is still in the old month, China is not.
        (datetime(2026, 10, 31, 18, 30, tzinfo=UTC), "2026-10", shanghai(2026, 11, 1, 2, 30)),
        (datetime(2026, 10, 31, 18, 29, tzinfo=UTC), "2026-09", shanghai(2026, 10, 1, 2, 30)),
    ],
)
def test_a_monthly_run_answers_for_the_month_that_has_ended_in_china(at: datetime, period: str, due: datetime) -> None:
    assert Monthly(1, 2, 30).latest(at, 1) == [Due(due, period)]


def test_missed_months_come_oldest_first() -> None:
    periods = [due.period for due in Monthly(1, 2, 30).latest(shanghai(2027, 2, 10), 4)]
    assert periods == ["2026-10", "2026-11", "2026-12", "2027-01"]


def test_an_hour_and_a_day_are_named_as_in_china() -> None:
    at = datetime(2026, 12, 31, 16, 6, tzinfo=UTC)
    assert [due.period for due in Hourly(5).latest(at, 2)] == ["2026-12-31T23", "2027-01-01T00"]
    assert [due.period for due in Daily(0, 5).latest(at, 2)] == ["2026-12-31", "2027-01-01"]
    assert [due.period for due in Daily(3, 30).latest(at, 1)] == ["2026-12-31"]


@given(schedule=SCHEDULES, at=MOMENTS, count=st.integers(1, 6))
def test_due_times_never_lie_ahead_and_each_period_comes_once(schedule: Schedule, at: datetime, count: int) -> None:
    found = schedule.latest(at, count)
    assert len(found) == count == len({due.period for due in found})
    assert found == sorted(found, key=lambda due: due.at)
    assert all(due.at <= at for due in found)
    assert found[-1] == schedule.latest(found[-1].at, 1)[0]


@given(schedule=SCHEDULES, at=MOMENTS)
def test_the_scheduler_wakes_up_exactly_when_the_next_period_is_due(schedule: Schedule, at: datetime) -> None:
    following = schedule.trigger().get_next_fire_time(None, at)
    assert schedule.latest(following, 1)[0].at == following
    before = following - timedelta(microseconds=1)
    assert schedule.latest(before, 1)[0].period != schedule.latest(following, 1)[0].period


@given(at=MOMENTS)
def test_there_is_no_summer_time(at: datetime) -> None:
    days = Daily(3, 30).latest(at, 3)
    assert days[1].at - days[0].at == days[2].at - days[1].at == timedelta(days=1)


def test_the_timetable_fits_on_one_page_and_every_job_is_described() -> None:
    assert len({job.name for job in TIMETABLE}) == len(TIMETABLE)
    for job in TIMETABLE:
        assert f"jobs.job.{job.name}" in sentences()
        assert job.schedule.described()
        assert job_named(job.name) is job
    assert job_named("nothing") is None


def test_a_pulse_has_no_periods_to_catch_up() -> None:
    assert Seconds(2).latest(shanghai(2026, 11, 1), 5) == []
