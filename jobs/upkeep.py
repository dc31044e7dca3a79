"""Upkeep: finish what crashed requests left behind, and let go of what need not be kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.eldercare.settling import reconcile_bookings
from models.indicators.observations import PUSH_CHANNEL
from models.kernel.database import collection
from models.kernel.outbox import DELIVERED, OutboxMessage
from models.people.erasure import continue_erasures
from models.platform import Platform


def reconcile(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Settle what a committed change owes other documents."""
    return reconcile_bookings(at)


def erasures(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Complete erasures that a crash or a busy holder left unfinished."""
    done = continue_erasures(at)
    return {"done": len(done.done), "waiting": done.waiting}


def retention(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Remove delivered messages whose time is over; receipts of the planning office stay."""
    oldest = at - timedelta(days=rule("jobs.delivered_kept_days"))
    gone = collection(OutboxMessage).delete_many(
        {"state": DELIVERED, "next_attempt_at": {"$lt": oldest}, "channel": {"$ne": PUSH_CHANNEL}}
    )
    return {"delivered_messages": gone.deleted_count}
