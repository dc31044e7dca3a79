"""How the counts by theme stood when a job last counted them: at every look it would read each piece of half a year.

A month with few pieces is counted at each look and has no standing that counts. For the staff; what the public and the
reports are told is counted when it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, StringField

from config.loading import rule
from models.feedback.theme_counts import MONTHS_MOST, Table, theme_counts
from models.kernel.clock import as_utc, month_of, previous_month
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.lifecycle import Raw


class ThemeStanding(Record):
    """A month's counts as they stood at `as_of`: by theme, then by place. The id is the month."""

    as_of = DateTimeField(required=True)
    counts = DictField(required=True)
    month = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "feedback_theme_standings"}
    index_specs: ClassVar[list[dict[str, Any]]] = []


def note_themes(at: datetime) -> dict[str, int]:
    """Count the months of a year; a job calls it every hour."""
    month, counted = month_of(at), 0
    for _ in range(MONTHS_MOST):
        fresh: Raw = {"version": 1, "created_at": at, "month": month}
        found = {"as_of": at, "counts": theme_counts([month]), "updated_at": at}
        collection(ThemeStanding).update_one({"_id": month}, {"$set": found, "$setOnInsert": fresh}, upsert=True)
        month, counted = previous_month(month), counted + 1
    return {"months": counted}


def themes_for_staff(months: Sequence[str], at: datetime) -> tuple[Table, datetime | None]:
    """The counts of these months together, and as of when the oldest of them is; None where all were counted now."""
    oldest = at - timedelta(minutes=rule("feedback.standing_minutes_most"))
    stored = {
        each["_id"]: each
        for each in collection(ThemeStanding).find({"_id": {"$in": list(months)}})
        if oldest <= as_utc(each["as_of"]) <= at and _many(each["counts"])
    }
    now = theme_counts([each for each in months if each not in stored])
    together = {
        theme: {place: count + sum(each["counts"].get(theme, {}).get(place, 0) for each in stored.values())
                for place, count in row.items()}
        for theme, row in now.items()
    }  # fmt: skip
    return together, min((as_utc(each["as_of"]) for each in stored.values()), default=None)


def _many(counts: Table) -> bool:
    return sum(sum(row.values()) for row in counts.values()) >= int(rule("feedback.standing_pieces_least"))
