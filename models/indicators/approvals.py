"""Approvals that stand for a use of their own, such as a completed training: counted from the applications themselves.

An approval may take effect at the end of its public notice, where nobody waits for an answer. So they are looked
through every night, and each is counted once, on the day it took effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from config.loading import catalogue, rule
from models.casework.documents import APPROVED, Application
from models.indicators.usage import note_use
from models.kernel.clock import as_utc
from models.kernel.database import collection


def count_approvals(at: datetime) -> int:
    """Count the approvals of the last days that are not counted yet; returns how many were looked at."""
    of_programme: dict[str, str] = rule("indicators.approval_measures")
    fields = {"programme": 1, "approved_at": 1, "district_code": 1, "township_id": 1}
    found = []
    for first, following in _days(at - timedelta(days=rule("indicators.approval_days")), at):
        # The index holds approved ones alone; with more beside state and time the embedded server would not use it.
        wanted = {"approved_at": {"$gte": first, "$lt": following}, "state": APPROVED}
        found += [each for each in collection(Application).find(wanted, fields)
                  if each["programme"] in of_programme and each["district_code"] in catalogue().districts]  # fmt: skip
    for each in found:
        measure, when = of_programme[each["programme"]], as_utc(each["approved_at"])
        note_use(measure, each["_id"], when, each["district_code"], each["township_id"])
    return len(found)


def _days(first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Windows of a day from `first` to `last`, both within."""
    begin, end = first, last + timedelta(milliseconds=1)
    while begin < end:
        yield begin, min(begin + timedelta(days=1), end)
        begin += timedelta(days=1)
