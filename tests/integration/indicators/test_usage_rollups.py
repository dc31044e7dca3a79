"""Counted uses: nothing twice, nothing lost, whatever the order, lateness, repeats, or moment of a kill."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect

from config.loading import catalogue
from models.indicators import rollups, usage
from models.indicators.documents import UsageDay, UsageEvent, UsageSlot
from models.indicators.rollups import rebuild, roll_up, uses
from models.indicators.usage import flush, record_use
from models.kernel.clock import day_of
from models.kernel.database import collection, disconnect
from tests.failpoints import Killable
from tests.running import wait_until

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
COUNTY = "360902"
TOWNSHIP = next(place.id for place in catalogue().places if place.district_code == COUNTY)


def cells(first: str = "2026-10-01", last: str = "2026-12-31") -> Counter[tuple[str, str, str, str]]:
    found: Counter[tuple[str, str, str, str]] = Counter()
    for use in uses(first, last):
        found[(use.day, use.district_code, use.township_id, use.measure)] += use.count
    return found


def event(
    number: int, at: datetime, count: int = 1, measure: str = "facility_view", place: bool = True
) -> dict[str, Any]:
    """One raw event with a fixed id."""
    return {
        "_id": f"event-{number}", "version": 1, "created_at": at, "updated_at": at, "measure": measure,
        "slot": usage.slot_of(at), "district_code": COUNTY if place else "", "township_id": TOWNSHIP if place else "",
        "count": count,
    }  # fmt: skip


def expected(events: list[dict[str, Any]]) -> Counter[tuple[str, str, str, str]]:
    distinct = {each["_id"]: each for each in events}.values()
    found: Counter[tuple[str, str, str, str]] = Counter()
    for each in distinct:
        found[(each["slot"][:10], each["district_code"], each["township_id"], each["measure"])] += each["count"]
    return found


def forget_all() -> None:
    for record in (UsageEvent, UsageSlot, UsageDay):
        collection(record).delete_many({})


def test_uses_are_counted_by_chinas_day_county_township_and_measure(database: str) -> None:
    midnight = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    record_use("facility_view", midnight - timedelta(seconds=1), COUNTY, TOWNSHIP)
    record_use("facility_view", midnight, COUNTY, TOWNSHIP, count=3)
    record_use("facility_view", midnight, COUNTY)
    record_use("facility_search", midnight)
    assert flush() == 4
    roll_up(NOW - timedelta(days=20))
    assert cells() == {
        ("2026-10-31", COUNTY, TOWNSHIP, "facility_view"): 1, ("2026-11-01", COUNTY, TOWNSHIP, "facility_view"): 3,
        ("2026-11-01", COUNTY, "", "facility_view"): 1, ("2026-11-01", "", "", "facility_search"): 1,
    }  # fmt: skip


def test_uses_arrive_by_themselves_within_about_a_second(database: str, recorder_at_rest: Callable[[], None]) -> None:
    recorder_at_rest()
    record_use("facility_view", NOW, COUNTY)
    wait_until(lambda: collection(UsageEvent).count_documents({}) == 1, "the event written", seconds=5)


def test_a_thousand_uses_of_an_hour_are_one_event_without_a_moment(database: str) -> None:
    for second in range(1000):
        record_use("facility_view", NOW + timedelta(seconds=second), COUNTY)
    flush()
    found = collection(UsageEvent).find_one({})
    assert found is not None
    assert found["count"] == 1000
    assert found["created_at"].minute == found["created_at"].second == 0


def test_a_place_the_catalogue_does_not_know_is_not_stored(database: str) -> None:
    record_use("facility_view", NOW, "13800138000", "110101199003070000")
    flush()
    found = collection(UsageEvent).find_one({})
    assert found is not None
    assert (found["district_code"], found["township_id"]) == ("", "")


def test_counts_wait_in_memory_while_the_database_is_away_and_arrive_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_use("facility_view", NOW, COUNTY)
    inserted = usage.write_events

    def half_done(events: list[dict[str, Any]]) -> None:
        inserted(events)
        raise AutoReconnect("the answer was lost")

    monkeypatch.setattr(usage, "write_events", half_done)
    assert flush() == 0
    record_use("facility_view", NOW, COUNTY)
    monkeypatch.setattr(usage, "write_events", inserted)
    assert flush() == 2
    assert flush() == 0
    roll_up(NOW)
    assert sum(cells().values()) == 2


def test_without_a_connection_nothing_raises_and_nothing_is_lost(database: str) -> None:
    record_use("facility_view", NOW, COUNTY)
    disconnect()
    assert flush() == 0
    from models.kernel.database import connect

    connect(database)
    assert flush() == 1


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage.Recorder, "_most", lambda self: 2)
    before = usage.DROPPED._value.get()
    kept = usage.Recorder()
    for hour in range(5):
        kept.add(("facility_view", hour, "", ""), 2)
    kept.add(("facility_view", 0, "", ""), 5)
    assert kept._lines == {("facility_view", 0, "", ""): 7, ("facility_view", 1, "", ""): 2}
    assert usage.DROPPED._value.get() - before == 6


def test_a_forked_child_does_not_write_its_parents_counts_again(database: str) -> None:
    record_use("facility_view", NOW, COUNTY)
    child = os.fork()
    if child == 0:
        os._exit(0 if not usage._recorder._lines and usage._recorder._thread is None else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert flush() == 1


def test_late_events_correct_their_day(database: str) -> None:
    usage.write_events([event(1, NOW - timedelta(days=9)), event(2, NOW)])
    roll_up(NOW)
    day = day_of(NOW - timedelta(days=9)).isoformat()
    assert cells(day, day) == {(day, COUNTY, TOWNSHIP, "facility_view"): 1}
    usage.write_events([event(3, NOW - timedelta(days=9), count=4)])
    assert roll_up(NOW + timedelta(hours=1))["too_late"] == 0
    assert cells(day, day) == {(day, COUNTY, TOWNSHIP, "facility_view"): 5}


def test_an_hour_whose_raw_events_begin_to_expire_is_not_counted_again(database: str) -> None:
    old = NOW - timedelta(days=34, hours=12)
    usage.write_events([event(1, old, count=10)])
    roll_up(old + timedelta(hours=1))
    collection(UsageEvent).delete_many({})
    usage.write_events([event(2, old)])
    assert roll_up(NOW)["too_late"] == 1
    assert sum(cells().values()) == 10
    assert roll_up(NOW)["too_late"] == 0, "it is refused once"


def test_an_event_written_while_its_hour_is_counted_is_counted_next_time(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = NOW - timedelta(days=3)
    usage.write_events([event(1, long_ago)])
    counted = rollups._totals

    def interrupted(slot: str) -> rollups.Totals:
        found = counted(slot)
        usage.write_events([event(2, long_ago)])
        return found

    monkeypatch.setattr(rollups, "_totals", interrupted)
    roll_up(NOW)
    assert sum(cells().values()) == 1
    monkeypatch.setattr(rollups, "_totals", counted)
    roll_up(NOW)
    assert sum(cells().values()) == 2


def test_a_slow_roll_up_does_not_undo_a_later_one(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago = NOW - timedelta(days=3)
    usage.write_events([event(1, long_ago)])
    counted = rollups._totals

    def overtaken(slot: str) -> rollups.Totals:
        found = counted(slot)
        monkeypatch.setattr(rollups, "_totals", counted)
        usage.write_events([event(2, long_ago)])
        roll_up(NOW)  # another process, while this one sleeps
        return found

    monkeypatch.setattr(rollups, "_totals", overtaken)
    roll_up(NOW)
    assert sum(cells().values()) == 2


HISTORY = st.lists(
    st.tuples(
        st.integers(0, 40),  # which event: repeats are the same event written again
        st.integers(0, 30 * 24),  # hours before now
        st.booleans(),  # whether a roll-up follows
    ),
    max_size=12,
)


@given(history=HISTORY, late=st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_rebuilding_from_raw_equals_rolling_up_as_it_comes(database: str, history: list[Any], late: Any) -> None:
    """Random order, repeats and lateness."""
    forget_all()
    written: dict[int, dict[str, Any]] = {}
    late.shuffle(history)
    for step, (number, hours, rolls) in enumerate(history):
        measure = ("facility_view", "facility_search")[number % 2]
        made = event(number, NOW - timedelta(hours=hours), count=number + 1, measure=measure, place=number % 3 > 0)
        usage.write_events([written.setdefault(number, made)])
        if rolls:
            roll_up(NOW + timedelta(minutes=step))
    roll_up(NOW + timedelta(hours=1))
    incremental = cells()
    assert incremental == expected(list(written.values()))
    assert incremental.total() == sum(each["count"] for each in written.values())
    rebuild(NOW + timedelta(hours=1))
    assert cells() == incremental
    collection(UsageDay).delete_many({})
    rebuild(NOW + timedelta(hours=1))
    assert cells() == incremental


@pytest.mark.slow
def test_a_roll_up_killed_at_any_write_counts_everything_exactly_once(database: str) -> None:
    seeded = [event(n, NOW - timedelta(hours=7 * n), count=n + 1, place=n % 2 > 0) for n in range(4)]
    usage.write_events(seeded)
    with Killable("models.indicators.rollups:roll_up", database, NOW) as target:
        for point in target.points():
            usage.write_events([event(100, NOW - timedelta(days=2))])  # one that was late, again and again the same
            roll_up(NOW + timedelta(hours=1))
            assert cells() == expected([*seeded, event(100, NOW - timedelta(days=2))]), point
            collection(UsageDay).delete_many({})
            collection(UsageSlot).update_many({}, {"$set": {"dirty": True}})


@pytest.mark.slow
def test_a_writer_killed_between_events_and_marks_is_counted_by_the_next_roll_up(database: str) -> None:
    with Killable("tests.integration_targets:write_two_events", database, NOW) as target:
        killed = 0
        for point in target.points():
            killed += 1
            stored = list(collection(UsageEvent).find({}))
            roll_up(NOW + timedelta(minutes=40))
            assert cells() == expected(stored), point
            forget_all()
    assert killed >= 3


def test_raw_events_are_let_go_after_35_days_and_their_counts_stay(database: str) -> None:
    for number, days in enumerate((34, 36)):
        usage.write_events([event(number, NOW - timedelta(days=days))])
        roll_up(NOW - timedelta(days=days - 1))
    assert rollups.forget_raw(NOW) == 1
    assert collection(UsageEvent).count_documents({}) == 1
    rebuild(NOW)
    assert sum(cells("2026-10-01", "2026-11-30").values()) == 2
    assert rollups.forget_raw(NOW) == 0
