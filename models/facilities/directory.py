"""The directory in this process's memory: loaded from the collection, followed while it changes.

Nothing here is state of its own: it is rebuilt from the database at any time, and every process has one. A thread asks
every second or two what has changed and swaps in a new snapshot; requests keep the snapshot they began with.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import numpy as np
import structlog
from mongoengine.connection import ConnectionFailure as NotConnected

from config.loading import catalogue, rule
from models.facilities.cards import Cards, OpenStates, Raw
from models.facilities.documents import AGE_GROUPS, OPEN, Facility
from models.facilities.index import (
    FREE_INFANT,
    FREE_PRESCHOOL,
    FREE_TODDLER,
    INCLUSIVE,
    NO_HOURS,
    Columns,
    NearbyIndex,
    Rows,
    columns_from,
)
from models.facilities.text_search import TextIndex, normal
from models.kernel.clock import as_utc
from models.kernel.database import UNREACHABLE, collection, database
from models.kernel.errors import Unavailable

log = structlog.get_logger("directory")
FREE_FLAGS = dict(zip(AGE_GROUPS, (FREE_INFANT, FREE_TODDLER, FREE_PRESCHOOL), strict=True))
NEVER = datetime.min.replace(tzinfo=UTC)
# Documents asked for by their ids at once; the embedded database's time for a list grows with its square.
CHUNK = 50


@dataclass(frozen=True)
class Snapshot:
    """One consistent state of the directory. `hours` is the list into which the hours column points."""

    index: NearbyIndex
    text: TextIndex
    hours: list[str]

    @property
    def columns(self) -> Columns:
        return self.index.columns


class Numbering:
    """Distinct texts by a number; numbers never change while the process lives."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.texts = list(known)
        self._numbers = {text: number for number, text in enumerate(self.texts)}

    def number(self, text: str) -> int:
        """The number of a text, a new one where it was not known."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return found

    def known(self, text: str) -> int | None:
        """The number of a text that is known."""
        return self._numbers.get(text)


class Directory:
    """The live directory of one process and one database."""

    def __init__(self) -> None:
        self.categories = Numbering(catalogue().categories)
        self.districts = Numbering(catalogue().districts)
        self.states = OpenStates()
        self.cards = Cards(load_by_ids)
        self._hours = Numbering()
        self._snapshot: Snapshot | None = None
        self._closed: dict[bytes, int] = {}
        self._asked = NEVER
        self._counted = 0.0
        self._refreshing = Lock()
        self._stop = Event()
        self._thread: Thread | None = None

    def snapshot(self) -> Snapshot:
        """The present state; loads it at the first call. Raises Unavailable, or UNREACHABLE of the database."""
        held = self._snapshot or self._first()
        if self._thread is None:
            self._follow()
        return held

    def _first(self) -> Snapshot:
        if not self._refreshing.acquire(timeout=rule("facilities.first_load_seconds")):
            raise Unavailable()
        try:
            return self._snapshot or self._load_all()
        finally:
            self._refreshing.release()

    def refresh(self) -> None:
        """Take in what has changed since the last time. Raises UNREACHABLE of the database."""
        with self._refreshing:
            held = self._snapshot
            if held is None or self._lost_some(held):
                self._load_all()
            else:
                self._take_changes(held)

    def close(self) -> None:
        """End following; a snapshot already held stays good."""
        self._stop.set()

    def _follow(self) -> None:
        with self._refreshing:
            if self._thread is None and not self._stop.is_set():
                self._thread = Thread(target=self._run, name="directory", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(rule("facilities.refresh_seconds")):
            try:
                self.refresh()
            except NotConnected:
                return  # the process has let go of its database
            except UNREACHABLE as error:
                log.warning("directory_not_refreshed", error=type(error).__name__)
            except Exception as error:  # following must outlive one bad document
                log.error("directory_refresh_failed", error=type(error).__name__)

    def _lost_some(self, snapshot: Snapshot) -> bool:
        """True where documents were removed from outside, which no change shows; asked for now and then."""
        if monotonic() - self._counted < rule("facilities.recount_seconds"):
            return False
        self._counted = monotonic()
        known = len(snapshot.columns) + len(self._closed)
        return collection(Facility).estimated_document_count() < known

    def _load_all(self) -> Snapshot:
        asked = database_time()
        rows, texts, closed = [], {}, {}
        for raw in collection(Facility).find({}):
            key = raw["_id"].encode()
            if raw["status"] != OPEN:
                closed[key] = raw["version"]
                continue
            rows.append(self._row(raw))
            texts[key] = _text(raw)
            if len(rows) <= rule("facilities.cards_most"):
                self.cards.put(raw)
        columns = columns_from(rows)
        text = _text_index([texts[key] for key in columns.ids.tolist()])
        self._closed, self._asked, self._counted = closed, asked, monotonic()
        self._snapshot = Snapshot(NearbyIndex(columns), text, self._hours.texts)
        # What was loaded stays: the collector, walking it over and over, made one request in a hundred wait.
        gc.freeze()
        return self._snapshot

    def _take_changes(self, snapshot: Snapshot) -> None:
        asked = database_time()
        since = self._asked - timedelta(seconds=rule("facilities.refresh_overlap_seconds"))
        stamps = collection(Facility).find({"changed_at": {"$gt": since}}, {"version": 1})
        wanted = self._not_seen(snapshot, {stamp["_id"].encode(): stamp["version"] for stamp in stamps})
        if wanted:
            self._apply(snapshot, load_by_ids(wanted))
        self._asked = asked

    def _not_seen(self, snapshot: Snapshot, versions: dict[bytes, int]) -> list[str]:
        if not versions:
            return []
        ids = np.array(list(versions), dtype=snapshot.columns.ids.dtype)
        rows, there = snapshot.columns.find(ids)
        known = np.full(len(ids), -1)
        known[there] = snapshot.columns.version[rows[there]]
        seen = dict(zip(ids.tolist(), known.tolist(), strict=True))
        return [key.decode() for key, version in versions.items() if version not in (seen[key], self._closed.get(key))]

    def _apply(self, snapshot: Snapshot, changed: Iterable[Raw]) -> None:
        rows, texts, gone = [], {}, []
        for raw in changed:
            key = raw["_id"].encode()
            if raw["status"] != OPEN:
                self._closed[key] = raw["version"]
                gone.append(key)
                continue
            self._closed.pop(key, None)
            rows.append(self._row(raw))
            texts[key] = _text(raw)
            self.cards.put(raw)
        fresh = columns_from(rows)
        lines = [texts[key] for key in fresh.ids.tolist()]
        if not gone and self._only_details(snapshot, fresh, lines):
            there, _ = snapshot.columns.find(fresh.ids)
            index = snapshot.index.with_columns(snapshot.columns.replace(there, fresh))
            self._snapshot = Snapshot(index, snapshot.text, self._hours.texts)
        else:
            self._snapshot = self._merged(snapshot, fresh, lines, gone)

    def _only_details(self, snapshot: Snapshot, fresh: Columns, lines: list[tuple[str, str, str]]) -> bool:
        """True where no facility is new, moved, renamed or of another category: then the trees stay good."""
        old = snapshot.columns
        rows, there = old.find(fresh.ids)
        if not there.all():
            return False
        same = all(
            np.array_equal(getattr(old, name)[rows], getattr(fresh, name))
            for name in ("longitude", "latitude", "category")
        )
        return same and all(snapshot.text.line(row) == line for row, line in zip(rows.tolist(), lines, strict=True))

    def _merged(
        self, snapshot: Snapshot, fresh: Columns, lines: list[tuple[str, str, str]], gone: list[bytes]
    ) -> Snapshot:
        old = snapshot.columns
        keep = np.ones(len(old), bool)
        for ids in (fresh.ids, np.array(gone, dtype=old.ids.dtype)):
            rows, there = old.find(ids)
            keep[rows[there]] = False
        kept: Rows = np.flatnonzero(keep)
        columns, order = old.merged(kept, fresh)
        before = snapshot.text.all_lines()
        joined = [before[row] for row in kept.tolist()] + lines
        text = _text_index([joined[place] for place in order.tolist()])
        return Snapshot(NearbyIndex(columns), text, self._hours.texts)

    def _row(self, raw: Raw) -> tuple[Any, ...]:
        flags = INCLUSIVE if raw.get("inclusive") else 0
        for group, flag in FREE_FLAGS.items():
            flags |= flag if raw.get(f"free_{group}") else 0
        hours = raw.get("opening_hours")
        return (
            raw["_id"].encode(),
            raw["longitude"],
            raw["latitude"],
            self.categories.number(raw["category"]),
            NO_HOURS if hours is None else self._hours.number(hours),
            self.districts.number(raw["district_code"]),
            flags,
            raw["version"],
        )


def load_by_ids(ids: list[str]) -> Iterable[Raw]:
    """The stored facilities with these ids, in no order."""
    for start in range(0, len(ids), CHUNK):
        yield from collection(Facility).find({"_id": {"$in": ids[start : start + CHUNK]}})


def database_time() -> datetime:
    """The database's own clock: the one clock that every process sees alike."""
    return as_utc(database().command("hello")["localTime"])


def _text(raw: Raw) -> tuple[str, str, str]:
    terms = raw["search_terms"]
    return normal(raw["name"]), terms["pinyin"], terms["initials"]


def _text_index(lines: list[tuple[str, str, str]]) -> TextIndex:
    return TextIndex(*([line[i] for line in lines] for i in range(3)))


_live: tuple[Any, Directory] | None = None
_opening = Lock()


def directory() -> Directory:
    """This process's directory, made anew after a fork or for another database."""
    global _live
    here = (os.getpid(), database())
    live = _live
    if live is not None and live[0][0] == here[0] and live[0][1] is here[1]:
        return live[1]
    with _opening:
        if _live is None or _live[0][0] != here[0] or _live[0][1] is not here[1]:
            if _live is not None:
                _live[1].close()
            _live = (here, Directory())
        return _live[1]
