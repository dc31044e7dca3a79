"""The visit itself: begun, the arrival noted, ended with what was found. Attempted is not seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.eldercare.arrival import Nearness, PhonePoint, noted
from models.eldercare.booking import visit_of_place
from models.eldercare.documents import ACTIVE, COMPLETED, IN_PROGRESS, Elder, Visit
from models.eldercare.lifecycle import VISIT_LIFECYCLE
from models.eldercare.periods import is_active, place_on
from models.eldercare.settling import UNDONE, settle_visit
from models.eldercare.visit_reports import (
    Need,
    Report,
    another_report,
    check_report,
    first_report,
    moment,
    stored_report,
)
from models.kernel.actors import VISITOR, Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.encryption import open_json
from models.kernel.errors import Conflict, Forbidden, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry

__all__ = [
    "Nearness",
    "Need",
    "PhonePoint",
    "Report",
    "arrive",
    "begin_unbooked",
    "can_undo",
    "complete_visit",
    "moment",
    "start_visit",
    "undo_visit",
]


@dataclass(frozen=True)
class Beginning:
    """How a visit without booking came about. `facts`: further fields of the visit. `key` names the beginning.

    `uploaded`: it began on an earlier day, so the register and the visitor's place are those of that day.
    """

    key: str | None = None
    uploaded: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def begin_unbooked(
    visit_id: str, elder_id: str, *, by: Actor, at: datetime, device_time: datetime | None = None,
    how: Beginning = Beginning(),
) -> Raw:  # fmt: skip
    """A visitor goes to an old person without booking; a second call with the same id returns the first visit.

    Raises NotFound for a person outside the visitor's place, Conflict (`elder_not_active`).
    """
    began, _ = moment(device_time, at)
    day = day_of(began).isoformat()
    elder = collection(Elder).find_one({"_id": elder_id})
    place = place_on(elder, day if how.uploaded else day_of(at).isoformat()) if elder else None
    if elder is None or place is None or not by.covers(place["district_code"], place["township_id"]):
        raise NotFound()
    if not by.has_role(VISITOR):
        raise Forbidden()
    if elder["state"] != ACTIVE and not (how.uploaded and is_active(elder["periods"], day, day)):
        raise Conflict("elder_not_active")
    visit = Visit(
        id=visit_id, created_at=at, updated_at=at, state=IN_PROGRESS, elder_id=elder_id, visitor_id=by.id,
        district_code=place["district_code"], township_id=place["township_id"], starts_at=began, started_at=began,
        day=day, **how.facts,
    ).raw()  # fmt: skip
    visit["history"] = [history_entry("begin_unbooked", None, IN_PROGRESS, by, at, key=how.key or visit_id)]
    try:
        collection(Visit).insert_one(visit)
    except DuplicateKeyError:
        return collection(Visit).find_one({"_id": visit_id}) or visit
    return visit


def start_visit(
    visit_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None,
    device_time: datetime | None = None, begun_as: str | None = None,
) -> Raw:  # fmt: skip
    """A visitor of the place begins a booked visit. Raises NotFound, and what the lifecycle raises."""
    visit_of_place(visit_id, by)
    began, _ = moment(device_time, at)
    named = {"begun_as": begun_as} if begun_as else {}

    def change(current: Raw) -> Change:
        return Change(set={"started_at": began, **_taken_over(current, by)}, push=named)

    return VISIT_LIFECYCLE.perform(visit_id, "start", by=by, at=at, version=version, key=key, change=change)


def arrive(
    visit_id: str, sight: PhonePoint | Nearness, *, by: Actor, at: datetime, key: str, version: int | None = None,
    device_time: datetime | None = None,
) -> Raw:  # fmt: skip
    """Note the arrival at the home: within the radius or not, and roughly how far; a point itself is forgotten.

    Once within, a later point outside changes nothing. A booked visit begins with it. Raises NotFound, and what the
    lifecycle raises.
    """
    visit = visit_of_place(visit_id, by)
    reached, _ = moment(device_time, at)
    seen = {**noted(sight, home_of(visit["elder_id"])), "at": reached}

    def change(current: Raw) -> Change:
        known = (current.get("arrival") or {}).get("within")
        facts: dict[str, Any] = {} if known else {"arrival": seen}
        begun = {} if current.get("started_at") else {"started_at": reached, **_taken_over(current, by)}
        return Change(set={**facts, **begun})

    return VISIT_LIFECYCLE.perform(visit_id, "arrive", by=by, at=at, version=version, key=key, change=change)


def undo_visit(visit_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """Take back the beginning of one's own visit: a booking stands again, with whom it was made; any other visit is
    over, and what the plan had is planned again. Raises NotFound, and what the lifecycle raises."""
    visit = visit_of_place(visit_id, by)
    action = "undo_start" if visit.get("booking_id") else "call_off"

    def change(current: Raw) -> Change:
        whose = {"visitor_id": current.get("visitor_before") or by.id} if action == "undo_start" else {}
        return Change(set={"started_at": None, "arrival": None, **whose}, push={"owed": f"{UNDONE} {visit_id}"})

    done = VISIT_LIFECYCLE.perform(visit_id, action, by=by, at=at, version=version, key=key, change=change)
    return settle_visit(done, at)


def can_undo(visit: Raw, by: Actor) -> bool:
    """True where the actor may take the beginning back now."""
    return bool(visit["state"] == IN_PROGRESS and visit.get("visitor_id") == by.id)


def _taken_over(visit: Raw, by: Actor) -> dict[str, Any]:
    """Who begins a visit makes it; whose it was is kept, should the beginning be taken back."""
    return {"visitor_id": by.id, "visitor_before": visit.get("visitor_id")}


def complete_visit(
    visit_id: str, report: Report, *, by: Actor, at: datetime, key: str, version: int | None, uploaded: bool = False
) -> Raw:  # fmt: skip
    """End a visit with its outcome. One report counts; another visitor's report of the same visit is kept beside it.

    The same write leaves the family's notice, the alert of the township's supervisor, and, where the person was seen,
    the month to be noted in the register. Raises NotFound, InvalidInput, and what the lifecycle raises; one's own
    second report is refused (a supervisor corrects), unless it was `uploaded` by a phone: then it is kept as well.
    """
    visit = visit_of_place(visit_id, by)
    if _reported(visit, key):
        return settle_visit(visit, at)
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, {"name": 1, "risk_level": 1})
    check_report(report, elder["risk_level"] if elder else "", whole=not uploaded)
    stored = stored_report(key, report, by, at)
    if not _is_further(visit, by, uploaded):
        try:
            done = VISIT_LIFECYCLE.perform(
                visit_id, "complete", by=by, at=at, version=version, key=key,
                change=lambda current: first_report(stored, elder, current),
            )  # fmt: skip
            return settle_visit(done, at)
        except Conflict:  # perhaps somebody else has reported in this very moment
            if not _is_further(visit_of_place(visit_id, by), by, uploaded):
                raise
    done = VISIT_LIFECYCLE.perform(
        visit_id, "report_again", by=by, at=at, key=key, change=lambda current: another_report(stored, current)
    )
    return settle_visit(done, at)


def home_of(elder_id: str) -> dict[str, float] | None:
    """The point of a person's home, WGS-84; None where the register has none. For comparing only, never to be shown."""
    elder = collection(Elder).find_one({"_id": elder_id}, {"private": 1})
    if elder is None:
        return None
    point: dict[str, float] | None = open_json(elder["private"], Elder.private.context).get("point")
    return point


def _is_further(visit: Raw, by: Actor, uploaded: bool) -> bool:
    """True where the visit has a report already, and this one is kept beside it."""
    return bool(visit["state"] == COMPLETED and (uploaded or visit.get("completed_by") != by.id))


def _reported(visit: Raw, key: str) -> bool:
    return any(each["id"] == key for each in visit.get("reports", ()))
