"""Holding and freeing a flat: each one compare-and-set write on the flat's document, which alone says whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.housing.flat_documents import CHOOSING, FREE, HELD, LET, WAITING, Flat, Tenancy
from models.kernel.database import collection
from models.kernel.document import earlier_than
from models.kernel.errors import NotFound

Raw = dict[str, Any]


@dataclass(frozen=True)
class Hold:
    """Whose a flat is: the tenancy, and the version of it from which the flat was taken."""

    application_id: str
    attempt: int

    def stored(self) -> Raw:
        """As it lies on the flat."""
        return {"application_id": self.application_id, "attempt": self.attempt}


def read(flat_id: str) -> Raw:
    """A flat as stored. Raises NotFound."""
    found = collection(Flat).find_one({"_id": flat_id})
    if found is None:
        raise NotFound()
    return found


def hold(flat_id: str, holder: Hold, batch_id: str, at: datetime) -> bool:
    """Take a free flat of the batch; False where somebody was quicker. The same hold again is true again."""
    taken = collection(Flat).update_one(
        {"_id": flat_id, "state": FREE, "batch_id": batch_id},
        {"$set": {"state": HELD, "hold": holder.stored(), "held_at": at, "updated_at": at}, "$inc": {"version": 1}},
    )
    if taken.modified_count:
        return True
    found = collection(Flat).find_one({"_id": flat_id}, {"hold": 1, "state": 1})
    return found is not None and found["state"] == HELD and found.get("hold") == holder.stored()


def confirm(flat_id: str, holder: Hold) -> None:
    """The tenancy names the flat: its hold is no left-over."""
    collection(Flat).update_one({"_id": flat_id, "state": HELD, "hold": holder.stored()}, {"$unset": {"held_at": ""}})


def let(flat_id: str, holder: Hold, at: datetime) -> None:
    """The key is handed over."""
    collection(Flat).update_one(
        {"_id": flat_id, "state": HELD, "hold": holder.stored()},
        {"$set": {"state": LET, "updated_at": at}, "$unset": {"held_at": ""}, "$inc": {"version": 1}},
    )


def settle(flat_id: str, at: datetime) -> str:
    """Bring a flat into line with the tenancy that it is held for; only a hold that can never be used is freed.

    Returns `kept` (the tenancy names it), `open` (it may still come to), `freed`, or `free`.
    """
    flat = read(flat_id)
    if flat["state"] not in (HELD, LET):
        return "free"
    named = flat["hold"]
    tenancy = collection(Tenancy).find_one({"_id": named["application_id"]}, {"flat": 1, "version": 1, "state": 1})
    if tenancy is not None:
        if tenancy.get("flat") == {"id": flat_id, "attempt": named["attempt"]}:
            return "kept"
        if tenancy["version"] == named["attempt"] and tenancy["state"] in (WAITING, CHOOSING):
            return "open"
    freed = collection(Flat).update_one(
        {"_id": flat_id, "state": flat["state"], "hold": named},
        {"$set": {"state": FREE, "updated_at": at}, "$unset": {"hold": "", "held_at": ""}, "$inc": {"version": 1}},
    )
    return "freed" if freed.modified_count else "free"


def free_of_batch(batch_id: str) -> list[Raw]:
    """The free flats of a batch, by number."""
    found = collection(Flat).find({"batch_id": batch_id, "state": FREE})
    return sorted(found, key=lambda each: (each["estate_id"], each["number"]))


def held_since(before: datetime) -> list[Raw]:
    """Flats held before this moment that no tenancy has confirmed: left by a process that died."""
    found = collection(Flat).find({"state": HELD, "held_at": earlier_than(before)}, {"hold": 1, "batch_id": 1})
    return list(found)
