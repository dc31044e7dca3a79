"""The tables of states of applications: one variant is shared by many programmes, each names its own staff roles.

single_review: the township accepts, the county decides. two_reviews: the township accepts and gives its opinion, the
county decides. Whoever had a case in hand at one step does not decide it at the next. Where the version has a public
notice, approval comes at its end. After a refusal the applicant may appeal once; a supervisor upholds or reopens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from config.programmes import Programme, Version, programmes
from models.casework.documents import (
    ACCEPTED,
    APPEALED,
    APPROVED,
    CORRECTION,
    DRAFT,
    ENDED,
    LAPSED,
    OBJECTED,
    ON_NOTICE,
    REFUSED,
    REVIEWED,
    SUBMITTED,
    WITHDRAWN,
    Application,
)
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.errors import Conflict, Forbidden
from models.kernel.lifecycle import OWNER, SAME, SYSTEM_ROLE, Lifecycle, Transition

SUBMIT, WITHDRAW, APPEAL = "submit", "withdraw", "appeal"
ACCEPT, REQUEST_CORRECTION, TRANSFER, ASSIGN = "accept", "request_correction", "transfer", "assign"
APPROVE, FIRST_REVIEW, SECOND_REVIEW, REFUSE = "approve", "first_review", "second_review", "refuse"
UPHOLD, REOPEN, END = "uphold", "reopen", "end"
LAPSE, WARN, ESCALATE, HAND_BACK = "lapse", "warn", "escalate", "hand_back"
END_NOTICE, RAISE_OBJECTION, DISMISS_OBJECTION, SUSTAIN_OBJECTION = (
    "end_notice", "raise_objection", "dismiss_objection", "sustain_objection",
)  # fmt: skip
# Steps within the office, which the applicant's timeline leaves out.
HOUSEKEEPING = (ASSIGN, WARN, ESCALATE, HAND_BACK)


def not_the_proxy(raw: dict[str, Any], by: Actor, at: datetime) -> None:
    """A caseworker who filled in or handed in a case in its applicant's name has no part in deciding it."""
    if any(entry["by"].get("proxy", {}).get("id") == by.id for entry in raw.get("history", ())):
        raise Forbidden("same_person")


def another_person(raw: dict[str, Any], by: Actor, at: datetime) -> None:
    """Whoever accepted, reviewed or refused a case may not decide it (four-eyes rule, assumption to confirm)."""
    not_the_proxy(raw, by, at)
    if by.id in (raw.get("accepted_by"), raw.get("reviewed_by"), raw.get("decided_by")):
        raise Forbidden("same_person")


def not_who_refused(raw: dict[str, Any], by: Actor, at: datetime) -> None:
    """Whoever refused does not decide the appeal."""
    if by.id == raw.get("decided_by"):
        raise Forbidden("same_person")


def in_time_to_appeal(raw: dict[str, Any], by: Actor, at: datetime) -> None:
    """Once, within `casework.appeal_days` of the refusal."""
    if raw.get("appeal_decided"):
        raise Conflict("appeal_is_over")
    if at > appeal_ends(raw):
        raise Conflict("appeal_too_late")


def appeal_ends(raw: Mapping[str, Any]) -> datetime:
    """The last moment at which a refusal may be appealed."""
    return as_utc(raw["decided_at"]) + timedelta(days=rule("casework.appeal_days"))


def correction_is_late(raw: dict[str, Any], by: Actor, at: datetime) -> None:
    """Its days are over."""
    if raw.get("due_at") is None or at <= as_utc(raw["due_at"]):
        raise Conflict("not_due")


