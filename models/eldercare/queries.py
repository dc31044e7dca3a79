"""Reads of the register, slots and visits, and the month's visit rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from config.loading import catalogue, rule
from models.eldercare.documents import BOOKED, CONFIRMED, REQUESTED, Elder, ElderLink, Visit, VisitSlot
from models.eldercare.periods import is_active
from models.eldercare.waiting import open_to_all
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.errors import FieldFault, Forbidden, InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor
from models.people.documents import Resident

Scope = dict[str, Any]
OPEN_LINK = {"state": {"$in": [REQUESTED, CONFIRMED]}}


def links_of(resident_id: str) -> list[Raw]:
    """A resident's links, requested and confirmed, the oldest first."""
    wanted = {"resident_id": resident_id, **OPEN_LINK}
    return sorted(collection(ElderLink).find(wanted), key=lambda link: (link["created_at"], link["_id"]))


def elders_by_id(ids: Iterable[str]) -> dict[str, Raw]:
    """Register entries as stored, without address, contacts and health."""
    wanted = {"_id": {"$in": sorted(set(ids))}}
    return {elder["_id"]: elder for elder in collection(Elder).find(wanted, {"private": 0, "health_notes": 0})}


def free_slots(
    since: datetime, until: datetime, *, district_code: str | None = None, township_id: str | None = None,
    elder: Raw | None = None,
) -> list[Raw]:  # fmt: skip
    """Slots with a free place that begin from `since` to before `until`, the earliest first.

    `elder`: of the person's township only, without those in which the person has a place already, so that nothing is
    offered that a booking would refuse.
    """
    wanted = {**_scope(district_code, township_id), "starts_at": {"$gte": since, "$lt": until}}
    if elder is not None:
        if wanted.setdefault("township_id", elder["township_id"]) != elder["township_id"]:
            return []
        wanted |= {"bookings.elder_id": {"$ne": elder["_id"]}}
    found = (slot for slot in collection(VisitSlot).find(wanted, {"bookings": 0, "pending": 0}) if slot["free"] > 0)
    return sorted(found, key=lambda slot: (slot["starts_at"], slot["_id"]))


def next_free_slots(at: datetime, limit: int, *, elder_id: str, township_id: str) -> list[Raw]:
    """The next slots that can still be booked at `at` for a person of a township; for the chat."""
    since = at + timedelta(hours=rule("eldercare.booking_lead_hours"))
    until = since + timedelta(days=rule("eldercare.slot_range_days"))
    slots = free_slots(since, until, elder={"_id": elder_id, "township_id": township_id})
    return open_to_all(slots, at)[:limit]


def visits_of_resident(resident_id: str, at: datetime, limit: int) -> list[Raw]:
    """The booked visits to come of a resident, the next first; for the chat."""
    coming = {"resident_id": resident_id, "starts_at": {"$gte": at}, "state": BOOKED}
    return sorted(collection(Visit).find(coming), key=lambda visit: (visit["starts_at"], visit["_id"]))[:limit]


def page_of_visits(resident_id: str, cursor: str | None, limit: int) -> Page:
    """A resident's visits, the latest first."""
    wanted: dict[str, Any] = {"resident_id": resident_id}
    shown: tuple[datetime, str] | None = None
    if cursor is not None:
        at, last = _position(decode_cursor(cursor), "visits")
        shown = (datetime.fromisoformat(at), last)
        wanted["starts_at"] = {"$lte": shown[0]}
    # All of one resident, a few dozen: an $or over hour and id would make the embedded database read everybody's.
    found = [(visit["starts_at"], visit["_id"], visit) for visit in collection(Visit).find(wanted)]
    rest = sorted((each for each in found if shown is None or each[:2] < shown), key=itemgetter(0, 1), reverse=True)
    items = [visit for _, _, visit in rest[:limit]]
    if len(rest) <= limit:
        return Page(items)
    position = {"of": "visits", "at": items[-1]["starts_at"].isoformat(), "id": items[-1]["_id"]}
    return Page(items, encode_cursor(position))


def page_of_elders(township_id: str, cursor: str | None, limit: int) -> Page:
    """A township's register entries by id, as stored without address, contacts and health."""
    wanted: dict[str, Any] = {"township_id": township_id}
    if cursor is not None:
        wanted["_id"] = {"$gt": _position(decode_cursor(cursor), "elders")[1]}
    found = list(collection(Elder).find(wanted, {"private": 0, "health_notes": 0}).sort([("_id", 1)]).limit(limit + 1))
    following = encode_cursor({"of": "elders", "at": "", "id": found[limit - 1]["_id"]}) if len(found) > limit else None
    return Page(found[:limit], following)


