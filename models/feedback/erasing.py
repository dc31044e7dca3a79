"""What feedback keeps of people: given out and erased when a resident asks, dropped when its time is over.

Sources: PIPL articles 45 and 47. What stays of a piece is kind, theme, place, states and times, for the counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.conversations.inbound import follower_index
from models.feedback.documents import (
    CLOSED,
    NOBODY,
    OPEN_STATES,
    REPLIED,
    TAKEN_DOWN,
    TEXT_CONTEXT,
    WITHDRAWN,
    Feedback,
)
from models.feedback.queries import own_shown
from models.kernel.database import collection
from models.kernel.document import up_to
from models.kernel.encryption import open_text
from models.people.holders import register_holder
from models.people.queries import openids_of
from models.people.store import openid_index

NAME = "feedback"


def export_feedback(resident_id: str) -> list[dict[str, Any]]:
    """All that the resident said here and was answered, in clear, with every step."""
    found = collection(Feedback).find({"owner_id": {"$in": _owners(resident_id)}}).sort("created_at", 1)
    return [_exported(raw) for raw in found]


def erase_feedback(resident_id: str, at: datetime) -> int:
    """End what is open and take the person and every word out. Returns how many pieces; again: no harm."""
    return sum(_forget({"owner_id": owner}, at) for owner in _owners(resident_id))


def forget_follower(openid: str, at: datetime) -> int:
    """A follower has left the account: no message goes there any more, and what is over is forgotten.

    What an office still works on stays readable for it until it is over, for it was submitted, not chatted; then the
    daily retention forgets it. Returns how many pieces.
    """
    mine = {"owner_id": follower_index(openid)}
    left = collection(Feedback).update_many({**mine, "forget": {"$ne": True}}, {
        "$set": {"forget": True, "openid": None, "outbox": [], "outbox_waiting": False, "updated_at": at},
        "$inc": {"version": 1},
    })  # fmt: skip
    _forget({**mine, "state": {"$nin": list(OPEN_STATES)}}, at)
    return int(left.modified_count)


def apply_retention(at: datetime) -> dict[str, int]:
    """Forget what ended long ago (`feedback.kept_days`), and what a follower who left waits to be forgotten."""
    oldest = at - timedelta(days=rule("feedback.kept_days"))
    count = _forget({"closed_at": up_to(oldest), "owner_id": {"$ne": NOBODY}}, at)
    count += _forget({"forget": True, "state": {"$nin": list(OPEN_STATES)}}, at)
    return {"feedback_forgotten": count}


def _owners(resident_id: str) -> list[str]:
    """Also while erasure goes on."""
    known = openids_of(resident_id).get("official_openid")
    return [resident_id, *([openid_index(known)] if known else [])]


def _forget(where: dict[str, Any], at: datetime) -> int:
    here = collection(Feedback)
    over = {"closed_at": at, "queue_at": at}
    if "state" not in where:
        ended = {**over, "state": WITHDRAWN}
        here.update_many({**where, "state": {"$in": list(OPEN_STATES)}}, {"$set": ended})
    here.update_many({**where, "state": REPLIED}, {"$set": {**over, "state": CLOSED}})
    gone: dict[str, Any] = {
        "owner_id": NOBODY, "openid": None, "said": [], "satisfaction_word": None, "public": None, "history": [],
        "outbox": [], "outbox_waiting": False, "alarm": None, "alarm_at": None, "updated_at": at, "forget": None,
        "slot": None, "only_rating": None, "may_publish": False, "published_at": None,
    }  # fmt: skip
    here.update_many({**where, "public_state": {"$type": "string"}}, {"$set": {"public_state": TAKEN_DOWN}})
    return int(here.update_many(where, {"$set": gone, "$inc": {"version": 1}}).modified_count)


def _exported(raw: dict[str, Any]) -> dict[str, Any]:
    word = raw.get("satisfaction_word")
    return {**own_shown(raw), "satisfaction_word": open_text(word, TEXT_CONTEXT) if word else None}


register_holder(NAME, export=export_feedback, erase=erase_feedback)
