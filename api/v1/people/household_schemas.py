"""What the routes of households take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.endpoint import Body
from api.v1.people.schemas import Line
from config.loading import rule
from models.people.identity import ChildIdKind

MemberRelation = Literal["spouse", "child", "parent", "sibling", "grandparent", "grandchild", "child_in_law",
                         "parent_in_law", "ward", "other"]  # fmt: skip
Support = Literal["minimum_living_allowance", "extreme_hardship_support", "low_income"]
Income = Annotated[int, Field(ge=0, le=rule("people.yearly_income_most"))]
Area = Annotated[float, Field(ge=0, le=rule("people.floor_area_most"), allow_inf_nan=False)]
Version = Annotated[int, Field(ge=1, le=2**31)]
ChildId = Annotated[str, Field(min_length=26, max_length=26)]


class CircumstancesBody(Body):
    """Of all members together: a year's income in yuan, square metres of all dwellings, the support they receive."""

    yearly_income: Income | None = None
    floor_area: Area | None = None
    support: Support | None = None


class HouseholdBody(CircumstancesBody):
    """The resident's household; members are added one by one."""


class HouseholdChangeBody(CircumstancesBody):
    """What is named is written, null takes it away. `version` is the one last read."""

    version: Version


class MemberBody(Body):
    """A member: a registered child by `child_id`, or a person by name and number.

    `agreed`: the member, or the guardian of one under 14, knows of it and agrees (PIPL articles 13 and 31).
    """

    relation: MemberRelation
    disabled: bool = False
    child_id: ChildId | None = None
    name: Line | None = None
    id_number: Line | None = None
    id_kind: ChildIdKind = "resident_id_card"
    birth_date: date | None = None
    agreed: Literal[True]

    @model_validator(mode="after")
    def _one_of_both(self) -> MemberBody:
        by_name = self.name is not None and self.id_number is not None
        if (self.child_id is None) != by_name or (self.child_id is not None and self.name is not None):
            raise PydanticCustomError("one_of_both", "a child by its id, or a person by name and number")
        return self


class MemberChangeBody(Body):
    """What to correct of a member."""

    version: Version
    relation: MemberRelation | None = None
    disabled: bool | None = None


class MemberShown(BaseModel):
    id: str
    relation: str
    relation_label: str
    name: str
    id_number: str
    id_kind: str
    birth_date: date
    disabled: bool


class Circumstances(BaseModel):
    yearly_income: int | None = None
    floor_area: float | None = None
    support: str | None = None
    support_label: str | None = None


class HouseholdShown(BaseModel):
    """A household; numbers are masked. `facts`: size, adults, children, elders, disabled, and where they were told
    per_capita_income (yuan a month) and per_capita_floor_area (square metres)."""

    id: str
    version: int
    members: list[MemberShown]
    circumstances: Circumstances
    facts: dict[str, float]
    updated_at: datetime
