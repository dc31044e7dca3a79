"""Whose case it is: one caseworker of its place, or nobody and then everybody's. Nothing is lost when one leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.loading import rule
from config.programmes import Programme
from models.casework.documents import Application
from models.casework.lifecycle import ASSIGN, HAND_BACK, lifecycle_for
from models.casework.queries import application_of_place, programme_of
from models.casework.steps import by_staff
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import DomainError, FieldFault, InvalidInput
from models.kernel.lifecycle import Change, Raw
from models.people.documents import Caseworker, staff_actor

CASEWORKER_FIELDS = dict.fromkeys(("display_name", "roles", "district_code", "township_ids", "active", "updated_at"), 1)


def assign(application_id: str, *, version: int, assignee_id: str | None, by: Actor, at: datetime, key: str) -> Raw:
    """Give a case to a caseworker of its place, or with None back to everybody there.

    Raises InvalidInput (`unknown_caseworker`) for one who is not there, has left or may do nothing with it, and as the
    lifecycle does.
    """
    raw = application_of_place(application_id, by)
    if assignee_id is not None and not _may_have(
        raw, collection(Caseworker).find_one({"_id": assignee_id}, CASEWORKER_FIELDS)
    ):
        raise InvalidInput(faults=[FieldFault("assignee_id", "unknown_caseworker")])
    change = Change(set={"assignee_id": assignee_id, "assigned_at": at if assignee_id else None})
    return by_staff(raw, ASSIGN, by, at, version, key, change)


def hand_over(at: datetime) -> int:
    """Cases of caseworkers who have left, or no longer work at the place, go back to their place; a job calls it.

    Returns how many. Safe to repeat, and to run twice at once.
    """
    changed = at - timedelta(days=rule("casework.hand_over_days"))
    moved = [worker for worker in collection(Caseworker).find({}, CASEWORKER_FIELDS)
             if not worker.get("active", True) or as_utc(worker["updated_at"]) >= changed]  # fmt: skip
    handed = 0
    for worker in moved:
        for raw in list(collection(Application).find({"assignee_id": worker["_id"]})):
            handed += not _may_have(raw, worker) and _hand_back(raw, worker["_id"], at)
    return handed


def candidates(raw: Raw) -> list[Raw]:
    """The caseworkers to whom a case can be given, by name."""
    found = [
        each for district in (raw["district_code"], None)
        for each in collection(Caseworker).find({"district_code": district, "active": True}, CASEWORKER_FIELDS)
        if _may_have(raw, each)
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each["display_name"], each["_id"]))


def _hand_back(raw: Raw, holder: str, at: datetime) -> bool:
    change = Change(set={"assignee_id": None, "assigned_at": None}, where={"assignee_id": holder})
    try:
        lifecycle_for(raw).perform(raw["_id"], HAND_BACK, by=SYSTEM, at=at, version=raw["version"], change=change)
    except DomainError:
        return False  # somebody acted on it in between: the next run looks again
    return True


def _may_have(raw: Raw, worker: Raw | None) -> bool:
    """True for an active caseworker of the place with a role that the programme gives something to do."""
    if worker is None or not worker.get("active", True):
        return False
    actor = staff_actor(worker)
    return actor.covers(raw["district_code"], raw["township_id"]) and actor.has_role(
        *_roles(programme_of(raw["programme"]))
    )


def _roles(programme: Programme) -> set[str]:
    return {role for each in programme.roles.values() for role in each.roles}
