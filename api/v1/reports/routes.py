"""Reports: the public list, each revision as page, paper and inputs; planners look at drafts and publish them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_restx import Namespace

from api.access import PUBLIC, staff
from api.endpoint import Call, Endpoint, route
from api.v1.reports.schemas import PublishReportBody, ReportList, ReportView
from config.text import say
from models.kernel.actors import PLANNER, SUPERVISOR
from models.kernel.clock import as_utc
from models.kernel.errors import NotFound
from models.reports import freezing
from models.reports.documents import PUBLISHED, REPLACED

namespace = Namespace("reports", description="Yearly report, evaluation of the plan, gaps of service circles.")
# The page holds its style and its charts in itself, and runs nothing.
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
MEDIA_TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "inputs": "application/json"}
READERS = staff(PLANNER, SUPERVISOR)


class Reports(Endpoint):
    @route(access=PUBLIC, response=ReportList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Published reports and the revisions that they replaced, the latest first."""
        return {"items": [shown(raw) for raw in freezing.reports(public=True)], "next": None}


class OneReport(Endpoint):
    @route(access=PUBLIC, response=ReportView, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """One revision: what it is, and the hash of what it was made of."""
        raw = freezing.stored(call.path["report_id"])
        if raw["state"] not in (PUBLISHED, REPLACED):
            raise NotFound()
        return shown(raw)


class Page(Endpoint):
    @route(access=PUBLIC, etag=True)
    def get(self, call: Call) -> Response:
        """The report as a page."""
        return _content(call, "html", public=True)


class Paper(Endpoint):
    @route(access=PUBLIC, etag=True)
    def get(self, call: Call) -> Response:
        """The report as PDF, where there is one."""
        return _content(call, "pdf", public=True)


class Inputs(Endpoint):
    @route(access=PUBLIC, etag=True)
    def get(self, call: Call) -> Response:
        """What the report was made of: the JSON whose SHA-256 is `inputs_hash`."""
        return _content(call, "inputs", public=True)


class StaffReports(Endpoint):
    @route(access=READERS, response=ReportList)
    def get(self, call: Call) -> dict[str, Any]:
        """Every revision, drafts too."""
        return {"items": [shown(raw) for raw in freezing.reports(public=False)], "next": None}


class StaffPage(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> Response:
        """A draft as a page, to be read before it is published."""
        return _content(call, "html", public=False)


class PublishReport(Endpoint):
    @route(access=staff(PLANNER), body=PublishReportBody, response=ReportView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Publish a revision; the one that was public stays readable as replaced."""
        return shown(freezing.publish(
            call.path["report_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=call.body.version
        ))  # fmt: skip


def shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A revision without its content."""
    return {
        "id": raw["_id"], "kind": raw["kind"], "kind_label": say(f"reports.kind.{raw['kind']}"),
        "period": raw["period"], "revision": raw["revision"], "state": raw["state"],
        "state_label": say(f"reports.state.{raw['state']}"), "inputs_hash": raw["inputs_hash"],
        "html_hash": raw["html_hash"], "paper": raw.get("font") is not None, "made_at": as_utc(raw["created_at"]),
        "published_at": as_utc(raw["published_at"]) if raw.get("published_at") else None, "version": raw["version"],
    }  # fmt: skip


def _content(call: Call, form: str, *, public: bool) -> Response:
    response = Response(freezing.content(call.path["report_id"], form, public=public))
    response.headers["Content-Type"] = MEDIA_TYPES[form]
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


REPORT = "/reports/<string:report_id>"
namespace.add_resource(Reports, "/reports")
namespace.add_resource(OneReport, REPORT)
namespace.add_resource(Page, f"{REPORT}/page")
namespace.add_resource(Paper, f"{REPORT}/pdf")
namespace.add_resource(Inputs, f"{REPORT}/inputs")
namespace.add_resource(StaffReports, "/staff/reports")
namespace.add_resource(StaffPage, f"/staff{REPORT}/page")
namespace.add_resource(PublishReport, f"/staff{REPORT}/publish")
