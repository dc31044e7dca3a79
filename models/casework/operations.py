"""What residents and caseworkers do with an application: each one write, with its history and its notice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue
from config.programmes import Programme, Version
from models.casework import forms
from models.casework.deadlines import clock_of
from models.casework.documents import (
    ACCEPTED,
    APPROVED,
    CORRECTION,
    CORRECTION_CONTEXT,
    REASON_CONTEXT,
    REFUSED,
    SUBMITTED,
    WITHDRAWN,
    Application,
)
from models.casework.drafts import child_faults, edited_under, facts
from models.casework.eligibility import assess
from models.casework.lifecycle import ACCEPT, APPROVE, REFUSE, REQUEST_CORRECTION, SUBMIT, WITHDRAW, lifecycle_of
from models.casework.notices import step_notice
from models.casework.papers import missing_papers
from models.casework.particulars import Particulars, particulars_of
from models.casework.queries import application_of_place, form_of, own_application, programme_of, version_of
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.encryption import blind_index, seal_json, seal_text
from models.kernel.errors import Conflict, DomainError, FieldFault, InvalidInput
from models.kernel.lifecycle import Change, Lifecycle, Raw
from models.people import queries as people


def submit(application_id: str, *, version: int | None, by: Actor, at: datetime, key: str) -> Raw:
    """Hand the application in, or in again after a correction, checked against the version in force.

    Raises InvalidInput (`application_incomplete`: answers and papers at fault; `not_eligible`: the decisive rules with
    their reasons), Forbidden (`consent_missing`), Conflict (`already_applied`), StaleVersion, IllegalTransition.
    """
    raw = own_application(application_id, by)
    if _done(raw, key):
        return raw
    programme = programme_of(raw["programme"])
    lifecycle_of(programme).check(raw, SUBMIT, by=by, at=at, version=version)
    rules = edited_under(raw, at)
    answers = _checked(raw, programme, rules, by, at)
    place = catalogue().place(answers[programme.people.township])
    assert place is not None  # noqa: S101  the form's format says so
    child = programme.people.child
    written = {
        **clock_of(raw, rules, SUBMITTED, at),
        "programme_version": rules.version,
        "district_code": place.district_code,
        "township_id": place.id,
        "submitted_at": raw.get("submitted_at") or at,
        "open_for": _open_for(raw, programme, answers),
        "child_id": answers.get(child.id) if child else None,
        "accepted_by": None,
    }
    notice = step_notice(raw, programme, "submitted", due_at=written["due_at"], township_id=place.id)
    try:
        return lifecycle_of(programme).perform(
            application_id, SUBMIT, by=by, at=at, version=raw["version"], key=key,
            change=Change(set=written, outbox=[notice]),
        )  # fmt: skip
    except DuplicateKeyError:
        raise Conflict("already_applied") from None


def withdraw(application_id: str, *, version: int | None, by: Actor, at: datetime, key: str) -> Raw:
    """Take the application back; what was given goes back too, for the next. Raises as the lifecycle does."""
    raw = own_application(application_id, by)
    programme = programme_of(raw["programme"])

    def change(now: Raw) -> Change:
        written = {
            **_closed(now, WITHDRAWN, at),
            "release_due": bool(now.get("placement")),
        }
        notices = [step_notice(now, programme, "withdrawn")] if now.get("submitted_at") else []
        return Change(set=written, outbox=notices)

    done = lifecycle_of(programme).perform(
        application_id, WITHDRAW, by=by, at=at, version=version, key=key, change=change
    )
    give_back(done, at)
    return done


def give_back(raw: Raw, at: datetime) -> bool:
    """Release what a withdrawn application had; True where something was due. A second time changes nothing."""
    if not raw.get("release_due"):
        return False
    giver = particulars_of(programme_of(raw["programme"]))
    if giver is not None:
        giver.release(raw["_id"], raw["placement"], at)
    collection(Application).update_one(
        {"_id": raw["_id"], "state": WITHDRAWN}, {"$set": {"release_due": False, "updated_at": at}}
    )
    return True


def accept(application_id: str, *, version: int, by: Actor, at: datetime, key: str) -> Raw:
    """The township accepts the application as complete; the county's time begins."""
    raw = application_of_place(application_id, by)
    clock = clock_of(raw, version_of(raw), ACCEPTED, at)
    written = {**clock, "accepted_at": at, "accepted_by": by.id}
    notice = step_notice(raw, programme_of(raw["programme"]), "accepted", due_at=clock["due_at"])
    return _by_staff(raw, ACCEPT, by, at, version, key, Change(set=written, outbox=[notice]))


