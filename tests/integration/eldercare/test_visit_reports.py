"""A visit by plan, the arrival, the checklist, needs and endings that follow from a report, and what is put right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from models.eldercare import operations, plan_building, transfers
from models.eldercare.documents import Elder, Visit
from models.eldercare.erasing import export_resident_visits
from models.eldercare.plan_records import PlannedVisit
from models.eldercare.referral_records import Referral
from models.eldercare.register_proposals import RegisterProposal
from models.eldercare.settling import reconcile_bookings
from models.eldercare.visiting import Need, Report, begin_unbooked, complete_visit
from models.kernel.actors import Actor
from models.kernel.database import collection, database
from models.kernel.encryption import open_json
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import PAYLOAD_CONTEXT, OutboxMessage, relay
from models.people.likeness import LETTER_OF, NUMBER
from tests.factories.eldercare import (
    ADDRESS,
    FENGXIN,
    HEALTH,
    MORNING,
    NAME,
    SANYANG,
    XIAPU,
    Crash,
    assert_consistent,
    crash_before_write,
    entry,
    headers_of,
    make_elder,
    make_resident,
    make_visitor,
    staff_actor,
    visit_now,
)

Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]
HOME = {"longitude": 114.39, "latitude": 27.92}
SEEN = {"mood": "good", "eats_and_drinks": True, "medicine_at_hand": False, "stove_and_gas_safe": True,
        "wiring_safe": True, "warm_and_dry": True, "telephone_works": True}  # fmt: skip
WISH = "家里扶手松了，想申请适老化改造"


@pytest.fixture
def visitor(database: str) -> dict[str, str]:
    return headers_of(make_visitor())


def elder_at_home(number: int = 1) -> Raw:
    private = {"address": ADDRESS, "contacts": [], "point": HOME}
    return make_elder(number, private=private)


def begun(call: Call, visitor: dict[str, str], elder: Raw) -> dict[str, Any]:
    answer = call("POST", "/staff/visits", visitor, json={"elder_id": elder["_id"]})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def completed(call: Call, visitor: dict[str, str], elder: Raw, **report: Any) -> dict[str, Any]:
    visit = begun(call, visitor, elder)
    answer = call("POST", f"/staff/visits/{visit['id']}/complete", visitor, json={"version": 1, **report})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_an_arrival_keeps_a_band_and_never_the_point(call: Call, visitor: dict[str, str]) -> None:
    visit = begun(call, visitor, elder_at_home())
    path = f"/staff/visits/{visit['id']}/arrive"
    away = {"longitude": 114.4012, "latitude": 27.9266, "datum": "wgs84"}
    first = call("POST", path, visitor, json={"point": away, "version": 1}).json
    assert (first["arrival"]["within"], first["arrival"]["band"]) == (False, "2000")
    door = {"longitude": 114.3903, "latitude": 27.9202, "datum": "wgs84", "accuracy_m": 12.5}
    second = call("POST", path, visitor, json={"point": door}).json
    assert (second["arrival"]["within"], second["arrival"]["band_label"]) == (True, "50米以内")
    third = call("POST", path, visitor, json={"point": away}).json
    assert third["arrival"] == second["arrival"], "who was at the door was at the door"
    everything = [each for name in database().list_collection_names() for each in database()[name].find()]
    for trace in ("114.40", "114.39", "27.92"):
        assert trace not in repr([each for each in everything if "private" not in each])
    assert visit_now(visit["id"])["arrival"].keys() == {"within", "band", "at"}
    for wrong in ({"longitude": 114.39, "latitude": 27.92}, {**door, "datum": "mars"}, {**door, "track": []}):
        assert call("POST", path, visitor, json={"point": wrong}).status_code == 422


def test_a_phone_that_compares_by_itself_sends_no_point(call: Call, visitor: dict[str, str]) -> None:
    visit = begun(call, visitor, elder_at_home())
    path = f"/staff/visits/{visit['id']}/arrive"
    for wrong in ({"within": True, "band": "unknown"}, {"within": None, "band": "50"}, {"within": True, "band": "7"}):
        assert call("POST", path, visitor, json={"near": wrong}).status_code == 422
    both = {"near": {"within": True, "band": "50"}, "point": {"longitude": 114.39, "latitude": 27.92, "datum": "wgs84"}}
    assert call("POST", path, visitor, json=both).status_code == 422
    found = call("POST", path, visitor, json={"near": {"within": True, "band": "150"}}).json
    assert (found["arrival"]["within"], found["arrival"]["band_label"]) == (True, "150米以内")


def test_a_visit_by_plan_meets_its_row_at_once_and_after_the_repair(call: Call, visitor: dict[str, str]) -> None:
    elder = make_elder(risk_level="ordinary")
    plan_building.plan_present_month(MORNING)
    (row,) = collection(PlannedVisit).find({"elder_id": elder["_id"]})
    answer = call("POST", "/staff/visits", visitor, json={"planned_id": row["_id"]})
    assert (answer.status_code, answer.json["planned"], answer.json["state"]) == (201, True, "in_progress")
    again = call("POST", "/staff/visits", headers_of(make_visitor()), json={"planned_id": row["_id"]})
    assert again.json["id"] == answer.json["id"], "two visitors who begin one row are in one visit"
    for _ in range(2):
        now = collection(PlannedVisit).find_one({"_id": row["_id"]})
        assert now is not None and (now["state"], now["visit_id"]) == ("met", answer.json["id"])
        plan_building.plan_present_month(MORNING + timedelta(hours=1))
    body = {"version": 1, "outcome": "not_at_home"}
    assert call("POST", f"/staff/visits/{answer.json['id']}/complete", visitor, json=body).status_code == 200
    second = call("POST", "/staff/visits", visitor, json={"planned_id": row["_id"]})
    assert second.json["id"] != answer.json["id"], "after a failed attempt it is another visit"
    for wrong in ({}, {"elder_id": elder["_id"], "planned_id": row["_id"]}):
        assert call("POST", "/staff/visits", visitor, json=wrong).status_code == 422
    far = headers_of(make_visitor(district_code="360921"))
    assert call("POST", "/staff/visits", far, json={"planned_id": row["_id"]}).status_code == 404


def test_the_checklist_is_checked_kept_encrypted_and_shown_to_those_who_need_it(
    call: Call, staff: Headers, visitor: dict[str, str]
) -> None:
    visit = begun(call, visitor, make_elder())
    path = f"/staff/visits/{visit['id']}"
    body = {"version": 1, "outcome": "seen_well"}
    hole = {name: answer for name, answer in SEEN.items() if name != "mood"}
    refused = call("POST", f"{path}/complete", visitor, json={**body, "checklist": hole})
    assert (refused.status_code, refused.json["faults"][0]["field"]) == (422, "checklist.mood")
    for wrong in ({**SEEN, "mood": 1}, {**SEEN, "pulse": 80}, {**SEEN, "wiring_safe": "yes"}, []):
        assert call("POST", f"{path}/complete", visitor, json={**body, "checklist": wrong}).status_code == 422
    assert visit_now(visit["id"])["state"] == "in_progress"
    done = call("POST", f"{path}/complete", visitor, json={**body, "checklist": SEEN, "notes": HEALTH})
    assert done.status_code == 200
    assert "medicine" not in repr(collection(Visit).find_one()) and HEALTH not in repr(collection(Visit).find_one())
    shown = {
        role: {each["token"] for each in call("GET", path, staff(role)).json["checklist"]}
        for role in ("visitor", "supervisor", "township_intake")
    }
    assert shown["visitor"] == shown["supervisor"] == set(SEEN)
    assert "wiring_safe" in shown["township_intake"] and not shown["township_intake"] & {"mood", "medicine_at_hand"}
    listed = call("GET", "/staff/visits", visitor)
    assert "checklist" not in listed.text and HEALTH not in listed.text
    catalogue = call("GET", "/staff/visit-checklist", visitor)
    assert catalogue.json["version"] >= 1 and catalogue.headers["ETag"] and catalogue.json["needs"]["medical"]


def test_needs_become_referrals_with_their_own_way(call: Call, staff: Headers, visitor: dict[str, str]) -> None:
    elder = make_elder()
    needs = [{"kind": "programme", "programme": "home_adaptation", "note": WISH}, {"kind": "medical", "note": HEALTH}]
    visit = completed(call, visitor, elder, outcome="seen_with_need", needs=needs)
    intake, other = staff("township_intake"), staff("township_intake")
    listed = call("GET", f"/staff/referrals?township_id={SANYANG}", intake)
    items = {each["kind"]: each for each in listed.json["items"]}
    assert (items["programme"]["programme_label"], items["medical"]["visit_id"]) == ("居家适老化改造申请", visit["id"])
    assert not any(secret in listed.text for secret in (WISH, HEALTH, NAME, ADDRESS))
    path = f"/staff/referrals/{items['programme']['id']}"
    assert call("GET", path, intake).json["note"] == WISH
    medical = f"/staff/referrals/{items['medical']['id']}"
    assert [call("GET", medical, who).json["note"] for who in (intake, visitor)] == [None, HEALTH]
    assert call("POST", f"{medical}/take", intake, json={"version": 1}).status_code == 403
    assert call("POST", f"{path}/take", intake, json={"version": 1}).json["state"] == "taken"
    assert call("POST", f"{path}/take", other, json={"version": 1}).json["code"] == "stale_version"
    body = {"version": 2, "note": "已帮其申请", "case": {"kind": "application", "id": "x"}}
    assert call("POST", f"{path}/finish", other, json=body).json["code"] == "referral_not_yours"
    assert call("POST", f"{path}/finish", intake, json=body).json["faults"][0]["code"] == "not_this_persons_case"
    case = {"_id": new_id(), "programme": "home_adaptation", "district_code": "360902", "township_id": SANYANG,
            "people": [{"marks": [f"{LETTER_OF[NUMBER]}{elder['id_number_index']}"]}]}  # fmt: skip
    database()["applications"].insert_one(case)
    done = call("POST", f"{path}/finish", intake, json={**body, "case": {"kind": "application", "id": case["_id"]}})
    assert (done.json["state"], done.json["case"]) == ("done", {"kind": "application", "id": case["_id"]})
    assert [each["action"] for each in done.json["steps"]] == ["refer", "take", "finish"]
    assert call("GET", "/staff/referrals?state=done", intake).json["items"][0]["id"] == items["programme"]["id"]
    assert call("GET", medical, staff("township_intake", township_ids=(XIAPU,))).status_code == 404
    assert database()["audit_entries"].count_documents({"action": "referral_read"}) == 3
    for wrong in ({"kind": "programme"}, {"kind": "medical", "programme": "home_adaptation"}, {"kind": "money"},
                  {"kind": "programme", "programme": "no_such"}):  # fmt: skip
        other_visit = begun(call, visitor, elder)
        sent = {"version": 1, "outcome": "seen_with_need", "needs": [wrong]}
        answer = call("POST", f"/staff/visits/{other_visit['id']}/complete", visitor, json=sent)
        assert answer.status_code == 422, wrong


@pytest.mark.parametrize("outcome", ["in_hospital", "moved", "died"])
def test_an_ending_is_proposed_and_the_registrar_decides(
    call: Call, staff: Headers, visitor: dict[str, str], outcome: str
) -> None:
    elder, intake = make_elder(), staff("township_intake")
    completed(call, visitor, elder, outcome=outcome)
    assert collection(Elder).find_one({"_id": elder["_id"], "state": "active"}), "nothing ends by itself"
    (item,) = call("GET", "/staff/register-proposals", intake).json["items"]
    assert (item["reason"], item["until"], item["elder_name"]) == (outcome, "2026-11-23", "欧***")
    path = f"/staff/register-proposals/{item['id']}"
    assert call("POST", f"{path}/accept", visitor, json={"version": 1}).status_code == 403
    assert call("POST", f"{path}/accept", intake, json={"version": 9}).json["code"] == "stale_version"
    late = call("POST", f"{path}/accept", intake, json={"version": 1, "until": "2026-11-24"})
    assert late.status_code == 422
    done = call("POST", f"{path}/accept", intake, json={"version": 1, "until": "2026-11-20"})
    assert (done.status_code, done.json["state"]) == (200, "accepted")
    now = collection(Elder).find_one({"_id": elder["_id"]})
    assert now is not None and now["periods"][-1] == {"from": "2026-01-01", "until": "2026-11-20", "reason": outcome}
    assert call("POST", f"{path}/accept", intake, json={"version": 2}).status_code in (200, 409)
    assert call("GET", "/staff/register-proposals", intake).json["items"] == []


def test_a_proposal_goes_away_when_it_is_dismissed_corrected_or_overtaken(
    call: Call, staff: Headers, visitor: dict[str, str]
) -> None:
    intake, supervisor = staff("township_intake"), staff("supervisor")
    elders = [make_elder(number) for number in range(3)]
    visits = [completed(call, visitor, elder, outcome="moved") for elder in elders]
    items = {each["elder_id"]: each for each in call("GET", "/staff/register-proposals", intake).json["items"]}
    first = f"/staff/register-proposals/{items[elders[0]['_id']]['id']}/dismiss"
    assert call("POST", first, intake, json={"version": 1, "reason": "只是走亲戚"}).json["state"] == "dismissed"
    body = {"version": 2, "outcome": "not_at_home", "reason": "邻居说错了"}
    assert call("POST", f"/staff/visits/{visits[1]['id']}/correct", supervisor, json=body).status_code == 200
    ended = {"version": 1, "reason": "left_register"}
    assert call("POST", f"/staff/elders/{elders[2]['_id']}/end-period", intake, json=ended).status_code == 200
    states = {each["elder_id"]: each["state"] for each in collection(RegisterProposal).find()}
    assert [states[elder["_id"]] for elder in elders] == ["dismissed", "withdrawn", "withdrawn"]


def test_needs_and_proposals_follow_a_person_who_is_transferred(call: Call, visitor: dict[str, str]) -> None:
    elder = make_elder()
    completed(call, visitor, elder, outcome="in_hospital", needs=[{"kind": "feedback", "note": WISH}])
    home = transfers.NewHome(FENGXIN, "冯川社区", "x", None)
    transfers.transfer(elder["_id"], home, "x", by=staff_actor(), at=MORNING, key="k", version=1)
    for record in (Referral, RegisterProposal):
        found = collection(record).find_one()
        assert found is not None and (found["district_code"], found["township_id"]) == ("360921", FENGXIN.id)


def test_a_supervisor_corrects_and_the_old_is_kept(
    call: Call, staff: Headers, visitor: dict[str, str], family: tuple[Raw, dict[str, str]]
) -> None:
    elder, _ = family
    visit = completed(call, visitor, elder, outcome="seen_well")
    path, supervisor = f"/staff/visits/{visit['id']}/correct", staff("supervisor")
    body = {"version": 2, "outcome": "not_at_home", "reason": "看到的是邻居"}
    for role in ("visitor", "township_intake", "planner"):
        assert call("POST", path, staff(role), json=body).status_code == 403
    assert call("POST", path, staff("supervisor", district_code="360921"), json=body).status_code == 404
    assert call("POST", path, supervisor, json={**body, "outcome": None}).status_code == 422
    assert call("POST", path, supervisor, json={**body, "report_id": new_id()}).status_code == 422
    assert call("POST", path, supervisor, json={**body, "found_at": "2026-12-01T00:00:00+08:00"}).status_code == 422
    done = call("POST", path, supervisor, json=body)
    assert (done.status_code, done.json["outcome"], done.json["seen_at"]) == (200, "not_at_home", None)
    (kept,) = done.json["corrections"]
    assert (kept["outcome"], kept["reason"]) == ("seen_well", "看到的是邻居")
    now = collection(Elder).find_one({"_id": elder["_id"]})
    assert now is not None and now["seen_months"] == []
    assert "看到的是邻居" not in repr(visit_now(visit["id"]))
    back = call("POST", path, supervisor, json={"version": 3, "outcome": "seen_well", "reason": "核对无误"})
    assert back.json["seen_at"] is not None and len(back.json["corrections"]) == 2
    assert_consistent()
    assert database()["audit_entries"].count_documents({"action": "visit_corrected"}) == 2


def test_the_supervisor_lets_the_other_report_count(call: Call, staff: Headers) -> None:
    elder, (one, two) = make_elder(), (headers_of(make_visitor()) for _ in range(2))
    visit = completed(call, one, elder, outcome="not_at_home")
    path = f"/staff/visits/{visit['id']}"
    other = call("POST", f"{path}/complete", two, json={"version": 1, "outcome": "seen_well", "notes": HEALTH})
    assert (other.json["outcome"], other.json["conflict"]) == ("not_at_home", "second_report")
    supervisor = staff("supervisor")
    second = call("GET", path, supervisor).json["reports"][1]
    body = {"version": 3, "report_id": second["id"], "reason": "第二位见到了本人"}
    done = call("POST", f"{path}/correct", supervisor, json=body)
    assert (done.json["outcome"], done.json["conflict"], done.json["notes"]) == ("seen_well", None, HEALTH)
    assert [each["counts"] for each in done.json["reports"]] == [False, True]
    assert call("GET", "/staff/visit-conflicts", supervisor).json["items"] == []
    assert_consistent()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", range(1, 9))
def test_a_report_killed_at_any_write_leaves_all_that_follows_from_it(number: int) -> None:
    elder, by = make_elder(), make_visitor()
    visit = begin_unbooked(new_id(), elder["_id"], by=by, at=MORNING)
    report = Report("in_hospital", HEALTH, needs=(Need("feedback", note=WISH), Need("medical", note=HEALTH)))

    def tell() -> Raw:
        return complete_visit(visit["_id"], report, by=by, at=MORNING, key="report-1", version=None)

    try:
        with crash_before_write(number):
            tell()
    except Crash:
        reconcile_bookings(MORNING)
        tell()  # the phone asks again
    assert collection(Referral).count_documents({}) == 2
    assert collection(RegisterProposal).count_documents({"state": "open"}) == 1
    assert len(visit_now(visit["_id"])["reports"]) == 1
    assert_consistent()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("number", range(1, 7))
def test_accepting_a_proposal_killed_at_any_write_ends_the_period_once(number: int) -> None:
    from models.eldercare import proposals

    elder, by = make_elder(), make_visitor()
    visit = begin_unbooked(new_id(), elder["_id"], by=by, at=MORNING)
    complete_visit(visit["_id"], Report("died"), by=by, at=MORNING, key="report-1", version=None)
    (proposal,) = collection(RegisterProposal).find()
    registrar = Actor("staff", "registrar", frozenset(["township_intake"]), "360902")

    def accept() -> Raw:
        return proposals.accept(proposal["_id"], None, None, by=registrar, at=MORNING, version=1)

    try:
        with crash_before_write(number):
            accept()
    except Crash:
        reconcile_bookings(MORNING)
        accept()
    now = collection(Elder).find_one({"_id": elder["_id"]})
    assert now is not None and now["state"] == "inactive"
    assert [each["action"] for each in now["history"]].count("end_period") == 1
    found = collection(RegisterProposal).find_one()
    assert found is not None and (found["state"], found["decided_by"]) == ("accepted", "registrar")


@pytest.mark.usefixtures("database")
def test_a_period_s_end_is_put_right_and_the_old_is_kept() -> None:
    from datetime import date

    by = staff_actor("township_intake", "supervisor")
    elder = operations.register_elder(new_id(), entry(1), by=staff_actor(), at=MORNING)
    operations.end_period(elder["_id"], date(2026, 11, 1), "died", by=by, at=MORNING, key="a", version=1)
    done = operations.correct_period(
        elder["_id"], date(2026, 10, 31), "died", "火化证上是31日", by=by, at=MORNING, key="b", version=2
    )
    assert done["periods"][-1] == {"from": "2026-01-01", "until": "2026-10-31", "reason": "died"}
    assert [(each["until"], each["reason"]) for each in done["was_period"]] == [("2026-11-01", "died")]
    assert "火化" not in repr(done)


def test_what_tells_of_health_reaches_no_list_log_or_push(
    call: Call, staff: Headers, visitor: dict[str, str], family: tuple[Raw, dict[str, str]]
) -> None:
    """Notes, answers and needs of a grave report: nowhere but in the detail, for those who need them."""
    elder, daughter = family
    needs = [{"kind": "medical", "note": HEALTH}]
    body = {"outcome": "emergency", "notes": HEALTH, "checklist": {"mood": "confused"}, "needs": needs}
    with capture_logs() as logs:
        visit = completed(call, visitor, elder, **body)
        second = headers_of(make_visitor())
        call("POST", f"/staff/visits/{visit['id']}/complete", second, json={"version": 1, **body})
        relay(MORNING)
    told = [open_json(each["payload"], PAYLOAD_CONTEXT) for each in collection(OutboxMessage).find()]
    assert told, "the place's staff is told"
    office, supervisor = staff("township_intake"), staff("supervisor")
    here = f"month=2026-11&township_id={elder['township_id']}"
    answers = [
        call("GET", path, who)
        for path, who in (
            ("/staff/visits", office), ("/staff/visits", visitor), ("/staff/visit-conflicts", supervisor),
            ("/staff/referrals", office), ("/staff/register-proposals", office), ("/staff/concerns", office),
            (f"/staff/visits/{visit['id']}", office), ("/visits", daughter),
            (f"/staff/elders?township_id={elder['township_id']}", office), ("/staff/elder-links", office),
            (f"/staff/visit-plan?{here}", office), (f"/staff/visit-rate/people?{here}", supervisor),
            ("/staff/volunteer-hours/export?month=2026-11&kind=caseworker", supervisor),
        )
    ]  # fmt: skip
    assert {each.status_code for each in answers} == {200}
    shown = [each.text for each in answers]
    for secret in (HEALTH, ADDRESS, NAME, "confused", "糊涂"):
        assert not [each for each in (*shown, repr(logs), repr(told)) if secret in each], secret
    stored = repr([list(database()[name].find()) for name in ("visits", "referrals", "register_proposals")])
    assert HEALTH not in stored and "confused" not in stored


def test_an_old_person_s_copy_holds_what_was_said_of_their_needs(call: Call, visitor: dict[str, str]) -> None:
    elder, person = make_elder(), make_resident()
    completed(call, visitor, elder, outcome="seen_with_need", needs=[{"kind": "feedback", "note": WISH}])
    number = {"id_number_index": elder["id_number_index"]}
    database()["residents"].update_one({"_id": person.id}, {"$set": number})
    entry_of = export_resident_visits(person.id)["register_entry"]
    assert entry_of is not None and [each["note"] for each in entry_of["referrals"]] == [WISH]
