"""Batches that other departments check: made, fetched as a file, answered, closed; for the county's staff."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, Query, route
from api.v1.casework.files import download, uploaded_bytes
from api.v1.casework.schemas import Token, Version
from config.checks import checks
from config.text import say, sentences
from models.casework import check_results
from models.casework import checks as batches
from models.casework.check_documents import CHECKERS
from models.casework.files import CleanFile
from models.kernel.clock import as_utc, day_of
from models.kernel.lifecycle import Raw
from models.kernel.sheets import MEDIA_TYPES


class CheckKind(BaseModel):
    """A question to a department."""

    token: str
    label: str
    department: str
    question: str
    who: str
    valid_days: int
    programmes: list[str]
    source: str


class CheckKindList(BaseModel):
    items: list[CheckKind]
    next: str | None


class MakeBatchBody(Body):
    """Whom to gather: one check, of one programme or all it serves, in one county (the caseworker's own)."""

    check: Token
    programme: Token | None = None
    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None


class CloseBatchBody(Body):
    """`version` is the one the caseworker has read."""

    version: Version


class FileQuery(Query):
    """The form of the file."""

    format: Literal["csv", "xlsx"] = "xlsx"


class CheckLeftOut(BaseModel):
    """Applications that are not in the batch, and why."""

    reason: str
    label: str
    count: int


class CheckBatchView(BaseModel):
    """A batch: how many people are in it and how many are answered. No personal data."""

    id: str
    check: str
    label: str
    department: str
    programme: str | None
    district_code: str
    state: str
    state_label: str
    version: int
    rows: int
    answered: int
    left_out: list[CheckLeftOut]
    created_at: datetime


class CheckBatchList(BaseModel):
    items: list[CheckBatchView]
    next: str | None


class CheckRowFault(BaseModel):
    line: int
    field: str
    code: str
    detail: str


class CheckImportView(BaseModel):
    """What became of the rows of a file."""

    batch: CheckBatchView
    accepted: int
    updated: int
    unchanged: int
    empty: int
    rejected: list[CheckRowFault]


class Checks(Endpoint):
    @route(access=staff(*CHECKERS), response=CheckKindList)
    def get(self, call: Call) -> dict[str, Any]:
        """What other departments can be asked."""
        return {"items": [each.model_dump(exclude={"evidence"}) for each in checks().values()], "next": None}


class CheckBatches(Endpoint):
    @route(access=staff(*CHECKERS), response=CheckBatchList)
    def get(self, call: Call) -> dict[str, Any]:
        """The batches of one's county, the newest first."""
        return {"items": [_batch(raw) for raw in batches.batches_of_place(call.actor)], "next": None}

    @route(access=staff(*CHECKERS), body=MakeBatchBody, response=CheckBatchView, idempotent=True, status=201,
           rate="write")  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Gather whom a department is to check; who is left out is counted with the reason."""
        raw = batches.make_batch(
            call.idempotency_id or "", call.body.check, programme=call.body.programme,
            district_code=call.body.district_code, by=call.actor, at=call.at,
        )  # fmt: skip
        return _batch(raw)


class OneCheckBatch(Endpoint):
    @route(access=staff(*CHECKERS), response=CheckBatchView)
    def get(self, call: Call) -> dict[str, Any]:
        """One batch."""
        return _batch(batches.batch_of_place(call.path["batch_id"], call.actor))


class CheckBatchFile(Endpoint):
    @route(access=staff(*CHECKERS), query=FileQuery)
    def get(self, call: Call) -> Response:
        """The file for the department: names and numbers of those who agreed. Each fetching is recorded."""
        form = call.query.format
        raw, content = batches.batch_file(call.path["batch_id"], form, by=call.actor, at=call.at)
        name = f"{raw['check']}-{day_of(as_utc(raw['created_at'])):%Y%m%d}-{raw['_id'][-6:]}.{form}"
        return download(CleanFile(name, MEDIA_TYPES[form], content, 1))


class CheckBatchResults(Endpoint):
    @route(access=staff(*CHECKERS), response=CheckImportView, idempotent=True, rate="upload", upload=())
    def post(self, call: Call) -> dict[str, Any]:
        """Take the department's file: good rows land, each bad one is named with its line; again changes nothing."""
        batch_id = call.path["batch_id"]
        batches.batch_of_place(batch_id, call.actor)
        content, name, _ = uploaded_bytes()
        raw, report = check_results.import_results(
            batch_id, content, name, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        counts = {name: getattr(report, name) for name in ("accepted", "updated", "unchanged", "empty")}
        return {"batch": _batch(raw), **counts, "rejected": [_fault(each) for each in report.rejected]}


class CloseCheckBatch(Endpoint):
    @route(access=staff(*CHECKERS), body=CloseBatchBody, response=CheckBatchView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """No more answers will come."""
        raw = batches.close_batch(
            call.path["batch_id"], version=call.body.version, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return _batch(raw)


def _batch(raw: Raw) -> dict[str, Any]:
    check = batches.check_named(raw["check"])
    return {
        "id": raw["_id"],
        "check": check.token,
        "label": check.label,
        "department": check.department,
        "programme": raw.get("programme"),
        "district_code": raw["district_code"],
        "state": raw["state"],
        "state_label": say(f"checks.state.{raw['state']}"),
        "version": raw["version"],
        "rows": len(raw["rows"]),
        "answered": batches.answered(raw["_id"]),
        "left_out": [
            {"reason": reason, "label": say(f"checks.left_out.{reason}"), "count": count}
            for reason, count in raw["left_out"].items()
            if count
        ],
        "created_at": as_utc(raw["created_at"]),
    }


def _fault(fault: check_results.RowFault) -> dict[str, Any]:
    key = f"errors.fields.{fault.code}"
    detail = say(key if key in sentences() else "errors.fields.other")
    return {"line": fault.line, "field": fault.field, "code": fault.code, "detail": detail}
