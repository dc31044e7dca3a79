"""What the directory's routes take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.endpoint import Query
from config.loading import rule
from models.facilities.datum import Datum
from models.facilities.queries import Filters, Search

MOST_CATEGORIES = 40
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Text = Annotated[str, Field(min_length=1, max_length=rule("facilities.query_chars_most"))]
Cursor = Annotated[str, Field(min_length=1, max_length=600)]


def _split(given: list[str]) -> list[str]:
    """Categories may be repeated or separated by commas."""
    return list(dict.fromkeys(part for text in given for part in text.split(",") if part))


class FacilityQuery(Query):
    """`datum` (wgs84 unless told otherwise) is that of `lat`, `lng` and of every location in the answer."""

    lat: Latitude | None = None
    lng: Longitude | None = None
    datum: Datum = "wgs84"
    category: Annotated[list[str], AfterValidator(_split)] = Field(default_factory=list, max_length=MOST_CATEGORIES)
    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    radius_m: Annotated[float, Field(ge=1, le=rule("facilities.radius_most_m"))] | None = None
    open_now: bool = False
    inclusive: bool = False
    with_places: Literal["any", "infant", "toddler", "preschool"] | None = None
    q: Text | None = None
    limit: Annotated[int, Field(ge=1, le=rule("facilities.page_size_most"))] = rule("facilities.page_size")
    cursor: Cursor | None = None

    @model_validator(mode="after")
    def _whole_point(self) -> FacilityQuery:
        if (self.lat is None) != (self.lng is None):
            raise PydanticCustomError("incomplete_point", "lat and lng belong together")
        if self.radius_m is not None and self.lat is None:
            raise PydanticCustomError("radius_without_point", "radius_m needs lat and lng")
        return self

    def search(self) -> Search:
        """As the directory understands it."""
        point = None if self.lat is None or self.lng is None else (self.lng, self.lat)
        filters = Filters(
            tuple(self.category), self.district_code, self.inclusive, self.open_now,
            True if self.with_places == "any" else self.with_places or False,
        )  # fmt: skip
        return Search(self.limit, self.datum, point, self.q, self.radius_m, filters, self.cursor)


class DatumQuery(Query):
    """The datum of locations in the answer."""

    datum: Datum = "wgs84"


class PlaceQuery(DatumQuery):
    """Part of a township's or county's name, in characters, pinyin or initials."""

    q: Text
    limit: Annotated[int, Field(ge=1, le=rule("facilities.page_size_most"))] = rule("facilities.page_size")


class CircleQuery(DatumQuery):
    """A point; `datum` is its datum and that of the answer."""

    lat: Latitude
    lng: Longitude


class Location(BaseModel):
    """Degrees in `datum`."""

    longitude: float
    latitude: float
    datum: Datum


class FreePlaces(BaseModel):
    """Free childcare places by age group; a group that is not kept is left out."""

    infant: int = 0
    toddler: int = 0
    preschool: int = 0


class FacilityCard(BaseModel):
    """A facility in a list. Distance in metres, straight; null without a point. open_now null: hours not known."""

    id: str
    name: str
    category: str
    district_code: str
    address: str | None
    phone: str | None
    inclusive: bool | None
    free_places: FreePlaces | None
    location: Location
    distance_m: float | None
    walking_minutes: int | None
    open_now: bool | None
    closes_at: datetime | None
    opens_at: datetime | None


class FacilityPage(BaseModel):
    """Facilities, and the cursor of the next page."""

    items: list[FacilityCard]
    next: str | None


class OpenStretch(BaseModel):
    """Hours of today, `from` to `to`, HH:MM."""

    from_: str = Field(alias="from")
    to: str


class Price(BaseModel):
    """What is charged for one item: whole fen by unit; 0 without a unit where the basis is `free`. Null: not said."""

    item: str
    item_label: str
    amount_fen: int
    per: str | None
    per_label: str | None
    age_group: Literal["infant", "toddler", "preschool"] | None
    age_group_label: str | None
    basis: str | None
    basis_label: str | None
    note: str | None


class FacilityDetail(BaseModel):
    """One facility. hours_assumed: the year's holiday notice is not known yet.

    prices null: nobody has told them, which is not free; prices_expected: such places usually charge for something.
    """

    id: str
    name: str
    category: str
    category_label: str
    district_code: str
    township_id: str
    address: str | None
    phone: str | None
    opening_hours: str | None
    inclusive: bool | None
    free_places: FreePlaces | None
    location: Location
    open_now: bool | None
    closes_at: datetime | None
    opens_at: datetime | None
    hours_today: list[OpenStretch]
    hours_assumed: bool
    ownership: str | None
    places_infant: int | None
    places_toddler: int | None
    places_preschool: int | None
    beds: int | None
    beds_nursing: int | None
    area_sqm: float | None
    registration_number: str | None
    registration_valid_until: str | None
    prices: list[Price] | None
    prices_expected: bool
    prices_valid_from: str | None
    accessibility: str | None
    description: str | None
    status: str
    source: str
    external_id: str
    updated_at: datetime
    version: int


class FoundPlace(BaseModel):
    """A county (its seat) or a township."""

    id: str
    kind: Literal["county", "township"]
    name: str
    district_code: str
    district_name: str
    location: Location


class PlacePage(BaseModel):
    """Places, best match first."""

    items: list[FoundPlace]
    next: str | None


class ServiceCategory(BaseModel):
    """A kind of service point within a domain of the plan."""

    token: str
    label: str
    domain: str
    domain_label: str


class ServiceCategoryPage(BaseModel):
    """All categories, in the catalogue's order."""

    items: list[ServiceCategory]
    next: str | None


class CircleArea(BaseModel):
    """The kind of area by which the plan sets its minutes."""

    kind: Literal["main_city", "county_town", "central_town", "village"]
    label: str
    district_code: str
    township_id: str


class CircleFacility(FacilityCard):
    """A facility with the minutes by the circle's own mode."""

    minutes: int


class CircleNeed(BaseModel):
    """What is within reach for one need, and where nothing is the nearest beyond."""

    token: str
    label: str
    categories: list[str]
    missing: bool
    within: list[CircleFacility]
    nearest_beyond: CircleFacility | None


class ServiceCircle(BaseModel):
    """One circle: minutes, mode and speed, and the reach in metres, straight, that follows from them."""

    token: str
    label: str
    minutes: int
    mode: Literal["walking", "riding"]
    mode_label: str
    metres_per_minute: float
    reach_m: int
    source: str
    complete: bool
    needs: list[CircleNeed]


class MissingNeed(BaseModel):
    """A need that nothing within reach meets."""

    circle: str
    need: str
    label: str


class ServiceCircles(BaseModel):
    """The circles around a point."""

    location: Location
    area: CircleArea
    circles: list[ServiceCircle]
    missing: list[MissingNeed]
