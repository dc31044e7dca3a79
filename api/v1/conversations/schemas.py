"""Bodies, queries and answers of the chat: the code for joining accounts, and hand-overs to caseworkers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from config.loading import rule

Version = Annotated[int, Field(ge=1, le=2**31)]


def _readable(text: str) -> str:
    """Free text: something to read in it, line breaks the only control characters."""
    if not text.strip():
        raise PydanticCustomError("string_too_short", "nothing to read")
    if any(not (char.isprintable() or char in "\n\u3000") for char in text):
        raise PydanticCustomError("control_character", "a character that cannot be used")
    return text.strip()


Text = Annotated[
    str, Field(min_length=1, max_length=rule("conversations.handover_chars_most")), AfterValidator(_readable)
]


class ChatCodeView(BaseModel):
    """Six digits to be sent to the official account; shown once."""

    code: str
    expires_at: datetime


class HandOverQuery(Query):
    """Which open tickets; both kinds where none is named."""

    state: Literal["waiting", "taken"] | None = None
    limit: Annotated[int, Field(ge=1, le=rule("conversations.handover_page_size_most"))] = rule(
        "conversations.handover_page_size"
    )
    cursor: Annotated[str, Field(min_length=1, max_length=600)] | None = None


class TakeBody(Body):
    """`version` as last seen: refused where the ticket has changed since."""

    version: Version | None = None


class ReplyBody(Body):
    """What the follower gets to read, at most 2,048 bytes."""

    text: Text
    version: Version | None = None


class CloseBody(Body):
    """A note for the colleagues; the follower does not see it."""

    note: Text | None = None
    version: Version | None = None


class HandOverFacts(BaseModel):
    """A ticket without what was said. `number` counts the day's tickets of the county."""

    id: str
    number: int
    state: str
    district_code: str | None
    asked_at: datetime
    waited_minutes: int
    taken_by_me: bool
    known_resident: bool
    messages_count: int
    actions: list[str]
    version: int


class HandOverItem(HandOverFacts):
    """A ticket in the queue; what was said last is masked."""

    last_text: str


class HandOverPage(BaseModel):
    """A page of the queue, the longest waiting first."""

    items: list[HandOverItem]
    next: str | None


class SaidView(BaseModel):
    """One message. `delivery` of a caseworker's reply: pending, sending, delivered, failed, dead or uncertain."""

    model_config = {"populate_by_name": True}

    at: datetime
    sender: str = Field(alias="from")
    text: str
    delivery: str | None


class HandOverView(HandOverFacts):
    """A ticket with all that was said."""

    messages: list[SaidView]
