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
