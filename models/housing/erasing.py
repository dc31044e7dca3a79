"""What waiting lists keep of residents: given out and erased when a resident asks. Source: PIPL articles 45 and 47.

Lists of draws hold ids of applications only; they stay, for a published draw must remain verifiable.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from models.housing.documents import ENDED, VALUES_CONTEXT, WaitingEntry
from models.housing.waiting_list import act
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.encryption import open_json
from models.kernel.errors import IllegalTransition
from models.kernel.lifecycle import note_of
from models.people.holders import register_holder

NAME = "waiting_lists"
LEFT = "resident left"


def export_resident_waiting(resident_id: str) -> list[dict[str, Any]]:
    """The resident's entries with the values that order them and every action, in clear."""
    return [
        {
            "list": entry["list_key"], "application_id": entry["application_id"], "state": entry["state"],
            "joined_at": entry["joined_at"], "values": open_json(entry["values"], VALUES_CONTEXT),
            "moves": [{name: move[name] for name in ("action", "reason", "at")} for move in entry["moves"]],
            "notes": [note for note in map(note_of, entry["history"]) if note],
        }
        for entry in collection(WaitingEntry).find({"resident_id": resident_id}).sort("joined_at", 1)
    ]  # fmt: skip


def erase_resident_waiting(resident_id: str, at: datetime) -> int:
    """Take the resident off every list, then out of the entries; returns how many. Again: no harm."""
    found = list(collection(WaitingEntry).find({"resident_id": resident_id}, {"state": 1}))
    for entry in found:
        if entry["state"] != ENDED:
            with suppress(IllegalTransition):  # ended in between
                act(entry["_id"], "end", reason="withdrawn", by=SYSTEM, at=at, key=LEFT)
        collection(WaitingEntry).update_one(
            {"_id": entry["_id"], "state": ENDED},
            {"$unset": {"resident_id": "", "values": "", "history.$[].note": ""}, "$set": {"updated_at": at}},
        )
    return len(found)


register_holder(NAME, export=export_resident_waiting, erase=erase_resident_waiting)
