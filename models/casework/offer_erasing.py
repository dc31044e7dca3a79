"""What offers keep of residents: given out and erased when a resident asks. Source: PIPL articles 45 and 47."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from models.casework import offers
from models.casework.offer_documents import OFFERED, Offer
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.errors import Conflict
from models.people.holders import register_holder

NAME = "offers"
SHOWN = ("kind", "application_id", "programme", "subject", "state", "created_at", "expires_at")


def export_resident_offers(resident_id: str) -> list[dict[str, Any]]:
    """The resident's offers and what became of them."""
    found = collection(Offer).find({"resident_id": resident_id}).sort("created_at", 1)
    return [{name: each.get(name) for name in SHOWN} for each in found]


def erase_resident_offers(resident_id: str, at: datetime) -> int:
    """Take open offers back, then the resident out of all; returns how many. Again: no harm."""
    found = list(collection(Offer).find({"resident_id": resident_id}, {"state": 1}))
    for each in found:
        if each["state"] == OFFERED:
            with suppress(Conflict):  # answered in between
                offers.withdraw(each["_id"], by=SYSTEM, at=at)
        collection(Offer).update_one(
            {"_id": each["_id"], "state": {"$ne": OFFERED}},
            {"$unset": {"resident_id": "", "history.$[].note": ""}, "$set": {"updated_at": at}},
        )
    return len(found)


register_holder(NAME, export=export_resident_offers, erase=erase_resident_offers)
