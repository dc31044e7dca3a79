"""An emergency found on a visit stands on the list of its place until somebody says what was done."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from models.eldercare.alerts import raise_alert
from models.kernel import audit
from models.kernel.clock import FixedClock
from models.kernel.ids import new_id

PAYLOAD = {"district_code": "360902", "township_id": "1791416", "kind": "emergency", "visit_id": new_id()}
Staff = Callable[..., dict[str, str]]


def test_an_alert_is_raised_once_seen_by_its_place_and_acknowledged(
    client: FlaskClient, clock: FixedClock, staff: Staff
) -> None:
    assert raise_alert(PAYLOAD, "visit_alert:1", clock.now()).kind == "delivered"
    assert raise_alert(PAYLOAD, "visit_alert:1", clock.now()).kind == "delivered"
    mine, other = staff("supervisor"), staff("supervisor", district_code="360921")

    assert client.get("/api/v1/staff/alerts", headers=other).json["items"] == []
    (alert,) = client.get("/api/v1/staff/alerts", headers=mine).json["items"]
    assert alert["label"] == "探访时遇到紧急情况，请马上处置。"

    path, body = f"/api/v1/staff/alerts/{alert['id']}/acknowledge", {"note": "已送医院"}
    headers = {"Idempotency-Key": "acknowledge-1"}
    assert client.post(path, json=body, headers={**other, **headers}).status_code == 404
    assert client.post(path, json=body, headers={**mine, **headers}).json["state"] == "acknowledged"
    assert client.get("/api/v1/staff/alerts", headers=mine).json["items"] == []
    again = client.post(path, json=body, headers={**mine, "Idempotency-Key": "acknowledge-2"})
    assert again.status_code == 409
    assert audit.verify().faults == []


def test_only_staff_of_the_role_see_alerts(
    client: FlaskClient, staff: Staff, resident: Callable[..., dict[str, str]]
) -> None:
    assert client.get("/api/v1/staff/alerts").status_code == 401
    assert client.get("/api/v1/staff/alerts", headers=staff("planner")).status_code == 403
    assert client.get("/api/v1/staff/alerts", headers=resident()).status_code == 401
