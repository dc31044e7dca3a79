"""The visit itself: begun, and ended with what was found. Attempted is not seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.eldercare import notices
from models.eldercare.booking import visit_of_place
from models.eldercare.documents import ACTIVE, IN_PROGRESS, VISIT_NOTES, Elder, Outcome, Visit
from models.eldercare.lifecycle import VISIT_LIFECYCLE
from models.eldercare.settling import TALLY, masked_name, settle_visit
from models.kernel.actors import VISITOR, Actor
from models.kernel.clock import day_of, month_of
from models.kernel.database import collection
from models.kernel.encryption import seal_text
from models.kernel.errors import Conflict, Forbidden, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry


@dataclass(frozen=True)
class Report:
    """What the visitor found. `device_time`: the phone's clock, which may have been off the network since."""

    outcome: Outcome
    notes: str | None = None
    device_time: datetime | None = None


def begin_unbooked(
    visit_id: str, elder_id: str, *, by: Actor, at: datetime, device_time: datetime | None = None
) -> Raw:  # fmt: skip
    """A visitor goes to an old person without booking; a second call with the same id returns the first visit.

    Raises NotFound for a person outside the visitor's place, Conflict (`elder_not_active`).
    """
    elder = collection(Elder).find_one({"_id": elder_id})
    if elder is None or not by.covers(elder["district_code"], elder["township_id"]):
        raise NotFound()
    if not by.has_role(VISITOR):
        raise Forbidden()
    if elder["state"] != ACTIVE:
        raise Conflict("elder_not_active")
    began, _ = moment(device_time, at)
    visit = Visit(
        id=visit_id, created_at=at, updated_at=at, state=IN_PROGRESS, elder_id=elder_id, visitor_id=by.id,
        district_code=elder["district_code"], township_id=elder["township_id"], starts_at=began, started_at=began,
        day=day_of(began).isoformat(),
    ).raw()  # fmt: skip
    visit["history"] = [history_entry("begin_unbooked", None, IN_PROGRESS, by, at, key=visit_id)]
    try:
        collection(Visit).insert_one(visit)
    except DuplicateKeyError:
        return collection(Visit).find_one({"_id": visit_id}) or visit
    return visit


def start_visit(
    visit_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None,
    device_time: datetime | None = None,
) -> Raw:  # fmt: skip
    """A visitor of the place begins a booked visit. Raises NotFound, and what the lifecycle raises."""
    visit_of_place(visit_id, by)
    began, _ = moment(device_time, at)
    change = Change(set={"started_at": began, "visitor_id": by.id})
    return VISIT_LIFECYCLE.perform(visit_id, "start", by=by, at=at, version=version, key=key, change=change)


def complete_visit(visit_id: str, report: Report, *, by: Actor, at: datetime, key: str, version: int) -> Raw:
    """End a visit with its outcome; one report counts, a second one meets the lifecycle's refusal.

    The same write leaves the family's notice, the alert of the township's supervisor, and, where the person was
    seen, the month to be noted in the register. Raises NotFound, and what the lifecycle raises.
    """
    visit = visit_of_place(visit_id, by)
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, {"name": 1})
    seen_at, trusted = moment(report.device_time, at)
    seen = report.outcome in rule("eldercare.outcomes_seen")
    facts = {
        "outcome": report.outcome,
        "notes": seal_text(report.notes, VISIT_NOTES) if report.notes else None,
        "completed_at": at,
        "completed_by": by.id,
        "device_time": report.device_time,
        "device_time_trusted": trusted,
        "seen_at": seen_at if seen else None,
    }

    def change(current: Raw) -> Change:
        entries = notices.outcome_notice(current, masked_name(elder), report.outcome)
        owed = {"owed": f"{TALLY} {month_of(seen_at)}"} if seen else {}
        return Change(set=facts, push=owed, outbox=[*entries, *notices.staff_alerts(current, report.outcome)])

    done = VISIT_LIFECYCLE.perform(visit_id, "complete", by=by, at=at, version=version, key=key, change=change)
    return settle_visit(done, at)


def moment(device_time: datetime | None, at: datetime) -> tuple[datetime, bool]:
    """When it happened, and whether the phone's clock was trusted.

    The phone's time counts while it is plausible (rules: days off the network, skew of its clock), so that a visit of
    the month's last evening that is uploaded on the next day belongs to its month; otherwise the server's.
    """
    if device_time is None:
        return at, False
    back = timedelta(hours=rule("eldercare.device_time_back_hours"))
    ahead = timedelta(minutes=rule("eldercare.device_time_ahead_minutes"))
    trusted = at - back <= device_time <= at + ahead
    return (min(device_time, at), True) if trusted else (at, False)
