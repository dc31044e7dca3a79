"""How the applicant was told of each step, and what became of it: read from the outbox, for the staff on the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.text import label
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.outbox import OutboxMessage

NOTICE, PHONE_TASK = "notice", "phone_task"


def order_of(application_id: str) -> str:
    """The order in which an application's messages go out, after the words are stored."""
    return f"told:{application_id}"


def tellings_of(application_id: str) -> list[dict[str, Any]]:
    """Every notice of an application with the ways it went, the newest first.

    Each: `told_at`, `text`, `ways`: `{way, way_label, state, outcome, outcome_label, at}` in the order they were tried.
    """
    from models.casework.phone_tasks import tasks_of  # it reads applications, whose pages read this

    orders = [f"application:{application_id}", order_of(application_id)]
    found = collection(OutboxMessage).find({"order_key": {"$in": orders}})
    by_notice: dict[str, list[Mapping[str, Any]]] = {}
    for message in found:
        by_notice.setdefault(str(message["_id"]).partition(">")[0], []).append(message)
    calls = {task["notice"]: task for task in tasks_of(application_id)}
    shown = [_told(key, messages, calls.get(key)) for key, messages in by_notice.items()]
    return sorted(shown, key=lambda each: each["told_at"], reverse=True)


def _told(key: str, messages: list[Mapping[str, Any]], call: Mapping[str, Any] | None) -> dict[str, Any]:
    ordered = sorted(messages, key=lambda each: (str(each["_id"]).count(">"), each["updated_at"]))
    text = next((found for each in ordered if (found := OutboxMessage.open_payload(each).get("text"))), "")
    return {
        "told_at": min(as_utc(each["created_at"]) for each in ordered),
        "text": text,
        "ways": [_way(each, call) for each in ordered],
    }


def _way(message: Mapping[str, Any], call: Mapping[str, Any] | None) -> dict[str, Any]:
    state, outcome = message["state"], message.get("outcome") or ""
    changed: datetime = message["updated_at"]
    words = label("notices.outcome", outcome) if outcome else ""
    if not words or words == outcome:
        words = label("notices.outcome", state)
    if message["channel"] == PHONE_TASK and call is not None:
        state, changed = call["state"], call["updated_at"]
        words = label("notices.phone.state", state)
    return {
        "way": message["channel"], "way_label": label("notices.way", message["channel"]), "state": state,
        "outcome": outcome, "outcome_label": words, "at": as_utc(changed),
    }  # fmt: skip
