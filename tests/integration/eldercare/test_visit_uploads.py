"""Phones that were off the network: nothing lost, nothing twice, in the order of the phone's clock, conflicts shown."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.eldercare import booking, operations, plan_building, transfers, uploads
from models.eldercare.documents import Elder, Visit
from models.eldercare.plan_records import PlannedVisit
from models.eldercare.settling import reconcile_bookings
from models.eldercare.uploads import Event, VisitRef
from models.eldercare.visiting import PhonePoint, Report
from models.indicators.documents import UsageEvent
from models.indicators.usage import slot_of
from models.kernel.clock import FixedClock, shown
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from tests.factories.eldercare import (
    FENGXIN,
    HEALTH,
    MORNING,
    XIAPU,
    Crash,
    assert_consistent,
    crash_before_write,
    headers_of,
    make_elder,
    make_slot,
    make_visitor,
    staff_actor,
    visit_now,
)
from tests.factories.eldercare import book as book_slot

Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]
YESTERDAY = MORNING - timedelta(days=1)
DEVICE = "phone-0001"
POINT = PhonePoint(114.39, 27.92, "wgs84")


def event(kind: Any, visit: VisitRef, minutes: int, name: str = "", **more: Any) -> Event:
    if kind == "arrive":
        more.setdefault("sight", POINT)
    if kind == "complete":
        more.setdefault("report", Report("seen_well", HEALTH))
    return Event(name or f"event-{kind}-{minutes}", kind, visit, YESTERDAY + timedelta(minutes=minutes), **more)


def whole(elder: Raw, local: str = "local-0001") -> list[Event]:
    ref = VisitRef(local_id=local, elder_id=elder["_id"])
    return [event("start", ref, 0), event("arrive", ref, 5), event("complete", ref, 40)]


def results(applied: list[uploads.Applied]) -> list[tuple[str, str | None]]:
    return [(each.result, each.code) for each in applied]


@pytest.mark.usefixtures("database")
def test_any_order_and_any_repeat_of_a_batch_comes_to_the_same() -> None:
    """In one batch, one by one in any order, and all over again: one visit with one report, both times kept."""
    by = make_visitor()
    for number, order in enumerate(permutations(range(3))):
        elder = make_elder(number)
        batch = whole(elder, f"local-{number:04d}")
        for index in order:
            assert results(uploads.upload([batch[index]], DEVICE, by=by, at=MORNING)) == [("done", None)]
        again = uploads.upload([batch[index] for index in order], DEVICE, by=by, at=MORNING + timedelta(hours=1))
        assert results(again) == [("done", None)] * 3
        (visit,) = collection(Visit).find({"elder_id": elder["_id"]})
        assert (visit["state"], visit["outcome"], len(visit["reports"])) == ("completed", "seen_well", 1)
        assert visit["started_at"] == YESTERDAY and visit["seen_at"] == YESTERDAY + timedelta(minutes=40)
        assert visit["completed_at"] == MORNING, "the server's time is kept beside the phone's"
        assert visit["arrival"]["band"] == "unknown"
    assert_consistent()


@pytest.mark.usefixtures("database")
def test_a_batch_is_carried_out_by_the_phones_clock_and_answered_in_its_order() -> None:
    elder, by = make_elder(), make_visitor()
    start, arrive, complete = whole(elder)
    applied = uploads.upload([complete, arrive, start], DEVICE, by=by, at=MORNING)
    assert [each.id for each in applied] == [complete.id, arrive.id, start.id]
    actions = [each["action"] for each in visit_now(applied[0].visit["_id"])["history"]]  # type: ignore[index]
    assert actions == ["begin_unbooked", "arrive", "complete"]


@pytest.mark.usefixtures("database")
def test_the_same_batch_from_many_at_once_is_one_visit() -> None:
    elder, by = make_elder(), make_visitor()
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: uploads.upload(whole(elder), DEVICE, by=by, at=MORNING), range(6)))
    assert {result for applied in found for result in results(applied)} == {("done", None)}
    (visit,) = collection(Visit).find()
    assert len(visit["reports"]) == 1 and not visit.get("conflict")
    assert [each["action"] for each in visit["history"]].count("complete") == 1


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", range(1, 9))
def test_killed_at_any_write_the_phone_sends_again(number: int) -> None:
    elder, by = make_elder(), make_visitor()
    try:
        with crash_before_write(number):
            uploads.upload(whole(elder), DEVICE, by=by, at=MORNING)
    except Crash:
        reconcile_bookings(MORNING)
    assert results(uploads.upload(whole(elder), DEVICE, by=by, at=MORNING)) == [("done", None)] * 3
    (visit,) = collection(Visit).find()
    assert (visit["state"], len(visit["reports"])) == ("completed", 1)
    assert_consistent()


@pytest.mark.usefixtures("database")
def test_two_visitors_report_one_planned_visit() -> None:
    """Both were off the network: the first report to come in counts, the other is kept, and the supervisor sees both."""
    elder = make_elder(risk_level="ordinary")
    plan_building.plan_present_month(YESTERDAY)
    (row,) = collection(PlannedVisit).find()
    one, two = make_visitor(), make_visitor()
    found = []
    for by, outcome, minutes in ((one, "not_at_home", 10), (two, "seen_well", 8)):
        ref = VisitRef(local_id="local-0001", planned_id=row["_id"])
        batch = [event("start", ref, minutes - 5), event("complete", ref, minutes, report=Report(outcome))]  # type: ignore[arg-type]
        found.append(uploads.upload(batch, DEVICE, by=by, at=MORNING))
    assert results(found[0]) == [("done", None), ("done", None)]
    assert results(found[1]) == [("refused", "visit_reported_by_other"), ("kept", "second_report")]
    (visit,) = collection(Visit).find()
    assert (visit["outcome"], visit["conflict"]) == ("not_at_home", "second_report")
    assert [each["outcome"] for each in visit["reports"]] == ["not_at_home", "seen_well"]
    now = collection(Elder).find_one({"_id": elder["_id"]})
    assert now is not None and not now.get("seen_months"), "until a supervisor has looked at it"


@pytest.mark.usefixtures("database")
def test_a_report_of_a_cancelled_visit_is_kept_as_one_of_its_own(family: tuple[Raw, dict[str, str]]) -> None:
    elder, _ = family
    by = make_visitor()
    daughter = _owner(elder)
    visit = book_slot(elder, make_slot(), daughter)
    booking.cancel_visit(visit["_id"], by=daughter, at=MORNING, key=new_id())
    ref = VisitRef(visit_id=visit["_id"])
    batch = [event("start", ref, 0), event("complete", ref, 30)]
    for _ in range(2):
        applied = uploads.upload(batch, DEVICE, by=by, at=MORNING)
        assert results(applied) == [("done", "cancelled_visit")] * 2
    assert visit_now(visit["_id"])["state"] == "cancelled"
    (made,) = collection(Visit).find({"instead_of": visit["_id"]})
    assert (made["state"], made["outcome"], made["conflict"]) == ("completed", "seen_well", "cancelled_visit")
    assert_consistent()


@pytest.mark.usefixtures("database")
def test_a_beginning_is_taken_back_once_and_the_plan_and_the_booking_stand_as_before(
    family: tuple[Raw, dict[str, str]],
) -> None:
    """Begun by mistake without a network, sent twice, begun again: the plan's row and the family's hour are as they
    were, one's own second attempt counts, and what another began cannot be taken back."""
    by, other, planned_for, (booked_for, _) = make_visitor(), make_visitor(), make_elder(2), family
    plan_building.plan_present_month(YESTERDAY)
    collection(PlannedVisit).update_many({"elder_id": planned_for["_id"]}, {"$set": {"visitor_id": other.id}})
    row = collection(PlannedVisit).find_one({"elder_id": planned_for["_id"], "number": 1})
    assert row is not None
    place = {name: row.get(name) for name in ("state", "visitor_id", "day", "place")}
    first, second = (VisitRef(local_id=f"local-000{n}", planned_id=row["_id"]) for n in (1, 2))
    hour = book_slot(booked_for, make_slot(), _owner(booked_for))
    again = VisitRef(visit_id=hour["_id"])
    batch = [event("start", first, 0), event("arrive", first, 5), event("undo", first, 6), event("start", again, 7),
             event("undo", again, 8)]  # fmt: skip
    for _ in range(2):
        assert results(uploads.upload(batch, DEVICE, by=by, at=MORNING)) == [("done", None)] * 5
    (visit,) = collection(Visit).find({"elder_id": planned_for["_id"]})
    assert (visit["state"], visit["started_at"], visit["arrival"]) == ("cancelled", None, None)
    row = collection(PlannedVisit).find_one({"_id": row["_id"]})
    assert row is not None and {name: row.get(name) for name in place} == place
    assert (visit_now(hour["_id"])["state"], visit_now(hour["_id"])["visitor_id"]) == ("booked", hour["visitor_id"])
    assert results(uploads.upload([event("start", second, 10)], DEVICE, by=by, at=MORNING)) == [("done", None)]
    refused = uploads.upload([event("undo", VisitRef(local_id="x" * 8, planned_id=row["_id"]), 11)], DEVICE,
                             by=other, at=MORNING)  # fmt: skip
    assert results(refused) == [("done", None)], "nothing of theirs was begun"
    late = [event("complete", second, 30), event("undo", second, 31)]
    assert results(uploads.upload(late, DEVICE, by=by, at=MORNING)) == [
        ("done", None), ("refused", "visit_already_reported")]  # fmt: skip
    assert sorted(each["state"] for each in collection(Visit).find({"elder_id": planned_for["_id"]})) == [
        "cancelled", "completed"]  # fmt: skip
    assert_consistent()