def _common(
    may: Mapping[str, tuple[str, ...]], decides: str, refusable: str, decided: tuple[str, ...]
) -> list[Transition]:
    """The rows that every variant has; `decides`: the state from which the county decides."""
    before = tuple(dict.fromkeys((SUBMITTED, ACCEPTED, decides)))
    open_now = (*before, CORRECTION, *decided, APPEALED)
    rows = [
        Transition(SUBMIT, (DRAFT, CORRECTION), SUBMITTED, (OWNER,)),
        Transition(ACCEPT, (SUBMITTED,), ACCEPTED, may[ACCEPT], not_the_proxy),
        Transition(REQUEST_CORRECTION, before, CORRECTION, may[REQUEST_CORRECTION]),
        Transition(REFUSE, (refusable,), REFUSED, may[REFUSE], another_person),
        Transition(TRANSFER, before, SUBMITTED, may[TRANSFER]),
        Transition(WITHDRAW, (DRAFT, *open_now, APPROVED), WITHDRAWN, (OWNER,)),
        Transition(LAPSE, (CORRECTION,), LAPSED, (SYSTEM_ROLE,), correction_is_late),
        Transition(APPEAL, (REFUSED,), APPEALED, (OWNER,), in_time_to_appeal),
        Transition(UPHOLD, (APPEALED,), REFUSED, may["decide_appeal"], not_who_refused),
        Transition(REOPEN, (APPEALED,), decides, may["decide_appeal"], not_who_refused),
        Transition(END, (APPROVED,), ENDED, (*may[END], SYSTEM_ROLE)),
    ]
    return [
        *rows,
        Transition(ASSIGN, (*before, *decided, APPEALED), SAME, may[ASSIGN]),
        Transition(HAND_BACK, (*before, *decided, APPEALED), SAME, (SYSTEM_ROLE,)),
        Transition(WARN, (*before, CORRECTION, APPEALED), SAME, (SYSTEM_ROLE,)),
        Transition(ESCALATE, (*before, APPEALED), SAME, (SYSTEM_ROLE,)),
    ]


def _notice() -> list[Transition]:
    """The rows of a public notice; the notice and its objections are documents of their own, and drive these."""
    return [
        Transition(END_NOTICE, (ON_NOTICE,), APPROVED, (SYSTEM_ROLE,)),
        Transition(RAISE_OBJECTION, (ON_NOTICE,), OBJECTED, (SYSTEM_ROLE,)),
        Transition(DISMISS_OBJECTION, (OBJECTED,), ON_NOTICE, (SYSTEM_ROLE,)),
        Transition(SUSTAIN_OBJECTION, (OBJECTED,), REFUSED, (SYSTEM_ROLE,)),
    ]


def _rows(programme: Programme, notice: bool) -> list[Transition]:
    may = {action: tuple(each.roles) for action, each in programme.roles.items()}
    decided = (ON_NOTICE, OBJECTED) if notice else ()
    then = ON_NOTICE if notice else APPROVED
    if programme.lifecycle == "single_review":
        deciding = [Transition(APPROVE, (ACCEPTED,), then, may[APPROVE], another_person)]
        rows = _common(may, ACCEPTED, ACCEPTED, decided)
    else:
        deciding = [
            Transition(FIRST_REVIEW, (ACCEPTED,), REVIEWED, may[FIRST_REVIEW], not_the_proxy),
            Transition(SECOND_REVIEW, (REVIEWED,), then, may[SECOND_REVIEW], another_person),
        ]
        rows = _common(may, REVIEWED, REVIEWED, decided)
    return [*rows[:3], *deciding, *rows[3:], *(_notice() if notice else [])]


_made: dict[tuple[str, bool], Lifecycle] = {}


def lifecycle_of(programme: Programme, version: Version | None = None) -> Lifecycle:
    """The lifecycle of a programme's version, None for its newest; made once."""
    notice = (version or programme.versions[-1]).public_notice is not None
    key = programme.token, notice
    found = _made.get(key)
    if found is None:
        with_or_without = (
            "" if notice == _notice_today(programme) else (" with notice" if notice else " without notice")
        )
        name = f"application of {programme.token}{with_or_without}"
        found = _made[key] = Lifecycle(name, Application, DRAFT, _rows(programme, notice))
    return found


def lifecycle_for(raw: Mapping[str, Any]) -> Lifecycle:
    """The lifecycle of an application, by the version it is bound to."""
    programme = programmes()[raw["programme"]]
    return lifecycle_of(programme, programme.numbered(raw["programme_version"]))


def _notice_today(programme: Programme) -> bool:
    return programme.versions[-1].public_notice is not None


for _each in programmes().values():
    for _version in _each.versions:
        lifecycle_of(_each, _version)