def request_correction(
    application_id: str, *, version: int, reason: str, papers: list[str], by: Actor, at: datetime, key: str
) -> Raw:
    """Send the application back to its applicant with what is missing; the office's clock stands still meanwhile.

    Raises InvalidInput for a paper the programme does not know, and as the lifecycle does.
    """
    raw = application_of_place(application_id, by)
    rules = version_of(raw)
    unknown = [FieldFault(f"papers.{n}", "unknown_paper") for n, token in enumerate(papers) if not rules.paper(token)]
    if unknown:
        raise InvalidInput(faults=unknown)
    clock = clock_of(raw, rules, CORRECTION, at)
    asked = seal_json({"reason": reason, "papers": list(dict.fromkeys(papers))}, CORRECTION_CONTEXT)
    notice = step_notice(raw, programme_of(raw["programme"]), "correction", due_at=clock["due_at"])
    change = Change(set={**clock, "correction": asked}, note=reason, outbox=[notice])
    return _by_staff(raw, REQUEST_CORRECTION, by, at, version, key, change)


def refuse(application_id: str, *, version: int, reason: str, by: Actor, at: datetime, key: str) -> Raw:
    """The county refuses, with its reasons. Raises Forbidden (`same_person`), and as the lifecycle does."""
    raw = application_of_place(application_id, by)
    change = Change(
        set={**_decided(raw, REFUSED, by, at), "reason": seal_text(reason, REASON_CONTEXT)},
        note=reason,
        outbox=[step_notice(raw, programme_of(raw["programme"]), "refused")],
    )
    return _by_staff(raw, REFUSE, by, at, version, key, change)


def approve(application_id: str, *, version: int, reason: str | None, by: Actor, at: datetime, key: str) -> Raw:
    """The county approves; what the programme gives out is taken first and given with the same decision.

    Raises Conflict (`no_free_place`, `child_outgrown`: the application stays as it is), Forbidden (`same_person`),
    and as the lifecycle does.
    """
    raw = application_of_place(application_id, by)
    if _done(raw, key):
        return raw
    programme = programme_of(raw["programme"])
    lifecycle = lifecycle_of(programme)
    lifecycle.check(raw, APPROVE, by=by, at=at, version=version)
    giver = particulars_of(programme)
    placement = _take(giver, lifecycle, raw, by, at, version) if giver is not None else None
    change = _approval(raw, programme, giver, placement, reason, by, at)
    try:
        done = lifecycle.perform(application_id, APPROVE, by=by, at=at, version=version, key=key, change=change)
    except DomainError:
        if placement is not None:
            settle(application_id, programme, placement, at)
        raise
    if giver is not None and placement is not None:
        giver.confirm(application_id, placement, at)
    return done


def settle(application_id: str, programme: Programme, placement: dict[str, Any], at: datetime) -> str:
    """Bring what is held into line with the application: `confirmed`, `released`, or `open` while it may still be used.

    An attempt is over once the application has another version: only then may its hold go.
    """
    giver = particulars_of(programme)
    assert giver is not None  # noqa: S101  only what a giver gave is settled
    now = collection(Application).find_one({"_id": application_id})
    if now is not None and now["version"] == placement["attempt"] and now["state"] == ACCEPTED:
        return "open"
    given = (now or {}).get("placement") or {}
    same = all(given.get(name) == placement[name] for name in ("centre_id", "age_group", "attempt"))
    if now is not None and now["state"] == APPROVED and same:
        giver.confirm(application_id, placement, at)
        return "confirmed"
    giver.release(application_id, placement, at)
    return "released"


