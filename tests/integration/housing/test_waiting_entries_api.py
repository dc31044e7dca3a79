"""Staff act on waiting entries only with a reason, only where they are responsible; each look and act is audited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.housing import waiting_list
from models.housing.documents import WaitingEntry
from models.housing.erasing import erase_resident_waiting, export_resident_waiting
from models.housing.waiting_list import Place
from models.kernel import audit
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.database import database as connected
from models.kernel.errors import IllegalTransition
from models.kernel.ids import new_id
from models.people.holders import all_holders

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
Headers = dict[str, str]
PAUSE = {"reason": "objection", "note": "邻居来电反映"}


@pytest.fixture
def entry(database: str) -> dict[str, Any]:
    place = Place("elder_home_admission", new_id(), "360902", township_id="1", resident_id="R1")
    values = {"care_level": "severe", "applied_on": "2026-03-01"}
    return waiting_list.join(place, values, reason="approved", by=SYSTEM, at=AT)


@pytest.fixture
def post(client: FlaskClient, entry: dict[str, Any]) -> Callable[..., Any]:
    def send(action: str, who: Headers, body: Any, key: str | None = None) -> Any:
        headers = {**who, "Idempotency-Key": key or new_id()}
        return client.post(f"/api/v1/staff/waiting-entries/{entry['_id']}/{action}", json=body, headers=headers)

    return send


def test_an_action_with_a_reason_moves_shows_and_is_audited(
    client: FlaskClient, staff: Callable[..., Headers], entry: dict[str, Any], post: Callable[..., Any]
) -> None:
    reviewer = staff("county_reviewer")
    paused = post("pause", reviewer, PAUSE)
    assert (paused.status_code, paused.json["state"], paused.json["position"]) == (200, "paused", None)
    assert post("resume", reviewer, {"reason": "objection_settled"}).json["position"] == 1
    moved = post("move", reviewer, {"reason": "reassessed", "values": {"care_level": "complete"}})
    assert [move["reason"] for move in moved.json["moves"]] == [
        "approved",
        "objection",
        "objection_settled",
        "reassessed",
    ]
    shown = client.get(f"/api/v1/staff/waiting-entries/{entry['_id']}", headers=reviewer)
    assert shown.json["total"] == 1
    assert "邻居来电反映" not in shown.text
    said = [each["action"] for each in connected()["audit_entries"].find({"chain": "360902"}).sort("sequence", 1)]
    assert said == [f"waiting_list.{action}" for action in ("pause", "resume", "move", "view")]
    assert audit.verify().faults == []


def test_the_same_request_acts_once(staff: Callable[..., Headers], post: Callable[..., Any]) -> None:
    reviewer, key = staff("county_reviewer"), new_id()
    first, again = (post("pause", reviewer, PAUSE, key) for _ in range(2))
    assert first.data == again.data
    assert first.json["version"] == 2


@pytest.mark.parametrize(
    ("roles", "district", "townships", "expected"),
    [
        (("county_reviewer",), "360902", (), 200), (("county_reviewer",), None, (), 200),
        (("county_reviewer",), "360921", (), 403), (("county_reviewer",), "360902", ("2",), 403),
        (("township_intake",), "360902", ("1",), 403), (("supervisor",), "360902", (), 403),
        (("planner",), None, (), 403), (("visitor",), "360902", (), 403),
    ],
)  # fmt: skip
def test_who_may_pause(
    staff: Callable[..., Headers], post: Callable[..., Any], roles: tuple[str, ...], district: str | None,
    townships: tuple[str, ...], expected: int,
) -> None:  # fmt: skip
    who = staff(*roles, district_code=district, township_ids=townships)
    assert post("pause", who, PAUSE).status_code == expected


def test_residents_and_strangers_have_no_part(
    client: FlaskClient, resident: Callable[..., Headers], entry: dict[str, Any], post: Callable[..., Any]
) -> None:
    for who in ({}, resident()):
        assert post("pause", who, PAUSE).status_code in (401, 403)
        assert client.get(f"/api/v1/staff/waiting-entries/{entry['_id']}", headers=who).status_code in (401, 403)


@pytest.mark.parametrize(
    ("action", "body", "expected"),
    [
        ("pause", {}, 422), ("pause", {"reason": "because"}, 422), ("pause", {"reason": {"$ne": None}}, 422),
        ("pause", {**PAUSE, "position": 1}, 422), ("pause", {**PAUSE, "note": "\u0000"}, 422),
        ("pause", {**PAUSE, "version": 9}, 409), ("resume", {"reason": "own_request"}, 409),
        ("move", {"reason": "reassessed", "values": {}}, 422),
        ("move", {"reason": "reassessed", "values": {"full_key": "0"}}, 422),
        ("move", {"reason": "reassessed", "values": {"care_level": ["severe"]}}, 422),
        ("move", {"reason": "reassessed", "values": {"applied_on": "0000-00-00"}}, 422),
    ],
)  # fmt: skip
def test_what_is_wrong_changes_nothing(
    staff: Callable[..., Headers], entry: dict[str, Any], post: Callable[..., Any], action: str,
    body: dict[str, Any], expected: int,
) -> None:  # fmt: skip
    assert post(action, staff("county_reviewer"), body).status_code == expected
    assert collection(WaitingEntry).find_one({"_id": entry["_id"]}) == entry


def test_the_rules_of_order_are_public(client: FlaskClient) -> None:
    items = client.get("/api/v1/waiting-lists").json["items"]
    assert {"elder_home_admission", "public_rental_housing"} <= {each["programme"] for each in items}
    assert all(line["label"] and line["source"] for each in items for line in each["order"])


def test_a_resident_who_leaves_is_taken_off_and_out(entry: dict[str, Any], app: Any) -> None:
    assert "waiting_lists" in {holder.name for holder in all_holders()}
    copy = export_resident_waiting("R1")
    assert copy[0]["values"] == {"care_level": "severe", "applied_on": "2026-03-01"}
    assert erase_resident_waiting("R1", AT) == 1
    assert erase_resident_waiting("R1", AT) == 0
    left = collection(WaitingEntry).find_one({"_id": entry["_id"]}) or {}
    assert (left["state"], left.get("resident_id"), left.get("values")) == ("ended", None, None)
    with pytest.raises(IllegalTransition):
        waiting_list.act(entry["_id"], "restore", reason="ruling", by=SYSTEM, at=AT)
    assert waiting_list.sweep("elder_home_admission:360902", AT) == waiting_list.Reconciled()
