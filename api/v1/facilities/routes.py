"""The directory: nearest, by name, one; places; service circles; categories. All public."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from api.access import PUBLIC
from api.endpoint import Call, Endpoint, route
from api.v1.facilities.schemas import (
    CircleQuery,
    DatumQuery,
    FacilityDetail,
    FacilityPage,
    FacilityQuery,
    FoundPlace,
    PlacePage,
    PlaceQuery,
    ServiceCategoryPage,
    ServiceCircles,
)
from config.loading import catalogue
from models.facilities import queries
from models.facilities.circles import service_circles
from models.facilities.places import one_place
from models.indicators.usage import record_use

COUNTY, COUNTY_DIGITS = b'"district_code":"', 6
namespace = Namespace("facilities", description="The directory of public services.")


class Facilities(Endpoint):
    @route(access=PUBLIC, query=FacilityQuery, response=FacilityPage, rate="nearby")
    def get(self, call: Call) -> bytes:
        """With `lat` and `lng` the nearest first; without, by name, pinyin or initials (`q`), or all by pages."""
        page = queries.page(call.query.search(), call.at)
        if call.query.cursor is None and _is_of_the_public(call):  # a further page is the same search
            record_use("facility_search", call.at, county_in(page))
        return page


class OneFacility(Endpoint):
    @route(access=PUBLIC, query=DatumQuery, response=FacilityDetail, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """One facility, whether it is open now, and its hours of today."""
        found = queries.facility(call.path["facility_id"], call.at, call.query.datum)
        if _is_of_the_public(call):
            record_use("facility_view", call.at, found["district_code"], found["township_id"])
        return found


class Places(Endpoint):
    @route(access=PUBLIC, query=PlaceQuery, response=PlacePage, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Townships and counties by name, pinyin or initials, with their points."""
        items = queries.search_places(call.query.q, call.query.limit, call.query.datum)
        record_use("place_search", call.at, items[0]["district_code"] if items else None)
        return {"items": items, "next": None}


class OnePlace(Endpoint):
    @route(access=PUBLIC, query=DatumQuery, response=FoundPlace, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """One township or county with its point, by its id."""
        return one_place(call.path["place_id"], call.query.datum)


class Circles(Endpoint):
    @route(access=PUBLIC, query=CircleQuery, response=ServiceCircles)
    def get(self, call: Call) -> dict[str, Any]:
        """What the plan's service circles promise around a point, what is there, and what is missing."""
        found = service_circles(call.query.lat, call.query.lng, call.query.datum, call.at)
        record_use("service_circle_view", call.at, found["area"]["district_code"], found["area"]["township_id"])
        return found


class Categories(Endpoint):
    @route(access=PUBLIC, response=ServiceCategoryPage, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The kinds of service points, with the plan's domain of each."""
        items = [
            {"token": c.token, "label": c.label_zh, "domain": c.domain, "domain_label": c.domain_zh}
            for c in catalogue().categories.values()
        ]
        return {"items": items, "next": None}


def _is_of_the_public(call: Call) -> bool:
    """A caseworker who looks something up in the console is no use of a public service."""
    return call.actor.kind == "anonymous"


def county_in(page: bytes) -> str | None:
    """The county of the first answer of a ready page, None of an empty one; read without taking the page apart."""
    start = page.find(COUNTY)
    return page[start + len(COUNTY) : start + len(COUNTY) + COUNTY_DIGITS].decode() if start >= 0 else None


namespace.add_resource(Facilities, "/facilities")
namespace.add_resource(OneFacility, "/facilities/<string:facility_id>")
namespace.add_resource(Places, "/places")
namespace.add_resource(OnePlace, "/places/<string:place_id>")
namespace.add_resource(Circles, "/service-circles")
namespace.add_resource(Categories, "/service-categories")

# The one that is asked for most: by path, what has an express lane.
EXPRESS = {"/facilities": Facilities}
