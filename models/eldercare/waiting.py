"""Waiting for an hour: a queue a township, and places held for who is first in it.

A hold is one compare-and-set write on its slot, as a booking is; the request then follows it (`offer`). What a killed
process leaves is a hold whose request does not know of it, or an offer whose hold is gone: `settle_holds` finds both.
A place that is promised to who waits is not sold to who just comes (`check_turn`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from config.loading import rule
from models.eldercare import notices
from models.eldercare.documents import ACTIVE, CONFIRMED, Elder, ElderLink, Visit, VisitSlot
from models.eldercare.settling import masked_name
from models.eldercare.waiting_documents import (
    AFTERNOON,
    DAYS_OVER,
    MORNING,
    NOT_ACTIVE,
    NOT_LINKED,
    OFFERED,
    OFFERS_LAPSED,
    OPEN_STATES,
    WAIT_LIFECYCLE,
    WAITING,
    VisitWait,
)
from models.eldercare.waiting_ends import NO_OFFER, give_back, taken
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc, at_local, day_of, local
from models.kernel.database import change_one, collection
from models.kernel.document import SOME_TEXT
from models.kernel.errors import Conflict
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw
from models.people.quiet_hours import next_waking

Order = tuple[datetime, str]


def half_day(starts_at: datetime) -> str:
    """The half of China's day in which an hour begins."""
    return MORNING if local(starts_at).time() < time.fromisoformat(rule("visitors.noon")) else AFTERNOON


def fits(wait: Raw, slot: Raw) -> bool:
    """True where the hour is one of those that the family named, and was not passed on before."""
    starts = as_utc(slot["starts_at"])
    return (
        wait["township_id"] == slot["township_id"]
        and day_of(starts).isoformat() in wait["days"]
        and half_day(starts) in wait["half_days"]
        and slot["_id"] not in wait.get("passed", ())
    )


def hold_until(starts_at: datetime, at: datetime) -> datetime | None:
    """How long a place is held for an answer: waking hours, and never into the time in which it cannot be booked any
    more; None where too little is left for an answer."""
    latest = as_utc(starts_at) - timedelta(hours=rule("eldercare.booking_lead_hours"))
    until = min(next_waking(at) + timedelta(hours=rule("visitors.wait_hold_hours")), latest)
    least = next_waking(at) + timedelta(minutes=rule("visitors.wait_hold_least_minutes"))
    return until if until >= least else None


def order_of(wait: Raw) -> Order:
    """Its place in the queue: by time, and then by id."""
    return as_utc(wait["queued_at"]), wait["_id"]


def queue_of(township_ids: Iterable[str], states: Sequence[str] = (WAITING,)) -> list[Raw]:
    """The requests of townships in these states, the first in line first."""
    wanted = {"state": {"$in": list(states)}, "township_id": {"$in": sorted(set(township_ids))}}
    return sorted(collection(VisitWait).find(wanted), key=order_of)


def position_of(wait: Raw) -> int | None:
    """Which in line a request is in its township, from one; None once it is over."""
    if wait["state"] not in OPEN_STATES:
        return None
    return 1 + sum(order_of(each) < order_of(wait) for each in queue_of([wait["township_id"]], OPEN_STATES))


def check_turn(slot_id: str, resident_id: str, elder_id: str, at: datetime) -> None:
    """Raise Conflict (`slot_promised`) where all free places of the slot are owed to who waits before this family."""
    slot = collection(VisitSlot).find_one({"_id": slot_id}, {"township_id": 1, "starts_at": 1, "free": 1})
    if slot is None or slot["free"] <= 0:
        return  # the booking itself says what is wrong
    if promised([slot], at, (resident_id, elder_id))[slot_id] >= slot["free"]:
        raise Conflict("slot_promised")


def promised(slots: Sequence[Raw], at: datetime, family: tuple[str, str] | None = None) -> dict[str, int]:
    """How many places of each slot are owed to requests that wait; of a family that waits too, to those before it."""
    owed = {slot["_id"]: 0 for slot in slots}
    queue = queue_of(slot["township_id"] for slot in slots) if slots else []
    own = next((each for each in queue if (each["resident_id"], each["elder_id"]) == family), None)
    before = [each for each in queue if own is None or order_of(each) < order_of(own)]
    for slot in slots if before else ():
        if hold_until(slot["starts_at"], at) is not None:
            owed[slot["_id"]] = sum(fits(each, slot) for each in before)
    return owed


