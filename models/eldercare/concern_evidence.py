"""What answers a concern by itself: the person was seen, has left the register, or what was missing is there."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from config.loading import rule
from models.eldercare.concern_records import (
    BY_PLAN,
    BY_REGISTER,
    BY_SEEN,
    BY_VISITOR,
    CONCERN_LIFECYCLE,
    Concern,
)
from models.eldercare.documents import ACTIVE, CANCELLED, COMPLETED, Elder, Visit
from models.eldercare.plan_records import PlannedVisit, VisitorAbsence, planned_id
from models.eldercare.planning import UNCOVERED
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import Conflict
from models.kernel.lifecycle import Change, Raw


def settle(concern: Raw, at: datetime) -> bool:
    """Resolve an open concern that is answered; False where it is not. Safe to repeat, and to run twice at once."""
    resolution = answer_to(concern)
    if resolution is None:
        return False
    with suppress(Conflict):  # somebody else was first
        CONCERN_LIFECYCLE.perform(
            concern["_id"], "resolve", by=SYSTEM, at=at, key=f"answered:{concern['round']}",
            change=Change(set=resolved(resolution, at), where={"round": concern["round"]}),
        )  # fmt: skip
    return True


def settle_person(elder_id: str, at: datetime) -> int:
    """Resolve what is answered of a person's open concerns; returns how many."""
    found = collection(Concern).find({"elder_id": elder_id}, {"history": 0, "outbox": 0})
    return sum(settle(each, at) for each in list(found) if each["open"])


def resolved(resolution: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What a concern that is over holds."""
    return {"resolution": resolution, "resolved_at": at, "open": False, "open_key": None, "alarm_at": None}


def answer_to(concern: Raw) -> dict[str, Any] | None:
    """The resolution that holds without anybody's word; None while there is none."""
    elder = collection(Elder).find_one({"_id": concern["elder_id"]}, {"state": 1, "periods": 1})
    if elder is None or elder["state"] != ACTIVE:
        return {"kind": BY_REGISTER, "reason": elder["periods"][-1]["reason"] if elder else None}
    visit_id = seen_since(concern["elder_id"], concern["about_at"])
    if visit_id is not None:
        return {"kind": BY_SEEN, "visit_id": visit_id}
    if concern["cause"] == "handed_over" and _has_visitor(concern["visit_id"]):
        return {"kind": BY_VISITOR, "visit_id": concern["visit_id"]}
    if concern["cause"] == "no_substitute" and not _visitor_away(concern["visit_id"]):
        return {"kind": BY_VISITOR, "visit_id": concern["visit_id"]}
    if concern["cause"] == "plan_uncovered" and not _uncovered(concern["elder_id"], concern["occasion"]):
        return {"kind": BY_PLAN}
    return None


def seen_since(elder_id: str, since: datetime) -> str | None:
    """The first visit that saw the person at a moment or later; None where nobody did."""
    visits = collection(Visit).find({"elder_id": elder_id}, {"seen_at": 1})  # of one person: some dozens a year
    seen = [(as_utc(each["seen_at"]), each["_id"]) for each in visits if each.get("seen_at")]
    return min((each for each in seen if each[0] >= as_utc(since)), default=(None, None))[1]


def _has_visitor(visit_id: str) -> bool:
    visit = collection(Visit).find_one({"_id": visit_id}, {"state": 1, "visitor_id": 1})
    return visit is None or visit["state"] in (COMPLETED, CANCELLED) or bool(visit.get("visitor_id"))


def _visitor_away(visit_id: str) -> bool:
    """True where the visit still waits for a visitor who is away on its day."""
    visit = collection(Visit).find_one({"_id": visit_id}, {"state": 1, "visitor_id": 1, "day": 1})
    if visit is None or visit["state"] in (COMPLETED, CANCELLED):
        return False
    away = {"visitor_id": visit.get("visitor_id"), "last_day": {"$gte": visit["day"]}}
    found = collection(VisitorAbsence).find(away, {"first_day": 1, "withdrawn_at": 1})
    return any(each["first_day"] <= visit["day"] and each.get("withdrawn_at") is None for each in found)


def _uncovered(elder_id: str, month: str) -> bool:
    """True where the month's plan still leaves a visit of the person uncovered."""
    most = max(rule("eldercare.visits_by_risk").values())
    ids = [planned_id(month, elder_id, number) for number in range(1, most + 1)]
    return collection(PlannedVisit).find_one({"_id": {"$in": ids}, "state": UNCOVERED}, {"_id": 1}) is not None
