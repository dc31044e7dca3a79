"""Households: registered once by a resident and used for many programmes (plan, chapter 6 section 2).

What an application rests on is a snapshot taken when it is handed in; a later change of the household changes no case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import change_one, collection
from models.kernel.encryption import open_json, seal_json
from models.kernel.errors import Conflict, LimitReached, NotFound, StaleVersion
from models.kernel.lifecycle import history_entry
from models.kernel.masking import mask_id_number, mask_name
from models.people import consents, holders, queries
from models.people.faults import field_fault
from models.people.household_documents import CIRCUMSTANCES_CONTEXT, MEMBER_CONTEXT, SELF, Household
from models.people.household_facts import FACTS, derived
from models.people.identity import BIRTH_CERTIFICATE, read_birth_certificate, read_id_number, read_name
from models.people.likeness import marks_of
from models.people.store import Raw, live

__all__ = ["FACTS", "HOUSEHOLD", "add_member", "change_circumstances", "change_member", "dissolve", "facts_of",
           "household_of", "masked_members", "members_of", "own_household", "read_person", "register",
           "registered_child", "remove_member", "shown", "snapshot"]  # fmt: skip

HOLDER = "households"
# What a case may rest on, beside the consents: asked of the holders before a household goes.
HOUSEHOLD = "household"
ACTIVE = "active"
MAX_CONTENTION = 20


def register(household_id: str, circumstances: Mapping[str, Any], *, by: Actor, at: datetime) -> Raw:
    """Register the resident's household with the resident as its only member; the same id again gives the first.

    Raises Forbidden (`consent_missing`), Conflict (`identity_not_set`, `household_exists`).
    """
    me = _self(by.id)
    fresh = Household(
        id=household_id, created_at=at, updated_at=at, resident_id=by.id, circumstances=dict(circumstances),
        members=[_stored(household_id, SELF, me, at)],
        history=[history_entry("register", None, ACTIVE, by, at)],
    )  # fmt: skip
    try:
        collection(Household).insert_one(fresh.raw())
    except DuplicateKeyError:
        found = household_of(by.id)
        if found is None or found["_id"] != household_id:
            raise Conflict("household_exists") from None
        return found
    return own_household(household_id, by.id)


def change_circumstances(changes: Mapping[str, Any], *, version: int, by: Actor, at: datetime) -> Raw:
    """Write income, floor area or support; null takes one away. Raises NotFound, StaleVersion."""

    def edit(current: Raw) -> Raw:
        _same_version(current, version)
        after = {**_circumstances(current), **changes}
        kept = {name: value for name, value in after.items() if value is not None}
        return {"$set": {"circumstances": seal_json(kept, CIRCUMSTANCES_CONTEXT)}}

    return _change("change_circumstances", edit, by, at)


def add_member(member_id: str, relation: str, person: Mapping[str, Any], *, by: Actor, at: datetime) -> Raw:
    """Add a member; the same id again changes nothing. `person`: see `read_person`.

    Raises InvalidInput, Conflict (`member_registered`), LimitReached (`household_full`).
    """
    entry = _stored(member_id, relation, dict(person), at)

    def edit(current: Raw) -> Raw | None:
        if any(each["id"] == member_id for each in current["members"]):
            return None
        # The first mark is the number's.
        if any(each["marks"][0] == entry["marks"][0] for each in current["members"]):
            raise Conflict("member_registered")
        if len(current["members"]) >= rule("people.household_members_most"):
            raise LimitReached("household_full", most=rule("people.household_members_most"))
        return {"$push": {"members": entry}}

    return _change("add_member", edit, by, at)


def change_member(member_id: str, changes: Mapping[str, Any], *, version: int, by: Actor, at: datetime) -> Raw:
    """Correct a member's `relation` or `disabled`. Another number is another person: remove and add.

    Raises NotFound, StaleVersion.
    """

    def edit(current: Raw) -> Raw:
        _same_version(current, version)
        before = _member(current, member_id)
        person = {**_person(before), **{k: v for k, v in changes.items() if k == "disabled"}}
        relation = before["relation"] if before["relation"] == SELF else changes.get("relation", before["relation"])
        after = {**before, "relation": relation, "person": seal_json(person, MEMBER_CONTEXT)}
        return {"$set": {"members": [after if each is before else each for each in current["members"]]}}

    return _change("change_member", edit, by, at)


def remove_member(member_id: str, *, by: Actor, at: datetime) -> Raw:
    """Take a member out. Raises NotFound, Conflict (`household_needs_self`) for the resident."""

    def edit(current: Raw) -> Raw:
        if _member(current, member_id)["relation"] == SELF:
            raise Conflict("household_needs_self")
        return {"$pull": {"members": {"id": member_id}}}

    return _change("remove_member", edit, by, at)


def dissolve(*, by: Actor, at: datetime) -> None:
    """Delete the household. Raises NotFound, Conflict (`household_in_use`) while an open application rests on it."""
    found = household_of(by.id)
    if found is None:
        raise NotFound()
    if holders.rests_on(by.id, HOUSEHOLD):
        raise Conflict("household_in_use")
    collection(Household).delete_one({"_id": found["_id"], "resident_id": by.id})


def read_person(
    name: str, id_kind: str, id_number: str, birth_date: date | None, disabled: bool, at: datetime
) -> dict[str, Any]:
    """A member's person, checked. `birth_date` is needed with a birth certificate. Raises InvalidInput."""
    today = day_of(at)
    if id_kind == BIRTH_CERTIFICATE:
        number = read_birth_certificate(id_number)
        if birth_date is None:
            raise field_fault("birth_date", "birth_date_needed")
        if birth_date > today or birth_date.year < rule("people.birth_year_earliest"):
            raise field_fault("birth_date", "id_number_birth_date")
        born = birth_date
    else:
        checked = read_id_number(id_number, id_kind, today)
        number, born = checked.number, checked.birth_date
        if birth_date is not None and birth_date != born:
            raise field_fault("birth_date", "birth_date_differs")
    return _as_person(read_name(name), id_kind, number, born, disabled)


