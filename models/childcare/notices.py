"""What a guardian is told of the way to a place: what happened, what is next and by when. Never a child's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.casework.notices import CHANNEL, day_in_words
from models.kernel.outbox import OutboxEntry

PAGE = "pages/childcare/placement"


def placement_notice(
    before: Mapping[str, Any], step: str, *, centre: str = "", due_at: datetime | None = None, key: str | None = None
) -> OutboxEntry:  # fmt: skip
    """The notice of a step; `before` is the placement before it, so that the key names the one version it ends."""
    named = key or f"childcare:{before['_id']}:{before['version'] + 1}:told_{step}"
    return OutboxEntry(
        key=named,
        channel=CHANNEL,
        payload={
            "resident_id": before["resident_id"],
            "text_key": f"childcare.notice.{step}",
            "values": {"centre": centre, "due": day_in_words(due_at) if due_at else ""},
            "page": f"{PAGE}?id={before['_id']}",
            "application_id": before["_id"],
        },
        subject_id=before["resident_id"],
        order_key=f"application:{before['_id']}",
    )
