"""Reads of childcare: a child's way to a place, who waits where, a centre's places by month, rounds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.loading import rule
from config.text import label, say
from models.casework.notices import day_in_words
from models.childcare import places, ratings, rounds, supervision, threads
from models.childcare.documents import (
    CENTRE,
    GUARDIAN,
    OFFERED,
    PLACED,
    WAITING,
    ChildcarePlacement,
    ChildcareRating,
    ChildcareRound,
)
from models.childcare.lifecycle import DONE, PUBLISHED, ROUND_LIFECYCLE
from models.childcare.ordering import priorities, waiting_at
from models.childcare.placing import stay_now
from models.childcare.round_input import of
from models.childcare.round_record import committed_part, record_of, result_part
from models.childcare.rounds_active import in_a_round
from models.childcare.stays import month_text, months_from, places_of
from models.facilities.documents import AGE_GROUPS, Facility
from models.housing.draw import number, salt_of, seal_of
from models.kernel import windows
from models.kernel.actors import Actor
from models.kernel.clock import as_utc, day_of, shown
from models.kernel.database import collection
from models.kernel.errors import Forbidden, InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

ROUND_FIELDS = ("name", "district_code", "month", "state", "opened_at", "committed_at", "count", "families",
                "seed_source", "commitment", "seed", "statement", "void", "replaces", "version")  # fmt: skip


CENTRE_FIELDS = (
    "name", "category", "district_code", "township_id", "registration_number", "registration_valid_until", "status",
    "places_infant", "places_toddler", "places_preschool", "free_infant", "free_toddler", "free_preschool",
    "inclusive",
)  # fmt: skip


def placements_of(resident_id: str) -> list[Raw]:
    """A resident's placements, the newest first."""
    found = collection(ChildcarePlacement).find({"resident_id": resident_id})
    return sorted(found, key=lambda each: (as_utc(each["created_at"]), each["_id"]), reverse=True)


def placement_shown(raw: Raw, at: datetime, side: str) -> dict[str, Any]:
    """A placement for its guardian or for the staff; `side` says whose unread messages are meant."""
    known = places.centres(raw["choices"])
    offer = raw.get("offer") or None
    rating = ratings.rating_of(raw["_id"])
    return {
        "id": raw["_id"], "state": raw["state"], "state_label": label("childcare.state", raw["state"]),
        "version": raw["version"], "since": as_utc(raw["history"][-1]["at"]), "start_month": raw["start_month"],
        "text": _in_words(raw), "choices": [_choice(raw, centre, known.get(centre), at) for centre in raw["choices"]],
        "offer": _offer(offer) if offer and raw["state"] == OFFERED else None,
        "place": _place(raw["place"]) if raw.get("place") else None,
        "unread": threads.unread(raw, side),
        "may_rate": side == GUARDIAN and ratings.may_rate(raw, at),
        "rating": ratings.shown(rating) if rating else None,
        "timeline": [
            {"at": as_utc(each["at"]), "action": each["action"], "label": label("childcare.action", each["action"])}
            for each in raw["history"] if each["action"] != "give_up"
        ],
    }  # fmt: skip


def staff_page(
    by: Actor, *, state: str, district_code: str | None, centre_id: str | None, cursor: str | None, limit: int,
    at: datetime,
) -> Page:  # fmt: skip
    """Placements of a place in one state, of one centre where it is named: who still waits the oldest first, who has or
    had a place the latest first. Raises Forbidden.
    """
    district = district_code or by.district_code
    if by.district_code not in (None, district):
        raise Forbidden("not_your_place")
    wanted: dict[str, Any] = {"state": state}
    if centre_id is not None:
        wanted["place.centre_id" if state == PLACED else "choices"] = centre_id
    elif district is not None:
        wanted["district_code"] = district
    after = _after(cursor, "placements")
    waits = state in (WAITING, OFFERED)

    def read(window: Mapping[str, Any]) -> list[Raw]:
        rows = collection(ChildcarePlacement).find({**wanted, **window}, {"values": 0, "history": 0, "outbox": 0})
        return sorted((raw for raw in rows if threads.covers(by, raw)), key=_when, reverse=not waits)

    if waits:
        found = windows.read(read, windows.windows("created_at", windows.ages(at), after=after), limit)
    else:
        found = windows.read_latest(read, "created_at", at, limit, after=after)
    page = found[:limit]
    more = len(found) > limit
    return Page([_row(raw) for raw in page], _cursor("placements", page[-1]) if more else None)


