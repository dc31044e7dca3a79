"""A visitor is away today or tomorrow: the day's bookings and planned visits go to others the same day.

Each visit goes over by one compare-and-set write of its own that names the absent visitor, with what the family and
the substitute are told in it; whoever goes on after a killed process finds only what is left. What nobody can take
stands in the absence with its reason, booked ones raise an alert, and the night's repair plans the others anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from config.loading import catalogue, rule
from models.eldercare import notices
from models.eldercare.documents import BOOKED, CANCELLED, Elder, Visit
from models.eldercare.lifecycle import VISIT_LIFECYCLE
from models.eldercare.plan_inputs import home_of, office_of
from models.eldercare.plan_records import PlannedVisit, VisitorAbsence, township_of
from models.eldercare.plan_routes import Spot
from models.eldercare.planning import PLANNED
from models.eldercare.settling import masked_name
from models.eldercare.substitute_choice import Colleague, Item, shared_out
from models.eldercare.visitors import visitor_account, visitors_of
from models.kernel import audit
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import as_utc, at_local, day_of, local
from models.kernel.database import collection
from models.kernel.errors import Conflict, FieldFault, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw

HOUR_OVER, DAY_OVER = "hour_over", "day_over"
VISIT, PLAN = "visit", "planned"


def days_to_hand_over(absence: Raw, at: datetime) -> list[str]:
    """Today and tomorrow, where the visitor is away on them."""
    if absence.get("withdrawn_at") is not None:
        return []
    near = [(day_of(at) + timedelta(days=number)).isoformat() for number in (0, 1)]
    return [day for day in near if absence["first_day"] <= day <= absence["last_day"]]


def hand_over_all(at: datetime) -> dict[str, int]:
    """Hand over what is left of every absence of today or tomorrow; returns how many went over and how many did not."""
    counts = {"handed_over": 0, "left": 0}
    for district in sorted(catalogue().districts):
        wanted = {"district_code": district, "last_day": {"$gte": day_of(at).isoformat()}}
        for absence in list(collection(VisitorAbsence).find(wanted)):
            gone, left = hand_over(absence, at)
            counts["handed_over"] += gone
            counts["left"] += left
    return counts


def hand_over(absence: Raw, at: datetime) -> tuple[int, int]:
    """Hand over the near days of one absence; returns how many visits went over, and how many nobody takes."""
    gone, left = 0, []
    for day in days_to_hand_over(absence, at):
        gone += _give_to_chosen(absence, day, at)
        visits, planned = _visits_of(absence["visitor_id"], day), _planned_of(absence["visitor_id"], day)
        if not visits and not planned:
            continue
        late, bookings, plans = _sorted_out(visits, planned, day, at)
        left += [{"kind": kind, "id": each, "day": day, "reason": reason} for kind, each, reason in late]
        done, rest = _share(absence, day, bookings, plans, at)
        gone += done
        left += rest
    _note_left(absence, left, at)
    return gone, len(left)


def choose(absence_id: str, day: date, substitute_id: str, *, by: Actor, at: datetime) -> Raw:
    """A supervisor names who stands in on a day: what is left, and what others took of it, goes to them.

    Raises NotFound for an absence of another place, InvalidInput for a day on which the visitor is not away or that is
    not near, or who cannot stand in.
    """
    absence = absence_of_place(absence_id, by)
    named = day.isoformat()
    if named not in days_to_hand_over(absence, at):
        raise InvalidInput(faults=[FieldFault("day", "not_near")])
    known = [each for each in colleagues_on(absence, named) if each.id == substitute_id and not each.absent]
    if not known:
        raise InvalidInput(faults=[FieldFault("substitute_id", "no_visitor_of_place")])
    collection(VisitorAbsence).update_one(
        {"_id": absence_id},
        {"$set": {f"substitutes.{named}": substitute_id, "updated_at": at}, "$inc": {"version": 1}},
    )
    audit.record(by, "substitute_chosen", f"visitor_absence:{absence_id}", at, district_code=absence["district_code"],
                 detail={"day": named, "substitute": substitute_id})  # fmt: skip
    hand_over(absence_of_place(absence_id, by), at)
    return absence_of_place(absence_id, by)


def proposals(absence_id: str, day: date | None, *, by: Actor, at: datetime) -> list[tuple[Colleague, str, int]]:
    """Who could stand in on a day, who does the least detour first: with the name, and how many visits they would get
    if everything were shared out now. Without a day, of the first near one; nobody where none is near.

    Raises NotFound, InvalidInput for a day that is not near.
    """
    absence = absence_of_place(absence_id, by)
    near = days_to_hand_over(absence, at)
    if day is None and not near:
        return []
    named = near[0] if day is None else day.isoformat()
    if named not in near:
        raise InvalidInput(faults=[FieldFault("day", "not_near")])
    _, bookings, plans = _sorted_out(
        _visits_of(absence["visitor_id"], named), _planned_of(absence["visitor_id"], named), named, at
    )
    items = _items(bookings, plans)
    names = {worker["_id"]: worker["display_name"] for worker in visitors_of(absence["district_code"])}
    colleagues = colleagues_on(absence, named)
    way = {each.id: sum(each.way_to(item.spot) for item in items) for each in colleagues}
    free = {each.id: each.free for each in colleagues}
    given, _ = shared_out(items, colleagues)
    for each in colleagues:
        each.free = free[each.id]
    able = [each for each in colleagues if not each.absent and each.free > 0]
    able.sort(key=lambda each: (way[each.id], each.id))
    return [(each, names[each.id], sum(to == each.id for to in given.values())) for each in able]


def handed_over(absence: Raw) -> list[Raw]:
    """What others took over of the absent visitor's days: `{kind, id, day, visitor_id, township_id}`, in order."""
    wanted = {"stands_in_for": absence["visitor_id"],
              "day": {"$gte": absence["first_day"], "$lte": absence["last_day"]}}  # fmt: skip
    visits = [(VISIT, each, each["township_id"]) for each in collection(Visit).find(wanted)]
    plans = [(PLAN, each, township_of(each)) for each in collection(PlannedVisit).find(wanted)]
    told = [
        {
            "kind": kind,
            "id": each["_id"],
            "day": each["day"],
            "visitor_id": each.get("visitor_id"),
            "township_id": place,
        }
        for kind, each, place in [*visits, *plans]
        if each["state"] not in (CANCELLED, "withdrawn")
    ]
    return sorted(told, key=lambda each: (each["day"], each["kind"], each["id"]))


