"""Bringing documents in line after a commit that concerns several of them.

Each change commits by one write in one document and leaves there what others owe it: a slot its `pending` bookings, a
visit and a register entry their `owed`. The request does that work at once; after a crash `reconcile_bookings` does.
Every step may be done twice, by two processes at the same time, and late: it names the booking it is about.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.eldercare import concern_chain, notices, referral_records, register_proposals, visit_owed
from models.eldercare.concern_evidence import settle_person
from models.eldercare.documents import (
    ACTIVE,
    BOOKED,
    BOOKING_CONTEXT,
    CANCELLED,
    ELDER_NAME,
    Elder,
    ElderLink,
    Visit,
    VisitSlot,
)
from models.eldercare.lifecycle import VISIT_LIFECYCLE
from models.eldercare.month_marks import mark_since
from models.eldercare.waiting_ends import follow, taken_by_booking
from models.kernel.actors import SYSTEM, Actor, Proxy
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.document import SOME_TEXT, Record
from models.kernel.encryption import open_json, open_text
from models.kernel.errors import Conflict, Forbidden
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.masking import mask_name
from models.people.documents import Caseworker, staff_actor

RELEASE, CANCEL_BOOKINGS, HAND_OVER = "release", "cancel_bookings", "hand_over"
# `recount DAY`: the register's periods changed from this day on.
RECOUNT = "recount"
# `undone VISIT`: its beginning was taken back.
UNDONE = "undone"


def reconcile_bookings(at: datetime) -> dict[str, int]:
    """Finish what crashed requests left behind; returns how many documents of each kind were settled."""
    batch = rule("eldercare.reconcile_batch")
    slots = list(collection(VisitSlot).find({"pending": SOME_TEXT}).limit(batch))
    for slot in slots:
        for booking in slot["bookings"]:
            if booking["id"] in slot["pending"]:
                carry_out(slot, booking, at)
    visits = list(collection(Visit).find({"owed": SOME_TEXT}).limit(batch))
    for visit in visits:
        settle_visit(visit, at)
    elders = list(collection(Elder).find({"owed": SOME_TEXT}).limit(batch))
    for elder in elders:
        settle_elder(elder, at)
    return {"slots": len(slots), "visits": len(visits), "elders": len(elders)}


def carry_out(slot: Raw, booking: Raw, at: datetime) -> Raw | None:
    """Make the visit that a booking stands for, or move it; returns the visit, None where it went elsewhere.

    A booking whose visit was cancelled or moved away in between is taken out of the slot again.
    """
    visit = collection(Visit).find_one({"_id": booking["visit_id"]})
    if visit is None and booking["moves"] is None:
        visit = _create(slot, booking, at)
    elif visit is not None and visit["state"] == BOOKED and visit["booking_id"] == booking["moves"]:
        visit = _move(slot, booking)
    if visit is None or visit["booking_id"] != booking["id"] or visit["state"] == CANCELLED:
        release(slot["_id"], booking["id"])
        return None
    taken_by_booking(booking, at)
    collection(VisitSlot).update_one({"_id": slot["_id"]}, {"$pull": {"pending": booking["id"]}})
    visit = settle_visit(visit, at)
    # Who transfers the person hands over the visits it finds; a booking committed in between is found here instead.
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, {"district_code": 1, "township_id": 1})
    if elder is not None and elder["township_id"] != visit["township_id"]:
        return follow_person(visit, elder, at)
    return visit


def settle_visit(visit: Raw, at: datetime) -> Raw:
    """Do what the visit owes: free a slot it left, and what its reports owe (see `visit_owed`)."""
    for owed in visit.get("owed", ()):
        kind, *about = owed.split(" ")
        if kind == RELEASE:
            release(*about)
        elif kind == UNDONE:
            visit_owed.plan_again(visit, at)
            visit = _booked_again(visit, at)
        else:
            visit_owed.carry_out(visit, kind, about[0], at)
        _done(Visit, visit["_id"], owed)
    return {**visit, "owed": []}


def _booked_again(visit: Raw, at: datetime) -> Raw:
    """A booking that stands again follows what happened to the person while the visit was under way."""
    if visit["state"] != BOOKED:
        return visit
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, {"state": 1, "name": 1, "district_code": 1,
                                                                    "township_id": 1})  # fmt: skip
    if elder is None or elder["state"] != ACTIVE:
        with suppress(Conflict):  # begun or cancelled in between
            return cancel(visit["_id"], elder, SYSTEM, at, key=f"{UNDONE} {visit['version']}")
    elif elder["township_id"] != visit["township_id"]:
        return follow_person(visit, elder, at)
    return visit


def settle_elder(elder: Raw, at: datetime) -> None:
    """Cancel the bookings of a person who has left the register and settle what was proposed of them; hand on what is
    open of one who moved; have the months counted again whose register changed."""
    for owed in elder.get("owed", ()):
        kind, *about = owed.split(" ")
        if owed == HAND_OVER:
            hand_over(elder["_id"], at)
        elif kind == RECOUNT:
            mark_since(about[0], at)
        elif elder["state"] != ACTIVE:
            register_proposals.follow_register(elder, at)
            coming = {"elder_id": elder["_id"], "starts_at": {"$gt": at}, "state": BOOKED}
            for visit in list(collection(Visit).find(coming, {"_id": 1})):
                with suppress(Conflict):  # begun or cancelled in between: nothing is left to cancel
                    cancel(visit["_id"], elder, SYSTEM, at, key=f"{owed} {elder['version']}")
            settle_person(elder["_id"], at)
        _done(Elder, elder["_id"], owed)


def hand_over(elder_id: str, at: datetime) -> None:
    """Bring links, booked visits to come, needs and proposals to the township where the person is now."""
    elder = collection(Elder).find_one({"_id": elder_id}, {"district_code": 1, "township_id": 1})
    if elder is None:
        return
    place = {"district_code": elder["district_code"], "township_id": elder["township_id"]}
    follow(elder_id, place, at)
    links = collection(ElderLink)
    for link in list(links.find({"elder_id": elder_id, "township_id": {"$ne": place["township_id"]}}, {"_id": 1})):
        links.update_one({"_id": link["_id"]}, {"$set": {**place, "updated_at": at}, "$inc": {"version": 1}})
    referral_records.follow_person(elder_id, place, at)
    register_proposals.follow_person(elder_id, place, at)
    coming = {"elder_id": elder_id, "starts_at": {"$gt": at}, "state": BOOKED}
    for visit in list(collection(Visit).find(coming)):
        if visit["township_id"] != place["township_id"]:
            follow_person(visit, elder, at)
    concern_chain.follow_person(elder_id, at)


def follow_person(visit: Raw, elder: Raw, at: datetime) -> Raw:
    """The booked visit in the person's township: with its visitor where that is one of both places, else without."""
    place = {"district_code": elder["district_code"], "township_id": elder["township_id"]}
    elsewhere = {"township_id": {"$ne": place["township_id"]}}

    def change(now: Raw) -> Change:
        if now.get("visitor_id") and _works_in(now["visitor_id"], place):
            return Change(set=place, where=elsewhere)
        owed = {"owed": owed_release(now)} if now.get("slot_id") else {}
        alert = notices.hand_over_alert({**now, **place})
        return Change(set={**place, "slot_id": None, "visitor_id": None}, push=owed, outbox=[alert], where=elsewhere)

    try:
        done = VISIT_LIFECYCLE.perform(visit["_id"], "hand_over", by=SYSTEM, at=at, change=change)
    except Conflict:  # handed over already, cancelled, or begun: who began it ends it
        return collection(Visit).find_one({"_id": visit["_id"]}) or visit
    return settle_visit(done, at)


