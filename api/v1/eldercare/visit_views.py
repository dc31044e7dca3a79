"""Parts of what is seen of a visit: until when it can change, the arrival, the reports, the corrections."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from config.loading import rule
from config.text import label
from models.eldercare.checklist import shown_answers
from models.eldercare.documents import BOOKED, CHECKLIST, CORRECTION, VISIT_NOTES
from models.eldercare.lifecycle import BY_ITSELF, UNDOING, VISIT_LIFECYCLE
from models.eldercare.visiting import can_undo
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.encryption import open_json, open_text
from models.kernel.lifecycle import Raw


class ArrivalView(BaseModel):
    """Within the radius (None: the home's point is not known), and the band of the distance; never where."""

    within: bool | None
    band: str
    band_label: str
    at: datetime


class VisitReportView(BaseModel):
    """One report of a visit, as its supervisor sees it."""

    id: str
    by: str
    counts: bool
    outcome: str
    outcome_label: str
    notes: str | None
    checklist: list[dict[str, Any]]
    found_at: datetime
    device_time: datetime | None
    device_time_trusted: bool
    received_at: datetime


class VisitCorrectionView(BaseModel):
    """What stood before a correction, and why it was corrected."""

    at: datetime
    by: str
    reason: str
    outcome: str
    outcome_label: str
    report_id: str | None
    seen_at: datetime | None


def limits(visit: Raw) -> dict[str, datetime | None]:
    """Until when a family can move and cancel a visit that is booked; None for any other."""
    if visit["state"] != BOOKED:
        return {"move_until": None, "cancel_until": None}
    hour = as_utc(visit["starts_at"])
    return {
        "move_until": hour - timedelta(hours=rule("eldercare.reschedule_hours_before")),
        "cancel_until": hour - timedelta(hours=rule("eldercare.cancel_hours_before")),
    }


def actions_of(visit: Raw, by: Actor) -> list[str]:
    """What a person may do with the visit now, without what follows by itself."""
    named = [each for each in VISIT_LIFECYCLE.actions_for(visit, by) if each not in (*BY_ITSELF, *UNDOING)]
    return [*named, "undo"] if can_undo(visit, by) else named


def arrival_view(arrival: Raw) -> ArrivalView:
    """An arrival in words."""
    told = label("eldercare.band", arrival["band"])
    return ArrivalView(within=arrival["within"], band=arrival["band"], band_label=told, at=arrival["at"])


def notes_of(stored: Raw) -> str | None:
    """The notes of a visit or report, in clear: for those alone who may read them."""
    return open_text(stored["notes"], VISIT_NOTES) if stored.get("notes") else None


def answers_of(stored: Raw, *, health: bool) -> list[dict[str, Any]]:
    """The checklist of a visit or report; answers that tell of health only with `health`."""
    return shown_answers(open_json(stored["checklist"], CHECKLIST), health=health) if stored.get("checklist") else []


def report_view(report: Raw, visit: Raw) -> VisitReportView:
    """One report of a visit, for its supervisor."""
    kept = ("id", "by", "outcome", "found_at", "device_time", "device_time_trusted", "received_at")
    return VisitReportView(
        **{name: report[name] for name in kept}, counts=report["id"] == visit.get("report_id"),
        outcome_label=label("eldercare.outcome", report["outcome"]), notes=notes_of(report),
        checklist=answers_of(report, health=True),
    )  # fmt: skip


def correction_view(entry: Raw) -> VisitCorrectionView:
    """One correction, for its supervisor."""
    return VisitCorrectionView(
        **{name: entry[name] for name in ("at", "by", "outcome", "report_id", "seen_at")},
        reason=open_text(entry["reason"], CORRECTION), outcome_label=label("eldercare.outcome", entry["outcome"]),
    )  # fmt: skip
