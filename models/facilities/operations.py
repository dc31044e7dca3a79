"""Changes to single facilities. Each is one compare-and-set write stamped with the database's clock, so that every
process's index sees it within seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.facilities.directory import database_time
from models.facilities.documents import CLOSED, OPEN, Facility
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import to_storage
from models.kernel.database import change_one, collection
from models.kernel.errors import IllegalTransition, NotFound

Raw = Mapping[str, Any]


def close_facility(facility_id: str, *, by: Actor, at: datetime) -> Raw:
    """Take an open facility out of the directory. Raises NotFound, IllegalTransition."""
    return _turn(facility_id, OPEN, CLOSED, by, at)


def reopen_facility(facility_id: str, *, by: Actor, at: datetime) -> Raw:
    """Put a closed facility back into the directory. Raises NotFound, IllegalTransition."""
    return _turn(facility_id, CLOSED, OPEN, by, at)


def _turn(facility_id: str, source: str, target: str, by: Actor, at: datetime) -> Raw:
    written = _write(facility_id, {"status": source}, {"$set": {"status": target}}, at)
    if written is None:
        current = _stored(facility_id)
        raise IllegalTransition(details={"status": current["status"], "version": current["version"]})
    audit.record(by, f"facility.{target}", f"facility:{facility_id}", at, district_code=written["district_code"])
    return written


def _write(facility_id: str, where: dict[str, Any], update: dict[str, Any], at: datetime) -> Raw | None:
    whole = {
        **update,
        "$set": {**update.get("$set", {}), "updated_at": to_storage(at), "changed_at": database_time()},
        "$inc": {**update.get("$inc", {}), "version": 1},
    }
    return change_one(collection(Facility), {"_id": facility_id, **where}, whole)


def _stored(facility_id: str) -> Raw:
    raw = collection(Facility).find_one({"_id": facility_id})
    if raw is None:
        raise NotFound()
    return raw
