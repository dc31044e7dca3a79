"""Hours opened from a visitor's week: on working days, around absences, as far as the month's plan leaves room."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from config.loading import rule
from models.eldercare import booking, plan_queries, slot_opening, waiting, waiting_requests
from models.eldercare.documents import VisitSlot
from models.eldercare.plan_records import PlannedVisit
from models.eldercare.slot_rules import Hour
from models.kernel.actors import Actor
from models.kernel.clock import day_of, local
from models.kernel.database import collection
from models.kernel.errors import InvalidInput, NotFound, StaleVersion
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from tests.factories.eldercare import (
    DISTRICT,
    FENGXIN,
    MORNING,
    SANYANG,
    TOMORROW,
    XIAPU,
    assert_consistent,
    book,
    family,
    headers_of,
    make_slot,
    make_visitor,
    slot_now,
)
from tests.failpoints import Killable
from tests.integration.eldercare.conftest import Call

pytestmark = pytest.mark.usefixtures("database")
TUESDAY, SATURDAY = 1, 5
WEEK = [Hour(TUESDAY, "09:00", SANYANG, 2), Hour(TUESDAY, "10:00", SANYANG, 1)]


def week_of(visitor: Actor, *rows: Hour, version: int | None = None) -> Raw:
    return slot_opening.set_hours(visitor.id, rows or WEEK, version, by=visitor, at=MORNING)


def opened() -> list[tuple[str, str, int, int]]:
    """Day, hour, capacity, and free places of every slot."""
    return [
        (day_of(slot["starts_at"]).isoformat(), f"{local(slot['starts_at']):%H:%M}", slot["capacity"], slot["free"])
        for slot in sorted(collection(VisitSlot).find(), key=lambda each: each["starts_at"])
    ]


def at_hour(day: date, hour: str) -> Raw:
    (slot,) = [
        slot for slot in collection(VisitSlot).find()
        if (day_of(slot["starts_at"]), f"{local(slot['starts_at']):%H:%M}") == (day, hour)
    ]  # fmt: skip
    return slot


def planned(visitor: Actor, day: date, count: int) -> None:
    for _ in range(count):
        plan = PlannedVisit(
            id=new_id(), created_at=MORNING, updated_at=MORNING, state="planned", month=f"{day:%Y-%m}", number=1,
            elder_id=new_id(), of=f"{day:%Y-%m} {DISTRICT}", of_township=f"{day:%Y-%m} {SANYANG}",
            visitor_id=visitor.id, day=day.isoformat(), place=1,
        )  # fmt: skip
        collection(PlannedVisit).insert_one(plan.raw())


def test_a_week_opens_hours_some_weeks_ahead_once() -> None:
    visitor = make_visitor()
    week_of(visitor, *WEEK, Hour(SATURDAY, "09:00", SANYANG, 1))
    days = {day for day, *_ in opened()}
    assert "2026-11-24" in days
    assert max(days) == "2026-12-12", "three weeks ahead, to a Saturday"
    assert {date.fromisoformat(day).weekday() for day in days} == {TUESDAY, SATURDAY}
    assert len(opened()) == 3 * rule("visitors.weeks_ahead")
    before = opened()
    assert slot_opening.open_all(MORNING) == {}
    assert opened() == before


def test_absence_closes_and_its_withdrawal_opens_again_and_what_is_booked_stays() -> None:
    visitor = make_visitor()
    by_hand = make_slot(visitor=visitor, hour=11, capacity=3)
    week_of(visitor)
    elder, daughter = family()
    visit = book(elder, at_hour(TOMORROW, "09:00"), daughter)
    absence = plan_queries.enter_absence(new_id(), visitor.id, TOMORROW, TOMORROW, "ill", by=visitor, at=MORNING)
    assert [each[1:] for each in opened() if each[0] == "2026-11-24"] == [
        ("09:00", 1, 0),
        ("10:00", 0, 0),
        ("11:00", 0, 0),
    ]
    assert [each[1:] for each in opened() if each[0] == "2026-12-01"] == [("09:00", 2, 2), ("10:00", 1, 1)]
    booking.cancel_visit(visit["_id"], by=daughter, at=MORNING, key=new_id())
    assert at_hour(TOMORROW, "09:00")["free"] == 0, "a closed hour frees no place"
    assert_consistent()
    plan_queries.withdraw_absence(absence["_id"], by=visitor, at=MORNING)
    assert [each[1:] for each in opened() if each[0] == "2026-11-24"] == [
        ("09:00", 2, 2),
        ("10:00", 1, 1),
        ("11:00", 3, 3),
    ]
    assert slot_now(by_hand)["closed_by"] is None
    assert_consistent()


def test_the_plan_s_load_leaves_what_it_leaves_and_one_place_for_families() -> None:
    visitor = make_visitor()
    most = rule("eldercare.visits_a_day")
    planned(visitor, TOMORROW, most - 2)
    planned(visitor, date(2026, 12, 1), most)
    week_of(visitor)
    assert [each[1:] for each in opened() if each[0] == "2026-11-24"] == [("09:00", 2, 2)]
    assert [each[1:] for each in opened() if each[0] == "2026-12-01"] == [("09:00", 1, 1)]
    planned(visitor, date(2026, 12, 8), most)
    assert slot_opening.open_all(MORNING) == {"narrowed": 1, "closed": 1}
    assert [each[1:] for each in opened() if each[0] == "2026-12-08"] == [("09:00", 1, 1), ("10:00", 0, 0)]


def test_who_waits_is_offered_what_opens() -> None:
    elder, daughter = family()
    wait = waiting_requests.ask(new_id(), elder["_id"], [TOMORROW], ["morning"], by=daughter, at=MORNING)
    visitor = make_visitor()
    absence = plan_queries.enter_absence(new_id(), visitor.id, TOMORROW, TOMORROW, "ill", by=visitor, at=MORNING)
    week_of(visitor)
    assert waiting_requests.own_wait(wait["_id"], daughter)["state"] == "waiting"
    plan_queries.withdraw_absence(absence["_id"], by=visitor, at=MORNING)
    assert waiting_requests.own_wait(wait["_id"], daughter)["state"] == "offered"
    slot_opening.open_all(MORNING)
    waiting.settle_holds(MORNING)
    assert_consistent()


def test_a_closed_hour_stays_closed_and_a_shorter_week_takes_back_what_is_free() -> None:
    visitor = make_visitor()
    hours = week_of(visitor)
    slot_opening.close_by_hand(at_hour(TOMORROW, "10:00")["_id"], by=visitor, at=MORNING)
    slot_opening.open_all(MORNING)
    assert at_hour(TOMORROW, "10:00")["capacity"] == 0
    week_of(visitor, WEEK[1], version=hours["version"])
    assert {each[1] for each in opened() if each[3]} == {"10:00"}
    with pytest.raises(StaleVersion):
        week_of(visitor, WEEK[0], version=hours["version"])
    with pytest.raises(InvalidInput):
        week_of(visitor, Hour(0, "12:00", SANYANG, 1))
    with pytest.raises(InvalidInput):
        week_of(visitor, Hour(0, "09:00", FENGXIN.id, 1))
    with pytest.raises(NotFound):
        slot_opening.hours_of(visitor.id, make_visitor())


def test_opening_killed_anywhere_and_run_again_opens_the_same(database: str) -> None:
    visitor = make_visitor()
    week_of(visitor)
    elder, daughter = family()
    book(elder, at_hour(TOMORROW, "09:00"), daughter)
    wanted = opened()
    collection(VisitSlot).delete_many({"bookings": {"$size": 0}})
    collection(VisitSlot).update_many({}, {"$set": {"capacity": 1, "free": 0}})
    before = list(collection(VisitSlot).find())
    with Killable("models.eldercare.slot_opening:open_all", database, MORNING) as target:
        for _ in target.points(every=2):
            slot_opening.open_all(MORNING)
            assert opened() == wanted
            collection(VisitSlot).delete_many({})
            collection(VisitSlot).insert_many(before)


def test_a_week_over_http_is_its_visitor_s_and_the_place_s(call: Call) -> None:
    visitor = make_visitor(township_ids=(SANYANG,))
    mine, path = headers_of(visitor), "/staff/visitor-hours"
    body: dict[str, Any] = {"rows": [{"weekday": 1, "start": "09:00", "township_id": SANYANG, "capacity": 2}]}
    assert call("PUT", path, headers_of(make_visitor()), json={**body, "visitor_id": visitor.id}).status_code == 404
    wrong = call("PUT", path, mine, json={"rows": [{**body["rows"][0], "township_id": XIAPU}]})
    assert (wrong.status_code, "rows.0.township_id" in wrong.text) == (422, True)
    put = call("PUT", path, mine, json=body)
    assert (put.status_code, put.json["version"]) == (200, 1), put.text
    assert call("GET", path, mine).json["rows"][0]["township"]
    listed = call("GET", "/staff/visitor-slots?from=2026-11-24&to=2026-11-24", mine).json["items"]
    assert [(each["capacity"], each["free"], each["origin"]) for each in listed] == [(2, 2, "week")]
    closed = call("POST", f"/staff/visit-slots/{listed[0]['id']}/close", mine)
    assert (closed.json["capacity"], closed.json["closed_by"]) == (0, "hand")
    assert call("GET", "/staff/visitor-slots?to=2027-11-24", mine).status_code == 422
