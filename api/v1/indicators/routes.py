"""The plan's indicators and their observations, public."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from api.access import PUBLIC
from api.endpoint import Call, Endpoint, route
from api.v1.indicators import staff
from api.v1.indicators.checkins import CheckInCode, CheckIns
from api.v1.indicators.presenters import indicator_view
from api.v1.indicators.schemas import IndicatorList, ObservationPage, ObservationsQuery
from config.indicators import indicators
from models.indicators.queries import latest_by_indicator, observations_of
from models.indicators.usage import record_use

namespace = Namespace("indicators")


class Indicators(Endpoint):
    """All indicators."""

    @route(access=PUBLIC, response=IndicatorList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The plan's 25 indicators with target, method and the city's latest observation by the platform."""
        latest = latest_by_indicator(call.at)
        return {"items": [indicator_view(each, latest.get(token)) for token, each in indicators().items()]}


class Observations(Endpoint):
    """One indicator's observations."""

    @route(access=PUBLIC, query=ObservationsQuery, response=ObservationPage, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Monthly observations with numerator, denominator, coverage, source and method.

        Where only a part of the area is covered, `value` is null and `partial_value` says what is known.
        """
        query: ObservationsQuery = call.query
        record_use("indicator_view", call.at)
        page = observations_of(
            call.path["token"], level=query.level, area=query.area, first=query.first, last=query.last,
            all_revisions=query.revisions == "all", limit=query.limit, cursor=query.cursor,
        )  # fmt: skip
        return {"items": page.items, "next": page.next}


namespace.add_resource(CheckIns, "/facilities/<string:facility_id>/check-ins")
namespace.add_resource(CheckInCode, "/staff/facilities/<string:facility_id>/check-in-code")
namespace.add_resource(staff.Figures, "/staff/indicators/figures")
namespace.add_resource(staff.FigureTrials, "/staff/indicators/figures/trials")
namespace.add_resource(staff.FigureFiles, "/staff/indicators/figure-files")
namespace.add_resource(staff.Series, "/staff/indicators/series/<string:measure>")
namespace.add_resource(staff.Pushes, "/staff/indicators/pushes")
namespace.add_resource(staff.RetryPush, "/staff/indicators/pushes/<string:push>/retry")
namespace.add_resource(staff.ExactObservations, "/staff/indicators/<string:token>/observations")
namespace.add_resource(Indicators, "/indicators")
namespace.add_resource(Observations, "/indicators/<string:token>/observations")