def cancel(
    visit_id: str, elder: Raw | None, by: Actor, at: datetime, *, version: int | None = None, key: str,
    reason: str | None = None,
) -> Raw:  # fmt: skip
    """Cancel a booked visit and free its place; `reason` is one of CancelReason. Raises what the lifecycle raises."""
    name = masked_name(elder)

    def change(visit: Raw) -> Change:
        owed = {"owed": owed_release(visit)} if visit.get("slot_id") else {}
        told = notices.visit_notice("cancelled", visit, name, "cancelled")
        return Change(set={"cancel_reason": reason} if reason else {}, push=owed, outbox=told)

    visit = VISIT_LIFECYCLE.perform(visit_id, "cancel", by=by, at=at, version=version, key=key, change=change)
    return settle_visit(visit, at)


def release(slot_id: str, booking_id: str) -> None:
    """Take a booking out of its slot; nothing happens where it is gone already. A closed slot frees no place."""
    here = {"_id": slot_id, "bookings.id": booking_id}
    pull = {"bookings": {"id": booking_id}, "pending": booking_id}
    for closed, freed in ((None, {"free": 1}), ({"$ne": None}, {"capacity": -1})):
        update = {"$pull": pull, "$inc": {**freed, "version": 1}}
        if collection(VisitSlot).update_one({**here, "closed_by": closed}, update).modified_count:
            return


