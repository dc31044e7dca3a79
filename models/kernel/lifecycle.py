"""Lifecycles: a declared table of transitions, and the one compare-and-set write that performs one.

The write has `state` and `version` in its filter, and appends the history entry and the outbox entries in the
same document, so that a change, its trace and its effects are kept together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.kernel.actors import Actor
from models.kernel.database import change_one, collection
from models.kernel.document import Record
from models.kernel.encryption import open_text, seal_text
from models.kernel.errors import Conflict, Forbidden, IllegalTransition, NotFound, StaleVersion
from models.kernel.outbox import OutboxEntry

OWNER = "owner"
SYSTEM_ROLE = "system"
# The target of a row that leaves the state as it is.
SAME = "="
NOTE_CONTEXT = "history.note"
# A caller that names no version is retried this often when others write the same document in between.
MAX_CONTENTION = 20

Raw = dict[str, Any]
Guard = Callable[[Raw, Actor, datetime], None]


@dataclass(frozen=True)
class Transition:
    """One row of the table. `roles`: staff roles, `owner` (whose it is), or `system`. `target` may be SAME."""

    action: str
    source: tuple[str, ...]
    target: str
    roles: tuple[str, ...]
    guard: Guard | None = None

    def leads_to(self, state: str) -> str:
        """The state that it leads to from `state`."""
        return state if self.target == SAME else self.target


@dataclass(frozen=True)
class Change:
    """What a transition writes beside the state. `where` is added to the filter: a condition on the same document."""

    set: Mapping[str, Any] = field(default_factory=dict)
    push: Mapping[str, Any] = field(default_factory=dict)
    pull: Mapping[str, Any] = field(default_factory=dict)
    inc: Mapping[str, int] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
    outbox: Sequence[OutboxEntry] = ()


# Every table that was declared, by name; the generated page of the documentation shows them all.
LIFECYCLES: dict[str, Lifecycle] = {}


class Lifecycle:
    """The table of one kind of document. `owner_field` names who the owner is."""

    def __init__(
        self,
        name: str,
        record: type[Record],
        initial: str,
        rows: Sequence[Transition],
        owner_field: str = "resident_id",
    ) -> None:
        self.name = name
        self.record = record
        self.initial = initial
        self.rows = tuple(rows)
        self.owner_field = owner_field
        seen: set[tuple[str, str]] = set()
        for row in rows:
            for source in row.source:
                if (row.action, source) in seen:
                    raise ValueError(f"{name}: {row.action} from {source} is declared twice")
                seen.add((row.action, source))
        LIFECYCLES[name] = self

    @property
    def states(self) -> tuple[str, ...]:
        """All states, the initial one first."""
        named = [self.initial, *(s for row in self.rows for s in (*row.source, row.leads_to(row.source[0])))]
        return tuple(dict.fromkeys(named))

    def row(self, action: str, state: str) -> Transition | None:
        """The transition `action` from `state`, None where the table has none."""
        return next((row for row in self.rows if row.action == action and state in row.source), None)

    def actions_for(self, document: Raw, by: Actor) -> list[str]:
        """What `by` may do with the document now, in the table's order; guards not asked."""
        return [row.action for row in self.rows if document["state"] in row.source and self._allows(row, document, by)]

    def perform(
        self,
        document_id: str,
        action: str,
        *,
        by: Actor,
        at: datetime,
        version: int | None = None,
        key: str | None = None,
        change: Change | Callable[[Raw], Change] = Change(),
    ) -> Raw:
        """Perform `action` in one write and return the document after it, as stored.

        `version`: refuse unless the document still has it. `key`: a second call with the same key changes nothing
        and returns the document. `change` may be a function of the document read.
        Raises NotFound, Forbidden, StaleVersion, IllegalTransition, and what the guard raises.
        """
        for _ in range(MAX_CONTENTION):
            current = self._read(document_id)
            if key is not None and any(entry.get("key") == key for entry in current["history"]):
                return current
            row = self._permitted(current, action, by, at, version)
            made = change(current) if callable(change) else change
            written = self._write(current, row, by, at, key, made)
            if written is not None:
                return written
            if made.where and self._unchanged(current):
                raise Conflict("conflict", details=self._facts(current))
        raise StaleVersion(details=self._facts(self._read(document_id)))

    def check(self, document: Raw, action: str, *, by: Actor, at: datetime, version: int | None = None) -> None:
        """Raise what `perform` would raise of this document, without writing; for work that must come before it."""
        self._permitted(document, action, by, at, version)

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        moving = [row for row in self.rows if row.target != SAME]
        lines += [f"    {s} --> {row.target}: {row.action}" for row in moving for s in row.source]
        return "\n".join(lines)

    def _read(self, document_id: str) -> Raw:
        found = collection(self.record).find_one({"_id": document_id})
        if found is None:
            raise NotFound()
        return found

    def _permitted(self, current: Raw, action: str, by: Actor, at: datetime, version: int | None) -> Transition:
        rows = [row for row in self.rows if row.action == action]
        if not any(self._allows(row, current, by) for row in rows):
            raise Forbidden()
        if version is not None and version != current["version"]:
            raise StaleVersion(details=self._facts(current))
        row = self.row(action, current["state"])
        if row is None:
            raise IllegalTransition(details=self._facts(current))
        if not self._allows(row, current, by):
            raise Forbidden()
        if row.guard is not None:
            row.guard(current, by, at)
        return row

    def _allows(self, row: Transition, document: Raw, by: Actor) -> bool:
        if by.kind == "system":
            return SYSTEM_ROLE in row.roles
        if by.kind == "resident":
            return OWNER in row.roles and document.get(self.owner_field) == by.id
        return by.has_role(*row.roles) and by.covers(document.get("district_code"), document.get("township_id"))

    def _write(
        self, current: Raw, row: Transition, by: Actor, at: datetime, key: str | None, change: Change
    ) -> Raw | None:
        target = row.leads_to(current["state"])
        entry = history_entry(row.action, current["state"], target, by, at, key, change.note)
        update: Raw = {
            "$set": {**change.set, "state": target, "updated_at": at},
            "$inc": {**change.inc, "version": 1},
            "$push": {**change.push, "history": entry},
        }
        if change.pull:
            update["$pull"] = dict(change.pull)
        if change.outbox:
            update["$push"]["outbox"] = {"$each": [each.stored(at) for each in change.outbox]}
            update["$set"]["outbox_waiting"] = True
        unchanged = {"_id": current["_id"], "state": current["state"], "version": current["version"]}
        return change_one(collection(self.record), {**unchanged, **change.where, **unchanged}, update)

    def _unchanged(self, before: Raw) -> bool:
        now = self._read(before["_id"])
        return bool(now["version"] == before["version"] and now["state"] == before["state"])

    def _facts(self, current: Raw) -> Raw:
        return {"state": current["state"], "version": current["version"]}


def history_entry(
    action: str,
    source: str | None,
    target: str,
    by: Actor,
    at: datetime,
    key: str | None = None,
    note: str | None = None,
) -> Raw:
    """One entry of a document's history; a note may hold personal data and is stored encrypted."""
    entry: Raw = {"action": action, "from": source, "to": target, "at": at, "by": by.as_history()}
    if key is not None:
        entry["key"] = key
    if note:
        entry["note"] = seal_text(note, NOTE_CONTEXT)
    return entry


def note_of(entry: Mapping[str, Any]) -> str | None:
    """The note of a history entry, decrypted."""
    return open_text(entry["note"], NOTE_CONTEXT) if entry.get("note") else None
