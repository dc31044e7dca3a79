"""Roll-up of counted uses: raw events → day × county × township × measure, exactly once.

Each hour is counted anew from its raw events and *set* in its day, never added to: a roll-up killed midway, repeated,
or run by two processes at once ends in the same numbers. A late event marks its old hour, which is counted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from config.loading import rule
from models.indicators.documents import NO_PLACE, UsageDay, UsageEvent, UsageSlot
from models.indicators.usage import DUPLICATE_KEY, slot_of
from models.kernel.database import collection

# A document's key may not be empty.
UNKNOWN_TOWNSHIP = "-"
TOO_LATE = Counter("yixiang_usage_hours_too_late_total", "Hours with late events whose raw events were partly gone")

Totals = dict[tuple[str, str], dict[str, int]]


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
    for slot in sorted({*_marked(), *_latest(at)}):
        if slot < oldest:
            TOO_LATE.inc()
            collection(UsageSlot).update_one({"_id": slot}, {"$set": {"dirty": False, "updated_at": at}})
            counts["too_late"] += 1
        else:
            counts["hours"] += 1
            counts["cells"] += _roll_slot(slot, at)
    return counts


def forget_raw(at: datetime) -> int:
    """Delete the raw events, and marks of hours, that are older than they are kept; returns how many events."""
    oldest = slot_of(at - timedelta(days=rule("indicators.usage_raw_days")))
    collection(UsageSlot).delete_many({"_id": {"$lt": oldest}})
    return collection(UsageEvent).delete_many({"slot": {"$lt": oldest}}).deleted_count


def rebuild(at: datetime) -> dict[str, int]:
    """Count every hour that still has all its raw events, marked or not; the same numbers as the roll-ups made."""
    slots = sorted(collection(UsageEvent).distinct("slot", {"slot": {"$gte": slot_of(_oldest(at))}}))
    return {"hours": len(slots), "cells": sum(_roll_slot(slot, at) for slot in slots)}


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
    """The latest hours, marked or not: a process may have died between writing events and marking their hour."""
    return _hours(at - timedelta(hours=rule("indicators.usage_slot_overlap")), at)


def _hours(first: datetime, last: datetime) -> list[str]:
    count = int((last - first) / timedelta(hours=1))
    return [slot_of(last - timedelta(hours=back)) for back in range(count, -1, -1)]


def _oldest(at: datetime) -> datetime:
    # A day less than raw events are kept, so that no hour is counted while its events expire.
    return at - timedelta(days=rule("indicators.usage_raw_days") - 1)


def _roll_slot(slot: str, at: datetime) -> int:
    mark = collection(UsageSlot).find_one({"_id": slot}, {"version": 1})
    version = mark["version"] if mark else 0
    totals = _totals(slot)
    _write([_set_hour(slot, version, cell, townships, at) for cell, townships in sorted(totals.items())])
    # Events written since then have raised the version: the mark stays for the next roll-up.
    unchanged = {"_id": slot, "version": version}
    collection(UsageSlot).update_one(unchanged, {"$set": {"dirty": False, "updated_at": at}})
    return sum(len(townships) for townships in totals.values())


def _write(updates: list[UpdateOne]) -> None:
    if not updates:
        return
    try:
        collection(UsageDay).bulk_write(updates, ordered=False)
    except BulkWriteError as fault:
        # A cell that a later count has written already does not match, and cannot be made a second time.
        if {error["code"] for error in fault.details["writeErrors"]} != {DUPLICATE_KEY}:
            raise


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


def _set_hour(slot: str, version: int, cell: tuple[str, str], townships: dict[str, int], at: datetime) -> UpdateOne:
    """Set one hour of a day, unless a count of a later version of the hour is there: a slow roll-up comes too late."""
    (measure, county), (day, hour) = cell, slot.split("T")
    fresh = {"day": day, "measure": measure, "district_code": county, "created_at": at}
    facts = {f"hours.{hour}": townships, f"counted.{hour}": version, "updated_at": at}
    no_later = {"_id": f"{day}:{measure}:{county}", f"counted.{hour}": {"$not": {"$gt": version}}}
    return UpdateOne(no_later, {"$set": facts, "$inc": {"version": 1}, "$setOnInsert": fresh}, upsert=True)
