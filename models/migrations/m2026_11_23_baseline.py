"""The first: every collection exists from the start, so that no first write has to make one under load."""

from __future__ import annotations

from datetime import datetime

from models.kernel.database import all_records, database


def run(at: datetime) -> str:
    """Create the missing collections."""
    present = set(database().list_collection_names())
    missing = sorted({record._get_collection_name() for record in all_records()} - present)
    for name in missing:
        database().create_collection(name)
    return f"{len(missing)} collections made"
