"""What is read of residents: masked for lists and screens, in clear for the domains that decide cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from config.loading import catalogue
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_json, open_text
from models.kernel.errors import NotFound
from models.kernel.masking import mask_id_number, mask_name, mask_phone
from models.people import consents
from models.people.documents import CHILD_CONTEXT, Resident
from models.people.store import Raw, district_of, in_charge_of, live

OPENIDS = ("mini_openid", "official_openid")


@dataclass(frozen=True)
class Person:
    """A real name and ID number, in clear: for deciding a case, never for a list or a log."""

    name: str
    id_number: str
    id_kind: str
    birth_date: date
    id_number_index: str


@dataclass(frozen=True)
class Child(Person):
    """A child and who its guardian is to it."""

    id: str
    relation: str


def resident(resident_id: str) -> Raw:
    """The stored resident. Raises NotFound, also once erasure has begun."""
    return live(resident_id)


def person_of(resident_id: str) -> Person | None:
    """The resident's identity; None where they have not given it."""
    found = live(resident_id)
    if not found.get("id_number_index"):
        return None
    return Person(
        _clear(found, "name"), _clear(found, "id_number"), found["id_kind"],
        date.fromisoformat(_clear(found, "birth_date")), found["id_number_index"],
    )  # fmt: skip


def phone_of(resident_id: str) -> str | None:
    """The resident's phone number in clear; None where they have not given it."""
    found = live(resident_id)
    return _clear(found, "phone") if found.get("phone") else None


def demand_consent(resident_id: str, purpose: str, child_id: str | None = None) -> None:
    """Raises Forbidden (`consent_missing`) unless the resident agreed to the current version of the purpose."""
    consents.demand(live(resident_id).get("consents", []), purpose, child_id)


def child_of(resident_id: str, child_id: str) -> Child:
    """A guardian's child, in clear. Raises NotFound, Forbidden (`consent_missing`)."""
    found = live(resident_id)
    entry = next((each for each in found.get("children", []) if each["id"] == child_id), None)
    if entry is None:
        raise NotFound()
    consents.demand(found.get("consents", []), consents.CHILD, child_id)
    person = open_json(entry["person"], CHILD_CONTEXT)
    return Child(
        person["name"], person["id_number"], person["id_kind"], date.fromisoformat(person["birth_date"]),
        entry["id_number_index"], child_id, entry["relation"],
    )  # fmt: skip


def openids_of(resident_id: str) -> dict[str, str]:
    """The resident's openids by account field, in clear; also while erasure goes on, for whoever erases by openid."""
    found = collection(Resident).find_one({"_id": resident_id}, dict.fromkeys(OPENIDS, 1)) or {}
    return {name: _clear(found, name) for name in OPENIDS if found.get(name)}


def profile(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A resident as they see themselves: the name in clear, ID number and phone masked."""
    township = catalogue().place(stored.get("home_township_id") or "")
    return {
        "id": stored["_id"],
        "identity": _identity(stored, _clear(stored, "name")) if stored.get("id_number_index") else None,
        "phone": mask_phone(_clear(stored, "phone")) if stored.get("phone") else None,
        "home_township": {"id": township.id, "name": township.name_zh, "district_code": township.district_code}
        if township
        else None,
        "large_type": bool(stored.get("large_type")),
        "consents": consents_shown(stored.get("consents", [])),
        "children": children_shown(stored.get("children", [])),
        "created_at": as_utc(stored["created_at"]),
        "version": stored["version"],
    }


def consents_shown(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each purpose but `child` what was last said, and whether it still holds."""
    shown = []
    for purpose in consents.consent_purposes():
        said = consents.standing(records, purpose)
        if said is not None:
            kept = {name: said[name] for name in ("purpose", "version", "state", "by", "channel")}
            shown.append({**kept, "at": as_utc(said["at"]), "holds": consents.holds(records, purpose)})
    return shown


def children_shown(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A guardian's children, names and numbers masked."""
    return [_child_shown(each) for each in entries]


def look_at_resident(resident_id: str, by: Actor, at: datetime) -> dict[str, Any]:
    """A resident's record for staff who are responsible for their township, all masked; the look is recorded.

    Raises NotFound, also for residents of other places.
    """
    found = in_charge_of(resident_id, by)
    audit.record(by, "resident.looked_at", f"resident:{resident_id}", at, district_code=district_of(found))
    return masked_profile(found)


def masked_profile(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A resident as staff see them: the name masked, too."""
    shown = profile(stored)
    if shown["identity"]:
        shown["identity"] = _identity(stored, mask_name(_clear(stored, "name")))
    return shown


def export_profile(resident_id: str) -> dict[str, Any]:
    """Everything in the resident's own record, in clear, for the copy they may ask for."""
    found = live(resident_id)
    clear = (*OPENIDS, "name", "id_number", "birth_date", "phone")
    plain = ("id_kind", "identity_source", "identity_set_at", "home_township_id", "large_type", "created_at")
    return {
        **{name: _clear(found, name) for name in clear if found.get(name)},
        **{name: found[name] for name in plain if found.get(name) is not None},
        "consents": list(found.get("consents", [])),
        "children": [
            {**open_json(each["person"], CHILD_CONTEXT), "relation": each["relation"], "id": each["id"],
             "registered_at": each["registered_at"]}
            for each in found.get("children", [])
        ],
        "history": [{"action": each["action"], "at": each["at"]} for each in found.get("history", [])],
    }  # fmt: skip


def _identity(stored: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "name": name,
        "id_number": mask_id_number(_clear(stored, "id_number")),
        "id_kind": stored["id_kind"],
        "source": stored["identity_source"],
        "set_at": as_utc(stored["identity_set_at"]),
    }


def _child_shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    person = open_json(entry["person"], CHILD_CONTEXT)
    return {
        "id": entry["id"],
        "relation": entry["relation"],
        "name": mask_name(person["name"]),
        "id_number": mask_id_number(person["id_number"]),
        "id_kind": person["id_kind"],
        "birth_date": person["birth_date"],
        "registered_at": as_utc(entry["registered_at"]),
    }


def _clear(stored: Mapping[str, Any], field: str) -> str:
    return open_text(stored[field], f"residents.{field}")
