"""Slots and their bookings by families.

A booking commits by one compare-and-set write on its slot (`free` > 0 in the filter); moving a visit takes the new
slot first and frees the old one after. `settling` brings the visit in line, also after a crash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from config.loading import Place, rule
from models.eldercare.documents import (
    ACTIVE,
    BOOKED,
    BOOKING_CONTEXT,
    CONFIRMED,
    Elder,
    ElderLink,
    Visit,
    VisitSlot,
)
from models.eldercare.lifecycle import VISIT_LIFECYCLE
from models.eldercare.settling import cancel, carry_out, masked_name
from models.eldercare.waiting import check_turn, offer_places
from models.eldercare.wishes import Wishes
from models.kernel.actors import TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.clock import as_utc, local
from models.kernel.database import change_one, collection
from models.kernel.encryption import seal_json
from models.kernel.errors import Conflict, Duplicate, FieldFault, Forbidden, InvalidInput, LimitReached, NotFound
from models.kernel.lifecycle import Raw
from models.people.documents import Caseworker, staff_actor

PUBLISHERS = (VISITOR, TOWNSHIP_INTAKE)


@dataclass(frozen=True)
class SlotPlan:
    """An hour of a visitor to be published."""

    place: Place
    starts_at: datetime
    ends_at: datetime
    capacity: int
    visitor_id: str


def publish_slot(slot_id: str, plan: SlotPlan, *, by: Actor, at: datetime) -> Raw:
    """Offer an hour of a visitor to families; a second call with the same id returns the first slot.

    Raises Forbidden outside the actor's place, InvalidInput for an hour the rules do not name or a visitor who is
    none of the place, Duplicate where the visitor has that hour already.
    """
    if not by.covers(plan.place.district_code, plan.place.id) or not by.has_role(*PUBLISHERS):
        raise Forbidden()
    _check_hour(plan, at)
    _check_visitor(plan, by)
    slot = VisitSlot(
        id=slot_id, created_at=at, updated_at=at, district_code=plan.place.district_code, township_id=plan.place.id,
        visitor_id=plan.visitor_id, starts_at=plan.starts_at, ends_at=plan.ends_at, capacity=plan.capacity,
        free=plan.capacity, full_capacity=plan.capacity,
    ).raw()  # fmt: skip
    try:
        collection(VisitSlot).insert_one({**slot, "bookings": [], "pending": [], "holds": [], "held": []})
    except DuplicateKeyError:
        found = collection(VisitSlot).find_one({"_id": slot_id})
        if found is None:
            raise Duplicate("slot_exists") from None
        return found
    offer_places(at, [plan.place.id])
    return collection(VisitSlot).find_one({"_id": slot_id}) or slot


def book_visit(
    visit_id: str, elder_ref: str, slot_id: str, wishes: str | Wishes | None, *, by: Actor, at: datetime
) -> Raw:  # fmt: skip
    """Book a slot for a visit to an old person one is linked to; `elder_ref` is the link's or the register's id.

    A second call with the same `visit_id` returns the first visit. Raises NotFound for a person one is not linked
    to, Conflict (`slot_full`, `slot_too_soon`, `slot_elsewhere`, `elder_booked`, `elder_not_active`), LimitReached.
    """
    known = collection(Visit).find_one({"_id": visit_id})
    if known is not None:
        return known
    elder = linked_elder(elder_ref, by)
    check_limit(elder["_id"], at)
    booking = first_booking(visit_id, elder, wishes, by, at)
    check_turn(slot_id, by.id, elder["_id"], at)
    slot = _take(slot_id, booking, elder, at)
    visit = carry_out(slot, booking, at)
    if visit is None:
        raise Conflict("elder_not_active")
    return visit


def reschedule_visit(
    visit_id: str, slot_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None
) -> Raw:  # fmt: skip
    """Move a booked visit to another slot, in time; `key` names this move, a second call with it changes nothing.

    Raises NotFound for another's visit, what the lifecycle raises, and what `book_visit` says of slots. Where that
    happens the old slot is kept.
    """
    visit = _own_visit(visit_id, by)
    if any(entry.get("key") == key for entry in visit["history"]):
        return visit
    VISIT_LIFECYCLE.check(visit, "reschedule", by=by, at=at, version=version)
    if visit["slot_id"] == slot_id:
        raise Conflict("slot_same")
    elder = collection(Elder).find_one({"_id": visit["elder_id"], "state": ACTIVE})
    if elder is None:
        raise Conflict("elder_not_active")
    booking = {
        "id": key, "visit_id": visit_id, "elder_id": elder["_id"], "resident_id": by.id, "booked_at": at,
        "moves": visit["booking_id"], "proxy": by.as_history().get("proxy"),
        "sealed": seal_json({"name": masked_name(elder)}, BOOKING_CONTEXT),
    }  # fmt: skip
    check_turn(slot_id, by.id, elder["_id"], at)
    moved = carry_out(_take(slot_id, booking, elder, at), booking, at)
    if moved is None:
        raise Conflict("stale_version")
    offer_places(at, [visit["township_id"]])
    return moved


def first_booking(visit_id: str, elder: Raw, wishes: str | Wishes | None, by: Actor, at: datetime) -> Raw:
    """What a slot holds of a visit that does not stand yet."""
    wished = wishes if isinstance(wishes, Wishes) else Wishes(wishes)
    told = {"wishes": wished.words, "wish_list": list(wished.ticked), "name": masked_name(elder)}
    return {
        "id": visit_id, "visit_id": visit_id, "elder_id": elder["_id"], "resident_id": by.id, "booked_at": at,
        "moves": None, "proxy": by.as_history().get("proxy"), "sealed": seal_json(told, BOOKING_CONTEXT),
    }  # fmt: skip


def cancel_visit(
    visit_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None, reason: str | None = None
) -> Raw:
    """Cancel a booked visit in time and free its place; `reason` is the office's, one of CancelReason.

    Raises NotFound, and what the lifecycle raises.
    """
    visit = _own_visit(visit_id, by) if by.kind == "resident" else visit_of_place(visit_id, by)
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, {"name": 1})
    cancelled = cancel(visit_id, elder, by, at, version=version, key=key, reason=reason)
    offer_places(at, [cancelled["township_id"]])
    return cancelled


def visit_of_place(visit_id: str, by: Actor) -> Raw:
    """The visit, where it lies within the place of this member of staff. Raises NotFound otherwise."""
    visit = collection(Visit).find_one({"_id": visit_id})
    if visit is None or not by.covers(visit["district_code"], visit["township_id"]):
        raise NotFound()
    return visit


def _own_visit(visit_id: str, by: Actor) -> Raw:
    visit = collection(Visit).find_one({"_id": visit_id})
    if visit is None or visit.get(VISIT_LIFECYCLE.owner_field) != by.id:
        raise NotFound()
    return visit


def linked_elder(elder_ref: str, by: Actor) -> Raw:
    """The person on the register whom the resident is linked to. Raises NotFound, Conflict (`elder_not_active`)."""
    # A resident has a handful of links; an $or over two fields would make the embedded database read them all.
    links = collection(ElderLink).find({"resident_id": by.id, "state": CONFIRMED}, {"elder_id": 1})
    elder_id = next((link["elder_id"] for link in links if elder_ref in (link["_id"], link["elder_id"])), None)
    elder = collection(Elder).find_one({"_id": elder_id}) if elder_id else None
    if elder is None:
        raise NotFound("elder_not_linked")
    if elder["state"] != ACTIVE:
        raise Conflict("elder_not_active")
    return elder


def check_limit(elder_id: str, at: datetime) -> None:
    """Raise LimitReached (`bookings_open`) where the person has as many visits to come as one may.

    A rule of fairness, not of capacity: two requests in the very same moment may both pass.
    """
    if _bookings_to_come(elder_id, at) >= rule("eldercare.bookings_open_most"):
        raise LimitReached("bookings_open", most=rule("eldercare.bookings_open_most"))


def _bookings_to_come(elder_id: str, at: datetime) -> int:
    coming = {"elder_id": elder_id, "starts_at": {"$gt": at}, "state": BOOKED}
    return len(list(collection(Visit).find(coming, {"_id": 1})))


def _take(slot_id: str, booking: Raw, elder: Raw, at: datetime) -> Raw:
    """Put the booking into the slot: the commit. Returns the slot; raises why it cannot be had."""
    earliest = at + timedelta(hours=rule("eldercare.booking_lead_hours"))
    free = {
        "_id": slot_id, "free": {"$gt": 0}, "starts_at": {"$gte": earliest}, "township_id": elder["township_id"],
        "bookings.elder_id": {"$ne": elder["_id"]},
    }  # fmt: skip
    taken = change_one(
        collection(VisitSlot),
        free,
        {
            "$push": {"bookings": booking, "pending": booking["id"]},
            "$inc": {"free": -1, "version": 1},
            "$set": {"updated_at": at},
        },
    )
    return taken if taken is not None else _taken_before(slot_id, booking, elder, earliest)


def _taken_before(slot_id: str, booking: Raw, elder: Raw, earliest: datetime) -> Raw:
    """The slot, where this very booking stands in it already. Raises why it does not."""
    slot = collection(VisitSlot).find_one({"_id": slot_id})
    if slot is None:
        raise NotFound("slot_not_found")
    if any(each["id"] == booking["id"] for each in slot["bookings"]):
        return slot
    if slot["township_id"] != elder["township_id"]:
        raise Conflict("slot_elsewhere")
    if as_utc(slot["starts_at"]) < earliest:
        raise Conflict("slot_too_soon", hours=rule("eldercare.booking_lead_hours"))
    if any(each["elder_id"] == elder["_id"] for each in slot["bookings"]):
        raise Conflict("elder_booked")
    raise Conflict("slot_full")


def _check_hour(plan: SlotPlan, at: datetime) -> None:
    faults = []
    begins = local(plan.starts_at)
    if f"{begins:%H:%M}" not in rule("eldercare.slot_starts") or begins.second or begins.microsecond:
        faults.append(FieldFault("starts_at", "slot_hour"))
    elif not at < plan.starts_at <= at + timedelta(days=rule("eldercare.slot_days_ahead_most")):
        faults.append(FieldFault("starts_at", "slot_day"))
    if plan.ends_at - plan.starts_at != timedelta(minutes=rule("eldercare.slot_minutes")):
        faults.append(FieldFault("ends_at", "slot_length"))
    if not 1 <= plan.capacity <= rule("eldercare.slot_capacity_most"):
        faults.append(FieldFault("capacity", "less_than_equal"))
    if faults:
        raise InvalidInput(faults=faults)


def _check_visitor(plan: SlotPlan, by: Actor) -> None:
    found = collection(Caseworker).find_one({"_id": plan.visitor_id, "active": True})
    visitor = staff_actor(found) if found else None
    fits = visitor and visitor.has_role(VISITOR) and visitor.covers(plan.place.district_code, plan.place.id)
    if not fits:
        raise InvalidInput(faults=[FieldFault("visitor_id", "no_visitor_of_place")])
