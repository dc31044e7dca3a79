"""The alerts of a place: the list that must be empty."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, route
from config.text import say
from models.eldercare import alerts
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR
from models.kernel.lifecycle import Raw

READERS = (SUPERVISOR, TOWNSHIP_INTAKE, VISITOR)


class AlertView(BaseModel):
    """An alert: what kind, of which visit, since when."""

    id: str
    kind: str
    label: str
    visit_id: str
    district_code: str
    township_id: str
    state: str
    raised_at: datetime


class AlertList(BaseModel):
    items: list[AlertView]
    next: str | None


class AcknowledgeBody(Body):
    """What was done, in words; kept encrypted."""

    note: Annotated[str, Field(min_length=1, max_length=500)]


class Alerts(Endpoint):
    @route(access=staff(*READERS), response=AlertList)
    def get(self, call: Call) -> dict[str, Any]:
        """The open alerts of one's place, the oldest first."""
        return {"items": [_shown(alert) for alert in alerts.open_alerts(call.actor)], "next": None}


class Acknowledge(Endpoint):
    @route(access=staff(*READERS), body=AcknowledgeBody, response=AlertView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Say what was done about it; it leaves the list."""
        alert = alerts.acknowledge(
            call.path["alert_id"], call.body.note, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return _shown(alert)


def _shown(alert: Raw) -> dict[str, Any]:
    return {
        "id": alert["_id"],
        "kind": alert["kind"],
        "label": say(f"eldercare.alert.{alert['kind']}"),
        "visit_id": alert["visit_id"],
        "district_code": alert["district_code"],
        "township_id": alert["township_id"],
        "state": alert["state"],
        "raised_at": alert["created_at"],
    }
