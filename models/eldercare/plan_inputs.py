"""What a county's plan is made of, read from the register, the visits, the visitors and their absences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from config.loading import catalogue, rule
from models.eldercare.campaign_records import Campaign
from models.eldercare.documents import CANCELLED, COMPLETED, Elder, Visit
from models.eldercare.periods import is_active
from models.eldercare.plan_records import PlannedVisit, VisitorAbsence
from models.eldercare.plan_routes import Spot, on_map
from models.eldercare.plan_writing import of_campaign
from models.eldercare.planning import PLANNED, Person, Visitor, required_visits
from models.kernel.actors import VISITOR
from models.kernel.clock import day_of, month_bounds
from models.kernel.database import collection
from models.kernel.encryption import open_json
from models.kernel.lifecycle import Raw
from models.kernel.workdays import is_workday
from models.people.documents import Caseworker

Fields = dict[str, int]
Taken = defaultdict[str, defaultdict[str, int]]
ELDER_FIELDS: Fields = {"periods": 1, "risk_level": 1, "township_id": 1, "community": 1, "private": 1, "state": 1}
VISIT_FIELDS: Fields = {"elder_id": 1, "visitor_id": 1, "day": 1, "state": 1, "seen_at": 1}


@dataclass(frozen=True)
class MonthVisits:
    """The month's visits that stand: by person those that count (day and id, in order), by visitor and day how many."""

    of_person: Mapping[str, tuple[tuple[str, str], ...]]
    taken: Mapping[str, Mapping[str, int]]


def days_of_month(month: str) -> list[str]:
    """Every calendar day of the month, in order."""
    start, following = month_bounds(month)
    first, count = day_of(start), (following - start).days
    return [(first + timedelta(days=number)).isoformat() for number in range(count)]


def workdays_left(month_days: Iterable[str], at: datetime) -> list[str]:
    """The working days from today on, make-up workdays among them."""
    today = day_of(at).isoformat()
    return [day for day in month_days if day >= today and is_workday(date.fromisoformat(day))]


def visits_of_month(month_days: list[str], at: datetime) -> MonthVisits:
    """The visits of the whole city: a person who moved may have been seen in another county.

    A visit meets a number when it saw the person, or while it is booked for today or later, or under way today.
    """
    today = day_of(at).isoformat()
    counted: dict[str, list[tuple[str, str]]] = defaultdict(list)
    taken: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for district in catalogue().districts:
        wanted = {"district_code": district, "day": {"$gte": month_days[0], "$lte": month_days[-1]}}
        for visit in collection(Visit).find(wanted, VISIT_FIELDS):
            if visit["state"] == CANCELLED:
                continue
            if visit.get("visitor_id"):
                taken[visit["visitor_id"]][visit["day"]] += 1
            seen = visit["state"] == COMPLETED and visit.get("seen_at") is not None
            if seen or (visit["state"] != COMPLETED and visit["day"] >= today):
                counted[visit["elder_id"]].append((_counts_on(visit), visit["_id"]))
    return MonthVisits({person: tuple(sorted(visits)) for person, visits in counted.items()}, taken)


def people_of_county(district_code: str, month_days: list[str], visits: MonthVisits, at: datetime) -> list[Person]:
    """Everybody who was on the register on a day of the month up to today, with how often to be visited."""
    by_risk, today = rule("eldercare.visits_by_risk"), day_of(at).isoformat()
    found = []
    for elder in collection(Elder).find({"district_code": district_code}, ELDER_FIELDS):
        if not is_active(elder["periods"], month_days[0], min(today, month_days[-1])):
            continue
        last = elder["periods"][-1]
        gone = None if last["until"] is None else last["reason"]
        since = max(last["from"], month_days[0])
        household, spot = home_of(elder)
        required = required_visits(by_risk[elder["risk_level"]], since, month_days)
        found.append(
            Person(elder["_id"], elder["township_id"], household, spot, required,
                   visits.of_person.get(elder["_id"], ()), gone)
        )  # fmt: skip
    return found


