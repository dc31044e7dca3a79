"""What caseworkers do with an application: each one write, with its history and its notice to the applicant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from config.loading import catalogue
from models.casework import public_notices
from models.casework.corrections import asked_for
from models.casework.deadlines import clock_of
from models.casework.documents import (
    ACCEPTED,
    APPROVED,
    CORRECTION,
    CORRECTION_CONTEXT,
    ON_NOTICE,
    OPINION_CONTEXT,
    REASON_CONTEXT,
    REFUSED,
    REVIEWED,
    SUBMITTED,
    Application,
)
from models.casework.followups import follow_up, follow_up_entry
from models.casework.lifecycle import (
    ACCEPT,
    APPROVE,
    FIRST_REVIEW,
    REFUSE,
    REQUEST_CORRECTION,
    SECOND_REVIEW,
    TRANSFER,
    lifecycle_for,
)
from models.casework.notices import step_notice
from models.casework.queries import application_of_place, programme_of, version_of
from models.casework.steps import by_staff, decided
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.encryption import seal_json, seal_text
from models.kernel.errors import Conflict, FieldFault, InvalidInput
from models.kernel.lifecycle import Change, Raw

Opinion = Literal["favourable", "unfavourable"]


def accept(application_id: str, *, version: int, by: Actor, at: datetime, key: str) -> Raw:
    """The township accepts the application as complete; the next stage's time begins."""
    raw = application_of_place(application_id, by)
    clock = clock_of(raw, version_of(raw), ACCEPTED, at)
    written = {**clock, "accepted_at": at, "accepted_by": by.id}
    notice = step_notice(raw, programme_of(raw["programme"]), "accepted", due_at=clock["due_at"])
    return by_staff(raw, ACCEPT, by, at, version, key, Change(set=written, outbox=[notice]))


def request_correction(
    application_id: str, *, version: int, reason: str, papers: list[str], remarks: Mapping[str, str] | None = None,
    by: Actor, at: datetime, key: str,
) -> Raw:  # fmt: skip
    """Send the application back to its applicant with what is missing; the office's clock stands still meanwhile.

    `papers`: those to be brought again; `remarks`: why, paper by paper. Raises InvalidInput for a paper the programme
    does not know, and as the lifecycle does.
    """
    raw = application_of_place(application_id, by)
    rules, why = version_of(raw), dict(remarks or {})
    faults = [FieldFault(f"papers.{n}", "unknown_paper") for n, token in enumerate(papers) if not rules.paper(token)]
    faults += [FieldFault(f"remarks.{token}", "unknown_paper") for token in why if token not in papers]
    if faults:
        raise InvalidInput(faults=faults)
    clock = clock_of(raw, rules, CORRECTION, at)
    wanted = asked_for(reason, papers, why, at)
    written = {**clock, "correction": seal_json(wanted, CORRECTION_CONTEXT)}
    if raw.get("form") and not raw.get("handed_in"):
        written["handed_in"] = raw["form"]  # sealed as it is
    notice = step_notice(raw, programme_of(raw["programme"]), "correction", due_at=clock["due_at"])
    return by_staff(raw, REQUEST_CORRECTION, by, at, version, key, Change(set=written, note=reason, outbox=[notice]))


def first_review(
    application_id: str, *, version: int, opinion: Opinion, reason: str | None, by: Actor, at: datetime, key: str
) -> Raw:
    """The township gives its opinion, and the case goes to the county.

    Raises InvalidInput for an unfavourable one without its reason, and as the lifecycle does.
    """
    raw = application_of_place(application_id, by)
    if opinion == "unfavourable" and not reason:
        raise InvalidInput(faults=[FieldFault("reason", "missing")])
    clock = clock_of(raw, version_of(raw), REVIEWED, at)
    written = {
        **clock,
        "reviewed_at": at,
        "reviewed_by": by.id,
        "opinion": opinion,
        "opinion_reason": seal_text(reason, OPINION_CONTEXT) if reason else None,
        # The case changes hands: the county gives it to one of its own.
        "assignee_id": None,
        "assigned_at": None,
    }
    notice = step_notice(raw, programme_of(raw["programme"]), "reviewed", due_at=clock["due_at"])
    return by_staff(raw, FIRST_REVIEW, by, at, version, key, Change(set=written, outbox=[notice]))


