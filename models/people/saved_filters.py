"""Filters of queues that a caseworker keeps under a name of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.loading import rule
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.errors import Conflict, NotFound
from models.people.documents import Caseworker


def saved(by: Actor) -> list[dict[str, Any]]:
    """One's own, in the order in which they were saved: `{number, name, query}`."""
    found = collection(Caseworker).find_one({"_id": by.id}, {"saved_filters": 1}) or {}
    return list(found.get("saved_filters") or ())


def save(number: str, name: str, query: Mapping[str, str], *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Keep a filter; the same number again changes nothing. Raises Conflict (`saved_filters_full`)."""
    most = rule("people.saved_filters_most")
    kept = {"number": number, "name": name, "query": dict(query)}
    written = collection(Caseworker).update_one(
        {"_id": by.id, "saved_filters.number": {"$ne": number}, f"saved_filters.{most - 1}": {"$exists": False}},
        {"$push": {"saved_filters": kept}, "$set": {"updated_at": at}},
    )
    now = saved(by)
    if not written.matched_count and all(each["number"] != number for each in now):
        raise Conflict("saved_filters_full", most=most)
    return now


def remove(number: str, *, by: Actor, at: datetime) -> None:
    """Forget one. Raises NotFound."""
    done = collection(Caseworker).update_one(
        {"_id": by.id, "saved_filters.number": number},
        {"$pull": {"saved_filters": {"number": number}}, "$set": {"updated_at": at}},
    )
    if not done.matched_count:
        raise NotFound()
