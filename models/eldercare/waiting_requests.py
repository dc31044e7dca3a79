"""What a family does with a waiting request: ask, take what is held, decline it, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.eldercare.booking import check_limit, first_booking, linked_elder
from models.eldercare.documents import Visit, VisitSlot
from models.eldercare.settling import carry_out
from models.eldercare.waiting import (
    fits,
    is_over,
    offer_places,
    promised,
    visit_of_offer,
)
from models.eldercare.waiting_documents import OFFERED, OPEN_STATES, WAIT_LIFECYCLE, WAITING, VisitWait, open_key
from models.eldercare.waiting_ends import NO_OFFER, give_back
from models.eldercare.wishes import Wishes
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, at_local, day_of
from models.kernel.database import change_one, collection
from models.kernel.errors import Conflict, Duplicate, FieldFault, InvalidInput, LimitReached, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry


def ask(
    wait_id: str, elder_ref: str, days: Sequence[date], half_days: Sequence[str], *, by: Actor, at: datetime
) -> Raw:  # fmt: skip
    """Wait for an hour on one of these days and half-days; a second call with the same id returns the first request.

    Raises InvalidInput, NotFound for a person one is not linked to, Conflict (`wait_needless`: an hour is free,
    `elder_not_active`), Duplicate (`wait_open`), LimitReached.
    """
    known = collection(VisitWait).find_one({"_id": wait_id})
    if known is not None:
        return known
    elder = linked_elder(elder_ref, by)
    check_limit(elder["_id"], at)
    _check_number(by)
    place = {"district_code": elder["district_code"], "township_id": elder["township_id"]}
    wait = VisitWait(
        id=wait_id, created_at=at, updated_at=at, resident_id=by.id, elder_id=elder["_id"], **place,
        days=_checked_days(days, at), half_days=sorted(set(half_days), reverse=True), queued_at=at,
        open_key=open_key(by.id, elder["_id"]),
    ).raw()  # fmt: skip
    wait["history"] = [history_entry("ask", None, WAITING, by, at, key=wait_id)]
    if is_over(wait, at):
        raise InvalidInput(faults=[FieldFault("days", "slot_day")])
    if _has_free(wait, at):
        raise Conflict("wait_needless")
    try:
        collection(VisitWait).insert_one(wait)
    except DuplicateKeyError:
        found = collection(VisitWait).find_one({"_id": wait_id})
        if found is None:
            raise Duplicate("wait_open") from None
        return found
    offer_places(at, [wait["township_id"]])  # an hour may have come free in between
    return collection(VisitWait).find_one({"_id": wait_id}) or wait


def take_offer(wait_id: str, wishes: Wishes, *, by: Actor, at: datetime) -> Raw:
    """Book the place that is held, and return the visit; again: the same visit.

    Raises NotFound for another's request, Conflict (`offer_over`, `elder_booked`, `elder_not_active`), LimitReached.
    """
    wait = own_wait(wait_id, by)
    if wait["state"] not in OPEN_STATES and wait.get("visit_id"):
        return _visit(wait["visit_id"])
    if wait["state"] != OFFERED or as_utc(wait["offered_until"]) <= at:
        raise Conflict("offer_over")
    elder = linked_elder(wait["elder_id"], by)
    visit_id = visit_of_offer(wait)
    booking = first_booking(visit_id, elder, wishes, by, at)
    slot = collection(VisitSlot).find_one({"_id": wait["slot_id"], "bookings.id": visit_id})
    if slot is None:
        check_limit(elder["_id"], at)
        slot = change_one(
            collection(VisitSlot),
            {
                "_id": wait["slot_id"], "holds.id": wait["offer_id"], "township_id": elder["township_id"],
                "bookings.elder_id": {"$ne": elder["_id"]},
            },
            {
                "$pull": {"holds": {"id": wait["offer_id"]}, "held": wait_id},
                "$push": {"bookings": booking, "pending": visit_id},
                "$inc": {"version": 1},
                "$set": {"updated_at": at},
            },
        )  # fmt: skip
    if slot is None:
        raise Conflict("offer_over")
    stored = next((each for each in slot["bookings"] if each["id"] == visit_id), booking)
    visit = carry_out(slot, stored, at)
    if visit is None:
        raise Conflict("elder_not_active")
    return visit


def decline(wait_id: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Leave the place that is held to the next; the request keeps its place in the queue for another hour."""
    own_wait(wait_id, by)
    left: list[tuple[str, str]] = []

    def change(wait: Raw) -> Change:
        left.append((wait["slot_id"], wait["offer_id"]))
        return Change(set=NO_OFFER, push={"passed": wait["slot_id"]})

    done = WAIT_LIFECYCLE.perform(wait_id, "decline", by=by, at=at, key=key, change=change)
    return _leave(done, left, at)


