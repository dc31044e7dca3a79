"""What the routes of visits to old people take."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from config.loading import rule
from models.eldercare.documents import CancelReason, Category, EndReason, Language, LegalBasis, Relation, RiskLevel
from models.kernel.clock import at_local, to_storage

# Beyond these nothing is meant, and arithmetic with time zones would overflow.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(1890, 1, 1), date(2100, 1, 1)
MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
DAY_PATTERN = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}$")
TOO_LATE = datetime(2200, 1, 1, tzinfo=UTC)


def _readable(text: str) -> str:
    """Free text: something to read in it, line breaks the only control characters."""
    if not text.strip():
        raise PydanticCustomError("string_too_short", "nothing to read")
    if any(not (char.isprintable() or char in "\n\t\u3000") for char in text):
        raise PydanticCustomError("control_character", "a character that cannot be used")
    return text.strip()


def without_repeats(given: list[Any]) -> list[Any]:
    """A list in which nothing stands twice."""
    if len(set(given)) != len(given):
        raise PydanticCustomError("repeated", "the same entry twice")
    return given


def _bound(whole_day: bool) -> BeforeValidator:
    """A query's time may be a day of China: its first moment, or with `whole_day` the next day's."""

    def read(given: Any) -> Any:
        if not isinstance(given, str) or not DAY_PATTERN.match(given):
            return given
        day = date.fromisoformat(given)
        return at_local(day + timedelta(days=whole_day)) if FIRST_DAY < day < LAST_DAY else TOO_LATE

    return BeforeValidator(read)


Readable = AfterValidator(_readable)
Id = Annotated[str, Field(min_length=1, max_length=64)]
District = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Month = Annotated[str, Field(pattern=MONTH_PATTERN)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST), AfterValidator(to_storage)]
Since = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST), _bound(whole_day=False)]
Until = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST), _bound(whole_day=True)]
Cursor = Annotated[str, Field(min_length=1, max_length=600)]
Limit = Annotated[int, Field(ge=1, le=rule("eldercare.page_size_most"))]
Version = Annotated[int, Field(ge=1, le=2**31)]
Reason = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_readable)]
Notes = Annotated[str, Field(max_length=2000), AfterValidator(_readable)]
Wishes = Annotated[str, Field(max_length=200), AfterValidator(_readable)]
WishToken = Annotated[str, Field(min_length=1, max_length=40)]
PersonName = Annotated[str, Field(min_length=1, max_length=100)]
IdText = Annotated[str, Field(min_length=1, max_length=40)]


class LinkBody(Body):
    """Whom the resident asks to be linked to. `township_id` helps where the person is not on the register yet."""

    name: PersonName
    id_number: IdText
    relation: Relation
    township_id: Id | None = None


class BookVisitBody(Body):
    """`elder_id` as `GET /elders` gives it: `elder_id`, or the link's `id`; `wish_list` from `GET /visit-wishes`."""

    elder_id: Id
    slot_id: Id
    wishes: Wishes | None = None
    wish_list: list[WishToken] = Field(default_factory=list, max_length=20)


class RescheduleBody(Body):
    """The slot to move to; with `version`, only while the visit still has it."""

    slot_id: Id
    version: Version | None = None


class CancelBody(Body):
    """May be left out altogether."""

    version: Version | None = None


class StaffCancelBody(CancelBody):
    """The office says why: the family reads it."""

    reason: CancelReason | None = None


class SlotQuery(Query):
    """A county or a township, or for which old person (the link's or the register's id): then hours that this person
    can be booked for. From when to when: moments, or days of China, the last included."""

    district_code: District | None = None
    township_id: Id | None = None
    elder_id: Id | None = None
    since: Since | None = Field(default=None, alias="from")
    until: Until | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _place_named(self) -> SlotQuery:
        if self.district_code is None and self.township_id is None and self.elder_id is None:
            raise PydanticCustomError("place_missing", "district_code, township_id or elder_id is needed")
        return self


class PageQuery(Query):
    """A page of a list."""

    limit: Limit = rule("eldercare.page_size")
    cursor: Cursor | None = None


