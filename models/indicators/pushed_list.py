"""The list of what the planning office has taken, beside the backups.

A restored database knows fewer revisions than the office. Numbered on from there, a new revision would bear the number
of one that the office has, and be taken for its repetition. So after a restore the numbers go on above the list's.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from config.indicators import indicators
from models.indicators.documents import RevisionFloor
from models.indicators.storing import PUSH_CHANNEL, order_of
from models.kernel import line_list
from models.kernel.database import collection
from models.kernel.outbox import DELIVERED, OutboxMessage

FILE = "pushed.txt"
PATTERN = r"[a-z_]+:\d{4}-\d{2}:\d+"


def write(folder: Path) -> int:
    """Bring the list of a folder up to date; returns how many it names."""
    # By indicator: by state alone the index leads to every message to residents as well.
    taken = [
        each["_id"].removeprefix(f"{PUSH_CHANNEL}:")
        for token in indicators()
        for each in collection(OutboxMessage).find({"order_key": order_of(token), "state": DELIVERED}, {"_id": 1})
    ]
    return line_list.write(folder / FILE, taken, PATTERN)


def raise_floors(path: Path, at: datetime) -> int:
    """After a restore: number on above what the office has taken. Returns how many months. Raises ValueError."""
    highest: dict[str, int] = {}
    for line in line_list.read(path, PATTERN):
        month, _, revision = line.rpartition(":")
        highest[month] = max(highest.get(month, 0), int(revision))
    for month, number in highest.items():
        facts = {
            "$set": {"updated_at": at},
            "$setOnInsert": {"created_at": at, "version": 1},
            "$max": {"revision": number},
        }
        collection(RevisionFloor).update_one({"_id": month}, facts, upsert=True)
    return len(highest)
