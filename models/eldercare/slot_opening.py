"""Hours opened to families some weeks ahead: from visitors' weeks, working days, absences and the month's plan.

A slot's id is derived from visitor and hour, and a change of its places names the version it was computed from: run
twice, by two processes, or killed anywhere, it ends with the same hours. What is booked or held is never taken away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import catalogue, rule
from models.eldercare.documents import CANCELLED, Visit, VisitSlot
from models.eldercare.plan_records import PlannedVisit, VisitorAbsence, VisitorHours, hours_id
from models.eldercare.planning import PLANNED
from models.eldercare.slot_rules import Calendar, Hour, open_hours, places_left, weekday_that_counts
from models.eldercare.visitors import visitor_account
from models.eldercare.waiting import offer_places
from models.kernel import audit
from models.kernel.actors import VISITOR, Actor
from models.kernel.clock import at_local, day_of, local
from models.kernel.database import collection
from models.kernel.errors import Conflict, FieldFault, InvalidInput, NotFound, StaleVersion
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw
from models.kernel.workdays import is_public_holiday, is_workday
from models.people.documents import Caseworker, staff_actor

FROM_WEEK, BY_HAND = "week", "hand"
ABSENT, NOT_IN_WEEK = "absent", "not_in_week"
CONTENTION = 20


@dataclass(frozen=True)
class DayLoad:
    """What a visitor's day holds already."""

    absent: bool
    planned: int
    booked: int


def set_hours(
    visitor_id: str, rows: Sequence[Hour], version: int | None, *, by: Actor, at: datetime
) -> Raw:  # fmt: skip
    """Put a visitor's week in place of the one before, and open its hours. `version`: the one that was seen.

    Raises NotFound for whom the actor may not speak for, InvalidInput, StaleVersion.
    """
    worker = visitor_account(visitor_id, by)
    _check_rows(rows, worker)
    facts = {"rows": [vars(row) for row in rows], "changed_by": by.id, "updated_at": at,
             "district_code": worker["district_code"]}  # fmt: skip
    hours = collection(VisitorHours)
    known = hours.find_one({"_id": hours_id(visitor_id)})
    if known is None:
        fresh = VisitorHours(id=hours_id(visitor_id), created_at=at, visitor_id=visitor_id, **facts)
        try:
            hours.insert_one(fresh.raw())
        except DuplicateKeyError:
            raise StaleVersion() from None
    elif known["rows"] != facts["rows"]:
        seen = known["version"] if version is None else version
        changed = hours.update_one({"_id": known["_id"], "version": seen}, {"$set": facts, "$inc": {"version": 1}})
        if not changed.matched_count:
            raise StaleVersion(details={"version": known["version"]})
    audit.record(by, "visitor_hours_set", f"staff:{visitor_id}", at, district_code=worker["district_code"])
    open_hours_of(visitor_id, at)
    return hours_of(visitor_id, by)


def hours_of(visitor_id: str, by: Actor) -> Raw:
    """A visitor's week; one without rows where none was entered. Raises NotFound."""
    worker = visitor_account(visitor_id, by)
    found = collection(VisitorHours).find_one({"_id": hours_id(visitor_id)})
    return found or {"visitor_id": visitor_id, "district_code": worker["district_code"], "rows": [], "version": 0}


def open_all(at: datetime) -> dict[str, int]:
    """Open, change and close the hours of every visitor that has a week; returns how many of each."""
    totals: Counter[str] = Counter()
    for district in sorted(catalogue().districts):
        weeks = collection(VisitorHours).find({"district_code": district}, {"visitor_id": 1})
        for visitor_id in sorted(each["visitor_id"] for each in weeks):
            totals.update(open_hours_of(visitor_id, at))
    return dict(totals)