def second_review(application_id: str, *, version: int, reason: str | None, by: Actor, at: datetime, key: str) -> Raw:
    """The county approves after the township's opinion. Raises as `approve`."""
    return _approve(application_id, SECOND_REVIEW, version, reason, by, at, key)


def approve(application_id: str, *, version: int, reason: str | None, by: Actor, at: datetime, key: str) -> Raw:
    """The county approves; what the programme gives out follows from it, after the public notice where there is one.

    Raises Forbidden (`same_person`), and as the lifecycle does.
    """
    return _approve(application_id, APPROVE, version, reason, by, at, key)


def refuse(application_id: str, *, version: int, reason: str, by: Actor, at: datetime, key: str) -> Raw:
    """The county refuses, with its reasons; how to appeal is said with them. Raises as `approve`."""
    raw = application_of_place(application_id, by)
    change = Change(
        set={**decided(raw, REFUSED, by, at), "reason": seal_text(reason, REASON_CONTEXT)},
        note=reason,
        outbox=[step_notice(raw, programme_of(raw["programme"]), "refused")],
    )
    return by_staff(raw, REFUSE, by, at, version, key, change)


def transfer(
    application_id: str, *, version: int, township_id: str, reason: str, by: Actor, at: datetime, key: str
) -> Raw:
    """Pass the application on to another township of the city, whose time begins anew; it keeps its rules and history.

    Raises InvalidInput for an unknown township, Conflict (`same_place`) for its own, and as the lifecycle does.
    """
    raw = collection(Application).find_one({"_id": application_id})
    if raw is None or not any(each.get("key") == key and each["by"]["id"] == by.id for each in raw["history"]):
        # Once passed on it is no longer this caseworker's to read; a repeat of the request is answered all the same.
        raw = application_of_place(application_id, by)
    else:
        return raw
    place = catalogue().place(township_id)
    if place is None:
        raise InvalidInput(faults=[FieldFault("township_id", "unknown_township")])
    if township_id == raw["township_id"]:
        raise Conflict("same_place")
    written = {
        **clock_of({**raw, "days_used": {}, "stage_since": None}, version_of(raw), SUBMITTED, at),
        "district_code": place.district_code,
        "township_id": place.id,
        "accepted_by": None,
        "reviewed_by": None,
        "opinion": None,
        "opinion_reason": None,
        "assignee_id": None,
        "assigned_at": None,
    }
    told = step_notice(
        raw, programme_of(raw["programme"]), "transferred", due_at=written["due_at"], township_id=place.id
    )
    change = Change(set=written, push={"places": _was_at(raw, at)}, note=reason, outbox=[told])
    return by_staff(raw, TRANSFER, by, at, version, key, change)


def _approve(
    application_id: str, action: str, version: int, reason: str | None, by: Actor, at: datetime, key: str
) -> Raw:
    raw = application_of_place(application_id, by)
    row = lifecycle_for(raw).row(action, raw["state"])
    target = row.target if row is not None else APPROVED
    written: dict[str, Any] = {"reason": seal_text(reason, REASON_CONTEXT) if reason else None}
    if target == ON_NOTICE:
        # Its end is the notice's to say, which is published next.
        written |= {**clock_of(raw, version_of(raw), ON_NOTICE, at), "decided_at": at, "decided_by": by.id}
        outbox = []
    else:
        written |= decided(raw, APPROVED, by, at)
        told = step_notice(raw, programme_of(raw["programme"]), "approved")
        outbox = [told, *follow_up_entry(raw, APPROVED)]
    done = by_staff(raw, action, by, at, version, key, Change(set=written, note=reason, outbox=outbox))
    if done["state"] == ON_NOTICE:
        public_notices.publish(application_id, at)
    follow_up(application_id, at)
    return collection(Application).find_one({"_id": application_id}) or done


def _was_at(raw: Raw, at: datetime) -> dict[str, Any]:
    return {"district_code": raw["district_code"], "township_id": raw["township_id"], "until": at}
