"""Supervision of centres: what was found there and made public, and suspensions, against which the centre may appeal.

Source: the plan, on childcare: results of supervision are made public, and who is seriously untrustworthy is made to
leave. A suspended centre is given no more children; those who are there stay (assumption to confirm). An appeal does
not stop it (Administrative Reconsideration Law, article 42).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from config.text import label
from models.childcare import operations, places, placing
from models.childcare.documents import INSPECTION_NOTE_CONTEXT, CentreInspection, CentreSuspension
from models.childcare.lifecycle import (
    CENTRE_ROLES,
    IN_FORCE,
    INSPECTION_LIFECYCLE,
    OVERSIGHT_ROLES,
    RECORDED,
    RUNNING,
    SHOWN_PUBLICLY,
    SUSPENSION_LIFECYCLE,
)
from models.indicators.usage import note_use
from models.kernel import audit
from models.kernel.actors import SUPERVISOR, SYSTEM, Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.errors import Conflict, DomainError, FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry, note_of

INSPECTION = "inspection"
SUSPENSION, EXCLUSION = "suspension", "exclusion"
# The last day of who is excluded.
FOR_GOOD = "9999-12-31"
# A suspension's steps are numbered below the centre's next suspension.
STEPS_MOST = 10_000


@dataclass(frozen=True)
class Finding:
    """What was found: `kind` of occasion, the day, the outcome, the public words, and a note for the office."""

    kind: str
    on: date
    outcome: str
    findings: str
    note: str | None = None


@dataclass(frozen=True)
class Measure:
    """A suspension to be ordered. `until` None: for good (`exclusion`). `inspection_id`: the finding it rests on."""

    kind: str
    reason: str
    until: date | None = None
    inspection_id: str | None = None


def centre_of_place(centre_id: str, by: Actor) -> Raw:
    """A childcare centre of the caseworker's place. Raises NotFound, also for another place's."""
    facility = places.centres([centre_id]).get(centre_id)
    if facility is None or facility["category"] != places.CATEGORY:
        raise NotFound()
    if not by.covers(facility["district_code"], facility.get("township_id")):
        raise NotFound()
    return facility


def record(inspection_id: str, centre_id: str, finding: Finding, *, by: Actor, at: datetime) -> Raw:
    """Write down what was found; it is public only once it is published. The same id again gives the first one.

    Raises NotFound, Forbidden, InvalidInput for a day to come.
    """
    facility = centre_of_place(centre_id, by)
    if not by.has_role(*CENTRE_ROLES):
        raise Forbidden()
    if finding.on > day_of(at):
        raise InvalidInput(faults=[FieldFault("on", "date_in_future")])
    made = CentreInspection(
        id=inspection_id, created_at=at, updated_at=at, state=RECORDED, centre_id=centre_id,
        district_code=facility["district_code"], township_id=facility.get("township_id"), kind=finding.kind,
        on=finding.on.isoformat(), outcome=finding.outcome, findings=finding.findings, note=finding.note,
        history=[history_entry("record", None, RECORDED, by, at)],
    ).raw()  # fmt: skip
    try:
        collection(CentreInspection).insert_one(made)
    except DuplicateKeyError:
        return _noted(_inspection(inspection_id, by))
    _audit("centre.inspection_recorded", made, by, at)
    return _noted(made)


def publish(inspection_id: str, *, version: int | None, by: Actor, at: datetime, key: str) -> Raw:
    """Make a finding public. Raises as the lifecycle does."""
    _inspection(inspection_id, by)
    done = INSPECTION_LIFECYCLE.perform(
        inspection_id, "publish", by=by, at=at, version=version, key=key, change=Change(set={"published_at": at})
    )
    _audit("centre.inspection_published", done, by, at)
    return done


def take_back(inspection_id: str, reason: str, *, version: int | None, by: Actor, at: datetime, key: str) -> Raw:
    """A finding that was wrong is public no more; it stays on file with the reason. Raises as the lifecycle does."""
    _inspection(inspection_id, by)
    done = INSPECTION_LIFECYCLE.perform(
        inspection_id, "take_back", by=by, at=at, version=version, key=key, change=Change(note=reason)
    )
    _audit("centre.inspection_taken_back", done, by, at)
    return done


def suspend(suspension_id: str, centre_id: str, measure: Measure, *, by: Actor, at: datetime) -> Raw:
    """Give a centre no more children; offers under way are taken back. The same id again completes the first call.

    Raises NotFound, Forbidden (a county suspends, a supervisor excludes for good), InvalidInput, Conflict
    (`suspended_already`).
    """
    facility = centre_of_place(centre_id, by)
    if not by.has_role(*(OVERSIGHT_ROLES if measure.kind == SUSPENSION else (SUPERVISOR,))):
        raise Forbidden()
    _check(measure, centre_id, at)
    numbers = [each["number"] for each in collection(CentreSuspension).find({"centre_id": centre_id}, {"number": 1})]
    made = CentreSuspension(
        id=suspension_id, created_at=at, updated_at=at, state=IN_FORCE, centre_id=centre_id,
        number=max(numbers, default=0) + 1, district_code=facility["district_code"],
        township_id=facility.get("township_id"), kind=measure.kind, inspection_id=measure.inspection_id,
        reason=measure.reason, since=day_of(at).isoformat(),
        until=measure.until.isoformat() if measure.until else None, active=True, unsettled=True, suspended_by=by.id,
        history=[history_entry("suspend", None, IN_FORCE, by, at)],
    ).raw()  # fmt: skip
    try:
        collection(CentreSuspension).insert_one(made)
        _audit("centre.suspended", made, by, at)
    except DuplicateKeyError:
        if collection(CentreSuspension).find_one({"_id": suspension_id}, {"_id": 1}) is None:
            raise Conflict("suspended_already") from None
    settle(suspension_id, at)
    return suspension_of_place(suspension_id, by)


def step(
    suspension_id: str, action: str, reason: str, *, version: int | None, by: Actor, at: datetime, key: str
) -> Raw:
    """`appeal` for the centre, `uphold` or `lift`, each with its reason. Raises as the lifecycle does."""
    suspension_of_place(suspension_id, by)
    done = _perform(suspension_id, action, by=by, at=at, version=version, key=key, note=reason)
    _audit(f"centre.suspension_{action}", done, by, at)
    settle(suspension_id, at)
    return suspension_of_place(suspension_id, by)


def pass_time(at: datetime) -> int:
    """Suspensions whose last day is over end; returns how many. A job calls it daily; safe to repeat."""
    today, ended = day_of(at).isoformat(), 0
    for each in list(collection(CentreSuspension).find({"active": True, "until": {"$lt": today}}, {"_id": 1})):
        try:
            _perform(each["_id"], "lapse", by=SYSTEM, at=at, version=None, key=f"lapse:{each['_id']}", note=None)
        except DomainError:
            continue  # lifted at this moment
        settle(each["_id"], at)
        ended += 1
    return ended


def settle(suspension_id: str, at: datetime) -> None:
    """Let the centre's own document show a suspension as it stands, and what follows from that. Idempotent."""
    each = collection(CentreSuspension).find_one({"_id": suspension_id})
    if each is None:
        raise NotFound()
    running = each["state"] in RUNNING
    order = each["number"] * STEPS_MOST + each["version"]
    places.suspend(each["centre_id"], suspension_id, order, (each.get("until") or FOR_GOOD) if running else None, at)
    if running:
        operations.tell_of_lapse(each["centre_id"], at)
    else:
        placing.fill(each["centre_id"], at)
    collection(CentreSuspension).update_one(
        {"_id": suspension_id, "version": each["version"]}, {"$set": {"unsettled": False}}
    )


