"""What childcare keeps of residents: given out and erased when a resident asks. Source: PIPL articles 45 and 47.

A round's stored input names application ids only, and the months of stays; it stays, for a published round must
remain verifiable.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.childcare import placing, ratings, threads
from models.childcare.documents import ENDED, LIVE_STATES, ChildcareMessage, ChildcarePlacement, ChildcareRating
from models.childcare.ordering import values_of
from models.kernel.database import collection
from models.kernel.document import up_to
from models.people.holders import register_holder

NAME = "childcare"
NOBODY = "erased"
# `ended_at` goes too: it is what retention looks for.
PERSONAL = {"values": "", "child_id": "", "family_index": "", "ended_at": ""}
WORDS = {"text": "", "reply": ""}


def export_childcare(resident_id: str) -> dict[str, Any]:
    """The resident's placements with every step, what was said in their threads, and the ratings, in clear."""
    return {
        "placements": [
            {
                "id": raw["_id"], "state": raw["state"], "choices": raw["choices"], "values": values_of(raw),
                "offer": raw.get("offer") or None, "place": raw.get("place") or None, "passed": raw.get("passed"),
                "steps": [{"action": each["action"], "at": each["at"], "to": each["to"]} for each in raw["history"]],
            }
            for raw in collection(ChildcarePlacement).find({"resident_id": resident_id})
        ],
        "messages": [
            threads.shown(each) | {"placement_id": each["placement_id"]}
            for each in collection(ChildcareMessage).find({"resident_id": resident_id}).sort("created_at", 1)
        ],
        "ratings": [ratings.shown(each) for each in collection(ChildcareRating).find({"resident_id": resident_id})],
    }  # fmt: skip


def erase_childcare(resident_id: str, at: datetime) -> int:
    """End what is under way, which frees the places; then take the person out. Returns how many; again: no harm."""
    found = list(collection(ChildcarePlacement).find({"resident_id": resident_id}, {"state": 1}))
    for raw in found:
        placing.end(raw["_id"], "withdrawn", at)
    collection(ChildcarePlacement).update_many(
        {"resident_id": resident_id, "state": ENDED}, {**_gone(at), "$unset": PERSONAL}
    )
    said = collection(ChildcareMessage).delete_many({"resident_id": resident_id}).deleted_count
    # The stars stay in the centre's average; who gave them, and the words, go.
    rated = collection(ChildcareRating).update_many({"resident_id": resident_id}, {**_gone(at), "$unset": WORDS})
    return len(found) + said + rated.modified_count


def rests_on(resident_id: str, purpose: str, child_id: str | None) -> bool:
    """True while a child of the resident waits for a place or has one, which needs the guardian's consent."""
    if purpose not in ("identity", "child"):
        return False
    wanted: dict[str, Any] = {"resident_id": resident_id, "state": {"$in": list(LIVE_STATES)}}
    if purpose == "child" and child_id is not None:
        wanted["child_id"] = child_id
    return collection(ChildcarePlacement).find_one(wanted, {"_id": 1}) is not None


def apply_retention(at: datetime) -> dict[str, int]:
    """Take the person out of what ended long ago (`childcare.kept_days`); a job calls it daily. Returns counts."""
    oldest = at - timedelta(days=rule("childcare.kept_days"))
    ended = list(collection(ChildcarePlacement).find({"ended_at": up_to(oldest), "state": ENDED}, {"_id": 1}))
    over = {"$in": [raw["_id"] for raw in ended]}
    collection(ChildcarePlacement).update_many({"_id": over}, {**_gone(at), "$unset": PERSONAL})
    said = collection(ChildcareMessage).delete_many({"placement_id": over}).deleted_count
    collection(ChildcareRating).update_many({"_id": over}, {**_gone(at), "$unset": WORDS})
    return {"childcare_anonymised": len(ended), "childcare_messages": said}


def _gone(at: datetime) -> dict[str, Any]:
    return {"$set": {"resident_id": NOBODY, "outbox": [], "outbox_waiting": False, "updated_at": at}}


register_holder(NAME, export=export_childcare, erase=erase_childcare, rests_on=rests_on)
