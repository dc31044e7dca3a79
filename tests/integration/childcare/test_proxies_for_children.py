"""A grandparent applies for a grandchild and answers the offer: as far as the parent has agreed, and never unseen."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask

from bot.wechat.notices import tell
from models.casework import offers
from models.casework.offer_documents import Offer
from models.kernel import audit
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage, relay
from models.people import consents, operations
from models.people.documents import Resident
from models.people.messages import list_messages
from models.people.proxy_documents import ProxyAuthorisation
from tests.factories.casework import (
    CHILD_BORN,
    CHILD_NAME,
    GUARDIAN_NAME,
    MORNING,
    REQUIRED_PAPERS,
    SANYANG,
    approve,
    child_of,
    form,
    id_number,
    jpeg,
    make_accepted,
    make_guardian,
)
from tests.factories.childcare import assert_places_agree, placement_of
from tests.factories.childcare_cases import roomy
from tests.factories.people import Caller

Headers = Callable[..., dict[str, str]]
WHOLE = ["draft", "papers", "submit", "withdraw", "child", "offer"]
CHILD = {
    "name": "欧阳小贝", "id_number": id_number(CHILD_BORN), "relation": "father",
}  # fmt: skip


@pytest.fixture
def parent(app: Flask, resident: Headers) -> Caller:
    caller = Caller(app.test_client(), resident())
    make_guardian(resident_id=caller.id)
    return caller


@pytest.fixture
def grandparent(app: Flask, resident: Headers) -> Caller:
    caller = Caller(app.test_client(), resident())
    operations.record_consent(caller.id, "identity", 1, True, MORNING)
    operations.set_identity(caller.id, "欧阳德旺", id_number(date(1960, 5, 1)), "resident_id_card", MORNING)
    return caller


@pytest.fixture
def raw(parent: Caller) -> Raw:
    """The child has an offer."""
    return approve(make_accepted(Resident.actor(parent.id), [roomy(2)]))


def authorised(parent: Caller, proxy: Caller, actions: list[str], **scope: Any) -> Caller:
    """The proxy, calling in the parent's name."""
    offered = ok(parent("POST", "/me/proxies", {"relation": "parent", "actions": actions, **scope}), 201)
    ok(proxy("POST", "/me/principals", {"code": offered["code"]}), 201)
    return Caller(proxy._client, {**proxy.headers, "On-Behalf-Of": offered["id"]})


def for_all(parent: Caller, proxy: Caller) -> Caller:
    return authorised(parent, proxy, WHOLE, child_consent_version=1)


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    return response.json


def refused(response: Any) -> tuple[int, str]:
    return response.status_code, response.json["code"]


def offer_of(raw: Raw) -> str:
    return str(placement_of(raw)["offer"]["id"])


def state_of(offer: str) -> str:
    return str(offers.read(offer)["state"])


def test_from_the_childs_name_to_the_submitted_application(parent: Caller, grandparent: Caller) -> None:
    acting = for_all(parent, grandparent)
    (registered,) = ok(acting("GET", "/me/children"))["items"]
    assert (registered["id"], CHILD_NAME in str(registered)) == (child_of(Resident.actor(parent.id)), False)
    draft = ok(acting("POST", "/applications", {"programme": "childcare_place"}), 201)
    path = f"/applications/{draft['id']}"
    whole = form(Resident.actor(parent.id), [roomy(1)])
    answers = {name: value for name, value in whole.items() if name not in ("child_name", "child_birth_date")}
    written = ok(acting("PATCH", path, {"form": answers, "version": draft["version"]}))
    assert written["form"]["child_birth_date"] == CHILD_BORN.isoformat(), "taken from the registered child"
    for paper in REQUIRED_PAPERS:
        sent = {"file": (io.BytesIO(jpeg()), "a.jpg", "image/jpeg"), "paper": paper}
        headers = {**acting.headers, "Idempotency-Key": new_id()}
        ok(acting._client.post(f"/api/v1{path}/documents", data=sent, headers=headers), 201)
    assert ok(acting("POST", f"{path}/submit"))["state"] == "submitted"
    assert ok(parent("GET", path))["timeline"][-1]["by"] == "代办人代申请人"
    assert ok(acting("POST", f"{path}/withdraw"))["state"] == "withdrawn"
    removed = acting("DELETE", f"/me/children/{registered['id']}")
    assert refused(removed) == (403, "proxy_not_here"), "only the guardian takes a child off"


