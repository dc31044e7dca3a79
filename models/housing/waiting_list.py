"""Waiting lists: joining, and the actions that move, pause or end an entry. Nothing else changes a place.

An action is one write of the entry, with its reason. The ordered list (`positions`) follows at once; a process that
dies in between leaves the entry marked `unplaced`, and the next action or `reconcile` lets the list follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError

from config.loading import rule
from models.housing import positions
from models.housing.documents import VALUES_CONTEXT, WAITING, WaitingEntry, WaitingMovement
from models.housing.lifecycle import JOIN_ROLES, WAITING_LIFECYCLE
from models.housing.ordering import application_of, check_reason, full_key, list_key, list_rule
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import at_local, day_of
from models.kernel.database import collection
from models.kernel.encryption import open_json, seal_json
from models.kernel.errors import (
    Conflict,
    FieldFault,
    Forbidden,
    IllegalTransition,
    InvalidInput,
    NotFound,
    StaleVersion,
    Unavailable,
)
from models.kernel.ids import ID_PATTERN, id_from_key
from models.kernel.lifecycle import Change, Raw, history_entry

MAX_CONTENTION = 50
PENDING_BATCH = 1000
# Small enough to be written, durably, well within the connection's time-out.
INSERT_BATCH = 200
DUPLICATE_KEY = 11000
LAST_DAY_OF_EVERY_MONTH = 28


@dataclass(frozen=True)
class Place:
    """Whose waiting it is and where: which list, which application, who looks after it."""

    programme: str
    application_id: str
    district_code: str | None
    group: str | None = None
    township_id: str | None = None
    resident_id: str | None = None

    @property
    def list_key(self) -> str:
        return list_key(self.programme, self.district_code, self.group)

    @property
    def entry_id(self) -> str:
        return entry_id(self.list_key, self.application_id)


@dataclass(frozen=True)
class Reconciled:
    """What `reconcile` and `sweep` set right."""

    placed: int = 0
    counts: int = 0
    strays: int = 0
    missing: int = 0


def entry_id(key_of_list: str, application_id: str) -> str:
    """The id of an application's entry in a list."""
    return id_from_key("waiting entry", f"{key_of_list} {application_id}")


def join(place: Place, values: Mapping[str, Any], *, reason: str, by: Actor, at: datetime) -> Raw:
    """Put an application on its list; a repeat finds the first entry. Returns the entry.

    `values`: what the list's rule orders by. Raises NotFound (no such list), Forbidden, InvalidInput.
    """
    if not _may_join(place, by):
        raise Forbidden()
    if not re.match(ID_PATTERN, place.application_id):
        raise InvalidInput(faults=[FieldFault("application_id", "string_pattern_mismatch")])
    check_reason("join", reason)
    fresh = _fresh(place, values, reason, by, at)
    try:
        collection(WaitingEntry).insert_one(fresh)
    except DuplicateKeyError:
        return settle(place.entry_id, at)
    _audit("join", fresh, reason, by, at)
    return settle(place.entry_id, at)


def act(
    entry: str, action: str, *, reason: str, by: Actor, at: datetime, version: int | None = None,
    key: str | None = None, note: str | None = None, values: Mapping[str, Any] | None = None,
) -> Raw:  # fmt: skip
    """Perform an action of the entry's lifecycle for a reason, and let the list follow. Returns the entry.

    `values`: for `move`, those that change. `note` may hold personal data and is stored encrypted. `key`: a repeat
    with the same key changes nothing. Raises what `Lifecycle.perform` raises, and InvalidInput.
    """
    check_reason(action, reason)
    if (action == "move") != bool(values):
        raise InvalidInput(faults=[FieldFault("values", "missing" if action == "move" else "extra_forbidden")])
    for _ in range(MAX_CONTENTION):
        # Settled first, so that at most one action at a time waits to be shown in the list.
        settle(entry, at)
        try:
            done = WAITING_LIFECYCLE.perform(
                entry, action, by=by, at=at, version=version, key=key,
                change=lambda raw: _change(raw, action, reason, note, values, at),
            )  # fmt: skip
        except Conflict as refused:
            crowded = isinstance(refused, StaleVersion) and version is None
            if not crowded and refused.code != Conflict.default_code:
                raise
            continue
        _audit(action, done, reason, by, at)
        return settle(entry, at)
    raise Unavailable()


