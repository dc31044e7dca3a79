"""Indexes that others took the place of: they cost every write, and no query is served by them any more."""

from __future__ import annotations

from datetime import datetime

from models.kernel.database import database

REPLACED = (("usage_events", "slot"), ("visits", "seen_at"))


def run(at: datetime) -> str:
    """Drop them where they are; those in their place are made by `indexes sync`."""
    gone = 0
    for name, index in REPLACED:
        if index in database()[name].index_information():
            database()[name].drop_index(index)
            gone += 1
    return f"{gone} indexes dropped"
