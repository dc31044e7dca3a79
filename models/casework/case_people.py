"""Whom an application concerns: found in its answers and its household, and kept beside it as blind marks.

The marks let duplicates be found across applicants and spellings; nobody can be read from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from config.programmes import Programme, Version
from models.casework.documents import HOUSEHOLD_CONTEXT
from models.casework.queries import form_of, programme_of
from models.kernel.clock import day_of
from models.kernel.encryption import blind_index, open_json
from models.kernel.errors import FieldFault, NotFound
from models.people import households, queries
from models.people.household_documents import SELF
from models.people.identity import read_id_number
from models.people.likeness import Marks, marks_of, plain_name

Role = Literal["applicant", "subject", "member"]
Snapshot = Mapping[str, Any]


@dataclass(frozen=True)
class CasePerson:
    """One person of an application, in clear: for the moment of its submission and for its caseworker."""

    role: Role
    name: str
    birth_date: str
    id_number: str | None
    member_id: str | None = None

    @property
    def marks(self) -> Marks:
        return marks_of(self.name, self.birth_date, self.id_number)


def household_snapshot(rules: Version, answers: Mapping[str, Any], resident_id: str, at: datetime) -> Snapshot | None:
    """The household that the answers name, as it is now; None where the form asks for none or none is named.

    Raises as `households.snapshot` does.
    """
    field = rules.household_field
    if field is None or not answers.get(field):
        return None
    return households.snapshot(answers[field], resident_id, at)


def household_facts(
    rules: Version, answers: Mapping[str, Any], resident_id: str, at: datetime
) -> Mapping[str, float] | None:
    """What follows from the household that the answers name; None where there is none, or it is not the resident's."""
    field = rules.household_field
    if field is None or not answers.get(field):
        return None
    try:
        return households.facts_of(households.own_household(answers[field], resident_id), day_of(at))
    except NotFound:
        return None


def household_faults(rules: Version, answers: Mapping[str, Any], resident_id: str) -> list[FieldFault]:
    """A fault where the answers name a household that is not the resident's own."""
    field = rules.household_field
    if field is None or not answers.get(field):
        return []
    try:
        households.own_household(answers[field], resident_id)
    except NotFound:
        return [FieldFault(f"form.{field}", "unknown_household")]
    return []


def people_of(
    programme: Programme, rules: Version, answers: Mapping[str, Any], snapshot: Snapshot | None, resident_id: str
) -> list[CasePerson]:
    """Everyone the application is for, each once: the members of its household, or the one it names."""
    found = [
        CasePerson("applicant" if each["relation"] == SELF else "member", each["name"], each["birth_date"],
                   each["id_number"], each["id"])
        for each in (snapshot["members"] if snapshot else ())
    ]  # fmt: skip
    subject = _subject(programme, rules, answers, resident_id)
    if subject is not None and all(each.id_number != subject.id_number or not subject.id_number for each in found):
        found.append(subject)
    return found


def household_of_case(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """The household as it was handed in, in clear; None where there is none, or its data have gone."""
    return open_json(raw["household"], HOUSEHOLD_CONTEXT) if raw.get("household") else None


def person_of_case(raw: Mapping[str, Any], position: int) -> str:
    """The name of one of `raw["people"]`, in clear; empty once the data have gone."""
    person = raw["people"][position]
    if person.get("member_id"):
        members = (household_of_case(raw) or {"members": []})["members"]
        return next((each["name"] for each in members if each["id"] == person["member_id"]), "")
    people = programme_of(raw["programme"]).people
    return str(form_of(raw).get(people.applicant if person["role"] == "applicant" else people.subject, ""))


def matter_of(programme: Programme, rules: Version, answers: Mapping[str, Any]) -> str | None:
    """What it is about beside a person, blind: of a programme that one person may use for several matters, such as
    certificates; None where it is once a person."""
    if programme.people.child is not None:
        return None
    naming = {programme.people.applicant, programme.people.subject, rules.household_field}
    about = [name for name in programme.people.identifies
             if name not in naming and rules.form.properties[name].format not in ("id-number", "date")]  # fmt: skip
    return blind_index("matter of a case", "|".join(plain_name(str(answers[n])) for n in about)) if about else None


def _subject(programme: Programme, rules: Version, answers: Mapping[str, Any], resident_id: str) -> CasePerson | None:
    """The one it is for: a registered child, somebody the form names with a number or birth date, or the applicant."""
    people = programme.people
    if people.child is not None:
        child = queries.child_of(resident_id, answers[people.child.id])
        return CasePerson("subject", child.name, child.birth_date.isoformat(), child.id_number)
    if people.subject == people.applicant:
        me = queries.person_of(resident_id)
        return CasePerson("applicant", me.name, me.birth_date.isoformat(), me.id_number) if me else None
    number, born = _said(rules, people.identifies, answers, "id-number"), None
    if number is not None:
        born = _born(number)
    born = born or _said(rules, people.identifies, answers, "date")
    if born is None:
        return None
    return CasePerson("subject", answers[people.subject], born, number)


def _said(rules: Version, names: list[str], answers: Mapping[str, Any], form: str) -> str | None:
    """The answer of this format among those that say who it is for."""
    return next((answers[n] for n in names if rules.form.properties[n].format == form and answers.get(n)), None)


def _born(number: str) -> str:
    """The birth date in a number that the form has checked."""
    kind = "hmt_residence_permit" if number[0] == "8" else "resident_id_card"
    return read_id_number(number, kind, date.max).birth_date.isoformat()
