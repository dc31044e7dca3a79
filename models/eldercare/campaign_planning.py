"""The extra visits of a campaign: whom of the register it is about, and who goes there on which of its days.

Planned on the same board as the month (see `planning`): trips grouped, absences, working days; rest days where the
campaign's kind uses them. Visitors have a few visits more a day while it lasts; what the month has planned stays, and
where it has somebody on one of the campaign's days, the extra visit goes to the same visitor's day if there is room:
then both are one stop. Where there is none they remain two, for a visit by anybody is better than none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from config.loading import rule
from models.eldercare import notices, plan_inputs
from models.eldercare.campaign_meeting import begins_at, meet, seen_within
from models.eldercare.campaign_records import CALLED_OFF, RUNNING, Campaign
from models.eldercare.concern_chain import Found, open_concern
from models.eldercare.documents import Elder
from models.eldercare.periods import is_active
from models.eldercare.plan_records import WITHDRAWN, PlannedVisit
from models.eldercare.plan_writing import Frame, kept_slots, of_campaign, stored_rows, write_plan
from models.eldercare.planning import PLANNED, UNCOVERED, Number, Person, Slot, build, repair
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.lifecycle import Raw
from models.kernel.workdays import is_workday
from models.people.identity import age_on

ELDER_FIELDS = {**plan_inputs.ELDER_FIELDS, "categories": 1, "birth_date": 1}
NOT_SEEN = "not_seen_in_time"


def plan_campaign(campaign: Raw, at: datetime) -> int:
    """Build a campaign's plan, or repair it where it stands; returns how many visits were written or changed.

    Killed anywhere and run again it makes the same plan. Who enters the register or the townships comes in by a
    repair; who was in stays in while they live there, whatever becomes of their risk.
    """
    days, district_code = days_of(campaign), campaign["district_code"]
    frame = Frame(days[0][: len("2026-11")], district_code, campaign["_id"])
    visits = plan_inputs.visits_of_month(days, at)
    stored = stored_rows(frame)
    taken = plan_inputs.taken_from_campaign(campaign["_id"], district_code, days, visits)
    visitors = plan_inputs.visitors_of_county(district_code, days, rule("campaigns.visits_a_day"), taken)
    people, left = _people(campaign, days, visits, stored, at), _days_left(campaign, days, at)
    rows = (
        repair(people, visitors, left, days, kept_slots(stored))
        if campaign["built"]
        else build(people, visitors, left, days, _with_the_month(days, left, district_code))
    )
    written = write_plan(frame, rows, stored, at)
    _say_built(campaign, sorted({each.visitor_id for each in rows if each.visitor_id}), at)
    return written


def settle_campaign(campaign: Raw, at: datetime) -> int:
    """After its end: who was not seen becomes a concern; of one that was called off nothing is left to do.

    Returns how many concerns were opened. Safe to repeat: each person's concern is named by the campaign.
    """
    opened = 0
    for row in list(collection(PlannedVisit).find({"of": of_campaign(campaign["_id"])})):
        if row["state"] not in (PLANNED, UNCOVERED):
            continue
        seen = seen_within(row["elder_id"], campaign["first_day"], campaign["last_day"])
        if seen is not None:
            meet(campaign["_id"], row["elder_id"], *seen, at)
        elif campaign["state"] == CALLED_OFF:
            _close_row(row, {"state": WITHDRAWN}, at)
        else:
            begins = begins_at(campaign["first_day"])
            opened += open_concern(Found(row["elder_id"], "campaign_missed", campaign["_id"], begins), at)
            _close_row(row, {"state": UNCOVERED, "reason": row.get("reason") or NOT_SEEN}, at)
    collection(Campaign).update_one({"_id": campaign["_id"]}, {"$set": {"settled": True, "updated_at": at}})
    return opened


def days_of(campaign: Raw) -> list[str]:
    """Every day of a campaign, in order."""
    first, last = date.fromisoformat(campaign["first_day"]), date.fromisoformat(campaign["last_day"])
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def fits(elder: Raw, group: Raw, on: date) -> bool:
    """True where the person is of the group on a day."""
    if group["categories"] and not set(group["categories"]) & set(elder["categories"]):
        return False
    if group["risk_levels"] and elder["risk_level"] not in group["risk_levels"]:
        return False
    if group["age_from"] is None and group["age_to"] is None:
        return True
    age = age_on(date.fromisoformat(open_text(elder["birth_date"], Elder.birth_date.context)), on)
    oldest: int = rule("campaigns.age_most") if group["age_to"] is None else group["age_to"]
    return (group["age_from"] or 0) <= age <= oldest


def _people(
    campaign: Raw, days: list[str], visits: plan_inputs.MonthVisits, stored: Mapping[str, Raw], at: datetime
) -> list[Person]:
    """Those of the group who are or were on the register on a day of the campaign up to today."""
    until = max(days[0], min(day_of(at).isoformat(), days[-1]))
    known = {each["elder_id"] for each in stored.values() if each["state"] != WITHDRAWN}
    found = []
    for elder in list(collection(Elder).find({"district_code": campaign["district_code"]}, ELDER_FIELDS)):
        if campaign["township_ids"] and elder["township_id"] not in campaign["township_ids"]:
            continue
        last, is_known = elder["periods"][-1], elder["_id"] in known
        if not is_active(elder["periods"], days[0], until):
            continue
        if not is_known and (
            last["until"] is not None or not fits(elder, campaign["group"], date.fromisoformat(until))
        ):
            continue
        household, spot = plan_inputs.home_of(elder)
        met = visits.of_person.get(elder["_id"], ())[:1]
        found.append(Person(elder["_id"], elder["township_id"], household, spot, 1, met, last["reason"]))
    return found


def _with_the_month(days: list[str], left: list[str], district_code: str) -> dict[Number, Slot]:
    """Where the month has each person on the campaign's days: one visit by the same visitor counts for both."""
    found: dict[Number, Slot] = {}
    for month in sorted({day[: len("2026-11")] for day in days}):
        rows = collection(PlannedVisit).find({"of": Frame(month, district_code).of, "state": PLANNED})
        for row in sorted(rows, key=lambda each: (each["day"], each["_id"])):
            if row["day"] in left:
                found.setdefault((row["elder_id"], 1), (row["visitor_id"], row["day"]))
    return found


