"""What supervisors put right: an outcome entered wrongly, which of two reports counts. The old is always kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.eldercare import notices
from models.eldercare.booking import visit_of_place
from models.eldercare.documents import CORRECTION, Elder, Outcome, Visit
from models.eldercare.lifecycle import VISIT_LIFECYCLE
from models.eldercare.settling import masked_name, settle_visit
from models.eldercare.visit_owed import RECOUNT, REPROPOSE
from models.eldercare.visit_reports import counted, is_seen
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, month_of
from models.kernel.database import collection
from models.kernel.document import SOME_TEXT
from models.kernel.encryption import seal_text
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.lifecycle import Change, Raw

KEPT = ("outcome", "report_id", "notes", "checklist", "found_at", "seen_at", "completed_by", "conflict")


@dataclass(frozen=True)
class Correction:
    """What the visit is to say. `report_id`: the report that counts from now on; `outcome`: where it is none of the
    reports'; `found_at`: when it was found, where the phone's and the server's time are both wrong."""

    reason: str
    outcome: Outcome | None = None
    report_id: str | None = None
    found_at: datetime | None = None


def correct_outcome(
    visit_id: str, correction: Correction, *, by: Actor, at: datetime, key: str, version: int
) -> Raw:  # fmt: skip
    """Correct a visit that was reported; naming what it says already confirms it and ends its conflict.

    What stood is kept with who and why (encrypted). Months that this changes are counted again, proposals to the
    registrar follow, the family is told where the answer to "was seen" changes. Raises NotFound, InvalidInput, and
    what the lifecycle raises.
    """
    visit_of_place(visit_id, by)

    def change(visit: Raw) -> Change:
        facts = _facts(visit, correction, at)
        kept = {name: visit.get(name) for name in KEPT}
        entry = {**kept, "at": at, "by": by.id, "reason": seal_text(correction.reason, CORRECTION)}
        months = {month_of(each) for each in (visit.get("seen_at"), facts["seen_at"]) if each is not None}
        number = len(visit.get("corrections", ())) + 1
        owed = [*(f"{RECOUNT} {month}" for month in sorted(months)), f"{REPROPOSE} {number}"]
        return Change(
            set={**facts, "conflict": None}, push={"corrections": entry, "owed": {"$each": owed}},
            outbox=_told(visit, facts, number),
        )  # fmt: skip

    done = VISIT_LIFECYCLE.perform(visit_id, "correct", by=by, at=at, version=version, key=key, change=change)
    audit.record(by, "visit_corrected", f"visit:{visit_id}", at, district_code=done["district_code"])
    return settle_visit(done, at)


def open_conflicts(by: Actor, scope: dict[str, Any]) -> list[Raw]:
    """The visits of a place whose reports a supervisor has yet to look at, the oldest first.

    The list of the whole city is short by design, so the place is asked of it afterwards.
    """
    found = collection(Visit).find({"conflict": SOME_TEXT})
    mine = [each for each in found if _within(each, scope) and by.covers(each["district_code"], each["township_id"])]
    ordered = sorted(mine, key=lambda each: (each["updated_at"], each["_id"]))
    return ordered[: rule("eldercare.day_list_most")]


def _facts(visit: Raw, correction: Correction, at: datetime) -> dict[str, Any]:
    report_id = correction.report_id or visit.get("report_id")
    report = next((each for each in visit.get("reports", ()) if each["id"] == report_id), None)
    if correction.report_id is not None and report is None:
        raise InvalidInput(faults=[FieldFault("report_id", "unknown_report")])
    found_at = as_utc(correction.found_at or (report or visit).get("found_at") or visit["completed_at"])
    if found_at > at:
        raise InvalidInput(faults=[FieldFault("found_at", "in_the_future")])
    if found_at < as_utc(visit["created_at"]) - timedelta(days=rule("eldercare.correct_back_days")):
        raise InvalidInput(faults=[FieldFault("found_at", "too_long_ago")])
    outcome = correction.outcome or (report or visit)["outcome"]
    facts = counted(report) if correction.report_id is not None and report is not None else {}
    return {**facts, "outcome": outcome, "found_at": found_at, "seen_at": found_at if is_seen(outcome) else None}


def _told(visit: Raw, facts: dict[str, Any], number: int) -> list[Any]:
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, {"name": 1})
    alerts = [] if facts["outcome"] == visit["outcome"] else notices.staff_alerts(visit, facts["outcome"])
    known = {each.key for report in visit.get("reports", ()) for each in notices.staff_alerts(visit, report["outcome"])}
    told = [each for each in alerts if each.key not in known]
    if is_seen(facts["outcome"]) == is_seen(visit["outcome"]):
        return told
    kind = notices.outcome_kind(facts["outcome"])
    return [*told, *notices.visit_notice(kind, visit, masked_name(elder), f"corrected:{number}")]


def _within(visit: Raw, scope: dict[str, Any]) -> bool:
    township = scope.get("township_id")
    if isinstance(township, dict):
        return visit["township_id"] in township["$in"]
    if township is not None:
        return bool(visit["township_id"] == township)
    return scope.get("district_code") in (None, visit["district_code"])
