"""What the routes of public notices, objections and calls take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.endpoint import Body, Query
from api.v1.casework.schemas import Cursor, Limit, Reason, Token, Version, readable
from config.loading import rule

Statement = Annotated[
    str,
    Field(
        min_length=rule("public_notices.statement_chars_least"), max_length=rule("public_notices.statement_chars_most")
    ),
    AfterValidator(readable),
]


class NoticesQuery(Query):
    """A page of what is on notice, of one county or programme where they are named."""

    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    programme: Token | None = None
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=rule("public_notices.page_size_most"))] = rule("public_notices.page_size")


class ObjectBody(Body):
    """What is not right, so that it can be looked into."""

    statement: Statement


class RulingBody(Body):
    """The ruling. `reason` is read by applicant and objector and names neither."""

    version: Version
    decision: Literal["sustained", "dismissed"]
    reason: Reason


class NoticeView(BaseModel):
    """One application on notice: the applicant's masked name, no number, no child."""

    id: str
    programme: str
    programme_label: str
    district_code: str
    district: str
    township: str
    applicant: str
    state: str
    state_label: str
    published_on: date
    ends_at: datetime | None
    due_assumed: bool


class NoticePage(BaseModel):
    items: list[NoticeView]
    next: str | None
    how_to_object: str


class EvidenceView(BaseModel):
    id: str
    name: str
    media_type: str
    bytes: int
    pages: int
    added_at: datetime


class EvidenceAdded(BaseModel):
    """The file just kept, and the objection's version with it."""

    document: EvidenceView
    version: int


class ObjectionItem(BaseModel):
    """An objection in a list; it names nobody."""

    id: str
    notice_id: str
    programme: str
    programme_label: str
    state: str
    state_label: str
    version: int
    filed_at: datetime
    due_at: datetime
    due_assumed: bool


class ObjectionView(ObjectionItem):
    """The whole objection, without who objects."""

    statement: str
    evidence: list[EvidenceView]
    next_step: str
    ruling: str | None


class OwnObjectionView(ObjectionView):
    """To whom it objects as far as anybody may read it: the place, and the masked name while it is on notice.

    `unread`: it has ended and its objector has not read how. `closed_at`: when it ended; null while it is open.
    """

    district: str
    township: str
    applicant: str | None
    closed_at: datetime | None
    unread: bool


class ObjectionsQuery(Query):
    """A page of one's own objections."""

    cursor: Cursor | None = None
    limit: Limit = rule("casework.page_size")


class ObjectionPage(BaseModel):
    items: list[OwnObjectionView]
    next: str | None


class StaffObjectionItem(ObjectionItem):
    overdue: bool


class StaffObjectionList(BaseModel):
    items: list[StaffObjectionItem]
    next: str | None


class ObjectorView(BaseModel):
    """Who objects; for the county's staff only, never for the applicant."""

    name: str
    phone: str


class StaffObjectionView(ObjectionView):
    """The whole objection."""

    application_id: str
    district_code: str
    township_id: str
    objector: ObjectorView
    overdue: bool
