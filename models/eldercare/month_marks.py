"""Marks of months whose numbers may have changed after the month's end: set by whoever changes something, taken away by
the nightly job that has counted again. The number itself is never touched here."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from mongoengine import BooleanField
from pymongo.errors import DuplicateKeyError

from config.indicators import CITY
from models.eldercare.month_records import CITY_LEVEL, VisitMonth, record_id
from models.kernel.clock import month_of
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.lifecycle import Raw


class MonthMark(Record):
    """A month, its id, that must be counted again while `open`; `version` grows with each mark."""

    open = BooleanField(required=True, default=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "visit_month_marks"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("open", 1)], "name": "open", "partialFilterExpression": {"open": True}},
    ]


def mark(month: str, at: datetime) -> None:
    """Have a closed month counted again; nothing happens for one that is not closed: closing counts it anyway."""
    _mark_closed([month] if month < month_of(at) else [], at)


def mark_since(day: str, at: datetime) -> None:
    """Have every closed month counted again that holds this day or a later one."""
    _mark_closed(list(months_since(day[:7], at)), at)


def _mark_closed(months: list[str], at: datetime) -> None:
    """A count that was under way meanwhile is made up for by the next night, which counts the latest closed month."""
    ids = [record_id(month, CITY_LEVEL, CITY, 1) for month in months]
    for closed in list(collection(VisitMonth).find({"_id": {"$in": ids}}, {"month": 1})) if ids else ():
        # Made first and marked then: an upsert that races another one may tell nothing of what it did.
        with suppress(DuplicateKeyError):
            collection(MonthMark).insert_one(
                MonthMark(id=closed["month"], created_at=at, updated_at=at, open=False).raw()
            )
        again = {"$set": {"open": True, "updated_at": at}, "$inc": {"version": 1}}
        collection(MonthMark).update_one({"_id": closed["month"]}, again)


def months_since(month: str, at: datetime) -> Iterable[str]:
    """The months from `month` to the last that has ended."""
    year, number = int(month[:4]), int(month[5:])
    while f"{year:04d}-{number:02d}" < month_of(at):
        yield f"{year:04d}-{number:02d}"
        year, number = year + number // 12, number % 12 + 1


def marked() -> list[Raw]:
    """The marked months, the oldest first."""
    return sorted(collection(MonthMark).find({"open": True}), key=lambda each: str(each["_id"]))


def unmark(mark_read: Raw, at: datetime) -> None:
    """Take the mark away, unless another was set since it was read."""
    unchanged = {"_id": mark_read["_id"], "version": mark_read["version"]}
    collection(MonthMark).update_one(unchanged, {"$set": {"open": False, "updated_at": at}})
