"""A household: registered once, its resident's alone, changed without losing what somebody else wrote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.people import households
from models.people.documents import Resident
from models.people.erasure import erase_resident
from models.people.household_documents import Household
from tests.factories.people import Caller, id_number

Person = Callable[..., Caller]


def member(**more: Any) -> dict[str, Any]:
    return {"relation": "spouse", "name": "李秀英", "id_number": id_number("19920202"), "agreed": True, **more}


@pytest.fixture
def home(person: Person) -> Caller:
    """A resident with a household of two, who told their income."""
    me = person(identity=True)
    assert me("POST", "/me/household", {"yearly_income": 48000, "floor_area": 31.5}).status_code == 201
    assert me("POST", "/me/household/members", member()).status_code == 201
    return me


def test_a_household_is_registered_once_and_says_what_follows(home: Caller) -> None:
    shown = home("GET", "/me/household").json
    assert [each["relation"] for each in shown["members"]] == ["self", "spouse"]
    assert shown["facts"] == {"size": 2, "adults": 2, "children": 0, "elders": 0, "disabled": 0,
                              "per_capita_income": 2000.0, "per_capita_floor_area": 15.75}  # fmt: skip
    assert all("*" in each["id_number"] for each in shown["members"])
    again = home("POST", "/me/household", {})
    assert (again.status_code, again.json["code"]) == (409, "household_exists")


def test_a_repeat_adds_nobody_twice(home: Caller) -> None:
    child = member(relation="child", name="张小宝", id_number=id_number("20200101"))
    first = home("POST", "/me/household/members", child, key="member-key-1")
    assert home("POST", "/me/household/members", child, key="member-key-1").json == first.json
    twice = home("POST", "/me/household/members", child)
    assert (twice.status_code, twice.json["code"]) == (409, "member_registered")
    assert len(home("GET", "/me/household").json["members"]) == 3


def test_a_registered_child_becomes_a_member_by_its_id(home: Caller) -> None:
    child = home("POST", "/me/children", {"name": "张小宝", "id_number": id_number("20240301"), "relation": "mother",
                                          "consent_version": 1}).json  # fmt: skip
    added = home("POST", "/me/household/members", {"relation": "child", "child_id": child["id"], "agreed": True})
    assert added.json["facts"]["children"] == 1
    other = home("POST", "/me/household/members", {"relation": "child", "child_id": "0" * 26, "agreed": True})
    assert (other.status_code, other.json["faults"][0]["code"]) == (422, "unknown_child")


def test_changes_need_the_version_that_was_read(home: Caller) -> None:
    shown = home("GET", "/me/household").json
    spouse = shown["members"][1]["id"]
    assert home("PATCH", "/me/household", {"version": shown["version"], "yearly_income": None}).status_code == 200
    stale = home("PATCH", f"/me/household/members/{spouse}", {"version": shown["version"], "disabled": True})
    assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
    now = home("PATCH", f"/me/household/members/{spouse}", {"version": shown["version"] + 1, "disabled": True}).json
    assert now["facts"]["disabled"] == 1
    assert "per_capita_income" not in now["facts"]
    gone = home("DELETE", f"/me/household/members/{spouse}").json
    assert [each["relation"] for each in gone["members"]] == ["self"]
    kept = home("DELETE", f"/me/household/members/{gone['members'][0]['id']}")
    assert (kept.status_code, kept.json["code"]) == (409, "household_needs_self")


@pytest.mark.parametrize("body", [
    {"relation": "spouse", "agreed": True},
    {"relation": "spouse", "name": "李秀英", "id_number": "x", "agreed": True},
    {"relation": "self", "name": "李秀英", "id_number": "x", "agreed": True},
    {"relation": "spouse", "name": {"$ne": None}, "id_number": "x", "agreed": True},
    {"relation": "spouse", "name": "李秀英", "id_number": "x", "agreed": False},
])  # fmt: skip
def test_what_is_no_member_is_refused(home: Caller, body: dict[str, Any]) -> None:
    assert home("POST", "/me/household/members", body).status_code == 422
    assert len(home("GET", "/me/household").json["members"]) == 2


def test_nothing_of_a_household_is_stored_readable_and_erasure_takes_it(home: Caller, clock: FixedClock) -> None:
    stored = repr(list(database()["households"].find()))
    for word in ("李秀英", "张三丰", "48000", "1992"):
        assert word not in stored
    assert home("GET", "/me/export").json["data"]["households"]["members"][1]["name"] == "李秀英"
    erase_resident(home.id, Resident.actor(home.id), clock.now())
    assert collection(Household).count_documents({}) == 0


def test_a_household_is_nobody_elses(home: Caller, person: Person) -> None:
    stranger = person(identity=True)
    assert stranger("GET", "/me/household").status_code == 204
    spouse = home("GET", "/me/household").json["members"][1]["id"]
    stranger("POST", "/me/household", {})
    assert stranger("DELETE", f"/me/household/members/{spouse}").status_code == 404
    assert len(home("GET", "/me/household").json["members"]) == 2


def test_a_snapshot_stays_as_it_was(home: Caller, clock: FixedClock) -> None:
    shown = home("GET", "/me/household").json
    then = households.snapshot(shown["id"], home.id, clock.now())
    home("DELETE", f"/me/household/members/{shown['members'][1]['id']}")
    assert [each["name"] for each in then["members"]] == ["张三丰", "李秀英"]
    assert then["facts"]["size"] == 2
    later = households.snapshot(shown["id"], home.id, clock.now() + timedelta(days=1))
    assert later["facts"]["size"] == 1


def test_without_a_real_name_there_is_no_household(person: Person) -> None:
    refused = person()("POST", "/me/household", {})
    assert (refused.status_code, refused.json["code"]) == (403, "consent_missing")
