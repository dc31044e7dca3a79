"""Whatever dies at whatever write: the job settles what is left, and asking again does nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from models.eldercare import booking, operations, visiting
from models.eldercare.documents import Elder, Visit, VisitSlot
from models.eldercare.settling import reconcile_bookings
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.errors import Conflict, NotFound
from models.kernel.lifecycle import Raw
from tests.factories.eldercare import (
    MORNING,
    Crash,
    assert_consistent,
    book,
    crash_before_write,
    family,
    make_slot,
    make_visitor,
    slot_now,
    staff_actor,
    visit_now,
)

pytestmark = pytest.mark.usefixtures("database")


Step = Any


def steps(name: str, elder: Raw, daughter: Actor, visitor: Actor, slots: list[Raw], visit: Raw) -> Step:
    """One change, always with the same keys, so that it can be asked for again."""
    report = visiting.Report("seen_well")
    return {
        "book": lambda: book(elder, slots[2], daughter, "0" * 26),
        "cancel": lambda: booking.cancel_visit(visit["_id"], by=daughter, at=MORNING, key="key-1"),
        "move": lambda: booking.reschedule_visit(visit["_id"], slots[1]["_id"], by=daughter, at=MORNING, key="key-1"),
        "complete": lambda: visiting.complete_visit(
            visit["_id"], report, by=visitor, at=MORNING, key="key-1", version=1
        ),
        "end": lambda: operations.end_period(
            elder["_id"], date(2026, 11, 23), "moved", by=visitor, at=MORNING, key="key-1", version=1
        ),
    }[name]


@pytest.mark.parametrize("name", ["book", "cancel", "move", "complete", "end"])
def test_a_crash_before_any_write_is_settled_and_a_retry_does_nothing_twice(name: str) -> None:
    """Every place to die in is tried, until the change runs through; the job settles, the caller asks again."""
    for place in range(1, 20):
        elder, daughter = family(place)
        visitor, slots = make_visitor(), [make_slot(capacity=2, hour=hour) for hour in (9, 10, 11)]
        visit = book(elder, slots[0], daughter)
        change = steps(name, elder, daughter, visitor, slots, visit)
        ran_through = False
        with crash_before_write(place) as done:
            try:
                change()
                ran_through = True
            except Crash:
                pass
        reconcile_bookings(MORNING)
        assert_consistent()
        if done:  # the first write is the commit: from there on it stands, whoever died
            _assert_stands(name, elder, visit, slots)
        elif name != "end":
            change()
            _assert_stands(name, elder, visit, slots)
        _again(change)
        assert_consistent()
        collection(Visit).delete_many({})
        collection(VisitSlot).delete_many({})
        if ran_through:
            assert place > 3
            return
    raise AssertionError("it never ran through")


def _again(change: Step) -> None:
    try:
        change()
    except (Conflict, NotFound) as refused:  # what stands already may be refused, but never done twice
        assert refused.code in ("elder_not_active", "illegal_transition", "stale_version", "slot_same")


def _assert_stands(name: str, elder: Raw, visit: Raw, slots: list[Raw]) -> None:
    now = visit_now(visit["_id"])
    found = collection(Elder).find_one({"_id": elder["_id"]})
    assert found is not None
    if name == "book":
        assert visit_now("0" * 26)["slot_id"] == slots[2]["_id"]
    elif name == "move":
        assert (now["state"], now["slot_id"]) == ("booked", slots[1]["_id"])
    elif name == "complete":
        assert now["outcome"] == "seen_well"
        assert found["seen_months"] == ["2026-11"]
    else:
        assert now["state"] == "cancelled"
    if name == "end":
        assert found["periods"][-1]["until"] == "2026-11-23"


def test_a_booking_whose_person_left_before_the_visit_stood_is_given_back() -> None:
    elder, daughter = family()
    slot = make_slot()
    with crash_before_write(2), pytest.raises(Crash):
        book(elder, slot, daughter, "0" * 26)
    operations.end_period(elder["_id"], date(2026, 11, 23), "moved", by=staff_actor(), at=MORNING, key="k", version=1)
    assert slot_now(slot)["free"] == 0
    reconcile_bookings(MORNING)
    assert slot_now(slot)["free"] == 1
    assert visit_now("0" * 26)["state"] == "cancelled"
    assert_consistent()


def test_two_jobs_settle_the_same_leftovers_at_once() -> None:
    elder, daughter = family()
    slots = [make_slot(hour=hour) for hour in (9, 10)]
    visit = book(elder, slots[0], daughter)
    with crash_before_write(2), pytest.raises(Crash):
        booking.reschedule_visit(visit["_id"], slots[1]["_id"], by=daughter, at=MORNING, key="k1")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: reconcile_bookings(MORNING), range(8)))
    moved = visit_now(visit["_id"])
    assert moved["slot_id"] == slots[1]["_id"]
    assert [entry["action"] for entry in moved["history"]] == ["book", "reschedule"]
    assert_consistent()