@pytest.mark.usefixtures("database")
def test_a_visitor_cancels_a_familys_booking_from_the_phone_once_and_says_why(
    family: tuple[Raw, dict[str, str]],
) -> None:
    """Sent by many at once and again: one cancelling, one notice, one place free; not what has begun or was reported."""
    by, other, (elder, _) = make_visitor(), make_visitor(), family
    booked = book_slot(elder, make_slot(), _owner(elder))["_id"]
    cancel = event("cancel", VisitRef(visit_id=booked), 5, reason="weather")
    with ThreadPoolExecutor(4) as phones:
        told = list(phones.map(lambda _: uploads.upload([cancel], DEVICE, by=by, at=MORNING), range(4)))
    assert {results(each)[0] for each in told} == {("done", None)}
    assert results(uploads.upload([replace(cancel, id="another-0001")], DEVICE, by=other, at=MORNING)) == [
        ("done", None)
    ]
    visit = visit_now(booked)
    assert (visit["state"], visit["cancel_reason"]) == ("cancelled", "weather")
    assert [each["action"] for each in visit["history"]].count("cancel") == 1
    assert [each["key"].split(":")[0] for each in visit["outbox"]].count("visit_cancelled") == 1
    assert_consistent()
    begun = book_slot(elder, make_slot(), _owner(elder))["_id"]
    here = VisitRef(visit_id=begun)
    uploads.upload([event("start", here, 10)], DEVICE, by=by, at=MORNING)
    late = event("cancel", here, 20, reason="other")
    assert results(uploads.upload([late], DEVICE, by=other, at=MORNING)) == [("refused", "visit_begun_by_other")]
    uploads.upload([event("complete", here, 30)], DEVICE, by=by, at=MORNING)
    assert results(uploads.upload([late], DEVICE, by=other, at=MORNING)) == [("refused", "visit_already_reported")]
    elsewhere = staff_actor("visitor", district_code=FENGXIN.district_code)
    assert results(uploads.upload([late], DEVICE, by=elsewhere, at=MORNING)) == [("refused", "not_found")]


