"""What the routes of childcare take."""

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


District = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
FacilityId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
RecordId = Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
Version = Annotated[int, Field(ge=1, le=2**31)]
Seed = Annotated[str, Field(pattern=r"^[0-9]{2}(-[0-9]{2}){0,19}$")]
RoundName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,29}$")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Token = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Issue = Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Cursor = Annotated[str, Field(min_length=1, max_length=600)]
MessageText = Annotated[str, Field(max_length=rule("childcare.message_chars_most")), AfterValidator(_readable)]
RatingText = Annotated[str, Field(max_length=rule("childcare.rating_text_chars_most")), AfterValidator(_readable)]
PublicReason = Annotated[
    str,
    Field(min_length=rule("housing.void_reason_chars_least"), max_length=rule("housing.void_reason_chars_most")),
    AfterValidator(_readable),
]


class ThreadQuery(Query):
    """A page of a thread, the newest message first."""

    cursor: Cursor | None = None
    limit: int = Field(default=rule("childcare.messages_page_size"), ge=1, le=rule("childcare.messages_page_size_most"))


class MessageBody(Body):
    text: MessageText


class RatingBody(Body):
    """One to five stars, and some words for the centre."""

    stars: int = Field(ge=1, le=5)
    text: RatingText | None = None


class ReplyBody(Body):
    text: RatingText


class StaffPlacementsQuery(Query):
    """Placements of a place in one state; `centre_id`: who waits for, or has a place at, this centre."""

    state: Literal["waiting", "offered", "placed", "ended"] = "placed"
    district_code: District | None = None
    centre_id: FacilityId | None = None
    cursor: Cursor | None = None
    limit: int = Field(
        default=rule("childcare.placements_page_size"), ge=1, le=rule("childcare.placements_page_size_most")
    )


class RoundsQuery(Query):
    district_code: District | None = None
    cursor: Cursor | None = None
    limit: int = Field(default=rule("childcare.round_page_size"), ge=1, le=rule("childcare.round_page_size_most"))


class MyRoundQuery(Query):
    """Which of one's children."""

    placement_id: RecordId


class OpenRoundBody(Body):
    """`district_code` null: the whole city. `month`: when the round's places begin."""

    name: RoundName
    district_code: District | None
    month: Month
    replaces: RecordId | None = None


class CommitRoundBody(Body):
    """`issue` and `announced_on` name the public result that will be the seed."""

    seed_source: Token
    issue: Issue
    announced_on: Day
    version: Version | None = None


class SeedBody(Body):
    seed: Seed
    version: Version | None = None


class CorrectSeedBody(Body):
    """`reason` is published."""

    seed: Seed
    reason: PublicReason
    version: Version | None = None


class RoundStepBody(Body):
    version: Version | None = None


class VoidRoundBody(Body):
    """`reason` is published."""

    reason: PublicReason
    version: Version | None = None


class CentresQuery(Query):
    """The centres of a county, one's own where none is named."""

    district_code: District | None = None


class VersionBody(Body):
    version: Version | None = None


class ReasonBody(VersionBody):
    """Why; on file, and told to the centre."""

    reason: PublicReason


class InspectionBody(Body):
    """What was found on which day. `findings` becomes public, `note` does not."""

    kind: Literal["inspection", "incident", "complaint"]
    on: Day
    outcome: Literal["sound", "faults", "serious"]
    findings: PublicReason
    note: MessageText | None = None


class SuspendBody(Body):
    """`until`: the last day, for a `suspension` only. `reason` is public. `inspection_id`: the finding it rests on."""

    kind: Literal["suspension", "exclusion"]
    reason: PublicReason
    until: Day | None = None
    inspection_id: RecordId | None = None
