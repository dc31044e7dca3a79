"""The visitor's own side: the week's hours, the day, notices, the calendar, hours given."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from flask import Response

from api.access import PUBLIC, staff
from api.endpoint import Call, Endpoint, route
from api.v1.eldercare.views import StaffElderPage, staff_elder_item
from api.v1.eldercare.visit_views import arrival_view
from api.v1.eldercare.visitor_schemas import (
    ArrivalRules,
    CalendarView,
    ContactView,
    DayView,
    ExportQuery,
    FindPersonBody,
    GivenView,
    HoursBody,
    HoursGivenQuery,
    HourView,
    MapDatum,
    MapPoint,
    OneDayQuery,
    SlotsQuery,
    StopQuery,
    StopView,
    VisitorQuery,
    VisitorSlot,
    VisitorSlots,
    WeekView,
    WordsOf,
)
from api.v1.eldercare.waits import labelled
from config.loading import rule
from config.text import label, say
from models.eldercare import calendar_feed, finding_people, slot_opening, visitor_day, volunteer_hours
from models.eldercare.booking import PUBLISHERS
from models.eldercare.documents import ELDER_NAME
from models.eldercare.lifecycle import REGISTRARS
from models.eldercare.notices import township_name
from models.eldercare.periods import days_of
from models.eldercare.plan_records import township_of
from models.eldercare.slot_rules import Hour
from models.eldercare.visitors import visitor_account
from models.eldercare.wishes import wishes_of
from models.facilities.datum import from_wgs84
from models.kernel import audit
from models.kernel.actors import SUPERVISOR, VISITOR
from models.kernel.clock import day_of
from models.kernel.encryption import open_text
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.lifecycle import Raw
from models.kernel.masking import mask_name

CALENDAR_PATH = "/api/v1/visit-calendars"
CALENDAR_TYPE = "text/calendar"
CSV_TYPE = "text/csv"


class VisitorHours(Endpoint):
    @route(access=staff(*REGISTRARS), query=VisitorQuery, response=WeekView)
    def get(self, call: Call) -> WeekView:
        """The hours of a visitor's week that are opened to families."""
        return _week(slot_opening.hours_of(call.query.visitor_id or call.actor.id, call.actor))

    @route(access=staff(*REGISTRARS), body=HoursBody, response=WeekView, rate="write")
    def put(self, call: Call) -> WeekView:
        """Set a visitor's week; its hours are opened some weeks ahead, what is booked stays."""
        asked = call.body
        rows = [Hour(each.weekday, each.start, each.township_id, each.capacity) for each in asked.rows]
        visitor_id = asked.visitor_id or call.actor.id
        return _week(slot_opening.set_hours(visitor_id, rows, asked.version, by=call.actor, at=call.at))


class CloseSlot(Endpoint):
    @route(access=staff(*PUBLISHERS), response=VisitorSlot, idempotent=True, rate="write")
    def post(self, call: Call) -> VisitorSlot:
        """Open no more places of an hour; what is booked stays."""
        return _slot(slot_opening.close_by_hand(call.path["slot_id"], by=call.actor, at=call.at))


class VisitorSlotList(Endpoint):
    @route(access=staff(*REGISTRARS), query=SlotsQuery, response=VisitorSlots)
    def get(self, call: Call) -> dict[str, Any]:
        """A visitor's hours with what is booked and free."""
        visitor_id = call.query.visitor_id or call.actor.id
        visitor_account(visitor_id, call.actor)
        first: date = call.query.since or day_of(call.at)
        last: date = call.query.until or first + timedelta(weeks=rule("visitors.weeks_ahead"))
        if (last - first).days > rule("eldercare.slot_days_ahead_most"):
            raise InvalidInput(faults=[FieldFault("to", "range_too_long")])
        return {"items": [_slot(each) for each in slot_opening.slots_of(visitor_id, first, last)], "next": None}