def absence_of_place(absence_id: str, by: Actor) -> Raw:
    """An absence for which the actor may speak. Raises NotFound."""
    absence = collection(VisitorAbsence).find_one({"_id": absence_id})
    if absence is None:
        raise NotFound()
    visitor_account(absence["visitor_id"], by)
    return absence


def colleagues_on(absence: Raw, day: str) -> list[Colleague]:
    """The other visitors of the absent one's townships, with what their day holds."""
    absent_one = {"district_code": absence["district_code"], "township_ids": absence.get("township_ids") or []}
    places = _places(absent_one)
    workers = [each for each in visitors_of(absence["district_code"]) if each["_id"] != absence["visitor_id"]]
    near = [(each, _places(each)) for each in workers]
    near = [(each, theirs) for each, theirs in near if theirs & places]
    away = _absent_on(absence["district_code"], day)
    visits, plans, spots = _loads([each["_id"] for each, _ in near], day)
    found = []
    for worker, theirs in near:
        mine, planned = visits[worker["_id"]], plans[worker["_id"]]
        found.append(
            Colleague(
                worker["_id"], theirs, rule("eldercare.visits_a_day") - len(mine) - len(planned),
                office_of(min(worker.get("township_ids") or theirs)), worker["_id"] in away,
                {_hour(each) for each in mine if each["state"] == BOOKED},
                [spots[each["elder_id"]] for each in [*mine, *planned] if each["elder_id"] in spots],
            )
        )  # fmt: skip
    return found