def open_to_all(slots: Sequence[Raw], at: datetime, family: tuple[str, str] | None = None) -> list[Raw]:
    """The slots with the places that are owed to nobody, or to nobody before this family, without those that have
    none."""
    owed = promised(slots, at, family)
    left = [{**slot, "free": slot["free"] - owed[slot["_id"]]} for slot in slots]
    return [slot for slot in left if slot["free"] > 0]


def offer_places(at: datetime, township_ids: Iterable[str] | None = None) -> int:
    """Hold free places for who is first in line, township by township; returns how many were offered."""
    if township_ids is None:
        found = collection(VisitWait).find({"state": WAITING}, {"township_id": 1})
        township_ids = {wait["township_id"] for wait in found}
    return sum(_offer_in(township, at) for township in sorted(set(township_ids)))


def _offer_in(township_id: str, at: datetime) -> int:
    queue = queue_of([township_id])
    if not queue:
        return 0
    last = at_local(date.fromisoformat(max(day for wait in queue for day in wait["days"])) + timedelta(days=1))
    wanted = {"township_id": township_id, "starts_at": {"$gt": at, "$lt": last}}
    free = [slot for slot in collection(VisitSlot).find(wanted) if slot["free"] > 0]
    slots = sorted(free, key=lambda slot: (slot["starts_at"], slot["_id"]))
    count = 0
    for wait in queue:
        fitting = [slot for slot in slots if fits(wait, slot)]
        count += bool(fitting) and _may_be_offered(wait, at) and any(_offered(wait, slot, at) for slot in fitting)
    return count


def _offered(wait: Raw, slot: Raw, at: datetime) -> bool:
    """Hold a place of the slot for the request, and tell the family; False where there is none for it."""
    until = hold_until(slot["starts_at"], at)
    if until is None:
        return False
    hold = {"id": f"{wait['_id']}:{wait['offers'] + 1}", "wait_id": wait["_id"], "elder_id": wait["elder_id"],
            "until": until}  # fmt: skip
    held = change_one(
        collection(VisitSlot),
        {
            "_id": slot["_id"], "free": {"$gt": 0}, "bookings.elder_id": {"$ne": wait["elder_id"]},
            "holds.elder_id": {"$ne": wait["elder_id"]},
        },
        {"$push": {"holds": hold, "held": wait["_id"]}, "$inc": {"free": -1, "version": 1}},
    )  # fmt: skip
    return held is not None and _tell(held, hold, at)


def _may_be_offered(wait: Raw, at: datetime) -> bool:
    """The person is on the register and the resident still linked; else the request ends."""
    elder = collection(Elder).find_one({"_id": wait["elder_id"]}, {"state": 1, "name": 1})
    if elder is None or elder["state"] != ACTIVE:
        expire(wait, NOT_ACTIVE, at)
        return False
    linked = {"resident_id": wait["resident_id"], "elder_id": wait["elder_id"], "state": CONFIRMED}
    if collection(ElderLink).find_one(linked, {"_id": 1}) is None:
        expire(wait, NOT_LINKED, at)
        return False
    return True


def _tell(slot: Raw, hold: Raw, at: datetime) -> bool:
    """Let the request know of its hold; a hold that it has no use for is given back."""
    elder = collection(Elder).find_one({"_id": hold["elder_id"]}, {"name": 1})

    def change(wait: Raw) -> Change:
        told = {**wait, "starts_at": slot["starts_at"]}
        facts = {"slot_id": slot["_id"], "offer_id": hold["id"], "offered_until": hold["until"],
                 "starts_at": slot["starts_at"]}  # fmt: skip
        notice = notices.wait_notice("wait_offered", told, masked_name(elder), hold["id"])
        return Change(set=facts, inc={"offers": 1}, outbox=[notice])

    try:
        wait = WAIT_LIFECYCLE.perform(hold["wait_id"], "offer", by=SYSTEM, at=at, key=hold["id"], change=change)
    except Conflict:  # offered another place, withdrawn or over in between
        give_back(slot["_id"], hold["id"])
        return False
    if wait["state"] != OFFERED or wait["slot_id"] != slot["_id"] or wait["offer_id"] != hold["id"]:
        give_back(slot["_id"], hold["id"])
        return False
    return True