def centre_shown(centre_id: str, at: datetime) -> dict[str, Any]:
    """A centre's places by age group and month, and what families say of it. Raises NotFound."""
    facility = places.centres([centre_id]).get(centre_id)
    if facility is None or facility["category"] != places.CATEGORY:
        raise NotFound()
    day = day_of(at)
    kept, occupied = places_of(facility), places.occupied_at(centre_id)
    closed = places.closed_because(facility, day)
    months = months_from(month_text(day), rule("childcare.shown_months"))
    room = {group: 0 if closed else count for group, count in kept.items()}
    return {
        "id": centre_id, "name": facility["name"], "district_code": facility["district_code"],
        "registration_number": facility.get("registration_number"),
        "registration_valid_until": facility.get("registration_valid_until"),
        "takes_children": closed is None, "reason": closed,
        "reason_label": label("childcare.closed", closed) if closed else None,
        "in_a_round": in_a_round(facility),
        "groups": [
            {
                "age_group": group, "label": say(f"childcare.age_group.{group}"), "places": kept[group],
                "months": [
                    {"month": month, "free": max(room[group] - occupied.get(group, {}).get(month, 0), 0)}
                    for month in months
                ],
            }
            for group in AGE_GROUPS if group in kept
        ],
        "rating": ratings.public_average(centre_id), **supervision.public_supervision(centre_id),
    }  # fmt: skip


def centres_of(by: Actor, district_code: str, at: datetime) -> list[dict[str, Any]]:
    """A county's centres by name for its staff: registration, places, what is free, why none is given.

    Raises Forbidden.

    A county has some dozen to a few hundred centres: all are read.
    """
    if by.district_code not in (None, district_code):
        raise Forbidden("not_your_place")
    wanted = {"district_code": district_code, "category": places.CATEGORY}
    found = places.with_suspensions(collection(Facility).find(wanted, dict.fromkeys(CENTRE_FIELDS, 1)))
    return [
        {
            "id": each["_id"], **{name: each.get(name) for name in CENTRE_FIELDS if name != "category"},
            "reason": places.closed_because(each, day_of(at)),
        }
        for each in sorted(found, key=lambda each: (each["name"], each["_id"]))
        if by.covers(each["district_code"], each.get("township_id"))
    ]  # fmt: skip


def ratings_at(centre_id: str) -> list[dict[str, Any]]:
    """What families said of a centre, the newest first, with the placement to which a reply goes."""
    found = collection(ChildcareRating).find({"centre_id": centre_id})
    newest = sorted(found, key=lambda each: (as_utc(each["rated_at"]), each["_id"]), reverse=True)
    return [{"placement_id": each["_id"], **ratings.shown(each)} for each in newest[: rule("childcare.ratings_shown")]]


def priorities_shown() -> dict[str, Any]:
    """Who goes first: the published table."""
    table = priorities()
    rows = [{"claim": row.claim, "where": row.where, "label": row.label, "source": row.source} for row in table.rows]
    return {"version": table.version, "rows": rows}


def round_shown(each: Mapping[str, Any]) -> dict[str, Any]:
    """What a list of rounds shows of one."""
    found = {name: each.get(name) for name in ROUND_FIELDS}
    public = each["state"] in (PUBLISHED, DONE)
    return {
        "id": each["_id"], **found, "state": _public_state(each),
        "statement": each.get("statement") if public else None,
        "seed_source": each.get("seed_source") or None, "commitment": each.get("commitment") or None,
        "void": each.get("void") or None,
    }  # fmt: skip