def _take(
    giver: Particulars, lifecycle: Lifecycle, raw: Raw, by: Actor, at: datetime, version: int
) -> dict[str, Any]:  # fmt: skip
    try:
        return giver.take(raw["_id"], raw["version"], form_of(raw), at)
    except Conflict as fault:
        # Somebody else may have decided in between: that is then the truer answer.
        now = application_of_place(raw["_id"], by)
        lifecycle.check(now, APPROVE, by=by, at=at, version=version)
        fault.details = facts(now)
        raise


def _approval(
    raw: Raw, programme: Programme, giver: Particulars | None, placement: dict[str, Any] | None, reason: str | None,
    by: Actor, at: datetime,
) -> Change:  # fmt: skip
    written = _decided(raw, APPROVED, by, at) | {"placement": placement}
    if reason:
        written["reason"] = seal_text(reason, REASON_CONTEXT)
    step, centre = "approved", ""
    if giver is not None and placement is not None:
        step, centre = "placed", giver.shown(placement)["centre"]
    return Change(set=written, note=reason, outbox=[step_notice(raw, programme, step, centre=centre)])


def _decided(raw: Raw, target: str, by: Actor, at: datetime) -> dict[str, Any]:
    return {**_closed(raw, target, at), "decided_by": by.id}


def _closed(raw: Raw, target: str, at: datetime) -> dict[str, Any]:
    rules = version_of(raw)
    # What was never handed in is nobody's file: it goes at once.
    kept = rules.retention.papers_days if raw.get("submitted_at") else 0
    return {
        **clock_of(raw, rules, target, at),
        "decided_at": at,
        "open_for": None,
        "retention_due_at": at + timedelta(days=kept),
    }


def _by_staff(raw: Raw, action: str, by: Actor, at: datetime, version: int, key: str, change: Change) -> Raw:
    lifecycle = lifecycle_of(programme_of(raw["programme"]))
    # What the change says was computed from `raw`: it is good for that version only.
    if not _done(raw, key):
        lifecycle.check(raw, action, by=by, at=at, version=version)
    return lifecycle.perform(raw["_id"], action, by=by, at=at, version=version, key=key, change=change)


def _checked(raw: Raw, programme: Programme, rules: Version, by: Actor, at: datetime) -> dict[str, Any]:
    """The answers, complete, eligible and consented to."""
    answers = form_of(raw)
    faults = forms.faults_of_whole(rules.form, answers) + missing_papers(raw, rules)
    if not faults:
        _demand_consents(programme, answers, by)
        faults = child_faults(programme, answers, by)
    if faults:
        raise InvalidInput("application_incomplete", faults=faults)
    refused = assess(rules, answers, day_of(at)).decisive_faults
    if refused:
        named = [FieldFault(f"eligibility.{each.token}", "not_met", each.reason) for each in refused]
        raise InvalidInput("not_eligible", faults=named)
    giver = particulars_of(programme)
    faults = giver.faults(answers, at) if giver is not None else []
    if faults:
        raise InvalidInput("application_incomplete", faults=faults)
    return answers


def _demand_consents(programme: Programme, answers: dict[str, Any], by: Actor) -> None:
    for each in programme.consents:
        child = programme.people.child if each.purpose == "child" else None
        if child is None:
            people.demand_consent(by.id, each.purpose)
    # The child's own consent is asked for with the child, so that an unknown one is named as such.


def _open_for(raw: Raw, programme: Programme, answers: dict[str, Any]) -> str:
    who = "\x00".join(str(answers[name]) for name in programme.people.identifies)
    return blind_index("applications.open_for", f"{raw['resident_id']}\x00{programme.token}\x00{who}")


def _done(raw: Raw, key: str) -> bool:
    return any(entry.get("key") == key for entry in raw["history"])