def visitors_of_county(
    district_code: str, days: list[str], capacity: int, taken: Mapping[str, Mapping[str, int]]
) -> list[Visitor]:
    """The visitors of the county: of their townships, or of all where none is named; those of the whole city visit
    nobody by plan. `capacity`: visits a day; `taken`: of them, by visitor and day, what is used already."""
    absent = _absent_days(district_code, days)
    everywhere = frozenset(place.id for place in catalogue().places if place.district_code == district_code)
    found = []
    for worker in collection(Caseworker).find(
        {"roles": VISITOR, "active": True}, {"district_code": 1, "township_ids": 1}
    ):
        if worker.get("district_code") != district_code:
            continue
        townships = frozenset(worker.get("township_ids") or ()) or everywhere
        found.append(
            Visitor(worker["_id"], townships, capacity, office_of(min(townships, default="")),
                    absent[worker["_id"]], taken.get(worker["_id"], {}))
        )  # fmt: skip
    return found


def taken_from_month(district_code: str, days: list[str], visits: MonthVisits) -> Taken:
    """What the month's plan finds used: visits that stand, and of campaigns what goes beyond their extra visits."""
    extra = rule("campaigns.visits_a_day") - rule("eldercare.visits_a_day")
    taken = _copied(visits.taken)
    running = {"district_code": district_code, "state": "running", "last_day": {"$gte": days[0]}}
    of = [of_campaign(each["_id"]) for each in collection(Campaign).find(running, {"_id": 1})]
    for visitor_id, by_day in (planned_by_day(of) if of else {}).items():
        for day, count in by_day.items():
            taken[visitor_id][day] += max(0, count - extra)
    return taken


def taken_from_campaign(campaign_id: str, district_code: str, days: list[str], visits: MonthVisits) -> Taken:
    """What a campaign's plan finds used: visits that stand, and what the month and other campaigns have planned."""
    taken = _copied(visits.taken)
    running = collection(Campaign).find({"district_code": district_code, "state": "running"}, {"_id": 1})
    of = [of_campaign(each["_id"]) for each in running if each["_id"] != campaign_id]
    of += [f"{month} {district_code}" for month in sorted({day[: len("2026-11")] for day in days})]
    for visitor_id, by_day in planned_by_day(of).items():
        for day, count in by_day.items():
            taken[visitor_id][day] += count
    return taken


def planned_by_day(of: Iterable[str]) -> Taken:
    """How many visits these plans have for each visitor and day."""
    found: Taken = _copied({})
    for plan in of:
        for row in collection(PlannedVisit).find({"of": plan, "state": PLANNED}, {"visitor_id": 1, "day": 1}):
            found[row["visitor_id"]][row["day"]] += 1
    return found


def _copied(taken: Mapping[str, Mapping[str, int]]) -> Taken:
    found: Taken = defaultdict(lambda: defaultdict(int))
    for visitor_id, by_day in taken.items():
        found[visitor_id].update(by_day)
    return found


def _counts_on(visit: Raw) -> str:
    """The day on which the person was seen or will be."""
    return day_of(visit["seen_at"]).isoformat() if visit["state"] == COMPLETED else str(visit["day"])


def _absent_days(district_code: str, month_days: list[str]) -> dict[str, frozenset[str]]:
    wanted = {"district_code": district_code, "last_day": {"$gte": month_days[0]}}
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for absence in collection(VisitorAbsence).find(wanted):
        if absence.get("withdrawn_at") is None:
            days = frozenset(day for day in month_days if absence["first_day"] <= day <= absence["last_day"])
            found[absence["visitor_id"]] |= days
    return found


def home_of(elder: Raw) -> tuple[str, Spot]:
    """Under which roof the person lives, and where; the township's middle where no point is known."""
    private: dict[str, Any] = open_json(elder["private"], Elder.private.context)
    household = f"{elder['community']} {''.join(private['address'].split())}"
    point = private.get("point")
    if point is None:
        return household, office_of(elder["township_id"])
    return household, on_map(point["longitude"], point["latitude"], _middle_latitude())


def office_of(township_id: str) -> Spot:
    """Where visitors of a township set out."""
    place = catalogue().place(township_id)
    return (0.0, 0.0) if place is None else on_map(place.longitude, place.latitude, _middle_latitude())


@cache
def _middle_latitude() -> float:
    latitudes = [place.latitude for place in catalogue().places]
    return (min(latitudes) + max(latitudes)) / 2