@pytest.mark.usefixtures("database")
def test_taken_back_while_killed_at_any_write_and_sent_by_many_at_once_the_plan_stands_as_before() -> None:
    elder, by = make_elder(), make_visitor()
    plan_building.plan_present_month(YESTERDAY)
    first = {"elder_id": elder["_id"], "number": 1}
    row = collection(PlannedVisit).find_one(first)
    assert row is not None
    for number in range(1, 8):
        ref = VisitRef(local_id=f"local-{number:04d}", planned_id=row["_id"])
        batch = [event("start", ref, 0, f"start-{number:04d}"), event("undo", ref, 5, f"undo-{number:05d}")]
        try:
            with crash_before_write(number):
                uploads.upload(batch, DEVICE, by=by, at=MORNING)
        except Crash:
            reconcile_bookings(MORNING)
        with ThreadPoolExecutor(3) as pool:
            found = list(pool.map(lambda _: uploads.upload(batch, DEVICE, by=by, at=MORNING), range(3)))  # noqa: B023
        assert {result for applied in found for result in results(applied)} == {("done", None)}
        reconcile_bookings(MORNING)
        visits = list(collection(Visit).find({"elder_id": elder["_id"]}))
        assert [each["state"] for each in visits] == ["cancelled"] * number
        assert all([entry["action"] for entry in each["history"]].count("call_off") == 1 for each in visits)
        now = collection(PlannedVisit).find_one(first)
        apart = {"version": 0, "updated_at": 0, "stands_in_for": None}
        assert now is not None and now | apart == row | apart
        assert_consistent()


