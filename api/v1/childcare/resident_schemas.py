"""What the routes of childcare give to families."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class ChoiceView(BaseModel):
    """How one of the family's choices stands. `ahead`: children before this one there; null where that is not said."""

    centre_id: str
    centre: str
    passed: str | None
    ahead: int | None
    room: bool | None
    in_a_round: bool


class PlaceView(BaseModel):
    """A place at a centre; `begins` is its first month, `rank` the number of the choice."""

    centre_id: str
    centre: str
    age_group: str
    age_group_label: str
    begins: str
    rank: int


class OfferedPlace(PlaceView):
    id: str
    expires_at: datetime


class HeldPlace(PlaceView):
    since: datetime


class RatingShown(BaseModel):
    """What the family said of the centre, and the centre's reply."""

    stars: int
    text: str | None
    rated_at: datetime
    reply: str | None
    replied_at: datetime | None


class PlacementStep(BaseModel):
    at: datetime
    action: str
    label: str


class PlacementView(BaseModel):
    """A child on its way to a place. `unread`: the centre has written since the family last looked."""

    id: str
    state: str
    state_label: str
    version: int
    since: datetime
    start_month: str
    text: str
    choices: list[ChoiceView]
    offer: OfferedPlace | None
    place: HeldPlace | None
    unread: bool
    may_rate: bool
    rating: RatingShown | None
    timeline: list[PlacementStep]


class PlacementPage(BaseModel):
    items: list[PlacementView]
    next: str | None


class ThreadMessage(BaseModel):
    """One message of a thread, from the `guardian` or the `centre`."""

    model_config = {"populate_by_name": True}

    id: str
    at: datetime
    sender: Literal["guardian", "centre"] = Field(alias="from")
    text: str


class ThreadPage(BaseModel):
    items: list[ThreadMessage]
    next: str | None


class CentreMonth(BaseModel):
    """How many places of an age group are free in a month (YYYY-MM)."""

    month: str
    free: int


class CentreGroup(BaseModel):
    """An age group that the centre keeps places for."""

    age_group: str
    label: str
    places: int
    months: list[CentreMonth]


class CentreRating(BaseModel):
    """Stars of 5, once enough families said something."""

    average: float
    count: int


class CentreFinding(BaseModel):
    """A published inspection; `on` is its day."""

    kind: str
    kind_label: str
    on: str
    outcome: str
    outcome_label: str
    findings: str


class CentreSuspended(BaseModel):
    """Why the centre is given no more children; `until` null: for good."""

    kind: str
    kind_label: str
    reason: str
    since: str
    until: str | None
    state: str
    state_label: str


class CentreView(BaseModel):
    """What everybody may know of a centre. `reason`: why it takes no children, null where it does.

    The latest inspection comes first.
    """

    id: str
    name: str
    district_code: str
    registration_number: str | None
    registration_valid_until: str | None
    takes_children: bool
    reason: str | None
    reason_label: str | None
    in_a_round: bool
    groups: list[CentreGroup]
    rating: CentreRating | None
    inspections: list[CentreFinding]
    suspension: CentreSuspended | None