def settle_pending(at: datetime) -> int:
    """Finish what a killed process left; returns how many there were. A job calls it every minute."""
    waiting = [each["_id"] for each in collection(CentreSuspension).find({"unsettled": True}, {"_id": 1})]
    for suspension_id in waiting:
        settle(suspension_id, at)
    return len(waiting)


def suspension_of_place(suspension_id: str, by: Actor) -> Raw:
    """A suspension of the caseworker's place. Raises NotFound, also for another place's."""
    found = collection(CentreSuspension).find_one({"_id": suspension_id})
    if found is None or not by.covers(found["district_code"], found.get("township_id")):
        raise NotFound()
    return found


def public_supervision(centre_id: str) -> Raw:
    """What everybody may know: published findings, the newest first, and the suspension that runs, if one does."""
    found = collection(CentreInspection).find({"centre_id": centre_id, "state": SHOWN_PUBLICLY})
    latest = sorted(found, key=lambda each: (each["on"], each["_id"]), reverse=True)
    running = collection(CentreSuspension).find_one({"centre_id": centre_id, "active": True})
    return {
        "inspections": [_public(each) for each in latest[: rule("childcare.inspections_shown")]],
        "suspension": None if running is None else {
            "kind": running["kind"], "kind_label": label("childcare.measure", running["kind"]),
            "reason": running["reason"], "since": running["since"], "until": running.get("until"),
            "state": running["state"], "state_label": label("childcare.suspension", running["state"]),
        },
    }  # fmt: skip


