"""Residents: what can be applied for, and one's own applications."""

from __future__ import annotations

from typing import Any

from api.access import PUBLIC, RESIDENT
from api.endpoint import Call, Endpoint, optional_body, route
from api.v1.casework import presenters
from api.v1.casework.files import download, uploaded
from api.v1.casework.schemas import (
    AppealBody,
    ApplicationPage,
    ApplicationsQuery,
    ApplicationView,
    CreateApplicationBody,
    EditApplicationBody,
    OwnStepBody,
    PaperAdded,
    PrescreenBody,
    PrescreenResult,
    ProgrammeDetail,
    ProgrammeDetailQuery,
    ProgrammeList,
)
from config.programmes import programmes
from models.casework import appeals, drafts, forms, operations, papers, queries
from models.casework.eligibility import assess
from models.indicators.usage import note_use, record_use
from models.kernel.clock import day_of
from models.kernel.errors import InvalidInput
from models.kernel.lifecycle import Raw
from models.people.proxy_documents import DRAFT, PAPERS, SUBMIT, WITHDRAW


class Programmes(Endpoint):
    @route(access=PUBLIC, response=ProgrammeList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """What can be applied for today."""
        today = day_of(call.at)
        open_now = [(each, each.in_force(today)) for each in programmes().values()]
        items = [presenters.programme_item(each, version) for each, version in open_now if version is not None]
        return {"items": items, "next": None}


class OneProgramme(Endpoint):
    @route(access=PUBLIC, query=ProgrammeDetailQuery, response=ProgrammeDetail, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Its form (JSON Schema), papers, rules and deadlines, each with its source; in a county where one is named."""
        programme = queries.programme_of(call.path["token"])
        version = drafts.in_force(programme, call.at)
        county_rules = version.override_key(call.query.district_code, day_of(call.at))
        record_use("programme_view", call.at)
        return presenters.programme_detail(programme, version.of_county(county_rules), county_rules)


class Prescreen(Endpoint):
    @route(access=PUBLIC, body=PrescreenBody, response=PrescreenResult)
    def post(self, call: Call) -> dict[str, Any]:
        """A first answer, rule by rule, and what would change it; nothing is stored."""
        programme = queries.programme_of(call.path["token"])
        version = drafts.in_force(programme, call.at)
        answers = {k: v for k, v in forms.cleaned(version.form, call.body.form).items() if v is not None}
        faults = forms.faults_of_given(version.form, answers)
        if faults:
            raise InvalidInput(faults=faults)
        there = drafts.for_answers(programme, version, answers, call.at)
        household = call.body.household.told() if call.body.household else None
        return presenters.prescreen_result(there, assess(there, answers, day_of(call.at), household))


class Applications(Endpoint):
    @route(access=RESIDENT, query=ApplicationsQuery, response=ApplicationPage, proxy="read")
    def get(self, call: Call) -> dict[str, Any]:
        """My applications, the newest first."""
        page = queries.applications_of(call.actor.id, call.query.cursor, call.query.limit)
        # A proxy sees what the authorisation is for.
        mine = [raw for raw in page.items if call.actor.may_act_on(raw["programme"])]
        return {"items": [presenters.application_item(raw) for raw in mine], "next": page.next}

    @route(access=RESIDENT, body=CreateApplicationBody, response=ApplicationView, idempotent=True, status=201,
           rate="write", proxy=DRAFT)  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Begin an application: a draft on the server."""
        raw = drafts.create_draft(call.idempotency_id or "", call.body.programme, by=call.actor, at=call.at)
        return _shown(raw, call)


class OneApplication(Endpoint):
    @route(access=RESIDENT, response=ApplicationView, etag=True, proxy="read")
    def get(self, call: Call) -> dict[str, Any]:
        """One of mine: its form and papers, what happened, what is next and by when, what I can do."""
        return _shown(queries.own_application(call.path["application_id"], call.actor), call)

    @route(access=RESIDENT, body=EditApplicationBody, response=ApplicationView, rate="write", proxy=DRAFT)
    def patch(self, call: Call) -> dict[str, Any]:
        """Write some answers; the rest may be missing. Another version than the one read is refused."""
        raw = drafts.edit_form(
            call.path["application_id"], call.body.form, version=call.body.version, by=call.actor, at=call.at
        )
        return _shown(raw, call)


class Documents(Endpoint):
    @route(access=RESIDENT, response=PaperAdded, idempotent=True, status=201, rate="upload", upload=("paper",),
           proxy=PAPERS)  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Add a file to a paper: multipart with `paper` and `file` (JPEG, PNG, WebP or PDF, at most 10 MB)."""
        raw = queries.own_application(call.path["application_id"], call.actor)
        drafts.check_editable(raw, None)
        document_id = call.idempotency_id or ""
        paper, file = uploaded()
        rules = drafts.edited_under(raw, call.at)
        kept = papers.add_paper(raw, rules, paper, file, document_id=document_id, at=call.at)
        return presenters.paper_added(kept, document_id)


class OneDocument(Endpoint):
    @route(access=RESIDENT, proxy=PAPERS)
    def get(self, call: Call) -> Any:
        """The file."""
        raw = queries.own_application(call.path["application_id"], call.actor)
        return download(papers.read_paper(raw, call.path["document_id"]))

    @route(access=RESIDENT, response=ApplicationView, rate="write", proxy=PAPERS)
    def delete(self, call: Call) -> dict[str, Any]:
        """Take a file off a draft, or off an application that is back for correction."""
        raw = queries.own_application(call.path["application_id"], call.actor)
        return _shown(papers.remove_paper(raw, call.path["document_id"], call.at), call)


class Submit(Endpoint):
    @route(access=RESIDENT, response=ApplicationView, idempotent=True, rate="write", proxy=SUBMIT)
    def post(self, call: Call) -> dict[str, Any]:
        """Hand it in. What is missing is named, field by field and paper by paper."""
        body = optional_body(OwnStepBody)
        raw = operations.submit(
            call.path["application_id"], version=body.version, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        note_use("application_submitted", raw["_id"], call.at, raw["district_code"], raw["township_id"])
        return _shown(raw, call)


class Appeal(Endpoint):
    @route(access=RESIDENT, body=AppealBody, response=ApplicationView, idempotent=True, rate="write", proxy=SUBMIT)
    def post(self, call: Call) -> dict[str, Any]:
        """Ask once for a refusal to be looked at again by somebody else."""
        raw = appeals.appeal(
            call.path["application_id"], version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at,
            key=call.idempotency_id or "",
        )  # fmt: skip
        return _shown(raw, call)


class Withdraw(Endpoint):
    @route(access=RESIDENT, response=ApplicationView, idempotent=True, rate="write", proxy=WITHDRAW)
    def post(self, call: Call) -> dict[str, Any]:
        """Take it back; a place that was given is free again."""
        body = optional_body(OwnStepBody)
        raw = operations.withdraw(
            call.path["application_id"], version=body.version, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return _shown(raw, call)


def _shown(raw: Raw, call: Call) -> dict[str, Any]:
    rules = drafts.edited_under(raw, call.at) if raw["state"] == "draft" else queries.version_of(raw)
    return presenters.own_application(raw, rules, call.actor)