def round_of_staff(each: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """A round for who carries it out: its steps so far, and what may be done now."""
    return {
        **round_shown(each), "state_label": label("childcare.round", each["state"]),
        "events": [{**step, "label": label("childcare.round_steps", step["action"])} for step in each["steps"]],
        "actions": [
            {"action": name, "label": label("childcare.round_steps", name)}
            for name in ROUND_LIFECYCLE.actions_for(dict(each), by)
        ],
    }  # fmt: skip


def rounds_page(*, district_code: str | None, cursor: str | None, limit: int) -> Page:
    """Rounds, of a county with those of the whole city, the newest first. Raises InvalidInput.

    A city has some dozen a year, so all that match are read.
    """
    wanted: Raw = {} if district_code is None else {"district_code": {"$in": [district_code, None]}}
    after = _after(cursor, "rounds")
    found = [
        each
        for each in collection(ChildcareRound).find(wanted, dict.fromkeys(ROUND_FIELDS, 1))
        if after is None or _opened(each) < after
    ]
    found.sort(key=_opened, reverse=True)
    page = found[:limit]
    following = _cursor("rounds", page[-1], "opened_at") if len(found) > limit else None
    return Page([round_shown(each) for each in page], following)


def public_record(each: Mapping[str, Any]) -> dict[str, Any]:
    """The whole record of a round as it stands (`round_record` has its shape)."""
    committed = order = result = None
    if each.get("commitment"):
        committed = committed_part(
            each, each["priorities"], each["seed_source"], each["input_hash"], rounds.seals_of(each)
        )
    if each["state"] in (PUBLISHED, DONE):
        stored = rounds.result_of(each)
        assert stored is not None  # noqa: S101  a published round has one
        order = stored["order"]
        result = result_part(rounds.input_of(each), stored, each["statement"])
    void = each.get("void") or None
    return record_of(
        {**each, "state": _public_state(each)}, committed=committed, order=order, result=result,
        void=None if void is None else {**void, "at": shown(void["at"])},
        events=[{**step, "at": shown(step["at"])} for step in each["steps"]],
    )  # fmt: skip


def my_part(each: Mapping[str, Any], placement: Mapping[str, Any]) -> dict[str, Any]:
    """What a family is told to find and check its own entry: number, salt, seal, and what became of the child.

    `result` is None until the round is published; then centre and choice, or for each choice why not. Raises NotFound
    where the child takes no part.
    """
    if not each.get("commitment"):
        raise NotFound()
    content = rounds.input_of(each)
    child = next((one for one in content["children"] if one["id"] == placement["_id"]), None)
    if child is None:
        raise NotFound()
    salt = salt_of(rounds.secret_of(each["_id"]), child["family"])
    seal = seal_of(child["family"], salt)
    seals = rounds.seals_of(each)
    mine = {"number": number(bisect_left(seals, seal)), "salt": salt, "seal": seal, "opens": child["family"]}
    result = None
    if each["state"] in (PUBLISHED, DONE):
        result = _my_result(content, child, rounds.result_of(each) or {})
    return {**mine, "age_group": child["group"], "choices": child["choices"], "result": result}


def _my_result(content: Mapping[str, Any], child: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    centre, choice = result["placed"].get(child["id"], (None, None))
    by_slot = {(each["centre"], each["age_group"]): each for each in result["places"]}
    children, _, _, table = of({**content, "children": [child]})
    better = child["choices"][: choice - 1] if choice else child["choices"]
    refused = []
    for each in better:
        slot = by_slot[each, child["group"]]
        refused.append({
            "centre_id": each, "reason": "others_first" if slot["last"] else "no_places", "last": slot["last"],
            "mine": {"priority": table.distance(children[0], each), "draw_place": result["draw_places"][child["id"]]},
        })  # fmt: skip
    return {"centre_id": centre, "choice": choice, "refused": refused}


def _choice(raw: Raw, centre: str, facility: Mapping[str, Any] | None, at: datetime) -> dict[str, Any]:
    """How a choice stands: `ahead` is how many children the published order puts before this one there."""
    passed = (raw.get("passed") or {}).get(centre)
    found: dict[str, Any] = {
        "centre_id": centre, "centre": facility["name"] if facility else "", "passed": passed, "ahead": None,
        "room": None, "in_a_round": False,
    }  # fmt: skip
    if raw["state"] != WAITING or facility is None or passed:
        return found
    queue = [each.raw["_id"] for each in waiting_at(facility, day_of(at))]
    room = places.has_room(facility, places.occupied_at(centre), stay_now(raw, at))
    ahead = queue.index(raw["_id"]) if raw["_id"] in queue else None
    return {**found, "ahead": ahead, "room": room, "in_a_round": in_a_round(facility)}


def _offer(offer: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: offer[name] for name in ("id", "centre_id", "centre", "age_group", "begins", "rank")}
    group = say(f"childcare.age_group.{offer['age_group']}")
    return {**kept, "age_group_label": group, "expires_at": as_utc(offer["expires_at"])}


def _place(place: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: place[name] for name in ("centre_id", "centre", "age_group", "begins", "rank")}
    group = say(f"childcare.age_group.{place['age_group']}")
    return {**kept, "age_group_label": group, "since": as_utc(place["since"])}


def _in_words(raw: Mapping[str, Any]) -> str:
    if raw["state"] == OFFERED:
        due = day_in_words(as_utc(raw["offer"]["expires_at"]))
        return say("childcare.next.offered", centre=raw["offer"]["centre"], due=due)
    if raw["state"] == PLACED:
        return say("childcare.next.placed", centre=raw["place"]["centre"])
    if raw["state"] == WAITING:
        return say("childcare.next.waiting")
    return label("childcare.ended", raw.get("end_reason") or "withdrawn")


def _row(raw: Raw) -> dict[str, Any]:
    place = raw.get("place") or {}
    return {
        "id": raw["_id"], "state": raw["state"], "state_label": label("childcare.state", raw["state"]),
        "since": as_utc(raw["created_at"]), "start_month": raw["start_month"],
        "centre_id": place.get("centre_id"), "centre": place.get("centre"), "age_group": place.get("age_group"),
        "unread": threads.unread(raw, CENTRE),
    }  # fmt: skip


def _public_state(each: Mapping[str, Any]) -> str:
    """Carrying a result out is no step that the public record knows."""
    return PUBLISHED if each["state"] == DONE else str(each["state"])


def _when(raw: Mapping[str, Any]) -> tuple[datetime, str]:
    return as_utc(raw["created_at"]), raw["_id"]


def _opened(each: Mapping[str, Any]) -> tuple[datetime, str]:
    return as_utc(each["opened_at"]), each["_id"]


def _cursor(of: str, raw: Mapping[str, Any], field: str = "created_at") -> str:
    return encode_cursor({"list": of, "at": as_utc(raw[field]).isoformat(), "id": raw["_id"]})


def _after(cursor: str | None, of: str) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    after = decode_cursor(cursor)
    if after.get("list") != of:
        raise InvalidInput("bad_cursor")
    return datetime.fromisoformat(after["at"]), after["id"]


def after_decline(application_id: str) -> str:
    """What declining the offered place leads to: `next_choice`, or `end` where none is left. Raises NotFound."""
    found = collection(ChildcarePlacement).find_one({"_id": application_id}, {"offer": 1, "passed": 1, "choices": 1})
    if found is None or not found.get("offer"):
        raise NotFound()
    passed = {*(found.get("passed") or {}), found["offer"]["centre_id"]}
    left = [each for each in found["choices"] if each not in passed]
    return "next_choice" if left and len(passed) < rule("childcare.offers_passed_most") else "end"
