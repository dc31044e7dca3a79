"""Roll-up of counted uses: raw events → day × county × township × measure, exactly once.

Each hour is counted anew from its raw events and *set* in its day, never added to: a roll-up killed midway, repeated,
or run by two processes at once ends in the same numbers. A late event marks its old hour, which is counted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from prometheus_client import Counter
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from config.loading import rule
from models.indicators.documents import NO_PLACE, UsageDay, UsageEvent, UsageRollUp, UsageSlot
from models.indicators.usage import DUPLICATE_KEY, slot_of
from models.kernel.clock import as_utc
from models.kernel.database import collection

# A document's key may not be empty.
UNKNOWN_TOWNSHIP = "-"
TOO_LATE = Counter("yixiang_usage_hours_too_late_total", "Hours with late events whose raw events were partly gone")

LATEST = "latest"

Cell = tuple[str, str]
Totals = dict[Cell, dict[str, int]]


@dataclass(frozen=True)
class Use:
    """One cell of the roll-up; NO_PLACE where county or township are not known."""

    day: str
    district_code: str
    township_id: str
    measure: str
    count: int


def roll_up(at: datetime) -> dict[str, int]:
    """Count the marked hours and the latest ones; returns how many hours and cells were written.

    An hour whose raw events have begun to expire is left as it was counted before, for counting it again would
    shrink it; late events for it are refused and show in a metric.
    """
    counts = {"hours": 0, "cells": 0, "too_late": 0}
    oldest = slot_of(_oldest(at))
    slots = sorted({*_marked(), *_latest(at)})
    for slot in [each for each in slots if each < oldest]:
        TOO_LATE.inc()
        collection(UsageSlot).update_one({"_id": slot}, {"$set": {"dirty": False, "updated_at": at}})
        counts["too_late"] += 1
    in_time = [each for each in slots if each >= oldest]
    counts["hours"], counts["cells"] = len(in_time), _roll_hours(in_time, at)
    now = {"$max": {"updated_at": at}, "$setOnInsert": {"created_at": at, "version": 1}}
    collection(UsageRollUp).update_one({"_id": LATEST}, now, upsert=True)
    return counts


def forget_raw(at: datetime) -> int:
    """Delete the raw events, and marks of hours, that are older than they are kept; returns how many events.

    A measure of an hour at a time, so that no command takes seconds, and the hour's mark last: killed midway, the next
    run goes on.
    """
    oldest, gone = slot_of(at - timedelta(days=rule("indicators.usage_raw_days"))), 0
    marks = collection(UsageSlot).find({"_id": {"$lt": oldest}}, {"version": 1})
    for mark in sorted(marks, key=lambda each: str(each["_id"])):
        of_hour = {"slot": mark["_id"]}
        for measure in collection(UsageEvent).distinct("measure", of_hour):
            gone += collection(UsageEvent).delete_many({**of_hour, "measure": measure}).deleted_count
        # Events written meanwhile have raised the version: the mark stays for them.
        collection(UsageSlot).delete_one({"_id": mark["_id"], "version": mark["version"]})
    return gone


def rebuild(at: datetime) -> dict[str, int]:
    """Count every hour that still has all its raw events, marked or not; the same numbers as the roll-ups made."""
    marked = {each["_id"] for each in collection(UsageSlot).find({"_id": {"$gte": slot_of(_oldest(at))}}, {"_id": 1})}
    slots = sorted({*marked, *_latest(at)})
    return {"hours": len(slots), "cells": _roll_hours(slots, at)}


def uses(first_day: str, last_day: str, measure: str | None = None) -> Iterator[Use]:
    """The cells of the days from `first_day` to `last_day`, both within (`2026-11-23`), in the order of the days."""
    wanted: dict[str, Any] = {"day": {"$gte": first_day, "$lte": last_day}}
    if measure is not None:
        wanted["measure"] = measure
    for each in sorted(collection(UsageDay).find(wanted), key=lambda d: (d["day"], d["measure"], d["district_code"])):
        townships: dict[str, int] = {}
        for hour in each["hours"].values():
            for township, count in hour.items():
                townships[township] = townships.get(township, 0) + count
        for township, count in sorted(townships.items()):
            known = NO_PLACE if township == UNKNOWN_TOWNSHIP else township
            yield Use(each["day"], each["district_code"], known, each["measure"], count)


def _marked() -> list[str]:
    most: int = rule("indicators.usage_slots_most")
    return [each["_id"] for each in collection(UsageSlot).find({"dirty": True}, {"_id": 1}).limit(most)]


def _latest(at: datetime) -> Iterable[str]:
    """The hours since the last roll-up and some before, marked or not: a process may have died between writing events
    and marking their hour."""
    last = collection(UsageRollUp).find_one({"_id": LATEST}, {"updated_at": 1})
    since = min(at, as_utc(last["updated_at"])) if last else at
    return _hours(max(since - timedelta(hours=rule("indicators.usage_slot_overlap")), _oldest(at)), at)


def _hours(first: datetime, last: datetime) -> list[str]:
    count = int((last - first) / timedelta(hours=1))
    return [slot_of(last - timedelta(hours=back)) for back in range(count, -1, -1)]


def _oldest(at: datetime) -> datetime:
    # A day less than raw events are kept, so that no hour is counted while its events expire.
    return at - timedelta(days=rule("indicators.usage_raw_days") - 1)


def _roll_hours(slots: Iterable[str], at: datetime) -> int:
    """Count hours in their order, those of a day together: a day's cell is one document. Returns the cells."""
    return sum(
        _roll_day(day, list(hours), at) for day, hours in groupby(slots, key=lambda slot: slot.partition("T")[0])
    )


