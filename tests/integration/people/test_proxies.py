"""Somebody acts for somebody else: only with an authorisation in force, within it, and never unseen."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.kernel import audit
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.people.documents import Resident
from models.people.erasure import erase_resident
from models.people.proxy_documents import ProxyAuthorisation
from tests.factories.casework import SANYANG, XIAPU, jpeg
from tests.factories.people import Caller, id_number

Person = Callable[..., Caller]


def acts(caller: Caller, authorisation: str) -> Caller:
    return Caller(caller._client, {**caller.headers, "On-Behalf-Of": authorisation})


def authorised(parent: Caller, child: Caller, **scope: Any) -> str:
    offered = parent("POST", "/me/proxies", {"relation": "child", **scope})
    assert offered.status_code == 201
    assert child("POST", "/me/principals", {"code": offered.json["code"]}).status_code == 201
    return str(offered.json["id"])


def asked(cadre: Caller, number: str, name: str = "刘奶奶", **more: Any) -> TestResponse:
    return cadre("POST", "/me/principals/requests", {
        "name": name, "id_number": number, "township_id": SANYANG, "relation": "village_cadre", **more})  # fmt: skip


def signed(cadre: Caller, authorisation: str, where: str = "/me/principals") -> TestResponse:
    headers = {**cadre.headers, "Idempotency-Key": new_id()}
    sent = {"file": (io.BytesIO(jpeg()), "委托书.jpg", "image/jpeg")}
    return cadre._client.post(f"/api/v1{where}/{authorisation}/papers", data=sent, headers=headers)


@pytest.fixture
def intake(call: Callable[..., Caller], staff: Callable[..., dict[str, str]]) -> Caller:
    return call(staff("township_intake", township_ids=(SANYANG,)))


def test_a_child_acts_within_what_was_agreed(person: Person, clock: FixedClock) -> None:
    parent, child = person(identity=True), person(identity=True)
    mine = authorised(parent, child, actions=["household"], days=30)
    for_parent = acts(child, mine)
    assert for_parent("POST", "/me/household", {"yearly_income": 1}).status_code == 201
    assert parent("GET", "/me/household").json["circumstances"]["yearly_income"] == 1
    assert child("GET", "/me/household").status_code == 204, "in their own name they have none"
    stored = collection(ProxyAuthorisation).find_one({"_id": mine})
    assert stored is not None
    history = database()["households"].find_one({})["history"]
    assert history[-1]["by"] == {"kind": "resident", "id": parent.id, "proxy": {"kind": "resident", "id": child.id}}
    for method, path in (("DELETE", "/me/household"), ("GET", "/me"), ("GET", "/me/export"), ("DELETE", "/me")):
        refused = for_parent(method, path)
        assert (refused.status_code, refused.json["code"]) == (403, "proxy_not_here")
    looks = [each for each in database()[audit.ENTRIES].find() if each["subject"] == f"authorisation:{mine}"]
    assert [each["by"]["id"] for each in looks] == [child.id]
    clock.advance(days=31)
    assert for_parent("GET", "/me/household").status_code in (401, 404)


def test_what_was_not_agreed_is_refused(person: Person) -> None:
    parent, child, stranger = person(identity=True), person(identity=True), person(identity=True)
    mine = authorised(parent, child, actions=["draft"])
    refused = acts(child, mine)("POST", "/me/household", {})
    assert (refused.status_code, refused.json["code"]) == (403, "proxy_not_allowed")
    assert acts(stranger, mine)("GET", "/me/household").status_code == 404
    assert acts(child, "0" * 26)("GET", "/me/household").status_code == 404


def test_an_authorisation_ends_at_once(person: Person) -> None:
    parent, child = person(identity=True), person(identity=True)
    mine = authorised(parent, child, actions=["household"])
    assert child("POST", f"/me/proxies/{mine}/revoke").status_code == 404
    assert parent("POST", f"/me/proxies/{mine}/revoke").json["state"] == "ended"
    assert acts(child, mine)("GET", "/me/household").status_code == 404
    other = authorised(parent, child, actions=["household"])
    assert parent("POST", f"/me/principals/{other}/give-up").status_code == 404
    assert child("POST", f"/me/principals/{other}/give-up").json["state"] == "ended"


def test_a_code_is_good_once_and_for_a_while(person: Person, clock: FixedClock) -> None:
    parent, child, thief = person(identity=True), person(identity=True), person(identity=True)
    offered = parent("POST", "/me/proxies", {"relation": "child"}, key="offer-key-1").json
    assert parent("POST", "/me/proxies", {"relation": "child"}, key="offer-key-1").json["code"] == offered["code"]
    assert parent("POST", "/me/principals", {"code": offered["code"]}).json["code"] == "proxy_is_self"
    spaced = " ".join(offered["code"]).lower()
    assert child("POST", "/me/principals", {"code": spaced}).json["applicant"] == "张**"
    assert thief("POST", "/me/principals", {"code": offered["code"]}).status_code == 404
    late = parent("POST", "/me/proxies", {"relation": "child"}).json
    clock.advance(hours=73)
    refused = thief("POST", "/me/principals", {"code": late["code"]})
    assert refused.status_code in (401, 404)


def test_a_cadre_acts_once_the_township_has_seen_the_paper(person: Person, intake: Caller) -> None:
    cadre, number = person(identity=True), id_number("19410506")
    authorisation = asked(cadre, number, actions=["household"]).json["id"]
    assert acts(cadre, authorisation)("GET", "/me/household").status_code == 404
    path = f"/staff/proxies/{authorisation}"
    early = intake("POST", f"{path}/confirm", {"version": 1})
    assert (early.status_code, early.json["code"]) == (409, "proxy_paper_missing")
    assert len(signed(cadre, authorisation).json["papers"]) == 1
    assert [each["applicant"] for each in intake("GET", "/staff/proxies").json["items"]] == ["刘**"]
    seen = intake("GET", path).json
    assert seen["person"]["id_number"] == number
    assert intake("GET", f"{path}/papers/{seen['papers'][0]['id']}").data.startswith(b"\xff\xd8")
    assert intake("POST", f"{path}/confirm", {"version": seen["version"]}).json["state"] == "active"
    assert acts(cadre, authorisation)("POST", "/me/household", {}).status_code == 201
    applicant = collection(Resident).find_one({"identity_source": "staff"})
    assert applicant is not None
    assert applicant["home_township_id"] == SANYANG
    told = [each["action"] for each in database()[audit.ENTRIES].find()]
    assert {"proxy.read", "proxy.paper_read", "proxy.confirmed", "proxy.household"} <= set(told)


def test_a_request_tells_nothing_of_whether_the_person_is_known(person: Person) -> None:
    known, cadre = person(identity=True, home_township_id=SANYANG), person(identity=True)
    number = id_number("19410506")
    unknown = asked(cadre, number).json
    stored = collection(Resident).find_one({"_id": known.id})
    assert stored is not None
    from models.people import queries

    theirs = queries.person_of(known.id)
    assert theirs is not None
    answer = asked(cadre, theirs.id_number, name="刘奶奶").json
    strip = ("id", "expires_at")
    assert {k: v for k, v in answer.items() if k not in strip} == {k: v for k, v in unknown.items() if k not in strip}


def test_the_township_refuses_who_is_somebody_else(person: Person, intake: Caller) -> None:
    from models.people import queries

    known, cadre = person(identity=True), person(identity=True)
    theirs = queries.person_of(known.id)
    assert theirs is not None
    authorisation = asked(cadre, theirs.id_number, name="刘奶奶").json["id"]
    version = signed(cadre, authorisation).json["version"]
    path = f"/staff/proxies/{authorisation}"
    differs = intake("POST", f"{path}/confirm", {"version": version})
    assert (differs.status_code, differs.json["code"]) == (409, "proxy_person_differs")
    assert intake("POST", f"{path}/refuse", {"version": version, "reason": "姓名不符"}).json["person"] == {}
    held = cadre("GET", "/me/principals").json["items"][0]
    assert (held["state"], held["reason"], held["applicant"]) == ("refused", "姓名不符", None)


def test_nobody_confirms_their_own_request_or_another_place(
    person: Person, intake: Caller, call: Callable[..., Caller], staff: Callable[..., dict[str, str]]
) -> None:
    body = {"name": "刘奶奶", "id_number": id_number("19410506"), "township_id": SANYANG, "relation": "caseworker"}
    authorisation = intake("POST", "/staff/me/principals/requests", body).json["id"]
    version = signed(intake, authorisation, "/staff/me/principals").json["version"]
    own = intake("POST", f"/staff/proxies/{authorisation}/confirm", {"version": version})
    assert (own.status_code, own.json["code"]) == (403, "same_person")
    elsewhere = call(staff("township_intake", township_ids=(XIAPU,)))
    assert elsewhere("GET", f"/staff/proxies/{authorisation}").status_code == 404
    colleague = call(staff("township_intake", township_ids=(SANYANG,)))
    assert colleague("POST", f"/staff/proxies/{authorisation}/confirm", {"version": version}).status_code == 200
    assert acts(intake, authorisation)("GET", "/me/household").status_code == 204


def test_erasure_ends_what_was_given_and_held(person: Person, clock: FixedClock) -> None:
    parent, child = person(identity=True), person(identity=True)
    mine = authorised(parent, child, actions=["household"])
    assert len(parent("GET", "/me/export").json["data"]["proxies"]["given"]) == 1
    erase_resident(parent.id, Resident.actor(parent.id), clock.now())
    assert acts(child, mine)("GET", "/me/household").status_code == 404
    assert collection(ProxyAuthorisation).count_documents({}) == 0
