"""Duplicates and conflicts: what blocks a submission, and what a caseworker is shown with its reason and strength.

Blocking rests on document numbers only (`claims.py`). Names, sounds and households are for a person to judge. What is
found is told to caseworkers; an applicant never learns who the other is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from config.programmes import Programme, programmes
from config.text import say
from models.casework.case_people import CasePerson, Snapshot
from models.casework.claims import claim, exclusive_with, holds_its_people, release_claims
from models.casework.documents import OPEN_STATES, Application
from models.kernel.database import collection
from models.kernel.lifecycle import Raw
from models.people.holders import register_holder
from models.people.household_documents import Household
from models.people.households import HOUSEHOLD
from models.people.likeness import LETTER_OF, NAME, NUMBER, SOUND, numbers_among, shared_sign

HOLDER = "person_claims"
Strength = Literal["hard", "strong", "medium", "weak"]
STRENGTHS: tuple[Strength, ...] = ("hard", "strong", "medium", "weak")
STRENGTH_OF: Mapping[str, Strength] = {
    "same_person": "hard", "same_household": "hard", "exclusive_programme": "hard",
    "member_of_two_households": "strong", "same_name_and_birth": "medium", "same_sound_and_birth": "weak",
}  # fmt: skip
OTHER_FIELDS = dict.fromkeys(
    ("resident_id", "programme", "state", "district_code", "township_id", "people", "household_id", "matter"), 1
)


@dataclass(frozen=True)
class Found:
    """Something a caseworker should look at. `person`: the position among the application's own people.

    `other`: the application it meets, as stored in parts; None for a household that no application names.
    """

    reason: str
    person: int
    other: Raw | None

    @property
    def strength(self) -> Strength:
        return STRENGTH_OF[self.reason]

    @property
    def text(self) -> str:
        """The reason in words."""
        return say(f"duplicates.reason.{self.reason}")


def claimed(
    raw: Raw, programme: Programme, people: Sequence[CasePerson], snapshot: Snapshot | None, at: datetime,
    matter: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Hold the application's people and return what the write that submits it must set. Raises as `claims.claim`."""
    marks = [each.marks for each in people]
    claim(raw, programme, [each.number for each in marks if each.number is not None], at, matter)
    return {
        "claims_version": raw["version"],
        "matter": matter,
        "household_id": snapshot["household_id"] if snapshot else None,
        "people": [
            {"role": each.role, "member_id": each.member_id, "marks": mark.stored()}
            for each, mark in zip(people, marks, strict=True)
        ],
    }


def claim_again(raw: Raw, at: datetime) -> dict[str, Any]:
    """The same for an application that was closed and is opened again: what to set. Raises as `claims.claim`."""
    numbers = [mark for each in raw.get("people") or () for mark in numbers_among(each["marks"])]
    claim(raw, programmes()[raw["programme"]], numbers, at, raw.get("matter"))
    return {"claims_version": raw["version"]}


def look_for(raw: Raw) -> list[Found]:
    """What speaks for a duplicate or a conflict, the strongest first. Closed cases are no duplicates."""
    ours = raw.get("people") or []
    marks = [mark for each in ours for mark in each["marks"]]
    if not marks:
        return []
    met = collection(Application).find({"people.marks": {"$in": marks}}, OTHER_FIELDS)
    found = {
        (each.reason, each.person, each.other["_id"] if each.other else ""): each
        for other in met
        if other["_id"] != raw["_id"] and holds_its_people(other)
        for each in _compared(raw, other)
    }
    for each in _in_other_households(raw):
        found.setdefault((each.reason, each.person, ""), each)
    return sorted(found.values(), key=_weight)


def _compared(raw: Raw, other: Raw) -> Iterator[Found]:
    programme = programmes()[raw["programme"]]
    same = other["programme"] == raw["programme"] and other.get("matter") == raw.get("matter")
    exclusive = other["programme"] in exclusive_with(programme)
    two_households = _differ(raw, other)
    for number, ours in enumerate(raw["people"]):
        signs = {shared_sign(ours["marks"], theirs["marks"]) for theirs in other.get("people") or ()}
        if NUMBER in signs:
            if same:
                one_household = raw.get("household_id") and raw["household_id"] == other.get("household_id")
                yield Found("same_household" if one_household else "same_person", number, other)
            elif exclusive:
                yield Found("exclusive_programme", number, other)
            if two_households:
                yield Found("member_of_two_households", number, other)
        elif same or exclusive:
            if NAME in signs:
                yield Found("same_name_and_birth", number, other)
            elif SOUND in signs:
                yield Found("same_sound_and_birth", number, other)


def _in_other_households(raw: Raw) -> Iterator[Found]:
    """Members who stand in the registered household of somebody else."""
    if not raw.get("household_id"):
        return
    ours = {mark for each in raw["people"] for mark in each["marks"] if mark.startswith(LETTER_OF[NUMBER])}
    met = collection(Household).find({"members.marks": {"$in": sorted(ours)}}, {"members.marks": 1})
    for household in met:
        if household["_id"] != raw["household_id"]:
            theirs = ours & {mark for each in household["members"] for mark in each["marks"]}
            yield from (Found("member_of_two_households", number, None)
                        for number, each in enumerate(raw["people"]) if theirs & set(each["marks"]))  # fmt: skip


def _differ(raw: Raw, other: Raw) -> bool:
    mine, theirs = raw.get("household_id"), other.get("household_id")
    return bool(mine and theirs and mine != theirs)


def _weight(found: Found) -> tuple[int, int, str]:
    return STRENGTHS.index(found.strength), found.person, found.other["_id"] if found.other else ""


def _applications(resident_id: str) -> list[str]:
    return [each["_id"] for each in collection(Application).find({"resident_id": resident_id}, {"_id": 1})]


def _rests_on(resident_id: str, purpose: str, child_id: str | None) -> bool:
    if purpose != HOUSEHOLD:
        return False
    found = collection(Application).find({"resident_id": resident_id}, {"state": 1, "household_id": 1})
    return any(each["state"] in OPEN_STATES and each.get("household_id") for each in found)


# Before `applications` in the order of names is not needed: claims of cases that are gone are taken over by the next.
register_holder(
    HOLDER,
    export=lambda resident_id: [],
    erase=lambda resident_id, at: release_claims(_applications(resident_id)),
    rests_on=_rests_on,
)
