"""What the routes of waiting requests, visitors' hours, days and substitutes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from api.endpoint import Body, Query
from api.v1.eldercare.schemas import Day, District, Id, Month, Readable, Version, Wishes, WishToken
from api.v1.eldercare.views import VisitItem
from api.v1.eldercare.visit_views import ArrivalView
from config.loading import rule

HalfDay = Literal["morning", "afternoon"]
# WeChat and Chinese maps speak GCJ-02, a browser's position is WGS-84.
MapDatum = Literal["gcj02", "wgs84"]


def _known_kind(kind: str) -> str:
    if kind not in rule("visitors.visitor_kinds"):
        raise PydanticCustomError("literal_error", "no such kind")
    return kind


class AskWaitBody(Body):
    """For whom, and on which days and half-days an hour would suit; `elder_id` as for a booking."""

    elder_id: Id
    days: Annotated[list[Day], Field(min_length=1, max_length=62)]
    half_days: list[HalfDay] = Field(default=["morning", "afternoon"], min_length=1, max_length=2)


class TakeOfferBody(Body):
    """What is wished of the visit that is booked."""

    wishes: Wishes | None = None
    wish_list: list[WishToken] = Field(default_factory=list, max_length=20)


class HourBody(Body):
    """An hour of a week: weekday 0 is Monday, start on China's clock."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    start: Annotated[str, Field(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]
    township_id: Id
    capacity: Annotated[int, Field(ge=1, le=1000)] = 1


class HoursBody(Body):
    """A visitor's whole week; `visitor_id` is the caller unless named. `version`: the one that was seen."""

    rows: Annotated[list[HourBody], Field(max_length=100)]
    visitor_id: Id | None = None
    version: Version | None = None


class VisitorQuery(Query):
    """A visitor, the caller unless named."""

    visitor_id: Id | None = None


class SlotsQuery(VisitorQuery):
    """A visitor's hours from one day to another, the coming weeks unless named."""

    since: Day | None = Field(default=None, alias="from")
    until: Day | None = Field(default=None, alias="to")


class OneDayQuery(Query):
    """A day of China's calendar, today where none is named; `datum` of the homes' points."""

    date: Day | None = None
    datum: MapDatum = "gcj02"


class StopQuery(Query):
    """`datum` of the home's point."""

    datum: MapDatum = "gcj02"


class FindPersonBody(Body):
    """A name or the beginning of one, and where to look."""

    name: Annotated[str, Field(min_length=1, max_length=40), Readable]
    township_id: Id


class NearDayQuery(Query):
    """Today or tomorrow; the first of both on which the visitor is away, unless named."""

    day: Day | None = None


class SubstituteBody(Body):
    """Who stands in on a day."""

    day: Day
    substitute_id: Id


class HoursGivenQuery(Query):
    """A month of China's calendar."""

    month: Month


class ExportQuery(HoursGivenQuery):
    """Of a county (one's own where none is named), the visitors of one kind."""

    district_code: District | None = None
    kind: Annotated[str, AfterValidator(_known_kind)] = "volunteer"


class WordsOf(BaseModel):
    """A token and its words."""

    token: str
    label: str


class WishCatalogue(BaseModel):
    items: list[WordsOf]
    most: int


class AskedLink(BaseModel):
    """Who wants to be linked to me: as what, and since when; the name masked, None where none was given."""

    id: str
    version: int
    asker: str | None
    relation: str
    relation_label: str
    state: str
    state_label: str
    created_at: datetime


class AskedLinks(BaseModel):
    items: list[AskedLink]
    next: str | None = None


class OfferView(BaseModel):
    """The hour that is held, and until when."""

    slot_id: str
    starts_at: datetime
    until: datetime


class WaitView(BaseModel):
    """A waiting request: `position` in the township's queue from one, None once it is over; what to do next."""

    id: str
    version: int
    state: str
    state_label: str
    next_step: str | None
    elder_id: str
    elder_name: str
    township_id: str
    township: str
    days: list[str]
    half_days: list[WordsOf]
    position: int | None
    offer: OfferView | None
    visit_id: str | None
    end_reason: str | None
    end_reason_label: str | None
    created_at: datetime
    actions: list[str]


class WaitPage(BaseModel):
    items: list[WaitView]
    next: str | None = None


class OfferTaken(BaseModel):
    """The request after its place was booked, and the visit."""

    wait: WaitView
    visit: VisitItem


class HourView(BaseModel):
    weekday: int
    start: str
    township_id: str
    township: str
    capacity: int


class WeekView(BaseModel):
    """A visitor's week; version 0 where none was entered."""

    visitor_id: str
    version: int
    rows: list[HourView]


class VisitorSlot(BaseModel):
    """An hour as its visitor sees it."""

    id: str
    version: int
    township_id: str
    township: str
    visitor_id: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    booked: int
    held: int
    origin: str
    closed_by: str | None


class VisitorSlots(BaseModel):
    items: list[VisitorSlot]
    next: str | None = None


class MapPoint(BaseModel):
    """A point for a map, degrees of `datum`."""

    longitude: float
    latitude: float
    datum: MapDatum


class ContactView(BaseModel):
    name: str
    phone: str
    relation: str | None


class StopView(BaseModel):
    """One visit of the day; `person`: of whom no visit is planned or begun, the id is theirs.

    Name in full, address, contacts and point only on the day itself, for its visitor.
    """

    order: int
    kind: Literal["visit", "planned", "person"]
    id: str
    elder_id: str
    state: str
    state_label: str
    booked: bool
    stands_in: bool
    version: int
    starts_at: datetime | None
    ends_at: datetime | None
    started_at: datetime | None
    arrival: ArrivalView | None
    outcome_label: str | None
    name: str
    township: str
    community: str | None
    risk_level: str | None
    risk_label: str | None
    language_label: str | None
    address: str | None
    contacts: list[ContactView]
    point: MapPoint | None
    wishes: str | None
    wish_list: list[WordsOf]
    hints: list[WordsOf]
    campaigns: list[WordsOf]


class ArrivalRules(BaseModel):
    """How a phone tells by itself whether it is at a home: metres; the doubt of its position counts up to a most."""

    radius_m: int
    accuracy_most_m: int
    bands_m: list[int]


class DayView(BaseModel):
    """A visitor's day in the order of the way."""

    arrival: ArrivalRules

    date: str
    left: int
    done: int
    items: list[StopView]


class CalendarView(BaseModel):
    """Whether there is a secret address; `path` is told once, when it is made."""

    issued_at: datetime | None
    path: str | None = None


class ProposalView(BaseModel):
    """A colleague who could stand in: places left that day, and how many of the visits the nearest share gives them."""

    visitor_id: str
    display_name: str
    free: int
    would_take: int


class Proposals(BaseModel):
    items: list[ProposalView]
    next: str | None = None


class HandedView(BaseModel):
    """A visit of the absent visitor: who took it over, or why nobody did."""

    kind: str
    id: str
    day: str
    visitor_id: str | None
    reason: str | None
    reason_label: str | None


class SubstitutionView(BaseModel):
    """What became of an absent visitor's days."""

    absence_id: str
    visitor_id: str
    substitutes: dict[str, str]
    items: list[HandedView]


class GivenView(BaseModel):
    """What the caller gave in a month."""

    month: str
    visits: int
    minutes: int
    hours: float
