"""A visitor's visits as a calendar (iCalendar, RFC 5545) under a secret address: where and when, no person.

The address's token is random and kept as a blind index only; a new one ends the old one.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from icalendar import Calendar, Event
from mongoengine import DateTimeField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from config.text import say
from models.eldercare.documents import CANCELLED, Elder, Visit
from models.eldercare.notices import township_name
from models.eldercare.plan_records import PlannedVisit, township_of
from models.eldercare.planning import PLANNED
from models.eldercare.visitor_day import one_a_person
from models.kernel import audit
from models.kernel.actors import VISITOR, Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.document import Record, having_text
from models.kernel.encryption import blind_index
from models.kernel.errors import NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw
from models.people.documents import Caseworker

TOKEN = "visitor calendar"  # noqa: S105  the name of a blind index
PRODUCT, VERSION, HOST = "-//Yixiang//visits//ZH", "2.0", "yixiang"


class VisitorCalendar(Record):
    """The secret address of one visitor; without `token_index` there is none. The id is derived from the visitor."""

    visitor_id = StringField(required=True)
    token_index = StringField()
    issued_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "visitor_calendars"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("token_index", 1)], "name": "unique_token", "unique": True,
            **having_text("token_index"),
        }
    ]  # fmt: skip


def issue(by: Actor, at: datetime) -> str:
    """A new secret token, told once; the one before ends."""
    token = secrets.token_urlsafe(rule("visitors.calendar_token_bytes"))
    _set(by.id, {"token_index": blind_index(TOKEN, token), "issued_at": at}, at)
    audit.record(by, "visit_calendar_issued", f"staff:{by.id}", at)
    return token


def revoke(by: Actor, at: datetime) -> None:
    """End the secret address; again: nothing happens."""
    _set(by.id, {"token_index": None, "issued_at": None}, at)
    audit.record(by, "visit_calendar_revoked", f"staff:{by.id}", at)


def issued_at(by: Actor) -> datetime | None:
    """When the address in force was issued, None where there is none."""
    found = collection(VisitorCalendar).find_one({"_id": _id(by.id)}) or {}
    return as_utc(found["issued_at"]) if found.get("issued_at") else None


def feed(token: str, at: datetime) -> bytes:
    """The calendar of the token's visitor. The same visits give the same bytes. Raises NotFound."""
    found = collection(VisitorCalendar).find_one({"token_index": blind_index(TOKEN, token)})
    worker = collection(Caseworker).find_one({"_id": found["visitor_id"], "active": True}) if found else None
    if found is None or worker is None or VISITOR not in worker["roles"]:
        raise NotFound()
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", VERSION)
    calendar.add("x-wr-calname", say("visitors.calendar.name"))
    for event in _events(found["visitor_id"], at):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(visitor_id: str, at: datetime) -> list[Event]:
    today = day_of(at)
    first = today - timedelta(days=rule("visitors.calendar_days_back"))
    last = today + timedelta(days=rule("visitors.calendar_days_ahead"))
    mine = {"visitor_id": visitor_id, "day": {"$gte": first.isoformat(), "$lte": last.isoformat()}}
    visits = [each for each in collection(Visit).find(mine) if each["state"] != CANCELLED]
    met = {(each["elder_id"], each["day"]) for each in visits}
    plans = [each for each in collection(PlannedVisit).find(mine) if each["state"] == PLANNED]
    plans = [each for each in _one_a_day(plans) if (each["elder_id"], each["day"]) not in met]
    ids = sorted({each["elder_id"] for each in (*visits, *plans)})
    communities = {
        each["_id"]: each["community"] for each in collection(Elder).find({"_id": {"$in": ids}}, {"community": 1})
    }
    booked = [_booked(each, communities.get(each["elder_id"], "")) for each in visits]
    planned = [_planned(each, communities.get(each["elder_id"], "")) for each in plans]
    return [event for _, event in sorted([*booked, *planned], key=lambda each: each[0])]


def _one_a_day(plans: list[Raw]) -> list[Raw]:
    """Who is planned by the month and by a campaign on one day is visited once."""
    by_day: dict[str, list[Raw]] = {}
    for each in plans:
        by_day.setdefault(each["day"], []).append(each)
    return [each for rows in by_day.values() for each in one_a_person(rows)]


def _booked(visit: Raw, community: str) -> tuple[tuple[str, str], Event]:
    starts = as_utc(visit["starts_at"])
    length = timedelta(minutes=rule("eldercare.slot_minutes"))
    event = _event(visit, "booked", visit["township_id"], community)
    event.add("dtstart", starts)
    event.add("dtend", as_utc(visit["ends_at"]) if visit.get("ends_at") else starts + length)
    return (visit["day"], starts.isoformat() + visit["_id"]), event


def _planned(planned: Raw, community: str) -> tuple[tuple[str, str], Event]:
    """The whole day: a planned visit has no hour."""
    day = date.fromisoformat(planned["day"])
    event = _event(planned, "planned", township_of(planned), community)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return (planned["day"], planned["_id"]), event


def _event(stored: Raw, kind: str, township_id: str, community: str) -> Event:
    place = f"{township_name(township_id)} {community}".strip()
    event = Event()
    event.add("uid", f"{id_from_key(TOKEN, stored['_id'])}@{HOST}")
    event.add("dtstamp", as_utc(stored["updated_at"]))
    event.add("summary", say(f"visitors.calendar.{kind}", township=township_name(township_id), community=community))
    event.add("location", place)
    return event


def _set(visitor_id: str, facts: dict[str, Any], at: datetime) -> None:
    calendars = collection(VisitorCalendar)
    fresh = VisitorCalendar(id=_id(visitor_id), created_at=at, updated_at=at, visitor_id=visitor_id)
    with suppress(DuplicateKeyError):  # the visitor had one before
        calendars.insert_one(fresh.raw())
    calendars.update_one({"_id": _id(visitor_id)}, {"$set": {**facts, "updated_at": at}, "$inc": {"version": 1}})


def _id(visitor_id: str) -> str:
    return id_from_key("visitor_calendar", visitor_id)
