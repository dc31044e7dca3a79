"""Whose facts a check is about, in clear: for the file that goes to the department, never for a list or a log."""

from __future__ import annotations

from dataclasses import dataclass

from config.checks import Check
from models.casework.documents import HOUSEHOLD_CONTEXT
from models.casework.queries import form_of, programme_of
from models.kernel.encryption import open_json
from models.kernel.errors import NotFound
from models.kernel.lifecycle import Raw
from models.people import queries as people

NAME_END, NUMBER_END = "_name", "_id_number"
SELF = "self"
APPLICANT, SUBJECT = "applicant", "subject"


@dataclass(frozen=True)
class Checked:
    """One person of an application. `member_id`: of the household's snapshot; else which of the two it is."""

    member_id: str
    relation: str
    name: str
    id_number: str


def people_of(raw: Raw, check: Check) -> list[Checked]:
    """Who is to be checked; empty where a number is not known."""
    if check.who == "household" and raw.get("household"):
        members = open_json(raw["household"], HOUSEHOLD_CONTEXT)["members"]
        return [Checked(each["id"], each["relation"], each["name"], each["id_number"]) for each in members]
    programme = programme_of(raw["programme"])
    if check.who == "subject" and programme.people.subject != programme.people.applicant:
        answers, name = form_of(raw), programme.people.subject
        number = answers.get(number_field(name))
        return [Checked(SUBJECT, SUBJECT, answers[name], number)] if answers.get(name) and number else []
    try:
        person = people.person_of(raw["resident_id"])
    except NotFound:
        return []
    return [Checked(APPLICANT, SELF, person.name, person.id_number)] if person is not None else []


def number_field(name: str) -> str:
    """The form's field of a person's ID number, by the field of the name: `elder_name` and `elder_id_number`."""
    return name.removesuffix(NAME_END) + NUMBER_END
