"""What the caseworkers' routes take and give."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from api.endpoint import Body, Query
from api.v1.casework.schemas import (
    ActionView,
    Cursor,
    FindingView,
    Limit,
    NextStep,
    PaperView,
    Reason,
    TimelineEntry,
    Token,
    Version,
    WaitingView,
)
from api.v1.casework.telling_views import CheckView, EvidenceForRule, OwnNoticeView, TellingView
from config.loading import rule
from config.text import sentences
from models.kernel.ids import ID_PATTERN
from models.kernel.sheets import Form

# Far beyond any deadline, and within what the database can hold in any zone.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
END_REASONS = tuple(sorted(key.rpartition(".")[2] for key in sentences() if key.startswith("casework.end_reason.")))


class AcceptBody(Body):
    """`version` is the one the caseworker has read."""

    version: Version


class RequestCorrectionBody(Body):
    """What is missing, in words, which papers, and where useful why, paper by paper."""

    version: Version
    reason: Reason
    papers: list[Token] = Field(default_factory=list, max_length=20)
    remarks: dict[Token, Reason] = Field(default_factory=dict, max_length=20)


class FirstReviewBody(Body):
    """The township's opinion for the county; an unfavourable one with its reason."""

    version: Version
    opinion: Literal["favourable", "unfavourable"]
    reason: Reason | None = None


class TransferBody(Body):
    """To which township of the city, and why; the applicant is told where it went."""

    version: Version
    township_id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
    reason: Reason


class AssignBody(Body):
    """Whose case it is from now on; null: everybody's at its place."""

    version: Version
    assignee_id: Annotated[str, Field(pattern=ID_PATTERN)] | None = None


class EndBody(Body):
    """Why what was given is over; the note is for the applicant."""

    version: Version
    reason: Literal[END_REASONS]  # type: ignore[valid-type]
    note: Reason | None = None


class ApproveBody(Body):
    """A remark for the applicant may be added."""

    version: Version
    reason: Reason | None = None


class RefuseBody(Body):
    """The reasons, as the applicant reads them."""

    version: Version
    reason: Reason


class QueueQuery(Query):
    """A place's open applications in one stage; the county is the caseworker's own where none is named.

    `mine`: only those given to me. `due_before`: only those due by then.
    """

    stage: Literal["submitted", "accepted", "reviewed", "correction", "on_notice", "appealed"]
    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    township_id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")] | None = None
    programme: Token | None = None
    mine: bool = False
    due_before: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)] | None = None
    cursor: Cursor | None = None
    limit: Limit = rule("casework.page_size")


class QueueFileQuery(Query):
    """As `QueueQuery`, all pages in one table."""

    stage: Literal["submitted", "accepted", "reviewed", "correction", "on_notice", "appealed"]
    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    township_id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")] | None = None
    programme: Token | None = None
    mine: bool = False
    due_before: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)] | None = None
    form: Form = "xlsx"


class EscalatedQuery(Query):
    """A place's applications whose stage took too long; the whole city's for who works for all of it."""

    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    township_id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")] | None = None
    cursor: Cursor | None = None
    limit: Limit = rule("casework.page_size")


class PlaceQuery(Query):
    """A place; the caseworker's own where none is named."""

    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    township_id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")] | None = None


class StageCount(BaseModel):
    """How many are open in a stage; `today`: due by the end of today, those overdue among them. `more`: the counts of
    which there are more than this."""

    stage: str
    label: str
    all: int
    overdue: int
    today: int
    more: list[Literal["all", "overdue", "today"]]


class StageCounts(BaseModel):
    """`today_ends`: the `due_before` with which the queue lists what `today` counts."""

    items: list[StageCount]
    today_ends: datetime


class SearchBody(Body):
    """A case's number, somebody's ID number, or the whole name of an applicant."""

    text: Annotated[str, Field(min_length=2, max_length=60)]


class CentreChoice(BaseModel):
    id: str
    name: str


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
    assignee_id: str | None
    warned: bool
    escalated: bool


class QueuePage(BaseModel):
    items: list[QueueItem]
    next: str | None


class FoundItem(BaseModel):
    """An application that a search found; names are masked."""

    id: str
    programme_label: str
    state: str
    state_label: str
    applicant: str
    subject: str
    township: str
    submitted_at: datetime


class SearchResult(BaseModel):
    """What was found in one's own place; `by`: number, id_number or name."""

    by: str
    items: list[FoundItem]


class CaseworkerView(BaseModel):
    """A caseworker to whom the case can be given."""

    id: str
    name: str
    roles: list[str]


class CaseworkerList(BaseModel):
    items: list[CaseworkerView]


class PlaceBefore(BaseModel):
    """Where a transferred case was."""

    district_code: str
    township: str
    until: datetime


class StaffTimelineEntry(TimelineEntry):
    staff_id: str | None


class StaffApplicationView(BaseModel):
    """The full file; every look at it is recorded. `evidence`: by rule, what departments' answers say."""

    public_notice: OwnNoticeView | None
    tellings: list[TellingView]
    checks: list[CheckView]
    evidence: dict[str, list[EvidenceForRule]]
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
    placement: dict[str, Any] | None
    waiting: WaitingView | None
    opinion: str | None
    opinion_label: str
    opinion_reason: str | None
    appeal: str | None
    appeal_until: datetime | None
    assignee_id: str | None
    warned: bool
    escalated: bool
    county_rules: str | None
    places: list[PlaceBefore]
    actions: list[ActionView]
    timeline: list[StaffTimelineEntry]
