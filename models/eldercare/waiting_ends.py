"""How a waiting request ends with a booking, how a held place is given back, and how a request follows its person."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from models.eldercare.documents import VisitSlot
from models.eldercare.waiting_documents import OPEN_STATES, WAIT_LIFECYCLE, VisitWait, open_key
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import Conflict
from models.kernel.lifecycle import Change, Raw

NO_OFFER: dict[str, Any] = {"slot_id": None, "offer_id": None, "offered_until": None, "starts_at": None}


def give_back(slot_id: str, hold_id: str) -> None:
    """Take a hold out of its slot; its place is free again unless the slot is closed. Gone already: nothing happens."""
    here = {"_id": slot_id, "holds.id": hold_id}
    pull = {"holds": {"id": hold_id}, "held": hold_id.partition(":")[0]}
    for closed, freed in ((None, {"free": 1}), ({"$ne": None}, {"capacity": -1})):
        update = {"$pull": pull, "$inc": {**freed, "version": 1}}
        if collection(VisitSlot).update_one({**here, "closed_by": closed}, update).modified_count:
            return


def taken(wait: Raw, visit_id: str, at: datetime) -> None:
    """The family has its visit: the request is over, and a place that was held elsewhere is free again."""
    change = Change(set={"visit_id": visit_id, "open_key": None})
    with suppress(Conflict):  # withdrawn or over meanwhile: the visit stands all the same
        WAIT_LIFECYCLE.perform(wait["_id"], "take", by=SYSTEM, at=at, key=f"take {visit_id}", change=change)
    if wait.get("slot_id"):
        give_back(wait["slot_id"], wait["offer_id"])


def taken_by_booking(booking: Raw, at: datetime) -> None:
    """End the family's request with a first booking made since it was asked."""
    if booking["moves"] is not None:
        return
    wait = collection(VisitWait).find_one({"open_key": open_key(booking["resident_id"], booking["elder_id"])})
    if wait is not None and as_utc(wait["created_at"]) <= as_utc(booking["booked_at"]):
        taken(wait, booking["visit_id"], at)


def follow(elder_id: str, place: dict[str, Any], at: datetime) -> None:
    """Bring the requests for a person who was transferred to the township where they are now, in the order of time."""
    wanted = {"elder_id": elder_id, "state": {"$in": list(OPEN_STATES)}}
    for wait in list(collection(VisitWait).find(wanted)):
        if wait["township_id"] != place["township_id"]:
            unchanged = {"_id": wait["_id"], "version": wait["version"]}
            moved = {"$set": {**place, "updated_at": at}, "$inc": {"version": 1}}
            collection(VisitWait).update_one(unchanged, moved)
