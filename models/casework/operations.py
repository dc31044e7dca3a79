"""What applicants do with an application: each one write, with its history and notice. `review` has the office's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue
from config.programmes import Programme, Version
from models.casework import case_people, duplicates, forms
from models.casework.claims import drop_other_claims
from models.casework.corrections import unanswered
from models.casework.deadlines import clock_of
from models.casework.documents import (
    APPROVED,
    ENDED,
    HOUSEHOLD_CONTEXT,
    REASON_CONTEXT,
    SUBMITTED,
    WITHDRAWN,
    Application,
)
from models.casework.drafts import child_faults, edited_under
from models.casework.eligibility import assess
from models.casework.followups import follow_up, follow_up_entry
from models.casework.lifecycle import END, SUBMIT, WITHDRAW, lifecycle_for, lifecycle_of
from models.casework.notices import step_notice
from models.casework.papers import missing_papers
from models.casework.particulars import particulars_of
from models.casework.public_notices import leaving
from models.casework.queries import form_of, own_application, programme_of
from models.casework.review import (
    accept,
    approve,
    first_review,
    refuse,
    request_correction,
    second_review,
    transfer,
)
from models.casework.steps import closed, was_done
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.encryption import blind_index, seal_json, seal_text
from models.kernel.errors import Conflict, FieldFault, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw
from models.people import queries as people

__all__ = [
    "accept", "approve", "end", "first_review", "refuse", "request_correction", "second_review", "submit", "transfer",
    "who_it_is_for", "withdraw",
]  # fmt: skip


def submit(application_id: str, *, version: int | None, by: Actor, at: datetime, key: str) -> Raw:
    """Hand the application in, or in again after a correction, checked against the version in force.

    Raises InvalidInput (`application_incomplete`: answers and papers at fault; `not_eligible`: the decisive rules with
    their reasons), Forbidden (`consent_missing`), Conflict (`already_applied`, and as `duplicates.claimed`),
    StaleVersion, IllegalTransition.
    """
    raw = own_application(application_id, by)
    if was_done(raw, key):
        return raw
    programme = programme_of(raw["programme"])
    lifecycle_of(programme).check(raw, SUBMIT, by=by, at=at, version=version)
    answers, rules = _checked(raw, programme, by, at)
    place = catalogue().place(answers[programme.people.township])
    assert place is not None  # noqa: S101  the form's format says so
    snapshot = case_people.household_snapshot(rules, answers, by.id, at)
    concerned = case_people.people_of(programme, rules, answers, snapshot, by.id)
    child = programme.people.child
    written = {
        **clock_of(raw, rules, SUBMITTED, at),
        **duplicates.claimed(raw, programme, concerned, snapshot, at, case_people.matter_of(programme, rules, answers)),
        **_bound_to(raw, programme, rules, place.district_code, at),
        "district_code": place.district_code,
        "township_id": place.id,
        "submitted_at": raw.get("submitted_at") or at,
        "open_for": who_it_is_for(raw, programme, answers),
        "child_id": answers.get(child.id) if child else None,
        "household": seal_json(snapshot, HOUSEHOLD_CONTEXT) if snapshot else None,
        # Corrected, it is looked at anew.
        "accepted_by": None,
        "reviewed_by": None,
    }
    notice = step_notice(raw, programme, "submitted", due_at=written["due_at"], township_id=place.id)
    try:
        done = lifecycle_of(programme, rules).perform(
            application_id, SUBMIT, by=by, at=at, version=raw["version"], key=key,
            change=Change(set=written, outbox=[notice]),
        )  # fmt: skip
    except DuplicateKeyError:
        raise Conflict("already_applied") from None
    if raw.get("claims_version"):
        drop_other_claims(done)
    return done


def withdraw(application_id: str, *, version: int | None, by: Actor, at: datetime, key: str) -> Raw:
    """Take the application back; what was given goes back too, for the next. Raises as the lifecycle does."""
    raw = own_application(application_id, by)
    programme = programme_of(raw["programme"])

    def change(now: Raw) -> Change:
        told = [step_notice(now, programme, "withdrawn")] if now.get("submitted_at") else []
        given = follow_up_entry(now, WITHDRAWN) if now["state"] == APPROVED else []
        written = {**closed(now, WITHDRAWN, at), "decided_at": now.get("decided_at") or at}
        return Change(set=written, outbox=[*told, *given, *leaving(now)])

    done = lifecycle_for(raw).perform(application_id, WITHDRAW, by=by, at=at, version=version, key=key, change=change)
    follow_up(application_id, at)
    return _again(done)


def end(
    application_id: str, *, reason: str, note: str | None = None, version: int | None = None, tell: bool = True,
    by: Actor, at: datetime, key: str,
) -> Raw:  # fmt: skip
    """What an approval gave is over: the lease, the stay, or the right to it. Now its data's time begins.

    `reason` is a token of `casework.end_reason`; `note` is for the applicant. Raises as the lifecycle does.
    """
    raw = collection(Application).find_one({"_id": application_id})
    if raw is None:
        raise NotFound()
    programme = programme_of(raw["programme"])

    def change(now: Raw) -> Change:
        written: dict[str, Any] = {**closed(now, ENDED, at), "end_reason": reason}
        if note:
            written["reason"] = seal_text(note, REASON_CONTEXT)
        told = [step_notice(now, programme, "ended")] if tell else []
        return Change(set=written, note=note, outbox=[*told, *follow_up_entry(now, ENDED)])

    done = lifecycle_for(raw).perform(application_id, END, by=by, at=at, version=version, key=key, change=change)
    follow_up(application_id, at)
    return _again(done)


def who_it_is_for(raw: Raw, programme: Programme, answers: dict[str, Any]) -> str:
    """The blind index of applicant, programme and person: one open application each."""
    who = "\x00".join(str(answers[name]) for name in programme.people.identifies)
    return blind_index("applications.open_for", f"{raw['resident_id']}\x00{programme.token}\x00{who}")


def _bound_to(raw: Raw, programme: Programme, rules: Version, district_code: str, at: datetime) -> dict[str, Any]:
    """The version and the county's override that the application keeps; after a correction those it came in under."""
    if raw.get("submitted_at"):
        return {}
    standing = programme.numbered(rules.version)
    return {"programme_version": rules.version, "county_rules": standing.override_key(district_code, day_of(at))}