def test_an_older_authorisation_gains_nothing(parent: Caller, grandparent: Caller, raw: Raw) -> None:
    acting = authorised(parent, grandparent, ["draft", "papers", "submit", "withdraw", "household", "visits"])
    offer = f"/offers/{offer_of(raw)}"
    for method, path in (
        ("GET", "/me/children"), ("POST", "/me/children"), ("GET", "/offers"), ("GET", offer),
        ("POST", f"{offer}/accept"), ("POST", f"{offer}/decline"), ("GET", f"/childcare/placements/{raw['_id']}"),
    ):  # fmt: skip
        assert refused(acting(method, path, CHILD if path == "/me/children" else None)) == (403, "proxy_not_allowed")
    draft = ok(acting("POST", "/applications", {"programme": "childcare_place"}), 201)
    chosen = {"form": {"child_id": child_of(Resident.actor(parent.id))}, "version": draft["version"]}
    assert set(ok(acting("PATCH", f"/applications/{draft['id']}", chosen))["form"]) == {"child_id"}, "no name is told"
    assert state_of(offer_of(raw)) == "offered"


def test_the_guardian_consents_in_the_authorisation_and_nobody_for_them(
    parent: Caller, grandparent: Caller, monkeypatch: pytest.MonkeyPatch, app: Flask, resident: Headers
) -> None:
    unsaid = parent("POST", "/me/proxies", {"relation": "parent", "actions": ["child"]})
    assert refused(unsaid) == (403, "consent_missing")
    nameless = Caller(app.test_client(), resident())
    body = {"relation": "parent", "actions": ["child"], "child_consent_version": 1}
    assert refused(nameless("POST", "/me/proxies", body)) == (409, "identity_not_set")
    acting = for_all(parent, grandparent)
    assert [
        each["code"] for each in acting("POST", "/me/children", {**CHILD, "consent_version": 1}).json["faults"]
    ] == ["consent_by_guardian"]
    made = ok(acting("POST", "/me/children", {**CHILD, "id_number": id_number(date(2025, 3, 1))}), 201)
    stored = collection(Resident).find_one({"_id": parent.id})
    assert stored is not None
    said = consents.standing(stored["consents"], "child", made["id"])
    assert said is not None
    assert (said["by"], said["channel"], said["version"]) == ("guardian", "mini_program", 1)
    assert said["authorisation_id"] == acting.headers["On-Behalf-Of"]
    assert stored["history"][-1]["by"]["proxy"]["id"] == grandparent.id
    relay(MORNING)
    told = collection(OutboxMessage).find_one({"_id": f"child:{parent.id}:{made['id']}:proxy"})
    assert told is not None, "the guardian hears of it, and may take the child off"
    assert parent("DELETE", f"/me/children/{made['id']}").status_code == 204
    # The text changes: what the guardian agreed to before is not what is asked for now.
    monkeypatch.setattr(consents, "current_version", lambda purpose: 2)
    late = acting("POST", "/me/children", {**CHILD, "id_number": id_number(date(2025, 4, 1))})
    assert refused(late) == (409, "proxy_child_consent_outdated")


def test_on_paper_the_township_has_read_the_guardians_consent(app: Flask, grandparent: Caller, staff: Headers) -> None:
    intake = Caller(app.test_client(), staff("township_intake", township_ids=(SANYANG,)))
    asked = {"name": GUARDIAN_NAME, "id_number": id_number(date(1990, 1, 1)), "township_id": SANYANG,
             "relation": "parent", "actions": ["child"]}  # fmt: skip
    wanted = ok(grandparent("POST", "/me/principals/requests", asked), 201)["id"]
    sent = {"file": (io.BytesIO(jpeg()), "委托书.jpg", "image/jpeg")}
    headers = {**grandparent.headers, "Idempotency-Key": new_id()}
    paper = grandparent._client.post(f"/api/v1/me/principals/{wanted}/papers", data=sent, headers=headers)
    version, path = ok(paper, 201)["version"], f"/staff/proxies/{wanted}/confirm"
    assert refused(intake("POST", path, {"version": version})) == (409, "proxy_child_consent_missing")
    assert ok(intake("POST", path, {"version": version, "child_consent_version": 1}))["state"] == "active"
    acting = Caller(grandparent._client, {**grandparent.headers, "On-Behalf-Of": wanted})
    made = ok(acting("POST", "/me/children", CHILD), 201)
    applicant = collection(Resident).find_one({"identity_source": "staff"})
    assert applicant is not None
    said = consents.standing(applicant["consents"], "child", made["id"])
    assert said is not None
    assert said["channel"] == "signed_paper"


