"""Residents as staff see them: only of the own place, masked, and on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.loading import catalogue
from models.kernel import audit
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.people import operations
from models.people.documents import Resident
from tests.factories.people import Caller, id_number

Person = Callable[..., Caller]


def at_home(person: Person, clock: FixedClock) -> Caller:
    """A resident who lives in a township of 360902."""
    township = next(place.id for place in catalogue().places if place.district_code == "360902")
    me = person(identity=True)
    operations.update_profile(me.id, {"home_township_id": township}, clock.now())
    return me


def test_a_look_is_masked_and_recorded(
    person: Person, staff: Callable[..., dict[str, str]], call: Callable[..., Caller], clock: FixedClock
) -> None:
    me = at_home(person, clock)
    shown = call(staff("county_reviewer"))("GET", f"/staff/residents/{me.id}").json
    assert shown["identity"]["name"] == "张**"
    assert "*" * 13 in shown["identity"]["id_number"]
    entry = database().audit_entries.find_one({"action": "resident.looked_at"})
    assert (entry["subject"], entry["chain"]) == (f"resident:{me.id}", "360902")
    assert audit.verify().faults == []


@pytest.mark.parametrize(
    ("roles", "posting", "status"),
    [
        (["county_reviewer"], {"district_code": "360921"}, 404),
        (["county_reviewer"], {"township_ids": ("1",)}, 404),
        (["county_reviewer"], {"district_code": None}, 200),
        (["planner"], {}, 403),
        (["visitor"], {}, 403),
    ],
)
def test_only_staff_of_the_place(
    person: Person, staff: Callable[..., dict[str, str]], call: Callable[..., Caller], clock: FixedClock,
    roles: list[str], posting: dict[str, Any], status: int,
) -> None:  # fmt: skip
    me = at_home(person, clock)
    assert call(staff(*roles, **posting))("GET", f"/staff/residents/{me.id}").status_code == status


def test_a_resident_without_a_home_is_for_the_city_only(
    person: Person, staff: Callable[..., dict[str, str]], call: Callable[..., Caller]
) -> None:
    me = person(identity=True)
    assert call(staff("county_reviewer"))("GET", f"/staff/residents/{me.id}").status_code == 404
    city = call(staff("county_reviewer", district_code=None))
    assert city("GET", f"/staff/residents/{me.id}").status_code == 200


def test_staff_correct_an_identity_with_a_reason(
    person: Person, staff: Callable[..., dict[str, str]], call: Callable[..., Caller], clock: FixedClock
) -> None:
    me = at_home(person, clock)
    number = id_number("19910101")
    given = {"name": "张三峰", "id_number": number, "reason": "身份证原件，登记时写错"}
    path = f"/staff/residents/{me.id}/identity"
    assert call(staff("township_intake"))("PUT", path, given).status_code == 403
    other_county = call(staff("county_reviewer", district_code="360921"))
    assert other_county("PUT", path, given).status_code == 404
    corrected = call(staff("county_reviewer"))("PUT", path, given)
    assert corrected.status_code == 200
    assert corrected.json["identity"]["name"] == "张**"
    mine = me("GET", "/me").json["identity"]
    assert (mine["name"], mine["id_number"][-2:], mine["source"]) == ("张三峰", number[-2:], "staff")
    assert database().audit_entries.find_one({"action": "resident.identity_corrected"}) is not None
    assert "写错" not in repr(collection(Resident).find_one({"_id": me.id}))


def test_a_correction_cannot_take_anothers_number(
    person: Person, staff: Callable[..., dict[str, str]], call: Callable[..., Caller], clock: FixedClock
) -> None:
    me, number = at_home(person, clock), id_number()
    other = person()
    other("POST", "/me/consents", {"purpose": "identity", "version": 1})
    other("PUT", "/me/identity", {"name": "李四", "id_number": number})
    given = {"name": "张三丰", "id_number": number, "reason": "x"}
    refused = call(staff("county_reviewer"))("PUT", f"/staff/residents/{me.id}/identity", given)
    assert (refused.status_code, refused.json["code"]) == (409, "id_number_taken")
