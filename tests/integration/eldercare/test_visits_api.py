"""Visits over HTTP: who may see and do what, what is refused and how, and what never leaves the house."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bench.plans import Listening
from models.eldercare.documents import Elder, Visit, VisitSlot
from models.kernel.clock import shown
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Caseworker
from tests.factories.eldercare import (
    DISTRICT,
    FENGXIN,
    MORNING,
    NAME,
    SANYANG,
    TOMORROW,
    XIAPU,
    headers_of,
    id_number,
    make_slot,
    make_visitor,
)
from tests.integration.eldercare.conftest import register_body

Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]


def booked(call: Call, family: tuple[Raw, dict[str, str]], **more: Any) -> dict[str, Any]:
    elder, daughter = family
    answer = call("POST", "/visits", daughter, json={"elder_id": elder["_id"], "slot_id": make_slot()["_id"], **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_free_hours_are_shown_by_place_and_time(call: Call, resident: Headers) -> None:
    near, other, far = make_slot(capacity=2), make_slot(township_id=XIAPU), make_slot(township_id=FENGXIN.id)
    later = make_slot(day=TOMORROW + timedelta(days=10))
    full = make_slot()
    collection(VisitSlot).update_one({"_id": full["_id"]}, {"$set": {"free": 0}})
    me = resident()

    def ids(query: str) -> set[str]:
        answer = call("GET", f"/visit-slots?{query}", me)
        assert answer.status_code == 200, answer.text
        return {item["id"] for item in answer.json["items"]}

    assert ids(f"district_code={DISTRICT}") == {near["_id"], other["_id"]}
    assert ids(f"township_id={FENGXIN.id}") == {far["_id"]}
    whole = {near["_id"], other["_id"], later["_id"]}
    assert ids(f"district_code={DISTRICT}&from=2026-11-24&to=2026-12-04") == whole
    assert ids(f"district_code={DISTRICT}&from=2026-11-24&to=2026-11-24") == {near["_id"], other["_id"]}
    assert ids(f"district_code={DISTRICT}&from=2026-11-25&to=2026-12-03") == set()
    assert ids(f"district_code={DISTRICT}&from=2026-11-24T09:00:00%2B08:00&to=2026-11-24T09:00:01%2B08:00") == {
        near["_id"], other["_id"],
    }  # fmt: skip
    assert ids(f"district_code={DISTRICT}&from=2026-11-24T09:01:00%2B08:00&to=2026-11-25") == set()
    item = call("GET", f"/visit-slots?township_id={SANYANG}", me).json["items"][0]
    assert (item["free"], item["starts_at"], item["township"]) == (2, "2026-11-24T09:00:00+08:00", "三阳镇")
    assert "visitor_id" not in item


def test_hours_for_a_person_are_those_that_a_booking_takes(
    listening: Listening, call: Call, resident: Headers, family: tuple[Raw, dict[str, str]]
) -> None:
    """Whatever is offered can be booked: not an hour the person has a place in, nor a full one, nor one elsewhere; the
    answer takes the same few reads however many hours there are."""
    elder, daughter = family
    hours = [make_slot(capacity=3, day=TOMORROW + timedelta(days=number)) for number in range(6)]
    make_slot(township_id=XIAPU)
    full = hours[5]
    collection(VisitSlot).update_one({"_id": full["_id"]}, {"$set": {"free": 0}})
    body = {"elder_id": elder["_id"], "slot_id": hours[0]["_id"]}
    assert call("POST", "/visits", daughter, json=body).status_code == 201
    path = f"/visit-slots?elder_id={elder['_id']}&from=2026-11-24&to=2026-12-10"
    listening.on = True
    offered = {each["id"] for each in call("GET", path, daughter).json["items"]}
    listening.on = False
    assert offered == {each["_id"] for each in hours[1:5]}
    asked = [each.collection for each in listening.asked if each.collection.startswith(("elder", "visit"))]
    assert sorted(asked) == ["elder_links", "elders", "visit_slots", "visit_waits"]
    taken = call("POST", "/visits", daughter, json={**body, "slot_id": sorted(offered)[0]})
    assert taken.status_code == 201, taken.text
    refused = call("POST", "/visits", daughter, json=body)
    assert (refused.status_code, refused.json["code"]) == (409, "elder_booked"), "what is left out would be refused"
    stranger = call("GET", path, resident())
    assert (stranger.status_code, stranger.json["code"]) == (404, "elder_not_linked")


@pytest.mark.parametrize(
    "query",
    ["", "district_code=999999", "district_code=36090", "township_id=1", f"township_id={SANYANG}&district_code=360921",
     f"district_code={DISTRICT}&from=x", f"district_code={DISTRICT}&to=0001-01-01",
     f"district_code={DISTRICT}&to=9999-12-31", f"district_code={DISTRICT}&from=2026-11-24T09:00:00",
     f"district_code={DISTRICT}&from=2026-11-24&to=2027-01-30", f"district_code={DISTRICT}&x=1",
     f"district_code={DISTRICT}&district_code={DISTRICT}", f"district_code={DISTRICT}&from=2026-02-30"],
)  # fmt: skip
def test_a_search_for_hours_that_cannot_be_is_refused(call: Call, resident: Headers, query: str) -> None:
    refused = call("GET", f"/visit-slots?{query}", resident())
    assert refused.status_code == 422
    assert refused.json["detail"]


def test_a_family_books_moves_and_cancels(call: Call, family: tuple[Raw, dict[str, str]]) -> None:
    _, daughter = family
    visit = booked(call, family, wishes="看看灶台")
    assert (visit["state"], visit["elder_name"], visit["wishes"]) == ("booked", "欧***", "看看灶台")
    assert visit["actions"] == ["reschedule", "cancel"]
    other = make_slot(hour=10)
    moved = call("POST", f"/visits/{visit['id']}/reschedule", daughter, json={"slot_id": other["_id"]})
    assert (moved.status_code, moved.json["starts_at"]) == (200, "2026-11-24T10:00:00+08:00")
    stale = call("POST", f"/visits/{visit['id']}/cancel", daughter, json={"version": 1})
    assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
    gone = call("POST", f"/visits/{visit['id']}/cancel", daughter)
    assert (gone.status_code, gone.json["state"]) == (200, "cancelled")
    assert [each["id"] for each in call("GET", "/visits", daughter).json["items"]] == [visit["id"]]


def test_a_retry_books_once(call: Call, family: tuple[Raw, dict[str, str]]) -> None:
    elder, daughter = family
    key, slot = {"Idempotency-Key": new_id()}, make_slot(capacity=2)
    body = {"elder_id": elder["_id"], "slot_id": slot["_id"]}
    first, again = (call("POST", "/visits", daughter | key, json=body) for _ in range(2))
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    other = call("POST", "/visits", daughter | key, json=body | {"wishes": "x"})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    missing = call("POST", "/visits", daughter | {"Idempotency-Key": ""}, json=body)
    assert (missing.status_code, missing.json["code"]) == (400, "idempotency_key_missing")
    assert collection(Visit).count_documents({}) == 1


def test_visits_come_in_pages_the_latest_first(call: Call, family: tuple[Raw, dict[str, str]]) -> None:
    elder, daughter = family
    made = [
        call("POST", "/visits", daughter, json={"elder_id": elder["_id"], "slot_id": make_slot(hour=hour)["_id"]}).json
        for hour in (10, 9, 11)
    ]
    first = call("GET", "/visits?limit=2", daughter).json
    second = call("GET", f"/visits?limit=2&cursor={first['next']}", daughter).json
    starts = [item["starts_at"] for item in first["items"] + second["items"]]
    assert starts == sorted((visit["starts_at"] for visit in made), reverse=True)
    assert second["next"] is None


def test_only_the_owner_sees_and_changes_a_booking(
    call: Call, staff: Headers, resident: Headers, family: tuple[Raw, dict[str, str]]
) -> None:
    visit, target = booked(call, family), make_slot(hour=10)
    own = f"/visits/{visit['id']}"
    callers = (family[1], resident(), staff("visitor"), {})
    assert [call("GET", own, who).status_code for who in callers] == [200, 404, 401, 401]
    move = {"slot_id": target["_id"]}
    others = callers[1:]
    assert [call("POST", f"{own}/reschedule", who, json=move).status_code for who in others] == [404, 401, 401]
    assert [call("POST", f"{own}/cancel", who).status_code for who in others] == [404, 401, 401]
    found = collection(Visit).find_one({"_id": visit["id"]})
    assert found is not None
    assert (found["state"], found["version"]) == ("booked", 1)
    assert call("GET", "/visits", others[0]).json["items"] == []


def test_staff_act_on_visits_of_their_place_and_role_only(
    call: Call, staff: Headers, resident: Headers, family: tuple[Raw, dict[str, str]]
) -> None:
    visit = booked(call, family)
    path = f"/staff/visits/{visit['id']}"
    done = {"version": 1, "outcome": "seen_well"}
    expected = {
        "another county's visitor": (staff("visitor", district_code="360921"), 404, 404),
        "another township's visitor": (staff("visitor", township_ids=(XIAPU,)), 404, 404),
        "intake": (staff("township_intake"), 200, 403),
        "supervisor": (staff("supervisor"), 200, 403),
        "planner": (staff("planner"), 403, 403),
        "reviewer": (staff("county_reviewer"), 403, 403),
        "administrator": (staff("administrator"), 403, 403),
        "the family": (family[1], 401, 401),
        "a resident": (resident(), 401, 401),
        "nobody": ({}, 401, 401),
    }
    for name, (who, seeing, doing) in expected.items():
        assert call("GET", path, who).status_code == seeing, name
        assert call("POST", f"{path}/start", who).status_code == doing, name
        assert call("POST", f"{path}/complete", who, json=done).status_code == doing, name
    right = staff("visitor", township_ids=(SANYANG,))
    assert call("POST", f"{path}/start", right).json["state"] == "in_progress"
    assert call("POST", f"{path}/complete", right, json=done | {"version": 2}).json["outcome"] == "seen_well"
    looks = database()["audit_entries"].count_documents({"action": "visit_read", "subject": f"visit:{visit['id']}"})
    assert looks == 2


def test_a_day_is_listed_in_its_order_for_the_place(
    call: Call, staff: Headers, family: tuple[Raw, dict[str, str]]
) -> None:
    visit = booked(call, family, wishes="带药")
    assert call("GET", "/staff/visits", staff("visitor")).json["items"] == []
    listed = call("GET", f"/staff/visits?date=2026-11-24&township_id={SANYANG}", staff("visitor")).json["items"]
    assert [(each["id"], each["elder_name"], each["booked"]) for each in listed] == [(visit["id"], "欧***", True)]
    elsewhere = staff("visitor", township_ids=(XIAPU,))
    assert call("GET", "/staff/visits?date=2026-11-24", elsewhere).json["items"] == []
    assert call("GET", f"/staff/visits?date=2026-11-24&township_id={SANYANG}", elsewhere).status_code == 403
    assert call("GET", "/staff/visits?district_code=360921", staff("visitor")).status_code == 403
    assert call("GET", "/staff/visits", staff("supervisor", district_code=None)).status_code == 422
    assert call("GET", "/staff/visits?date=0001-01-01", staff("visitor")).status_code == 422


@pytest.mark.parametrize(
    ("outcome", "told", "counts"),
    [
        ("seen_well", "seen_well", True), ("seen_with_need", "seen_with_need", True),
        ("not_at_home", "not_at_home", False), ("refused", "refused", False), ("in_hospital", "contact", False),
        ("moved", "contact", False), ("died", "contact", False), ("emergency", "contact", False),
    ],
)  # fmt: skip
def test_attempted_is_not_seen_and_grave_news_is_told_by_a_person(
    call: Call, staff: Headers, family: tuple[Raw, dict[str, str]], outcome: str, told: str, counts: bool
) -> None:
    visit, elder, daughter = booked(call, family), *family
    done = call(
        "POST", f"/staff/visits/{visit['id']}/complete", staff("visitor"),
        json={"version": 1, "outcome": outcome, "notes": "屋里很冷"},
    )  # fmt: skip
    assert (done.status_code, done.json["outcome"]) == (200, outcome)
    assert call("GET", f"/visits/{visit['id']}", daughter).json["outcome"] == told
    assert call("GET", "/elders", daughter).json["items"][0]["seen_this_month"] is counts
    found = collection(Elder).find_one({"_id": elder["_id"]})
    assert found is not None
    assert found.get("seen_months", []) == (["2026-11"] if counts else [])


def test_two_reports_of_one_visit_count_once(call: Call, staff: Headers, family: tuple[Raw, dict[str, str]]) -> None:
    """The first counts; another visitor's is kept beside it, one's own second one is refused."""
    visit = booked(call, family)
    path, done = f"/staff/visits/{visit['id']}/complete", {"version": 1, "outcome": "seen_well"}
    first = staff("visitor")
    assert call("POST", path, first, json=done).status_code == 200
    again = call("POST", path, first, json=done | {"version": 2, "outcome": "refused"})
    assert (again.status_code, again.json["code"]) == (409, "illegal_transition")
    assert again.json["current"]["state"] == "completed"
    second = call("POST", path, staff("visitor"), json=done | {"outcome": "not_at_home"})
    assert (second.status_code, second.json["outcome"], second.json["conflict"]) == (200, "seen_well", "second_report")
    listed = call("GET", "/staff/visit-conflicts", staff("supervisor")).json["items"]
    assert [each["id"] for each in listed] == [visit["id"]]
    seen = call("GET", f"/staff/visits/{visit['id']}", staff("supervisor")).json["reports"]
    assert [(each["outcome"], each["counts"]) for each in seen] == [("seen_well", True), ("not_at_home", False)]
    assert call("GET", f"/staff/visits/{visit['id']}", first).json["reports"] == []


def test_a_visitor_goes_without_booking(call: Call, staff: Headers, family: tuple[Raw, dict[str, str]]) -> None:
    elder, daughter = family
    body = {"elder_id": elder["_id"]}
    far = staff("visitor", district_code="360921")
    assert call("POST", "/staff/visits", far, json=body).status_code == 404
    assert call("POST", "/staff/visits", staff("township_intake"), json=body).status_code == 403
    visit = call("POST", "/staff/visits", staff("visitor"), json=body).json
    assert (visit["state"], visit["booked"], visit["slot_id"]) == ("in_progress", False, None)
    done = {"version": 1, "outcome": "seen_well"}
    call("POST", f"/staff/visits/{visit['id']}/complete", staff("visitor"), json=done)
    assert call("GET", "/elders", daughter).json["items"][0]["seen_this_month"] is True
    assert call("GET", "/visits", daughter).json["items"] == []


def test_notes_are_for_those_who_need_them(call: Call, staff: Headers, family: tuple[Raw, dict[str, str]]) -> None:
    visit = booked(call, family)
    path = f"/staff/visits/{visit['id']}"
    call("POST", f"{path}/complete", staff("visitor"), json={"version": 1, "outcome": "refused", "notes": "屋里很冷"})
    notes = [call("GET", path, staff(role)).json["notes"] for role in ("visitor", "supervisor", "township_intake")]
    assert notes == ["屋里很冷", "屋里很冷", None]
    assert "屋里很冷" not in call("GET", f"/visits/{visit['id']}", family[1]).text
    assert "屋里很冷" not in call("GET", "/staff/visits?date=2026-11-24", staff("visitor")).text
    assert "屋里很冷" not in repr(collection(Visit).find_one())


def test_hours_are_offered_by_the_place_s_own(call: Call, staff: Headers) -> None:
    visitor = make_visitor()
    body = {"township_id": SANYANG, "starts_at": "2026-11-24T09:00:00+08:00", "ends_at": "2026-11-24T10:00:00+08:00",
            "capacity": 3}  # fmt: skip
    made = call("POST", "/staff/visit-slots", headers_of(visitor), json=body)
    assert (made.status_code, made.json["visitor_id"], made.json["free"]) == (201, visitor.id, 3)
    again = call("POST", "/staff/visit-slots", headers_of(visitor), json=body)
    assert (again.status_code, again.json["code"]) == (409, "slot_exists")
    intake = staff("township_intake")
    refused = {
        "an intake is no visitor": (intake, {}, 422),
        "another county's": (staff("visitor", district_code="360921"), {}, 403),
        "a planner": (staff("planner"), {}, 403),
        "noon": (headers_of(visitor), {"starts_at": "2026-11-24T12:00:00+08:00"}, 422),
        "too long": (headers_of(visitor), {"ends_at": "2026-11-24T11:00:00+08:00"}, 422),
        "no zone": (headers_of(visitor), {"starts_at": "2026-11-24T09:00:00"}, 422),
        "the end of time": (headers_of(visitor), {"starts_at": "9999-12-31T23:59:59+00:00"}, 422),
        "nobody": (headers_of(visitor), {"visitor_id": "nobody"}, 422),
        "too many": (headers_of(visitor), {"capacity": 11}, 422),
    }
    for name, (who, change, status) in refused.items():
        assert call("POST", "/staff/visit-slots", who, json=body | change).status_code == status, name
    tenth = {"starts_at": "2026-11-24T10:00:00+08:00", "ends_at": "2026-11-24T11:00:00+08:00"}
    offered = call("POST", "/staff/visit-slots", intake, json=body | tenth | {"visitor_id": visitor.id})
    assert offered.status_code == 201
    collection(Caseworker).update_one({"_id": visitor.id}, {"$set": {"active": False}})
    later = {"starts_at": "2026-11-25T10:00:00+08:00", "ends_at": "2026-11-25T11:00:00+08:00"}
    assert call("POST", "/staff/visit-slots", intake, json=body | later | {"visitor_id": visitor.id}).status_code == 422


HOSTILE: list[Any] = [
    None, True, -1, 1e308, [], {}, {"$ne": None}, {"$gt": ""}, "", " ", "x" * 1_000_000, "\ud800", "a\x00b", "$where",
    "../../etc/passwd", [[[[]]]], 10**30, "\u202e", "0" * 26,
]  # fmt: skip


def test_no_field_takes_what_it_should_not(call: Call, staff: Headers, family: tuple[Raw, dict[str, str]]) -> None:
    """Each field of each body with each hostile value: a 4xx with a code and a sentence, and nothing changes."""
    elder, daughter = family
    visit, slot, visitor = booked(call, family), make_slot(hour=10), staff("visitor", "township_intake")
    bodies = [
        ("/elders", daughter, {"name": NAME, "id_number": id_number(9), "relation": "child", "township_id": SANYANG}),
        ("/visits", daughter, {"elder_id": elder["_id"], "slot_id": slot["_id"], "wishes": "x"}),
        (f"/visits/{visit['id']}/reschedule", daughter, {"slot_id": slot["_id"], "version": 1}),
        (f"/visits/{visit['id']}/cancel", daughter, {"version": 7}),
        ("/staff/elders", visitor, register_body(9)),
        (f"/staff/elders/{elder['_id']}/end-period", visitor, {"version": 7, "reason": "moved", "until": "2026-11-01"}),
        (f"/staff/elders/{elder['_id']}/begin-period", visitor, {"version": 7, "from": "2026-11-01"}),
        (f"/staff/elders/{elder['_id']}/confirm-link", visitor, {"link_id": "x"}),
        ("/staff/elder-links/x/refuse", visitor, {"reason": "x"}),
        ("/staff/visit-slots", visitor, {"township_id": SANYANG, "starts_at": "2026-11-24T09:00:00+08:00",
                                         "ends_at": "2026-11-24T10:00:00+08:00", "capacity": 1, "visitor_id": "x"}),
        ("/staff/visits", visitor, {"elder_id": "x", "device_time": shown(MORNING)}),
        (f"/staff/visits/{visit['id']}/start", visitor, {"version": 7, "device_time": shown(MORNING)}),
        (f"/staff/visits/{visit['id']}/complete", visitor, {"version": 7, "outcome": "seen_well", "notes": "x",
                                                            "device_time": shown(MORNING)}),
    ]  # fmt: skip
    before = _everything()
    for path, who, body in bodies:
        for field in (*body, "unknown"):
            for value in HOSTILE:
                if field != "unknown" and _may_be(field, value):
                    continue
                sent = json.dumps({**body, field: value})
                answer = call("POST", path, who, data=sent, content_type="application/json")
                where = f"{path} {field} {str(value)[:20]!r}"
                assert 400 <= answer.status_code < 500, f"{where}: {answer.status_code}"
                assert answer.json["code"], where
                assert answer.json["detail"], where
    for path, who, _ in bodies:
        for raw in ("", "{", "[]", "null", '"x"', "1", "{}{}", '{"a": NaN}'):
            if raw or ("cancel" not in path and "start" not in path):
                answer = call("POST", path, who, data=raw, content_type="application/json")
                assert 400 <= answer.status_code < 500, f"{path} {raw}: {answer.status_code}"
    assert _everything() == before


def _may_be(field: str, value: Any) -> bool:
    """What a field may hold: nothing where it may be left out, any short text where it is a text or names a thing."""
    return value in (None, "$where", "../../etc/passwd", "0" * 26) or (field == "contacts" and value == [])


def _everything() -> dict[str, int]:
    kept = ("elders", "elder_links", "visits", "visit_slots")
    counts = {name: database()[name].count_documents({}) for name in kept}
    return counts | {"versions": sum(each["version"] for name in kept for each in database()[name].find())}


@pytest.mark.parametrize("hostile", ["%00", "%FF%FE", "$ne", "a" * 2000, "%F0%9F%92%A9", "[$ne]", "{}"])
def test_ids_in_the_path_may_be_anything(call: Call, staff: Headers, resident: Headers, hostile: str) -> None:
    me, worker = resident(), staff("visitor", "township_intake", "supervisor")
    for path in (f"/visits/{hostile}", f"/staff/visits/{hostile}", f"/staff/elders/{hostile}"):
        assert call("GET", path, worker if "staff" in path else me).status_code == 404
    assert call("POST", f"/visits/{hostile}/cancel", me).status_code == 404
    assert call("POST", f"/staff/visits/{hostile}/start", worker).status_code == 404
    assert call("POST", f"/elders/{hostile}/end", me).status_code == 404
