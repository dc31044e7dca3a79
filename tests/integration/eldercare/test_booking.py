"""Hours are never sold twice, by whomever; a family books, moves and cancels within the rules."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from models.eldercare import booking, operations, queries, visiting
from models.eldercare.documents import Visit
from models.eldercare.settling import reconcile_bookings
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.errors import Conflict, DomainError, Duplicate, InvalidInput, LimitReached, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage, relay
from tests.factories.eldercare import (
    MORNING,
    TOMORROW,
    XIAPU,
    assert_consistent,
    book,
    family,
    make_link,
    make_resident,
    make_slot,
    make_visitor,
    slot_now,
    staff_actor,
    visit_now,
)

pytestmark = pytest.mark.usefixtures("database")


def test_a_booking_takes_one_place_and_makes_one_visit() -> None:
    elder, daughter = family()
    slot = make_slot(capacity=2)
    visit = book(elder, slot, daughter)
    assert (visit["state"], visit["day"], visit["slot_id"]) == ("booked", "2026-11-24", slot["_id"])
    assert slot_now(slot)["free"] == 1
    assert_consistent()


def test_the_same_request_again_finds_the_first_visit() -> None:
    elder, daughter = family()
    slot, key = make_slot(capacity=2), new_id()
    first = book(elder, slot, daughter, key)
    booking.cancel_visit(key, by=daughter, at=MORNING, key=new_id())
    again = book(elder, slot, daughter, key)
    assert again["_id"] == first["_id"]
    assert again["state"] == "cancelled", "a late repeat must not take the place again"
    assert collection(Visit).count_documents({}) == 1
    assert slot_now(slot)["free"] == 2
    assert_consistent()


def test_one_person_has_one_place_in_one_hour_also_for_two_children() -> None:
    elder, daughter = family()
    son = make_link(elder, 1)
    slot = make_slot(capacity=3)
    book(elder, slot, daughter)
    with pytest.raises(Conflict, match="elder_booked"):
        book(elder, slot, son)
    assert slot_now(slot)["free"] == 2


@pytest.mark.parametrize("hours", [1.9, 0, -1])
def test_an_hour_too_near_or_past_cannot_be_booked(hours: float) -> None:
    elder, daughter = family()
    slot = make_slot()
    at = slot["starts_at"] - timedelta(hours=hours)
    with pytest.raises(Conflict, match="slot_too_soon"):
        booking.book_visit(new_id(), elder["_id"], slot["_id"], None, by=daughter, at=at)
    assert slot_now(slot)["free"] == 1


def test_an_hour_of_another_township_cannot_be_booked() -> None:
    elder, daughter = family()
    with pytest.raises(Conflict, match="slot_elsewhere"):
        book(elder, make_slot(township_id=XIAPU), daughter)
    with pytest.raises(NotFound, match="slot_not_found"):
        booking.book_visit(new_id(), elder["_id"], "none", None, by=daughter, at=MORNING)


def test_only_a_confirmed_family_books_and_only_for_people_on_the_register() -> None:
    elder, daughter = family()
    slot = make_slot()
    with pytest.raises(NotFound, match="elder_not_linked"):
        book(elder, slot, make_resident())
    registrar = staff_actor()
    operations.end_period(elder["_id"], date(2026, 11, 23), "moved", by=registrar, at=MORNING, key="k", version=1)
    with pytest.raises(Conflict, match="elder_not_active"):
        book(elder, slot, daughter)


def test_nobody_hoards_hours() -> None:
    elder, daughter = family()
    for hour in (9, 10, 11):
        book(elder, make_slot(hour=hour), daughter)
    fourth = make_slot(day=TOMORROW + timedelta(days=1))
    with pytest.raises(LimitReached, match="bookings_open"):
        book(elder, fourth, daughter)
    assert slot_now(fourth)["free"] == 1


@pytest.mark.parametrize("hours", [1, 0, -3])
def test_a_family_cancels_and_moves_in_time_only(hours: float) -> None:
    elder, daughter = family()
    visit = book(elder, make_slot(), daughter)
    later = make_slot(day=TOMORROW + timedelta(days=1))
    at = visit["starts_at"] - timedelta(hours=hours)
    with pytest.raises(Conflict, match="visit_too_soon"):
        booking.cancel_visit(visit["_id"], by=daughter, at=at, key=new_id())
    with pytest.raises(Conflict, match="visit_too_soon"):
        booking.reschedule_visit(visit["_id"], later["_id"], by=daughter, at=at, key=new_id())
    assert slot_now(later)["free"] == 1
    booking.cancel_visit(visit["_id"], by=make_visitor(), at=at, key=new_id())
    assert_consistent()


def test_moving_takes_the_new_hour_and_frees_the_old_one() -> None:
    elder, daughter = family()
    old, new, key = make_slot(), make_slot(hour=10), new_id()
    visit = book(elder, old, daughter)
    moved = booking.reschedule_visit(visit["_id"], new["_id"], by=daughter, at=MORNING, key=key)
    assert (moved["slot_id"], moved["version"]) == (new["_id"], 2)
    assert (slot_now(old)["free"], slot_now(new)["free"]) == (1, 0)
    again = booking.reschedule_visit(visit["_id"], new["_id"], by=daughter, at=MORNING, key=key)
    assert again["version"] == 2
    back = booking.reschedule_visit(visit["_id"], old["_id"], by=daughter, at=MORNING, key=new_id())
    assert back["slot_id"] == old["_id"]
    assert_consistent()


def test_a_move_to_a_full_hour_keeps_the_old_one() -> None:
    elder, daughter = family()
    other, son = family(2)
    mine, full = make_slot(), make_slot(hour=10)
    visit = book(elder, mine, daughter)
    book(other, full, son)
    with pytest.raises(Conflict, match="slot_full"):
        booking.reschedule_visit(visit["_id"], full["_id"], by=daughter, at=MORNING, key=new_id())
    assert visit_now(visit["_id"])["slot_id"] == mine["_id"]
    assert_consistent()


def test_who_leaves_the_register_leaves_the_hours_to_others() -> None:
    elder, daughter = family()
    slot = make_slot()
    visit = book(elder, slot, daughter)
    registrar = staff_actor()
    operations.end_period(elder["_id"], date(2026, 11, 23), "died", by=registrar, at=MORNING, key="k", version=1)
    assert visit_now(visit["_id"])["state"] == "cancelled"
    assert slot_now(slot)["free"] == 1
    assert_consistent()
    with pytest.raises(Conflict, match="elder_has_died"):
        operations.begin_period(elder["_id"], date(2026, 11, 23), by=registrar, at=MORNING, key="k2", version=2)


@pytest.mark.parametrize("places", [5, 10])
def test_64_families_on_the_last_places_of_one_hour(places: int) -> None:
    families = [family(number) for number in range(64)]
    slot = make_slot(capacity=places)

    def attempt(pair: tuple[Raw, Actor]) -> str:
        try:
            return str(book(pair[0], slot, pair[1])["state"])
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(64) as pool:
        outcomes = list(pool.map(attempt, families))
    assert outcomes.count("booked") == places
    assert outcomes.count("slot_full") == 64 - places
    assert slot_now(slot)["free"] == 0
    assert_consistent()


def test_16_families_with_two_hands_each_share_the_last_10_hours() -> None:
    """Each family tries one hour after another, from both parents' phones at the same time."""
    families = [family(number) for number in range(16)]
    slots = [make_slot() for _ in range(10)]

    def attempt(number: int) -> int:
        elder, by = families[number % 16]
        won = 0
        for step in range(10):
            try:
                book(elder, slots[(number + step) % 10], by)
                won += 1
            except DomainError as refused:
                assert refused.code in ("slot_full", "elder_booked", "bookings_open")
        return won

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(attempt, range(32))) == 10
    assert_consistent()