@pytest.mark.usefixtures("database")
def test_who_died_or_moved_since_was_visited_then(family: tuple[Raw, dict[str, str]]) -> None:
    """The register of the day of the visit counts, not that of the upload; whoever was never one's own stays unknown."""
    by = make_visitor()
    gone, moved, never = make_elder(2), make_elder(3), make_elder(4, FENGXIN.id)
    operations.end_period(gone["_id"], YESTERDAY.date(), "died", by=staff_actor(), at=MORNING, key="k", version=1)
    home = transfers.NewHome(FENGXIN, "冯川社区", "x", None)
    transfers.transfer(moved["_id"], home, "x", by=staff_actor(), at=MORNING, key="k", version=1)
    for elder in (gone, moved):
        assert (
            results(uploads.upload(whole(elder, f"local-{elder['_id']}"), DEVICE, by=by, at=MORNING))
            == [("done", None)] * 3
        )
    visit = collection(Visit).find_one({"elder_id": moved["_id"]})
    assert visit is not None and visit["district_code"] == "360902", "the visit belongs to the place where it was made"
    assert (
        results(uploads.upload(whole(never, "local-never"), DEVICE, by=by, at=MORNING))
        == [("refused", "not_found")] * 3
    )


@pytest.mark.usefixtures("database")
def test_a_clock_that_is_out_of_reach_is_kept_but_not_believed() -> None:
    elder, by = make_elder(), make_visitor()
    ref = VisitRef(local_id="local-0001", elder_id=elder["_id"])
    wrong = MORNING - timedelta(days=400)
    batch = [Event("event-0001", "complete", ref, wrong, Report("seen_well"))]
    (applied,) = uploads.upload(batch, DEVICE, by=by, at=MORNING)
    assert applied.visit is not None
    visit = visit_now(applied.visit["_id"])
    assert (visit["device_time"], visit["device_time_trusted"], visit["seen_at"]) == (wrong, False, MORNING)


