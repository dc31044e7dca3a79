"""Caseworkers: the queue of their place, the full file, and the decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.casework import presenters
from api.v1.casework.files import download
from api.v1.casework.staff_schemas import (
    AcceptBody,
    ApproveBody,
    AssignBody,
    CaseworkerList,
    EndBody,
    EscalatedQuery,
    FirstReviewBody,
    PlaceQuery,
    QueuePage,
    QueueQuery,
    RefuseBody,
    RequestCorrectionBody,
    SearchBody,
    SearchResult,
    StaffApplicationView,
    StageCounts,
    TransferBody,
)
from config.text import label
from models.casework import appeals, assignment, operations, papers, queries, queues, review, search
from models.indicators.usage import note_use
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.clock import at_local, day_of
from models.kernel.lifecycle import Raw

READERS = (TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
DECIDERS = (TOWNSHIP_INTAKE, COUNTY_REVIEWER)


class Queue(Endpoint):
    @route(access=staff(*READERS), query=QueueQuery, response=QueuePage)
    def get(self, call: Call) -> dict[str, Any]:
        """The open applications of one's place in a stage, the soonest due first; names masked."""
        asked = call.query
        page = queues.queue(
            call.actor, stage=asked.stage, district_code=asked.district_code, township_id=asked.township_id,
            programme=asked.programme, assignee_id=call.actor.id if asked.mine else None,
            due_before=asked.due_before, cursor=asked.cursor, limit=asked.limit, at=call.at,
        )  # fmt: skip
        return {"items": [presenters.queue_item(raw, call.at) for raw in page.items], "next": page.next}


class Escalated(Endpoint):
    @route(access=staff(*READERS), query=EscalatedQuery, response=QueuePage)
    def get(self, call: Call) -> dict[str, Any]:
        """The applications whose stage took longer than it may, the longest escalated first; names masked."""
        page = queues.escalated(
            call.actor, district_code=call.query.district_code, township_id=call.query.township_id,
            cursor=call.query.cursor, limit=call.query.limit, at=call.at,
        )  # fmt: skip
        return {"items": [presenters.queue_item(raw, call.at) for raw in page.items], "next": page.next}


class Counts(Endpoint):
    @route(access=staff(*READERS), query=PlaceQuery, response=StageCounts)
    def get(self, call: Call) -> dict[str, Any]:
        """How many applications are open in each stage of a place, overdue, and due today."""
        asked, ends = call.query, at_local(day_of(call.at) + timedelta(days=1), 0, 0)
        found = queues.counts(
            call.actor, district_code=asked.district_code, township_id=asked.township_id, today_ends=ends, at=call.at
        )
        items = [{"stage": stage, "label": label("casework.stage", stage), **each} for stage, each in found.items()]
        return {"items": items, "today_ends": ends}


class Search(Endpoint):
    @route(access=staff(*READERS), body=SearchBody, response=SearchResult, idempotent=True, rate="sign_in")
    def post(self, call: Call) -> dict[str, Any]:
        """Cases of one's place by number, ID number or an applicant's whole name; the search is recorded.

        It is no GET, so that no ID number stands in an address.
        """
        by, found = search.find(call.body.text, call.actor, call.at)
        return {"by": by, "items": [presenters.found_item(raw) for raw in found]}


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
            remarks=call.body.remarks, by=call.actor, at=call.at, key=_key(call),
        )  # fmt: skip
        return _decided("application.correction_requested", raw, call)


class Approve(Endpoint):
    @route(access=staff(*DECIDERS), body=ApproveBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The county approves; what the programme gives follows from it, after its public notice where there is one."""
        raw = operations.approve(
            _id(call), version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )
        note_use("application_decided", raw["_id"], call.at, raw["district_code"], raw["township_id"])
        return _decided("application.approved", raw, call)


class Refuse(Endpoint):
    @route(access=staff(*DECIDERS), body=RefuseBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The county refuses, with its reasons; how to appeal is told with them."""
        raw = operations.refuse(
            _id(call), version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )
        note_use("application_decided", raw["_id"], call.at, raw["district_code"], raw["township_id"])
        return _decided("application.refused", raw, call)


class FirstReview(Endpoint):
    @route(access=staff(*DECIDERS), body=FirstReviewBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The township gives its opinion, and the case goes to the county."""
        raw = review.first_review(
            _id(call), version=call.body.version, opinion=call.body.opinion, reason=call.body.reason, by=call.actor,
            at=call.at, key=_key(call),
        )  # fmt: skip
        return _decided("application.first_reviewed", raw, call)


class SecondReview(Endpoint):
    @route(access=staff(*DECIDERS), body=ApproveBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The county approves after the township's opinion, by another person."""
        raw = review.second_review(
            _id(call), version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )
        note_use("application_decided", raw["_id"], call.at, raw["district_code"], raw["township_id"])
        return _decided("application.second_reviewed", raw, call)


class Transfer(Endpoint):
    @route(access=staff(*READERS), body=TransferBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Pass it on to another township of the city; from then on it is theirs to read and to decide."""
        raw = review.transfer(
            _id(call), version=call.body.version, township_id=call.body.township_id, reason=call.body.reason,
            by=call.actor, at=call.at, key=_key(call),
        )  # fmt: skip
        return _decided("application.transferred", raw, call)


class Assign(Endpoint):
    @route(access=staff(*READERS), body=AssignBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Give it to a caseworker of its place, or back to everybody there."""
        raw = assignment.assign(
            _id(call), version=call.body.version, assignee_id=call.body.assignee_id, by=call.actor, at=call.at,
            key=_key(call),
        )  # fmt: skip
        return _decided("application.assigned", raw, call)


class Candidates(Endpoint):
    @route(access=staff(*READERS), response=CaseworkerList)
    def get(self, call: Call) -> dict[str, Any]:
        """The caseworkers to whom it can be given."""
        found = assignment.candidates(queries.application_of_place(_id(call), call.actor))
        return {
            "items": [
                {"id": each["_id"], "name": each["display_name"], "roles": sorted(each["roles"])} for each in found
            ]
        }


class End(Endpoint):
    @route(access=staff(*READERS), body=EndBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """What an approval gave is over; it goes to the next."""
        queries.application_of_place(_id(call), call.actor)
        raw = operations.end(
            _id(call), reason=call.body.reason, note=call.body.note, version=call.body.version, by=call.actor,
            at=call.at, key=_key(call),
        )  # fmt: skip
        return _decided("application.ended", raw, call)


class Uphold(Endpoint):
    @route(access=staff(*READERS), body=RefuseBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """On appeal the refusal stands, with the reasons."""
        raw = appeals.uphold(
            _id(call), version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )
        return _decided("application.upheld", raw, call)


class Reopen(Endpoint):
    @route(access=staff(*READERS), body=RefuseBody, response=StaffApplicationView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """On appeal the case is to be decided anew, by somebody else."""
        raw = appeals.reopen(
            _id(call), version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )
        return _decided("application.reopened", raw, call)


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
