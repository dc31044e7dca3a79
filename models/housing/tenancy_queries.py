"""Reads of batches and tenancies for the staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.text import label
from models.housing.flat_documents import Flat, Tenancy
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.paging import Page

OF_BATCH = ("name", "programme", "district_code", "list_key", "state", "offers_at_once", "version")
LISTED = ("programme", "state", "version", "township_id", "district_code", "due_at", "lease.number", "recheck_due_at")


def batch_shown(batch: Mapping[str, Any]) -> dict[str, Any]:
    """A batch with its flats and households counted by state."""
    flats = collection(Flat).find({"batch_id": batch["_id"]}, {"state": 1})
    households = collection(Tenancy).find({"batch_id": batch["_id"]}, {"state": 1})
    return {
        "id": batch["_id"], **{name: batch[name] for name in OF_BATCH}, "opened_at": as_utc(batch["created_at"]),
        "state_label": label("housing.batch_states", batch["state"]),
        "flats": dict(Counter(each["state"] for each in flats)),
        "households": dict(Counter(each["state"] for each in households)),
    }  # fmt: skip


def tenancies_of_place(
    by: Actor, state: str, *, overdue: bool, after: str | None, limit: int, at: datetime
) -> Page:  # fmt: skip
    """The tenancies of the caseworker's place in a state, by id; the next page begins after the id in `next`."""
    wanted: dict[str, Any] = {"state": state}
    if by.district_code:
        wanted["district_code"] = by.district_code
    if by.township_ids:
        wanted["township_id"] = {"$in": list(by.township_ids)}
    if overdue:
        wanted["recheck_due_at"] = {"$lt": at}
    found = sorted(collection(Tenancy).find(wanted, dict.fromkeys(LISTED, 1)), key=lambda each: str(each["_id"]))
    left = [each for each in found if after is None or each["_id"] > after]
    page = left[:limit]
    return Page(page, page[-1]["_id"] if len(left) > limit else None)