def settle(entry: str, at: datetime) -> Raw:
    """Let the ordered list show what the entry says; anyone may do it, any number of times. Returns the entry."""
    for _ in range(MAX_CONTENTION):
        found = collection(WaitingEntry).find_one({"_id": entry})
        if found is None:
            raise NotFound()
        if not found["unplaced"]:
            return found
        wanted = _wanted_key(found)
        _show(found, wanted, at)
        cleared = collection(WaitingEntry).update_one(
            {"_id": entry, "version": found["version"], "unplaced": True},
            {"$set": {"unplaced": False, "settled_version": found["version"], "placed_key": wanted}},
        )
        if cleared.modified_count == 0 and wanted is not None:
            # Others were quicker, and an action may have followed: what was laid late must not stay.
            _withdraw_late(found, wanted, at)
    raise Unavailable()


def take_over(
    programme: str, district_code: str | None, group: str | None, entries: Iterable[tuple[Place, Mapping[str, Any]]],
    *, by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Start a list with entries kept elsewhere until now; returns their number. It can be repeated after a crash.

    Raises Conflict (`waiting_list_begun`) where the list holds others already.
    """
    key = list_key(programme, district_code, group)
    fresh = [_fresh(place, values, "taken_over", by, at) for place, values in entries]
    if any(each["list_key"] != key for each in fresh):
        raise InvalidInput(faults=[FieldFault("list_key", "literal_error")])
    for each in fresh:
        each.update(unplaced=False, settled_version=each["version"], placed_key=each["full_key"])
    for start in range(0, len(fresh), INSERT_BATCH):
        _insert_all(fresh[start : start + INSERT_BATCH])
    positions.build(key, [(each["full_key"], each["version"]) for each in fresh], at)
    return len(fresh)


def reconcile(at: datetime) -> Reconciled:
    """Complete what killed processes left: entries not yet shown, counts not yet told. Cheap where nothing is left."""
    placed = settle_pending(at)
    return Reconciled(placed=placed, counts=sum(positions.refresh(key) for key in positions.all_lists()))


def settle_pending(at: datetime) -> int:
    """Let the lists show every entry that they do not show yet; returns how many there were."""
    settled = 0
    while waiting := list(collection(WaitingEntry).find({"unplaced": True}, {"_id": 1}).limit(PENDING_BATCH)):
        for each in waiting:
            settle(each["_id"], at)
        settled += len(waiting)
    return settled


def sweep(key_of_list: str, at: datetime) -> Reconciled:
    """Compare a whole list with its entries, both ways, and set right what differs. Reads all of it: for the night."""
    counts = positions.refresh(key_of_list)
    strays, shown = 0, set()
    batch: list[tuple[str, int]] = []
    for item in [*positions.every(key_of_list), None]:
        if item is not None:
            shown.add(item[0])
            batch.append(item)
        if batch and (item is None or len(batch) >= PENDING_BATCH):
            strays += _drop_strays(key_of_list, batch, at)
            batch = []
    missing = _lay_missing(key_of_list, shown, at)
    return Reconciled(counts=counts, strays=strays, missing=missing)


def _may_join(place: Place, by: Actor) -> bool:
    return by.kind == "system" or (by.has_role(*JOIN_ROLES) and by.covers(place.district_code, place.township_id))


def _fresh(place: Place, values: Mapping[str, Any], reason: str, by: Actor, at: datetime) -> Raw:
    ordering = list_rule(place.programme)
    key = full_key(place.list_key, ordering.order_key(values), place.application_id)
    entry = WaitingEntry(
        id=place.entry_id, created_at=at, updated_at=at, list_key=place.list_key, state=WAITING,
        application_id=place.application_id, resident_id=place.resident_id, district_code=place.district_code,
        township_id=place.township_id, values=dict(values), rule_version=ordering.version, full_key=key, unplaced=True,
        joined_at=at, recheck_due_at=_recheck_due(ordering.recheck_months, at), outbox_waiting=False,
        moves=[_move("join", reason, None, key, 1, at)], history=[history_entry("join", None, WAITING, by, at)],
    )  # fmt: skip
    return entry.raw()


def _insert_all(entries: list[Raw]) -> None:
    """Insert what is not there yet: a repeat, ours or the driver's own, finds some of them."""
    try:
        collection(WaitingEntry).insert_many(entries, ordered=False)
    except BulkWriteError as fault:
        if any(each["code"] != DUPLICATE_KEY for each in (fault.details or {}).get("writeErrors", [])):
            raise


def months_after(day: date, months: int) -> date:
    """The same day so many months later; never after the 28th."""
    later = day.month - 1 + months
    return day.replace(year=day.year + later // 12, month=later % 12 + 1, day=min(day.day, LAST_DAY_OF_EVERY_MONTH))


def _recheck_due(months: int, at: datetime) -> datetime:
    return at_local(months_after(day_of(at), months))


def _move(action: str, reason: str, before: str | None, after: str | None, version: int, at: datetime) -> Raw:
    return {"action": action, "reason": reason, "before": before, "after": after, "version": version, "at": at}


def _wanted_key(entry: Raw) -> str | None:
    return str(entry["full_key"]) if entry["state"] == WAITING else None


def _change(
    entry: Raw, action: str, reason: str, note: str | None, values: Mapping[str, Any] | None, at: datetime
) -> Change:
    row = WAITING_LIFECYCLE.row(action, entry["state"])
    assert row is not None  # noqa: S101  `perform` asks for the change of a permitted transition only
    if entry.get("values") is None:
        raise IllegalTransition()  # the resident's data are erased: there is nothing left to place
    programme = entry["list_key"].split(":")[0]
    changed: Raw = {"unplaced": True}
    key = entry["full_key"]
    if values is not None:
        merged = {**open_json(entry["values"], VALUES_CONTEXT), **values}
        ordering = list_rule(programme)
        key = full_key(entry["list_key"], ordering.order_key(merged), entry["application_id"])
        changed |= {"values": seal_json(merged, VALUES_CONTEXT), "full_key": key, "rule_version": ordering.version}
    if action == "recheck":
        changed["recheck_due_at"] = _recheck_due(list_rule(programme).recheck_months, at)
    after = key if row.target == WAITING else None
    moved = _move(action, reason, _wanted_key(entry), after, entry["version"] + 1, at)
    return Change(set=changed, push={"moves": moved}, where={"settled_version": entry["version"]}, note=note)


def _show(entry: Raw, wanted: str | None, at: datetime) -> None:
    placed = entry.get("placed_key")
    if placed is not None and placed != wanted:
        positions.remove(entry["list_key"], placed, entry["version"], at)
    if wanted is not None:
        positions.insert(entry["list_key"], wanted, entry["version"], at)
    _note_movement(entry)


def _withdraw_late(seen: Raw, laid: str, at: datetime) -> None:
    now = collection(WaitingEntry).find_one({"_id": seen["_id"]}, {"version": 1})
    if now is not None and now["version"] != seen["version"]:
        # A newer action that lays the same key notes its own version there, and this then leaves it alone.
        positions.remove(seen["list_key"], laid, seen["version"], at)


def _note_movement(entry: Raw) -> None:
    last = entry["moves"][-1]
    movement = {
        "_id": id_from_key("waiting movement", f"{entry['_id']} {last['version']}"), "version": 1,
        "created_at": last["at"], "updated_at": last["at"], "list_key": entry["list_key"], "at": last["at"],
        "action": last["action"], "reason": last["reason"], "before": last["before"], "after": last["after"],
        "expires_at": last["at"] + timedelta(days=rule("housing.movements_kept_days")),
    }  # fmt: skip
    try:
        collection(WaitingMovement).insert_one(movement)
    except DuplicateKeyError:
        return  # settled before


def _drop_strays(key_of_list: str, items: list[tuple[str, int]], at: datetime) -> int:
    ids = {entry_id(key_of_list, application_of(key)): (key, version) for key, version in items}
    found = collection(WaitingEntry).find(
        {"_id": {"$in": list(ids)}}, {"state": 1, "full_key": 1, "placed_key": 1, "unplaced": 1}
    )
    entries = {each["_id"]: each for each in found}
    dropped = 0
    for key, version in items:
        entry = entries.get(entry_id(key_of_list, application_of(key)))
        belongs = entry is not None and (entry["unplaced"] or _wanted_key(entry) == key)
        if not belongs:
            positions.remove(key_of_list, key, version, at)
            dropped += 1
    return dropped


def _lay_missing(key_of_list: str, shown: set[str], at: datetime) -> int:
    laid = 0
    for entry in collection(WaitingEntry).find({"list_key": key_of_list, "state": WAITING}, {"full_key": 1}):
        if entry["full_key"] in shown:
            continue
        marked = collection(WaitingEntry).update_one(
            {"_id": entry["_id"], "state": WAITING}, {"$set": {"unplaced": True}}
        )
        laid += marked.modified_count
        settle(entry["_id"], at)
    return laid


def _audit(action: str, entry: Raw, reason: str, by: Actor, at: datetime) -> None:
    if by.kind == "staff":
        audit.record(
            by, f"waiting_list.{action}", f"waiting_entry:{entry['_id']}", at, district_code=entry.get("district_code"),
            detail={"reason": reason, "version": entry["version"]},
        )  # fmt: skip
