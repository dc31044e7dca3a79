"""A visitor begins a planned visit: the plan's row gets its visit at once, and the nightly repair finds it met.

The visit's id follows from the row and the attempt, so that two visitors who begin the same row are in one visit, also
when a phone tells of it a day later. Where an attempt has ended before this one began, it is the next attempt.
"""

from __future__ import annotations

from datetime import datetime

from models.eldercare.documents import BOOKED, CANCELLED, COMPLETED, IN_PROGRESS, Visit
from models.eldercare.plan_records import PLACE_IN_PLAN, PlannedVisit
from models.eldercare.planning import MET, PLANNED, UNCOVERED
from models.eldercare.visiting import Beginning, begin_unbooked, start_visit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import Conflict, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw

ATTEMPTS_MOST = 20


def begin_planned(
    planned_id: str, *, by: Actor, at: datetime, began: datetime, key: str, device_time: datetime | None = None,
    begun_as: str | None = None, uploaded: bool = False,
) -> Raw:  # fmt: skip
    """Begin the visit of a planned row, or join the one that is under way; a booked visit that meets it is begun.

    `began`: when, as trusted. `begun_as`: the phone's own name of the visit. Raises NotFound for a row of nobody in
    the visitor's place, Conflict (`elder_not_active`, `planned_too_often`).
    """
    row = collection(PlannedVisit).find_one({"_id": planned_id})
    if row is None:
        raise NotFound()
    booked = _booked_for(row)
    if booked is not None and by.covers(booked["district_code"], booked["township_id"]):
        if booked["state"] == BOOKED:
            return start_visit(booked["_id"], by=by, at=at, key=key, device_time=device_time, begun_as=begun_as)
        return _joined(booked, begun_as)
    for attempt in range(1, ATTEMPTS_MOST + 1):
        visit_id = id_from_key("visit_of_plan", f"{planned_id} {attempt}")
        known = collection(Visit).find_one({"_id": visit_id})
        if known is not None and _is_over(known, began, key):
            continue
        if known is not None:
            if not by.covers(known["district_code"], known["township_id"]):
                raise NotFound()
            return _joined(known, begun_as)
        facts = {
            "planned_id": planned_id, "begun_as": [begun_as] if begun_as else [],
            **({"plan_was": {name: row.get(name) for name in PLACE_IN_PLAN}} if row["state"] == PLANNED else {}),
        }  # fmt: skip
        how = Beginning(key, uploaded, facts)
        visit = begin_unbooked(visit_id, row["elder_id"], by=by, at=at, device_time=device_time, how=how)
        _meet(row, visit, at)
        return _joined(visit, begun_as)
    raise Conflict("planned_too_often")


def _is_over(visit: Raw, began: datetime, key: str) -> bool:
    """True where this attempt ended before one that began then; the beginning of this very attempt finds it again."""
    if visit["state"] == CANCELLED:
        return not any(entry.get("key") == key for entry in visit["history"])
    return bool(visit["state"] == COMPLETED and as_utc(visit["found_at"]) <= began)


def _booked_for(row: Raw) -> Raw | None:
    """The booked or begun visit by which the row is met, of those that families book."""
    if row["state"] != MET or not row.get("visit_id"):
        return None
    visit = collection(Visit).find_one({"_id": row["visit_id"]})
    fits = visit is not None and visit.get("booking_id") and visit["state"] in (BOOKED, IN_PROGRESS)
    return visit if fits else None


def _joined(visit: Raw, begun_as: str | None) -> Raw:
    """The visit, known under the phone's name of it as well."""
    if begun_as is not None and begun_as not in visit.get("begun_as", ()) and visit["state"] != CANCELLED:
        collection(Visit).update_one({"_id": visit["_id"]}, {"$addToSet": {"begun_as": begun_as}})
    return visit


def _meet(row: Raw, visit: Raw, at: datetime) -> None:
    """The row is met by the visit; where a repair has rewritten it in between, the next one finds the visit."""
    collection(PlannedVisit).update_one(
        {"_id": row["_id"], "version": row["version"], "state": {"$in": [PLANNED, UNCOVERED]}},
        {"$set": {"state": MET, "visit_id": visit["_id"], "day": visit["day"], "visitor_id": None, "place": None,
                  "reason": None, "updated_at": at}, "$inc": {"version": 1}},
    )  # fmt: skip
