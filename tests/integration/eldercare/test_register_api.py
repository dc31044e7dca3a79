"""The register: who may write, see, and ask; what is never told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.eldercare.documents import Elder, ElderLink
from models.eldercare.plan_building import plan_present_month
from models.kernel import audit
from models.kernel.database import collection, database
from models.kernel.outbox import OutboxMessage, relay
from tests.factories.eldercare import (
    ADDRESS,
    FENGXIN,
    HEALTH,
    MORNING,
    NAME,
    PHONE,
    SANYANG,
    XIAPU,
    id_number,
    make_elder,
    make_visitor,
)
from tests.integration.eldercare.conftest import register_body

Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]
WRONG_CHECK = id_number(1)[:-1] + ("0" if id_number(1)[-1] != "0" else "1")
PRIVATE = (ADDRESS, HEALTH, PHONE, id_number(1), NAME)


def codes(response: TestResponse) -> set[tuple[str, str]]:
    """The faults of a refused body, as field and code."""
    return {(fault["field"], fault["code"]) for fault in response.json["faults"]}


def actions_on(elder_id: str) -> list[str]:
    return [entry["action"] for entry in database()["audit_entries"].find({"subject": f"elder:{elder_id}"})]


def test_a_person_is_registered_once(call: Call, staff: Headers) -> None:
    intake = staff("township_intake")
    made = call("POST", "/staff/elders", intake, json=register_body())
    assert made.status_code == 201
    assert made.json["name"] == "欧***"
    assert made.json["on_register"] is True
    assert made.json["id_number"].count("*") == 13
    again = call("POST", "/staff/elders", intake, json=register_body())
    assert (again.status_code, again.json["code"]) == (409, "elder_registered")
    assert collection(Elder).count_documents({}) == 1
    assert actions_on(made.json["id"]) == ["elder_registered"]
    assert audit.verify().faults == []


def test_a_retry_finds_the_first_entry(call: Call, staff: Headers) -> None:
    visitor = staff("visitor")
    key = {"Idempotency-Key": "one-and-the-same"}
    first = call("POST", "/staff/elders", visitor | key, json=register_body())
    again = call("POST", "/staff/elders", visitor | key, json=register_body())
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"


def test_nothing_private_is_stored_in_the_clear(call: Call, staff: Headers) -> None:
    call("POST", "/staff/elders", staff("visitor"), json=register_body())
    stored = repr(collection(Elder).find_one()) + repr(list(database()["audit_entries"].find()))
    for private in (*PRIVATE, "王小明", "19400203", "1940-02-03", "114.39"):
        assert private not in stored


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"id_number": WRONG_CHECK}, "id_number", "id_number_checksum"),
        ({"id_number": "x"}, "id_number", "id_number_form"),
        ({"name": "<b>"}, "name", "name_form"),
        ({"birth_date": "1941-02-03"}, "birth_date", "differs_from_id_number"),
        ({"categories": []}, "categories", "too_short"),
        ({"categories": ["rich"]}, "categories.0", "literal_error"),
        ({"categories": ["very_old", "very_old"]}, "categories", "repeated"),
        ({"risk_level": "none"}, "risk_level", "literal_error"),
        ({"township_id": "1"}, "township_id", "unknown_place"),
        ({"point": {"longitude": 116.4, "latitude": 39.9}}, "point", "outside_yichun"),
        ({"active_from": "2026-11-24"}, "active_from", "in_the_future"),
        ({"active_from": "2020-01-01"}, "active_from", "too_long_ago"),
        ({"address": " \n "}, "address", "string_too_short"),
        ({"address": "a\u202eb"}, "address", "control_character"),
        ({"contacts": [{"name": "a", "phone": "call me"}]}, "contacts.0.phone", "string_pattern_mismatch"),
        ({"secret": 1}, "secret", "extra_forbidden"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_by_its_field(
    call: Call, staff: Headers, change: dict[str, Any], field: str, code: str
) -> None:
    refused = call("POST", "/staff/elders", staff("visitor"), json=register_body(**change))
    assert refused.status_code == 422
    assert (field, code) in codes(refused)
    assert all(fault["detail"] for fault in refused.json["faults"])
    assert collection(Elder).count_documents({}) == 0


def test_staff_write_in_their_own_place_only(call: Call, staff: Headers, resident: Headers) -> None:
    refused = [
        call("POST", "/staff/elders", headers, json=register_body()).status_code
        for headers in (
            staff("visitor", district_code="360921"), staff("visitor", township_ids=(XIAPU,)),
            staff("planner"), staff("supervisor"), staff("county_reviewer"), resident(), {},
        )
    ]  # fmt: skip
    assert refused == [403, 403, 403, 403, 403, 401, 401]
    assert collection(Elder).count_documents({}) == 0
    assert (
        call("POST", "/staff/elders", staff("visitor", township_ids=(SANYANG,)), json=register_body()).status_code
        == 201
    )


def test_the_list_is_masked_and_kept_to_the_place(call: Call, staff: Headers) -> None:
    for number in range(1, 4):
        make_elder(number)
    make_elder(4, XIAPU)
    visitor = staff("visitor")
    first = call("GET", f"/staff/elders?township_id={SANYANG}&limit=2", visitor)
    second = call("GET", f"/staff/elders?township_id={SANYANG}&limit=2&cursor={first.json['next']}", visitor)
    ids = [item["id"] for page in (first, second) for item in page.json["items"]]
    assert (len(ids), len(set(ids)), second.json["next"]) == (3, 3, None)
    for private in PRIVATE:
        assert private not in first.text
    assert call("GET", f"/staff/elders?township_id={FENGXIN.id}", visitor).status_code == 403
    assert call("GET", "/staff/elders?township_id=1", visitor).status_code == 422
    assert call("GET", f"/staff/elders?township_id={SANYANG}&cursor=x", visitor).status_code == 400


@pytest.mark.parametrize(
    ("role", "sees_health"), [("visitor", True), ("supervisor", True), ("township_intake", False)]
)  # fmt: skip
def test_health_is_for_those_who_need_it_and_each_look_is_recorded(
    call: Call, staff: Headers, role: str, sees_health: bool
) -> None:
    elder = make_elder()
    seen = call("GET", f"/staff/elders/{elder['_id']}", staff(role))
    assert seen.status_code == 200
    assert seen.json["health_notes"] == (HEALTH if sees_health else None)
    assert (seen.json["address"], seen.json["full_name"]) == (ADDRESS, NAME)
    assert id_number(1) not in seen.text
    assert actions_on(elder["_id"]) == ["elder_registered", "elder_read"]


def test_a_person_of_another_place_does_not_exist(call: Call, staff: Headers, resident: Headers) -> None:
    elder = make_elder()
    path = f"/staff/elders/{elder['_id']}"
    far = (staff("visitor", district_code="360921"), staff("supervisor", township_ids=(XIAPU,)))
    assert [call("GET", path, headers).status_code for headers in far] == [404, 404]
    assert [call("GET", path, headers).status_code for headers in (staff("planner"), resident(), {})] == [403, 401, 401]
    ending = {"version": 1, "reason": "moved"}
    assert call("POST", f"{path}/end-period", far[0], json=ending).status_code == 404
    assert actions_on(elder["_id"]) == ["elder_registered"], "who saw nothing is not recorded as having looked"


def test_an_entry_is_put_right_and_the_plan_follows(call: Call, staff: Headers) -> None:
    visitor, elder = staff("visitor"), make_elder(risk_level="ordinary")
    make_visitor()
    path = f"/staff/elders/{elder['_id']}"
    change = {
        "risk_level": "high",
        "address": "三阳镇幸福路九号",
        "contacts": [],
        "name": "欧阳桂瑛",
        "health_notes": None,
    }
    amended = call("PATCH", path, visitor, json={"version": 1, "reason": "入户核实", **change})
    assert amended.status_code == 200, amended.text
    shown = call("GET", path, visitor).json
    assert (shown["risk_level"], shown["address"], shown["full_name"]) == ("high", "三阳镇幸福路九号", "欧阳桂瑛")
    assert (shown["contacts"], shown["health_notes"], shown["categories"]) == ([], None, ["living_alone"])
    stored = repr(collection(Elder).find_one()) + repr(list(database()["audit_entries"].find()))
    assert not any(each in stored for each in ("幸福路九号", "欧阳桂瑛", "入户核实"))
    assert actions_on(elder["_id"])[1] == "elder_amended"
    plan_present_month(MORNING)
    assert len(call("GET", f"/staff/visit-plan?month=2026-11&township_id={SANYANG}", visitor).json["items"]) == 4
    stale = call("PATCH", path, visitor, json={"version": 1, "reason": "x", "risk_level": "raised"})
    assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
    asked = {"version": 2, "reason": "x"}
    refused = [
        call("PATCH", path, headers, json=body).status_code
        for headers, body in (
            (visitor, asked), (visitor, asked | {"point": {"longitude": 116.4, "latitude": 39.9}}),
            (staff("township_intake"), asked | {"health_notes": "x"}),
            (staff("visitor", district_code="360921"), asked | {"risk_level": "high"}),
        )
    ]  # fmt: skip
    assert refused == [422, 422, 403, 404]
    known = call("POST", "/staff/elders", visitor, json=register_body(2, name="欧阳桂瑛"))
    assert known.status_code == 201


def test_time_on_the_register_ends_and_begins_again(call: Call, staff: Headers) -> None:
    elder = make_elder()
    path, visitor = f"/staff/elders/{elder['_id']}", staff("visitor")
    stale = call("POST", f"{path}/end-period", visitor, json={"version": 9, "reason": "moved"})
    assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
    ended = call("POST", f"{path}/end-period", visitor, json={"version": 1, "reason": "in_hospital"})
    assert (ended.json["state"], ended.json["periods"][-1]["until"]) == ("inactive", "2026-11-23")
    assert call("POST", f"{path}/end-period", visitor, json={"version": 2, "reason": "moved"}).status_code == 409
    back = call("POST", f"{path}/begin-period", visitor, json={"version": 2})
    assert (back.json["state"], len(back.json["periods"])) == ("active", 2)


LINK = {"name": NAME, "id_number": id_number(1), "relation": "child"}


def without_ids(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "id"}


def test_a_stranger_does_not_learn_who_is_on_the_register(call: Call, resident: Headers) -> None:
    known, unknown = resident(), resident()
    make_elder()
    told = [
        call("POST", "/elders", known, json=LINK),
        call("POST", "/elders", unknown, json=LINK | {"id_number": id_number(2)}),
    ]
    assert [answer.status_code for answer in told] == [201, 201]
    first, second = (without_ids(answer.json) for answer in told)
    assert first | {"id_number": ""} == second | {"id_number": ""}
    lists = [without_ids(call("GET", "/elders", each).json["items"][0]) for each in (known, unknown)]
    assert lists[0] | {"id_number": ""} == lists[1] | {"id_number": ""}
    assert (first["state"], first["elder_id"], first["township_id"]) == ("requested", None, None)


def test_asking_twice_asks_once_and_nobody_asks_for_ever(call: Call, resident: Headers) -> None:
    daughter = resident()
    first = call("POST", "/elders", daughter, json=LINK)
    assert call("POST", "/elders", daughter, json=LINK).json["id"] == first.json["id"]
    for number in range(2, 11):
        assert call("POST", "/elders", daughter, json=LINK | {"id_number": id_number(number)}).status_code == 201
    refused = call("POST", "/elders", daughter, json=LINK | {"id_number": id_number(11)})
    assert (refused.status_code, refused.json["code"]) == (429, "link_requests_open")
    ended = call("POST", f"/elders/{first.json['id']}/end", daughter)
    assert ended.json["state"] == "ended"
    assert call("POST", "/elders", daughter, json=LINK).json["id"] != first.json["id"]


def test_the_township_confirms_and_the_family_sees_the_person(call: Call, staff: Headers, resident: Headers) -> None:
    elder, daughter, intake = make_elder(), resident(), staff("township_intake")
    link = call("POST", "/elders", daughter, json=LINK).json
    waiting = call("GET", f"/staff/elder-links?township_id={SANYANG}", intake).json["items"]
    assert [(each["id"], each["name"]) for each in waiting] == [(link["id"], "欧***")]
    seen = call("GET", f"/staff/elder-links/{link['id']}", intake).json
    assert (seen["name"], seen["id_number"]) == (NAME, id_number(1))
    path = f"/staff/elders/{elder['_id']}/confirm-link"
    for far in (staff("visitor", district_code="360921"), staff("visitor", township_ids=(XIAPU,))):
        assert call("POST", path, far, json={"link_id": link["id"]}).status_code == 404
    done = call("POST", path, intake, json={"resident_id": daughter["X-Resident-Id"]})
    assert (done.status_code, done.json["state"]) == (200, "confirmed")
    item = call("GET", "/elders", daughter).json["items"][0]
    assert (item["elder_id"], item["township_id"], item["seen_this_month"]) == (elder["_id"], SANYANG, False)
    for private in (ADDRESS, HEALTH, PHONE):
        assert private not in str(item)
    relay(MORNING)
    notice = collection(OutboxMessage).find_one({"subject_id": daughter["X-Resident-Id"]})
    assert notice is not None
    assert OutboxMessage.open_payload(notice)["values"] == {"name": "欧***"}


def test_a_link_to_one_person_confirms_none_to_another(call: Call, staff: Headers, resident: Headers) -> None:
    make_elder(1)
    other, daughter, intake = make_elder(2), resident(), staff("township_intake")
    link = call("POST", "/elders", daughter, json=LINK).json
    path = f"/staff/elders/{other['_id']}/confirm-link"
    assert call("POST", path, intake, json={"link_id": link["id"]}).status_code == 404
    assert call("POST", path, intake, json={}).status_code == 422
    assert call("POST", path, intake, json={"link_id": "a", "resident_id": "b"}).status_code == 422


def test_a_request_for_somebody_not_registered_waits_and_finds_the_township(
    call: Call, staff: Headers, resident: Headers
) -> None:
    daughter = resident()
    link = call("POST", "/elders", daughter, json=LINK | {"township_id": XIAPU}).json
    nobody = resident()
    call("POST", "/elders", nobody, json=LINK)
    xiapu, sanyang = staff("township_intake", township_ids=(XIAPU,)), staff("township_intake", township_ids=(SANYANG,))
    assert len(call("GET", "/staff/elder-links", xiapu).json["items"]) == 1
    assert call("GET", "/staff/elder-links", sanyang).json["items"] == []
    assert len(call("GET", "/staff/elder-links", staff("supervisor", district_code=None)).json["items"]) == 1
    elder = call("POST", "/staff/elders", sanyang, json=register_body()).json
    assert len(call("GET", "/staff/elder-links", sanyang).json["items"]) == 2
    assert len(elder["links"]) == 2
    done = call("POST", f"/staff/elders/{elder['id']}/confirm-link", sanyang, json={"link_id": link["id"]})
    assert done.json["state"] == "confirmed"


def test_the_township_refuses_and_ends_links(call: Call, staff: Headers, resident: Headers) -> None:
    elder, daughter, intake = make_elder(), resident(), staff("township_intake")
    link = call("POST", "/elders", daughter, json=LINK).json
    path = f"/staff/elder-links/{link['id']}"
    far = staff("township_intake", district_code="360921")
    assert call("POST", f"{path}/refuse", far, json={"reason": "x"}).status_code == 404
    assert call("POST", f"{path}/refuse", intake, json={"reason": "不是家人"}).json["state"] == "refused"
    assert call("POST", f"{path}/refuse", intake, json={"reason": "again"}).status_code == 409
    again = call("POST", "/elders", daughter, json=LINK).json
    call("POST", f"/staff/elders/{elder['_id']}/confirm-link", intake, json={"link_id": again["id"]})
    assert call("POST", f"/staff/elder-links/{again['id']}/end", far).status_code == 404
    assert call("POST", f"/staff/elder-links/{again['id']}/end", intake).json["state"] == "ended"
    assert call("GET", "/elders", daughter).json["items"] == []


def test_nobody_ends_anothers_link(call: Call, resident: Headers) -> None:
    link = call("POST", "/elders", resident(), json=LINK).json
    assert call("POST", f"/elders/{link['id']}/end", resident()).status_code == 404
    found = collection(ElderLink).find_one({"_id": link["id"]})
    assert found is not None
    assert found["state"] == "requested"