class Contact(Body):
    """Somebody to call."""

    name: PersonName
    phone: Annotated[str, Field(pattern=r"^[0-9+][0-9 -]{4,19}$")]
    relation: Relation | None = None


class Point(Body):
    """The home, WGS-84, degrees."""

    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Basis(Body):
    """Why the person's data may be kept: their consent, or the authority's duty; the paper and its day."""

    kind: LegalBasis
    reference: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_readable)]
    on: Day


class RegisterElderBody(Body):
    """A person for the register. `birth_date` is that of the ID number and may be left out."""

    name: PersonName
    id_number: IdText
    birth_date: Day | None = None
    categories: Annotated[list[Category], Field(min_length=1, max_length=7), AfterValidator(without_repeats)]
    risk_level: RiskLevel
    township_id: Id
    community: Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_readable)]
    address: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_readable)]
    contacts: list[Contact] = Field(default_factory=list, max_length=5)
    language: Language | None = None
    health_notes: Notes | None = None
    point: Point | None = None
    legal_basis: Basis
    active_from: Day | None = None


class AmendElderBody(Body):
    """What is to be put right, and why (kept encrypted); what is not named stays. Language, point and health notes are
    emptied by null."""

    version: Version
    reason: Reason
    name: PersonName | None = None
    categories: Annotated[list[Category], Field(min_length=1, max_length=7), AfterValidator(without_repeats)] | None = (
        None
    )
    risk_level: RiskLevel | None = None
    address: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_readable)] | None = None
    contacts: Annotated[list[Contact], Field(max_length=5)] | None = None
    language: Language | None = None
    health_notes: Notes | None = None
    point: Point | None = None

    def facts(self) -> dict[str, Any]:
        """What was named, by field."""
        emptied = {"language", "health_notes", "point"} & self.model_fields_set
        said = self.model_dump(exclude={"version", "reason"})
        return {name: value for name, value in said.items() if value is not None or name in emptied}


class EndPeriodBody(Body):
    """`until`: the last day on the register, today unless named."""

    version: Version
    reason: EndReason
    until: Day | None = None


class BeginPeriodBody(Body):
    """`from`: the first day on the register again, today unless named."""

    version: Version
    since: Day | None = Field(default=None, alias="from")


class ConfirmLinkBody(Body):
    """The link, or the resident who asked for it."""

    link_id: Id | None = None
    resident_id: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> ConfirmLinkBody:
        if (self.link_id is None) == (self.resident_id is None):
            raise PydanticCustomError("one_of_both", "either link_id or resident_id")
        return self


class RefuseLinkBody(Body):
    """Why; kept encrypted, not sent to the resident."""

    reason: Reason


class PublishSlotBody(Body):
    """An hour of a visitor; `visitor_id` is the caller unless named."""

    township_id: Id
    starts_at: Moment
    ends_at: Moment
    capacity: Annotated[int, Field(ge=1, le=1000)]
    visitor_id: Id | None = None


class UnbookedVisitBody(Body):
    """To whom the visitor has gone: a person of the register, or a planned visit."""

    elder_id: Id | None = None
    planned_id: Id | None = None
    device_time: Moment | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> UnbookedVisitBody:
        if (self.elder_id is None) == (self.planned_id is None):
            raise PydanticCustomError("one_of_both", "either elder_id or planned_id")
        return self


class StartBody(Body):
    """The phone's time, where it differs from now."""

    version: Version | None = None
    device_time: Moment | None = None


class CorrectPeriodBody(Body):
    """The last day on the register, and why it ended, as it should have been; `why` is kept encrypted."""

    version: Version
    until: Day
    reason: EndReason
    why: Reason


class StaffElderQuery(PageQuery):
    """A township's register."""

    township_id: Id


class StaffPlaceQuery(Query):
    """A place; one's own where none is named."""

    district_code: District | None = None
    township_id: Id | None = None


class DayQuery(StaffPlaceQuery):
    """A day of China's calendar, today where none is named."""

    date: Day | None = None
