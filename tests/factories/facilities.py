"""Facilities in tests: what other domains do to them."""

from __future__ import annotations

from models.facilities.directory import database_time
from models.facilities.documents import Facility
from models.kernel.database import collection


def give_away(facility_id: str, group: str) -> None:
    """One free place of the group fewer, as the childcare domain shows it in the directory."""
    changed = collection(Facility).update_one(
        {"_id": facility_id}, {"$inc": {f"free_{group}": -1, "version": 1}, "$set": {"changed_at": database_time()}}
    )
    assert changed.modified_count == 1
