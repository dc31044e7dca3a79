"""The thread of a placement: its guardian and the staff who act for the centre write to each other; texts are sealed.

Staff of the place where the centre is, or where the family applied, act for the centre; every look is recorded.
Source: the plan, on the information platform for infants: centres and parents talk to each other at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.childcare.documents import (
    CENTRE,
    GUARDIAN,
    MESSAGE_CONTEXT,
    PLACED,
    ChildcareMessage,
    ChildcarePlacement,
)
from models.childcare.lifecycle import CENTRE_ROLES
from models.childcare.notices import placement_notice
from models.childcare.ordering import PROGRAMME
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.errors import Conflict, Forbidden, InvalidInput, LimitReached, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

SCOPE = "childcare message"


def own_placement(placement_id: str, by: Actor) -> Raw:
    """A placement of the caller's own. Raises NotFound, also for another's."""
    found = collection(ChildcarePlacement).find_one({"_id": placement_id})
    if found is None or by.kind != "resident" or found["resident_id"] != by.id or not by.may_act_on(PROGRAMME):
        raise NotFound()
    return found


def placement_of_place(placement_id: str, by: Actor) -> Raw:
    """A placement for the staff of the centre's place or of the family's. Raises NotFound, also for other places'."""
    found = collection(ChildcarePlacement).find_one({"_id": placement_id})
    if found is None or not covers(by, found):
        raise NotFound()
    return found


def write(placement_id: str, text: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Say something; the other side is told. The same key again finds the first message.

    Raises NotFound, Forbidden, Conflict (`thread_closed` where the child has no place), LimitReached.
    """
    mine = by.kind == "resident"
    placement = own_placement(placement_id, by) if mine else placement_of_place(placement_id, by)
    if not mine and not by.has_role(*CENTRE_ROLES):
        raise Forbidden()
    message_id = id_from_key(SCOPE, f"{placement_id} {by.id} {key}")
    found = collection(ChildcareMessage).find_one({"_id": message_id})
    if found is not None:
        return found
    if placement["state"] != PLACED:
        raise Conflict("thread_closed")
    if collection(ChildcareMessage).count_documents({"placement_id": placement_id}) >= rule("childcare.messages_most"):
        raise LimitReached("thread_full")
    sender = GUARDIAN if mine else CENTRE
    # First: whoever looks for unanswered threads rather finds one too many than one too few.
    collection(ChildcarePlacement).update_one({"_id": placement_id}, {"$max": {f"said.{sender}": at}})
    return _store(placement, message_id, sender, text, by, at)


def thread(placement_id: str, by: Actor, at: datetime, limit: int, cursor: str | None) -> Page:
    """The messages of a placement, the newest first; whoever reads has read all until now. Raises NotFound."""
    mine = by.kind == "resident"
    placement = own_placement(placement_id, by) if mine else placement_of_place(placement_id, by)
    if not mine:
        audit.record(
            by, "childcare.thread_read", f"childcare_placement:{placement_id}", at,
            district_code=placement["district_code"],
        )  # fmt: skip
    collection(ChildcarePlacement).update_one(
        {"_id": placement_id}, {"$max": {f"read.{GUARDIAN if mine else CENTRE}": at}}
    )
    # A thread is short (`messages_most`): all that match are read.
    found = sorted(collection(ChildcareMessage).find({"placement_id": placement_id}), key=_when, reverse=True)
    if cursor is not None:
        after = decode_cursor(cursor)
        if set(after) != {"thread", "at", "id"} or after["thread"] != placement_id:
            raise InvalidInput("bad_cursor")
        found = [each for each in found if _when(each) < (datetime.fromisoformat(after["at"]), after["id"])]
    page = found[:limit]
    following = None
    if len(found) > limit:
        last = _when(page[-1])
        following = encode_cursor({"thread": placement_id, "at": last[0].isoformat(), "id": last[1]})
    return Page([shown(each) for each in page], following)


def shown(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as both sides read it; of the staff only that it was the centre's."""
    return {
        "id": message["_id"], "at": as_utc(message["created_at"]), "from": message["sender"],
        "text": open_text(message["text"], MESSAGE_CONTEXT),
    }  # fmt: skip


def unread(placement: Mapping[str, Any], side: str) -> bool:
    """True where the other side has written since this one last read."""
    other = GUARDIAN if side == CENTRE else CENTRE
    said, read = (placement.get("said") or {}).get(other), (placement.get("read") or {}).get(side)
    return said is not None and (read is None or as_utc(said) > as_utc(read))


def _store(placement: Raw, message_id: str, sender: str, text: str, by: Actor, at: datetime) -> Raw:
    message = ChildcareMessage(
        id=message_id, created_at=at, updated_at=at, placement_id=placement["_id"],
        resident_id=placement["resident_id"], sender=sender, by=by.id, text=text,
    ).raw()  # fmt: skip
    if sender == CENTRE:
        key = f"childcare:{placement['_id']}:message:{message_id}"
        told = placement_notice(placement, "message", centre=placement["place"]["centre"], key=key)
        message.update(outbox=[told.stored(at)], outbox_waiting=True)
    try:
        collection(ChildcareMessage).insert_one(message)
    except DuplicateKeyError:
        return collection(ChildcareMessage).find_one({"_id": message_id}) or message
    return message


def covers(by: Actor, placement: Mapping[str, Any]) -> bool:
    """True for the staff of the place where the family applied, or where the centre is."""
    place = placement.get("place") or {}
    return by.covers(placement["district_code"], placement.get("township_id")) or (
        bool(place) and by.covers(place.get("district_code"), place.get("township_id"))
    )


def _when(message: Mapping[str, Any]) -> tuple[datetime, str]:
    return as_utc(message["created_at"]), message["_id"]
