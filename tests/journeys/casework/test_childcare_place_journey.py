"""A childcare place, whole way: from the first question to a place, as a resident's phone and two caseworkers do it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask

from models.childcare.operations import reconcile_places
from models.facilities.documents import Facility
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.outbox import Handler, Receipt, deliver, relay
from tests.factories.casework import SANYANG, assert_places_agree, id_number, jpeg, make_centre
from tests.factories.people import Caller

Headers = Callable[..., dict[str, str]]


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    return response.json


def test_a_family_applies_for_a_childcare_place_and_gets_it(
    app: Flask, clock: FixedClock, resident: Headers, staff: Headers
) -> None:
    mine = Caller(app.test_client(), resident())
    full, centre = make_centre(toddler=0, preschool=0, infant=0), make_centre(toddler=1, name="晨光托育中心")
    near = make_centre(toddler=1)

    # A first answer, before anything is known of the family.
    asked = {
        "child_birth_date": "2025-03-10",
        "start_month": "2026-12",
        "residence": "residence_permit",
        "choices": [near],
    }
    assert ok(mine("POST", "/programmes/childcare_place/prescreen", {"form": asked}))["answer"] == "may_qualify"

    # Real name, consent, the child.
    ok(mine("POST", "/me/consents", {"purpose": "identity", "version": 1}), 201)

    ok(mine("PUT", "/me/identity", {"name": "李秀英", "id_number": id_number(date(1992, 5, 1))}))
    child = {
        "name": "李小满", "id_kind": "resident_id_card", "id_number": id_number(date(2025, 3, 10)), "relation": "mother",
        "consent_version": 1,
    }  # fmt: skip
    registered = ok(mine("POST", "/me/children", child), 201)["id"]

    # The draft, in two sittings, and the papers.
    draft = ok(mine("POST", "/applications", {"programme": "childcare_place"}), 201)
    path = f"/applications/{draft['id']}"
    first = {"child_id": registered, "relation": "mother", "applicant_name": "李秀英", "applicant_phone": "13907951234"}
    version = ok(mine("PATCH", path, {"version": draft["version"], "form": first}))["version"]
    second = {**asked, "township_id": SANYANG, "choices": [centre, near]}
    ok(mine("PATCH", path, {"version": version, "form": second}))
    for paper in ("residence_proof", "birth_certificate"):
        upload(mine, path, paper)
    assert ok(mine("GET", path))["missing"] == []
    assert ok(mine("POST", f"{path}/submit"))["state"] == "submitted"

    # The township accepts, the county decides; both find it in their queue.
    township = Caller(app.test_client(), staff("township_intake", township_ids=(SANYANG,)))
    county = Caller(app.test_client(), staff("county_reviewer"))
    (waiting,) = ok(township("GET", "/staff/applications?stage=submitted"))["items"]
    assert (waiting["id"], waiting["applicant"], waiting["subject"]) == (draft["id"], "李**", "李**")
    accepted = ok(township("POST", f"/staff{path}/accept", {"version": waiting["version"]}))
    assert [each["id"] for each in ok(county("GET", "/staff/applications?stage=accepted"))["items"]] == [draft["id"]]
    decided = ok(county("POST", f"/staff{path}/approve", {"version": accepted["version"], "reason": "欢迎"}))
    assert (decided["state"], decided["placement"]) == ("approved", None)

    # The place of the first choice is theirs to take; the family takes it.
    (offer,) = ok(mine("GET", "/offers"))["items"]
    assert (offer["subject"]["centre"], offer["state"]) == ("晨光托育中心", "offered")
    assert ok(mine("POST", f"/offers/{offer['id']}/accept"))["state"] == "accepted"

    # The family sees it and is told at each step, once.
    shown = ok(mine("GET", path))
    assert shown["placement"]["centre"] == "晨光托育中心"
    assert shown["placement"]["age_group_label"].startswith("托小班")
    assert [each["action"] for each in shown["timeline"]] == ["create", "submit", "accept", "approve"]
    assert told(clock) == ["submitted", "accepted", "approved", "offered", "placed"]
    assert told(clock) == []
    free = {raw["_id"]: raw["free_toddler"] for raw in collection(Facility).find()}
    assert free == {full: 0, centre: 0, near: 1}

    # They move away: the place is free for the next family.
    assert ok(mine("POST", f"{path}/withdraw"))["state"] == "withdrawn"
    found = collection(Facility).find_one({"_id": centre})
    assert found is not None
    assert found["free_toddler"] == 1
    assert sum(reconcile_places(clock.advance(hours=1)).values()) == 0
    assert_places_agree()


def upload(mine: Caller, path: str, paper: str) -> None:
    sent = {"paper": paper, "file": (io.BytesIO(jpeg()), "a.jpg", "image/jpeg")}
    headers = {**mine.headers, "Idempotency-Key": new_id()}
    ok(mine._client.post(f"/api/v1{path}/documents", data=sent, headers=headers), 201)


def told(clock: FixedClock) -> list[str]:
    """Which notices are delivered now, in their order."""
    steps: list[str] = []

    def send(payload: dict[str, Any], key: str) -> Receipt:
        steps.append(payload["text_key"].split(".")[-1])
        return Receipt("delivered")

    relay(clock.now())
    for _ in range(4):
        deliver(clock.now(), {"notice": Handler(send, idempotent=True)})
    return steps
