"""Alerts for the staff of a place: what a visit found that somebody must act on today, until somebody says they did.

Source: the city's plan, care and emergency help in time. Who is asked next when nobody answers is a later step of the
same list; here an alert stays open, in sight of the place's supervisor and caseworkers, until it is acknowledged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from mongoengine import StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel import audit
from models.kernel.actors import SUPERVISOR, SYSTEM, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.database import collection
from models.kernel.errors import NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Lifecycle, Raw, Transition, history_entry
from models.kernel.outbox import OUTBOX_INDEX, Causing, Handler, Receipt

OPEN, ACKNOWLEDGED = "open", "acknowledged"
CHANNEL = "staff_alert"


class StaffAlert(Causing):
    """One alert; it names the visit, never the person."""

    state = StringField(required=True, default=OPEN)
    kind = StringField(required=True)
    visit_id = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "staff_alerts"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("state", 1), ("district_code", 1)], "name": "open_by_district"},
        OUTBOX_INDEX,
    ]


ALERT_LIFECYCLE = Lifecycle(
    "staff_alert",
    StaffAlert,
    OPEN,
    [Transition("acknowledge", (OPEN,), ACKNOWLEDGED, (SUPERVISOR, TOWNSHIP_INTAKE, VISITOR))],
)


def raise_alert(payload: Mapping[str, Any], key: str, at: datetime) -> Receipt:
    """Put an alert on the list; the same key again changes nothing."""
    alert = StaffAlert(
        id=id_from_key(CHANNEL, key), created_at=at, updated_at=at, kind=payload["kind"], visit_id=payload["visit_id"],
        district_code=payload["district_code"], township_id=payload["township_id"],
    ).raw()  # fmt: skip
    alert["history"] = [history_entry("raise", None, OPEN, SYSTEM, at, key=key)]
    try:
        collection(StaffAlert).insert_one(alert)
    except DuplicateKeyError:
        return Receipt("delivered", "on_the_list_already")
    return Receipt("delivered", "on_the_list")


def alert_handler(now: Any) -> Handler:
    """The outbox's handler of the channel; `now` gives the present moment. A repeat does no harm."""
    return Handler(lambda payload, key: raise_alert(payload, key, now()), idempotent=True)


def open_alerts(by: Actor) -> list[Raw]:
    """The open alerts of the actor's place, the oldest first; this list should be empty."""
    wanted: dict[str, Any] = {"state": OPEN}
    if by.district_code is not None:
        wanted["district_code"] = by.district_code
    found = collection(StaffAlert).find(wanted).limit(rule("eldercare.day_list_most"))
    mine = [alert for alert in found if by.covers(alert["district_code"], alert["township_id"])]
    return sorted(mine, key=lambda alert: (alert["created_at"], alert["_id"]))


def acknowledge(alert_id: str, note: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Say what was done. Raises NotFound outside the actor's place, and what the lifecycle raises."""
    alert = collection(StaffAlert).find_one({"_id": alert_id})
    if alert is None or not by.covers(alert["district_code"], alert["township_id"]):
        raise NotFound()
    done = ALERT_LIFECYCLE.perform(alert_id, "acknowledge", by=by, at=at, key=key, change=Change(note=note))
    audit.record(by, "alert.acknowledged", f"staff_alert:{alert_id}", at, district_code=alert["district_code"])
    return done