def registered_child(resident_id: str, child_id: str, disabled: bool) -> dict[str, Any]:
    """The person of a child the resident is guardian of. Raises InvalidInput (`unknown_child`), Forbidden."""
    try:
        child = queries.child_of(resident_id, child_id)
    except NotFound:
        raise field_fault("child_id", "unknown_child") from None
    return _as_person(child.name, child.id_kind, child.id_number, child.birth_date, disabled)


def household_of(resident_id: str) -> Raw | None:
    """The resident's household, None where they have registered none."""
    return collection(Household).find_one({"resident_id": resident_id})


def own_household(household_id: str, resident_id: str) -> Raw:
    """A household of the resident's own. Raises NotFound, also for another's."""
    found = collection(Household).find_one({"_id": household_id})
    if found is None or found["resident_id"] != resident_id:
        raise NotFound()
    return found


def members_of(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The members in clear: `{id, relation, name, id_kind, id_number, birth_date, disabled}`; for deciding a case."""
    return [{"id": each["id"], "relation": each["relation"], **_person(each)} for each in stored["members"]]


def facts_of(stored: Mapping[str, Any], day: date) -> dict[str, float]:
    """The household's derived facts on `day`; what is not told is absent."""
    return derived(members_of(stored), _circumstances(stored), day)


def snapshot(household_id: str, resident_id: str, at: datetime) -> dict[str, Any]:
    """The household as a case rests on it, as plain JSON in clear: to be sealed into the application.

    The resident stands in it as they are known now. Raises NotFound, Conflict (`identity_not_set`), Forbidden.
    """
    stored = own_household(household_id, resident_id)
    me = _self(resident_id)
    members = [
        {**each, **{name: me[name] for name in me if name != "disabled"}} if each["relation"] == SELF else each
        for each in members_of(stored)
    ]
    circumstances = _circumstances(stored)
    return {
        "household_id": household_id, "version": stored["version"], "taken_at": as_utc(at).isoformat(),
        "members": members, "circumstances": circumstances, "facts": derived(members, circumstances, day_of(at)),
    }  # fmt: skip


def shown(stored: Mapping[str, Any], day: date) -> dict[str, Any]:
    """A household as its resident sees it: names in clear, numbers masked."""
    return {
        "id": stored["_id"],
        "version": stored["version"],
        "members": [
            {
                "id": each["id"], "relation": each["relation"], "name": each["name"], "id_kind": each["id_kind"],
                "id_number": mask_id_number(each["id_number"]), "birth_date": each["birth_date"],
                "disabled": bool(each.get("disabled")),
            }
            for each in members_of(stored)
        ],
        "circumstances": _circumstances(stored),
        "facts": facts_of(stored, day),
        "updated_at": as_utc(stored["updated_at"]),
    }  # fmt: skip


def masked_members(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Members of a snapshot for a list: names and numbers masked."""
    return [{**each, "name": mask_name(each["name"]), "id_number": mask_id_number(each["id_number"])}
            for each in members]  # fmt: skip


def _self(resident_id: str) -> dict[str, Any]:
    """The resident as a member. Raises Forbidden (`consent_missing`), Conflict (`identity_not_set`)."""
    consents.demand(live(resident_id).get("consents", []), consents.IDENTITY)
    person = queries.person_of(resident_id)
    if person is None:
        raise Conflict("identity_not_set")
    return _as_person(person.name, person.id_kind, person.id_number, person.birth_date, False)


def _as_person(name: str, id_kind: str, id_number: str, born: date, disabled: bool) -> dict[str, Any]:
    return {"name": name, "id_kind": id_kind, "id_number": id_number, "birth_date": born.isoformat(),
            "disabled": disabled}  # fmt: skip


def _stored(member_id: str, relation: str, person: dict[str, Any], at: datetime) -> dict[str, Any]:
    marks = marks_of(person["name"], person["birth_date"], person["id_number"])
    return {"id": member_id, "relation": relation, "person": seal_json(person, MEMBER_CONTEXT),
            "marks": marks.stored(), "added_at": at}  # fmt: skip


def _change(action: str, edit: Callable[[Raw], Raw | None], by: Actor, at: datetime) -> Raw:
    """One write on the version that `edit` saw; again when somebody wrote in between. Raises NotFound, StaleVersion."""
    for _ in range(MAX_CONTENTION):
        current = household_of(by.id)
        if current is None:
            raise NotFound()
        update = edit(current)
        if update is None:
            return current
        entry = history_entry(action, ACTIVE, ACTIVE, by, at)
        kept = {"$each": [entry], "$slice": -rule("people.resident_history_kept")}
        update.setdefault("$set", {})["updated_at"] = at
        update["$inc"] = {"version": 1}
        update.setdefault("$push", {})["history"] = kept
        wanted = {"_id": current["_id"], "resident_id": by.id, "version": current["version"]}
        written = change_one(collection(Household), wanted, update)
        if written is not None:
            return written
    raise StaleVersion()


def _same_version(current: Raw, version: int) -> None:
    if current["version"] != version:
        raise StaleVersion(details={"version": current["version"]})


def _member(stored: Raw, member_id: str) -> dict[str, Any]:
    found = next((each for each in stored["members"] if each["id"] == member_id), None)
    if found is None:
        raise NotFound()
    member: dict[str, Any] = found
    return member


def _person(member: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = open_json(member["person"], MEMBER_CONTEXT)
    return found


def _circumstances(stored: Mapping[str, Any]) -> dict[str, Any]:
    return open_json(stored["circumstances"], CIRCUMSTANCES_CONTEXT) if stored.get("circumstances") else {}


def _export(resident_id: str) -> dict[str, Any] | None:
    found = household_of(resident_id)
    if found is None:
        return None
    return {
        "members": members_of(found), "circumstances": _circumstances(found), "created_at": found["created_at"],
        "history": [{"action": each["action"], "at": each["at"]} for each in found["history"]],
    }  # fmt: skip


def _erase(resident_id: str, at: datetime) -> int:
    return collection(Household).delete_many({"resident_id": resident_id}).deleted_count


holders.register_holder(HOLDER, export=_export, erase=_erase)
