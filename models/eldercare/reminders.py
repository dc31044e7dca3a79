"""The evening before a booked visit: the family and the visitor are reminded, once.

The entries are pushed by one write that names state and hour, so a visit that was cancelled or moved in the meantime is
not reminded, and one that was reminded of an hour is not reminded of it again. The version stays: nothing changed on
which a family could have decided.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from config.loading import catalogue
from models.eldercare import notices
from models.eldercare.documents import BOOKED, Visit
from models.eldercare.queries import elders_by_id
from models.eldercare.settling import masked_name
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.lifecycle import Raw


def remind(evening: date, at: datetime) -> int:
    """Remind both sides of the visits booked for the day after `evening`; returns how many visits were.

    A run that comes late reminds of those that are still to come.
    """
    day = (evening + timedelta(days=1)).isoformat()
    count = 0
    for district in sorted(catalogue().districts):
        found = collection(Visit).find({"district_code": district, "day": day})
        coming = [each for each in found if each["state"] == BOOKED and as_utc(each["starts_at"]) > at]
        left = [each for each in coming if not _reminded(each)]
        elders = elders_by_id(each["elder_id"] for each in left)
        count += sum(_remind(visit, masked_name(elders.get(visit["elder_id"])), at) for visit in left)
    return count


def _reminded(visit: Raw) -> bool:
    told = visit.get("reminded_for")
    return told is not None and as_utc(told) == as_utc(visit["starts_at"])


def _remind(visit: Raw, name: str, at: datetime) -> bool:
    hour = f"{as_utc(visit['starts_at']):%Y%m%dT%H%M}"
    entries = notices.visit_notice("reminder", visit, name, f"reminder {hour}")
    if visit.get("visitor_id"):
        key = f"visit_reminder:{visit['_id']}:{hour}:{visit['visitor_id']}"
        entries.append(notices.visitor_notice("reminder", key, visit["visitor_id"], visit))
    if not entries:
        return False
    unchanged = {"_id": visit["_id"], "state": BOOKED, "starts_at": visit["starts_at"],
                 "visitor_id": visit.get("visitor_id"), "reminded_for": {"$ne": visit["starts_at"]}}  # fmt: skip
    done = collection(Visit).update_one(unchanged, {
        "$set": {"reminded_for": visit["starts_at"], "outbox_waiting": True},
        "$push": {"outbox": {"$each": [each.stored(at) for each in entries]}},
    })  # fmt: skip
    return done.modified_count == 1
