"""Who is next at a centre: the priorities of the published table, then a round's draw, then the day of application.

The waiting list of `childcare_place` in the catalogue says it as data; what is still equal is decided by its tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from models.childcare.documents import PLACED, VALUES_CONTEXT, WAITING, ChildcarePlacement
from models.childcare.round import Child, PriorityTable, round_priorities
from models.childcare.stays import Stay, first_month, stay_of
from models.housing.ordering import full_key, list_key, list_rule
from models.kernel.database import collection
from models.kernel.encryption import open_json

PROGRAMME = "childcare_place"
NEEDED = ("version", "choices", "passed", "values", "start_month", "applied_on", "offers_made", "draw_rank",
          "family_index", "resident_id", "district_code", "township_id", "outgrown_from", "state")  # fmt: skip

Raw = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """A waiting child as a centre sees it. `key` sorts as the published order says, the first is next."""

    raw: Raw
    key: str
    stay: Stay


@lru_cache(maxsize=1)
def priorities() -> PriorityTable:
    """The priorities in force."""
    return round_priorities()


def values_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The sealed part of a placement, in clear."""
    found: dict[str, Any] = open_json(raw["values"], VALUES_CONTEXT)
    return found


def birth_of(values: Mapping[str, Any]) -> date:
    """The child's birth date."""
    return date.fromisoformat(values["birth_date"])


def order_key(raw: Mapping[str, Any], claims: Iterable[str], facility: Mapping[str, Any], *, sibling: bool) -> str:
    """The key of a child at a centre, unique and sortable."""
    centre, table = facility["_id"], priorities()
    child = Child(
        id=raw["_id"], family="", age_group="", choices=(), claims=frozenset(claims),
        sibling_centres=frozenset([centre] if sibling else ()),
    )  # fmt: skip
    best = 2 ** len(table.rows) - 1
    values = {
        "priority": best - table.distance(child, centre),
        "draw_rank": raw.get("draw_rank"),
        "applied_on": raw["applied_on"],
    }
    key = list_rule(PROGRAMME).order_key(values)
    return full_key(list_key(PROGRAMME, facility["district_code"], centre), key, raw["_id"])


def families_at(centre_id: str) -> set[str]:
    """The families who have a child at the centre."""
    found = collection(ChildcarePlacement).find({"place.centre_id": centre_id, "state": PLACED}, {"family_index": 1})
    return {each["family_index"] for each in found}


def waiting_at(facility: Mapping[str, Any], day: date) -> list[Candidate]:
    """The children who wait for a place of the centre, whoever is next first; who outgrew it is left out."""
    centre = facility["_id"]
    siblings = families_at(centre)
    found = []
    wanted = {"choices": centre, "state": WAITING}
    for raw in collection(ChildcarePlacement).find(wanted, dict.fromkeys(NEEDED, 1)):
        if centre in raw.get("passed", {}):
            continue
        values = values_of(raw)
        stay = stay_of(birth_of(values), first_month(raw["start_month"], day))
        if stay:
            sibling = raw["family_index"] in siblings
            found.append(Candidate(raw, order_key(raw, values["claims"], facility, sibling=sibling), stay))
    return sorted(found, key=lambda each: each.key)
