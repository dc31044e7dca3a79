"""A visitor falls ill: the same day others take over, families of booked visits are told once, nothing is lost."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from config.loading import rule
from models.eldercare import booking, reminders, substitutes
from models.eldercare.concern_finding import concern_handler
from models.eldercare.concern_records import Concern
from models.eldercare.documents import Visit, VisitSlot
from models.eldercare.plan_building import plan_present_month
from models.eldercare.plan_queries import enter_absence
from models.eldercare.plan_records import PlannedVisit, VisitorAbsence
from models.kernel.actors import SUPERVISOR, Actor
from models.kernel.clock import at_local
from models.kernel.database import collection
from models.kernel.errors import InvalidInput
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage, deliver, relay
from models.people.documents import Caseworker
from tests.factories.eldercare import (
    DISTRICT,
    MORNING,
    SANYANG,
    TOMORROW,
    XIAPU,
    assert_consistent,
    book,
    family,
    headers_of,
    make_elder,
    make_slot,
    make_visitor,
    staff_actor,
)
from tests.failpoints import Killable
from tests.integration.eldercare.conftest import Call

pytestmark = pytest.mark.usefixtures("database")
BOSS = staff_actor(SUPERVISOR)


def planned_for(visitor: Actor, elder: Raw, day: date = TOMORROW, place: int = 1) -> str:
    plan = PlannedVisit(
        id=new_id(), created_at=MORNING, updated_at=MORNING, state="planned", month=f"{day:%Y-%m}", number=1,
        elder_id=elder["_id"], of=f"{day:%Y-%m} {DISTRICT}", of_township=f"{day:%Y-%m} {SANYANG}",
        visitor_id=visitor.id, day=day.isoformat(), place=place,
    )  # fmt: skip
    collection(PlannedVisit).insert_one(plan.raw())
    return plan.id


def ill_tomorrow(visitor: Actor, at: datetime = MORNING) -> Raw:
    return enter_absence(new_id(), visitor.id, TOMORROW, TOMORROW, "ill", by=visitor, at=at)


def who(record: Any, document_id: str) -> str:
    found = collection(record).find_one({"_id": document_id})
    assert found is not None
    return str(found["visitor_id"])


def told(ending: str) -> list[dict[str, Any]]:
    relay(MORNING)
    sent = [OutboxMessage.open_payload(each) for each in collection(OutboxMessage).find()]
    return [each for each in sent if each.get("text_key", "").endswith(ending)]


def a_day(ill: Actor) -> tuple[Raw, list[str]]:
    """A booked visit and two planned ones of tomorrow."""
    elder, daughter = family()
    visit = book(elder, make_slot(visitor=ill), daughter)
    return visit, [planned_for(ill, make_elder(number), place=number) for number in (5, 6)]


def test_tomorrow_goes_to_the_colleague_and_only_the_booked_family_is_told() -> None:
    ill, well = make_visitor(), make_visitor()
    visit, plans = a_day(ill)
    absence = ill_tomorrow(ill)
    assert who(Visit, visit["_id"]) == well.id
    assert {who(PlannedVisit, each) for each in plans} == {well.id}
    assert len(told("notice.substitute")) == 1
    assert [each["staff"] for each in told("staff_notice.taking_over")] == [[well.id]]
    given = substitutes.handed_over(absence)
    assert sorted(each["id"] for each in given) == sorted([visit["_id"], *plans])
    (slot,) = collection(VisitSlot).find()
    assert (slot["closed_by"], slot["free"]) == ("absent", 0)
    assert substitutes.hand_over_all(MORNING) == {"handed_over": 0, "left": 0}
    assert_consistent()


def test_who_is_busy_at_the_hour_away_or_full_takes_nothing_and_the_reason_is_shown(call: Call) -> None:
    ill, busy = make_visitor(), make_visitor()
    visit, plans = a_day(ill)
    other, son = family(2)
    book(other, make_slot(visitor=busy), son)
    absence = ill_tomorrow(ill)
    assert who(Visit, visit["_id"]) == ill.id
    assert {who(PlannedVisit, each) for each in plans} == {busy.id}, "planned visits have no hour"
    shown = call("GET", f"/staff/visitor-absences/{absence['_id']}/hand-over", headers_of(ill)).json
    left = [each for each in shown["items"] if each["reason"]]
    assert [(each["id"], each["reason"], bool(each["reason_label"])) for each in left] == [
        (visit["_id"], "hour_taken", True),
    ]  # fmt: skip
    relay(MORNING)
    deliver(MORNING, {"staff_alert": concern_handler(lambda: MORNING)})
    (concern,) = collection(Concern).find()
    assert (concern["cause"], concern["visit_id"]) == ("no_substitute", visit["_id"])
    substitutes.hand_over_all(MORNING)
    relay(MORNING)
    assert collection(OutboxMessage).count_documents({"_id": {"$regex": "no_substitute"}}) == 1
    # A third comes; the next minute's run finds them, and nothing is left.
    third = make_visitor()
    assert substitutes.hand_over_all(MORNING) == {"handed_over": 1, "left": 0}
    assert who(Visit, visit["_id"]) == third.id


def test_capacity_bounds_what_one_takes_and_the_night_plans_the_rest_anew() -> None:
    ill, well = make_visitor(), make_visitor()
    elders = [make_elder(number, risk_level="ordinary") for number in range(1, 10)]
    plans = [planned_for(ill, elder, place=number) for number, elder in enumerate(elders)]
    absence = ill_tomorrow(ill)
    most = rule("eldercare.visits_a_day")
    assert sum(who(PlannedVisit, each) == well.id for each in plans) == most
    assert {each["reason"] for each in absence["unplaced"]} == {"no_capacity"}
    assert len(absence["unplaced"]) == len(plans) - most
    collection(PlannedVisit).delete_many({})
    plan_present_month(MORNING)
    assert ("2026-11-24", ill.id) not in {(each["day"], each["visitor_id"]) for each in collection(PlannedVisit).find()}


def test_the_supervisor_chooses_and_the_chosen_takes_what_others_had(call: Call) -> None:
    ill, first, chosen = make_visitor(), make_visitor(), make_visitor()
    visit, plans = a_day(ill)
    for number in range(20, 20 + rule("eldercare.visits_a_day")):
        planned_for(chosen, make_elder(number), place=number)
    absence = ill_tomorrow(ill)
    assert who(Visit, visit["_id"]) == first.id, "whose day is full comes last"
    boss = headers_of(_stored_boss())
    path = f"/staff/visitor-absences/{absence['_id']}"
    body = {"day": TOMORROW.isoformat(), "substitute_id": chosen.id}
    assert call("POST", f"{path}/hand-over", headers_of(ill), json=body).status_code == 403
    named = call("POST", f"{path}/hand-over", boss, json=body)
    assert named.status_code == 200, named.text
    assert named.json["substitutes"] == {TOMORROW.isoformat(): chosen.id}
    assert {who(Visit, visit["_id"]), *(who(PlannedVisit, each) for each in plans)} == {chosen.id}
    assert len(told("notice.substitute")) == 2, "another person each time"
    assert call("POST", f"{path}/hand-over", boss, json={**body, "day": "2026-11-25"}).status_code == 422
    listed = call("GET", f"{path}/substitutes?day=2026-11-24", boss).json["items"]
    assert [each["visitor_id"] for each in listed] == [first.id]
    with pytest.raises(InvalidInput):
        substitutes.choose(absence["_id"], TOMORROW, new_id(), by=BOSS, at=MORNING)


def _stored_boss() -> Actor:
    boss = make_visitor()
    collection(Caseworker).update_one({"_id": boss.id}, {"$set": {"roles": [SUPERVISOR]}})
    return boss


def test_what_is_too_late_stays_and_other_townships_are_no_substitutes() -> None:
    ill = make_visitor(township_ids=(SANYANG,))
    make_visitor(township_ids=(XIAPU,))
    visit, plans = a_day(ill)
    absence = ill_tomorrow(ill)
    assert {each["reason"] for each in absence["unplaced"]} == {"no_visitor"}
    make_visitor(township_ids=(SANYANG,))
    evening = at_local(TOMORROW, 20)
    assert substitutes.hand_over_all(evening) == {"handed_over": 0, "left": 3}
    after = collection(VisitorAbsence).find_one({"_id": absence["_id"]})
    assert after is not None
    reasons = {each["id"]: each["reason"] for each in after["unplaced"]}
    assert reasons == {visit["_id"]: "hour_over", **dict.fromkeys(plans, "day_over")}


def test_a_hand_over_killed_anywhere_goes_on_and_tells_once(database: str) -> None:
    ill = make_visitor(username="ill")
    colleagues = [make_visitor(), make_visitor()]
    visit, plans = a_day(ill)
    records = (Visit, PlannedVisit, VisitSlot, VisitorAbsence)
    before = {record: list(collection(record).find()) for record in records}
    points = 0
    with Killable("tests.integration_targets:visitor_falls_ill", database, MORNING) as target:
        for _ in target.points(every=2):
            points += 1
            substitutes.hand_over_all(MORNING)
            entered = collection(VisitorAbsence).count_documents({})
            takers = {who(Visit, visit["_id"]), *(who(PlannedVisit, each) for each in plans)}
            assert (takers <= {each.id for each in colleagues}) if entered else (takers == {ill.id})
            stored = collection(Visit).find_one({"_id": visit["_id"]})
            assert stored is not None
            steps = [entry["action"] for entry in stored["history"]]
            assert steps.count("substitute") == entered
            keys = [each["key"] for each in stored["outbox"] if "substitute" in each["key"]]
            assert len(keys) == len(set(keys)) == 2 * entered
            for record, documents in before.items():
                collection(record).delete_many({})
                if documents:
                    collection(record).insert_many(documents)
    assert points > 3


def test_both_sides_are_reminded_the_evening_before_once_and_not_of_what_is_off() -> None:
    visitor = make_visitor()
    (elder, daughter), (other, son), (third, niece) = family(1), family(2), family(3)
    kept = book(elder, make_slot(visitor=visitor), daughter)
    off = book(other, make_slot(visitor=visitor, hour=10), son)
    moved = book(third, make_slot(visitor=visitor, hour=11), niece)
    booking.cancel_visit(off["_id"], by=son, at=MORNING, key=new_id())
    later = make_slot(visitor=visitor, day=TOMORROW + timedelta(days=1))
    booking.reschedule_visit(moved["_id"], later["_id"], by=niece, at=MORNING, key=new_id())
    evening = at_local(date(2026, 11, 23), 18)
    assert reminders.remind(date(2026, 11, 23), evening) == 1
    assert reminders.remind(date(2026, 11, 23), evening) == 0
    assert [each["resident_id"] for each in told("eldercare.notice.reminder")] == [daughter.id]
    assert [each["staff"] for each in told("staff_notice.reminder")] == [[visitor.id]]
    stored = collection(Visit).find_one({"_id": kept["_id"]})
    assert stored is not None
    assert stored["version"] == kept["version"], "nothing on which a family decides has changed"
    assert reminders.remind(date(2026, 11, 24), evening + timedelta(days=1)) == 1, "the moved one, on its own evening"
    assert reminders.remind(date(2026, 11, 22), at_local(date(2026, 11, 24), 12)) == 0
