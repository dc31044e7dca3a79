"""One run per job and period, whoever starts it: many runners, a kill in the middle, a person, a downtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.loading import rule
from config.settings import Settings
from jobs import runs
from jobs.running import Job, Runner
from jobs.runs import JobRun
from jobs.schedules import Daily, Due, Hourly, Monthly, Seconds
from jobs.timetable import TIMETABLE
from models.indicators.documents import Observation
from models.indicators.sources import SOURCES
from models.kernel import outbox
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.platform import Platform
from tests.failpoints import Killable

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
EFFECTS = "effects_of_the_test"
LEASE = rule("jobs.run_lease_seconds")


class Failing(Exception):
    """What a job of a test raises."""


def note(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """A job that leaves a trace each time it runs."""
    database_ = database()
    database_[EFFECTS].insert_one({"period": period, "at": at})
    return {"noted": period}


def effects() -> list[str]:
    return [each["period"] for each in database()[EFFECTS].find().sort("_id", 1)]


def runner(settings: Settings, clock: FixedClock, *jobs: Job) -> Runner:
    return Runner(Platform(settings, clock), jobs)


@pytest.fixture
def monthly() -> Job:
    return Job("monthly", Monthly(1, 2, 30), note, catch_up=12)


def test_eight_runners_at_once_run_each_period_exactly_once(
    settings: Settings, clock: FixedClock, monthly: Job
) -> None:
    hourly, daily = Job("hourly", Hourly(5), note), Job("daily", Daily(3, 30), note)
    runners = [runner(settings, clock, monthly, hourly, daily) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: each.run_all_due(), runners))
    assert sorted(effects()) == ["2026-10", "2026-11-23", "2026-11-23T09"]
    assert {found["state"] for found in collection(JobRun).find()} == {runs.DONE}


def test_what_is_done_is_never_done_again(settings: Settings, clock: FixedClock, monthly: Job) -> None:
    first = runner(settings, clock, monthly)
    assert first.run_due(monthly) == ["done"]
    clock.advance(days=2)
    assert runner(settings, clock, monthly).run_due(monthly) == []
    assert first.run(monthly, monthly.schedule.latest(clock.now(), 1)[0], at_once=True) == "taken"
    assert effects() == ["2026-10"]


def test_missed_months_are_made_up_for_oldest_first(settings: Settings, clock: FixedClock, monthly: Job) -> None:
    runner(settings, clock, monthly).run_due(monthly)
    clock.advance(days=130)  # down until the 2nd of April
    assert runner(settings, clock, monthly).run_due(monthly) == ["done"] * 5
    assert effects() == ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]


def test_after_a_downtime_all_jobs_run_in_the_order_of_their_times(settings: Settings, clock: FixedClock) -> None:
    def named(name: str) -> Callable[[Platform, datetime, str], Mapping[str, Any]]:
        return lambda platform, at, period: note(platform, at, f"{name} {period}")

    jobs = (
        Job("month", Monthly(1, 2, 30), named("month"), catch_up=3),
        Job("day", Daily(2, 0), named("day"), catch_up=40),
        Job("hour", Hourly(0), named("hour")),
    )
    runner(settings, clock, *jobs).run_all_due()
    database()[EFFECTS].delete_many({})
    clock.advance(days=9)
    runner(settings, clock, *jobs).run_all_due()
    days = [f"day 2026-{month:02d}-{day:02d}" for month, day in [(11, d) for d in range(24, 31)] + [(12, 1), (12, 2)]]
    assert effects() == [*days[:8], "month 2026-11", days[8], "hour 2026-12-02T09"]


def test_a_new_installation_makes_up_for_nothing_before_it(settings: Settings, clock: FixedClock, monthly: Job) -> None:
    runner(settings, clock, monthly).run_due(monthly)
    assert effects() == ["2026-10"]


def test_a_vanished_runner_is_replaced_after_its_lease(settings: Settings, clock: FixedClock, monthly: Job) -> None:
    due = monthly.schedule.latest(clock.now(), 1)[0]
    lost = runs.claim("monthly", due, "vanished", clock.now())
    assert lost is not None
    other = runner(settings, clock, monthly)
    clock.advance(seconds=LEASE - 1)
    assert other.run_due(monthly) == []
    clock.advance(seconds=1)
    assert other.run_due(monthly) == ["done"]
    assert effects() == ["2026-10"]
    record = collection(JobRun).find_one({})
    assert record is not None and record["attempts"] == 2


def test_one_who_comes_back_cannot_note_anything(database: str) -> None:
    due = Due(NOW, "2026-10")
    slow = runs.claim("job", due, "slow", NOW)
    assert slow is not None
    assert runs.renew(slow, NOW + timedelta(seconds=LEASE - 1))
    assert runs.claim("job", due, "quick", NOW + timedelta(seconds=LEASE + 1)) is None, "the lease was renewed"
    later = NOW + timedelta(seconds=3 * LEASE)
    quick = runs.claim("job", due, "quick", later)
    assert quick is not None and quick.fence > slow.fence
    assert not runs.renew(slow, later)
    assert not runs.finish(slow, later, 1.0, {"by": "slow"})
    assert not runs.fail(slow, later, 1.0, "slow")
    assert runs.finish(quick, later, 1.0, {"by": "quick"})
    record = collection(JobRun).find_one({})
    assert record is not None and record["outcome"] == {"by": "quick"}


def test_a_failed_run_is_tried_again_after_a_pause_and_its_message_is_not_kept(
    settings: Settings, clock: FixedClock
) -> None:
    broken = [True]

    def work(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
        if broken[0]:
            raise Failing("the ID number 110101199003070000")
        return note(platform, at, period)

    job = Job("job", Daily(3, 30), work)
    here = runner(settings, clock, job)
    assert here.run_due(job) == ["failed"]
    assert here.run_due(job) == [], "not before the pause is over"
    record = collection(JobRun).find_one({})
    assert record is not None and record["outcome"] == {"error": "Failing"}
    broken[0] = False
    clock.advance(seconds=rule("jobs.retry_first_seconds"))
    assert here.run_due(job) == ["done"]
    assert effects() == ["2026-11-23"]


def test_a_person_does_not_wait_for_the_pause(settings: Settings, clock: FixedClock, monthly: Job) -> None:
    due = monthly.schedule.latest(clock.now(), 1)[0]
    held = runs.claim("monthly", due, "x", clock.now())
    assert held is not None and runs.fail(held, clock.now(), 0.1, "Failing")
    assert runner(settings, clock, monthly).run(monthly, due) == "taken"
    assert runner(settings, clock, monthly).run(monthly, due, at_once=True) == "done"


def test_the_pulse_is_one_process_until_it_vanishes(settings: Settings, clock: FixedClock) -> None:
    pulse = Job("pulse", Seconds(1), note)
    first, second = runner(settings, clock, pulse), runner(settings, clock, pulse)
    for _ in range(30):
        assert first.pulse(pulse)
        assert not second.pulse(pulse)
        clock.advance(seconds=1)
    clock.advance(seconds=rule("jobs.pulse_lease_seconds"))
    assert second.pulse(pulse)
    assert not first.pulse(pulse)
    second.release()
    assert first.pulse(pulse), "a lease given back need not run out"
    assert collection(JobRun).count_documents({}) == 0, "pulses are not recorded"


def test_stopping_begins_nothing_more(settings: Settings, clock: FixedClock, monthly: Job) -> None:
    here = runner(settings, clock, monthly)
    here.stopping.set()
    assert here.run_due(monthly) == []
    assert here.run_all_due() == []


@pytest.mark.slow(seconds=25)
def test_the_timetable_killed_at_any_write_is_finished_by_the_next_process(
    database: str, settings: Settings, clock: FixedClock
) -> None:
    with Killable("tests.integration_targets:run_all_due", database, NOW) as target:
        for point in target.points(every=13):
            clock = FixedClock(NOW + timedelta(seconds=LEASE + 1))
            Runner(Platform(settings, clock), TIMETABLE).run_all_due()
            found = list(collection(JobRun).find())
            assert {each["job"] for each in found} == {job.name for job in TIMETABLE if not job.is_pulse}, point
            assert {each["state"] for each in found} == {runs.DONE}, point
            assert set(collection(Observation).distinct("revision")) == {1}, point
            assert collection(Observation).count_documents({"level": "city", "period": "2026-10"}) == len(SOURCES), (
                point
            )
            for record in (JobRun, Observation, outbox.OutboxMessage):
                collection(record).delete_many({})