def test_a_visit_moved_and_cancelled_at_once_ends_in_one_of_both() -> None:
    elder, daughter = family()
    old, new, third = make_slot(), make_slot(hour=10), make_slot(hour=11)
    visit = book(elder, old, daughter)

    def attempt(number: int) -> None:
        try:
            if number % 3 == 0:
                booking.cancel_visit(visit["_id"], by=daughter, at=MORNING, key=new_id())
            else:
                target = (new, third)[number % 2]
                booking.reschedule_visit(visit["_id"], target["_id"], by=daughter, at=MORNING, key=new_id())
        except DomainError as refused:
            assert refused.code in ("stale_version", "illegal_transition", "elder_booked", "slot_same", "slot_full")
        reconcile_bookings(MORNING)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(attempt, range(12)))
    reconcile_bookings(MORNING)
    assert_consistent()


def test_the_chat_finds_the_next_hours_and_the_visits_to_come() -> None:
    elder, daughter = family()
    late, early = make_slot(hour=11), make_slot(hour=9)
    make_slot(township_id=XIAPU)
    township = elder["township_id"]
    assert [each["_id"] for each in queries.next_free_slots(MORNING, 5, elder_id="x", township_id=township)] == [
        early["_id"], late["_id"],
    ]  # fmt: skip
    assert len(queries.next_free_slots(MORNING, 1, elder_id="x", township_id=township)) == 1
    near = early["starts_at"] - timedelta(hours=1)
    assert [each["_id"] for each in queries.next_free_slots(near, 5, elder_id="x", township_id=township)] == [
        late["_id"]
    ]
    second, first = book(elder, late, daughter), book(elder, early, daughter)
    assert queries.next_free_slots(MORNING, 5, elder_id="x", township_id=township) == []
    found = queries.visits_of_resident(daughter.id, MORNING, 5)
    assert [each["_id"] for each in found] == [first["_id"], second["_id"]]
    booking.cancel_visit(first["_id"], by=daughter, at=MORNING, key=new_id())
    assert [each["_id"] for each in queries.visits_of_resident(daughter.id, MORNING, 5)] == [second["_id"]]


