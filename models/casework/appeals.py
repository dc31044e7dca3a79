"""Appeals: the applicant asks once, within the days that are told with a refusal; a supervisor upholds or reopens.

This is the office looking again by another person. It takes nothing from the formal review that the law gives,
which is told with every refusal and is not decided here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from models.casework import duplicates
from models.casework.deadlines import clock_of
from models.casework.documents import APPEAL_CONTEXT, APPEALED, REASON_CONTEXT, REFUSED
from models.casework.lifecycle import APPEAL, REOPEN, UPHOLD, appeal_ends, lifecycle_for
from models.casework.notices import step_notice
from models.casework.operations import who_it_is_for
from models.casework.queries import application_of_place, form_of, own_application, programme_of, version_of
from models.casework.steps import by_staff, closed, was_done
from models.kernel.actors import Actor
from models.kernel.encryption import seal_text
from models.kernel.errors import Conflict
from models.kernel.lifecycle import Change, Raw


def appeal(application_id: str, *, version: int | None, reason: str, by: Actor, at: datetime, key: str) -> Raw:
    """Ask for a refusal to be looked at again. The case is open once more, and its people are held for it.

    Raises Conflict: `appeal_too_late`, `appeal_is_over` (there has been one), `already_applied` and as
    `duplicates.claim_again` where they have applied anew meanwhile; and as the lifecycle does.
    """
    raw = own_application(application_id, by)
    if was_done(raw, key):
        return raw
    lifecycle = lifecycle_for(raw)
    lifecycle.check(raw, APPEAL, by=by, at=at, version=version)
    programme = programme_of(raw["programme"])
    clock = clock_of(raw, version_of(raw), APPEALED, at)
    written = {
        **clock,
        **duplicates.claim_again(raw, at),
        "appeal": seal_text(reason, APPEAL_CONTEXT),
        "appealed_at": at,
        "open_for": who_it_is_for(raw, programme, form_of(raw)),
        "closed_at": None,
        "retention_due_at": None,
    }
    told = step_notice(raw, programme, "appealed", due_at=clock["due_at"])
    change = Change(set=written, note=reason, outbox=[told])
    try:
        return lifecycle.perform(application_id, APPEAL, by=by, at=at, version=raw["version"], key=key, change=change)
    except DuplicateKeyError:
        raise Conflict("already_applied") from None


def appeal_until(raw: Raw) -> datetime | None:
    """Until when a refusal may be appealed here; None for what is not refused, or has been appealed."""
    if raw["state"] != REFUSED or raw.get("appeal_decided") or raw.get("decided_at") is None:
        return None
    return appeal_ends(raw)


def uphold(application_id: str, *, version: int, reason: str, by: Actor, at: datetime, key: str) -> Raw:
    """The refusal stands, with the reasons; within the office that is final. Raises as the lifecycle does."""
    raw = application_of_place(application_id, by)
    written = {
        **closed(raw, REFUSED, at),
        "reason": seal_text(reason, REASON_CONTEXT),
        "appeal_decided": True,
    }
    told = step_notice(raw, programme_of(raw["programme"]), "upheld")
    return by_staff(raw, UPHOLD, by, at, version, key, Change(set=written, note=reason, outbox=[told]))


def reopen(application_id: str, *, version: int, reason: str, by: Actor, at: datetime, key: str) -> Raw:
    """The case is to be decided anew, by somebody who has not had it in hand. Raises as the lifecycle does."""
    raw = application_of_place(application_id, by)
    row = lifecycle_for(raw).row(REOPEN, raw["state"])
    target = row.target if row is not None else REFUSED
    used = {stage: days for stage, days in (raw.get("days_used") or {}).items() if stage != target}
    clock: dict[str, Any] = clock_of({**raw, "days_used": used}, version_of(raw), target, at)
    written = {**clock, "reason": None, "appeal_decided": True, "decided_at": None, "assignee_id": None}
    told = step_notice(raw, programme_of(raw["programme"]), "reopened", due_at=clock["due_at"])
    return by_staff(raw, REOPEN, by, at, version, key, Change(set=written, note=reason, outbox=[told]))
