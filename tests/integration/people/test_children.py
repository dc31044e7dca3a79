"""Children under 14, registered by a guardian with explicit consent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from models.kernel.database import collection
from models.kernel.errors import Forbidden, NotFound
from models.people import consents, queries
from models.people.documents import Resident
from models.people.holders import _holders, register_holder
from tests.factories.people import Caller, id_number

Person = Callable[..., Caller]


def child(**changes: Any) -> dict[str, Any]:
    given = {"name": "张小宝", "id_number": id_number("20240301"), "relation": "mother", "consent_version": 1}
    return {**given, **changes}


def test_a_guardian_registers_a_child(person: Person) -> None:
    me = person(identity=True)
    given = child()
    made = me("POST", "/me/children", given)
    assert made.status_code == 201
    assert made.json["name"] == "张**"
    assert made.json["birth_date"] == "2024-03-01"
    assert made.json["relation_label"] == "母亲"
    assert me("GET", "/me/children").json["items"] == [made.json]
    assert me("GET", "/me").json["children"] == [made.json]
    known = queries.child_of(me.id, made.json["id"])
    assert (known.name, known.id_number, known.relation) == ("张小宝", given["id_number"], "mother")
    stored = collection(Resident).find_one({"_id": me.id})
    assert given["id_number"] not in repr(stored)
    assert "小宝" not in repr(stored)
    last = stored["consents"][-1]
    assert (last["purpose"], last["by"], last["child_id"], last["state"]) == ("child", "guardian", known.id, "given")


def test_a_guardian_gives_their_own_name_first(person: Person) -> None:
    refused = person()("POST", "/me/children", child())
    assert (refused.status_code, refused.json["code"]) == (409, "identity_not_set")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"id_number": id_number("20121122")}, "id_number", "child_too_old"),
        ({"id_number": id_number("20261124")}, "id_number", "id_number_birth_date"),
        ({"birth_date": "2024-03-02"}, "birth_date", "birth_date_differs"),
        ({"id_kind": "birth_certificate", "id_number": "Q360123456"}, "birth_date", "birth_date_needed"),
        ({"id_kind": "birth_certificate", "id_number": "Q36012345", "birth_date": "2026-11-01"}, "id_number",
         "birth_certificate_form"),
        ({"id_kind": "birth_certificate", "id_number": "Q360123456", "birth_date": "2026-11-24"}, "birth_date",
         "birth_date_in_future"),
        ({"id_kind": "birth_certificate", "id_number": "Q360123456", "birth_date": "2010-11-24"}, "birth_date",
         "child_too_old"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_child_is_said(person: Person, changes: dict[str, Any], field: str, code: str) -> None:
    me = person(identity=True)
    refused = me("POST", "/me/children", child(**changes))
    assert refused.status_code == 422
    assert [(each["field"], each["code"]) for each in refused.json["faults"]] == [(field, code)]
    assert me("GET", "/me/children").json["items"] == []


def test_a_baby_without_a_number_yet(person: Person) -> None:
    given = child(id_kind="birth_certificate", id_number="q360123456", birth_date="2026-11-01")
    assert person(identity=True)("POST", "/me/children", given).json["birth_date"] == "2026-11-01"


def test_consent_is_to_the_version_in_force(person: Person) -> None:
    refused = person(identity=True)("POST", "/me/children", child(consent_version=2))
    assert (refused.status_code, refused.json["code"]) == (422, "consent_unknown_version")


def test_a_retry_registers_once_and_a_second_time_is_refused(person: Person) -> None:
    me = person(identity=True)
    given = child()
    first = me("POST", "/me/children", given, key="the-same-key")
    assert me("POST", "/me/children", given, key="the-same-key").json == first.json
    again = me("POST", "/me/children", given)
    assert (again.status_code, again.json["code"]) == (409, "child_registered")
    assert len(me("GET", "/me/children").json["items"]) == 1


def test_both_parents_may_register_the_same_child(person: Person) -> None:
    given = child()
    assert person(identity=True)("POST", "/me/children", given).status_code == 201
    assert person(identity=True)("POST", "/me/children", {**given, "relation": "father"}).status_code == 201


def test_one_child_sent_ten_times_at_once_is_one_child(person: Person) -> None:
    me, given = person(identity=True), child()
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(me("POST", "/me/children", given).status_code))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 9
    assert len(collection(Resident).find_one({"_id": me.id})["children"]) == 1


def test_too_many_children_are_refused(person: Person) -> None:
    me = person(identity=True)
    for _ in range(12):
        assert me("POST", "/me/children", child()).status_code == 201
    refused = me("POST", "/me/children", child())
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_children")


def test_removing_a_child_withdraws_its_consent(person: Person) -> None:
    me = person(identity=True)
    child_id = me("POST", "/me/children", child()).json["id"]
    other = me("POST", "/me/children", child()).json["id"]
    assert me("DELETE", f"/me/children/{child_id}").status_code == 204
    assert me("DELETE", f"/me/children/{child_id}").status_code == 404
    stored = collection(Resident).find_one({"_id": me.id})
    assert not consents.holds(stored["consents"], "child", child_id)
    assert consents.holds(stored["consents"], "child", other)
    assert [each["id"] for each in stored["children"]] == [other]
    with pytest.raises(NotFound):
        queries.child_of(me.id, child_id)


def test_a_child_in_an_open_case_stays(person: Person) -> None:
    me = person(identity=True)
    child_id = me("POST", "/me/children", child()).json["id"]
    register_holder("a case", export=lambda _: [], erase=lambda *_: 0, rests_on=lambda _, purpose, of: of == child_id)
    try:
        refused = me("DELETE", f"/me/children/{child_id}")
        assert (refused.status_code, refused.json["code"]) == (409, "consent_in_use")
        assert len(me("GET", "/me/children").json["items"]) == 1
    finally:
        del _holders["a case"]


def test_another_guardians_child_is_not_found(person: Person) -> None:
    mine = person(identity=True)("POST", "/me/children", child()).json["id"]
    other = person(identity=True)
    assert other("DELETE", f"/me/children/{mine}").status_code == 404
    with pytest.raises(NotFound):
        queries.child_of(other.id, mine)


def test_a_new_version_of_the_text_asks_the_guardian_again(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    me = person(identity=True)
    child_id = me("POST", "/me/children", child()).json["id"]
    monkeypatch.setattr(consents, "current_version", lambda purpose: 2)
    with pytest.raises(Forbidden, match="consent_missing"):
        queries.child_of(me.id, child_id)
