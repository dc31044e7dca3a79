"""What the routes of applications take and give."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from config.loading import rule
from config.programmes import TOKEN_FORM


def _readable(text: str) -> str:
    """Free text: something to read in it, line breaks the only control characters."""
    if not text.strip():
        raise PydanticCustomError("string_too_short", "nothing to read")
    if any(unicodedata.category(char).startswith("C") and char != "\n" for char in text):
        raise PydanticCustomError("control_character", "a character that cannot be used")
    return text.strip()


Token = Annotated[str, Field(pattern=TOKEN_FORM, max_length=60)]
Version = Annotated[int, Field(ge=1, le=2**31)]
Reason = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_readable)]
Limit = Annotated[int, Field(ge=1, le=rule("casework.page_size_most"))]
Cursor = Annotated[str, Field(min_length=1, max_length=600)]


class PrescreenBody(Body):
    """Some or all answers of the programme's form; nothing is kept."""

    form: dict[str, Any]


class CreateApplicationBody(Body):
    """What is applied for."""

    programme: Token


class EditApplicationBody(Body):
    """Some answers; null takes one away. `version` is the one last read."""

    version: Version
    form: dict[str, Any]


class OwnStepBody(Body):
    """May be left out; with `version`, only while the application still has it."""

    version: Version | None = None


class AcceptBody(Body):
    """`version` is the one the caseworker has read."""

    version: Version


class RequestCorrectionBody(Body):
    """What is missing, in words, and which papers."""

    version: Version
    reason: Reason
    papers: list[Token] = Field(default_factory=list, max_length=20)


class ApproveBody(Body):
    """A remark for the applicant may be added."""

    version: Version
    reason: Reason | None = None


class RefuseBody(Body):
    """The reasons, as the applicant reads them."""

    version: Version
    reason: Reason


class ApplicationsQuery(Query):
    """A page of one's own applications."""

    cursor: Cursor | None = None
    limit: Limit = rule("casework.page_size")


class QueueQuery(Query):
    """A place's open applications in one stage; the county is the caseworker's own where none is named."""

    stage: Literal["submitted", "accepted", "correction"]
    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    township_id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")] | None = None
    programme: Token | None = None
    cursor: Cursor | None = None
    limit: Limit = rule("casework.page_size")


class ProgrammeItem(BaseModel):
    """A programme in the list."""

    token: str
    label: str
    summary: str
    version: int
    in_force_from: date


class ProgrammeList(BaseModel):
    items: list[ProgrammeItem]
    next: str | None


class PaperKindView(BaseModel):
    token: str
    label: str
    help: str
    required: bool
    files_most: int
    source: str


class RuleView(BaseModel):
    token: str
    label: str
    reason: str
    advice: str
    decisive: bool
    source: str


class DeadlineView(BaseModel):
    stage: str
    label: str
    working_days: int
    source: str


class ProgrammeDetail(ProgrammeItem):
    """All that one must know to apply. `form` is a JSON Schema (draft 2020-12) with labels and help."""

    source: str
    form: dict[str, Any]
    papers: list[PaperKindView]
    eligibility: list[RuleView]
    deadlines: list[DeadlineView]
    consents: list[str]
    conflicts: list[str]
    retention: dict[str, Any]


class FindingView(RuleView):
    """A rule and what became of it: met, not_met or unknown. Reason and advice are there where it is not met."""

    outcome: str
    outcome_label: str


class PrescreenResult(BaseModel):
    """The first answer: may_qualify, unlikely or incomplete. It binds nobody."""

    answer: str
    text: str
    version: int
    rules: list[FindingView]


class NextStep(BaseModel):
    """What comes next, whose turn it is and until when. `due_assumed`: that year's holidays are not announced yet."""

    turn: str | None
    text: str
    due_at: datetime | None
    due_assumed: bool


class PaperView(BaseModel):
    id: str
    paper: str
    name: str
    media_type: str
    bytes: int
    pages: int
    added_at: datetime


class ActionView(BaseModel):
    action: str
    label: str


class TimelineEntry(BaseModel):
    at: datetime
    action: str
    label: str
    by: str
    state: str
    state_label: str
    note: str | None


class FaultView(BaseModel):
    field: str
    code: str
    detail: str


class CentreChoice(BaseModel):
    id: str
    name: str


class PlacementView(BaseModel):
    centre_id: str
    centre: str
    age_group: str
    age_group_label: str
    rank: int


class ApplicationItem(BaseModel):
    """An application in the applicant's own list."""

    id: str
    programme: str
    programme_label: str
    state: str
    state_label: str
    version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    next_step: NextStep


class ApplicationPage(BaseModel):
    items: list[ApplicationItem]
    next: str | None


class ApplicationView(ApplicationItem):
    """One application. `missing`: what still stands between a draft and its submission."""

    programme_version: int
    form: dict[str, Any]
    papers: list[PaperView]
    missing: list[FaultView]
    district_code: str | None
    township_id: str | None
    township: str | None
    correction: dict[str, Any] | None
    reason: str | None
    placement: PlacementView | None
    actions: list[ActionView]
    timeline: list[TimelineEntry]


class PaperAdded(BaseModel):
    """The file as it is kept, and the application's version with it."""

    document: PaperView
    version: int


class QueueItem(BaseModel):
    """An application in a queue; names are masked."""

    id: str
    programme: str
    programme_label: str
    state: str
    state_label: str
    version: int
    applicant: str
    subject: str
    district_code: str
    township_id: str
    township: str
    submitted_at: datetime
    due_at: datetime
    due_assumed: bool
    overdue: bool


class QueuePage(BaseModel):
    items: list[QueueItem]
    next: str | None


class StaffTimelineEntry(TimelineEntry):
    staff_id: str | None


class StaffApplicationView(BaseModel):
    """The full file; every look at it is recorded."""

    id: str
    programme: str
    programme_label: str
    programme_version: int
    state: str
    state_label: str
    version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    next_step: NextStep
    overdue: bool
    form: dict[str, Any]
    labels: dict[str, str]
    choices: list[CentreChoice]
    papers: list[PaperView]
    eligibility: list[FindingView]
    district_code: str
    township_id: str
    township: str
    correction: dict[str, Any] | None
    reason: str | None
    placement: PlacementView | None
    actions: list[ActionView]
    timeline: list[StaffTimelineEntry]
