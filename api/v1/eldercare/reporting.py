"""Reports of visits: arrival, checklist, what phones upload, and what supervisors put right."""

from __future__ import annotations

import json
from typing import Any, get_args

from pydantic import ValidationError

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.errors import validation_fault
from api.v1.eldercare.report_schemas import (
    ArriveBody,
    ChecklistItemView,
    ChecklistView,
    CorrectBody,
    UploadBody,
    UploadItem,
    UploadResult,
    UploadView,
    result_view,
)
from api.v1.eldercare.schemas import StaffPlaceQuery
from api.v1.eldercare.views import (
    StaffVisitDetail,
    StaffVisitItem,
    StaffVisitPage,
    staff_visit_detail,
    staff_visit_item,
)
from config.text import label
from config.visit_checklist import visit_checklist
from models.eldercare import queries, uploads, visit_corrections, visiting
from models.eldercare.documents import NeedKind
from models.eldercare.lifecycle import REGISTRARS
from models.eldercare.uploads import Applied, Event
from models.indicators.usage import note_use
from models.kernel.actors import SUPERVISOR, VISITOR
from models.kernel.clock import as_utc


class VisitChecklist(Endpoint):
    @route(access=staff(*REGISTRARS), response=ChecklistView, etag=True)
    def get(self, call: Call) -> ChecklistView:
        """What a visitor looks at, by risk level; for the phone to keep."""
        found = visit_checklist()
        items = [ChecklistItemView(**each.model_dump()) for each in found.items]
        needs = {kind: label("eldercare.need", kind) for kind in get_args(NeedKind)}
        return ChecklistView(version=found.version, items=items, needs=needs)


class ArriveVisit(Endpoint):
    @route(access=staff(VISITOR), body=ArriveBody, response=StaffVisitItem, idempotent=True, rate="write")
    def post(self, call: Call) -> StaffVisitItem:
        """Note the arrival: inside or outside the radius and a band of distance; the point is forgotten."""
        asked = call.body
        visit = visiting.arrive(
            call.path["visit_id"], asked.sight(), by=call.actor, at=call.at, key=call.idempotency_id or "",
            version=asked.version, device_time=asked.device_time,
        )  # fmt: skip
        elder = queries.elders_by_id([visit["elder_id"]]).get(visit["elder_id"])
        return staff_visit_item(visit, elder, call.actor)


class CorrectVisit(Endpoint):
    @route(access=staff(SUPERVISOR), body=CorrectBody, response=StaffVisitDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> StaffVisitDetail:
        """Correct what a visit says, or choose the report that counts; the old is kept, with the reason."""
        asked = call.body
        correction = visit_corrections.Correction(asked.reason, asked.outcome, asked.report_id, asked.found_at)
        visit = visit_corrections.correct_outcome(
            call.path["visit_id"], correction, by=call.actor, at=call.at, key=call.idempotency_id or "",
            version=asked.version,
        )  # fmt: skip
        elder = queries.elders_by_id([visit["elder_id"]]).get(visit["elder_id"])
        return staff_visit_detail(visit, elder, call.actor)


class VisitConflicts(Endpoint):
    @route(access=staff(SUPERVISOR), query=StaffPlaceQuery, response=StaffVisitPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The visits that a supervisor has yet to look at: two reports, or one of a cancelled visit."""
        asked = call.query
        scope: queries.Scope = {}
        if asked.district_code or asked.township_id or call.actor.district_code:
            scope = queries.scope_of(call.actor, asked.district_code, asked.township_id)
        visits = visit_corrections.open_conflicts(call.actor, scope)
        elders = queries.elders_by_id(visit["elder_id"] for visit in visits)
        items = [staff_visit_item(visit, elders.get(visit["elder_id"]), call.actor) for visit in visits]
        return {"items": items, "next": None}


class VisitUploads(Endpoint):
    @route(access=staff(VISITOR), body=UploadBody, response=UploadView, idempotent=True, rate="write")
    def post(self, call: Call) -> UploadView:
        """What a phone noted without a network, in the order of its clock; one result for each event."""
        read = [_read(each) for each in call.body.items]
        events = [each for each in read if isinstance(each, Event)]
        applied = iter(uploads.upload(events, call.body.device_id, by=call.actor, at=call.at))
        results = []
        for each in read:
            if isinstance(each, Event):
                done = next(applied)
                _count(each, done, call)
                results.append(result_view(done))
            else:
                results.append(each)
        return UploadView(results=results)


def _read(item: dict[str, Any]) -> Event | UploadResult:
    """One event as sent, or why it cannot be read."""
    try:
        return UploadItem.model_validate_json(json.dumps(item)).event()
    except ValidationError as fault:
        refused = validation_fault(fault)
        given = item.get("id")
        known = given if isinstance(given, str) and len(given) <= 64 and given.isprintable() else None
        return result_view(Applied(known or "", "refused", None, refused.code, {}, refused.faults))


def _count(event: Event, applied: Applied, call: Call) -> None:
    visit = applied.visit
    if event.kind == "complete" and applied.result != "refused" and visit is not None:
        # On the day it was made, where the phone was off the network until now.
        found_at = as_utc(visit["found_at"])
        note_use("visit_completed", visit["_id"], found_at, visit["district_code"], visit["township_id"])