def test_who_may_answer_hears_of_the_offer_and_answers_it(
    parent: Caller, grandparent: Caller, clock: FixedClock
) -> None:
    acting = for_all(parent, grandparent)
    authorisation = acting.headers["On-Behalf-Of"]
    raw = approve(make_accepted(Resident.actor(parent.id), [roomy(1)]))
    relay(MORNING)
    (told,) = collection(OutboxMessage).find({"subject_id": grandparent.id, "channel": "notice"})
    payload = OutboxMessage.open_payload(told)
    assert payload["page"] == f"pages/applications/application?id={raw['_id']}&for={authorisation}"
    tell(payload, told["_id"], clock.now())
    (message,) = list_messages(grandparent.id, 5).items
    assert "托位申请" in message["text"]
    assert GUARDIAN_NAME not in message["text"] and CHILD_NAME not in message["text"]
    (offered,) = ok(acting("GET", "/offers"))["items"]
    assert ok(acting("GET", f"/childcare/placements/{raw['_id']}"))["state"] == "offered"
    assert offered["actions"] == ["accept", "decline"]
    done = ok(acting("POST", f"/offers/{offered['id']}/accept", key="accept-once"))
    assert ok(acting("POST", f"/offers/{offered['id']}/accept", key="accept-once")) == done
    by = {"kind": "resident", "id": parent.id, "proxy": {"kind": "resident", "id": grandparent.id}}
    assert offers.read(offered["id"])["history"][-1]["by"] == by
    relay(MORNING)
    keys = [each["_id"] for each in collection(OutboxMessage).find({"subject_id": parent.id, "channel": "notice"})]
    assert f"offer:{offered['id']}:told_proxy" in keys
    looks = [each["action"] for each in database()[audit.ENTRIES].find({"subject": f"authorisation:{authorisation}"})]
    assert looks.count("proxy.offer") == 3, "the list, the answer, and its repeat"
    assert_places_agree()


def test_nothing_is_told_once_it_is_over(parent: Caller, grandparent: Caller, clock: FixedClock) -> None:
    acting = for_all(parent, grandparent)
    approve(make_accepted(Resident.actor(parent.id), [roomy(1)]))
    relay(MORNING)
    (told,) = collection(OutboxMessage).find({"subject_id": grandparent.id, "channel": "notice"})
    ok(parent("POST", f"/me/proxies/{acting.headers['On-Behalf-Of']}/revoke"))
    assert tell(OutboxMessage.open_payload(told), told["_id"], clock.now()).kind == "final"
    assert list_messages(grandparent.id, 5).items == []


def test_revoked_between_the_look_and_the_answer(parent: Caller, grandparent: Caller, raw: Raw) -> None:
    acting = for_all(parent, grandparent)
    (offered,) = ok(acting("GET", "/offers"))["items"]
    ok(parent("POST", f"/me/proxies/{acting.headers['On-Behalf-Of']}/revoke"))
    before = offers.read(offered["id"])
    for step in ("accept", "decline"):
        assert refused(acting("POST", f"/offers/{offered['id']}/{step}")) == (404, "proxy_not_in_force")
    assert offers.read(offered["id"]) == before


def test_for_other_programmes_there_is_nothing_here(parent: Caller, grandparent: Caller, raw: Raw) -> None:
    acting = authorised(parent, grandparent, WHOLE, programmes=["public_rental_housing"], child_consent_version=1)
    assert ok(acting("GET", "/offers"))["items"] == []
    assert acting("POST", f"/offers/{offer_of(raw)}/accept").status_code == 404
    assert refused(acting("GET", "/me/children")) == (403, "proxy_not_allowed")
    assert refused(acting("POST", "/me/children", CHILD)) == (403, "proxy_not_allowed")
    assert ok(acting("GET", "/childcare/placements"))["items"] == []
    assert acting("GET", f"/childcare/placements/{raw['_id']}").status_code == 404
    relay(MORNING)
    assert list(collection(OutboxMessage).find({"subject_id": grandparent.id, "channel": "notice"})) == []


def test_both_answer_at_once_and_one_answer_counts(app: Flask, parent: Caller, grandparent: Caller) -> None:
    acting = for_all(parent, grandparent)
    for _ in range(3):
        raw = approve(make_accepted(Resident.actor(parent.id), [roomy(1)]))
        offer = offer_of(raw)

        def answered(how: tuple[dict[str, str], str], offer: str = offer) -> int:
            headers, step = how
            return Caller(app.test_client(), headers)("POST", f"/offers/{offer}/{step}").status_code

        with ThreadPoolExecutor(2) as both:
            ways = [(acting.headers, "accept"), (parent.headers, "decline")]
            codes = list(both.map(answered, ways))
        assert sorted(codes) == [200, 409]
        stored = collection(Offer).find_one({"_id": offer})
        assert stored is not None
        assert stored["state"] == ("accepted" if codes[0] == 200 else "declined")
        assert len(stored["history"]) == 2, "offered, and answered once"
        assert_places_agree()
        ok(parent("POST", f"/applications/{raw['_id']}/withdraw"))


def test_the_copy_of_ones_data_has_the_consent(parent: Caller, grandparent: Caller) -> None:
    acting = for_all(parent, grandparent)
    (given,) = ok(parent("GET", "/me/export"))["data"]["proxies"]["given"]
    assert given["child_consent"]["version"] == 1
    assert collection(ProxyAuthorisation).find_one({"_id": acting.headers["On-Behalf-Of"]}) is not None
