"""Reads of the month's plan, and visitors' absences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.eldercare.plan_records import WITHDRAWN, AbsenceReason, PlannedVisit, VisitorAbsence
from models.eldercare.planning import UNCOVERED
from models.eldercare.slot_opening import open_hours_of
from models.eldercare.substitutes import hand_over
from models.eldercare.visitors import speaks_for, visitor_account
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.errors import FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

PLAN = "visit_plan"
LOAD_FIELDS = {"state": 1, "reason": 1, "visitor_id": 1, "day": 1}


@dataclass(frozen=True)
class Load:
    """A township's month: how many visits are in each state, why some have no day, and how many a visitor has on a
    day (visitor → day → count)."""

    states: Mapping[str, int]
    reasons: Mapping[str, int]
    by_visitor: Mapping[str, Mapping[str, int]]


def page_of_plan(month: str, township_id: str, uncovered: bool, cursor: str | None, limit: int) -> Page:
    """A township's planned visits, by day, visitor and stop; what is uncovered comes first, or (asked for) alone.

    Raises InvalidInput for a cursor of another list.
    """
    # All of one township, some hundreds: a range over the order would make the embedded database read everybody's.
    wanted: dict[str, Any] = {"of_township": f"{month} {township_id}"}
    if uncovered:
        wanted["state"] = UNCOVERED
    after = _position(cursor, wanted)
    found = sorted((_order(each), each) for each in collection(PlannedVisit).find(wanted) if each["state"] != WITHDRAWN)
    rest = [(order, each) for order, each in found if after is None or order > after]
    items = [each for _, each in rest[:limit]]
    following = (
        {"of": PLAN, "in": sorted(wanted.values()), "at": list(rest[limit - 1][0])} if len(rest) > limit else None
    )
    return Page(items, encode_cursor(following) if following else None)


def load_of_month(month: str, township_id: str) -> Load:
    """What a township's plan of a month asks of its visitors, day by day."""
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    by_visitor: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in collection(PlannedVisit).find({"of_township": f"{month} {township_id}"}, LOAD_FIELDS):
        if each["state"] == WITHDRAWN:
            continue
        states[each["state"]] += 1
        if each["state"] == UNCOVERED:
            reasons[each.get("reason") or ""] += 1
        elif each.get("visitor_id") and each.get("day"):
            by_visitor[each["visitor_id"]][each["day"]] += 1
    return Load(states, reasons, by_visitor)


def enter_absence(
    absence_id: str, visitor_id: str, first: date, last: date, reason: AbsenceReason, *, by: Actor, at: datetime
) -> Raw:  # fmt: skip
    """A visitor is away from one day to another; a second call with the same id returns the first absence.

    What today and tomorrow hold goes to others at once (`substitutes`), their hours are closed to families; the next
    night's repair plans the other days anew. Raises NotFound for whom the actor may not speak for, InvalidInput for
    days in a wrong order or too many.
    """
    worker = visitor_account(visitor_id, by)
    if last < first:
        raise InvalidInput(faults=[FieldFault("last_day", "before_period")])
    if (last - first).days >= rule("eldercare.absence_days_most"):
        raise InvalidInput(faults=[FieldFault("last_day", "range_too_long")])
    absence = VisitorAbsence(
        id=absence_id, created_at=at, updated_at=at, visitor_id=visitor_id, district_code=worker["district_code"],
        township_ids=worker.get("township_ids") or [], first_day=first.isoformat(), last_day=last.isoformat(),
        reason=reason, entered_by=by.id,
    ).raw()  # fmt: skip
    try:
        collection(VisitorAbsence).insert_one(absence)
    except DuplicateKeyError:
        return collection(VisitorAbsence).find_one({"_id": absence_id}) or absence
    audit.record(by, "visitor_absence_entered", f"visitor_absence:{absence_id}", at,
                 district_code=absence["district_code"])  # fmt: skip
    open_hours_of(visitor_id, at)
    hand_over(absence, at)
    return collection(VisitorAbsence).find_one({"_id": absence_id}) or absence


def withdraw_absence(absence_id: str, *, by: Actor, at: datetime) -> Raw:
    """Take an absence back; the visitor's hours open again. What a substitute took stays with them, for families were
    told. Again: nothing happens. Raises NotFound for another place's."""
    absence = collection(VisitorAbsence).find_one({"_id": absence_id})
    if absence is None:
        raise NotFound()
    visitor_account(absence["visitor_id"], by)
    change = {"$set": {"withdrawn_at": at, "withdrawn_by": by.id, "updated_at": at}, "$inc": {"version": 1}}
    if collection(VisitorAbsence).update_one({"_id": absence_id, "withdrawn_at": None}, change).modified_count:
        audit.record(by, "visitor_absence_withdrawn", f"visitor_absence:{absence_id}", at,
                     district_code=absence["district_code"])  # fmt: skip
        open_hours_of(absence["visitor_id"], at)
    return collection(VisitorAbsence).find_one({"_id": absence_id}) or absence


def absences_of(by: Actor, since: date, district_code: str | None) -> list[Raw]:
    """The absences that end on a day or later, of the actor's place, or one's own; the earliest first.

    Raises InvalidInput where the whole city's staff name no county, Forbidden for another county.
    """
    district = district_code or by.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("district_code", "missing")])
    if by.district_code not in (None, district):
        raise Forbidden()
    wanted = {"district_code": district, "last_day": {"$gte": since.isoformat()}}
    found = collection(VisitorAbsence).find(wanted).limit(rule("eldercare.day_list_most"))
    mine = [each for each in found if each.get("withdrawn_at") is None and speaks_for(by, each, each["visitor_id"])]
    return sorted(mine, key=lambda each: (each["first_day"], each["_id"]))


def _order(planned: Raw) -> tuple[str, str, int, str]:
    return planned.get("day") or "", planned.get("visitor_id") or "", planned.get("place") or 0, planned["_id"]


def _position(cursor: str | None, wanted: dict[str, Any]) -> tuple[str, str, int, str] | None:
    if cursor is None:
        return None
    position = decode_cursor(cursor)
    if position.get("of") != PLAN or position.get("in") != sorted(wanted.values()):
        raise InvalidInput("bad_cursor")
    day, visitor, place, last = position["at"]
    return day, visitor, place, last
