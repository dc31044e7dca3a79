"""What tenancies and the rent ledger keep of residents: given out and erased when a resident asks.

The ledger's amounts stay without the person, as books must (accounting law: vouchers are kept); whoever lives
in a flat keeps the tenancy with its duties, and only its payer and notes go. Source: PIPL articles 45, 47.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.housing import allocation
from models.housing.flat_documents import ENDED, LIVED_IN, PAYER_CONTEXT, RentEntry, Tenancy
from models.kernel.database import collection
from models.kernel.encryption import open_json
from models.people.holders import register_holder

NAME = "tenancies"
SHOWN = ("application_id", "programme", "state", "persons", "lease", "recheck_due_at", "subsidy_fen", "moved_out_on")
LINE = ("kind", "amount_fen", "on", "month", "reference")


def export_resident_tenancies(resident_id: str) -> dict[str, Any]:
    """The resident's tenancies and rent, in clear."""
    found = collection(Tenancy).find({"resident_id": resident_id}).sort("created_at", 1)
    lines = collection(RentEntry).find({"resident_id": resident_id}).sort("on", 1)
    return {
        "tenancies": [
            {**{name: each.get(name) for name in SHOWN},
             "payer": open_json(each["payer"], PAYER_CONTEXT) if each.get("payer") else None}
            for each in found
        ],
        "rent": [{name: each.get(name) for name in LINE} for each in lines],
    }  # fmt: skip


def erase_resident_tenancies(resident_id: str, at: datetime) -> int:
    """End what has no key yet, and take the person out of what stays; returns how many. Again: no harm."""
    found = list(collection(Tenancy).find({"resident_id": resident_id}, {"state": 1}))
    for each in found:
        if each["state"] not in (*LIVED_IN, ENDED):
            allocation.end(each["_id"], "withdrawn", at)
        collection(Tenancy).update_one(
            {"_id": each["_id"]},
            {"$unset": {"resident_id": "", "payer": "", "history.$[].note": ""}, "$set": {"updated_at": at}},
        )
    lines = collection(RentEntry).update_many(
        {"resident_id": resident_id}, {"$unset": {"resident_id": "", "note": ""}, "$set": {"updated_at": at}}
    )
    return len(found) + lines.modified_count


def rests_on(resident_id: str, purpose: str, child_id: str | None) -> bool:
    """Whoever lives in a flat cannot take back the consent to be known."""
    wanted = {"resident_id": resident_id, "state": {"$in": list(LIVED_IN)}}
    return purpose == "identity" and collection(Tenancy).find_one(wanted, {"_id": 1}) is not None


register_holder(NAME, export=export_resident_tenancies, erase=erase_resident_tenancies, rests_on=rests_on)
