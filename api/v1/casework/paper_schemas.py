"""What the routes of papers that serve again, of corrections, and of whom an application concerns take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.endpoint import Body
from api.v1.casework.schemas import PaperView, Reason, Version

Id = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[0-9A-Za-z_-]+$")]


class ReusePaperBody(Body):
    """A file of another application of mine."""

    application_id: Id
    document_id: Id


class CorrectionAnswerBody(Body):
    """My answer to one paper that was asked for, where I cannot give a file."""

    version: Version
    text: Reason


class ReusableView(BaseModel):
    """A file that may serve again until `valid_until`."""

    application_id: str
    programme: str
    paper: str
    valid_until: datetime
    document: PaperView


class ReusableList(BaseModel):
    items: list[ReusableView]


class CorrectionStepView(BaseModel):
    """A paper that was asked for. `answered`: file, text, or null while it is open."""

    paper: str
    label: str
    remark: str | None
    answered: str | None
    answer: str | None


class CorrectionSteps(BaseModel):
    items: list[CorrectionStepView]


class CaseMember(BaseModel):
    id: str
    relation: str
    relation_label: str
    name: str
    id_kind: str
    id_number: str
    birth_date: date
    disabled: bool


class CaseHousehold(BaseModel):
    """The household as it was handed in, in clear; the look is recorded."""

    household_id: str
    taken_at: datetime
    members: list[CaseMember]
    circumstances: dict[str, int | float | str]
    facts: dict[str, float]


class OtherCase(BaseModel):
    """The application it meets: what a caseworker of any place may know of it. `yours`: it lies in your place."""

    application_id: str
    programme: str
    programme_label: str
    state: str
    state_label: str
    district_code: str | None
    yours: bool


class DuplicateFinding(BaseModel):
    """A sign of a duplicate or conflict. `strength`: hard, strong, medium or weak. `person`: masked."""

    reason: str
    text: str
    strength: str
    strength_label: str
    person: str
    other: OtherCase | None


class DuplicateFindings(BaseModel):
    items: list[DuplicateFinding]


class ReplacedPaper(PaperView):
    replaced_at: datetime


class ReplacedPapers(BaseModel):
    """Files that were replaced in corrections, the oldest first; read like the others."""

    items: list[ReplacedPaper]