def _days_left(campaign: Raw, days: list[str], at: datetime) -> list[str]:
    today = day_of(at).isoformat()
    rest_days = rule("campaigns.kinds")[campaign["kind"]]["rest_days"]
    return [day for day in days if day >= today and (rest_days or is_workday(date.fromisoformat(day)))]


def _say_built(campaign: Raw, visitors: list[str], at: datetime) -> None:
    """Note that the plan stands, and in the same write tell the visitors who have visits of it, each of them once."""
    known = campaign.get("told") or []
    fresh = [each for each in visitors if each not in known]
    if campaign["built"] and not fresh:
        return
    change: Raw = {"$set": {"built": True, "updated_at": at}}
    if fresh:
        entry = notices.campaign_notice(campaign, fresh, f"told:{fresh[0]}")
        change["$set"]["outbox_waiting"] = True
        change["$push"] = {"told": {"$each": fresh}, "outbox": entry.stored(at)}
    # Where another process has told one of them in between, the next repair sees who is left to tell.
    collection(Campaign).update_one({"_id": campaign["_id"], "state": RUNNING, "told": {"$nin": fresh}}, change)


def _close_row(row: Raw, facts: Raw, at: datetime) -> None:
    changes = {**facts, "visitor_id": None, "place": None, "updated_at": at}
    collection(PlannedVisit).update_one(
        {"_id": row["_id"], "version": row["version"]}, {"$set": changes, "$inc": {"version": 1}}
    )
