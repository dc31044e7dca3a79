"""One household for many programmes: its snapshot, and who stands in it twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.programmes import Programme, programmes
from models.casework.case_people import household_of_case
from models.casework.documents import Application
from models.kernel.actors import Actor, Proxy
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.people import queries
from tests.factories.casework import SANYANG
from tests.factories.people import Caller, id_number

SOURCE = {"source": "test"}
TEXT = {"type": "string", "title": "x", "description": "x"}


def rule_of(token: str, fact: dict[str, Any], holds: dict[str, Any], decisive: bool) -> dict[str, Any]:
    return {**SOURCE, "token": token, "label": "x", "fact": fact, "holds": holds, "reason": "x", "advice": "x",
            "decisive": decisive}  # fmt: skip


def programme(token: str, conflicts: list[str]) -> Programme:
    """A programme that asks for a household of at most 3,000 yuan a head."""
    place = programmes()["childcare_place"]
    return Programme.model_validate({
        "token": token, "label": f"事项{token}", "summary": "x", "lifecycle": "single_review",
        "people": {"applicant": "name", "subject": "name", "township": "township_id", "identifies": ["name"]},
        "consents": [{**SOURCE, "purpose": "identity"}],
        "roles": {action: each.model_dump() for action, each in place.roles.items()},
        "conflicts": [{**SOURCE, "programme": each} for each in conflicts],
        "versions": [{
            **SOURCE, "version": 1, "in_force_from": "2022-06-08", "household": "required", "papers": [],
            "form": {"required": ["name", "township_id", "household_id"], "properties": {
                "name": {**TEXT, "format": "person-name", "maxLength": 40},
                "township_id": {**TEXT, "format": "township", "maxLength": 12},
                "household_id": {**TEXT, "format": "household", "maxLength": 26}}},
            "eligibility": [rule_of("income", {"household": "per_capita_income"}, {"at_most": 3000}, True)],
            "deadlines": {stage: each.model_dump() for stage, each in place.versions[-1].deadlines.items()},
            "retention": {**SOURCE, "papers_days": 1, "case_days": 2},
        }],
    })  # fmt: skip


@pytest.fixture(autouse=True)
def two_programmes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(programmes(), "flat", programme("flat", ["allowance"]))
    monkeypatch.setitem(programmes(), "allowance", programme("allowance", []))


@pytest.fixture
def family(call: Callable[..., Caller], resident: Callable[..., dict[str, str]]) -> Callable[..., Caller]:
    """`family(NUMBER, …)` → a resident with a household of these members beside themselves."""

    def make(*numbers: str, income: int = 24000) -> Caller:
        me = call(resident())
        me("POST", "/me/consents", {"purpose": "identity", "version": 1})
        me("PUT", "/me/identity", {"name": "李四", "id_number": id_number("19850101")})
        assert me("POST", "/me/household", {"yearly_income": income}).status_code == 201
        for number in numbers:
            body = {"relation": "parent", "name": "李建国", "id_number": number, "agreed": True}
            assert me("POST", "/me/household/members", body).status_code == 201
        return me

    return make


def handed_in(me: Caller, what: str = "flat") -> Any:
    draft = me("POST", "/applications", {"programme": what}).json
    answers = {"name": "李四", "township_id": SANYANG, "household_id": me("GET", "/me/household").json["id"]}
    assert me("PATCH", f"/applications/{draft['id']}", {"version": 1, "form": answers}).status_code == 200
    return me("POST", f"/applications/{draft['id']}/submit")


def test_a_case_rests_on_the_household_as_it_was(family: Callable[..., Caller], intake_here: Caller) -> None:
    father = id_number("19560309")
    me = family(father)
    case = handed_in(me).json["id"]
    for member in me("GET", "/me/household").json["members"][1:]:
        me("DELETE", f"/me/household/members/{member['id']}")
    me("PATCH", "/me/household", {"version": me("GET", "/me/household").json["version"], "yearly_income": 9})
    seen = intake_here("GET", f"/staff/applications/{case}/household").json
    assert [each["id_number"] for each in seen["members"]][1:] == [father]
    assert (seen["facts"]["size"], seen["facts"]["elders"], seen["facts"]["per_capita_income"]) == (2, 1, 1000.0)
    stored = collection(Application).find_one({"_id": case})
    assert stored is not None and father not in repr(stored) and "李建国" not in repr(stored)
    assert household_of_case(stored) is not None
    in_use = me("DELETE", "/me/household")
    assert (in_use.status_code, in_use.json["code"]) == (409, "household_in_use")
    assert [each["action"] for each in database()["audit_entries"].find()].count("application.household_read") == 1


def test_the_household_decides_who_qualifies(family: Callable[..., Caller]) -> None:
    refused = handed_in(family(income=72001))
    assert (refused.status_code, refused.json["code"]) == (422, "not_eligible")
    assert handed_in(family(id_number("19560309"), income=72000)).status_code == 200


def test_a_household_of_somebody_else_is_unknown(family: Callable[..., Caller]) -> None:
    mine, theirs = family(), family()
    draft = mine("POST", "/applications", {"programme": "flat"}).json["id"]
    answers = {"name": "李四", "township_id": SANYANG, "household_id": theirs("GET", "/me/household").json["id"]}
    mine("PATCH", f"/applications/{draft}", {"version": 1, "form": answers})
    refused = mine("POST", f"/applications/{draft}/submit")
    assert (refused.status_code, refused.json["faults"][0]["code"]) == (422, "unknown_household")


def test_nobody_gets_two_of_what_excludes_each_other(family: Callable[..., Caller]) -> None:
    father = id_number("19560309")
    one, two = family(father), family(father)
    case = handed_in(one, "flat").json["id"]
    assert handed_in(one, "flat").json["code"] == "already_applied"
    own = handed_in(one, "allowance")
    assert own.json["code"] == "exclusive_programme" and "事项flat" in own.json["detail"]
    for token in ("flat", "allowance"):
        refused = handed_in(two, token)
        assert (refused.status_code, refused.json["code"]) == (409, "people_in_another_case")
        assert "flat" not in refused.json["detail"] and "current" not in refused.json
    one("POST", f"/applications/{case}/withdraw")
    assert handed_in(two, "allowance").status_code == 200


def test_a_member_of_two_households_is_shown_to_the_caseworker(
    family: Callable[..., Caller], intake_here: Caller
) -> None:
    father = id_number("19560309")
    one, two = family(father), family(father)
    case = handed_in(one).json["id"]
    found = intake_here("GET", f"/staff/applications/{case}/duplicates").json["items"]
    assert [(each["reason"], each["strength"], each["person"], each["other"]) for each in found] == [
        ("member_of_two_households", "strong", "李**", None)
    ]
    assert two.id not in repr(found)


def test_the_one_who_filed_it_as_proxy_does_not_accept_it(
    family: Callable[..., Caller], intake_here: Caller, office: Callable[..., Caller]
) -> None:
    me = family()
    case = handed_in(me).json["id"]
    stored = collection(Application).find_one({"_id": case})
    assert stored is not None
    clerk = intake_here("GET", "/staff/me").json["id"]
    by = Actor("resident", me.id, proxy=Proxy(new_id(), "staff", clerk, frozenset(["submit"])))
    collection(Application).update_one({"_id": case}, {"$set": {"history.1.by": by.as_history()}})
    body = {"version": stored["version"]}
    refused = intake_here("POST", f"/staff/applications/{case}/accept", body)
    assert (refused.status_code, refused.json["code"]) == (403, "same_person")
    colleague = office("township_intake", townships=(SANYANG,))
    assert colleague("POST", f"/staff/applications/{case}/accept", body).status_code == 200


def test_a_corrected_name_is_in_the_next_snapshot(family: Callable[..., Caller], office: Callable[..., Caller]) -> None:
    me = family()
    me("PATCH", "/me", {"home_township_id": SANYANG})
    person = queries.person_of(me.id)
    assert person is not None
    right = {"name": "李思", "id_number": person.id_number, "reason": "与身份证核对"}
    assert office("county_reviewer")("PUT", f"/staff/residents/{me.id}/identity", right).status_code == 200
    stored = collection(Application).find_one({"_id": handed_in(me).json["id"]})
    assert stored is not None
    snapshot = household_of_case(stored)
    assert snapshot is not None and snapshot["members"][0]["name"] == "李思"
