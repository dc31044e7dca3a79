"""The month's plan as stored: built once, repaired by night, killed anywhere, read by the staff of its place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.loading import rule
from models.eldercare import operations, plan_queries, visiting
from models.eldercare.documents import Elder, Visit
from models.eldercare.plan_building import plan_present_month
from models.eldercare.plan_records import PlannedVisit, VisitPlan
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.clock import at_local
from models.kernel.database import collection
from models.kernel.errors import NotFound
from models.kernel.ids import new_id
from models.people.documents import Caseworker
from tests.factories.eldercare import (
    DISTRICT,
    FENGXIN,
    MORNING,
    SANYANG,
    XIAPU,
    book,
    headers_of,
    make_elder,
    make_link,
    make_slot,
    make_visitor,
    staff_actor,
)
from tests.failpoints import Killable
from tests.integration.eldercare.conftest import Call

pytestmark = pytest.mark.usefixtures("database")
FIRST_NIGHT = datetime(2026, 11, 30, 16, 5, tzinfo=UTC)  # 00:05 on the first of December in China
Plan = dict[tuple[str, int], tuple[Any, ...]]


def stored_plan() -> Plan:
    """What is planned, by person and number; no number is there twice."""
    found = list(collection(PlannedVisit).find())
    plan = {
        (each["elder_id"], each["number"]): tuple(
            each.get(name)
            for name in ("state", "of", "of_township", "visitor_id", "day", "place", "visit_id", "reason")
        )
        for each in found
    }
    assert len(plan) == len(found)
    return plan


def of_person(elder_id: str) -> list[dict[str, Any]]:
    return sorted(collection(PlannedVisit).find({"elder_id": elder_id}), key=lambda each: each["number"])


def people(count: int, **more: Any) -> list[dict[str, Any]]:
    return [make_elder(number, **more) for number in range(1, count + 1)]


def away(visitor: Actor, first: date, last: date) -> None:
    plan_queries.enter_absence(new_id(), visitor.id, first, last, "ill", by=visitor, at=MORNING)


def test_everybody_has_the_visits_of_their_risk_on_working_days() -> None:
    visitor = make_visitor()
    elders = [make_elder(n, risk_level=risk) for n, risk in enumerate(("ordinary", "raised", "high"), 1)]
    plan_present_month(FIRST_NIGHT)
    for elder in elders:
        planned = of_person(elder["_id"])
        assert len(planned) == rule("eldercare.visits_by_risk")[elder["risk_level"]]
        assert {each["state"] for each in planned} == {"planned"}
        assert {each["visitor_id"] for each in planned} == {visitor.id}
        assert all(date.fromisoformat(each["day"]).weekday() < 5 for each in planned)
        assert len({each["day"] for each in planned}) == len(planned)
    assert plan_present_month(FIRST_NIGHT)["written"] == 0, "a second run changes nothing"


def test_a_build_killed_anywhere_and_run_again_makes_the_same_plan(database: str) -> None:
    make_visitor()
    make_visitor(district_code=FENGXIN.district_code)
    people(3)
    make_elder(4, township_id=FENGXIN.id)
    plan_present_month(FIRST_NIGHT)
    wanted, points = stored_plan(), 0

    def nothing_planned() -> None:
        collection(PlannedVisit).delete_many({})
        collection(VisitPlan).delete_many({})

    nothing_planned()
    with Killable("models.eldercare.plan_building:plan_present_month", database, FIRST_NIGHT) as target:
        for _ in target.points(every=4):
            points += 1
            plan_present_month(FIRST_NIGHT)
            assert stored_plan() == wanted
            nothing_planned()
    assert points > 2


def test_a_build_of_which_only_some_lines_were_written_is_completed_to_the_same_plan() -> None:
    make_visitor()
    people(6, risk_level="high")
    plan_present_month(FIRST_NIGHT)
    wanted = stored_plan()
    for kept in range(0, len(wanted), 5):
        written = sorted(collection(PlannedVisit).find(), key=lambda each: (each["number"], each["elder_id"]))
        collection(PlannedVisit).delete_many({"_id": {"$in": [each["_id"] for each in written[kept:]]}})
        collection(VisitPlan).delete_many({})
        plan_present_month(FIRST_NIGHT)
        assert stored_plan() == wanted


def test_a_repair_killed_anywhere_and_run_again_makes_the_same_plan(database: str) -> None:
    ill, _ = make_visitor(), make_visitor()
    elders = people(5, risk_level="high")
    plan_present_month(FIRST_NIGHT)
    before = list(collection(PlannedVisit).find())
    away(ill, date(2026, 12, 1), date(2026, 12, 31))
    operations.end_period(elders[0]["_id"], date(2026, 12, 1), "died", by=staff_actor(), at=FIRST_NIGHT, key=new_id(),
                          version=elders[0]["version"])  # fmt: skip
    make_elder(9, at=FIRST_NIGHT)
    night = FIRST_NIGHT + timedelta(hours=25)
    plan_present_month(night)
    wanted, points = stored_plan(), 0
    assert not any(visitor == ill.id for _, _, _, visitor, *_ in wanted.values())

    def put_back() -> None:
        collection(PlannedVisit).delete_many({})
        collection(PlannedVisit).insert_many(before)

    put_back()
    with Killable("models.eldercare.plan_building:plan_present_month", database, night) as target:
        for _ in target.points(every=8):
            points += 1
            plan_present_month(night)
            assert stored_plan() == wanted
            put_back()
    assert points > 2


def test_done_and_booked_visits_count_and_are_never_touched() -> None:
    visitor = make_visitor()
    elder = make_elder(1, risk_level="raised")
    daughter = make_link(elder, 1)
    booked = book(elder, make_slot(day=date(2026, 12, 3), visitor=visitor), daughter)
    plan_present_month(FIRST_NIGHT)
    met, planned = of_person(elder["_id"])
    assert (met["state"], met["visit_id"], met["day"]) == ("met", booked["_id"], "2026-12-03")
    assert planned["state"] == "planned"

    noon = at_local(date(2026, 12, 2), 12)
    begun = visiting.begin_unbooked(new_id(), elder["_id"], by=visitor, at=noon)
    visiting.complete_visit(begun["_id"], visiting.Report("seen_well"), by=visitor, at=noon, key=new_id(),
                            version=begun["version"])  # fmt: skip
    visits = sorted(collection(Visit).find(), key=lambda each: each["_id"])
    collection(VisitPlan).delete_many({})  # a rebuild from nothing
    plan_present_month(noon)
    assert [(each["state"], each["visit_id"]) for each in of_person(elder["_id"])] == [
        ("met", begun["_id"]), ("met", booked["_id"]),
    ]  # fmt: skip
    assert sorted(collection(Visit).find(), key=lambda each: each["_id"]) == visits


@pytest.mark.parametrize("outcome", ["not_at_home", "refused"])
def test_an_attempt_does_not_meet_the_month(outcome: Any) -> None:
    visitor, elder = make_visitor(), make_elder(1, risk_level="ordinary")
    plan_present_month(FIRST_NIGHT)
    noon = at_local(date(2026, 12, 1), 12)
    begun = visiting.begin_unbooked(new_id(), elder["_id"], by=visitor, at=noon)
    visiting.complete_visit(begun["_id"], visiting.Report(outcome), by=visitor, at=noon, key=new_id(),
                            version=begun["version"])  # fmt: skip
    plan_present_month(FIRST_NIGHT + timedelta(days=1))
    (planned,) = of_person(elder["_id"])
    assert planned["state"] == "planned"
    assert planned["day"] > "2026-12-01", "another day, for the first is over"


def test_what_cannot_be_covered_is_listed_with_its_reason() -> None:
    elder = make_elder(1, risk_level="ordinary")
    plan_present_month(FIRST_NIGHT)
    assert [(each["state"], each["reason"]) for each in of_person(elder["_id"])] == [("uncovered", "no_visitor")]
    visitor = make_visitor()
    away(visitor, date(2026, 12, 1), date(2026, 12, 31))
    plan_present_month(FIRST_NIGHT + timedelta(days=1))
    assert [each["reason"] for each in of_person(elder["_id"])] == ["visitors_absent"]
    late = at_local(date(2026, 12, 31), 23, 59) + timedelta(seconds=59)
    new = make_elder(2, at=late, since=date(2026, 12, 31), risk_level="high")
    make_visitor()
    plan_present_month(late)
    assert [each["state"] for each in of_person(new["_id"])] == ["planned"], "the month's last day is a Thursday"
    collection(PlannedVisit).delete_many({})
    plan_present_month(late + timedelta(seconds=1))
    assert {each["month"] for each in collection(PlannedVisit).find()} == {"2027-01"}


@pytest.mark.parametrize(("day", "listed"), [(date(2026, 11, 30), False), (date(2026, 12, 1), True)])
def test_who_died_on_the_first_belongs_to_the_month_and_who_died_before_does_not(day: date, listed: bool) -> None:
    make_visitor()
    elder, noon = make_elder(1), at_local(date(2026, 12, 1), 12)
    operations.end_period(elder["_id"], day, "died", by=staff_actor(), at=noon, key=new_id(), version=elder["version"])
    plan_present_month(noon)
    assert [each["reason"] for each in of_person(elder["_id"])] == (["died"] if listed else [])


@pytest.mark.parametrize("first", [DISTRICT, FENGXIN.district_code])
def test_a_transfer_to_another_county_hands_every_number_over(first: str) -> None:
    old, new = make_visitor(), make_visitor(district_code=FENGXIN.district_code)
    elder = make_elder(1, risk_level="high")
    plan_present_month(FIRST_NIGHT)
    assert {each["visitor_id"] for each in of_person(elder["_id"])} == {old.id}
    home = {"district_code": FENGXIN.district_code, "township_id": FENGXIN.id}
    if first == DISTRICT:
        collection(Elder).update_one({"_id": elder["_id"]}, {"$set": home})
    else:  # and back again: the counties are planned in one order, so both directions are tried
        collection(Elder).update_one({"_id": elder["_id"]}, {"$set": home})
        plan_present_month(FIRST_NIGHT)
        back = {"district_code": DISTRICT, "township_id": XIAPU}
        collection(Elder).update_one({"_id": elder["_id"]}, {"$set": back})
        old, new = new, old
    plan_present_month(FIRST_NIGHT + timedelta(hours=1))
    planned = of_person(elder["_id"])
    assert [each["state"] for each in planned] == ["planned"] * 4
    assert {each["visitor_id"] for each in planned} == {new.id}
    assert plan_present_month(FIRST_NIGHT + timedelta(hours=1))["written"] == 0


def worker(*roles: str, district_code: str = DISTRICT, township_ids: tuple[str, ...] = ()) -> dict[str, str]:
    """Headers of a stored member of staff."""
    person = Caseworker(
        id=new_id(), created_at=MORNING, updated_at=MORNING, username=new_id().lower(), password_hash="unused",
        display_name="x", roles=list(roles), district_code=district_code, township_ids=list(township_ids),
    )  # fmt: skip
    collection(Caseworker).insert_one(person.raw())
    return headers_of(Actor("staff", person.id, frozenset(roles), district_code, township_ids))


def test_the_township_reads_its_plan_page_by_page_and_what_is_uncovered(call: Call) -> None:
    away(make_visitor(), date(2026, 12, 1), date(2026, 12, 2))
    elders = people(5, risk_level="ordinary")
    make_elder(9, township_id=XIAPU)
    plan_present_month(FIRST_NIGHT)
    intake = worker(TOWNSHIP_INTAKE, township_ids=(SANYANG,))
    path, found, cursor = f"/staff/visit-plan?month=2026-12&township_id={SANYANG}&limit=2", [], ""
    while cursor is not None:
        page = call("GET", path + (f"&cursor={cursor}" if cursor else ""), intake).json
        found += page["items"]
        cursor = page["next"]
    assert sorted(each["elder_id"] for each in found) == sorted(each["_id"] for each in elders)
    assert all("*" in each["name_masked"] or "＊" in each["name_masked"] for each in found)
    assert all(each["day"] > "2026-12-02" for each in found)
    uncovered = "/staff/visit-plan/uncovered?month=2026-12&township_id="
    assert call("GET", uncovered + SANYANG, intake).json == {"items": [], "next": None}
    assert call("GET", uncovered + XIAPU, intake).status_code == 403
    collection(Caseworker).update_many({"roles": VISITOR}, {"$set": {"active": False}})
    plan_present_month(FIRST_NIGHT)
    listed = call("GET", uncovered + SANYANG, intake).json["items"]
    assert {(each["reason"], bool(each["reason_label"])) for each in listed} == {("no_visitor", True)}
    assert len(listed) == 5
    assert call("GET", path + "&cursor=rubbish", intake).status_code == 400


def test_absences_are_entered_and_withdrawn_for_ones_own_place(call: Call) -> None:
    visitor = make_visitor()
    body = {"first_day": "2026-12-01", "last_day": "2026-12-03", "reason": "ill", "visitor_id": visitor.id}
    supervisor, stranger = worker(SUPERVISOR), worker(SUPERVISOR, district_code=FENGXIN.district_code)
    path = "/staff/visitor-absences"
    assert call("POST", path, stranger, json=body).status_code == 404
    assert call("POST", path, worker(VISITOR), json=body).status_code == 404, "another visitor"
    wrong = call("POST", path, supervisor, json={**body, "last_day": "2026-11-30"})
    assert (wrong.status_code, "last_day" in wrong.text) == (422, True)
    entered = call("POST", path, headers_of(visitor), json={**body, "visitor_id": None})
    assert entered.status_code == 201
    assert [each["id"] for each in call("GET", path, supervisor).json["items"]] == [entered.json["id"]]
    assert call("GET", path, stranger).json["items"] == []
    withdraw = f"{path}/{entered.json['id']}/withdraw"
    assert call("POST", withdraw, stranger).status_code == 404
    assert call("POST", withdraw, supervisor).json["withdrawn_at"] is not None
    assert call("GET", path, supervisor).json["items"] == []
    with pytest.raises(NotFound):
        plan_queries.withdraw_absence("X" * 26, by=visitor, at=MORNING)
