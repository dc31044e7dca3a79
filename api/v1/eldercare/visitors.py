"""Visitors: the hours they offer, their day, and the visits they make."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, optional_body, route
from api.v1.eldercare.report_schemas import CompleteBody
from api.v1.eldercare.schemas import (
    CancelBody,
    DayQuery,
    PublishSlotBody,
    StaffCancelBody,
    StartBody,
    UnbookedVisitBody,
)
from api.v1.eldercare.views import (
    StaffSlotItem,
    StaffVisitDetail,
    StaffVisitItem,
    StaffVisitPage,
    staff_slot_item,
    staff_visit_detail,
    staff_visit_item,
)
from config.loading import catalogue
from models.eldercare import booking, queries, visiting, visits_by_plan
from models.eldercare.lifecycle import REGISTRARS
from models.indicators.usage import note_use
from models.kernel import audit
from models.kernel.actors import TOWNSHIP_INTAKE, VISITOR
from models.kernel.clock import as_utc, day_of
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.lifecycle import Raw


class StaffSlots(Endpoint):
    @route(access=staff(*booking.PUBLISHERS), body=PublishSlotBody, response=StaffSlotItem, idempotent=True, status=201)
    def post(self, call: Call) -> StaffSlotItem:
        """Offer an hour of a visitor to families."""
        asked = call.body
        place = catalogue().place(asked.township_id)
        if place is None:
            raise InvalidInput(faults=[FieldFault("township_id", "unknown_place")])
        plan = booking.SlotPlan(
            place, asked.starts_at, asked.ends_at, asked.capacity, asked.visitor_id or call.actor.id
        )  # fmt: skip
        return staff_slot_item(booking.publish_slot(call.idempotency_id or "", plan, by=call.actor, at=call.at))


class StaffVisits(Endpoint):
    @route(access=staff(*REGISTRARS), query=DayQuery, response=StaffVisitPage)
    def get(self, call: Call) -> dict[str, Any]:
        """A day's visits of a place, in the order of their hours."""
        asked = call.query
        scope = queries.scope_of(call.actor, asked.district_code, asked.township_id)
        visits = queries.visits_of_day((asked.date or day_of(call.at)).isoformat(), scope)
        elders = queries.elders_by_id(visit["elder_id"] for visit in visits)
        items = [staff_visit_item(visit, elders.get(visit["elder_id"]), call.actor) for visit in visits]
        return {"items": items, "next": None}

    @route(access=staff(VISITOR), body=UnbookedVisitBody, response=StaffVisitItem, idempotent=True, status=201)
    def post(self, call: Call) -> StaffVisitItem:
        """A visitor has gone to an old person without booking, by plan or not."""
        asked, key = call.body, call.idempotency_id or ""
        if asked.planned_id is not None:
            began, _ = visiting.moment(asked.device_time, call.at)
            visit = visits_by_plan.begin_planned(
                asked.planned_id, by=call.actor, at=call.at, began=began, key=key, device_time=asked.device_time
            )
        else:
            visit = visiting.begin_unbooked(
                key, asked.elder_id, by=call.actor, at=call.at, device_time=asked.device_time
            )  # fmt: skip
        return _item(visit, call)


class OneStaffVisit(Endpoint):
    @route(access=staff(*REGISTRARS), response=StaffVisitDetail)
    def get(self, call: Call) -> StaffVisitDetail:
        """One visit with its notes; every look is recorded."""
        visit = booking.visit_of_place(call.path["visit_id"], call.actor)
        audit.record(call.actor, "visit_read", f"visit:{visit['_id']}", call.at, district_code=visit["district_code"])
        elder = queries.elders_by_id([visit["elder_id"]]).get(visit["elder_id"])
        return staff_visit_detail(visit, elder, call.actor)


class StartVisit(Endpoint):
    @route(access=staff(VISITOR), response=StaffVisitItem, idempotent=True)
    def post(self, call: Call) -> StaffVisitItem:
        """Begin a booked visit; a body `{"version": …, "device_time": …}` may be sent."""
        asked = optional_body(StartBody)
        visit = visiting.start_visit(
            call.path["visit_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=asked.version,
            device_time=asked.device_time,
        )  # fmt: skip
        return _item(visit, call)


class UndoVisit(Endpoint):
    @route(access=staff(VISITOR), response=StaffVisitItem, idempotent=True)
    def post(self, call: Call) -> StaffVisitItem:
        """Take back the beginning of my visit: a booking stands again, any other is over. A body `{"version": …}` may
        be sent."""
        asked = optional_body(CancelBody)
        visit = visiting.undo_visit(
            call.path["visit_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=asked.version
        )
        return _item(visit, call)


class CompleteVisit(Endpoint):
    @route(access=staff(VISITOR), body=CompleteBody, response=StaffVisitItem, idempotent=True)
    def post(self, call: Call) -> StaffVisitItem:
        """End a visit with what was found. Attempted is not seen. A second visitor's report is kept as well."""
        asked = call.body
        visit = visiting.complete_visit(
            call.path["visit_id"], asked.report(asked.device_time), by=call.actor, at=call.at,
            key=call.idempotency_id or "", version=asked.version,
        )  # fmt: skip
        note_use(
            "visit_completed", visit["_id"], as_utc(visit["found_at"]), visit["district_code"], visit["township_id"]
        )
        return _item(visit, call)


class CancelStaffVisit(Endpoint):
    @route(access=staff(VISITOR, TOWNSHIP_INTAKE), response=StaffVisitItem, idempotent=True)
    def post(self, call: Call) -> StaffVisitItem:
        """Cancel a booked visit that cannot be made; the family is told. A body may be sent: `version`, `reason`."""
        asked = optional_body(StaffCancelBody)
        visit = booking.cancel_visit(
            call.path["visit_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=asked.version,
            reason=asked.reason,
        )  # fmt: skip
        return _item(visit, call)


def _item(visit: Raw, call: Call) -> StaffVisitItem:
    elder = queries.elders_by_id([visit["elder_id"]]).get(visit["elder_id"])
    return staff_visit_item(visit, elder, call.actor)
