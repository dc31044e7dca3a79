"""How a resident's document is read and changed: compare-and-set on its version, never after erasure began."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.loading import catalogue, rule
from models.kernel.actors import Actor
from models.kernel.database import change_one, collection
from models.kernel.encryption import blind_index, seal_text
from models.kernel.errors import NotFound, StaleVersion
from models.kernel.lifecycle import history_entry
from models.kernel.outbox import OutboxEntry
from models.people.documents import Resident

MAX_CONTENTION = 50
ACTIVE = "active"
Raw = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """What a change writes; `action` names it in the history. `sealed` are texts stored encrypted, by field."""

    action: str
    set: Raw = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    push: Raw = field(default_factory=dict)
    pull: Raw = field(default_factory=dict)
    inc: dict[str, int] = field(default_factory=dict)
    note: str | None = None
    outbox: tuple[OutboxEntry, ...] = ()


def live(resident_id: str) -> Raw:
    """The stored resident. Raises NotFound for none, and for one whose erasure has begun."""
    found = collection(Resident).find_one({"_id": resident_id, "erased_at": None})
    if found is None:
        raise NotFound()
    return found


def change(resident_id: str, by: Actor, at: datetime, edit: Callable[[Raw], Edit | None]) -> Raw:
    """Apply `edit(document)` in one write on the version it saw; again when somebody else wrote in between.

    `edit` returns None where nothing is to change. Raises NotFound, StaleVersion, pymongo's DuplicateKeyError, and
    what `edit` raises.
    """
    for _ in range(MAX_CONTENTION):
        current = live(resident_id)
        wanted = edit(current)
        if wanted is None:
            return current
        written = change_one(
            collection(Resident),
            {"_id": resident_id, "version": current["version"], "erased_at": None},
            _update(wanted, by, at),
        )
        if written is not None:
            return written
    raise StaleVersion()


def in_charge_of(resident_id: str, by: Actor) -> Raw:
    """The stored resident, where `by` is responsible for their home township. Raises NotFound.

    A resident who named no township is only for staff of the whole city.
    """
    found = live(resident_id)
    if not by.covers(district_of(found), found.get("home_township_id")):
        raise NotFound()
    return found


def district_of(stored: Mapping[str, Any]) -> str | None:
    """The county of the resident's home township, None where they named none."""
    place = catalogue().place(stored.get("home_township_id") or "")
    return place.district_code if place else None


def sealed(field_name: str, value: str) -> bytes:
    """A text as the resident's encrypted field `field_name` holds it."""
    return seal_text(value, f"residents.{field_name}")


def openid_index(openid: str) -> str:
    """How an openid is looked up; the same for followers and residents."""
    # hex, because the index folds case and an openid must keep it
    return blind_index("openid", openid.encode().hex())


def _update(edit: Edit, by: Actor, at: datetime) -> Raw:
    entry = history_entry(edit.action, ACTIVE, ACTIVE, by, at, note=edit.note)
    # A resident may change their profile for ever: the history keeps the last entries, the audit trail what weighs.
    history = {"$each": [entry], "$slice": -rule("people.resident_history_kept")}
    update: Raw = {
        "$set": {**edit.set, **{name: sealed(name, text) for name, text in edit.sealed.items()}, "updated_at": at},
        "$inc": {**edit.inc, "version": 1},
        "$push": {**edit.push, "history": history},
    }
    if edit.outbox:
        update["$push"]["outbox"] = {"$each": [each.stored(at) for each in edit.outbox]}
        update["$set"]["outbox_waiting"] = True
    if edit.unset:
        update["$unset"] = dict.fromkeys(edit.unset, "")
    if edit.pull:
        update["$pull"] = dict(edit.pull)
    return update
