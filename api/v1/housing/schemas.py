"""What the routes of lottery draws and waiting lists take."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from config.loading import rule

FIRST_DAY, LAST_DAY = date(2022, 1, 1), date(2100, 1, 1)


def _readable(text: str) -> str:
    """Free text: something to read in it, line breaks the only control characters."""
    if not text.strip():
        raise PydanticCustomError("string_too_short", "nothing to read")
    if any(not (char.isprintable() or char in "\n\t\u3000") for char in text):
        raise PydanticCustomError("control_character", "a character that cannot be used")
    return text.strip()


Token = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
District = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Version = Annotated[int, Field(ge=1, le=2**31)]
Seed = Annotated[str, Field(pattern=r"^[0-9]{2}(-[0-9]{2}){0,19}$")]
RoundName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,29}$")]
Issue = Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
DrawState = Literal["committed", "seeded", "drawn", "published", "void"]
Note = Annotated[str, Field(max_length=rule("housing.note_chars_most")), AfterValidator(_readable)]
PublicReason = Annotated[
    str,
    Field(min_length=rule("housing.void_reason_chars_least"), max_length=rule("housing.void_reason_chars_most")),
    AfterValidator(_readable),
]
OrderValue = Annotated[str, Field(max_length=60)] | Annotated[int, Field(ge=0, le=10**12)] | None


class LotteryDrawsQuery(Query):
    programme: Token | None = None
    district_code: District | None = None
    state: DrawState | None = None
    limit: int = Field(default=rule("housing.draw_page_size"), ge=1, le=rule("housing.draw_page_size_most"))
    cursor: str | None = Field(default=None, min_length=1, max_length=600)


class CommitDrawBody(Body):
    """`district_code` null: the city's list. `issue` and `announced_on` name the result that will be the seed."""

    programme: Token
    round: RoundName
    district_code: District | None
    group: Token | None = None
    places: int = Field(ge=1, le=1_000_000)
    seed_source: Token
    issue: Issue
    announced_on: Day
    replaces: Annotated[str, Field(max_length=26)] | None = None


class SeedBody(Body):
    seed: Seed
    version: Version | None = None


class CorrectSeedBody(Body):
    """`reason` is published."""

    seed: Seed
    reason: PublicReason
    version: Version | None = None


class DrawStepBody(Body):
    version: Version | None = None


class VoidDrawBody(Body):
    """`reason` is published."""

    reason: PublicReason
    version: Version | None = None


class ListEntriesQuery(Query):
    """A page of a list, who waits or who rests."""

    state: Literal["waiting", "paused"] = "waiting"
    cursor: str | None = Field(default=None, min_length=1, max_length=600)
    limit: int = Field(default=rule("housing.page_size"), ge=1, le=rule("housing.page_size_most"))


class WaitingActionBody(Body):
    """`reason`: one of the list's reasons for this action. `note` is for the file only."""

    reason: Token
    note: Note | None = None
    version: Version | None = None


class MoveBody(WaitingActionBody):
    """`values`: those of the ordering rule that change."""

    values: dict[str, OrderValue] = Field(min_length=1, max_length=20)
