"""Families: links to old people, free slots, and the visits they book."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.access import RESIDENT
from api.endpoint import Call, Endpoint, optional_body, route
from api.v1.eldercare.schemas import BookVisitBody, CancelBody, LinkBody, PageQuery, RescheduleBody, SlotQuery
from api.v1.eldercare.views import (
    ElderLinkItem,
    ElderLinkPage,
    SlotPage,
    VisitItem,
    VisitPage,
    link_item,
    slot_item,
    visit_item,
)
from config.loading import catalogue, rule
from models.eldercare import booking, operations, queries, waiting
from models.eldercare.documents import Visit
from models.eldercare.wishes import checked
from models.indicators.usage import note_use
from models.kernel.database import collection
from models.kernel.errors import FieldFault, InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.people.proxy_documents import VISITS


class Elders(Endpoint):
    @route(access=RESIDENT, response=ElderLinkPage, proxy="read")
    def get(self, call: Call) -> dict[str, Any]:
        """The old people I am linked to, and those I asked to be linked to."""
        links = queries.links_of(call.actor.id)
        elders = queries.elders_by_id(link["elder_id"] for link in links if link.get("elder_id"))
        items = [link_item(link, elders.get(link.get("elder_id") or ""), call.actor, call.at) for link in links]
        return {"items": items, "next": None}

    @route(access=RESIDENT, body=LinkBody, response=ElderLinkItem, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> ElderLinkItem:
        """Ask to be linked to an old person; the township checks. The answer never says who is on the register."""
        asked = call.body
        if asked.township_id is not None and catalogue().place(asked.township_id) is None:
            raise InvalidInput(faults=[FieldFault("township_id", "unknown_place")])
        link = operations.request_link(
            call.idempotency_id or "", asked.name, asked.id_number, asked.relation, asked.township_id,
            by=call.actor, at=call.at,
        )  # fmt: skip
        elders = queries.elders_by_id([link["elder_id"]]) if link.get("elder_id") else {}
        return link_item(link, elders.get(link.get("elder_id") or ""), call.actor, call.at)


class EndLink(Endpoint):
    @route(access=RESIDENT, response=ElderLinkItem, idempotent=True, rate="write")
    def post(self, call: Call) -> ElderLinkItem:
        """Withdraw a request, or end a link."""
        key = call.idempotency_id or ""
        link = operations.end_link(call.path["link_id"], by=call.actor, at=call.at, key=key)
        return link_item(link, None, call.actor, call.at)


class VisitSlots(Endpoint):
    @route(access=RESIDENT, query=SlotQuery, response=SlotPage, proxy="read")
    def get(self, call: Call) -> dict[str, Any]:
        """Free hours by county or township, or for an old person I am linked to, that can still be booked; the earliest
        first."""
        asked = call.query
        elder = booking.linked_elder(asked.elder_id, call.actor) if asked.elder_id is not None else None
        place = catalogue().place(asked.township_id) if asked.township_id else None
        if asked.township_id is not None and (place is None or asked.district_code not in (None, place.district_code)):
            raise InvalidInput(faults=[FieldFault("township_id", "unknown_place")])
        if asked.district_code is not None and asked.district_code not in catalogue().districts:
            raise InvalidInput(faults=[FieldFault("district_code", "unknown_place")])
        earliest = call.at + timedelta(hours=rule("eldercare.booking_lead_hours"))
        since = max(asked.since or earliest, earliest)
        until = asked.until or since + timedelta(days=rule("eldercare.slot_range_days"))
        if until - since > timedelta(days=rule("eldercare.slot_range_days_most")):
            raise InvalidInput(faults=[FieldFault("to", "range_too_long")])
        slots = queries.free_slots(
            since, until, district_code=asked.district_code, township_id=asked.township_id, elder=elder
        )
        family = (call.actor.id, elder["_id"]) if elder is not None else None
        return {"items": [slot_item(slot) for slot in waiting.open_to_all(slots, call.at, family)], "next": None}


class Visits(Endpoint):
    @route(access=RESIDENT, query=PageQuery, response=VisitPage, proxy="read")
    def get(self, call: Call) -> dict[str, Any]:
        """The visits I booked, the latest first."""
        page = queries.page_of_visits(call.actor.id, call.query.cursor, call.query.limit)
        elders = queries.elders_by_id(visit["elder_id"] for visit in page.items)
        items = [visit_item(visit, elders.get(visit["elder_id"]), call.actor) for visit in page.items]
        return {"items": items, "next": page.next}

    @route(access=RESIDENT, body=BookVisitBody, response=VisitItem, idempotent=True, status=201, rate="write",
           proxy=VISITS)  # fmt: skip
    def post(self, call: Call) -> VisitItem:
        """Book an hour for an old person I am linked to."""
        asked = call.body
        visit = booking.book_visit(
            call.idempotency_id or "", asked.elder_id, asked.slot_id, checked(asked.wishes, asked.wish_list),
            by=call.actor, at=call.at,
        )  # fmt: skip
        note_use("visit_booked", visit["_id"], call.at, visit["district_code"], visit["township_id"])
        return _view(visit, call)


class OneVisit(Endpoint):
    @route(access=RESIDENT, response=VisitItem, etag=True, proxy="read")
    def get(self, call: Call) -> VisitItem:
        """One visit I booked."""
        visit = collection(Visit).find_one({"_id": call.path["visit_id"], "resident_id": call.actor.id})
        if visit is None:
            raise NotFound()
        return _view(visit, call)


class CancelVisit(Endpoint):
    @route(access=RESIDENT, response=VisitItem, idempotent=True, rate="write", proxy=VISITS)
    def post(self, call: Call) -> VisitItem:
        """Cancel a visit in time; a body `{"version": …}` may be sent."""
        asked = optional_body(CancelBody)
        visit = booking.cancel_visit(
            call.path["visit_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=asked.version
        )
        return _view(visit, call)


class RescheduleVisit(Endpoint):
    @route(access=RESIDENT, body=RescheduleBody, response=VisitItem, idempotent=True, rate="write", proxy=VISITS)
    def post(self, call: Call) -> VisitItem:
        """Move a visit to another hour in time; the old hour is kept when the new one cannot be had."""
        visit = booking.reschedule_visit(
            call.path["visit_id"], call.body.slot_id, by=call.actor, at=call.at, key=call.idempotency_id or "",
            version=call.body.version,
        )  # fmt: skip
        return _view(visit, call)


def _view(visit: Raw, call: Call) -> VisitItem:
    return visit_item(visit, queries.elders_by_id([visit["elder_id"]]).get(visit["elder_id"]), call.actor)