def withdraw(wait_id: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Take the request back; what is held goes to the next."""
    own_wait(wait_id, by)
    left: list[tuple[str, str]] = []

    def change(wait: Raw) -> Change:
        if wait.get("slot_id"):
            left.append((wait["slot_id"], wait["offer_id"]))
        return Change(set={**NO_OFFER, "open_key": None})

    done = WAIT_LIFECYCLE.perform(wait_id, "withdraw", by=by, at=at, key=key, change=change)
    return _leave(done, left, at)


def waits_of(resident_id: str) -> list[Raw]:
    """A resident's requests, the newest first."""
    found = collection(VisitWait).find({"resident_id": resident_id})
    return sorted(found, key=lambda wait: (wait["created_at"], wait["_id"]), reverse=True)


def own_wait(wait_id: str, by: Actor) -> Raw:
    """The caller's request. Raises NotFound."""
    wait = collection(VisitWait).find_one({"_id": wait_id})
    if wait is None or wait["resident_id"] != by.id:
        raise NotFound()
    return wait


def _leave(wait: Raw, left: list[tuple[str, str]], at: datetime) -> Raw:
    """Give the place back and offer it to the next at once; a killed process leaves that to the job."""
    for slot_id, offer_id in left:
        give_back(slot_id, offer_id)
    if left:
        offer_places(at, [wait["township_id"]])
    return collection(VisitWait).find_one({"_id": wait["_id"]}) or wait


def _check_number(by: Actor) -> None:
    opened = sum(wait["state"] in OPEN_STATES for wait in waits_of(by.id))
    if opened >= rule("visitors.waits_open_most"):
        raise LimitReached("waits_open", most=rule("visitors.waits_open_most"))


def _checked_days(days: Sequence[date], at: datetime) -> list[str]:
    """The days in order. Raises InvalidInput for days that are over, or too far ahead, or too many."""
    today, wanted = day_of(at), sorted(set(days))
    if len(wanted) > rule("visitors.wait_days_most"):
        raise InvalidInput(faults=[FieldFault("days", "too_long")])
    if not wanted or wanted[0] < today or wanted[-1] > today + timedelta(days=rule("eldercare.slot_days_ahead_most")):
        raise InvalidInput(faults=[FieldFault("days", "slot_day")])
    return [day.isoformat() for day in wanted]


def _has_free(wait: Raw, at: datetime) -> bool:
    """True where an hour that fits can be booked now by who just comes."""
    first = at + timedelta(hours=rule("eldercare.booking_lead_hours"))
    last = at_local(date.fromisoformat(wait["days"][-1]) + timedelta(days=1))
    wanted = {"township_id": wait["township_id"], "starts_at": {"$gte": first, "$lt": last}}
    slots = [slot for slot in collection(VisitSlot).find(wanted) if slot["free"] > 0 and fits(wait, slot)]
    open_slots = [slot for slot in slots if all(each["elder_id"] != wait["elder_id"] for each in slot["bookings"])]
    owed = promised(open_slots, at)
    return any(slot["free"] > owed[slot["_id"]] for slot in open_slots)


def _visit(visit_id: str) -> Raw:
    visit = collection(Visit).find_one({"_id": visit_id})
    if visit is None:
        raise NotFound()
    return visit