def open_hours_of(visitor_id: str, at: datetime) -> dict[str, int]:
    """The hours of one visitor, from tomorrow on as far ahead as the rules say; places that open are offered to who
    waits."""
    first = day_of(at)
    days = [first + timedelta(days=number) for number in range(7 * rule("visitors.weeks_ahead") + 1)]
    week = collection(VisitorHours).find_one({"_id": hours_id(visitor_id)}) or {"rows": []}
    rows, townships = [Hour(**row) for row in week["rows"]], _townships(visitor_id)
    loads, slots = _loads(visitor_id, days), _slots(visitor_id, days)
    counts: Counter[str] = Counter()
    places = {row.township_id for row in rows}
    for day in days:
        load = loads[day.isoformat()]
        here = {f"{local(slot['starts_at']):%H:%M}": slot for slot in slots if day_of(slot["starts_at"]) == day}
        # Today's hours are not opened any more: nobody plans their way for them. They are closed where need be.
        wanted = {} if day == first else _wanted(day, rows, townships, load, here)
        for start in sorted(set(wanted) | set(here)):
            what = _bring(visitor_id, day, start, wanted.get(start), here.get(start), load.absent, day == first, at)
            counts[what] += what != ""
        places |= {slot["township_id"] for slot in here.values()}
    if counts["opened"]:
        offer_places(at, places)
    return {name: count for name, count in counts.items() if name}


def close_by_hand(slot_id: str, *, by: Actor, at: datetime) -> Raw:
    """Open no more places of an hour; what is booked stays. Again: nothing happens. Raises NotFound."""
    slot = collection(VisitSlot).find_one({"_id": slot_id})
    if slot is None or not by.covers(slot["district_code"], slot["township_id"]):
        raise NotFound()
    for _ in range(CONTENTION):
        if slot.get("closed_by") == BY_HAND or _change(slot, _taken(slot), BY_HAND, at):
            return collection(VisitSlot).find_one({"_id": slot_id}) or slot
        slot = collection(VisitSlot).find_one({"_id": slot_id}) or slot
    raise Conflict("conflict")


def slots_of(visitor_id: str, first: date, last: date) -> list[Raw]:
    """A visitor's hours from one day to another, both within, in order."""
    wanted = {"$gte": at_local(first), "$lt": at_local(last + timedelta(days=1))}
    found = collection(VisitSlot).find({"visitor_id": visitor_id, "starts_at": wanted})
    return sorted(found, key=lambda slot: (slot["starts_at"], slot["_id"]))


def _wanted(
    day: date, rows: Sequence[Hour], townships: frozenset[str], load: DayLoad, here: Mapping[str, Raw]
) -> dict[str, tuple[str, int]]:
    """What the week gives on a day, as the rules have it."""
    if load.absent:
        return {}
    calendar = Calendar(is_workday(day), is_public_holiday(day))
    weekday = weekday_that_counts(day, calendar, rule("visitors.makeup_weekday"))
    left = places_left(rule("eldercare.visits_a_day"), load.planned, load.booked, rule("visitors.family_places_a_day"))
    # Places that somebody published by hand count as given to families.
    left -= sum(slot["free"] for slot in here.values() if slot.get("origin") != FROM_WEEK)
    left -= sum(len(slot.get("holds", ())) for slot in here.values())
    ours = {start: _taken(slot) for start, slot in here.items() if slot.get("origin") == FROM_WEEK}
    others = {start for start, slot in here.items() if slot.get("origin") != FROM_WEEK}
    return open_hours([row for row in rows if row.start not in others], weekday, max(0, left), ours, townships)


def _bring(
    visitor_id: str, day: date, start: str, wanted: tuple[str, int] | None, slot: Raw | None, absent: bool, today: bool,
    at: datetime,
) -> str:  # fmt: skip
    """Bring one hour in line; says what was done, empty where nothing was."""
    if slot is None:
        return _open(visitor_id, day, start, wanted, at) if wanted else ""
    closed = slot.get("closed_by")
    if closed == BY_HAND:
        return ""
    if absent:
        return "" if closed == ABSENT else _said(_change(slot, _taken(slot), ABSENT, at), "closed")
    if slot.get("origin") != FROM_WEEK:
        full = max(_taken(slot), slot.get("full_capacity") or slot["capacity"])
        return _said(_change(slot, full, None, at), "opened") if closed == ABSENT else ""
    if today:
        return ""
    if wanted is None or wanted[0] != slot["township_id"]:
        return "" if closed else _said(_change(slot, _taken(slot), NOT_IN_WEEK, at), "closed")
    if closed is None and wanted[1] == slot["capacity"]:
        return ""
    more = wanted[1] > slot["capacity"] or closed is not None
    return _said(_change(slot, wanted[1], None, at), "opened" if more else "narrowed")