def visits_of_day(day: str, scope: Scope) -> list[Raw]:
    """The visits of a place on a day of China's calendar, in the order of their hours."""
    found = collection(Visit).find({**scope, "day": day}).limit(rule("eldercare.day_list_most"))
    return sorted(found, key=lambda visit: (visit["starts_at"], visit["_id"]))


def visits_to(elder_id: str, limit: int) -> list[Raw]:
    """The visits to a person of the register, the latest first."""
    found = sorted(collection(Visit).find({"elder_id": elder_id}, {"history": 0, "outbox": 0}),
                   key=lambda visit: (visit["starts_at"], visit["_id"]), reverse=True)  # fmt: skip
    return found[:limit]


def requests_of(scope: Scope) -> list[Raw]:
    """The families' requests that wait for the township, the oldest first."""
    found = collection(ElderLink).find({**scope, "state": REQUESTED}).limit(rule("eldercare.day_list_most"))
    return sorted(found, key=lambda link: (link["created_at"], link["_id"]))


def links_to(elder: Raw) -> list[Raw]:
    """Every open link to a person on the register, requested and confirmed."""
    wanted = {"id_number_index": elder["id_number_index"], **OPEN_LINK}
    return sorted(collection(ElderLink).find(wanted), key=lambda link: (link["created_at"], link["_id"]))


def link_asked_for(elder: Raw, link_id: str | None, resident_id: str | None) -> Raw:
    """The open link to this person with that id, or of that resident. Raises NotFound."""
    wanted = {"_id": link_id} if link_id is not None else {"resident_id": resident_id}
    link = collection(ElderLink).find_one({**wanted, "id_number_index": elder["id_number_index"], **OPEN_LINK})
    if link is None:
        raise NotFound("link_not_found")
    return link


def resident_name(resident_id: str) -> str | None:
    """The name a resident has given, None where none is kept."""
    found = collection(Resident).find_one({"_id": resident_id}, {"name": 1})
    return open_text(found["name"], Resident.name.context) if found and found.get("name") else None


def scope_of_requests(by: Actor, district_code: str | None, township_id: str | None) -> Scope:
    """As `scope_of`; the whole city's staff that name no place ask for requests that belong to none yet."""
    if by.covers(None) and district_code is None and township_id is None:
        return {"district_code": None}
    return scope_of(by, district_code, township_id)


def scope_of(by: Actor, district_code: str | None, township_id: str | None) -> Scope:
    """The place a member of staff asks about, as a filter; one's own where none is named.

    Raises Forbidden outside one's place, InvalidInput for an unknown township or, of the whole city's staff, none.
    """
    if township_id is not None:
        place = catalogue().place(township_id)
        if place is None or district_code not in (None, place.district_code):
            raise InvalidInput(faults=[FieldFault("township_id", "unknown_place")])
        if not by.covers(place.district_code, place.id):
            raise Forbidden()
        return {"township_id": place.id}
    district = district_code or by.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("township_id", "missing")])
    if district not in catalogue().districts:
        raise InvalidInput(faults=[FieldFault("district_code", "unknown_place")])
    if by.district_code not in (None, district):
        raise Forbidden()
    return {"township_id": {"$in": sorted(by.township_ids)}} if by.township_ids else {"district_code": district}


def townships_asked(by: Actor, district_code: str | None, township_id: str | None) -> list[str]:
    """The townships of the place that a member of staff asks about; raises as `scope_of`."""
    scope = scope_of(by, district_code, township_id)
    if "township_id" in scope:
        return [scope["township_id"]] if township_id is not None else list(scope["township_id"]["$in"])
    return [each.id for each in catalogue().places if each.district_code == scope["district_code"]]


def seen_in(elder: Mapping[str, Any], month: str) -> bool:
    """True where somebody saw the person in that month."""
    return month in elder.get("seen_months", ())


def on_register(elder: Mapping[str, Any], at: datetime) -> bool:
    """True where the person is on the register on this day."""
    today = day_of(at).isoformat()
    return is_active(elder["periods"], today, today)


def _scope(district_code: str | None, township_id: str | None) -> Scope:
    asked = {"district_code": district_code, "township_id": township_id}
    return {name: value for name, value in asked.items() if value is not None}


def _position(position: Mapping[str, Any], of: str) -> tuple[str, str]:
    """Where the next page of this list begins. Raises InvalidInput for a cursor of another list."""
    if position.get("of") != of:
        raise InvalidInput("bad_cursor")
    return position["at"], position["id"]
