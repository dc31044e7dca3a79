"""Drafts: kept on the server, partly filled, from any device. A draft always follows the version in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from config.programmes import Programme, Version
from models.casework import forms
from models.casework.documents import CORRECTION, DRAFT, EDITABLE, FORM_CONTEXT, Application
from models.casework.lifecycle import lifecycle_of
from models.casework.queries import form_of, own_application, programme_of, version_of
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import change_one, collection
from models.kernel.encryption import seal_json
from models.kernel.errors import Conflict, FieldFault, Forbidden, IllegalTransition, NotFound, StaleVersion
from models.kernel.lifecycle import Raw, history_entry
from models.people import queries as people
from models.people.proxy_documents import CHILD


def create_draft(application_id: str, programme_token: str, *, by: Actor, at: datetime) -> Raw:
    """Begin an application; the same id again gives the first one.

    Raises NotFound for an unknown programme, Conflict: `programme_not_open` before its first version,
    `too_many_drafts`.
    """
    programme = programme_of(programme_token)
    if not by.may_act_on(programme_token):
        raise Forbidden("proxy_not_allowed")
    version = in_force(programme, at)
    found = collection(Application).find_one({"_id": application_id})
    if found is not None:
        return own_application(application_id, by)
    drafts = {"resident_id": by.id, "state": DRAFT}
    if collection(Application).count_documents(drafts) >= rule("casework.drafts_most"):
        raise Conflict("too_many_drafts", most=rule("casework.drafts_most"))
    initial = lifecycle_of(programme).initial
    draft = Application(
        id=application_id, created_at=at, updated_at=at, resident_id=by.id, programme=programme.token,
        programme_version=version.version, state=initial, stage_since=at, form={},
        history=[history_entry("create", None, initial, by, at)],
    )  # fmt: skip
    try:
        collection(Application).insert_one(draft.raw())
    except DuplicateKeyError:  # the same request came twice at once
        return own_application(application_id, by)
    return own_application(application_id, by)


def edit_form(application_id: str, changes: Mapping[str, Any], *, version: int, by: Actor, at: datetime) -> Raw:
    """Write some answers; null takes one away. What is given must be valid by itself, the rest may be missing.

    Raises NotFound, InvalidInput with the fields at fault, StaleVersion, IllegalTransition unless it is a draft or
    back for correction.
    """
    raw = own_application(application_id, by)
    check_editable(raw, version)
    rules = edited_under(raw, at)
    programme = programme_of(raw["programme"])
    answers = forms.merged(rules.form, form_of(raw), changes)
    answers = forms.merged(rules.form, answers, _from_registered_child(programme, answers, by))
    written = change_one(
        collection(Application),
        {"_id": application_id, "version": version, "state": raw["state"]},
        {
            "$set": {
                "form": seal_json(answers, FORM_CONTEXT),
                "programme_version": rules.version,
                "updated_at": at,
            },
            "$inc": {"version": 1},
        },
    )
    if written is None:
        check_editable(own_application(application_id, by), version)
        raise StaleVersion(details=facts(own_application(application_id, by)))
    return written


def edited_under(raw: Mapping[str, Any], at: datetime) -> Version:
    """The version whose form is being filled: of a draft the one in force, of a correction the one it came in under."""
    if raw["state"] == CORRECTION:
        return version_of(raw)
    programme = programme_of(raw["programme"])
    return for_answers(programme, in_force(programme, at), form_of(raw), at)


def for_answers(programme: Programme, version: Version, answers: Mapping[str, Any], at: datetime) -> Version:
    """The version as it holds in the county of the township that the answers name."""
    place = catalogue().place(str(answers.get(programme.people.township)))
    return version.of_county(version.override_key(place.district_code, day_of(at))) if place else version


def in_force(programme: Programme, at: datetime) -> Version:
    """The version of the day. Raises Conflict (`programme_not_open`)."""
    found = programme.in_force(day_of(at))
    if found is None:
        raise Conflict("programme_not_open")
    return found


def check_editable(raw: Mapping[str, Any], version: int | None) -> None:
    """Raises IllegalTransition or StaleVersion unless the applicant may change it now."""
    if raw["state"] not in EDITABLE:
        raise IllegalTransition(details=facts(raw))
    if version is not None and raw["version"] != version:
        raise StaleVersion(details=facts(raw))


def child_faults(programme: Programme, answers: Mapping[str, Any], by: Actor) -> list[FieldFault]:
    """Where the answers differ from the child the applicant is guardian of. Raises Forbidden without its consent."""
    fields = programme.people.child
    if fields is None or not answers.get(fields.id):
        return []
    try:
        child = people.child_of(by.id, answers[fields.id])
    except NotFound:
        return [FieldFault(f"form.{fields.id}", "unknown_child")]
    same = {fields.name: child.name, fields.birth_date: child.birth_date.isoformat()}
    return [FieldFault(f"form.{name}", "differs_from_child") for name, value in same.items() if answers[name] != value]


def facts(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a refused caller is told of the present state."""
    return {"state": raw["state"], "version": raw["version"]}


def _from_registered_child(programme: Programme, answers: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """Name and birth date of the chosen child, where they are not yet given."""
    fields = programme.people.child
    if fields is None or not answers.get(fields.id):
        return {}
    if by.proxy is not None and CHILD not in by.proxy.actions:
        return {}  # they may know the child by themselves, but are not told of it
    try:
        child = people.child_of(by.id, answers[fields.id])
    except (NotFound, Forbidden):
        # Said at submission; a draft may name a child that is registered later.
        return {}
    known = {fields.name: child.name, fields.birth_date: child.birth_date.isoformat()}
    return {name: value for name, value in known.items() if not answers.get(name)}
