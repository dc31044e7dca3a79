"""What the operations on an application share: the one write of a step, and what a closing writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework.deadlines import clock_of
from models.casework.documents import APPROVED, REFUSED
from models.casework.lifecycle import lifecycle_for
from models.casework.queries import programme_of, version_of
from models.kernel.actors import Actor
from models.kernel.lifecycle import Change, Raw


def was_done(raw: Raw, key: str) -> bool:
    """True where the history has the key: the same request came before."""
    return any(entry.get("key") == key for entry in raw["history"])


def by_staff(raw: Raw, action: str, by: Actor, at: datetime, version: int | None, key: str, change: Change) -> Raw:
    """Perform a step whose change was computed from `raw`, and is good for that version of it only."""
    lifecycle = lifecycle_for(raw)
    if not was_done(raw, key):
        lifecycle.check(raw, action, by=by, at=at, version=version)
    return lifecycle.perform(raw["_id"], action, by=by, at=at, version=raw["version"], key=key, change=change)


def decided(raw: Raw, target: str, by: Actor, at: datetime) -> dict[str, Any]:
    """What a decision of the office writes."""
    return {**closed(raw, target, at), "decided_at": at, "decided_by": by.id}


def closed(raw: Raw, target: str, at: datetime) -> dict[str, Any]:
    """What the end of a case writes. An approval that gives something lasting is kept until that has ended."""
    rules = version_of(raw)
    lasting = target == APPROVED and programme_of(raw["programme"]).lasting
    written = {
        **clock_of(raw, rules, target, at),
        "assignee_id": None,
        "assigned_at": None,
        "closed_at": at,
        "retention_due_at": None
        if lasting
        else at + timedelta(days=_papers_kept(raw, target, rules.retention.papers_days)),
    }
    if target == APPROVED:
        written["approved_at"] = at
    return written if lasting else written | {"open_for": None}


def _papers_kept(raw: Raw, target: str, days: int) -> int:
    if not raw.get("submitted_at"):
        return 0  # what was never handed in is nobody's file: it goes at once
    # Whoever may still appeal needs the papers for it.
    return max(days, rule("casework.appeal_days") + 1) if target == REFUSED else days
