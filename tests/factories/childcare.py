"""What must hold of childcare places whenever nothing is under way, and a guardian's answers to offers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from models.casework import offers
from models.casework.documents import APPROVED, Application
from models.casework.offer_documents import Offer
from models.childcare import places
from models.childcare.documents import GIVEN, HELD, OFFERED, PLACED, WAITING, ChildcareCentre, ChildcarePlacement
from models.childcare.placing import stay_now
from models.childcare.rounds_active import in_a_round
from models.childcare.stays import free_in, months_of, places_of
from models.facilities.documents import Facility
from models.kernel.clock import day_of, month_of
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Resident

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def placement_of(raw: Raw) -> Raw:
    """The placement of an application as it stands."""
    found = collection(ChildcarePlacement).find_one({"_id": raw["_id"]})
    assert found is not None
    return found


def offered_at(raw: Raw) -> str | None:
    """The centre of the offer under way."""
    return (placement_of(raw).get("offer") or {}).get("centre_id")


def answer(raw: Raw, how: str = "accept", at: datetime = MORNING) -> Raw:
    """The guardian accepts or declines the offer under way."""
    placement = placement_of(raw)
    by = Resident.actor(placement["resident_id"])
    operation = {"accept": offers.accept, "decline": offers.decline}[how]
    return operation(placement["offer"]["id"], by=by, at=at, key=new_id())


def assert_places_agree(at: datetime = MORNING) -> None:
    """Placements, offers, centres, applications and the directory say the same; no place is given twice or stranded."""
    placements = {raw["_id"]: raw for raw in collection(ChildcarePlacement).find()}
    holding = {key: raw for key, raw in placements.items() if raw["state"] in (OFFERED, PLACED)}
    facilities = {raw["_id"]: raw for raw in collection(Facility).find({"category": places.CATEGORY})}
    held: dict[str, Any] = {}
    for centre in collection(ChildcareCentre).find():
        _assert_centre(centre, facilities[centre["_id"]], at)
        for key, holder in centre["holders"].items():
            assert key not in held, "one child holds two places"
            held[key] = holder
            raw = holding[key]
            named = raw["place"] if raw["state"] == PLACED else raw["offer"]
            assert holder["state"] == (GIVEN if raw["state"] == PLACED else HELD)
            assert (named["centre_id"], named["attempt"]) == (centre["_id"], holder["attempt"])
    assert set(held) == set(holding)
    _assert_offers(placements)
    _assert_applications(placements)
    _assert_nobody_waits_for_a_free_place(placements, facilities, at)
    assert collection(ChildcarePlacement).count_documents({"release_due": True}) == 0


def _assert_centre(centre: Raw, facility: Raw, at: datetime) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for holder in centre["holders"].values():
        counted.update((group, month) for group, month in months_of(holder["spans"]) if month >= month_of(at))
    occupied = {(g, m): n for g, months in centre["occupied"].items() for m, n in months.items()}
    stored = {slot: n for slot, n in occupied.items() if n and slot[1] >= month_of(at)}
    assert stored == counted
    kept = places_of(facility)
    for (group, month), count in counted.items():
        assert count <= kept[group], f"{count} {group} in {month}"
    assert centre["held"] == sum(holder["state"] == HELD for holder in centre["holders"].values())
    free = free_in(kept, centre["occupied"], places.shown_months(day_of(at)))
    assert {group: facility[f"free_{group}"] for group in free} == free


def _assert_offers(placements: dict[str, Raw]) -> None:
    under_way = {raw["offer"]["id"] for raw in placements.values() if raw["state"] == OFFERED}
    made = {raw["_id"]: raw for raw in collection(Offer).find()}
    assert {key for key, raw in made.items() if raw["open"]} == under_way
    accepted = {key for key, raw in made.items() if raw["state"] == "accepted"}
    assert {raw["place"]["offer_id"] for raw in placements.values() if raw["state"] == PLACED} <= accepted


def _assert_applications(placements: dict[str, Raw]) -> None:
    for raw in collection(Application).find({"state": APPROVED, "anonymised_at": None}):
        place = placements[raw["_id"]].get("place") if placements[raw["_id"]]["state"] == PLACED else None
        shown = (raw.get("placement") or {}).get("centre_id")
        assert shown == (place["centre_id"] if place else None)


def _assert_nobody_waits_for_a_free_place(placements: dict[str, Raw], facilities: dict[str, Raw], at: datetime) -> None:
    for raw in placements.values():
        for choice in raw["choices"] if raw["state"] == WAITING else ():
            facility = facilities[choice]
            if choice in raw["passed"] or places.closed_because(facility, day_of(at)) or in_a_round(facility):
                continue
            assert not places.has_room(facility, places.occupied_at(choice), stay_now(raw, at)), "a stranded place"
