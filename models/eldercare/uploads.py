"""What a phone noted while it was off the network, in one batch: begun, arrived, taken back, completed, or a family's
booking cancelled.

Every event has an id of the phone's and the phone's time. Events of a batch are carried out in the order of that time;
one that comes later than a later one (begun after completed) is added to what stands. An event that was carried out
before changes nothing, so a phone sends again whatever was not answered. Nothing here is kept but in the visits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from models.eldercare.arrival import Nearness, PhonePoint, noted
from models.eldercare.booking import cancel_visit, visit_of_place
from models.eldercare.documents import BOOKED, CANCELLED, COMPLETED, IN_PROGRESS, CancelReason, Visit
from models.eldercare.lifecycle import VISIT_LIFECYCLE
from models.eldercare.visit_reports import Report, moment
from models.eldercare.visiting import (
    Beginning,
    arrive,
    begin_unbooked,
    complete_visit,
    home_of,
    start_visit,
    undo_visit,
)
from models.eldercare.visits_by_plan import begin_planned
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import Conflict, DomainError, FieldFault, InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw

EventKind = Literal["start", "arrive", "undo", "complete", "cancel"]
Result = Literal["done", "kept", "refused"]


@dataclass(frozen=True)
class VisitRef:
    """Which visit: one that the server knows (`visit_id`), or the phone's own (`local_id`) by plan or to a person."""

    visit_id: str | None = None
    local_id: str | None = None
    planned_id: str | None = None
    elder_id: str | None = None


@dataclass(frozen=True, repr=False)
class Event:
    """One thing that the phone noted; `device_time` is that of its clock. a point of an arrival is never kept."""

    id: str
    kind: EventKind
    visit: VisitRef
    device_time: datetime
    report: Report | None = None
    sight: PhonePoint | Nearness | None = None
    reason: CancelReason | None = None


@dataclass(frozen=True)
class Applied:
    """What became of one event. `kept`: the report does not count, another one does. `code`: why it was refused, or
    in which conflict it stands."""

    id: str
    result: Result
    visit: Raw | None = None
    code: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    faults: Sequence[FieldFault] = ()


def upload(events: Sequence[Event], device_id: str, *, by: Actor, at: datetime) -> list[Applied]:
    """Carry out a batch of one device in the order of its clock; one result for each event, in the order given."""
    ordered = sorted(range(len(events)), key=lambda number: (events[number].device_time, number))
    results = {number: _applied(events[number], device_id, by, at) for number in ordered}
    return [results[number] for number in range(len(events))]


def _applied(event: Event, device_id: str, by: Actor, at: datetime) -> Applied:
    key = id_from_key("visit_event", f"{by.id} {device_id} {event.id}")
    try:
        if event.kind == "undo":
            return Applied(event.id, "done", _undone(event, device_id, key, by, at))
        if event.kind == "cancel":
            return Applied(event.id, "done", _cancelled(event, key, by, at))
        # A beginning that only goes before has a key of its own: its event is still to be carried out.
        visit = _visit_of(event, device_id, key if event.kind == "start" else f"{key} begin", by, at)
        done = _carry_out(visit, event, key, by, at)
    except DomainError as refused:
        faults = refused.faults if isinstance(refused, InvalidInput) else ()
        return Applied(event.id, "refused", None, refused.code, refused.params, faults)
    except _Elsewhere as other:
        return Applied(event.id, "refused", other.visit, other.code)
    kept = event.kind == "complete" and done.get("report_id") != key
    return Applied(event.id, "kept" if kept else "done", done, done.get("conflict"))


class _Elsewhere(Exception):
    """The visit goes on with somebody else; the phone's event about its course says nothing that is to be kept."""

    def __init__(self, visit: Raw, code: str) -> None:
        super().__init__(code)
        self.visit, self.code = visit, code


def _visit_of(event: Event, device_id: str, key: str, by: Actor, at: datetime) -> Raw:
    """The visit that an event is about, begun where the server has not heard of it. Raises NotFound and Conflict."""
    ref = event.visit
    if ref.visit_id is not None:
        visit = collection(Visit).find_one({"_id": ref.visit_id})
        if visit is None:
            raise NotFound("visit_unknown")
        here = by.covers(visit["district_code"], visit["township_id"])
        if here and (visit["state"] != CANCELLED or _heard(visit, key)):
            return visit
        return _instead(visit, "cancelled_visit" if here else "visit_elsewhere", event, key, by, at)
    begun_as = _begun_as(ref, device_id, by)
    known = collection(Visit).find_one({"begun_as": begun_as})
    if known is not None and known["state"] == CANCELLED and not _heard(known, key):
        return _instead(known, "cancelled_visit", event, key, by, at)
    if known is not None:
        return known
    began, _ = moment(event.device_time, at)
    if ref.planned_id is not None:
        return begin_planned(
            ref.planned_id, by=by, at=at, began=began, key=key, device_time=event.device_time, begun_as=begun_as,
            uploaded=True,
        )  # fmt: skip
    how = Beginning(key, True, {"begun_as": [begun_as]})
    return begin_unbooked(begun_as, ref.elder_id or "", by=by, at=at, device_time=event.device_time, how=how)


