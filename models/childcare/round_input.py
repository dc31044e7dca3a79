"""What a round is computed from: read once when its list is fixed, stored sealed, and turned back for the computation.

Shape of the stored input (JSON; sealed, for it holds claims and the months of stays):

    round_id, month, priorities (the table), families (application ids, in the order of their seals)
    centres   [{id, places {group: n}, occupied {group: {month: n}}}]
    children  [{id, family, group, stay {group: [first month, last month]}, choices, claims, sibling_centres}]

A family is named by the smallest application id among its children in the round.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from models.childcare import places
from models.childcare.documents import PLACED, WAITING, ChildcareCentre, ChildcarePlacement
from models.childcare.ordering import NEEDED, birth_of, priorities, values_of
from models.childcare.round import Child, PriorityTable, RoundResult, Slot, draw_places
from models.childcare.round_months import CentreMonths
from models.childcare.stays import Stay, month_after, month_text, months_of, places_of, spans_of, stay_of
from models.facilities.documents import OPEN, AgeGroup, Facility
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.errors import FieldFault, InvalidInput

MONTHS_AHEAD = 12


def check_month(month: str, at: datetime) -> None:
    """Raises InvalidInput where a round's places would begin in the past, or more than a year from now."""
    present = month_text(day_of(at))
    if month < present:
        raise InvalidInput(faults=[FieldFault("month", "greater_than_equal")])
    if month > month_after(present, MONTHS_AHEAD):
        raise InvalidInput(faults=[FieldFault("month", "less_than_equal")])


def collect(each: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Everything that the round depends on, as it stands now."""
    centres = _centres(each.get("district_code"), day_of(at))
    children = sorted(_children(centres, each["month"]), key=lambda child: child["id"])
    named = {child["family"]: child["id"] for child in reversed(children)}
    for child in children:
        child["family"] = named[child["family"]]
    shown = [{"id": key, **centres[key]} for key in sorted(centres)]
    return {
        "round_id": each["_id"], "month": each["month"], "priorities": priorities().model_dump(),
        "families": sorted(named.values()), "centres": shown, "children": children,
    }  # fmt: skip


def of(
    content: Mapping[str, Any],
) -> tuple[list[Child], dict[str, Stay], dict[str, CentreMonths], PriorityTable]:
    """A stored input as the computation takes it: children, stays by child, centres, priorities."""
    children = [
        Child(
            id=each["id"], family=each["family"], age_group=each["group"], choices=tuple(each["choices"]),
            claims=frozenset(each["claims"]), sibling_centres=frozenset(each["sibling_centres"]),
        )
        for each in content["children"]
    ]  # fmt: skip
    stays = {each["id"]: stay_from(each["stay"]) for each in content["children"]}
    centres = {each["id"]: CentreMonths(each["places"], each["occupied"]) for each in content["centres"]}
    return children, stays, centres, PriorityTable.model_validate(content["priorities"])


def stay_from(spans: Mapping[str, Sequence[str]]) -> Stay:
    """A stay from its stored spans."""
    found: dict[str, Any] = {month: group for group, month in months_of(spans)}
    return {month: found[month] for month in sorted(found)}


def places_shown(children: Sequence[Child], result: RoundResult, given_out: Mapping[Slot, int]) -> list[dict[str, Any]]:
    """The places given out by slot, how many children got one, and the standing of the last in a full slot."""
    groups = {child.id: child.age_group for child in children}
    admitted = Counter((placed.centre, groups[child]) for child, placed in result.placed.items())
    shown = []
    for centre, group in sorted(given_out):
        last = result.thresholds.get((centre, group))
        shown.append(
            {"centre": centre, "age_group": group, "places": given_out[centre, group],
             "admitted": admitted[centre, group],
             "last": {"priority": last[0], "draw_place": last[1] + 1} if last else None}
        )  # fmt: skip
    return shown


def draw_ranks(children: Sequence[Child], family_order: Sequence[str]) -> dict[str, int]:
    """Each child's place in the draw, from 1."""
    return {child: place + 1 for child, place in draw_places(children, family_order).items()}


def _centres(district_code: str | None, day: date) -> dict[str, dict[str, Any]]:
    wanted: dict[str, Any] = {"category": places.CATEGORY, "status": OPEN}
    if district_code is not None:
        wanted["district_code"] = district_code
    found: dict[str, dict[str, Any]] = {
        facility["_id"]: {"places": places_of(facility), "occupied": {}}
        for facility in places.with_suspensions(collection(Facility).find(wanted))
        if places.closed_because(facility, day) is None and places_of(facility)
    }
    for centre in collection(ChildcareCentre).find({"_id": {"$in": list(found)}}, {"occupied": 1}):
        found[centre["_id"]]["occupied"] = {
            group: {month: count for month, count in months.items() if count}
            for group, months in centre["occupied"].items()
        }
    return found


def _children(centres: Mapping[str, Mapping[str, Any]], month: str) -> Iterator[dict[str, Any]]:
    siblings = _siblings(centres)
    # Who asked for none of the centres is left out below: one by one the database would look at every choice.
    waiting = {"state": WAITING, "start_month": {"$lte": month}}
    for raw in collection(ChildcarePlacement).find(waiting, dict.fromkeys(NEEDED, 1)):
        values = values_of(raw)
        stay = stay_of(birth_of(values), month)
        group: AgeGroup | None = stay.get(month)
        choices = [
            choice
            for choice in raw["choices"]
            if choice in centres and choice not in raw["passed"] and centres[choice]["places"].get(group)
        ]
        if group is not None and choices:
            yield {
                "id": raw["_id"], "family": raw["family_index"], "group": group, "stay": spans_of(stay),
                "choices": choices, "claims": values["claims"],
                "sibling_centres": sorted(siblings[raw["family_index"]]),
            }  # fmt: skip


def _siblings(centres: Mapping[str, Any]) -> defaultdict[str, set[str]]:
    """The centres that a family's children attend already."""
    attended: defaultdict[str, set[str]] = defaultdict(set)
    wanted = {"place.centre_id": {"$in": list(centres)}, "state": PLACED}
    for raw in collection(ChildcarePlacement).find(wanted, {"family_index": 1, "place.centre_id": 1}):
        attended[raw["family_index"]].add(raw["place"]["centre_id"])
    return attended
