"""Operations on places that no single application owns: what killed processes left, what time brings about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework import offers
from models.casework import operations as casework
from models.childcare import places, placing
from models.childcare.documents import (
    ENDED,
    GIVEN,
    LIVE_STATES,
    OFFERED,
    PLACED,
    WAITING,
    ChildcareCentre,
    ChildcarePlacement,
)
from models.childcare.notices import placement_notice
from models.childcare.places import Hold
from models.childcare.stays import month_text
from models.kernel.actors import SYSTEM
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.errors import DomainError, IllegalTransition
from models.kernel.outbox import Handler, Receipt, enqueue


def reconcile_places(at: datetime) -> dict[str, int]:
    """Complete what killed processes left between placements, offers and centres; a job calls it every minute.

    Places held too long are given where the acceptance was written, else released and offered on; what ended children
    had goes back; the directory shows every count. Returns counts by what was done. Running it twice, or twice at
    once, changes nothing more.
    """
    counts = {"confirmed": 0, "released": 0, "given_up": 0, "given_back": 0, "published": 0}
    for placement_id, hold in places.held_since(at - timedelta(seconds=rule("casework.hold_seconds"))):
        outcome = _reconcile(placement_id, hold, at)
        if outcome in counts:
            counts[outcome] += 1
    for raw in list(collection(ChildcarePlacement).find({"release_due": True, "state": ENDED})):
        counts["given_back"] += placing.let_go(raw, at)
    counts["published"] = places.publish_waiting(at)
    return counts


def fill_all(at: datetime) -> dict[str, int]:
    """Offer every free place that somebody waits for: what a new month, a renewed registration or an import freed.

    A job calls it every hour; places that an answer or a withdrawal frees are offered at once.
    """
    waited_for = collection(ChildcarePlacement).distinct("choices", {"state": WAITING})
    return {"centres": len(waited_for), "offers": sum(placing.fill(each, at) for each in sorted(waited_for))}


def pass_time(at: datetime) -> dict[str, int]:
    """What a new day brings: children who outgrew childcare, months that begin, registrations that lapsed. Daily."""
    month = month_text(day_of(at))
    outgrown = list(
        collection(ChildcarePlacement).find(
            {"state": {"$in": list(LIVE_STATES)}, "outgrown_from": {"$lte": month}}, {"state": 1}
        )
    )
    for raw in outgrown:
        reason = "stay_over" if raw["state"] == PLACED else "outgrown"
        placing.end(raw["_id"], reason, at, tell=reason == "outgrown")
    return {"outgrown": len(outgrown), "months": places.publish_month(at), **tell_of_lapses(at)}


def tell_of_lapses(at: datetime) -> dict[str, int]:
    """Where a centre's registration has lapsed or it has closed: offers are taken back, placed families are told once.

    Existing placements stay (source: assumption to confirm; the plan asks for supervision, not for the children to go).
    """
    counts = {"offers_taken_back": 0, "families_told": 0}
    for each in collection(ChildcareCentre).find({}, {"_id": 1}):
        back, told = tell_of_lapse(each["_id"], at)
        counts["offers_taken_back"] += back
        counts["families_told"] += told
    return counts


def tell_of_lapse(centre_id: str, at: datetime) -> tuple[int, int]:
    """One centre's part: how many offers were taken back, and how many families told. Safe to repeat."""
    facility = places.centres([centre_id]).get(centre_id)
    why = places.closed_because(facility, day_of(at))
    if facility is None or why is None:
        return 0, 0
    occasion = f"{facility.get('registration_valid_until')} {facility.get('status')}"
    if why == "suspended":
        occasion = f"suspended until {facility['suspended_until']}"
    centre = collection(ChildcareCentre).find_one({"_id": centre_id, "lapse_told": {"$ne": occasion}})
    if centre is None:
        return 0, 0
    back = told = 0
    for application_id, holder in centre["holders"].items():
        given = holder["state"] == GIVEN
        told += given and _tell_of_lapse(application_id, facility, occasion, why, at)
        back += not given and _take_back(application_id, at)
    # Last, so that a crash before repeats what is keyed and does no harm.
    collection(ChildcareCentre).update_one({"_id": centre_id}, {"$set": {"lapse_told": occasion}})
    return back, told


def follow_up(placement_id: str, at: datetime) -> None:
    """What a placement's last step owes other documents; where it is over, its application ends too. Idempotent."""
    placing.follow_up(placement_id, at)
    placement = collection(ChildcarePlacement).find_one({"_id": placement_id, "state": ENDED})
    if placement is None or placement["end_reason"] == placing.WITHDRAWN_BY_FAMILY:
        return
    with suppress(IllegalTransition):  # withdrawn, or ended, in between
        casework.end(
            placement_id, reason=placement["end_reason"], by=SYSTEM, at=at, key=f"childcare:{placement_id}:ended"
        )


def follow_up_handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of `placing.CHANNEL`; `now` gives the present moment. A repeat does no harm."""

    def send(payload: dict[str, Any], key: str) -> Receipt:
        follow_up(payload["placement_id"], now())
        return Receipt("delivered", "followed_up")

    return Handler(send, idempotent=True)


def _tell_of_lapse(application_id: str, facility: dict[str, Any], occasion: str, why: str, at: datetime) -> bool:
    placement = collection(ChildcarePlacement).find_one({"_id": application_id, "state": PLACED})
    if placement is None:
        return False
    key = f"childcare:{application_id}:lapse:{occasion}"
    step = "suspended" if why == "suspended" else "lapsed"
    enqueue(placement_notice(placement, step, centre=facility["name"], key=key), at)
    return True


def _take_back(application_id: str, at: datetime) -> bool:
    placement = collection(ChildcarePlacement).find_one({"_id": application_id, "state": OFFERED})
    if placement is None:
        return False
    try:
        offers.withdraw(placement["offer"]["id"], by=SYSTEM, at=at)
    except DomainError:
        return False  # answered this very moment
    return True


def _reconcile(placement_id: str, hold: Hold, at: datetime) -> str:
    outcome = placing.settle(placement_id, hold, at)
    if outcome == "open":
        raw = collection(ChildcarePlacement).find_one({"_id": placement_id}, {"state": 1})
        # An offer under way holds its place until it is answered. A child that still waits at the version the attempt
        # began from had its process die: a new version ends that attempt for good, even if it is only slow.
        if raw is None or raw["state"] != WAITING or not placing.give_up(placement_id, hold.attempt, at):
            return "open"
        placing.settle(placement_id, hold, at)
        outcome = "given_up"
    if outcome in ("released", "given_up"):
        placing.fill(hold.centre_id, at)
        placing.seek(placement_id, at)
    return outcome