def supervision_of(centre_id: str, by: Actor) -> Raw:
    """A centre's whole supervision for the staff: every finding and suspension, the newest first, and what I may do."""
    inspections = collection(CentreInspection).find({"centre_id": centre_id})
    suspensions = collection(CentreSuspension).find({"centre_id": centre_id})
    return {
        "inspections": [
            inspection_shown(each, by)
            for each in sorted(inspections, key=lambda each: (each["on"], each["_id"]), reverse=True)
        ],
        "suspensions": [
            suspension_shown(each, by) for each in sorted(suspensions, key=lambda each: -int(each["number"]))
        ],
    }


def inspection_shown(raw: Raw, by: Actor) -> Raw:
    """A finding for the staff."""
    return {
        "id": raw["_id"], **_public(raw), "state": raw["state"], "version": raw["version"],
        "state_label": label("childcare.inspection", raw["state"]),
        "note": open_text(raw["note"], INSPECTION_NOTE_CONTEXT) if raw.get("note") else None,
        "actions": INSPECTION_LIFECYCLE.actions_for(raw, by),
    }  # fmt: skip


def suspension_shown(raw: Raw, by: Actor) -> Raw:
    """A suspension for the staff, with each step and its words."""
    return {
        "id": raw["_id"], "kind": raw["kind"], "kind_label": label("childcare.measure", raw["kind"]),
        "reason": raw["reason"], "since": raw["since"], "until": raw.get("until"), "version": raw["version"],
        "state": raw["state"], "state_label": label("childcare.suspension", raw["state"]),
        "inspection_id": raw.get("inspection_id"),
        "appeal_until": as_utc(raw["created_at"]) + timedelta(days=rule("childcare.suspension_appeal_days")),
        "actions": SUSPENSION_LIFECYCLE.actions_for(raw, by),
        "history": [
            {"action": each["action"], "label": label("childcare.suspension_step", each["action"]),
             "at": as_utc(each["at"]), "note": note_of(each)}
            for each in raw["history"]
        ],
    }  # fmt: skip


def _check(measure: Measure, centre_id: str, at: datetime) -> None:
    today, most = day_of(at), rule("childcare.suspension_days_most")
    if measure.kind == SUSPENSION and measure.until is None:
        raise InvalidInput(faults=[FieldFault("until", "missing")])
    if measure.kind == EXCLUSION and measure.until is not None:
        raise InvalidInput(faults=[FieldFault("until", "extra_forbidden")])
    if measure.until is not None and not today <= measure.until <= today + timedelta(days=most):
        raise InvalidInput(faults=[FieldFault("until", "less_than_equal")])
    rests_on = {"_id": measure.inspection_id, "centre_id": centre_id}
    if measure.inspection_id is not None and collection(CentreInspection).find_one(rests_on, {"_id": 1}) is None:
        raise InvalidInput(faults=[FieldFault("inspection_id", "literal_error")])


def _perform(
    suspension_id: str, action: str, *, by: Actor, at: datetime, version: int | None, key: str, note: str | None
) -> Raw:
    def change(now: Raw) -> Change:
        row = SUSPENSION_LIFECYCLE.row(action, now["state"])
        assert row is not None  # noqa: S101  permitted a moment ago
        active = row.leads_to(now["state"]) in RUNNING
        return Change(set={"active": active, "unsettled": True}, note=note)

    return SUSPENSION_LIFECYCLE.perform(suspension_id, action, by=by, at=at, version=version, key=key, change=change)


def _inspection(inspection_id: str, by: Actor) -> Raw:
    found = collection(CentreInspection).find_one({"_id": inspection_id})
    if found is None or not by.covers(found["district_code"], found.get("township_id")):
        raise NotFound()
    return found


def _noted(raw: Raw) -> Raw:
    """Count an inspection, once for its id; an incident or a complaint is none."""
    if raw["kind"] == INSPECTION:
        when = as_utc(raw["created_at"])
        note_use("inspection_recorded", raw["_id"], when, raw["district_code"], raw.get("township_id"))
    return raw


def _public(raw: Mapping[str, Any]) -> Raw:
    return {
        "kind": raw["kind"], "kind_label": label("childcare.occasion", raw["kind"]), "on": raw["on"],
        "outcome": raw["outcome"], "outcome_label": label("childcare.outcome", raw["outcome"]),
        "findings": raw["findings"],
    }  # fmt: skip


def _audit(action: str, raw: Mapping[str, Any], by: Actor, at: datetime) -> None:
    audit.record(by, action, f"facility:{raw['centre_id']}", at, district_code=raw["district_code"])