def _open(visitor_id: str, day: date, start: str, wanted: tuple[str, int], at: datetime) -> str:
    township, capacity = wanted
    place = catalogue().place(township)
    if place is None:
        return ""
    hour, minute = map(int, start.split(":"))
    starts = at_local(day, hour, minute)
    ends = starts + timedelta(minutes=rule("eldercare.slot_minutes"))
    slot = VisitSlot(
        id=id_from_key("visit_slot", f"{visitor_id} {starts.isoformat()}"), created_at=at, updated_at=at,
        district_code=place.district_code, township_id=township, visitor_id=visitor_id, starts_at=starts, ends_at=ends,
        capacity=capacity, free=capacity, origin=FROM_WEEK,
    ).raw()  # fmt: skip
    try:
        collection(VisitSlot).insert_one({**slot, "bookings": [], "pending": [], "holds": [], "held": []})
    except DuplicateKeyError:  # another process, or somebody by hand, was first
        return ""
    return "opened"


def _change(slot: Raw, capacity: int, closed_by: str | None, at: datetime) -> bool:
    """Give the slot so many places in all; False where somebody booked or freed one in between."""
    facts = {"capacity": capacity, "free": capacity - _taken(slot), "closed_by": closed_by, "updated_at": at}
    if closed_by is not None and slot.get("closed_by") is None:
        facts["full_capacity"] = slot["capacity"]
    unchanged = {"_id": slot["_id"], "version": slot["version"]}
    return collection(VisitSlot).update_one(unchanged, {"$set": facts, "$inc": {"version": 1}}).modified_count == 1


def _said(done: bool, what: str) -> str:
    return what if done else ""


def _taken(slot: Raw) -> int:
    return len(slot["bookings"]) + len(slot.get("holds", ()))


def _slots(visitor_id: str, days: Sequence[date]) -> list[Raw]:
    return slots_of(visitor_id, days[0], days[-1])


def _loads(visitor_id: str, days: Sequence[date]) -> dict[str, DayLoad]:
    first, last = days[0].isoformat(), days[-1].isoformat()
    between = {"visitor_id": visitor_id, "day": {"$gte": first, "$lte": last}}
    planned = Counter(each["day"] for each in collection(PlannedVisit).find(between) if each["state"] == PLANNED)
    booked = Counter(each["day"] for each in collection(Visit).find(between) if each["state"] != CANCELLED)
    away = list(collection(VisitorAbsence).find({"visitor_id": visitor_id, "last_day": {"$gte": first}}))
    stand = [each for each in away if each.get("withdrawn_at") is None]
    return {
        day: DayLoad(any(each["first_day"] <= day <= each["last_day"] for each in stand), planned[day], booked[day])
        for day in (each.isoformat() for each in days)
    }


def _townships(visitor_id: str) -> frozenset[str]:
    """The townships in which the visitor visits now; none for who has left or visits no more."""
    worker = collection(Caseworker).find_one({"_id": visitor_id, "active": True})
    if worker is None or VISITOR not in worker["roles"]:
        return frozenset()
    actor = staff_actor(worker)
    return frozenset(place.id for place in catalogue().places if actor.covers(place.district_code, place.id))


def _check_rows(rows: Sequence[Hour], worker: dict[str, Any]) -> None:
    faults, actor = [], staff_actor(worker)
    if len(rows) > rule("visitors.hours_rows_most"):
        faults.append(FieldFault("rows", "too_long"))
    if len({(row.weekday, row.start) for row in rows}) != len(rows):
        faults.append(FieldFault("rows", "repeated"))
    for number, row in enumerate(rows):
        place = catalogue().place(row.township_id)
        if place is None or not actor.covers(place.district_code, place.id):
            faults.append(FieldFault(f"rows.{number}.township_id", "no_visitor_of_place"))
        if row.start not in rule("eldercare.slot_starts"):
            faults.append(FieldFault(f"rows.{number}.start", "slot_hour"))
        if not 1 <= row.capacity <= rule("eldercare.slot_capacity_most"):
            faults.append(FieldFault(f"rows.{number}.capacity", "less_than_equal"))
    if faults:
        raise InvalidInput(faults=faults)
