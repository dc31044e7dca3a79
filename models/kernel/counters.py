"""Named counters that never give the same number twice."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from models.kernel.database import database
from models.kernel.errors import Unavailable

COLLECTION = "counters"


def next_value(name: str) -> int:
    """Add one and return the new value, from 1; atomic across processes. Gaps are possible, repeats are not."""
    return next_values(name, 1)[0]


def next_values(name: str, count: int) -> range:
    """As `next_value`, so many at once; `count` at least one."""
    found = _increment(name, count)
    if found is None:
        # Made first and counted then: an upsert that races another one may tell nothing of what it did.
        with suppress(DuplicateKeyError):
            database()[COLLECTION].insert_one({"_id": name, "value": 0})
        found = _increment(name, count)
    if found is None:
        raise Unavailable()
    last = int(found["value"])
    return range(last - count + 1, last + 1)


def _increment(name: str, count: int) -> dict[str, Any] | None:
    return database()[COLLECTION].find_one_and_update(
        {"_id": name}, {"$inc": {"value": count}}, return_document=ReturnDocument.AFTER
    )
