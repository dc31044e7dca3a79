"""Dated scripts that change stored data, each run once and recorded.

A migration is a module `mYYYY_MM_DD_name.py` here with `def run(at: datetime) -> str`: it can be run again after a
crash in its middle, and returns one line on what it did. They run in the order of their names under one lease.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from models.kernel import leases
from models.kernel.database import database
from models.kernel.errors import Unavailable
from models.kernel.ids import new_id

COLLECTION = "migrations"
LEASE = "migrations"
LEASE_SECONDS = 3600


@dataclass(frozen=True)
class Ran:
    """A migration carried out now."""

    name: str
    outcome: str


def known() -> list[str]:
    """The names of all migrations, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith("m2"))


def pending() -> list[str]:
    """Those not yet recorded as run."""
    done = {each["_id"] for each in database()[COLLECTION].find({}, {"_id": 1})}
    return [name for name in known() if name not in done]


def run_pending(at: datetime, names: Sequence[str] | None = None) -> list[Ran]:
    """Run what is pending. Raises Unavailable while another process runs them."""
    lease = leases.acquire(LEASE, new_id(), at, LEASE_SECONDS)
    if lease is None:
        raise Unavailable()
    try:
        return [_run(name, at) for name in (pending() if names is None else names)]
    finally:
        leases.release(lease)


def _run(name: str, at: datetime) -> Ran:
    outcome = import_module(f"{__name__}.{name}").run(at)
    database()[COLLECTION].replace_one({"_id": name}, {"_id": name, "at": at, "outcome": outcome}, upsert=True)
    return Ran(name, outcome)