def _begun_as(ref: VisitRef, device_id: str, by: Actor) -> str:
    """The phone's own name of a visit, as it is kept."""
    return id_from_key("device_visit", f"{by.id} {device_id} {ref.local_id}")


def _heard(visit: Raw, key: str) -> bool:
    """True where this very event was carried out, or went before one that was, and is sent again."""
    return any(entry.get("key") in (key, f"{key} begin", key.removesuffix(" begin")) for entry in visit["history"])


def _undone(event: Event, device_id: str, key: str, by: Actor, at: datetime) -> Raw | None:
    """Take back a beginning; where nothing is begun there is nothing to take back. A report stays.

    Raises Conflict (`visit_already_reported`), NotFound for a visit elsewhere.
    """
    ref = event.visit
    wanted = {"_id": ref.visit_id} if ref.visit_id is not None else {"begun_as": _begun_as(ref, device_id, by)}
    visit = collection(Visit).find_one(wanted)
    if visit is None or _heard(visit, key) or visit["state"] in (BOOKED, CANCELLED):
        return visit
    if visit["state"] == COMPLETED:
        raise Conflict("visit_already_reported")
    if visit.get("visitor_id") != by.id:
        raise _Elsewhere(visit, "visit_begun_by_other")
    return undo_visit(visit["_id"], by=by, at=at, key=key)


def _cancelled(event: Event, key: str, by: Actor, at: datetime) -> Raw:
    """Cancel a family's booking; one that is over already stays so. Raises NotFound, Conflict and _Elsewhere."""
    visit = visit_of_place(event.visit.visit_id or "", by)
    if visit["state"] == CANCELLED:
        return visit
    if visit["state"] == COMPLETED:
        raise Conflict("visit_already_reported")
    if visit["state"] == IN_PROGRESS and visit.get("visitor_id") != by.id:
        raise _Elsewhere(visit, "visit_begun_by_other")
    return cancel_visit(visit["_id"], by=by, at=at, key=key, reason=event.reason)


def _instead(visit: Raw, conflict: str, event: Event, key: str, by: Actor, at: datetime) -> Raw:
    """A visit of its own for what was made though the booked one was cancelled, or had gone to another township."""
    how = Beginning(key, True, {"instead_of": visit["_id"], "conflict": conflict})
    visit_id = id_from_key("visit_instead", f"{visit['_id']} {by.id}")
    return begin_unbooked(visit_id, visit["elder_id"], by=by, at=at, device_time=event.device_time, how=how)


def _carry_out(visit: Raw, event: Event, key: str, by: Actor, at: datetime) -> Raw:
    if event.kind == "complete":
        if event.report is None:
            raise InvalidInput(faults=[FieldFault("outcome", "missing")])
        report = replace(event.report, device_time=event.device_time)
        return complete_visit(visit["_id"], report, by=by, at=at, key=key, version=None, uploaded=True)
    if any(entry.get("key") == key for entry in visit["history"]):
        return visit
    if visit["state"] == COMPLETED:
        return _added_late(visit, event, key, by, at)
    if visit["state"] == IN_PROGRESS and visit.get("visitor_id") != by.id:
        raise _Elsewhere(visit, "visit_begun_by_other")
    if event.kind == "arrive":
        return arrive(visit["_id"], _sight(event), by=by, at=at, key=key, device_time=event.device_time)
    if visit["state"] == BOOKED:
        return start_visit(visit["_id"], by=by, at=at, key=key, device_time=event.device_time)
    return _began_earlier(visit, event, key, by, at)


def _added_late(visit: Raw, event: Event, key: str, by: Actor, at: datetime) -> Raw:
    """The beginning or arrival of a visit whose report came first; another visitor's is not added to it."""
    if visit.get("completed_by") != by.id:
        raise _Elsewhere(visit, "visit_reported_by_other")
    began, _ = moment(event.device_time, at)
    if event.kind == "start":
        facts: dict[str, Any] = {"started_at": _earlier(visit, began)}
    else:
        known = (visit.get("arrival") or {}).get("within")
        facts = {} if known else {"arrival": {**noted(_sight(event), home_of(visit["elder_id"])), "at": began}}
    return VISIT_LIFECYCLE.perform(visit["_id"], "add_late", by=by, at=at, key=key, change=Change(set=facts))


def _began_earlier(visit: Raw, event: Event, key: str, by: Actor, at: datetime) -> Raw:
    """The beginning of a visit under way that an arrival had begun; the earlier time is the right one."""
    began, _ = moment(event.device_time, at)
    try:
        return VISIT_LIFECYCLE.perform(
            visit["_id"], "begin_earlier", by=by, at=at, key=key,
            change=lambda current: Change(set={"started_at": _earlier(current, began)}),
        )  # fmt: skip
    except Conflict:  # ended in between: added to what stands
        now = collection(Visit).find_one({"_id": visit["_id"]})
        if now is None or now["state"] != COMPLETED:
            raise
        return _added_late(now, event, key, by, at)


def _earlier(visit: Raw, began: datetime) -> datetime:
    known = visit.get("started_at")
    return began if known is None else min(began, as_utc(known))


def _sight(event: Event) -> PhonePoint | Nearness:
    if event.sight is None:
        raise InvalidInput(faults=[FieldFault("point", "missing")])
    return event.sight
