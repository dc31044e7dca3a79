"""Rows of lists that may be about somebody on the register: shown to the township, decided by a person, carried out.

The decision is one write on the row's document, which then owes its effect; what it owes may be done twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from config.text import say
from models.eldercare.completing import complete
from models.eldercare.documents import ACTIVE, Elder
from models.eldercare.import_documents import (
    CHOICE_LIFECYCLE,
    OPEN,
    OTHER_PERSON,
    ROW_CONTEXT,
    SAME_PERSON,
    Decision,
    ElderChoice,
)
from models.eldercare.month_marks import mark_since
from models.eldercare.operations import Entry, Person, as_stored, read_elder_number, route_requests
from models.kernel import audit
from models.kernel.actors import SYSTEM, Actor
from models.kernel.database import collection
from models.kernel.document import SOME_TEXT
from models.kernel.encryption import open_json
from models.kernel.errors import Conflict, FieldFault, InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw

SETTLE = "settle"


def open_choices(scope: Mapping[str, Any]) -> list[Raw]:
    """The rows of a place that wait for a decision, as stored, by list and line."""
    found = collection(ElderChoice).find({**scope, "state": OPEN}).limit(rule("eldercare.day_list_most"))
    return sorted(found, key=lambda each: (each["created_at"], each["list_id"], each["line"]))


def choice_of_place(choice_id: str, by: Actor) -> Raw:
    """One such row, within the place of this member of staff. Raises NotFound otherwise."""
    found = collection(ElderChoice).find_one({"_id": choice_id})
    if found is None or not by.covers(found["district_code"], found["township_id"]):
        raise NotFound()
    return found


def candidates_of(choice: Raw) -> list[Raw]:
    """The entries the row may be about, as stored, those still in its township."""
    found = collection(Elder).find({"_id": {"$in": choice["candidates"]}}, {"private": 0, "health_notes": 0})
    here = [each for each in found if each["township_id"] == choice["township_id"]]
    return sorted(here, key=lambda each: str(each["_id"]))


def row_of(choice: Raw) -> dict[str, Any] | None:
    """What stands in the row, in clear; None once it is decided."""
    found: dict[str, Any] | None = open_json(choice["row"], ROW_CONTEXT) if choice.get("row") else None
    return found


def decide(
    choice_id: str, decision: Decision, elder_id: str | None = None, *, by: Actor, at: datetime, key: str, version: int
) -> Raw:  # fmt: skip
    """Say whether the row is about the entry `elder_id` (the only candidate unless named), another person, or nobody.

    `same` adds what the entry lacks; its number and name stay. `other` registers the row, which a row without a number
    of its own cannot be. Raises NotFound outside the actor's place, InvalidInput, what the lifecycle raises.
    """
    choice = choice_of_place(choice_id, by)
    if not any(entry.get("key") == key for entry in choice["history"]):
        CHOICE_LIFECYCLE.check(choice, decision, by=by, at=at, version=version)
        chosen = _candidate(choice, elder_id) if decision == "same" else None
        if decision == "other" and choice["reason"] != "other_number":
            raise _refused("decision", "not_possible")
        change = Change(set={"decided_for": chosen}, push={"owed": SETTLE})
        choice = CHOICE_LIFECYCLE.perform(
            choice_id, decision, by=by, at=at, key=key, version=version, change=change
        )  # fmt: skip
        audit.record(by, "elder_choice_decided", f"elder_choice:{choice_id}", at,
                     district_code=choice["district_code"], detail={"decision": decision})  # fmt: skip
    return settle_choice(choice, by, at)


def reconcile_choices(at: datetime) -> int:
    """Carry out what crashed requests had decided; returns how many."""
    found = list(collection(ElderChoice).find({"owed": SOME_TEXT}).limit(rule("eldercare.reconcile_batch")))
    for choice in found:
        settle_choice(choice, SYSTEM, at)
    return len(found)


def settle_choice(choice: Raw, by: Actor, at: datetime) -> Raw:
    """Do what the decision says, then let go of the row."""
    row = row_of(choice)
    if SETTLE not in choice.get("owed", ()) or row is None:
        return choice
    entry = _entry(row)
    if choice["state"] == SAME_PERSON:
        with suppress(Conflict):  # left the register in between: nothing is to be added
            complete(choice["decided_for"], entry, by=by, at=at, key=choice["_id"])
    elif choice["state"] == OTHER_PERSON:
        _register(choice, entry, by, at)
    collection(ElderChoice).update_one({"_id": choice["_id"]}, {"$pull": {"owed": SETTLE}, "$unset": {"row": ""}})
    return {**choice, "owed": [], "row": None}


def _register(choice: Raw, entry: Entry, by: Actor, at: datetime) -> None:
    """The row's person as an entry of their own; where the number was registered in between, nothing is left to do."""
    elder_id = id_from_key("elder of choice", choice["_id"])
    # The row was checked when it was read: a decision may be late, and what was a possible day stays one.
    person = Person(entry.name, read_elder_number(entry.id_number, at))
    elder = as_stored(elder_id, entry, person, by=by, at=at, key=choice["_id"])
    try:
        collection(Elder).insert_one(elder)
    except DuplicateKeyError:
        return
    finally:
        mark_since(entry.since.isoformat(), at)
    route_requests(elder, at)


def _candidate(choice: Raw, elder_id: str | None) -> str:
    active = [each["_id"] for each in candidates_of(choice) if each["state"] == ACTIVE]
    if elder_id is None and len(active) == 1:
        return str(active[0])
    if elder_id not in active:
        raise _refused("elder_id", "unknown_candidate")
    return str(elder_id)


def _entry(row: dict[str, Any]) -> Entry:
    place = catalogue().place(row["township_id"])
    if place is None:
        raise LookupError(f"the catalogue has lost the township {row['township_id']}")
    kept = {name: value for name, value in row.items() if name != "township_id"}
    days = {name: date.fromisoformat(row[name]) for name in ("birth_date", "since")}
    return Entry(**{**kept, **days, "place": place})


def _refused(field: str, code: str) -> InvalidInput:
    return InvalidInput(faults=[FieldFault(field, code, say(f"eldercare.list_fault.{code}"))])
