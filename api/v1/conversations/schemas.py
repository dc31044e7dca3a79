"""Bodies, queries and answers of the chat: the code for joining accounts, and hand-overs to caseworkers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from config.loading import rule
from models.conversations.canned import ANSWERED, close_reasons
from models.kernel.ids import ID_PATTERN

Version = Annotated[int, Field(ge=1, le=2**31)]


def readable(text: str) -> str:
    """Free text: something to read in it, line breaks the only control characters."""
    if not text.strip():
        raise PydanticCustomError("string_too_short", "nothing to read")
    if any(not (char.isprintable() or char in "\n\u3000") for char in text):
        raise PydanticCustomError("control_character", "a character that cannot be used")
    return text.strip()


Text = Annotated[
    str, Field(min_length=1, max_length=rule("conversations.handover_chars_most")), AfterValidator(readable)
]


class ChatCodeView(BaseModel):
    """Six digits to be sent to the official account; shown once."""

    code: str
    expires_at: datetime


class HandOverQuery(Query):
    """Which open tickets; both kinds where none is named."""

    state: Literal["waiting", "taken"] | None = None
    mine: bool = False
    escalated: bool = False
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

    reason: Literal[close_reasons()] = ANSWERED  # type: ignore[valid-type]
    note: Text | None = None
    version: Version | None = None


class NoteBody(Body):
    """A note for the colleagues, kept encrypted; the follower does not see it."""

    note: Text | None = None
    version: Version | None = None


class TransferBody(NoteBody):
    """`district_code` null: the city's queue."""

    district_code: Annotated[str, Field(pattern=r"^3609\d\d$")] | None


class PassOnBody(NoteBody):
    colleague_id: Annotated[str, Field(pattern=ID_PATTERN)]


class ReadBody(Body):
    """How many messages have been seen, counted from the first."""

    through: Annotated[int, Field(ge=1, le=rule("conversations.handover_messages_most"))]


class NewsQuery(Query):
    """`since`: how many messages are known already, as the last answer said."""

    since: Annotated[int, Field(ge=0, le=100_000)] = 0


class ColleagueView(BaseModel):
    id: str
    name: str
    district_code: str | None


class ColleagueList(BaseModel):
    """Who may answer the residents of one's county."""

    items: list[ColleagueView]


class CannedView(BaseModel):
    key: str
    title: str
    text: str


class CloseReasonView(BaseModel):
    reason: str
    label: str


class CannedList(BaseModel):
    """What is often said, in the order of offering, and the reasons for an end."""

    answers: list[CannedView]
    close_reasons: list[CloseReasonView]


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
    unread: int
    escalated: bool
    close_reason: str | None
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

    number: int
    at: datetime
    sender: str = Field(alias="from")
    text: str
    delivery: str | None


class HandOverView(HandOverFacts):
    """A ticket with all that was said. `quota_left`: replies WeChat still takes, until `quota_until` (null: not known).

    `likely_wait_minutes` of one that waits: estimated from recent ones, null where too few are known.
    """

    messages: list[SaidView]
    quota_left: int
    quota_until: datetime | None
    likely_wait_minutes: int | None


class DeliveryView(BaseModel):
    number: int
    delivery: str


class NewsView(BaseModel):
    """What is new; `since` goes into the next question."""

    state: str
    version: int
    taken_by_me: bool
    unread: int
    quota_left: int
    quota_until: datetime | None
    messages: list[SaidView]
    since: int
    deliveries: list[DeliveryView]


class TemplateItem(BaseModel):
    """Our name of a subscription message, and WeChat's."""

    name: str
    template_id: str


class TemplateList(BaseModel):
    items: list[TemplateItem]
