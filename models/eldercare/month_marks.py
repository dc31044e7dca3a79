"""Marks of months whose numbers may have changed after the month's end: set by whoever changes something, taken away by
the nightly job that has counted again. The number itself is never touched here."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from mongoengine import BooleanField
from pymongo.errors import DuplicateKeyError

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
    """Have a month that has ended counted again; nothing happens for the present one, which nobody has closed."""
    if month >= month_of(at):
        return
    # Made first and marked then: an upsert that races another one may tell nothing of what it did.
    with suppress(DuplicateKeyError):
        collection(MonthMark).insert_one(MonthMark(id=month, created_at=at, updated_at=at, open=False).raw())
    again = {"$set": {"open": True, "updated_at": at}, "$inc": {"version": 1}}
    collection(MonthMark).update_one({"_id": month}, again)


def mark_since(day: str, at: datetime) -> None:
    """Have every ended month counted again that holds this day or a later one."""
    for month in months_since(day[:7], at):
        mark(month, at)


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