def settle_holds(at: datetime) -> dict[str, int]:
    """Let go of holds whose time is over or that nobody waits for, end what is over, and offer what is free."""
    batch = rule("visitors.wait_batch")
    for slot in list(collection(VisitSlot).find({"held": SOME_TEXT}).limit(batch)):
        for hold in slot.get("holds", ()):
            _settle_hold(slot, hold, at)
    lapsed = [wait for wait in collection(VisitWait).find({"state": OFFERED}) if as_utc(wait["offered_until"]) <= at]
    for wait in lapsed:
        _settle_offer(wait, at)
    over = [wait for wait in collection(VisitWait).find({"state": WAITING}) if is_over(wait, at)]
    for wait in over:
        expire(wait, DAYS_OVER, at)
    return {"lapsed": len(lapsed), "over": len(over), "offered": offer_places(at)}


def _settle_hold(slot: Raw, hold: Raw, at: datetime) -> None:
    wait = collection(VisitWait).find_one({"_id": hold["wait_id"]})
    in_time = as_utc(hold["until"]) > at
    if (
        wait is not None
        and wait["state"] == WAITING
        and in_time
        and hold["id"] == f"{wait['_id']}:{wait['offers'] + 1}"
    ):
        _tell(slot, hold, at)
    elif wait is None or wait["state"] != OFFERED or wait["offer_id"] != hold["id"] or wait["slot_id"] != slot["_id"]:
        give_back(slot["_id"], hold["id"])
    elif not in_time:
        give_back(slot["_id"], hold["id"])
        _settle_offer(wait, at)


def _settle_offer(wait: Raw, at: datetime) -> None:
    """An offer whose time is over: booked after all, or lapsed; after too many of those the request ends."""
    slot = collection(VisitSlot).find_one({"_id": wait["slot_id"]}, {"bookings": 1, "holds": 1}) or {}
    visit_id = visit_of_offer(wait)
    if any(hold["id"] == wait["offer_id"] for hold in slot.get("holds", ())):
        give_back(wait["slot_id"], wait["offer_id"])
    booked = any(each["id"] == visit_id for each in slot.get("bookings", ()))
    if booked or collection(Visit).find_one({"_id": visit_id}, {"_id": 1}) is not None:
        taken(wait, visit_id, at)
    elif wait["lapses"] + 1 >= rule("visitors.wait_lapses_most"):
        expire(wait, OFFERS_LAPSED, at)
    else:
        elder = collection(Elder).find_one({"_id": wait["elder_id"]}, {"name": 1})
        notice = notices.wait_notice("wait_lapsed", wait, masked_name(elder), wait["offer_id"])
        change = Change(set={**NO_OFFER, "queued_at": at}, inc={"lapses": 1}, push={"passed": wait["slot_id"]},
                        outbox=[notice])  # fmt: skip
        with suppress(Conflict):
            WAIT_LIFECYCLE.perform(wait["_id"], "lapse", by=SYSTEM, at=at, key=f"lapse {wait['offer_id']}",
                                   version=wait["version"], change=change)  # fmt: skip


def expire(wait: Raw, reason: str, at: datetime) -> None:
    """End a request that can come to nothing; the family is told."""
    elder = collection(Elder).find_one({"_id": wait["elder_id"]}, {"name": 1})
    notice = notices.wait_notice("wait_over", wait, masked_name(elder), "over")
    change = Change(set={"end_reason": reason, "open_key": None}, outbox=[notice])
    with suppress(Conflict):
        WAIT_LIFECYCLE.perform(wait["_id"], "expire", by=SYSTEM, at=at, key="expire", version=wait["version"],
                               change=change)  # fmt: skip
    if wait.get("slot_id"):
        give_back(wait["slot_id"], wait["offer_id"])


def is_over(wait: Raw, at: datetime) -> bool:
    """True once no hour of the days named can be offered any more."""
    last = date.fromisoformat(max(wait["days"]))
    hour, minute = max(rule("eldercare.slot_starts")).split(":")
    return hold_until(at_local(last, int(hour), int(minute)), at) is None


def visit_of_offer(wait: Raw) -> str:
    """The id of the visit that comes of the present offer, whoever books it and how often."""
    return id_from_key("visit of a waiting request", wait["offer_id"])
