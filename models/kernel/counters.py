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
    found = _increment(name)
    if found is None:
        # Made first and counted then: an upsert that races another one may tell nothing of what it did.
        with suppress(DuplicateKeyError):
            database()[COLLECTION].insert_one({"_id": name, "value": 0})
        found = _increment(name)
    if found is None:
        raise Unavailable()
    return int(found["value"])


def _increment(name: str) -> dict[str, Any] | None:
    return database()[COLLECTION].find_one_and_update(
        {"_id": name}, {"$inc": {"value": 1}}, return_document=ReturnDocument.AFTER
    )
