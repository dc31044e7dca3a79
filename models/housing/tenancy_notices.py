"""What a household is told on its way to a flat: what happened, what is next and by when; public names and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.programmes import programmes
from models.casework.notices import CHANNEL, day_in_words
from models.kernel.outbox import OutboxEntry

PAGE = "pages/housing/tenancy"


def tenancy_notice(
    before: Mapping[str, Any], step: str, *, estate: str = "", due_at: datetime | None = None, amount: str = "",
    key: str | None = None,
) -> OutboxEntry:  # fmt: skip
    """The notice of a step; `before` is the tenancy before it, so that the key names the one version it ends."""
    programme = programmes().get(before["programme"])
    values = {
        "programme": programme.label if programme else "", "estate": estate, "amount": amount,
        "due": day_in_words(due_at) if due_at else "",
    }  # fmt: skip
    return OutboxEntry(
        key=key or f"tenancy:{before['_id']}:{before['version'] + 1}:told_{step}",
        channel=CHANNEL,
        payload={
            "resident_id": before["resident_id"],
            "text_key": f"housing.notice.{step}",
            "values": values,
            "page": f"{PAGE}?id={before['_id']}",
            "application_id": before["_id"],
        },
        subject_id=before["resident_id"],
        order_key=f"application:{before['_id']}",
    )
