"""What elder care keeps of residents: given out and erased when a resident asks. Source: PIPL articles 45 and 47.

The register itself is about old people and rests on the authority's duty or their own consent; it is no part of a
family member's account. An old person who uses the product finds the own entry in the copy.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from models.eldercare.choices import row_of
from models.eldercare.concern_records import Concern
from models.eldercare.documents import (
    BOOKED,
    ELDER_NAME,
    LINK_NAME,
    Elder,
    ElderLink,
    Visit,
    VisitSlot,
)
from models.eldercare.import_documents import ElderChoice
from models.eldercare.referral_records import NOTE, referrals_about
from models.eldercare.settling import cancel
from models.eldercare.waiting_documents import VisitWait
from models.eldercare.waiting_ends import give_back
from models.eldercare.wishes import wishes_of
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.encryption import open_json, open_text
from models.kernel.errors import Conflict
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from models.people.holders import register_holder

NAME = "eldercare"
ERASED_RESIDENT = "erased"
LEFT = "resident_left"


def export_resident_visits(resident_id: str) -> dict[str, Any]:
    """The resident's links and visits, and the register entry where they are the old person, in clear."""
    links = collection(ElderLink).find({"resident_id": resident_id}).sort([("created_at", 1)])
    visits = collection(Visit).find({"resident_id": resident_id}).sort([("starts_at", 1)])
    return {
        "links": [_link(each) for each in links],
        "visits": [_visit(each) for each in visits],
        "waiting_requests": [_wait(each) for each in collection(VisitWait).find({"resident_id": resident_id})],
        "register_entry": _own_entry(resident_id),
        "list_rows": _own_rows(resident_id),
    }


def erase_resident_visits(resident_id: str, at: datetime) -> int:
    """Cancel what is booked, take the resident out of visits and slots, delete the links. Again: no harm.

    What became of a visit stays, without who booked it: the old person's history and the month's numbers rest on it.
    """
    for visit in list(collection(Visit).find({"resident_id": resident_id, "state": BOOKED}, {"_id": 1})):
        with suppress(Conflict):  # begun or cancelled in between
            cancel(visit["_id"], None, SYSTEM, at, key=LEFT)
    waits = list(collection(VisitWait).find({"resident_id": resident_id}))
    for wait in waits:
        collection(VisitWait).delete_one({"_id": wait["_id"]})
        if wait.get("slot_id"):
            give_back(wait["slot_id"], wait["offer_id"])
    visits = list(collection(Visit).find({"resident_id": resident_id}))
    slots = collection(VisitSlot).update_many(
        {"_id": {"$in": [visit["slot_id"] for visit in visits if visit.get("slot_id")]}},
        {"$set": {"bookings.$[mine].resident_id": ERASED_RESIDENT}, "$unset": {"bookings.$[mine].sealed": ""}},
        array_filters=[{"mine.resident_id": resident_id}],
    )
    count = sum(_anonymise(visit, resident_id, at) for visit in visits)
    links = collection(ElderLink).delete_many({"resident_id": resident_id})
    decided = sum(
        _forget_decision(link, resident_id) for link in collection(ElderLink).find({"person_id": resident_id})
    )
    return count + slots.modified_count + links.deleted_count + len(waits) + decided


def _forget_decision(link: Raw, resident_id: str) -> int:
    """Take the old person's account out of a link that they decided; the link itself is the family's."""
    history = [
        {**entry, "by": {**entry["by"], "id": ERASED_RESIDENT}} if entry["by"]["id"] == resident_id else entry
        for entry in link["history"]
    ]
    changed = collection(ElderLink).update_one(
        {"_id": link["_id"], "version": link["version"]},
        {"$set": {"person_id": None, "history": history}, "$inc": {"version": 1}},
    )
    return changed.matched_count


def _anonymise(visit: Raw, resident_id: str, at: datetime) -> int:
    history = [
        {**entry, "by": {**entry["by"], "id": ERASED_RESIDENT}} if entry["by"]["id"] == resident_id else entry
        for entry in visit["history"]
    ]
    outbox = [entry for entry in visit.get("outbox", ()) if entry.get("subject_id") != resident_id]
    changed = collection(Visit).update_one({"_id": visit["_id"], "version": visit["version"]},
        {"$set": {"resident_id": None, "wishes": None, "wish_list": None, "history": history, "outbox": outbox,
                  "outbox_waiting": bool(outbox), "updated_at": at}, "$inc": {"version": 1}})  # fmt: skip
    return changed.matched_count


def _link(link: Raw) -> dict[str, Any]:
    return {
        "name": open_text(link["name"], LINK_NAME), "relation": link["relation"], "state": link["state"],
        "id_number": open_text(link["id_number"], ElderLink.id_number.context), "created_at": link["created_at"],
    }  # fmt: skip


def _visit(visit: Raw) -> dict[str, Any]:
    wished = wishes_of(visit)
    return {
        "starts_at": visit["starts_at"], "state": visit["state"], "township_id": visit["township_id"],
        "wishes": wished.words, "wish_list": list(wished.ticked),
    }  # fmt: skip


def _wait(wait: Raw) -> dict[str, Any]:
    kept = ("state", "township_id", "days", "half_days", "created_at")
    return {name: wait[name] for name in kept}


def _number_index(resident_id: str) -> str | None:
    resident = collection(Resident).find_one({"_id": resident_id}, {"id_number_index": 1}) or {}
    index: str | None = resident.get("id_number_index")
    return index


def _own_rows(resident_id: str) -> list[dict[str, Any]]:
    """What lists say of the resident that nobody has decided on yet."""
    index = _number_index(resident_id)
    found = collection(ElderChoice).find({"id_number_index": index}) if index else ()
    return [row for each in found if (row := row_of(each)) is not None]


def _own_entry(resident_id: str) -> dict[str, Any] | None:
    index = _number_index(resident_id)
    elder = collection(Elder).find_one({"id_number_index": index}) if index else None
    if elder is None:
        return None
    health = elder.get("health_notes")
    return {
        "name": open_text(elder["name"], ELDER_NAME), **open_json(elder["private"], Elder.private.context),
        "health_notes": open_text(health, Elder.health_notes.context) if health else None,
        "categories": elder["categories"], "risk_level": elder["risk_level"], "legal_basis": elder["legal_basis"],
        "language": elder.get("language"),
        "referrals": [_referral(each) for each in referrals_about(elder["_id"])],
        "periods": elder["periods"], "places": elder.get("places", []), "seen_months": elder.get("seen_months", []),
        "concerns": [{name: each.get(name) for name in ("number", "cause", "state", "since", "resolved_at")}
                     for each in collection(Concern).find({"elder_id": elder["_id"]})],
    }  # fmt: skip


def _referral(referral: Raw) -> dict[str, Any]:
    note = referral.get("note")
    return {
        "kind": referral["kind"], "programme": referral.get("programme"), "state": referral["state"],
        "note": open_text(note, NOTE) if note else None, "created_at": referral["created_at"],
    }  # fmt: skip


register_holder(NAME, export=export_resident_visits, erase=erase_resident_visits)
