"""What the routes of applications take and give."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from api.v1.casework.telling_views import OwnNoticeView
from config.loading import rule
from config.programmes import TOKEN_FORM


def readable(text: str) -> str:
    """Free text: something to read in it, line breaks the only control characters."""
    if not text.strip():
        raise PydanticCustomError("string_too_short", "nothing to read")
    if any(unicodedata.category(char).startswith("C") and char != "\n" for char in text):
        raise PydanticCustomError("control_character", "a character that cannot be used")
    return text.strip()


Token = Annotated[str, Field(pattern=TOKEN_FORM, max_length=60)]
Version = Annotated[int, Field(ge=1, le=2**31)]
Reason = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(readable)]
Limit = Annotated[int, Field(ge=1, le=rule("casework.page_size_most"))]
Cursor = Annotated[str, Field(min_length=1, max_length=600)]


class HouseholdTold(Body):
    """What is told of a household, for a first answer: people, yuan a month and square metres a head."""

    size: Annotated[int, Field(ge=1, le=50)] | None = None
    adults: Annotated[int, Field(ge=0, le=50)] | None = None
    children: Annotated[int, Field(ge=0, le=50)] | None = None
    elders: Annotated[int, Field(ge=0, le=50)] | None = None
    disabled: Annotated[int, Field(ge=0, le=50)] | None = None
    per_capita_income: Annotated[float, Field(ge=0, le=10**7)] | None = None
    per_capita_floor_area: Annotated[float, Field(ge=0, le=10**4)] | None = None

    def told(self) -> dict[str, float]:
        """What was told, by the name of the fact."""
        return self.model_dump(exclude_none=True)


class PrescreenBody(Body):
    """Some or all answers of the programme's form, and of the household; nothing is kept."""

    form: dict[str, Any]
    household: HouseholdTold | None = None


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


class AppealBody(Body):
    """Why the refusal should be looked at again."""

    version: Version | None = None
    reason: Reason


class ApplicationsQuery(Query):
    """A page of one's own applications."""

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
    valid_days: int | None
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


class OrderLineView(BaseModel):
    label: str
    source: str


class WaitingListView(BaseModel):
    """By what who is approved waits, the first line that differs deciding; what is still equal by the published tie."""

    label: str
    scope: str
    order: list[OrderLineView]
    source: str


class RoleView(BaseModel):
    """Who of the office performs a step."""

    action: str
    label: str
    by: list[str]
    source: str


class ProgrammeDetailQuery(Query):
    """With a county, the rules as they hold there."""

    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None


class ProgrammeDetail(ProgrammeItem):
    """All that one must know to apply. `form` is a JSON Schema (draft 2020-12) with labels and help.

    `household`: required, optional or none. `county_rules`: what the named county sets otherwise holds here.
    """

    source: str
    form: dict[str, Any]
    papers: list[PaperKindView]
    eligibility: list[RuleView]
    deadlines: list[DeadlineView]
    consents: list[str]
    conflicts: list[str]
    household: str
    public_notice: dict[str, Any] | None
    waiting_list: WaitingListView | None
    roles: list[RoleView]
    retention: dict[str, Any]
    county_rules: str | None


class FindingView(RuleView):
    """A rule and what became of it: met, not_met, unknown or not_applicable.

    Reason and advice are there where it is not met; `changes` says what would have to be otherwise, or be told.
    `basis`: for the caseworker, what the rule looked at.
    """

    outcome: str
    outcome_label: str
    basis: str = ""
    changes: list[str]


class PrescreenResult(BaseModel):
    """The first answer: may_qualify, unlikely or incomplete. It binds nobody.

    `turns_on`: the one rule that alone stands between it and the better answer.
    """

    answer: str
    text: str
    version: int
    turns_on: str | None
    turns_on_text: str
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


class WaitingView(BaseModel):
    """Where it stands in its waiting list; `position` and `ahead` are null while it does not wait."""

    list: str
    state: str
    state_label: str
    position: int | None
    ahead: int | None
    total: int
    recheck_due_at: datetime | None


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
    public_notice: OwnNoticeView | None
    form: dict[str, Any]
    papers: list[PaperView]
    missing: list[FaultView]
    district_code: str | None
    township_id: str | None
    township: str | None
    correction: dict[str, Any] | None
    reason: str | None
    placement: dict[str, Any] | None
    waiting: WaitingView | None
    appeal: str | None
    appeal_until: datetime | None
    actions: list[ActionView]
    timeline: list[TimelineEntry]


class PaperAdded(BaseModel):
    """The file as it is kept, and the application's version with it."""

    document: PaperView
    version: int
