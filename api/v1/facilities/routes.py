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
    PlacePage,
    PlaceQuery,
    ServiceCategoryPage,
    ServiceCircles,
)
from config.loading import catalogue
from models.facilities import queries
from models.facilities.circles import service_circles

namespace = Namespace("facilities", description="The directory of public services.")


class Facilities(Endpoint):
    @route(access=PUBLIC, query=FacilityQuery, response=FacilityPage, rate="nearby")
    def get(self, call: Call) -> bytes:
        """With `lat` and `lng` the nearest first; without, by name, pinyin or initials (`q`), or all by pages."""
        return queries.page(call.query.search(), call.at)


class OneFacility(Endpoint):
    @route(access=PUBLIC, query=DatumQuery, response=FacilityDetail, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """One facility, whether it is open now, and its hours of today."""
        return queries.facility(call.path["facility_id"], call.at, call.query.datum)


class Places(Endpoint):
    @route(access=PUBLIC, query=PlaceQuery, response=PlacePage, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Townships and counties by name, pinyin or initials, with their points."""
        return {"items": queries.search_places(call.query.q, call.query.limit, call.query.datum), "next": None}


class Circles(Endpoint):
    @route(access=PUBLIC, query=CircleQuery, response=ServiceCircles)
    def get(self, call: Call) -> dict[str, Any]:
        """What the plan's service circles promise around a point, what is there, and what is missing."""
        return service_circles(call.query.lat, call.query.lng, call.query.datum, call.at)


class Categories(Endpoint):
    @route(access=PUBLIC, response=ServiceCategoryPage, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The kinds of service points, with the plan's domain of each."""
        items = [
            {"token": c.token, "label": c.label_zh, "domain": c.domain, "domain_label": c.domain_zh}
            for c in catalogue().categories.values()
        ]
        return {"items": items, "next": None}


namespace.add_resource(Facilities, "/facilities")
namespace.add_resource(OneFacility, "/facilities/<string:facility_id>")
namespace.add_resource(Places, "/places")
namespace.add_resource(Circles, "/service-circles")
namespace.add_resource(Categories, "/service-categories")

# The one that is asked for most: by path, what has an express lane.
EXPRESS = {"/facilities": Facilities}
