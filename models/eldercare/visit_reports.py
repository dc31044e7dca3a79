"""A visitor's report: what is stored of it, and what follows from the one that counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from config.programmes import programmes
from models.eldercare import notices
from models.eldercare.checklist import Answers, check_answers
from models.eldercare.documents import CHECKLIST, NEEDS, VISIT_NOTES, NeedKind, Outcome
from models.eldercare.settling import masked_name
from models.eldercare.visit_owed import PROPOSE, REFER, TALLY
from models.kernel.actors import Actor
from models.kernel.clock import month_of
from models.kernel.encryption import seal_json, seal_text
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.lifecycle import Change, Raw
from models.kernel.outbox import OutboxEntry

PROGRAMME: NeedKind = "programme"


@dataclass(frozen=True)
class Need:
    """Something the person needs that a visit does not give: a programme by its token, a word, a doctor."""

    kind: NeedKind
    programme: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Report:
    """What the visitor found. `device_time`: the phone's clock, which may have been off the network since."""

    outcome: Outcome
    notes: str | None = None
    device_time: datetime | None = None
    checklist: Answers | None = None
    needs: tuple[Need, ...] = ()


def moment(device_time: datetime | None, at: datetime) -> tuple[datetime, bool]:
    """When it happened, and whether the phone's clock was trusted.

    The phone's time counts while it is plausible (rules: days off the network, skew of its clock), so that a visit of
    the month's last evening that is uploaded on the next day belongs to its month; otherwise the server's.
    """
    if device_time is None:
        return at, False
    back = timedelta(hours=rule("eldercare.device_time_back_hours"))
    ahead = timedelta(minutes=rule("eldercare.device_time_ahead_minutes"))
    trusted = at - back <= device_time <= at + ahead
    return (min(device_time, at), True) if trusted else (at, False)


def check_report(report: Report, risk_level: str, *, whole: bool) -> None:
    """Raise InvalidInput for answers and needs that cannot be; `whole`: a person who was seen has every answer."""
    faults = []
    for number, need in enumerate(report.needs):
        if (need.kind == PROGRAMME) != (need.programme is not None):
            faults.append(FieldFault(f"needs.{number}.programme", "need_programme"))
        elif need.programme is not None and need.programme not in programmes():
            faults.append(FieldFault(f"needs.{number}.programme", "unknown_programme"))
    if len(report.needs) > rule("eldercare.needs_most"):
        faults.append(FieldFault("needs", "too_long"))
    if faults:
        raise InvalidInput(faults=faults)
    if report.checklist is not None:
        check_answers(report.checklist, risk_level, whole=whole and is_seen(report.outcome))


def is_seen(outcome: str) -> bool:
    """Attempted is not seen."""
    return outcome in rule("eldercare.outcomes_seen")


def stored_report(report_id: str, report: Report, by: Actor, at: datetime) -> Raw:
    """One report as it is kept beside the others of its visit; what may tell of health is encrypted."""
    found_at, trusted = moment(report.device_time, at)
    return {
        "id": report_id, "by": by.id, "outcome": report.outcome, "found_at": found_at, "received_at": at,
        "device_time": report.device_time, "device_time_trusted": trusted,
        "notes": seal_text(report.notes, VISIT_NOTES) if report.notes else None,
        "checklist": seal_json(dict(report.checklist), CHECKLIST) if report.checklist else None,
        "needs": seal_json([asdict(need) for need in report.needs], NEEDS) if report.needs else None,
    }  # fmt: skip


def counted(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The visit's own fields as they repeat the report that counts."""
    return {
        **{name: stored[name] for name in ("outcome", "notes", "checklist", "device_time", "device_time_trusted",
                                           "found_at")},
        "report_id": stored["id"], "completed_at": stored["received_at"], "completed_by": stored["by"],
        "seen_at": stored["found_at"] if is_seen(stored["outcome"]) else None,
    }  # fmt: skip


def first_report(stored: Raw, elder: Raw | None, visit: Raw) -> Change:
    """What the report that counts changes: the family is told, the place's supervisor where it is grave."""
    outcome = stored["outcome"]
    owed = [f"{TALLY} {month_of(stored['found_at'])}"] if is_seen(outcome) else []
    outbox = [*notices.outcome_notice(visit, masked_name(elder), outcome), *notices.staff_alerts(visit, outcome)]
    return Change(
        set=counted(stored), push={"reports": stored, "owed": {"$each": [*owed, *follow_ups(stored)]}}, outbox=outbox
    )


def another_report(stored: Raw, visit: Raw) -> Change:
    """What a further report changes: nothing of the outcome; the supervisor sees both, and an emergency is one."""
    alerts: list[OutboxEntry] = notices.staff_alerts(visit, stored["outcome"])
    return Change(
        set={"conflict": "second_report"}, push={"reports": stored, "owed": {"$each": follow_ups(stored)}},
        outbox=[each for each in alerts if not _told(visit, each)],
    )  # fmt: skip


def follow_ups(stored: Raw) -> list[str]:
    """What any report owes, whether it counts or not: a need is a need."""
    needs = [f"{REFER} {stored['id']}"] if stored["needs"] else []
    ending = stored["outcome"] in rule("eldercare.outcomes_ending")
    return [*needs, f"{PROPOSE} {stored['id']}"] if ending else needs


def _told(visit: Raw, entry: OutboxEntry) -> bool:
    """True where the visit has said the same before: its key would be a repeat."""
    told = {alert.key for each in visit.get("reports", ()) for alert in notices.staff_alerts(visit, each["outcome"])}
    return entry.key in told