def test_an_hour_is_published_once_and_only_as_the_rules_say() -> None:
    visitor = make_visitor()
    slot = make_slot(visitor=visitor)
    assert slot["free"] == 1
    with pytest.raises(Duplicate):
        make_slot(visitor=visitor)
    with pytest.raises(InvalidInput):
        make_slot(hour=12)
    with pytest.raises(InvalidInput):
        make_slot(day=date(2026, 11, 22))
    with pytest.raises(InvalidInput):
        make_slot(day=date(2027, 11, 22))
    with pytest.raises(InvalidInput):
        make_slot(capacity=11)


def test_the_family_is_told_once_of_each_step_and_nothing_private() -> None:
    elder, daughter = family()
    slots = [make_slot(hour=hour) for hour in (9, 10)]
    visit = book(elder, slots[0], daughter)
    booking.reschedule_visit(visit["_id"], slots[1]["_id"], by=daughter, at=MORNING, key=new_id())
    visiting.complete_visit(
        visit["_id"], visiting.Report("emergency", "跌倒"), by=make_visitor(), at=MORNING, key="k", version=2
    )
    relay(MORNING), relay(MORNING)
    sent = [
        (each["channel"], OutboxMessage.open_payload(each))
        for each in collection(OutboxMessage).find().sort([("created_at", 1), ("_id", 1)])
        if each["_id"].startswith("visit")
    ]
    keys = sorted(payload.get("text_key", payload.get("kind")).rpartition(".")[2] for _, payload in sent)
    assert keys == ["booked", "completed_contact", "emergency", "moved"]
    for channel, payload in sent:
        if channel == "notice":
            assert payload["resident_id"] == daughter.id
            assert payload["values"]["name"] == "欧***"
        else:
            assert payload == {"kind": "emergency", "visit_id": visit["_id"]}
