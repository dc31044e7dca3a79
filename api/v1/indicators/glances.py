"""For staff: all indicators at a glance, and one with all that is known of it. No look of staff counts as a use."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.access import STAFF
from api.endpoint import Call, Endpoint, route
from api.v1.indicators.presenters import indicator_view, version_view
from api.v1.indicators.schemas import DefinitionView, IndicatorView, ObservationView
from config.indicators import definition, indicator_versions, indicators
from config.loading import rule
from models.indicators.queries import is_observable, latest_known, latest_revisions_shown, observations_of
from models.kernel.actors import PLANNER
from models.kernel.clock import month_of
from models.kernel.errors import NotFound


class TrendPoint(BaseModel):
    """A month's value of the city; null where it is not known for the whole of it."""

    period: str
    value: float | None


class GlanceView(IndicatorView):
    """An indicator with its last year, the earliest month first."""

    trend: list[TrendPoint]


class GlanceList(BaseModel):
    items: list[GlanceView]


class SheetView(IndicatorView):
    """One indicator: every definition, the city's observations with all revisions, the counties' latest month.

    `exact`: with small numbers of people, for planners.
    """

    versions: list[DefinitionView]
    observations: list[ObservationView]
    counties: list[ObservationView]
    exact: bool


class Glance(Endpoint):
    @route(access=STAFF, response=GlanceList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The plan's indicators with the city's latest observation and its year, as the public sees them."""
        month, shown = month_of(call.at), latest_revisions_shown(call.at)
        return {"items": [
            {**indicator_view(definition(token, month), latest_known(found)),
             "trend": [{"period": each["period"], "value": value_of(each)} for each in found]}
            for token in indicators() for found in [shown.get(token, [])]
        ]}  # fmt: skip


class Sheet(Endpoint):
    @route(access=STAFF, response=SheetView)
    def get(self, call: Call) -> dict[str, Any]:
        """One indicator with its definitions, observations and revisions, and where the counties stand."""
        versions = indicator_versions().get(call.path["token"])
        if versions is None:
            raise NotFound()
        token, exact, most = versions[0].token, call.actor.has_role(PLANNER), rule("indicators.page_size_most")
        city = observations_of(token, all_revisions=True, exact=exact, limit=most).items
        county = observations_of(token, level="county", exact=exact, limit=most).items
        latest = max(((is_observable(each), each["period"]) for each in county), default=(False, ""))[1]
        view = indicator_view(definition(token, month_of(call.at)), latest_known(city))
        return {
            **view, "versions": [version_view(each) for each in versions], "observations": city, "exact": exact,
            "counties": [each for each in county if each["period"] == latest],
        }  # fmt: skip


def value_of(observation: dict[str, Any]) -> float | None:
    """The value, or what is known of a part."""
    value: float | None = observation["value"] if observation["value"] is not None else observation["partial_value"]
    return value
