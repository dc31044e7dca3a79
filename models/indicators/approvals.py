"""Approvals that stand for a use of their own, such as a completed training: counted from the applications themselves.

An approval may take effect at the end of its public notice, where nobody waits for an answer. So they are looked
through every night, and each is counted once, on the day it took effect.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from config.loading import catalogue, rule
from models.casework.documents import APPROVED, Application
from models.indicators.usage import note_use
from models.kernel.clock import as_utc
from models.kernel.database import collection


def count_approvals(at: datetime) -> int:
    """Count the approvals of the last days that are not counted yet; returns how many were looked at."""
    of_programme: dict[str, str] = rule("indicators.approval_measures")
    since = at - timedelta(days=rule("indicators.approval_days"))
    wanted = {
        "district_code": {"$in": sorted(catalogue().districts)}, "programme": {"$in": sorted(of_programme)},
        "state": APPROVED, "approved_at": {"$gte": since, "$lte": at},
    }  # fmt: skip
    fields = {"programme": 1, "approved_at": 1, "district_code": 1, "township_id": 1}
    found = list(collection(Application).find(wanted, fields))
    for each in found:
        measure, when = of_programme[each["programme"]], as_utc(each["approved_at"])
        note_use(measure, each["_id"], when, each["district_code"], each["township_id"])
    return len(found)
