"""A visitor's day: booked and planned visits in one order, with what is needed at the door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from models.eldercare.campaign_records import Campaign
from models.eldercare.documents import BOOKED, CANCELLED, COMPLETED, IN_PROGRESS, Elder, Visit
from models.eldercare.plan_inputs import home_of, office_of
from models.eldercare.plan_records import PlannedVisit, township_of
from models.eldercare.plan_routes import Spot, apart, route_order
from models.eldercare.planning import PLANNED
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.encryption import open_json
from models.kernel.lifecycle import Raw

Key = TypeVar("Key", bound=Hashable)
LEFT, UNDER_WAY, DONE = "left", "under_way", "done"
VISIT_FIELDS = {"history": 0, "outbox": 0, "notes": 0, "owed": 0}
ELDER_FIELDS = {"name": 1, "private": 1, "community": 1, "township_id": 1, "risk_level": 1, "language": 1, "state": 1}


@dataclass(frozen=True)
class Stop:
    """One visit of the day: `visit` as stored, or `planned`; `elder` with `private` in clear, None where it is gone.

    `campaigns`: kinds of those for which it counts, beside the month."""

    id: str
    state: str
    elder: Raw | None
    private: dict[str, Any]
    visit: Raw | None = None
    planned: Raw | None = None
    campaigns: tuple[str, ...] = ()


def day_of_visitor(visitor: Actor, day: str) -> list[Stop]:
    """The visits of a visitor on a day in the order of the way: those begun or made, as they were; then the booked at
    their hours, the planned between them where they are the least detour.

    A planned visit that was begun today is there once, as that visit, and so is who is planned by the month and by a
    campaign: one visit counts for both."""
    mine = {"visitor_id": visitor.id, "day": day}
    visits = [each for each in collection(Visit).find(mine, VISIT_FIELDS) if each["state"] != CANCELLED]
    met = {each["elder_id"] for each in visits}
    rows = [each for each in collection(PlannedVisit).find(mine) if each["state"] == PLANNED]
    plans = one_a_person(each for each in rows if each["elder_id"] not in met)
    stops = _stops(visits, plans, _campaigns(rows))
    if not stops:
        return []
    townships = sorted(visitor.township_ids) or sorted(_township(each) for each in stops.values())
    spots = {key: _spot(stop) for key, stop in stops.items()}
    timed = sorted(visits, key=lambda each: (each["starts_at"], each["_id"]))
    begun = [each for each in timed if each["state"] != BOOKED]
    past = [each["_id"] for each in sorted(begun, key=lambda each: each.get("started_at") or each["starts_at"])]
    anchors = [(each["_id"], spots[each["_id"]]) for each in timed if each["state"] == BOOKED]
    free = {each["_id"]: spots[each["_id"]] for each in sorted(plans, key=lambda each: str(each["_id"]))}
    office = office_of(townships[0])
    here = spots[past[-1]] if past else office
    return [stops[key] for key in [*past, *in_order(here, anchors, free, office)]]


def in_order(here: Spot, timed: Sequence[tuple[Key, Spot]], free: Mapping[Key, Spot], home: Spot) -> list[Key]:
    """The stops to come, from here to home: `timed` in their order, each of the others on the leg where it is the least
    detour, short ways there. Without timed stops it is the plan's route order."""
    way = [here, *(spot for _, spot in timed), home]
    legs: list[dict[Key, Spot]] = [{} for _ in range(len(timed) + 1)]
    for key, spot in free.items():
        detours = [apart(one, spot) + apart(spot, other) - apart(one, other) for one, other in pairwise(way)]
        legs[detours.index(min(detours))][key] = spot
    found: list[Key] = []
    for number, leg in enumerate(legs):
        found += route_order(way[number], leg)
        if number < len(timed):
            found.append(timed[number][0])
    return found


def one_a_person(rows: Iterable[Raw]) -> list[Raw]:
    """Of planned visits of one visitor and day those that are one visit: the month's row where there is one, for a
    visit that meets it is found by the campaigns, too."""
    found: dict[str, Raw] = {}
    for row in sorted(rows, key=lambda each: (each.get("campaign_id") or "", each["_id"])):
        found.setdefault(row["elder_id"], row)
    return list(found.values())


def _campaigns(rows: Iterable[Raw]) -> dict[str, tuple[str, ...]]:
    """By person the kinds of the campaigns for which the day's visit counts."""
    extra = [(row["elder_id"], row["campaign_id"]) for row in rows if row.get("campaign_id")]
    if not extra:
        return {}
    ids = sorted({campaign_id for _, campaign_id in extra})
    kinds = {each["_id"]: each["kind"] for each in collection(Campaign).find({"_id": {"$in": ids}}, {"kind": 1})}
    found: dict[str, set[str]] = defaultdict(set)
    for elder_id, campaign_id in extra:
        found[elder_id].add(kinds[campaign_id])
    return {elder_id: tuple(sorted(each)) for elder_id, each in found.items()}


def _stops(visits: Sequence[Raw], plans: Sequence[Raw], campaigns: Mapping[str, tuple[str, ...]]) -> dict[str, Stop]:
    ids = sorted({each["elder_id"] for each in (*visits, *plans)})
    elders = {each["_id"]: each for each in collection(Elder).find({"_id": {"$in": ids}}, ELDER_FIELDS)}
    private = {key: open_json(each["private"], Elder.private.context) for key, each in elders.items()}
    states = {COMPLETED: DONE, IN_PROGRESS: UNDER_WAY}
    stops = {
        each["_id"]: Stop(each["_id"], states.get(each["state"], LEFT), elders.get(each["elder_id"]),
                          private.get(each["elder_id"], {}), visit=each, campaigns=campaigns.get(each["elder_id"], ()))
        for each in visits
    }  # fmt: skip
    stops |= {
        each["_id"]: Stop(each["_id"], LEFT, elders.get(each["elder_id"]), private.get(each["elder_id"], {}),
                          planned=each, campaigns=campaigns.get(each["elder_id"], ()))
        for each in plans
    }  # fmt: skip
    return stops


def _township(stop: Stop) -> str:
    stored = stop.visit or {}
    return stored["township_id"] if stored else township_of(stop.planned or {})


def _spot(stop: Stop) -> Spot:
    return home_of(stop.elder)[1] if stop.elder is not None else office_of(_township(stop))
