"""What the planners' routes take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.endpoint import Query
from api.v1.indicators.schemas import ObservationView
from config.indicators import NAME
from config.loading import rule
from config.text import say
from models.indicators.figure_rows import RowFault, column_titles
from models.indicators.figures import FigureReport
from models.kernel.clock import as_utc
from models.kernel.lifecycle import Raw

PERIOD = r"^20\d{2}(-(0[1-9]|1[0-2]))?$"
SENDER_CHARS, KEY_CHARS = 60, 120
PUSH_KEY = r"^indicator_push:[a-z0-9_]+:\d{4}-\d{2}:\d{4,}$"


class FiguresQuery(Query):
    """Who sent the file, when, and for which month (`2026-10`) or year (`2025`)."""

    sender: Annotated[str, Field(min_length=1, max_length=SENDER_CHARS)]
    sent_on: date
    period: Annotated[str, Field(pattern=PERIOD)]


class PushesQuery(Query):
    """Which pushes; `cursor` is the key after which the page begins."""

    indicator: str | None = Field(default=None, pattern=NAME)
    state: Literal["pending", "sending", "delivered", "failed", "dead"] | None = None
    limit: Annotated[int, Field(ge=1, le=rule("indicators.page_size_most"))] = rule("indicators.page_size")
    cursor: str | None = Field(default=None, pattern=PUSH_KEY, max_length=KEY_CHARS)


class FigureFault(BaseModel):
    """A row at fault: its line, the column, and why."""

    line: int
    column: str
    column_label: str
    code: str
    detail: str


class FiguresView(BaseModel):
    """What became of a file, in rows; `repeated`: it had been read before, and this call changed nothing."""

    id: str
    dry_run: bool
    repeated: bool
    accepted: int
    unchanged: int
    rejected: int
    faults: list[FigureFault]


class FigureFileView(BaseModel):
    """A file that was read in."""

    id: str
    name: str
    sender: str
    sent_on: str
    period: str
    imported_by: str
    imported_at: datetime
    accepted: int
    unchanged: int
    rejected: int
    faults: list[FigureFault]


class FigureFileList(BaseModel):
    items: list[FigureFileView]
    next: str | None


class ExactObservationView(ObservationView):
    """An observation with the counts behind it, small numbers of people included."""

    inputs: dict[str, float]


class ExactObservationPage(BaseModel):
    items: list[ExactObservationView]
    next: str | None


class SeriesValueView(BaseModel):
    """A value of an official series; an earlier revision stays."""

    area: str
    as_of: str
    revision: int
    value: float
    status: Literal["assumption", "provisional", "final"]
    source: str


class SeriesList(BaseModel):
    items: list[SeriesValueView]
    next: str | None


class PushView(BaseModel):
    """A push to the planning office: how often it was tried, what the office said, when it is tried again."""

    key: str
    indicator: str
    period: str
    revision: int
    state: str
    attempts: int
    outcome: str | None
    receipt: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    next_attempt_at: datetime | None


class PushPage(BaseModel):
    items: list[PushView]
    next: str | None


def figures_view(report: FigureReport) -> dict[str, Any]:
    """The fields of `FiguresView`."""
    counts = {"id": report.file_id, "dry_run": report.dry_run, "repeated": report.repeated, **report.counts()}
    return {**counts, "faults": [fault_view(each) for each in report.faults]}


def file_view(file: Raw) -> dict[str, Any]:
    """The fields of `FigureFileView`."""
    same = ("name", "sender", "sent_on", "period", "imported_by")
    return {
        "id": file["_id"], **{name: file[name] for name in same}, "imported_at": as_utc(file["created_at"]),
        **file["counts"], "faults": [fault_view(RowFault(**each)) for each in file["faults"]],
    }  # fmt: skip


def fault_view(fault: RowFault) -> dict[str, Any]:
    """A fault in words."""
    return {
        "line": fault.line, "column": fault.column, "column_label": column_titles()[fault.column][0],
        "code": fault.code, "detail": say(f"indicators.figures.faults.{fault.code}", detail=fault.detail),
    }  # fmt: skip


def push_view(push: Raw) -> dict[str, Any]:
    """The fields of `PushView`."""
    times = {name: as_utc(push[name]) for name in ("created_at", "updated_at")}
    due = push["next_attempt_at"] if push["state"] == "pending" else None
    return {**push, **times, "next_attempt_at": as_utc(due) if due else None}