def test_over_http_each_event_has_its_answer_and_a_bad_one_holds_up_no_other(
    call: Call, staff: Headers, clock: FixedClock
) -> None:
    elder, visitor = make_elder(), headers_of(make_visitor())
    at = shown(MORNING - timedelta(hours=3))
    ref = {"local_id": "local-0001", "elder_id": elder["_id"]}
    good = {"id": "event-0001", "kind": "start", "visit": ref, "device_time": at}
    bad: list[Any] = [
        {}, {**good, "id": "short"}, {**good, "kind": "sleep"}, {**good, "visit": {"local_id": "local-0001"}},
        {**good, "visit": {**ref, "visit_id": "x"}}, {**good, "device_time": "2026-11-23T09:00:00"},
        {**good, "kind": "complete"}, {**good, "report": {"outcome": "seen_well"}}, {**good, "more": 10**40},
        {**good, "id": {"$ne": None}}, {**good, "id": "\u202e" * 8},
    ]  # fmt: skip
    report = {"outcome": "seen_with_need", "notes": HEALTH, "checklist": {"mood": "low"},
              "needs": [{"kind": "medical", "note": HEALTH}]}  # fmt: skip
    point = {"longitude": 114.39, "latitude": 27.92, "datum": "gcj02"}
    items = [
        good, *bad, {"id": "event-0002", "kind": "arrive", "visit": ref, "device_time": at, "point": point},
        {"id": "event-0004", "kind": "arrive", "visit": ref, "device_time": at, "near": {"within": True, "band": "50"}},
        {"id": "event-0003", "kind": "complete", "visit": ref, "device_time": at, "report": report},
    ]  # fmt: skip
    answer = call("POST", "/staff/visit-uploads", visitor, json={"device_id": DEVICE, "items": items})
    assert answer.status_code == 200, answer.text
    found = answer.json["results"]
    assert [each["result"] for each in found] == ["done", *["refused"] * len(bad), "done", "done", "done"]
    assert all(each["code"] and each["detail"] for each in found[1 : 1 + len(bad)])
    assert found[-1]["outcome"] == "seen_with_need" and found[0]["id"] == "event-0001"
    assert HEALTH not in answer.text
    (use,) = collection(UsageEvent).find({"measure": "visit_completed"})
    assert use["slot"] == slot_of(MORNING - timedelta(hours=3)), "counted in the hour in which it was made"
    for wrong in ({"device_id": DEVICE, "items": []}, {"device_id": "x", "items": items}, {"items": items},
                  {"device_id": DEVICE, "items": [good] * 101}, {"device_id": DEVICE, "items": ["x"]}):  # fmt: skip
        assert call("POST", "/staff/visit-uploads", visitor, json=wrong).status_code == 422
    assert call("POST", "/staff/visit-uploads", staff("supervisor"), json={}).status_code == 403
    elsewhere = call("POST", "/staff/visit-uploads", staff("visitor", township_ids=(XIAPU,)),
                     json={"device_id": DEVICE, "items": [good]})  # fmt: skip
    assert elsewhere.json["results"][0]["code"] == "not_found"


def _owner(elder: Raw) -> Any:
    """The family member that the fixture linked."""
    from models.kernel.actors import Actor
    from models.kernel.database import database

    link = database()["elder_links"].find_one({"elder_id": elder["_id"]})
    assert link is not None
    return Actor("resident", link["resident_id"])


def test_moments_are_the_visits(database: str) -> None:
    """The last evening of a month, uploaded on the first of the next."""
    elder, by = make_elder(), make_visitor()
    last = datetime(2026, 11, 30, 15, 59, 59, tzinfo=MORNING.tzinfo)
    ref = VisitRef(local_id="local-0001", elder_id=elder["_id"])
    batch = [Event("event-0001", "complete", ref, last, Report("seen_well"))]
    uploads.upload(batch, DEVICE, by=by, at=last + timedelta(hours=30))
    now = collection(Elder).find_one({"_id": elder["_id"]})
    assert now is not None and now["seen_months"] == ["2026-11"]
