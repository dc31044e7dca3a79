"""Operations on places that no single application owns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework.documents import Application
from models.casework.lifecycle import GIVE_UP_PLACE, lifecycle_of
from models.casework.operations import give_back, settle
from models.casework.queries import programme_of
from models.childcare import places
from models.childcare.places import Hold
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.errors import DomainError


def reconcile_places(at: datetime) -> dict[str, int]:
    """Complete what killed processes left between an application and its centre; a job calls it every few minutes.

    Places held too long are given where the approval was written, else released; places of withdrawn applications go
    back; the directory shows every count. Returns counts by what was done. Running it twice, or twice at once, changes
    nothing more.
    """
    counts = {"confirmed": 0, "released": 0, "given_up": 0, "given_back": 0, "published": 0}
    for application_id, hold in places.held_since(at - timedelta(seconds=rule("casework.hold_seconds"))):
        outcome = _reconcile(application_id, hold, at)
        if outcome in counts:
            counts[outcome] += 1
    for raw in list(collection(Application).find({"release_due": True})):
        counts["given_back"] += give_back(raw, at)
    counts["published"] = places.publish_waiting(at)
    return counts


def _reconcile(application_id: str, hold: Hold, at: datetime) -> str:
    raw = collection(Application).find_one({"_id": application_id})
    if raw is None:
        places.release(application_id, hold, at)
        return "released"
    programme = programme_of(raw["programme"])
    outcome = settle(application_id, programme, _placement(hold), at)
    if outcome != "open":
        return outcome
    # The application still waits at the version the attempt began from. A new version ends that attempt for good, even
    # if its process is only slow; then the place is free.
    try:
        lifecycle_of(programme).perform(application_id, GIVE_UP_PLACE, by=SYSTEM, at=at, version=hold.attempt)
    except DomainError:
        return "open"  # decided this very moment: the next run sees it
    settle(application_id, programme, _placement(hold), at)
    return "given_up"


def _placement(hold: Hold) -> dict[str, Any]:
    return {"centre_id": hold.centre_id, "age_group": hold.age_group, "attempt": hold.attempt}
