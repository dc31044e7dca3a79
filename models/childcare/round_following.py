"""After publication: each child who was placed is offered the place, each other keeps its place in the draw.

Step by step and by a job, for a city's round is thousands of offers. Every step bears being repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.loading import rule
from models.childcare import places, placing, round_input, rounds
from models.childcare.documents import WAITING, ChildcarePlacement, ChildcareRound
from models.childcare.lifecycle import PUBLISHED, ROUND_LIFECYCLE
from models.childcare.notices import placement_notice
from models.childcare.rounds_active import covers
from models.kernel.actors import SYSTEM
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.errors import DomainError
from models.kernel.lifecycle import Change
from models.kernel.outbox import enqueue


def follow_rounds(at: datetime) -> dict[str, int]:
    """Carry out a part of every published round, and offer on what rounds that are over held up; a job calls it."""
    counts = {"followed": 0, "finished": 0, "refilled": 0}
    for each in list(collection(ChildcareRound).find({"active": True, "state": PUBLISHED})):
        followed, left = follow_round(each, at)
        counts["followed"] += followed
        counts["finished"] += not left
    for each in list(collection(ChildcareRound).find({"refill_due": True})):
        counts["refilled"] += refill(each, at)
    return counts


def follow_round(each: Mapping[str, Any], at: datetime) -> tuple[int, int]:
    """Carry out the next part of a published round; returns how many children it was, and how many are left."""
    content, result = rounds.input_of(each), rounds.result_of(each)
    assert result is not None  # noqa: S101  a published round has one
    begin = int(each.get("followed") or 0)
    part = content["children"][begin : begin + rule("childcare.round_follow_batch")]
    for child in part:
        centre, _ = result["placed"].get(child["id"], (None, None))
        _follow_child(each, child, centre, result["draw_places"][child["id"]], at)
    end = begin + len(part)
    collection(ChildcareRound).update_one({"_id": each["_id"]}, {"$max": {"followed": end}})
    left = len(content["children"]) - end
    if not left:
        _finish(each, at)
    return len(part), left


def refill(each: Mapping[str, Any], at: datetime) -> int:
    """Offer the places that the round held up to who waits; returns how many offers were made."""
    waited_for = collection(ChildcarePlacement).distinct("choices", {"state": WAITING})
    facilities = places.centres(waited_for)
    made = sum(placing.fill(centre, at) for centre, facility in sorted(facilities.items()) if covers(each, facility))
    collection(ChildcareRound).update_one({"_id": each["_id"]}, {"$set": {"refill_due": False}})
    return made


def _follow_child(
    each: Mapping[str, Any], child: Mapping[str, Any], centre: str | None, draw_rank: int, at: datetime
) -> None:
    placement = collection(ChildcarePlacement).find_one({"_id": child["id"], "state": WAITING})
    if placement is None or placement.get("passed", {}).get(centre):
        return  # it left, or has answered the offer already
    facility = places.centres([centre]).get(centre) if centre else None
    open_still = facility is not None and places.closed_because(facility, day_of(at)) is None
    if open_still and placing.offer(placement, facility or {}, round_input.stay_from(child["stay"]), at):
        return
    # Who got nothing keeps the place in the draw: the next free place goes by it, before later applications.
    collection(ChildcarePlacement).update_one(
        {"_id": placement["_id"], "state": WAITING}, {"$set": {"draw_rank": draw_rank, "updated_at": at}}
    )
    key = f"childcare:{placement['_id']}:round:{each['_id']}"
    enqueue(placement_notice(placement, "round_without_place", key=key), at)


def _finish(each: Mapping[str, Any], at: datetime) -> None:
    try:
        ROUND_LIFECYCLE.perform(
            each["_id"], "finish", by=SYSTEM, at=at, change=Change(set={"active": False, "refill_due": True})
        )
    except DomainError:
        return  # finished by another process
