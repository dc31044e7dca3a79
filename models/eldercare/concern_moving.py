"""Alerts as they were stored before there were concerns (until 2026-11-26), made into concerns. Used by a migration."""

from __future__ import annotations

from datetime import datetime

from models.eldercare.concern_chain import Found, open_concern
from models.eldercare.concern_evidence import resolved
from models.eldercare.concern_records import Concern, concern_id
from models.eldercare.documents import Visit
from models.kernel.clock import as_utc
from models.kernel.database import collection, database
from models.kernel.lifecycle import Raw

COLLECTION = "staff_alerts"
ACKNOWLEDGED = "acknowledged"


def move_alerts(at: datetime) -> int:
    """Move every alert that is left; each is deleted once its concern stands, so a repeat goes on where it was."""
    alerts = list(database()[COLLECTION].find())
    for alert in alerts:
        visit = collection(Visit).find_one({"_id": alert["visit_id"]})
        if visit is not None:
            _move(alert, visit, at)
        database()[COLLECTION].delete_one({"_id": alert["_id"]})
    return len(alerts)


def _move(alert: Raw, visit: Raw, at: datetime) -> None:
    """An open alert begins its chain now, for nobody was told before. One that was acknowledged was the end of it
    then: it becomes a concern that is over, with the history and the note of the alert."""
    found = Found(visit["elder_id"], alert["kind"], visit["_id"], as_utc(alert["created_at"]), visit["_id"])
    if alert["state"] != ACKNOWLEDGED:
        open_concern(found, at)
        return
    key = concern_id(found.elder_id, found.cause, found.occasion)
    over = Concern(
        id=key, created_at=alert["created_at"], updated_at=at, state="resolved", number=f"A{alert['_id'][-8:]}",
        cause=found.cause, occasion=found.occasion, elder_id=found.elder_id, visit_id=found.visit_id,
        district_code=alert["district_code"], township_id=alert["township_id"], about_at=found.about_at,
        since=alert["created_at"],
    ).raw()  # fmt: skip
    over.update(resolved({"kind": "helped", "by": alert["history"][-1]["by"]["id"]}, alert["updated_at"]))
    over["history"] = alert["history"]
    collection(Concern).replace_one({"_id": key, "open": {"$ne": True}}, over, upsert=True)