class VisitorDay(Endpoint):
    @route(access=staff(VISITOR), query=OneDayQuery, response=DayView)
    def get(self, call: Call) -> DayView:
        """My visits of a day in the order of the way. Address, phones and map points are there on the day itself, and
        every such look is recorded."""
        today = day_of(call.at)
        asked: date = call.query.date or today
        stops = visitor_day.day_of_visitor(call.actor, asked.isoformat())
        at_the_door = asked == today
        if at_the_door and stops:
            people = sorted({each.elder["_id"] for each in stops if each.elder is not None})
            audit.record(call.actor, "visitor_day_read", f"staff:{call.actor.id}", call.at,
                         detail={"day": asked.isoformat(), "elders": people})  # fmt: skip
        done = sum(each.state == visitor_day.DONE for each in stops)
        datum = call.query.datum if at_the_door else None
        items = [_stop(number, each, datum) for number, each in enumerate(stops, 1)]
        return DayView(date=asked.isoformat(), left=len(stops) - done, done=done, items=items, arrival=_arrival())


class PeopleFound(Endpoint):
    @route(access=staff(VISITOR), body=FindPersonBody, response=StaffElderPage, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Whom a visitor may visit without a plan, by name in a township of theirs, masked; every search is recorded.
        The name is in the body, for addresses are logged. Nothing is stored, so it takes no key."""
        asked = call.body
        found = finding_people.people_named(asked.name, asked.township_id, call.actor)
        audit.record(call.actor, "elders_sought", f"township:{asked.township_id}", call.at,
                     detail={"elders": [each["_id"] for each in found]})  # fmt: skip
        return {"items": [staff_elder_item(each, call.at) for each in found], "next": None}


class PersonAsStop(Endpoint):
    @route(access=staff(VISITOR), query=StopQuery, response=StopView)
    def get(self, call: Call) -> StopView:
        """A person of one's place as a stop that nobody planned, with what is needed at the door; every look is
        recorded."""
        stop = finding_people.stop_at(call.path["elder_id"], call.actor)
        district = (stop.elder or {}).get("district_code")
        audit.record(call.actor, "elder_read", f"elder:{stop.id}", call.at, district_code=district,
                     detail={"health_notes": False})  # fmt: skip
        return _stop(0, stop, call.query.datum)


class MyVisitCalendar(Endpoint):
    @route(access=staff(VISITOR), response=CalendarView)
    def get(self, call: Call) -> CalendarView:
        """Whether my calendar has a secret address; the address itself is told only when it is made."""
        return CalendarView(issued_at=calendar_feed.issued_at(call.actor))

    @route(access=staff(VISITOR), response=CalendarView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> CalendarView:
        """Make a secret address; the one before ends."""
        token = calendar_feed.issue(call.actor, call.at)
        return CalendarView(issued_at=call.at, path=f"{CALENDAR_PATH}/{token}")


class RevokeVisitCalendar(Endpoint):
    @route(access=staff(VISITOR), response=CalendarView, idempotent=True, rate="write")
    def post(self, call: Call) -> CalendarView:
        """End the secret address."""
        calendar_feed.revoke(call.actor, call.at)
        return CalendarView(issued_at=None)


class VisitCalendar(Endpoint):
    @route(access=PUBLIC, etag=True)
    def get(self, call: Call) -> Response:
        """A visitor's visits as iCalendar, for who has the secret address: times and places, no person."""
        body = calendar_feed.feed(call.path["token"], call.at)
        headers = {"Cache-Control": "private, no-cache"}
        return Response(body, mimetype=CALENDAR_TYPE, headers=headers)


class VolunteerHours(Endpoint):
    @route(access=staff(VISITOR), query=HoursGivenQuery, response=GivenView)
    def get(self, call: Call) -> GivenView:
        """The visits and hours that I gave in a month."""
        days_of(call.query.month, call.at)
        given = volunteer_hours.given_by(call.actor.id, call.query.month)
        return GivenView(month=call.query.month, visits=given.visits, minutes=given.minutes, hours=given.hours)


class VolunteerHoursExport(Endpoint):
    @route(access=staff(SUPERVISOR), query=ExportQuery)
    def get(self, call: Call) -> Response:
        """A month's hours by volunteer (or village cadre, or caseworker) as CSV; every export is recorded."""
        asked = call.query
        days_of(asked.month, call.at)
        body = volunteer_hours.export_month(asked.month, asked.kind, asked.district_code, by=call.actor, at=call.at)
        name = f"hours-{asked.kind}-{asked.month}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(body, mimetype=CSV_TYPE, headers=headers)


def _week(hours: Raw) -> WeekView:
    rows = [HourView(**row, township=township_name(row["township_id"])) for row in hours["rows"]]
    return WeekView(visitor_id=hours["visitor_id"], version=hours["version"], rows=rows)


def _slot(slot: Raw) -> VisitorSlot:
    kept = ("version", "township_id", "visitor_id", "starts_at", "ends_at", "capacity", "free")
    return VisitorSlot(
        **{name: slot[name] for name in kept}, id=slot["_id"], township=township_name(slot["township_id"]),
        booked=len(slot["bookings"]), held=len(slot.get("holds", ())), origin=slot.get("origin") or "hand",
        closed_by=slot.get("closed_by"),
    )  # fmt: skip


def _arrival() -> ArrivalRules:
    return ArrivalRules(
        radius_m=rule("eldercare.arrival_radius_m"), accuracy_most_m=rule("eldercare.arrival_accuracy_most_m"),
        bands_m=rule("eldercare.arrival_bands_m"),
    )  # fmt: skip


def _stop(order: int, stop: visitor_day.Stop, datum: MapDatum | None) -> StopView:
    """`datum`: that of the home's point; None on another day, when nothing that leads to the door is told."""
    at_the_door = datum is not None
    stored: Raw = stop.visit or stop.planned or {}
    elder = stop.elder or {}
    township = elder.get("township_id") or stored.get("township_id") or township_of(stored)
    risk, language = elder.get("risk_level"), elder.get("language")
    wished = wishes_of(stop.visit or {})
    name = open_text(elder["name"], ELDER_NAME) if elder else ""
    contacts = stop.private.get("contacts", []) if at_the_door else []
    return StopView(
        order=order, kind=_kind(stop), id=stop.id, elder_id=stored.get("elder_id") or stop.id,
        state=stop.state, state_label=say(f"visitors.stop_state.{stop.state}"), version=stored.get("version", 0),
        booked=bool(stored.get("booking_id")), stands_in=bool(stored.get("stands_in_for")),
        starts_at=stored.get("starts_at"), ends_at=stored.get("ends_at"), started_at=stored.get("started_at"),
        arrival=arrival_view(stored["arrival"]) if stored.get("arrival") else None,
        outcome_label=label("eldercare.outcome", stored["outcome"]) if stored.get("outcome") else None,
        name=name if at_the_door else mask_name(name),
        township=township_name(township), community=elder.get("community"), risk_level=risk,
        risk_label=label("eldercare.risk", risk) if risk else None,
        language_label=label("eldercare.language", language) if language else None,
        address=stop.private.get("address") if at_the_door else None,
        contacts=[ContactView(**{name: each.get(name) for name in ("name", "phone", "relation")}) for each in contacts],
        point=_point(stop.private.get("point"), datum) if datum else None, wishes=wished.words,
        wish_list=labelled("wish", wished.ticked), hints=labelled("hint", rule("visitors.hints_by_risk").get(risk, [])),
        campaigns=[WordsOf(token=kind, label=say(f"campaigns.kind.{kind}")) for kind in stop.campaigns],
    )  # fmt: skip


def _kind(stop: visitor_day.Stop) -> Literal["visit", "planned", "person"]:
    return "visit" if stop.visit else "planned" if stop.planned else "person"


def _point(point: dict[str, float] | None, datum: MapDatum) -> MapPoint | None:
    if point is None:
        return None
    longitude, latitude = from_wgs84(point["longitude"], point["latitude"], datum)
    return MapPoint(longitude=round(longitude, 6), latitude=round(latitude, 6), datum=datum)
