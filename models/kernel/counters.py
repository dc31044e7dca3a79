"""Named counters that never give the same number twice."""

from __future__ import annotations

from typing import Any

from pymongo import ReturnDocument

from models.kernel.database import database

COLLECTION = "counters"


def next_value(name: str) -> int:
    """Add one and return the new value, from 1; atomic across processes. Gaps are possible, repeats are not."""
    found: dict[str, Any] | None = database()[COLLECTION].find_one_and_update(
        {"_id": name}, {"$inc": {"value": 1}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    assert found is not None  # noqa: S101  an upsert always returns the document
    return int(found["value"])
