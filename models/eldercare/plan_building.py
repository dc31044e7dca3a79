"""Building a month's plan and repairing it by night: computed as a whole, written one planned visit at a time.

A build that was killed finds no `VisitPlan` and computes the same plan from nothing: what is written already stays as
it is, the rest follows. A repair writes in the order in which it decided, so one that was killed goes on where it was
(see `planning`). Each write is an insert under a derived id or a compare-and-set; visits themselves are never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError

from config.loading import catalogue, rule
from models.eldercare import plan_inputs
from models.eldercare.plan_records import WITHDRAWN, PlannedVisit, VisitPlan, plan_id, planned_id
from models.eldercare.planning import MET, PLANNED, Number, Row, Slot, build, repair
from models.kernel.clock import day_of, month_of
from models.kernel.database import collection
from models.kernel.lifecycle import Raw

DUPLICATE_KEY = 11000
CHANGING = ("state", "of", "of_township", "visitor_id", "day", "place", "visit_id", "reason")


def plan_present_month(at: datetime) -> dict[str, int]:
    """Build the plan of the month in which `at` lies, county by county, or repair it where it stands.

    Returns how many planned visits were written or changed, how many there are, and how many are uncovered.
    """
    month = month_of(at)
    month_days = plan_inputs.days_of_month(month)
    visits = plan_inputs.visits_of_month(month_days, at)
    totals = {"planned": 0, "met": 0, "uncovered": 0, "written": 0}
    for district_code in sorted(catalogue().districts):
        for name, count in plan_county(month, district_code, visits, at).items():
            totals[name] += count
    return totals


def plan_county(month: str, district_code: str, visits: plan_inputs.MonthVisits, at: datetime) -> dict[str, int]:
    """One county's plan, built or repaired; counts as `plan_present_month`."""
    month_days = plan_inputs.days_of_month(month)
    people = plan_inputs.people_of_county(district_code, month_days, visits, at)
    visitors = plan_inputs.visitors_of_county(district_code, month_days, visits)
    days = plan_inputs.workdays_left(month_days, at)
    stored = {each["_id"]: each for each in collection(PlannedVisit).find({"of": f"{month} {district_code}"})}
    built = collection(VisitPlan).find_one({"_id": plan_id(month, district_code)}) is not None
    rows = (
        repair(people, visitors, days, month_days, _kept(stored))
        if built
        else build(people, visitors, days, month_days)
    )
    documents = [_document(row, month, district_code, at) for row in rows]
    written = _write(documents, stored, at) + _withdraw(documents, stored, at)
    if not built:
        _say_built(month, district_code, at)
    counts = {state: sum(row.state == state for row in rows) for state in ("planned", "met", "uncovered")}
    return {**counts, "written": written}


def _kept(stored: Mapping[str, Raw]) -> dict[Number, Slot]:
    return {
        (each["elder_id"], each["number"]): (each["visitor_id"], each["day"])
        for each in stored.values()
        if each["state"] == PLANNED
    }


def _document(row: Row, month: str, district_code: str, at: datetime) -> Raw:
    """As stored; written by hand, for building thousands of mongoengine objects takes longer than the plan."""
    return {
        "_id": planned_id(month, row.person_id, row.number), "version": 1, "created_at": at, "updated_at": at,
        "state": row.state, "month": month, "elder_id": row.person_id, "number": row.number,
        "of": f"{month} {district_code}", "of_township": f"{month} {row.township_id}", "visitor_id": row.visitor_id,
        "day": row.day, "place": row.place, "visit_id": row.visit_id, "reason": row.reason,
    }  # fmt: skip


def _write(documents: list[Raw], stored: Mapping[str, Raw], at: datetime) -> int:
    """Insert what is new and change what differs, in their order; returns how many were written."""
    count, waiting = 0, []
    for document in documents:
        known = stored.get(document["_id"])
        if known is None:
            waiting.append(document)
            continue
        if _differs(known, document):
            count += _insert(waiting, at) + _change(known, document, at)
            waiting = []
    return count + _insert(waiting, at)


def _insert(documents: list[Raw], at: datetime) -> int:
    """Insert in batches, in order; one that another county or another process wrote is changed instead."""
    count, rest = 0, iter(documents)
    while batch := list(islice(rest, rule("eldercare.plan_batch"))):
        while batch:
            try:
                collection(PlannedVisit).insert_many(batch, ordered=True)
                count += len(batch)
                batch = []
            except BulkWriteError as fault:
                error = fault.details["writeErrors"][0]
                if error["code"] != DUPLICATE_KEY:
                    raise
                met = batch[error["index"]]
                known = collection(PlannedVisit).find_one({"_id": met["_id"]})
                count += error["index"]
                count += _change(known, met, at) if known is not None and _differs(known, met) else 0
                batch = batch[error["index"] + 1 :]
    return count


def _change(known: Raw, document: Raw, at: datetime) -> int:
    """Write what differs, if nobody changed it in between; what was, the next night finds and repairs."""
    changes: dict[str, Any] = {name: document[name] for name in CHANGING}
    update: dict[str, Any] = {"$set": {**changes, "updated_at": at}, "$inc": {"version": 1}}
    if known["state"] == PLANNED and known["day"] < day_of(at).isoformat() and document["state"] != MET:
        update["$addToSet"] = {"missed": known["day"]}  # planned anew, but not forgotten
    return (
        collection(PlannedVisit).update_one({"_id": known["_id"], "version": known["version"]}, update).modified_count
    )


def _differs(known: Raw, document: Raw) -> bool:
    return any(known.get(name) != document[name] for name in CHANGING)


def _withdraw(documents: Iterable[Raw], stored: Mapping[str, Raw], at: datetime) -> int:
    """Numbers of this county that nobody needs any more: a lower risk, somebody gone or transferred to another county.

    Of a transferred person the other county takes the number over; whichever county is later, one of both has it.
    """
    needed = {document["_id"] for document in documents}
    count = 0
    for known in stored.values():
        if known["_id"] not in needed and known["state"] != WITHDRAWN:
            count += _change(known, {**known, "state": WITHDRAWN, "visitor_id": None, "place": None}, at)
    return count


def _say_built(month: str, district_code: str, at: datetime) -> None:
    plan = VisitPlan(
        id=plan_id(month, district_code), created_at=at, updated_at=at, month=month, district_code=district_code
    )
    try:
        collection(VisitPlan).insert_one(plan.raw())
    except DuplicateKeyError:  # another process was as far
        return
