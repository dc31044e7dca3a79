"""What falls due: a late piece goes up, an answered one is asked about once and then closed.

A piece names its next alarm; a job sounds those that are due. Safe to repeat, and to run twice at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from config.loading import rule
from models.feedback.documents import Feedback
from models.feedback.handling import ASK, CLOSE
from models.feedback.lifecycle import FEEDBACK
from models.feedback.notices import told
from models.feedback.routing import ESCALATE, next_escalation, office_of
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.document import up_to
from models.kernel.errors import DomainError
from models.kernel.lifecycle import Change, Raw

MAX_ROUNDS = 100


def sound_alarms(at: datetime) -> dict[str, int]:
    """Sound every alarm that is due; returns how many of each."""
    counts = {ESCALATE: 0, ASK: 0, CLOSE: 0}
    for _ in range(MAX_ROUNDS):
        waiting = list(collection(Feedback).find({"alarm_at": up_to(at)}).limit(rule("feedback.alarm_batch")))
        sounded = [raw["alarm"] for raw in waiting if _sound(raw, at)]
        for alarm in sounded:
            counts[alarm] += 1
        if not sounded:
            break
    return counts


def _sound(raw: Raw, at: datetime) -> bool:
    """Sound one alarm; False where the piece has moved on in between."""
    try:
        FEEDBACK.perform(
            raw["_id"], raw["alarm"], by=SYSTEM, at=at, version=raw["version"],
            key=f"{raw['alarm']}:{raw['alarm_at'].isoformat()}", change=_change(raw, at),
        )  # fmt: skip
    except DomainError:
        return False
    return True


def _change(raw: Raw, at: datetime) -> Change:
    if raw["alarm"] == ESCALATE:
        reached = min(raw["escalations"] + 1, rule("feedback.escalations_most"))
        again = reached < rule("feedback.escalations_most")
        following = {"alarm": ESCALATE, "alarm_at": next_escalation(at)} if again else {"alarm": None, "alarm_at": None}
        up = {"escalations": reached, "desks": office_of(raw).desks(reached), **following}
        return Change(set=up, outbox=told(raw, "late") if raw["escalations"] == 0 else [])
    if raw["alarm"] == ASK:
        closes = at + timedelta(days=rule("feedback.close_after_days"))
        # Its key names no version: whatever becomes of the piece, it is asked about once.
        asked = told(raw, "ask", key=f"feedback:{raw['_id']}:ask")
        return Change(set={"asked_at": at, "alarm": CLOSE, "alarm_at": closes}, outbox=asked)
    return Change(set={"closed_at": at, "queue_at": at, "alarm": None, "alarm_at": None})
