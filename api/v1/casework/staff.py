"""Caseworkers: the queue of their place, the full file, and the decisions."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.casework import presenters
from api.v1.casework.files import download
from api.v1.casework.schemas import (
    AcceptBody,
    ApproveBody,
    QueuePage,
    QueueQuery,
    RefuseBody,
    RequestCorrectionBody,
    StaffApplicationView,
)
from models.casework import operations, papers, queries
from models.indicators.usage import record_use
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.lifecycle import Raw

READERS = (TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
DECIDERS = (TOWNSHIP_INTAKE, COUNTY_REVIEWER)


class Queue(Endpoint):
    @route(access=staff(*READERS), query=QueueQuery, response=QueuePage)
    def get(self, call: Call) -> dict[str, Any]:
        """The open applications of one's place in a stage, the soonest due first; names masked."""
        asked = call.query
        page = queries.queue(
            call.actor, stage=asked.stage, district_code=asked.district_code, township_id=asked.township_id,
            programme=asked.programme, cursor=asked.cursor, limit=asked.limit, at=call.at,
        )  # fmt: skip
        return {"items": [presenters.queue_item(raw, call.at) for raw in page.items], "next": page.next}


class OneStaffApplication(Endpoint):
    @route(access=staff(*READERS), response=StaffApplicationView)
    def get(self, call: Call) -> dict[str, Any]:
        """The full file; the look is recorded."""
        raw = queries.application_of_place(call.path["application_id"], call.actor)
        _record("application.read", raw, call)
        return presenters.staff_application(raw, call.actor, call.at)


class OneStaffDocument(Endpoint):
    @route(access=staff(*READERS))
    def get(self, call: Call) -> Response:
        """A file of the application; the look is recorded."""
        raw = queries.application_of_place(call.path["application_id"], call.actor)
        file = papers.read_paper(raw, call.path["document_id"])
        _record("application.paper_read", raw, call, document=call.path["document_id"])
        return download(file)


class Accept(Endpoint):
    @route(access=staff(*DECIDERS), body=AcceptBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The township accepts the application as complete."""
        raw = operations.accept(_id(call), version=call.body.version, by=call.actor, at=call.at, key=_key(call))
        return _decided("application.accepted", raw, call)


class RequestCorrection(Endpoint):
    @route(access=staff(*DECIDERS), body=RequestCorrectionBody, response=StaffApplicationView, idempotent=True,
           rate="write")  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Send it back to the applicant with what is missing; the office's time stands still."""
        raw = operations.request_correction(
            _id(call), version=call.body.version, reason=call.body.reason, papers=call.body.papers,
            by=call.actor, at=call.at, key=_key(call),
        )  # fmt: skip
        return _decided("application.correction_requested", raw, call)


class Approve(Endpoint):
    @route(access=staff(*DECIDERS), body=ApproveBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The county approves; the first ranked centre with a free place of the age group gets the child."""
        raw = operations.approve(
            _id(call), version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )
        record_use("application_decided", call.at, raw["district_code"], raw["township_id"])
        return _decided("application.approved", raw, call)


class Refuse(Endpoint):
    @route(access=staff(*DECIDERS), body=RefuseBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The county refuses, with its reasons."""
        raw = operations.refuse(
            _id(call), version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )
        record_use("application_decided", call.at, raw["district_code"], raw["township_id"])
        return _decided("application.refused", raw, call)


def _decided(action: str, raw: Raw, call: Call) -> dict[str, Any]:
    _record(action, raw, call, version=raw["version"])
    return presenters.staff_application(raw, call.actor, call.at)


def _record(action: str, raw: Raw, call: Call, **detail: Any) -> None:
    audit.record(
        call.actor, action, f"application:{raw['_id']}", call.at, district_code=raw["district_code"], detail=detail
    )


def _id(call: Call) -> str:
    return str(call.path["application_id"])


def _key(call: Call) -> str:
    return call.idempotency_id or ""
