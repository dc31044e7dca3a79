"""What the routes of reports take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from api.endpoint import Body
from api.v1.casework.schemas import Version


class ReportView(BaseModel):
    """A revision of a report. `inputs_hash`: SHA-256 of what it was made of. `paper`: whether there is a PDF."""

    id: str
    kind: str
    kind_label: str
    period: str
    revision: int
    state: str
    state_label: str
    inputs_hash: str
    html_hash: str
    paper: bool
    made_at: datetime
    published_at: datetime | None
    version: int


class ReportList(BaseModel):
    items: list[ReportView]
    next: str | None


class PublishReportBody(Body):
    """`version` as last seen."""

    version: Version | None = None
