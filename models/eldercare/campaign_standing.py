"""How far a large campaign is, counted every few minutes: at every look it would read each of its people.

A small campaign, and one that is over and settled, is counted at the look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField

from config.loading import rule
from models.eldercare.campaign_records import Campaign
from models.eldercare.plan_records import WITHDRAWN, PlannedVisit
from models.eldercare.plan_writing import of_campaign
from models.eldercare.planning import MET, PLANNED, UNCOVERED
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.lifecycle import Raw


@dataclass(frozen=True)
class Progress:
    """How far a campaign is, of the people it is about: in all, or of one township. `reasons`: of those uncovered."""

    people: int
    met: int
    planned: int
    uncovered: int
    reasons: Mapping[str, int]


class CampaignStanding(Record):
    """A campaign's progress as of `as_of`; the id is the campaign's. `townships`: by id the fields of `Progress`."""

    as_of = DateTimeField(required=True)
    townships = DictField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "campaign_standings"}
    index_specs: ClassVar[list[dict[str, Any]]] = []


def note_progress(at: datetime) -> int:
    """Count the campaigns that are not settled, each some minutes after it was counted last; returns how many."""
    oldest, counted = at - timedelta(minutes=rule("campaigns.standing_minutes")), 0
    for campaign in list(collection(Campaign).find({"settled": False}, {"_id": 1})):
        known = collection(CampaignStanding).find_one({"_id": campaign["_id"]}, {"as_of": 1})
        if known is not None and as_utc(known["as_of"]) > oldest:
            continue
        townships = {township: vars(each) for township, each in _count(campaign["_id"]).items()}
        found = {"as_of": at, "townships": townships, "updated_at": at}
        fresh: Raw = {"version": 1, "created_at": at}
        collection(CampaignStanding).update_one(
            {"_id": campaign["_id"]}, {"$set": found, "$setOnInsert": fresh}, upsert=True
        )
        counted += 1
    return counted


def progress_by_township(campaign_id: str, at: datetime) -> tuple[dict[str, Progress], datetime | None]:
    """By township, and as of when; None where it was counted now."""
    oldest = at - timedelta(minutes=rule("campaigns.standing_minutes_most"))
    known = collection(CampaignStanding).find_one({"_id": campaign_id})
    if known is not None and oldest <= as_utc(known["as_of"]) <= at:
        stored = {township: Progress(**each) for township, each in known["townships"].items()}
        if sum(each.people for each in stored.values()) >= rule("campaigns.standing_people_least"):
            return stored, as_utc(known["as_of"])
    return _count(campaign_id), None


def sum_of(parts: Iterable[Progress]) -> Progress:
    """Several townships together."""
    listed, reasons = list(parts), Counter[str]()
    for each in listed:
        reasons.update(each.reasons)
    return Progress(
        sum(each.people for each in listed), sum(each.met for each in listed), sum(each.planned for each in listed),
        sum(each.uncovered for each in listed), reasons,
    )  # fmt: skip


def _count(campaign_id: str) -> dict[str, Progress]:
    rows: dict[str, list[Raw]] = {}
    fields = {"state": 1, "reason": 1, "township_id": 1}
    for row in collection(PlannedVisit).find({"of": of_campaign(campaign_id)}, fields):
        if row["state"] != WITHDRAWN:
            rows.setdefault(row["township_id"], []).append(row)
    return {township: _progress(each) for township, each in sorted(rows.items())}


def _progress(rows: list[Raw]) -> Progress:
    states = Counter(each["state"] for each in rows)
    reasons = dict(Counter(each["reason"] for each in rows if each["state"] == UNCOVERED))
    return Progress(len(rows), states[MET], states[PLANNED], states[UNCOVERED], reasons)
