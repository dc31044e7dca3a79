"""Bringing a file's rows into the directory: all good rows land, the same file twice changes nothing.

Rows are written in batches. A row that exists is compared field by field with what is stored and written only where it
differs, with its version in the filter; a batch that met another writer is read and compared again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from config.loading import rule
from models.facilities.directory import database_time, load_by_ids
from models.facilities.documents import AGE_GROUPS, OPEN, Facility
from models.facilities.rows import DEFAULT_SOURCE, Fault, RawRow, RowFaults, parse_row
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import to_storage
from models.kernel.database import collection
from models.kernel.errors import Conflict
from models.kernel.ids import id_from_key

ID_SCOPE = "facility"
DUPLICATE_KEY = 11_000
# How often a batch is tried again when others write the same facilities in between.
MOST_TRIES = 10

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Reject:
    """A row that was not taken: its line in the file and everything that is wrong with it."""

    line: int
    faults: list[Fault]


@dataclass
class ImportReport:
    """What became of the rows. `accepted` are new, `updated` differ from what was stored."""

    accepted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Reject] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.accepted + self.updated + self.unchanged + len(self.rejected)


def facility_id(source: str, external_id: str) -> str:
    """The id of what `source` calls `external_id`; the same in every import."""
    return id_from_key(ID_SCOPE, f"{source}\x00{external_id}")


def import_rows(
    rows: Iterable[RawRow], *, by: Actor, at: datetime, name: str, progress: Progress | None = None,
    source: str | None = None,
) -> ImportReport:  # fmt: skip
    """Write the rows of one file. `name` of the file goes to the audit trail; `progress` is told rows done.

    `source` stands for rows that name none. Raises FileFault where the file breaks off: what came before it stands.
    """
    report = ImportReport()
    good = _good_rows(rows, report, source or DEFAULT_SOURCE, progress)
    try:
        while batch := list(islice(good, rule("facilities.import_batch_rows"))):
            _write(batch, report, to_storage(at))
    finally:
        _note(report, by, at, name)
    return report


def _good_rows(
    rows: Iterable[RawRow], report: ImportReport, source: str, progress: Progress | None
) -> Iterator[dict[str, Any]]:
    first_lines: dict[str, int] = {}
    for row in rows:
        try:
            values = parse_row(row)
            if values["source"] == DEFAULT_SOURCE:
                values["source"] = source
            values["_id"] = facility_id(values["source"], values["external_id"])
            if values["_id"] in first_lines:
                raise RowFaults([Fault("external_id", "repeated_in_file")])
            first_lines[values["_id"]] = row.line
            yield values
        except RowFaults as rejected:
            report.rejected.append(Reject(row.line, rejected.faults))
        if progress is not None:
            progress(1)


def _write(batch: list[dict[str, Any]], report: ImportReport, at: datetime) -> None:
    waiting = batch
    for _ in range(MOST_TRIES):
        stored = {raw["_id"]: raw for raw in load_by_ids([values["_id"] for values in waiting])}
        stamp = database_time()
        new = [values for values in waiting if values["_id"] not in stored]
        changes = [
            (values, change)
            for values in waiting
            if values["_id"] in stored and (change := _change(stored[values["_id"]], values))
        ]
        report.unchanged += len(waiting) - len(new) - len(changes)
        lost_new = _insert(new, at, stamp)
        lost_changes = _update(changes, stored, at, stamp)
        report.accepted += len(new) - len(lost_new)
        report.updated += len(changes) - len(lost_changes)
        waiting = lost_new + lost_changes
        if not waiting:
            return
    raise Conflict()


def _insert(rows: list[dict[str, Any]], at: datetime, stamp: datetime) -> list[dict[str, Any]]:
    """Insert; returns the rows that another writer had inserted first."""
    if not rows:
        return []
    writes = [InsertOne(_document(values, at, stamp)) for values in rows]
    try:
        collection(Facility).bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        faults = (error.details or {}).get("writeErrors", [])
        if any(fault["code"] != DUPLICATE_KEY for fault in faults) or not faults:
            raise
        return [rows[fault["index"]] for fault in faults]
    return []


def _update(
    changes: list[tuple[dict[str, Any], dict[str, Any]]], stored: Mapping[str, Mapping[str, Any]], at: datetime,
    stamp: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    """Compare and set each change; returns the rows whose facility was changed by another writer meanwhile."""
    if not changes:
        return []
    writes = []
    for values, change in changes:
        version = stored[values["_id"]]["version"]
        given = {k: v for k, v in change.items() if v is not None}
        update: dict[str, Any] = {"$set": {**given, "updated_at": at, "changed_at": stamp}, "$inc": {"version": 1}}
        cleared = {k: "" for k, v in change.items() if v is None}
        if cleared:
            update["$unset"] = cleared
        writes.append(UpdateOne({"_id": values["_id"], "version": version}, update))
    done = collection(Facility).bulk_write(writes, ordered=False)
    if done.matched_count == len(writes):
        return []
    # Which of them were lost the counts do not say: read again, and what is as it should be now is left out.
    return _not_as_wanted([values for values, _ in changes])


def _not_as_wanted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    stored = {raw["_id"]: raw for raw in load_by_ids([row["_id"] for row in rows])}
    return [row for row in rows if row["_id"] not in stored or _change(stored[row["_id"]], row)]


def _document(values: Mapping[str, Any], at: datetime, stamp: datetime) -> dict[str, Any]:
    given = {name: value for name, value in values.items() if value is not None}
    free = {f"free_{group}": given[f"places_{group}"] for group in AGE_GROUPS if f"places_{group}" in given}
    return {"status": OPEN, **given, **free, "version": 1, "created_at": at, "updated_at": at, "changed_at": stamp}


def _change(stored: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the row says otherwise than the stored document; None for a field to be cleared."""
    change = {name: value for name, value in values.items() if stored.get(name) != value}
    for group in AGE_GROUPS:
        if f"places_{group}" in change:
            change[f"free_{group}"] = _free_after(stored, change[f"places_{group}"], group)
    return change


def _free_after(stored: Mapping[str, Any], places: int | None, group: str) -> int | None:
    """Free places move with the number of places: those given away stay given away."""
    if places is None:
        return None
    if stored.get("suspended"):
        return 0
    taken = (stored.get(f"places_{group}") or 0) - (stored.get(f"free_{group}") or 0)
    return max(places - taken, 0)


def _note(report: ImportReport, by: Actor, at: datetime, name: str) -> None:
    if report.accepted or report.updated:
        counts = {"accepted": report.accepted, "updated": report.updated, "rejected": len(report.rejected)}
        audit.record(by, "facilities.import", f"file:{name}", at, detail=counts)
