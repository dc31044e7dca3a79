"""How long names of notices and the files of objections are kept, the copy a resident may ask for, and erasure."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework import objections
from models.casework.check_documents import CheckResult
from models.casework.notice_documents import (
    DISMISSED,
    ENDED,
    LATE,
    MOOT,
    SHOWN,
    STOPPED,
    SUSTAINED,
    UNDECIDED,
    WITHDRAWN,
    Objection,
    PublicNotice,
)
from models.casework.papers import entry_shown
from models.casework.phone_tasks import PhoneTask
from models.casework.public_notices import stop
from models.kernel.database import collection
from models.kernel.errors import IllegalTransition
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from models.people.holders import register_holder

NOTICES, OBJECTIONS = "public_notices", "objections"
CLOSED = [LATE, SUSTAINED, DISMISSED, WITHDRAWN, MOOT]
BATCH = 500


def apply_notice_retention(at: datetime) -> dict[str, int]:
    """Take names off notices that ended long ago, and people out of old objections; a job calls it daily."""
    named = at - timedelta(days=rule("public_notices.name_kept_days"))
    over = {"state": {"$in": [ENDED, STOPPED]}, "ended_at": {"$lt": named}, "shown_name": {"$exists": True}}
    done = collection(PublicNotice).update_many(over, {"$unset": {"shown_name": "", "resident_id": ""}})
    kept = at - timedelta(days=rule("public_notices.objections_kept_days"))
    old = {"state": {"$in": CLOSED}, "closed_at": {"$lt": kept}, "objector": {"$exists": True}}
    gone = [_anonymise(raw, at) for raw in list(collection(Objection).find(old).limit(BATCH))]
    return {"notices_unnamed": done.modified_count, "objections_anonymised": len(gone)}


def forget_case(application_id: str) -> None:
    """What was kept beside a case goes when the case is made nobody's: answers of departments, calls, the masked name.

    A notice that is still shown is ended by whoever ends the case.
    """
    for record in (CheckResult, PhoneTask):
        collection(record).delete_many({"application_id": application_id})
    over = {"application_id": application_id, "state": {"$in": [ENDED, STOPPED]}}
    collection(PublicNotice).update_many(over, {"$unset": {"shown_name": "", "resident_id": ""}})


def export_notices(resident_id: str) -> list[dict[str, Any]]:
    """The notices of a resident's applications."""
    found = collection(PublicNotice).find({"resident_id": resident_id}).sort("created_at", 1)
    return [{name: each.get(name) for name in ("programme", "shown_name", "published_on", "state")} for each in found]


def erase_notices(resident_id: str, at: datetime) -> int:
    """End what is shown and take the name off; again: no change."""
    found = list(collection(PublicNotice).find({"resident_id": resident_id}, {"state": 1}))
    for each in found:
        if each["state"] in SHOWN:
            stop(each["_id"], at)
        collection(PublicNotice).update_one(
            {"_id": each["_id"]}, {"$unset": {"shown_name": "", "resident_id": ""}, "$set": {"updated_at": at}}
        )
    return len(found)


def export_objections(resident_id: str) -> list[dict[str, Any]]:
    """A resident's objections in clear; the contents of files are given by their pages."""
    return [
        {
            "id": raw["_id"], "created_at": raw["created_at"], "programme": raw["programme"], "state": raw["state"],
            "statement": objections.statement_of(raw), "ruling": objections.ruling_of(raw),
            "evidence": [entry_shown(each) for each in raw["evidence"]],
        }
        for raw in objections.all_objections_of(resident_id)
    ]  # fmt: skip


def erase_objections(resident_id: str, at: datetime) -> int:
    """Take back what is open, then take the person out; again: no change."""
    found = objections.all_objections_of(resident_id)
    for raw in found:
        if raw["state"] in UNDECIDED:
            with suppress(IllegalTransition):  # ruled on in between
                objections.withdraw(raw["_id"], by=Resident.actor(resident_id), at=at, key="erasure")
        current = collection(Objection).find_one({"_id": raw["_id"]})
        if current is not None:
            _anonymise(current, at)
    return len(found)


def _anonymise(raw: Raw, at: datetime) -> str:
    objections.drop_evidence(raw)
    gone = dict.fromkeys(("objector", "objector_index", "statement", "only_open"), "")
    collection(Objection).update_one(
        {"_id": raw["_id"]}, {"$unset": gone, "$set": {"evidence": [], "updated_at": at}, "$inc": {"version": 1}}
    )
    return str(raw["_id"])


register_holder(NOTICES, export=export_notices, erase=erase_notices)
register_holder(OBJECTIONS, export=export_objections, erase=erase_objections)