def _roll_day(day: str, slots: list[str], at: datetime) -> int:
    marks = {
        each["_id"]: each["version"] for each in collection(UsageSlot).find({"_id": {"$in": slots}}, {"version": 1})
    }
    versions = {slot: marks.get(slot, 0) for slot in slots}
    cells: dict[Cell, dict[str, dict[str, int]]] = {}
    for slot in slots:
        for cell, townships in _totals(slot).items():
            cells.setdefault(cell, {})[slot] = townships
    _write(day, cells, versions, at)
    counted = {slot for hours in cells.values() for slot in hours}
    _clear([_cleared(slot, marks[slot], at) if slot in marks else _unmarked(slot, at) for slot in slots
            if slot in marks or slot in counted])  # fmt: skip
    return sum(len(townships) for hours in cells.values() for townships in hours.values())


def _write(day: str, cells: Mapping[Cell, Mapping[str, Any]], versions: Mapping[str, int], at: datetime) -> None:
    """Set the hours of each cell at once; where a later count of one of them is there, each hour by itself."""
    ordered = sorted(cells.items())
    refused = _update([_set_hours(day, cell, hours, versions, at) for cell, hours in ordered])
    apart = [(cell, {slot: townships}) for place in refused for cell, hours in [ordered[place]] if len(hours) > 1
             for slot, townships in hours.items()]  # fmt: skip
    # An hour that a later count has written already does not match, and cannot be made a second time.
    _update([_set_hours(day, cell, hours, versions, at) for cell, hours in apart])


def _update(updates: list[UpdateOne]) -> list[int]:
    """Carry them out; returns the places of those that a later count refused."""
    if not updates:
        return []
    try:
        collection(UsageDay).bulk_write(updates, ordered=False)
    except BulkWriteError as fault:
        errors = fault.details["writeErrors"]
        if {error["code"] for error in errors} != {DUPLICATE_KEY}:
            raise
        return sorted(error["index"] for error in errors)
    return []


def _clear(updates: list[UpdateOne]) -> None:
    if updates:
        collection(UsageSlot).bulk_write(updates, ordered=False)


def _cleared(slot: str, version: int, at: datetime) -> UpdateOne:
    # Events written since it was read have raised the version: the mark stays for the next roll-up.
    return UpdateOne({"_id": slot, "version": version}, {"$set": {"dirty": False, "updated_at": at}})


def _unmarked(slot: str, at: datetime) -> UpdateOne:
    """An hour whose writer died before it marked it gets its mark here, by which its events are let go one day."""
    fresh = {"dirty": False, "version": 0, "created_at": at, "updated_at": at}
    return UpdateOne({"_id": slot}, {"$setOnInsert": fresh}, upsert=True)


def _totals(slot: str) -> Totals:
    """(measure, county) → township → count, of all raw events of the hour."""
    key = {"measure": "$measure", "county": "$district_code", "township": "$township_id"}
    steps: list[dict[str, Any]] = [
        {"$match": {"slot": slot}},
        {"$group": {"_id": key, "count": {"$sum": "$count"}}},
    ]
    totals: Totals = {}
    for found in collection(UsageEvent).aggregate(steps):
        cell = found["_id"]
        townships = totals.setdefault((cell["measure"], cell["county"]), {})
        townships[cell["township"] or UNKNOWN_TOWNSHIP] = int(found["count"])
    return totals


def _set_hours(
    day: str, cell: Cell, hours: Mapping[str, Mapping[str, int]], versions: Mapping[str, int], at: datetime
) -> UpdateOne:
    """Set hours of a day, unless a count of a later version of one is there: a slow roll-up comes too late."""
    measure, county = cell
    facts: dict[str, Any] = {"updated_at": at}
    no_later: dict[str, Any] = {"_id": f"{day}:{measure}:{county}"}
    for slot, townships in hours.items():
        hour = slot.partition("T")[2]
        facts |= {f"hours.{hour}": townships, f"counted.{hour}": versions[slot]}
        no_later[f"counted.{hour}"] = {"$not": {"$gt": versions[slot]}}
    fresh = {"day": day, "measure": measure, "district_code": county, "created_at": at}
    return UpdateOne(no_later, {"$set": facts, "$inc": {"version": 1}, "$setOnInsert": fresh}, upsert=True)