def _checked(raw: Raw, programme: Programme, by: Actor, at: datetime) -> tuple[dict[str, Any], Version]:
    """The answers, complete, eligible and consented to, and the rules of the county that they were held against."""
    answers, rules = form_of(raw), edited_under(raw, at)
    faults = forms.faults_of_whole(rules.form, answers) + missing_papers(raw, rules) + unanswered(raw)
    if not faults:
        _demand_consents(programme, by)
        faults = child_faults(programme, answers, by) + case_people.household_faults(rules, answers, by.id)
    if faults:
        raise InvalidInput("application_incomplete", faults=faults)
    household = case_people.household_facts(rules, answers, by.id, at)
    refused = assess(rules, answers, day_of(at), household).decisive_faults
    if refused:
        named = [FieldFault(f"eligibility.{each.token}", "not_met", each.reason) for each in refused]
        raise InvalidInput("not_eligible", faults=named)
    giver = particulars_of(programme)
    faults = giver.faults(answers, at) if giver is not None else []
    if faults:
        raise InvalidInput("application_incomplete", faults=faults)
    return answers, rules


def _demand_consents(programme: Programme, by: Actor) -> None:
    for each in programme.consents:
        child = programme.people.child if each.purpose == "child" else None
        if child is None:
            people.demand_consent(by.id, each.purpose)
    # The child's own consent is asked for with the child, so that an unknown one is named as such.


def _again(raw: Raw) -> Raw:
    """As it stands after what follows, which may have written to it."""
    return collection(Application).find_one({"_id": raw["_id"]}) or raw
