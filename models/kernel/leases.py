"""Leases: one holder at a time across processes, with a fence that grows at each change of holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from models.kernel.database import database

COLLECTION = "leases"


@dataclass(frozen=True)
class Lease:
    """A lease as granted. Write `fence` with what the lease protects, and refuse a lower one."""

    name: str
    holder: str
    fence: int
    expires_at: datetime


def acquire(name: str, holder: str, at: datetime, seconds: float) -> Lease | None:
    """Take the lease if it is free or has expired, or extend one's own; None where another holds it."""
    expires = at + timedelta(seconds=seconds)
    for free in ({"holder": holder}, {"expires_at": {"$lte": at}}):
        found = database()[COLLECTION].find_one_and_update(
            {"_id": name, **free},
            {"$set": {"holder": holder, "expires_at": expires}, "$inc": {"fence": 1}},
            return_document=ReturnDocument.AFTER,
        )
        if found is not None:
            return Lease(name, holder, int(found["fence"]), expires)
    if database()[COLLECTION].find_one({"_id": name}, {"_id": 1}) is not None:
        return None  # another holds it
    # Made by an insert of its own: an upsert that races another one may tell nothing of what it did.
    try:
        database()[COLLECTION].insert_one({"_id": name, "holder": holder, "expires_at": expires, "fence": 1})
    except DuplicateKeyError:
        return None  # another was first
    return Lease(name, holder, 1, expires)


def renew(lease: Lease, at: datetime, seconds: float) -> Lease | None:
    """Extend a lease still held; None where it was lost."""
    expires = at + timedelta(seconds=seconds)
    found = database()[COLLECTION].find_one_and_update(
        {"_id": lease.name, "holder": lease.holder, "fence": lease.fence, "expires_at": {"$gt": at}},
        {"$set": {"expires_at": expires}},
        return_document=ReturnDocument.AFTER,
    )
    return None if found is None else Lease(lease.name, lease.holder, lease.fence, expires)


def release(lease: Lease) -> None:
    """Give it back at once; nothing happens where it was lost already."""
    database()[COLLECTION].update_one(
        {"_id": lease.name, "holder": lease.holder, "fence": lease.fence},
        {"$set": {"expires_at": datetime.fromtimestamp(0, tz=lease.expires_at.tzinfo), "holder": ""}},
    )
