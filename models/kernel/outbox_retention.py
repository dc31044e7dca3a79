"""Deleting delivered messages whose time is over, a day of them at a time, so that no command grows with the outbox."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.outbox import DELIVERED, OutboxMessage
from models.kernel.windows import windows

BATCH = 500
# A message of no order has nobody who looks for it; found by when it was made, it is let go by when it was delivered.
WITHOUT_ORDER = {"order_key": None, "state": DELIVERED}
FIELDS = {"channel": 1, "next_attempt_at": 1}


def delete_delivered(before: datetime, ordered_before: datetime, kept: Collection[str], days: int) -> int:
    """Delete what was delivered before `before`, of an order only what was before `ordered_before`; nothing of the
    channels `kept`. `days`: so many of them are looked through one by one, all that is older at once.

    Returns how many. Safe to repeat and to interrupt.
    """
    looks = (
        (WITHOUT_ORDER, "created_at", before),
        ({"state": DELIVERED}, "next_attempt_at", ordered_before),
    )
    gone = 0
    for wanted, order, until in looks:
        for window in windows(order, [until - timedelta(days=day) for day in range(days)], before=until):
            for ids in _over({**wanted, **window}, until, kept):
                gone += collection(OutboxMessage).delete_many({"_id": {"$in": ids}}).deleted_count
    return gone


def _over(wanted: Mapping[str, Any], until: datetime, kept: Collection[str]) -> Iterator[list[str]]:
    """The ids of those that go, a batch at a time. What an index does not serve is looked at here."""
    ids = [
        str(each["_id"])
        for each in collection(OutboxMessage).find(wanted, FIELDS)
        if each["channel"] not in kept and as_utc(each["next_attempt_at"]) < until
    ]
    for begin in range(0, len(ids), BATCH):
        yield ids[begin : begin + BATCH]
