"""Campaigns: begun by a supervisor, planned and followed by jobs, ended by their last day or by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from models.eldercare.campaign_planning import days_of, fits, plan_campaign, settle_campaign
from models.eldercare.campaign_records import CALLED_OFF, CAMPAIGN_LIFECYCLE, ENDED, RUNNING, Campaign, Kind
from models.eldercare.campaign_standing import Progress, progress_by_township, sum_of
from models.eldercare.documents import Elder
from models.eldercare.month_counting import townships_of
from models.eldercare.periods import is_active
from models.eldercare.plan_records import PlannedVisit
from models.eldercare.plan_writing import of_campaign
from models.eldercare.planning import MET, PLANNED, UNCOVERED
from models.kernel import audit
from models.kernel.actors import SUPERVISOR, SYSTEM, Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.errors import Conflict, FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.paging import Page, decode_cursor, encode_cursor

LIST = "campaign_visits"
GROUP_FIELDS = {"periods": 1, "categories": 1, "risk_level": 1, "birth_date": 1, "township_id": 1}


@dataclass(frozen=True)
class Order:
    """What a supervisor wants: which kind, where, whom, and from when to when. No township named: all of one's own."""

    kind: Kind
    district_code: str
    township_ids: list[str]
    group: dict[str, Any]
    first_day: date
    last_day: date
    reason: str | None = None


def start(campaign_id: str, order: Order, *, by: Actor, at: datetime) -> Raw:
    """Begin a campaign; a second call with the same id returns the first. A job plans its visits within seconds.

    Raises Forbidden outside the actor's place, InvalidInput for places, days or ages that cannot be.
    """
    townships = order.township_ids or list(by.township_ids)
    _check(order, townships, at)
    if not by.has_role(SUPERVISOR) or not _answers_for(by, order.district_code, townships):
        raise Forbidden()
    campaign = Campaign(
        id=campaign_id, created_at=at, updated_at=at, kind=order.kind, district_code=order.district_code,
        township_id=townships[0] if townships else None, township_ids=townships, group=order.group,
        first_day=order.first_day.isoformat(), last_day=order.last_day.isoformat(), started_by=by.id,
    ).raw()  # fmt: skip
    campaign["history"] = [history_entry("start", None, RUNNING, by, at, key=campaign_id, note=order.reason)]
    try:
        collection(Campaign).insert_one(campaign)
    except DuplicateKeyError:
        return collection(Campaign).find_one({"_id": campaign_id}) or campaign
    audit.record(by, "campaign.started", f"campaign:{campaign_id}", at, district_code=order.district_code)
    return campaign


def preview(order: Order, *, by: Actor, at: datetime) -> Mapping[str, int]:
    """How many people of the register a campaign would be about, by township; nothing is begun.

    Raises what `start` raises.
    """
    townships = order.township_ids or list(by.township_ids)
    _check(order, townships, at)
    if not by.has_role(SUPERVISOR) or not _answers_for(by, order.district_code, townships):
        raise Forbidden()
    first, counts = order.first_day.isoformat(), Counter[str]()
    # A township and a level of risk at a time: who cannot be of the group is not read.
    risks = [{"risk_level": each} for each in order.group["risk_levels"]] or [{}]
    for township in sorted(townships) or townships_of(order.district_code):
        for risk in risks:
            counts[township] += sum(
                is_active(elder["periods"], first, first) and fits(elder, order.group, order.first_day)
                for elder in collection(Elder).find({"township_id": township, **risk}, GROUP_FIELDS)
            )
    return +counts


def end(campaign_id: str, action: str, reason: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """`end`: those not seen become concerns; `call_off`: it was not needed, and nothing follows.

    Raises NotFound outside the actor's place, Forbidden, and what the lifecycle raises.
    """
    campaign = campaign_of_place(campaign_id, by)
    if not _answers_for(by, campaign["district_code"], campaign["township_ids"]):
        raise Forbidden()
    today = day_of(at).isoformat()
    if action == "end" and today < campaign["first_day"]:
        raise Conflict("campaign_not_begun")
    # Its last day is the one on which it ended: a visit made later is no visit of it.
    ended = {"last_day": max(campaign["first_day"], min(campaign["last_day"], today))}
    done = CAMPAIGN_LIFECYCLE.perform(campaign_id, action, by=by, at=at, key=key, change=Change(set=ended, note=reason))
    audit.record(by, f"campaign.{action}", f"campaign:{campaign_id}", at, district_code=campaign["district_code"])
    return done


def follow_campaigns(at: datetime) -> dict[str, int]:
    """Plan those just begun, end those whose days are over, make concerns of who was not seen; a job calls it often."""
    counts = {"planned": 0, "ended": 0, "concerns": 0}
    today = day_of(at).isoformat()
    for campaign in list(collection(Campaign).find({"settled": False, "state": RUNNING})):
        if campaign["last_day"] < today:
            with suppress(Conflict):  # ended by hand, or by another process
                CAMPAIGN_LIFECYCLE.perform(campaign["_id"], "end", by=SYSTEM, at=at, key="last day")
                counts["ended"] += 1
        elif not campaign["built"]:
            counts["planned"] += plan_campaign(campaign, at)
    for state in (ENDED, CALLED_OFF):
        for campaign in list(collection(Campaign).find({"settled": False, "state": state})):
            counts["concerns"] += settle_campaign(campaign, at)
    return counts


def repair_campaigns(at: datetime) -> dict[str, int]:
    """Plan anew what does not hold any more, and take in who has come; a job calls it every hour."""
    running = list(collection(Campaign).find({"settled": False, "state": RUNNING, "built": True}))
    return {"written": sum(plan_campaign(each, at) for each in running), "campaigns": len(running)}


def campaign_of_place(campaign_id: str, by: Actor) -> Raw:
    """The campaign, where this member of staff answers for one of its townships. Raises NotFound."""
    campaign = collection(Campaign).find_one({"_id": campaign_id})
    if campaign is None or not _takes_part(by, campaign):
        raise NotFound()
    return campaign


def campaigns_of(by: Actor, district_code: str | None) -> list[Raw]:
    """The campaigns of one's place, those that run first, then the latest. Raises Forbidden, InvalidInput."""
    district = district_code or by.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("district_code", "missing")])
    if by.district_code not in (None, district):
        raise Forbidden()
    found = [
        each for each in collection(Campaign).find({"district_code": district}, {"outbox": 0}) if _takes_part(by, each)
    ]
    found.sort(key=lambda each: (each["last_day"], each["_id"]), reverse=True)
    return sorted(found, key=lambda each: each["state"] != RUNNING)[: rule("eldercare.page_size_most")]


