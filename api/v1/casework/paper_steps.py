"""Residents: papers that serve again, and a correction answered paper by paper."""

from __future__ import annotations

from typing import Any

from api.access import RESIDENT
from api.endpoint import Call, Endpoint, route
from api.v1.casework import presenters
from api.v1.casework.paper_schemas import CorrectionAnswerBody, CorrectionSteps, ReusableList, ReusePaperBody
from api.v1.casework.schemas import PaperAdded
from models.casework import corrections, drafts, paper_reuse, queries
from models.kernel.lifecycle import Raw
from models.people.proxy_documents import PAPERS


class ReusablePapers(Endpoint):
    @route(access=RESIDENT, response=ReusableList, proxy=PAPERS)
    def get(self, call: Call) -> dict[str, Any]:
        """Files of my other applications that this one may take over, the longest valid first."""
        raw = _own(call)
        found = paper_reuse.reusable_papers(raw, drafts.edited_under(raw, call.at), call.at)
        return {"items": [each.shown() for each in found if call.actor.may_act_on(each.programme)]}


class ReusePaper(Endpoint):
    @route(access=RESIDENT, body=ReusePaperBody, response=PaperAdded, idempotent=True, status=201, rate="upload",
           proxy=PAPERS)  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Take one over; it becomes a file of this application."""
        raw = _own(call)
        drafts.check_editable(raw, None)
        document_id = call.idempotency_id or ""
        source = queries.own_application(call.body.application_id, call.actor)
        kept = paper_reuse.reuse_paper(
            raw, drafts.edited_under(raw, call.at), (source["_id"], call.body.document_id),
            document_id=document_id, at=call.at,
        )  # fmt: skip
        return presenters.paper_added(kept, document_id)


class Correction(Endpoint):
    @route(access=RESIDENT, response=CorrectionSteps, proxy="read")
    def get(self, call: Call) -> dict[str, Any]:
        """What was asked for last, paper by paper, and what is answered."""
        return _steps(_own(call))


class CorrectionAnswer(Endpoint):
    @route(access=RESIDENT, body=CorrectionAnswerBody, response=CorrectionSteps, rate="write", proxy=PAPERS)
    def put(self, call: Call) -> dict[str, Any]:
        """Answer one of them in words, where I cannot give a file; the last answer counts."""
        raw = corrections.answer(
            _own(call), call.path["paper"], call.body.text, version=call.body.version, at=call.at
        )  # fmt: skip
        return _steps(raw)


def _own(call: Call) -> Raw:
    return queries.own_application(call.path["application_id"], call.actor)


def _steps(raw: Raw) -> dict[str, Any]:
    return {"items": corrections.steps_shown(raw, queries.version_of(raw))}
