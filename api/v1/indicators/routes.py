"""The plan's indicators and their observations, public."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from api.access import PUBLIC
from api.endpoint import Call, Endpoint, route
from api.v1.indicators import glances, staff
from api.v1.indicators.checkins import CheckInCode, CheckIns
from api.v1.indicators.open_data import OpenData, OpenDirectory, OpenTables
from api.v1.indicators.presenters import indicator_view, version_view
from api.v1.indicators.schemas import IndicatorDetail, IndicatorList, ObservationPage, ObservationsQuery
from config.indicators import definition, indicator_versions, indicators
from models.indicators.queries import latest_by_indicator, observations_of
from models.indicators.usage import record_use
from models.kernel.clock import month_of
from models.kernel.errors import NotFound

namespace = Namespace("indicators")


class Indicators(Endpoint):
    """All indicators."""

    @route(access=PUBLIC, response=IndicatorList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The plan's 25 indicators with target, method and the city's latest observation by the platform."""
        latest = latest_by_indicator(call.at)
        month = month_of(call.at)
        return {"items": [indicator_view(definition(token, month), latest.get(token)) for token in indicators()]}


class OneIndicator(Endpoint):
    """One indicator with every version of its definition."""

    @route(access=PUBLIC, response=IndicatorDetail, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The indicator as it is defined now, and since when it was defined otherwise."""
        versions = indicator_versions().get(call.path["token"])
        if versions is None:
            raise NotFound()
        latest = latest_by_indicator(call.at, only=versions[0].token)
        view = indicator_view(definition(versions[0].token, month_of(call.at)), latest.get(versions[0].token))
        return {**view, "versions": [version_view(each) for each in versions]}


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
namespace.add_resource(glances.Glance, "/staff/indicators")
namespace.add_resource(glances.Sheet, "/staff/indicators/<string:token>")
namespace.add_resource(staff.Figures, "/staff/indicators/figures")
namespace.add_resource(staff.FigureTrials, "/staff/indicators/figures/trials")
namespace.add_resource(staff.FigureFiles, "/staff/indicators/figure-files")
namespace.add_resource(staff.Series, "/staff/indicators/series/<string:measure>")
namespace.add_resource(staff.Pushes, "/staff/indicators/pushes")
namespace.add_resource(staff.RetryPush, "/staff/indicators/pushes/<string:push>/retry")
namespace.add_resource(staff.ExactObservations, "/staff/indicators/<string:token>/observations")
namespace.add_resource(OpenData, "/open-data")
namespace.add_resource(OpenDirectory, "/open-data/facilities.<string:ending>")
namespace.add_resource(OpenTables, "/open-data/<string:name>")
namespace.add_resource(OneIndicator, "/indicators/<string:token>")
namespace.add_resource(Indicators, "/indicators")
namespace.add_resource(Observations, "/indicators/<string:token>/observations")
