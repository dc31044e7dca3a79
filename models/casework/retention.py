"""How long a case is kept, the copy a resident may ask for, and erasure.

Papers go first, then all personal data: what stays of a case is programme, place, states and times, for the figures and
for the places given out. Sources: the programme's `retention`; PIPL articles 19, 45, 47.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from models.casework.case_people import household_of_case
from models.casework.claims import release_claims
from models.casework.documents import APPROVED, DRAFT, OPEN_STATES, Application, PaperChunk
from models.casework.notice_retention import forget_case
from models.casework.operations import withdraw
from models.casework.papers import delete_all_contents, papers_shown, replaced_shown
from models.casework.queries import correction_of, form_of, programme_of, reason_of, version_of
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import up_to
from models.kernel.lifecycle import Raw, note_of
from models.people.documents import Resident
from models.people.holders import register_holder

HOLDER = "applications"
NOBODY = "erased"
BATCH = 500
PERSONAL = ("form", "handed_in", "reason", "correction", "child_id", "open_for", "retention_due_at", "opinion_reason",
            "appeal", "household", "household_id", "people", "matter", "assignee_id")  # fmt: skip


def apply_retention(at: datetime) -> dict[str, int]:
    """Delete papers and anonymise cases whose time has come; a job calls it daily. Returns counts."""
    counts = {"papers_deleted": 0, "anonymised": 0}
    for raw in list(collection(Application).find({"retention_due_at": up_to(at)}).limit(BATCH)):
        closed = as_utc(raw.get("closed_at") or raw["decided_at"])
        ends = closed + timedelta(days=version_of(raw).retention.case_days)
        if raw.get("submitted_at") is None or ends <= at:
            counts["anonymised"] += anonymise(raw, at)
        else:
            delete_all_contents(raw["_id"])
            collection(Application).update_one(
                {"_id": raw["_id"], "version": raw["version"]},
                {
                    "$set": {
                        "papers": [],
                        "papers_replaced": [],
                        "papers_deleted_at": at,
                        "retention_due_at": ends,
                        "updated_at": at,
                    },
                    "$inc": {"version": 1},
                },
            )
            counts["papers_deleted"] += 1
    return counts


def anonymise(raw: Raw, at: datetime) -> bool:
    """Take the person out of a closed case: answers, papers, reasons, notes and who it was. False where it changed."""
    delete_all_contents(raw["_id"])
    release_claims([raw["_id"]])
    forget_case(raw["_id"])
    done = collection(Application).update_one(
        {"_id": raw["_id"], "version": raw["version"]},
        {
            "$unset": dict.fromkeys(PERSONAL, ""),
            "$set": {
                "resident_id": NOBODY,
                "papers": [],
                "papers_replaced": [],
                "outbox": [],
                "outbox_waiting": False,
                "history": [_without_person(entry) for entry in raw["history"]],
                "anonymised_at": at,
                "updated_at": at,
            },
            "$inc": {"version": 1},
        },
    )
    return done.modified_count == 1


def export_applications(resident_id: str) -> list[dict[str, Any]]:
    """All of a resident's applications in clear; the contents of files are given by the applications' pages."""
    found = collection(Application).find({"resident_id": resident_id}).sort("created_at", 1)
    return [
        {
            "id": raw["_id"], "programme": raw["programme"], "state": raw["state"], "created_at": raw["created_at"],
            "submitted_at": raw.get("submitted_at"), "decided_at": raw.get("decided_at"), "form": form_of(raw),
            "papers": papers_shown(raw), "papers_replaced": replaced_shown(raw), "household": household_of_case(raw),
            "reason": reason_of(raw), "correction": correction_of(raw),
            "placement": raw.get("placement"),
            "history": [
                {"action": each["action"], "at": each["at"], "to": each["to"], "note": note_of(each)}
                for each in raw["history"]
            ],
        }
        for raw in found
    ]  # fmt: skip


def erase_applications(resident_id: str, at: datetime) -> int:
    """Delete drafts, withdraw what is open, anonymise the rest; returns how many were changed. Again: no change."""
    changed = 0
    for raw in list(collection(Application).find({"resident_id": resident_id})):
        changed += _erase(raw, at)
    return changed


def rests_on(resident_id: str, purpose: str, child_id: str | None) -> bool:
    """True while an open application of the resident needs this consent."""
    found = collection(Application).find({"resident_id": resident_id}, {"state": 1, "programme": 1, "child_id": 1})
    return any(
        raw["state"] in OPEN_STATES
        and any(each.purpose == purpose for each in programme_of(raw["programme"]).consents)
        and (purpose != "child" or child_id is None or raw.get("child_id") == child_id)
        for raw in found
    )


def _erase(raw: Raw, at: datetime) -> int:
    if raw["state"] == DRAFT:
        collection(PaperChunk).delete_many({"application_id": raw["_id"]})
        return collection(Application).delete_one({"_id": raw["_id"], "state": DRAFT}).deleted_count
    if raw["state"] in OPEN_STATES or (raw["state"] == APPROVED and programme_of(raw["programme"]).lasting):
        raw = withdraw(
            raw["_id"], version=None, by=Resident.actor(raw["resident_id"]), at=at, key=f"erasure:{raw['_id']}"
        )
    current = collection(Application).find_one({"_id": raw["_id"]})
    return int(anonymise(current, at)) if current is not None else 0


def _without_person(entry: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in entry.items() if name != "note"}
    if entry["by"]["kind"] == "resident":
        kept["by"] = {"kind": "resident", "id": NOBODY}
    return kept


register_holder(HOLDER, export=export_applications, erase=erase_applications, rests_on=rests_on)