def _share(
    absence: Raw, day: str, bookings: Sequence[Raw], plans: Sequence[Raw], at: datetime
) -> tuple[int, list[Raw]]:  # fmt: skip
    """Give the day's visits to colleagues; returns how many went over, and the rest with reasons."""
    chosen = (absence.get("substitutes") or {}).get(day)
    extra = rule("visitors.substitute_extra") if chosen else 0
    given, why = shared_out(_items(bookings, plans), colleagues_on(absence, day), chosen, extra)
    gone = 0
    for visit in bookings:
        if visit["_id"] in given:
            gone += _give_visit(visit, given[visit["_id"]], absence["visitor_id"], at)
    for planned in plans:
        if planned["_id"] in given:
            gone += _give_planned(planned, given[planned["_id"]], absence, at)
    left = [{"kind": VISIT, "id": each["_id"], "day": day, "reason": why[each["_id"]]}
            for each in bookings if each["_id"] in why]  # fmt: skip
    left += [{"kind": PLAN, "id": each["_id"], "day": day, "reason": why[each["_id"]]}
             for each in plans if each["_id"] in why]  # fmt: skip
    return gone, left


def _give_to_chosen(absence: Raw, day: str, at: datetime) -> int:
    """What others took over already goes to whom the supervisor chose afterwards, as far as their day holds it."""
    chosen = (absence.get("substitutes") or {}).get(day)
    if chosen is None:
        return 0
    wanted = {"stands_in_for": absence["visitor_id"], "day": day}
    visits = [each for each in collection(Visit).find({**wanted, "state": BOOKED}) if each["visitor_id"] != chosen]
    plans = [
        each for each in collection(PlannedVisit).find({**wanted, "state": PLANNED}) if each["visitor_id"] != chosen
    ]
    if not visits and not plans:
        return 0
    _, bookings, planned = _sorted_out(visits, plans, day, at)
    able = [each for each in colleagues_on(absence, day) if each.id == chosen]
    given, _ = shared_out(_items(bookings, planned), able, chosen, rule("visitors.substitute_extra"))
    gone = sum(_give_visit(each, chosen, absence["visitor_id"], at) for each in bookings if each["_id"] in given)
    return gone + sum(_give_planned(each, chosen, absence, at) for each in planned if each["_id"] in given)


def _give_visit(visit: Raw, to: str, absent: str, at: datetime) -> bool:
    """Hand one booked visit over; the family and the substitute are told by the same write."""
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, {"name": 1})

    def change(now: Raw) -> Change:
        key = f"substitute:{now['_id']}:{now['day']}:{to}"
        told = [*notices.substitute_notice({**now, "visitor_id": to}, masked_name(elder)),
                notices.visitor_notice("taking_over", key, to, now)]  # fmt: skip
        return Change(
            set={"visitor_id": to, "stands_in_for": absent}, where={"visitor_id": visit["visitor_id"]}, outbox=told
        )

    with suppress(Conflict):  # begun, cancelled, moved, or handed over by another process
        VISIT_LIFECYCLE.perform(visit["_id"], "substitute", by=SYSTEM, at=at, version=visit["version"], change=change)
        return True
    return False


def _give_planned(planned: Raw, to: str, absence: Raw, at: datetime) -> bool:
    """Hand one planned visit over, at the end of the substitute's way; who takes it sees it in the day's list."""
    done = collection(PlannedVisit).update_one(
        {"_id": planned["_id"], "version": planned["version"], "visitor_id": planned["visitor_id"], "state": PLANNED},
        {"$set": {"visitor_id": to, "stands_in_for": absence["visitor_id"], "updated_at": at}, "$inc": {"version": 1}},
    )
    return done.modified_count == 1


def _note_left(absence: Raw, left: list[Raw], at: datetime) -> None:
    """Keep what nobody takes with its reason, and alert the township of booked visits among it; once each."""
    if left == absence.get("unplaced", []):
        return
    known = {each["id"] for each in absence.get("unplaced", [])}
    fresh = [each for each in left if each["kind"] == VISIT and each["id"] not in known]
    visits = collection(Visit).find({"_id": {"$in": [each["id"] for each in fresh]}}) if fresh else ()
    alerts = [notices.no_substitute_alert(visit, visit["day"]).stored(at) for visit in visits]
    update: dict[str, Any] = {"$set": {"unplaced": left, "updated_at": at}, "$inc": {"version": 1}}
    if alerts:
        update["$set"]["outbox_waiting"] = True
        update["$push"] = {"outbox": {"$each": alerts}}
    collection(VisitorAbsence).update_one({"_id": absence["_id"], "version": absence["version"]}, update)


