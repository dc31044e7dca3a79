"""Who finds nothing free waits in line: the first is offered what opens, for a while, and nobody slips past."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from config.loading import rule
from models.eldercare import booking, operations, waiting, waiting_requests
from models.eldercare.documents import ElderLink, Visit, VisitSlot
from models.eldercare.erasing import erase_resident_visits
from models.eldercare.settling import reconcile_bookings
from models.eldercare.waiting_documents import VisitWait
from models.eldercare.wishes import Wishes
from models.indicators.documents import UsageEvent
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import Conflict, Duplicate, InvalidInput, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage, relay
from tests.factories.eldercare import (
    MORNING,
    TOMORROW,
    assert_consistent,
    book,
    family,
    headers_of,
    make_slot,
    slot_now,
    staff_actor,
)
from tests.failpoints import Killable
from tests.integration.eldercare.conftest import Call

pytestmark = pytest.mark.usefixtures("database")
BOTH = ("morning", "afternoon")
LATER = TOMORROW + timedelta(days=1)


def wait_for(elder: Raw, by: Actor, *days: date, halves: tuple[str, ...] = BOTH, at: datetime = MORNING) -> Raw:
    return waiting_requests.ask(new_id(), elder["_id"], days or (TOMORROW,), halves, by=by, at=at)


def now(wait: Raw) -> Raw:
    found = collection(VisitWait).find_one({"_id": wait["_id"]})
    assert found is not None
    return found


def told(kind: str) -> list[str]:
    relay(MORNING)
    return [each["_id"] for each in collection(OutboxMessage).find() if each["_id"].startswith(f"{kind}:")]


def full_hour(capacity: int = 1, **more: Any) -> tuple[Raw, list[tuple[Raw, Actor, Raw]]]:
    """An hour all of whose places are booked, by families 50, 51 …"""
    slot = make_slot(capacity=capacity, **more)
    sold = []
    for number in range(50, 50 + capacity):
        elder, by = family(number)
        sold.append((elder, by, book(elder, slot, by)))
    return slot, sold


def two_in_line() -> tuple[list[Raw], list[Actor]]:
    """Two families that wait for tomorrow, in this order."""
    families = [family(number) for number in (1, 2)]
    waits = [wait_for(elder, by, at=MORNING + timedelta(minutes=number)) for number, (elder, by) in enumerate(families)]
    return waits, [by for _, by in families]


def test_the_first_in_line_is_offered_what_is_cancelled_and_nobody_slips_past() -> None:
    slot, ((_, seller, sold),) = full_hour()
    (first, second), (one, other) = two_in_line()
    assert [waiting.position_of(now(each)) for each in (first, second)] == [1, 2]
    booking.cancel_visit(sold["_id"], by=seller, at=MORNING, key=new_id())
    assert (now(first)["state"], now(second)["state"]) == ("offered", "waiting")
    assert slot_now(slot)["free"] == 0
    stranger_elder, stranger = family(3)
    with pytest.raises(Conflict, match="slot_full"):
        book(stranger_elder, slot, stranger)
    visit = waiting_requests.take_offer(first["_id"], Wishes("带药", ("check_stove",)), by=one, at=MORNING)
    again = waiting_requests.take_offer(first["_id"], Wishes(), by=one, at=MORNING)
    assert (visit["state"], again["_id"]) == ("booked", visit["_id"])
    assert (now(first)["state"], now(first)["visit_id"]) == ("booked", visit["_id"])
    assert waiting.position_of(now(second)) == 1
    with pytest.raises(NotFound):
        waiting_requests.take_offer(second["_id"], Wishes(), by=one, at=MORNING)
    with pytest.raises(Conflict, match="offer_over"):
        waiting_requests.take_offer(second["_id"], Wishes(), by=other, at=MORNING)
    assert len(told("wait_offered")) == 1
    assert_consistent()


def test_a_place_that_came_free_while_nobody_looked_is_not_sold_to_who_just_comes() -> None:
    slot, _ = full_hour()
    (first, _), _ = two_in_line()
    # As a process leaves it that was killed right after it had given a place back.
    collection(VisitSlot).update_one(
        {"_id": slot["_id"]}, {"$inc": {"capacity": 1, "free": 1, "version": 1}}
    )  # fmt: skip
    elder, stranger = family(3)
    with pytest.raises(Conflict, match="slot_promised"):
        book(elder, slot, stranger)
    assert waiting.open_to_all([slot_now(slot)], MORNING) == []
    waiting.settle_holds(MORNING)
    assert now(first)["state"] == "offered"
    assert_consistent()


def test_who_could_book_does_not_wait_and_nobody_waits_twice() -> None:
    elder, by = family()
    make_slot()
    with pytest.raises(Conflict, match="wait_needless"):
        wait_for(elder, by)
    wait = wait_for(elder, by, halves=("afternoon",))
    with pytest.raises(Duplicate, match="wait_open"):
        wait_for(elder, by, LATER)
    with pytest.raises(InvalidInput):
        wait_for(elder, by, date(2026, 11, 22))
    other, stranger = family(2)
    with pytest.raises(NotFound, match="elder_not_linked"):
        wait_for(other, by)
    waiting_requests.withdraw(wait["_id"], by=by, at=MORNING, key=new_id())
    assert now(wait)["state"] == "withdrawn"
    assert wait_for(other, stranger, LATER)["state"] == "waiting"


def test_an_unanswered_offer_goes_to_the_next_and_ends_the_second_time() -> None:
    _, ((_, seller, sold),) = full_hour(day=LATER)
    families = [family(number) for number in (1, 2)]
    first, second = [wait_for(elder, by, LATER) for elder, by in families]
    booking.cancel_visit(sold["_id"], by=seller, at=MORNING, key=new_id())
    offered = now(first) if now(first)["state"] == "offered" else now(second)
    late = as_utc(offered["offered_until"])
    with pytest.raises(Conflict, match="offer_over"):
        by = next(by for elder, by in families if elder["_id"] == offered["elder_id"])
        waiting_requests.take_offer(offered["_id"], Wishes(), by=by, at=late)
    waiting.settle_holds(late)
    states = {now(each)["state"] for each in (first, second)}
    assert states == {"offered", "waiting"}
    assert now(offered)["state"] == "waiting"
    assert now(offered)["lapses"] == 1
    assert len(told("wait_lapsed")) == 1
    # What it let go by is not offered again, another hour is; unanswered too, it ends.
    make_slot(day=LATER, hour=10, at=late)
    waiting.settle_holds(late)
    assert now(offered)["state"] == "offered"
    waiting.settle_holds(as_utc(now(offered)["offered_until"]))
    assert (now(offered)["state"], now(offered)["end_reason"]) == ("expired", "offers_lapsed")
    assert len(told("wait_over")) >= 1
    assert_consistent()


def test_declining_keeps_the_place_in_line_and_withdrawing_gives_to_the_next() -> None:
    slot, ((_, seller, sold),) = full_hour()
    (first, second), (one, other) = two_in_line()
    booking.cancel_visit(sold["_id"], by=seller, at=MORNING, key=new_id())
    waiting_requests.decline(first["_id"], by=one, at=MORNING, key="d" * 8)
    waiting_requests.decline(first["_id"], by=one, at=MORNING, key="d" * 8)
    assert (now(first)["state"], now(second)["state"]) == ("waiting", "offered")
    assert waiting.position_of(now(first)) == 1
    waiting_requests.withdraw(second["_id"], by=other, at=MORNING, key=new_id())
    assert slot_now(slot)["free"] == 1, "the first declined this very hour, nobody else waits"
    elder, stranger = family(3)
    assert book(elder, slot, stranger)["state"] == "booked"
    assert_consistent()


def test_a_request_ends_with_its_days_its_person_and_its_link() -> None:
    families = [family(number) for number in (1, 2, 3, 4)]
    waits = [wait_for(elder, by, TOMORROW, LATER) for elder, by in families]
    elder = families[0][0]
    operations.end_period(elder["_id"], date(2026, 11, 23), "died", by=staff_actor(), at=MORNING, key="k", version=1)
    collection(ElderLink).update_one({"resident_id": families[1][1].id}, {"$set": {"state": "ended"}})
    assert erase_resident_visits(families[2][1].id, MORNING) > 0
    make_slot(capacity=4)
    waiting.settle_holds(MORNING)
    assert (now(waits[0])["end_reason"], now(waits[1])["end_reason"]) == ("elder_not_active", "not_linked")
    assert collection(VisitWait).find_one({"_id": waits[2]["_id"]}) is None
    assert now(waits[3])["state"] == "offered"
    waiting.settle_holds(MORNING + timedelta(days=4))
    assert now(waits[3])["state"] in ("waiting", "expired")
    waiting.settle_holds(MORNING + timedelta(days=4))
    assert now(waits[3])["state"] == "expired"
    assert_consistent()


def test_booking_another_hour_ends_the_request_and_frees_what_was_held() -> None:
    slot, ((_, seller, sold),) = full_hour()
    (first, second), (one, _) = two_in_line()
    booking.cancel_visit(sold["_id"], by=seller, at=MORNING, key=new_id())
    other = make_slot(day=LATER)
    visit = booking.book_visit(new_id(), now(first)["elder_id"], other["_id"], None, by=one, at=MORNING)
    assert (now(first)["state"], now(first)["visit_id"]) == ("booked", visit["_id"])
    waiting.settle_holds(MORNING)
    assert now(second)["state"] == "offered"
    assert [each["wait_id"] for each in slot_now(slot)["holds"]] == [second["_id"]]
    assert_consistent()


def test_held_hours_are_answered_by_day() -> None:
    night = datetime(2026, 11, 23, 15, 0, tzinfo=MORNING.tzinfo)  # 23:00 in China
    until = waiting.hold_until(night + timedelta(days=2), night)
    assert until is not None
    hours = rule("visitors.wait_hold_hours")
    assert until > night + timedelta(hours=hours), "not through the night"
    assert waiting.hold_until(night + timedelta(hours=2), night) is None


def assert_nothing_lost(waits: list[Raw]) -> None:
    """One place: exactly one family has it, held or booked, and each offer was told once."""
    states = sorted(now(each)["state"] for each in waits)
    assert states in (["offered", "waiting"], ["booked", "waiting"])
    (slot,) = collection(VisitSlot).find()
    assert (len(slot["holds"]) + len(slot["bookings"]), slot["free"]) == (1, 0)
    for wait in (now(each) for each in waits):
        keys = [each["key"] for each in wait.get("outbox", ())]
        assert len(keys) == len(set(keys))
        assert sum(entry["action"] == "offer" for entry in wait["history"]) == wait["offers"]
    assert_consistent()


def kept() -> dict[Any, list[Raw]]:
    return {record: list(collection(record).find()) for record in (VisitSlot, VisitWait, Visit)}


def put_back(before: dict[Any, list[Raw]]) -> None:
    for record, documents in before.items():
        collection(record).delete_many({})
        if documents:
            collection(record).insert_many(documents)


def free_place_and_two_in_line() -> list[Raw]:
    slot, ((_, _, sold),) = full_hour()
    (first, second), _ = two_in_line()
    collection(Visit).delete_one({"_id": sold["_id"]})
    collection(VisitSlot).update_one({"_id": slot["_id"]}, {"$set": {"bookings": [], "free": 1}})
    return [first, second]


def test_an_offer_killed_anywhere_is_made_once(database: str) -> None:
    waits = free_place_and_two_in_line()
    before, points = kept(), 0
    with Killable("models.eldercare.waiting:settle_holds", database, MORNING) as target:
        for _ in target.points():
            points += 1
            waiting.settle_holds(MORNING)
            assert_nothing_lost(waits)
            assert now(waits[0])["state"] == "offered", "the first in line"
            put_back(before)
    assert points >= 4


def test_an_offer_that_lapses_killed_anywhere_goes_to_the_next(database: str) -> None:
    waits = free_place_and_two_in_line()
    waiting.settle_holds(MORNING)
    before, late = kept(), as_utc(now(waits[0])["offered_until"])
    with Killable("models.eldercare.waiting:settle_holds", database, late) as target:
        for _ in target.points():
            waiting.settle_holds(late)
            waiting.settle_holds(late)
            assert_nothing_lost(waits)
            assert now(waits[1])["state"] == "offered", "the next in line"
            put_back(before)


def test_a_taken_offer_killed_anywhere_is_booked_once_or_still_held(database: str) -> None:
    waits = free_place_and_two_in_line()
    waiting.settle_holds(MORNING)
    before, booked = kept(), 0
    with Killable("tests.integration_targets:take_the_offer", database, MORNING) as target:
        for _ in target.points():
            reconcile_bookings(MORNING)
            waiting.settle_holds(MORNING)
            assert_nothing_lost(waits)
            state = now(waits[0])["state"]
            booked += state == "booked"
            assert collection(Visit).count_documents({}) == (1 if state == "booked" else 0)
            assert now(waits[1])["state"] == "waiting"
            put_back(before)
    assert booked > 1


def test_the_way_of_a_request_over_http(call: Call) -> None:
    slot, ((_, seller, sold),) = full_hour()
    elder, by = family()
    me, path = headers_of(by), "/visit-waits"
    body = {"elder_id": elder["_id"], "days": [TOMORROW.isoformat()], "half_days": ["morning"]}
    made = call("POST", path, me, json=body)
    assert made.status_code == 201, made.text
    assert (made.json["state"], made.json["position"], made.json["offer"]) == ("waiting", 1, None)
    assert call("POST", path, me, json={**body, "half_days": ["noon"]}).status_code == 422
    one = f"{path}/{made.json['id']}"
    assert call("GET", one, headers_of(seller)).status_code == 404
    assert call("POST", f"{one}/book", me, json={}).json["code"] == "offer_over"
    assert call("POST", f"/visits/{sold['_id']}/cancel", headers_of(seller)).status_code == 200
    offered = call("GET", one, me).json
    assert (offered["state"], offered["offer"]["slot_id"]) == ("offered", slot["_id"])
    assert "book" in offered["actions"]
    wished = call("POST", f"{one}/book", me, json={"wish_list": ["no_such_wish"]})
    assert (wished.status_code, "wish_list" in wished.text) == (422, True)
    taken = call("POST", f"{one}/book", me, json={"wish_list": ["bring_medicine"]})
    assert taken.status_code == 200, taken.text
    assert taken.json["wait"]["state"] == "booked"
    assert [each["token"] for each in taken.json["visit"]["wish_list"]] == ["bring_medicine"]
    assert collection(UsageEvent).count_documents({"measure": "visit_booked"}) == 1
    assert [each["id"] for each in call("GET", path, me).json["items"]] == [made.json["id"]]
