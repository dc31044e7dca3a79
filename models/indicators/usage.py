"""Counting uses on hot paths: one dictionary entry in memory, written to the database within about a second.

A use of a page is no acknowledged write: a process that is killed loses what it counted since its last write, at most
`indicators.usage_flush_seconds` of it. A process that ends in an orderly way writes all. While the database is away
the counts wait in memory, bounded by `indicators.usage_buffer_most` lines; what does not fit is dropped and counted
by the metric `yixiang_usage_dropped_total`.

Uses of one measure in one place and hour are added up in memory, so a busy second costs a handful of documents, and
an event does not tell when a single person did something.

What a resident or the office was told is done (an application, a visit, a check-in) is counted by `note_use` instead:
written before the answer, once for its key, so that an acknowledged write is never missing from the counts.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import structlog
from mongoengine.connection import ConnectionFailure as NotConnected
from prometheus_client import Counter
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from config.indicators import measures
from config.loading import catalogue, rule
from models.indicators.documents import NO_PLACE, UsageEvent, UsageSlot
from models.kernel.clock import local
from models.kernel.database import collection
from models.kernel.ids import id_from_key, new_id

SECONDS_PER_HOUR = 3600
DUPLICATE_KEY = 11000
DROPPED = Counter(
    "yixiang_usage_dropped_total", "Counted uses that did not fit into memory while the database was away"
)
log = structlog.get_logger("usage")

Line = tuple[str, int, str, str]


def record_use(
    measure: str, at: datetime, district_code: str | None = None, township_id: str | None = None, count: int = 1
) -> None:
    """Count `count` uses of `measure` at `at` (aware). Costs about a microsecond; never touches the database.

    Raises ValueError for a measure the catalogue does not know, a time without zone, or a count below 1. Places the
    catalogue does not know count as unknown.
    """
    _check(measure, at, count)
    hour = int(at.timestamp()) // SECONDS_PER_HOUR
    _recorder.add((measure, hour, district_code or NO_PLACE, township_id or NO_PLACE), count)


def note_use(measure: str, key: str, at: datetime, district_code: str | None, township_id: str | None) -> None:
    """Count one use now, durably; a repeat with the same `key` (the id of what was done) counts nothing more.

    Called after the write that it counts and before the answer: whoever saw no answer repeats the request, and with it
    this. Raises ValueError as `record_use`, and what the database raises.
    """
    _check(measure, at, 1)
    hour = int(at.timestamp()) // SECONDS_PER_HOUR
    line = (measure, hour, district_code or NO_PLACE, township_id or NO_PLACE)
    write_events([{**_event(line, 1), "_id": id_from_key("use", f"{measure} {key}")}])


def flush() -> int:
    """Write what was counted so far, now; returns the documents written. Raises nothing: what fails waits."""
    return _recorder.flush()


def discard() -> None:
    """Forget what was counted and not written; for tests, between two databases."""
    _recorder.discard()


def slot_of(at: datetime) -> str:
    """The hour of China's clocks, `2026-11-23T09`, in which uses at `at` are counted."""
    return f"{local(at):%Y-%m-%dT%H}"


class Recorder:
    """Lines waiting in memory, and the thread that writes them."""

    def __init__(self) -> None:
        self._lines: dict[Line, int]
        self._unwritten: list[dict[str, Any]]
        self._thread: threading.Thread | None
        self.reset()

    def add(self, line: Line, count: int) -> None:
        """Add to a line; starts the writing thread at the first use in this process."""
        with self._lock:
            if line in self._lines:
                self._lines[line] += count
            elif len(self._lines) + len(self._unwritten) < self._most():
                self._lines[line] = count
            else:
                DROPPED.inc(count)
        if self._thread is None:
            self._start()

    def flush(self) -> int:
        """Write all lines; those that cannot be written now are kept for the next time."""
        with self._writing:
            with self._lock:
                lines, self._lines = self._lines, {}
                # Extended under the lock, for `add` counts both against the bound.
                self._unwritten.extend(_event(line, count) for line, count in lines.items())
                waiting = list(self._unwritten)
            written = 0
            try:
                for batch in _batches(waiting, rule("indicators.usage_batch")):
                    write_events(batch)
                    written += len(batch)
            except (PyMongoError, NotConnected) as fault:
                log.warning("usage_not_written", error=type(fault).__name__, waiting=len(waiting) - written)
            with self._lock:
                del self._unwritten[:written]
            return written

    def discard(self) -> None:
        """Empty the memory."""
        with self._writing, self._lock:
            self._lines.clear()
            self._unwritten.clear()

    def reset(self) -> None:
        """Begin anew: in a forked child the parent's lines are the parent's to write, and its thread is not here."""
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._ending = threading.Event()
        self._lines = {}
        self._unwritten = []
        self._thread = None

    def _most(self) -> int:
        most: int = rule("indicators.usage_buffer_most")
        return most

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="usage", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._ending.wait(rule("indicators.usage_flush_seconds")):
            if self._lines or self._unwritten:
                self.flush()

    def finish(self) -> None:
        """End the thread and write what is left, as the process ends."""
        self._ending.set()
        if self._lines or self._unwritten:
            self.flush()


def write_events(events: list[dict[str, Any]]) -> None:
    """Insert events, then mark their hours for the roll-up. Repeating it with the same events changes nothing."""
    try:
        collection(UsageEvent).insert_many(events, ordered=False)
    except BulkWriteError as fault:
        codes = {error["code"] for error in fault.details.get("writeErrors", ())}
        if codes != {DUPLICATE_KEY} or fault.details.get("writeConcernErrors"):
            raise
    # Marked after the insert: a roll-up in between would clear a mark made before it.
    marks = {event["slot"]: event["created_at"] for event in events}
    collection(UsageSlot).bulk_write([_mark(slot, at) for slot, at in sorted(marks.items())], ordered=False)


def _check(measure: str, at: datetime, count: int) -> None:
    if measure not in measures() or at.tzinfo is None or count < 1:
        raise ValueError(f"not a countable use: {measure!r} at {at!r}, {count}")


def _mark(slot: str, at: datetime) -> UpdateOne:
    update = {"$set": {"dirty": True, "updated_at": at}, "$inc": {"version": 1}, "$setOnInsert": {"created_at": at}}
    return UpdateOne({"_id": slot}, update, upsert=True)


def _event(line: Line, count: int) -> dict[str, Any]:
    measure, hour, district_code, township_id = line
    at = datetime.fromtimestamp(hour * SECONDS_PER_HOUR, tz=UTC)
    place = catalogue().place(township_id)
    return {
        "_id": new_id(), "version": 1, "created_at": at, "updated_at": at, "measure": measure, "slot": slot_of(at),
        "district_code": district_code if district_code in catalogue().districts else NO_PLACE,
        "township_id": place.id if place else NO_PLACE, "count": count,
    }  # fmt: skip


def _batches(items: list[dict[str, Any]], size: int) -> Iterable[list[dict[str, Any]]]:
    return (items[start : start + size] for start in range(0, len(items), size))


_recorder = Recorder()
os.register_at_fork(after_in_child=_recorder.reset)
atexit.register(_recorder.finish)