def progress(campaign_id: str, by: Actor, at: datetime) -> tuple[Progress, dict[str, Progress], datetime | None]:
    """How far it is, in all and by township, of the townships that the actor answers for; and as of when, where it is
    too large to be counted at every look."""
    campaign = campaign_of_place(campaign_id, by)
    found, as_of = progress_by_township(campaign_id, at)
    ours = {township: each for township, each in found.items() if by.covers(campaign["district_code"], township)}
    return sum_of(ours.values()), ours, as_of


def visits_of(
    campaign: Raw, township_id: str | None, uncovered: bool, cursor: str | None, limit: int, *, by: Actor
) -> Page:  # fmt: skip
    """The extra visits of a township, or of all that one answers for: what is uncovered first, then by day, visitor and
    stop; or only what is uncovered. Raises InvalidInput (`bad_cursor`)."""
    of, after = of_campaign(campaign["_id"]), None
    place = {"of_township": f"{of} {township_id}"} if township_id else {"of": of}
    if cursor is not None:
        position = decode_cursor(cursor)
        if position.get("of") != LIST:
            raise InvalidInput("bad_cursor")
        after = tuple(position["at"])
    found: list[tuple[tuple[Any, ...], Raw]] = []
    for window in _windows(campaign, uncovered, after):
        rows = [
            (_order(each), each) for each in collection(PlannedVisit).find({**place, **window})
            if each["state"] in (UNCOVERED, PLANNED, MET) and ("state" in window or each["state"] != UNCOVERED)
            and by.covers(campaign["district_code"], each["township_id"])
        ]  # fmt: skip
        found += sorted((each for each in rows if after is None or each[0] > after), key=lambda each: each[0])
        if len(found) > limit:
            break
    following = encode_cursor({"of": LIST, "at": list(found[limit - 1][0])}) if len(found) > limit else None
    return Page([each for _, each in found[:limit]], following)


def _windows(campaign: Raw, uncovered: bool, after: tuple[Any, ...] | None) -> Iterator[Raw]:
    """What is asked for one after the other: those without a day, then one day at a time, and what was planned behind
    a last day that was moved; from the position `after` on."""
    if after is None or after[0] == 0:
        yield {"state": UNCOVERED}
    if not uncovered:
        begin = "" if after is None or after[0] == 0 else str(after[1])
        yield from ({"day": day} for day in days_of(campaign) if day >= begin)
        yield {"day": {"$gt": campaign["last_day"]}}


def _check(order: Order, townships: list[str], at: datetime) -> None:
    faults, today = [], day_of(at)
    if order.district_code not in catalogue().districts:
        faults.append(FieldFault("district_code", "unknown_place"))
    places = [catalogue().place(each) for each in townships]
    if any(place is None or place.district_code != order.district_code for place in places):
        faults.append(FieldFault("township_ids", "unknown_place"))
    if order.first_day < today:
        faults.append(FieldFault("first_day", "in_the_past"))
    if order.first_day > today + timedelta(days=rule("campaigns.start_days_ahead_most")):
        faults.append(FieldFault("first_day", "too_far_ahead"))
    if order.last_day < order.first_day:
        faults.append(FieldFault("last_day", "before_period"))
    if (order.last_day - order.first_day).days >= rule("campaigns.kinds")[order.kind]["days_most"]:
        faults.append(FieldFault("last_day", "range_too_long"))
    ages = order.group["age_from"], order.group["age_to"]
    if None not in ages and ages[0] > ages[1]:
        faults.append(FieldFault("age_to", "below_age_from"))
    if faults:
        raise InvalidInput(faults=faults)


def _answers_for(by: Actor, district_code: str, townships: list[str]) -> bool:
    """True where the actor answers for every one of the townships, or for the whole county where none is named."""
    named: list[str | None] = [*townships] or [None]
    return all(by.covers(district_code, each) for each in named)


def _takes_part(by: Actor, campaign: Raw) -> bool:
    named: list[str | None] = [*campaign["township_ids"]] or [*by.township_ids] or [None]
    return any(by.covers(campaign["district_code"], each) for each in named)


def _order(row: Raw) -> tuple[int, str, str, int, str]:
    first = 0 if row["state"] == UNCOVERED else 1
    return first, row.get("day") or "", row.get("visitor_id") or "", row.get("place") or 0, row["_id"]
