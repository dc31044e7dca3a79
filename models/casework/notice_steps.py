"""What a public notice does to its application: the notice decides, and calls these until both agree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.casework.deadlines import clock_of
from models.casework.documents import APPROVED, OBJECTED, REASON_CONTEXT, REFUSED
from models.casework.followups import follow_up, follow_up_entry
from models.casework.lifecycle import (
    DISMISS_OBJECTION,
    END_NOTICE,
    RAISE_OBJECTION,
    SUSTAIN_OBJECTION,
    lifecycle_for,
)
from models.casework.notice_documents import RULING_CONTEXT, Objection
from models.casework.notices import step_notice
from models.casework.queries import programme_of, version_of
from models.casework.steps import closed
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_text, seal_text
from models.kernel.lifecycle import Change, Raw


def raise_objection(raw: Raw, notice: Raw, at: datetime) -> Raw:
    """The notice is held up by an objection: the application pauses with it. Raises as the lifecycle does."""
    return _perform(raw, RAISE_OBJECTION, at, Change(set=clock_of(raw, version_of(raw), OBJECTED, at)))


def dismiss_objection(raw: Raw, notice: Raw, at: datetime) -> Raw:
    """Nothing holds the notice up any longer: its remaining days run on."""
    ends_at = notice.get("ends_at")
    written = {
        "stage_since": at,
        "due_at": as_utc(ends_at) if ends_at else None,
        "due_assumed": bool(notice.get("due_assumed")),
    }
    return _perform(raw, DISMISS_OBJECTION, at, Change(set=written))


def end_notice(raw: Raw, notice: Raw, at: datetime) -> Raw:
    """The days are over without an objection that holds: the approval takes effect, and what follows from it."""
    written = closed(raw, APPROVED, at)
    outbox = [step_notice(raw, programme_of(raw["programme"]), "approved"), *follow_up_entry(raw, APPROVED)]
    done = _perform(raw, END_NOTICE, at, Change(set=written, outbox=outbox))
    follow_up(raw["_id"], at)
    return done


def sustain_objection(raw: Raw, notice: Raw, at: datetime) -> Raw:
    """An objection holds: the application is refused with the ruling's reasons, and may be appealed."""
    objection = collection(Objection).find_one({"_id": notice["sustained_by"]}) or {}
    written: dict[str, Any] = {**closed(raw, REFUSED, at), "decided_at": at, "decided_by": objection.get("ruled_by")}
    reason = open_text(objection["ruling"], RULING_CONTEXT) if objection.get("ruling") else None
    if reason is not None:
        written["reason"] = seal_text(reason, REASON_CONTEXT)
    told = step_notice(raw, programme_of(raw["programme"]), "refused")
    return _perform(raw, SUSTAIN_OBJECTION, at, Change(set=written, note=reason, outbox=[told]))


def _perform(raw: Raw, action: str, at: datetime, change: Change) -> Raw:
    return lifecycle_for(raw).perform(raw["_id"], action, by=SYSTEM, at=at, version=raw["version"], change=change)
