"""A visit that saw the person counts for every campaign in whose days it was made, and for the month too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from models.eldercare.campaign_records import Campaign
from models.eldercare.documents import Visit
from models.eldercare.plan_records import PlannedVisit, campaign_visit_id
from models.eldercare.planning import MET, PLANNED, UNCOVERED
from models.kernel.clock import as_utc, day_bounds, day_of
from models.kernel.database import collection
from models.kernel.lifecycle import Raw


def meet_campaigns(visit: Raw, at: datetime) -> None:
    """Note a completed visit in the campaigns of its day; again: nothing happens. Also after a campaign's end, for a
    phone may have been off the network."""
    if visit.get("seen_at") is None:
        return
    day = day_of(visit["seen_at"]).isoformat()
    for campaign in collection(Campaign).find({"last_day": {"$gte": day}}, {"first_day": 1}):
        if campaign["first_day"] <= day:
            meet(campaign["_id"], visit["elder_id"], visit["_id"], day, at)


def meet(campaign_id: str, elder_id: str, visit_id: str, day: str, at: datetime) -> None:
    """The person's extra visit of a campaign is met by a visit of a day."""
    facts = {"state": MET, "visit_id": visit_id, "day": day, "visitor_id": None, "place": None, "reason": None}
    collection(PlannedVisit).update_one(
        {"_id": campaign_visit_id(campaign_id, elder_id), "state": {"$in": [PLANNED, UNCOVERED]}},
        {"$set": {**facts, "updated_at": at}, "$inc": {"version": 1}},
    )


def seen_within(elder_id: str, first_day: str, last_day: str) -> tuple[str, str] | None:
    """Visit and day on which the person was seen first in these days; None where nobody saw them."""
    begins, ends = begins_at(first_day), day_bounds(date.fromisoformat(last_day))[1]
    visits = collection(Visit).find({"elder_id": elder_id}, {"seen_at": 1})
    seen: list[tuple[datetime, Any]] = [
        (as_utc(each["seen_at"]), each["_id"]) for each in visits if each.get("seen_at")
    ]
    first = min((each for each in seen if begins <= each[0] < ends), default=None)
    return None if first is None else (first[1], day_of(first[0]).isoformat())


def begins_at(day: str) -> datetime:
    """The first moment of China's day."""
    return day_bounds(date.fromisoformat(day))[0]