def owed_release(visit: Raw) -> str:
    """The work of freeing the place that the visit has now."""
    return f"{RELEASE} {visit['slot_id']} {visit['booking_id']}"


def masked_name(stored: Raw | None, context: str = ELDER_NAME) -> str:
    """The masked name of a register entry or a link as stored; empty where it is gone."""
    return mask_name(open_text(stored["name"], context)) if stored else ""


def _create(slot: Raw, booking: Raw, at: datetime) -> Raw:
    """The visit of a first booking: the same document whoever makes it."""
    booked_at = as_utc(booking["booked_at"])
    sealed: dict[str, Any] = open_json(booking["sealed"], BOOKING_CONTEXT)
    visit = Visit(
        id=booking["visit_id"], created_at=booked_at, updated_at=booked_at, state=BOOKED, wishes=sealed["wishes"],
        wish_list=sealed.get("wish_list") or None, elder_id=booking["elder_id"], resident_id=booking["resident_id"],
        district_code=slot["district_code"], township_id=slot["township_id"], outbox_waiting=True,
        **_place_in(slot, booking),
    ).raw()  # fmt: skip
    by = _booker(booking)
    visit["history"] = [history_entry("book", None, BOOKED, by, booked_at, key=booking["id"])]
    visit["outbox"] = [each.stored(booked_at) for each in notices.visit_notice("booked", visit, sealed["name"], "1")]
    try:
        collection(Visit).insert_one(visit)
    except DuplicateKeyError:  # another process was first
        return collection(Visit).find_one({"_id": visit["_id"]}) or visit
    # Whoever ends the period cancels the visits it finds; a booking committed in between is found here instead.
    elder = collection(Elder).find_one({"_id": booking["elder_id"]}, {"state": 1, "name": 1})
    if elder is None or elder["state"] != ACTIVE:
        return cancel(visit["_id"], elder, SYSTEM, at, key=f"{CANCEL_BOOKINGS} {booking['id']}")
    return visit


def _move(slot: Raw, booking: Raw) -> Raw | None:
    """The visit moved to the slot of a newer booking; as it stands where somebody else changed it first."""
    booked_at = as_utc(booking["booked_at"])
    sealed: dict[str, Any] = open_json(booking["sealed"], BOOKING_CONTEXT)

    def change(visit: Raw) -> Change:
        place = _place_in(slot, booking)
        notice = notices.visit_notice("moved", {**visit, **place}, sealed["name"], booking["id"])
        where = {"booking_id": booking["moves"]}
        return Change(set=place, push={"owed": owed_release(visit)}, where=where, outbox=notice)

    by = _booker(booking)
    try:
        return VISIT_LIFECYCLE.perform(
            booking["visit_id"], "reschedule", by=by, at=booked_at, key=booking["id"], change=change
        )
    except (Conflict, Forbidden):  # cancelled or moved in between, or its owner has left
        return collection(Visit).find_one({"_id": booking["visit_id"]})


def _booker(booking: Raw) -> Actor:
    """Who booked, and who acted for them."""
    acted = booking.get("proxy")
    proxy = Proxy("", acted["kind"], acted["id"], frozenset()) if acted else None
    return Actor(kind="resident", id=booking["resident_id"], proxy=proxy)


def _works_in(visitor_id: str, place: dict[str, Any]) -> bool:
    found = collection(Caseworker).find_one({"_id": visitor_id, "active": True})
    return found is not None and staff_actor(found).covers(place["district_code"], place["township_id"])


def _place_in(slot: Raw, booking: Raw) -> dict[str, Any]:
    return {
        "slot_id": slot["_id"], "booking_id": booking["id"], "visitor_id": slot["visitor_id"],
        "starts_at": slot["starts_at"], "ends_at": slot["ends_at"], "day": day_of(slot["starts_at"]).isoformat(),
        "stands_in_for": None,
    }  # fmt: skip


def _done(record: type[Record], document_id: str, owed: str) -> None:
    collection(record).update_one({"_id": document_id}, {"$pull": {"owed": owed}})
