"""What the file of an application shows of its public notice, of how the applicant was told, and of checks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from models.casework.check_results import evidence_of, results_of
from models.casework.notice_queries import notice_of_application
from models.casework.public_notices import ON_NOTICE
from models.casework.tellings import tellings_of
from models.kernel.lifecycle import Raw


class OwnNoticeView(BaseModel):
    """Where the application's public notice stands; nothing of who objects or why."""

    id: str
    state: str
    text: str
    published_on: date
    ends_at: datetime | None
    due_assumed: bool
    objections_open: int


class WayView(BaseModel):
    """One way by which a notice went, and what became of it."""

    way: str
    way_label: str
    state: str
    outcome: str
    outcome_label: str
    at: datetime


class TellingView(BaseModel):
    """What the applicant was told at a step, and by which ways."""

    told_at: datetime
    text: str
    ways: list[WayView]


class CheckView(BaseModel):
    """A department's answer about one person of the application."""

    id: str
    check: str
    member_id: str
    label: str
    department: str
    question: str
    person: str
    result: str
    result_label: str
    value: str | None
    source: str
    remark: str | None
    checked_on: date
    valid_until: date
    expired: bool
    imported_at: datetime


class EvidenceForRule(BaseModel):
    """What the answers of a check that hold say about a rule: met, not_met or unknown."""

    check: str
    label: str
    department: str
    outcome: str
    outcome_label: str
    checked_on: date
    valid_until: date
    expired: bool


def notice_shown(raw: Raw) -> dict[str, Any] | None:
    """The application's latest public notice; None where it had none."""
    if all(each["to"] != ON_NOTICE for each in raw["history"]):
        return None
    return notice_of_application(raw["_id"])


def told_and_checked(raw: Raw, at: datetime) -> dict[str, Any]:
    """How the applicant was told of each step, what departments answered, and what that says about which rule."""
    results = results_of(raw, at)
    return {"tellings": tellings_of(raw["_id"]), "checks": results, "evidence": evidence_of(raw, results)}
