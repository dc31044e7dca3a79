"""Opt-in alerts, for the resident: on or off, and the reasons of what was found."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.access import RESIDENT
from api.endpoint import Body, Call, Endpoint, route
from api.v1.casework.presenters import findings
from api.v1.casework.schemas import FindingView
from config.text import say
from models.casework import alerts
from models.casework.queries import programme_of
from models.kernel.clock import as_utc
from models.kernel.errors import FieldFault, InvalidInput
from models.people import consents
from models.people.operations import record_consent


class AlertsBody(Body):
    """On or off. `consent_version`: of the text `proactive` that was shown; needed to turn them on."""

    on: bool
    consent_version: Annotated[int, Field(ge=1, le=1000)] | None = None


class QualifyingView(BaseModel):
    """A programme held against what the resident has told, rule by rule."""

    programme: str
    programme_label: str
    answer: str
    text: str
    rules: list[FindingView]


class MyAlertsView(BaseModel):
    on: bool
    text: str
    consent_version: int
    checked_at: datetime | None
    items: list[QualifyingView]


class MyAlerts(Endpoint):
    @route(access=RESIDENT, response=MyAlertsView)
    def get(self, call: Call) -> dict[str, Any]:
        """Whether alerts are on, and how each programme stands with the reasons; nothing is decided by it."""
        return _shown(call)

    @route(access=RESIDENT, body=AlertsBody, response=MyAlertsView, rate="write")
    def put(self, call: Call) -> dict[str, Any]:
        """Opt in, with the consent's version, or out; either takes effect at once."""
        if call.body.on and call.body.consent_version is None:
            raise InvalidInput(faults=[FieldFault("consent_version", "missing")])
        version = call.body.consent_version or consents.current_version(consents.PROACTIVE)
        record_consent(call.actor.id, consents.PROACTIVE, version, call.body.on, call.at)
        alerts.follow_consent(call.actor.id, call.at)
        return _shown(call)


def _shown(call: Call) -> dict[str, Any]:
    on = alerts.wants_alerts(call.actor.id)
    watch = alerts.watch_of(call.actor.id) if on else None
    found = alerts.assessments(call.actor.id, call.at) if on else {}
    return {
        "on": on,
        "text": say(f"alerts.opted.{'on' if on else 'off'}"),
        "consent_version": consents.current_version(consents.PROACTIVE),
        "checked_at": as_utc(watch["checked_at"]) if watch and watch.get("checked_at") else None,
        "items": [
            {
                "programme": token,
                "programme_label": programme_of(token).label,
                "answer": each.answer,
                "text": say(f"casework.answer.{each.answer}"),
                "rules": findings(each),
            }
            for token, (_, each) in found.items()
        ],
    }