def _sorted_out(
    visits: Iterable[Raw], planned: Iterable[Raw], day: str, at: datetime
) -> tuple[list[tuple[str, str, str]], list[Raw], list[Raw]]:  # fmt: skip
    """What is too late to be handed over, with its reason; the bookings by hour; the planned visits by stop."""
    hour, minute = rule("visitors.substitute_until").split(":")
    too_late = at >= at_local(date.fromisoformat(day), int(hour), int(minute))
    late = [(VISIT, each["_id"], HOUR_OVER) for each in visits if as_utc(each["starts_at"]) <= at]
    bookings = sorted(
        (each for each in visits if as_utc(each["starts_at"]) > at), key=lambda each: (each["starts_at"], each["_id"])
    )
    plans = sorted(planned, key=lambda each: (each.get("place") or 0, each["_id"]))
    if too_late:
        late += [(PLAN, each["_id"], DAY_OVER) for each in plans]
        plans = []
    return late, bookings, plans


def _visits_of(visitor_id: str, day: str) -> list[Raw]:
    found = collection(Visit).find({"visitor_id": visitor_id, "day": day})
    return [each for each in found if each["state"] == BOOKED]


def _planned_of(visitor_id: str, day: str) -> list[Raw]:
    found = collection(PlannedVisit).find({"visitor_id": visitor_id, "day": day})
    return [each for each in found if each["state"] == PLANNED]


def _items(bookings: Sequence[Raw], plans: Sequence[Raw]) -> list[Item]:
    spots = _spots(each["elder_id"] for each in [*bookings, *plans])
    items = [
        Item(
            each["_id"], each["township_id"], spots.get(each["elder_id"]) or office_of(each["township_id"]), _hour(each)
        )
        for each in bookings
    ]
    for each in plans:
        township = township_of(each)
        items.append(Item(each["_id"], township, spots.get(each["elder_id"]) or office_of(township)))
    return items


def _hour(visit: Raw) -> str:
    return f"{local(visit['starts_at']):%H:%M}"


def _places(worker: Raw) -> frozenset[str]:
    """The townships that a visitor serves; of a county's own visitor all of the county."""
    return frozenset(worker.get("township_ids") or ()) or frozenset(
        place.id for place in catalogue().places if place.district_code == worker["district_code"]
    )


def _absent_on(district_code: str, day: str) -> set[str]:
    found = collection(VisitorAbsence).find({"district_code": district_code, "last_day": {"$gte": day}})
    return {each["visitor_id"] for each in found if each["first_day"] <= day and each.get("withdrawn_at") is None}


def _loads(
    visitor_ids: list[str], day: str
) -> tuple[dict[str, list[Raw]], dict[str, list[Raw]], dict[str, Spot]]:  # fmt: skip
    """The visits and planned visits of visitors on a day, and where the people of both live."""
    visits: dict[str, list[Raw]] = defaultdict(list)
    plans: dict[str, list[Raw]] = defaultdict(list)
    for visitor_id in visitor_ids:  # one by one: with all of them in one question some servers read all their days
        mine = {"visitor_id": visitor_id, "day": day}
        visits[visitor_id] += [each for each in collection(Visit).find(mine) if each["state"] != CANCELLED]
        plans[visitor_id] += _planned_of(visitor_id, day)
    people = [each["elder_id"] for group in (visits, plans) for many in group.values() for each in many]
    return visits, plans, _spots(people)


def _spots(elder_ids: Iterable[str]) -> dict[str, Spot]:
    fields = {"private": 1, "community": 1, "township_id": 1}
    found = collection(Elder).find({"_id": {"$in": sorted(set(elder_ids))}}, fields)
    return {elder["_id"]: home_of(elder)[1] for elder in found}
