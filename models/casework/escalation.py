"""Deadlines that come near and pass: a warning, then escalation, each once a stage; a late correction lapses.

An application names its next alarm and when (`deadlines.py`); a job sounds those that are due. A stage that moves on
sets its own, so that what was due for the old one is never sounded.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.loading import rule
from models.casework.deadlines import ESCALATE, LAPSE, WARN, next_alarm
from models.casework.documents import CORRECTION, LAPSED, Application
from models.casework.lifecycle import lifecycle_for
from models.casework.notices import step_notice
from models.casework.queries import programme_of
from models.casework.steps import closed
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.document import up_to
from models.kernel.errors import DomainError
from models.kernel.lifecycle import Change, Raw

MAX_ROUNDS = 100


def sound_alarms(at: datetime) -> dict[str, int]:
    """Sound every alarm that is due; returns how many of each. Safe to repeat, and to run twice at once."""
    counts = {WARN: 0, ESCALATE: 0, LAPSE: 0}
    for _ in range(MAX_ROUNDS):
        waiting = list(collection(Application).find({"alarm_at": up_to(at)}).limit(rule("casework.alarm_batch")))
        sounded = 0
        for raw in waiting:
            if _sound(raw, at):
                counts[raw["alarm"]] += 1
                sounded += 1
        if not sounded:
            break
    return counts


def _sound(raw: Raw, at: datetime) -> bool:
    """Sound one alarm; False where the application has moved on in between."""
    action = raw["alarm"]
    try:
        lifecycle_for(raw).perform(
            raw["_id"], action, by=SYSTEM, at=at, version=raw["version"],
            # One key a stage: a step can be sounded once, whatever happens to the document in between.
            key=f"{action}:{raw['state']}:{raw['stage_since'].isoformat()}", change=_change(raw, action, at),
        )  # fmt: skip
    except DomainError:
        return False
    return True


def _change(raw: Raw, action: str, at: datetime) -> Change:
    told = programme_of(raw["programme"])
    if action == LAPSE:
        written: dict[str, Any] = {**closed(raw, LAPSED, at), "decided_at": raw.get("decided_at") or at}
        return Change(set=written, outbox=[step_notice(raw, told, "lapsed")])
    if action == ESCALATE:
        return Change(set={"alarm": None, "alarm_at": None, "escalated_at": at})
    following = {**next_alarm(raw["state"], raw["due_at"]), "warned_at": at}
    reminder = [step_notice(raw, told, "reminder", due_at=raw["due_at"])] if raw["state"] == CORRECTION else []
    return Change(set=following, outbox=reminder)
