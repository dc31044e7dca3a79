"""For planners: departments' figures read in, exact observations, official series, and the pushes."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.casework.files import uploaded_bytes
from api.v1.indicators.schemas import ObservationsQuery
from api.v1.indicators.staff_schemas import (
    ExactObservationPage,
    FigureFileList,
    FiguresQuery,
    FiguresView,
    PushesQuery,
    PushPage,
    PushView,
    SeriesList,
    figures_view,
    file_view,
    push_view,
)
from config.indicators import POPULATIONS, denominators
from config.loading import rule
from models.indicators import figures, pushes, queries, series
from models.kernel import audit
from models.kernel.actors import PLANNER, SUPERVISOR
from models.kernel.errors import NotFound


class Figures(Endpoint):
    @route(access=staff(PLANNER), query=FiguresQuery, response=FiguresView, idempotent=True, rate="upload", upload=())
    def post(self, call: Call) -> dict[str, Any]:
        """Read a department's file: good rows land, each bad one is named; the same file again changes nothing."""
        return _read(call, dry_run=False)


class FigureTrials(Endpoint):
    @route(access=staff(PLANNER), query=FiguresQuery, response=FiguresView, idempotent=True, rate="upload", upload=())
    def post(self, call: Call) -> dict[str, Any]:
        """Say what a department's file would do; nothing is written."""
        return _read(call, dry_run=True)


class FigureFiles(Endpoint):
    @route(access=staff(PLANNER), response=FigureFileList)
    def get(self, call: Call) -> dict[str, Any]:
        """The files that were read, the latest first."""
        return {"items": [file_view(each) for each in figures.files(call.actor, rule("indicators.figure_files_shown"))],
                "next": None}  # fmt: skip


class ExactObservations(Endpoint):
    @route(access=staff(PLANNER), query=ObservationsQuery, response=ExactObservationPage)
    def get(self, call: Call) -> dict[str, Any]:
        """An indicator's observations with the counts behind them, also where the public sees none."""
        asked = call.query
        area = asked.area or call.actor.district_code
        if area is not None and not figures.in_scope(call.actor, area):
            raise NotFound()  # a county's planners see their county and its townships
        page = queries.observations_of(
            call.path["token"], level=asked.level, area=area, first=asked.first, last=asked.last,
            all_revisions=asked.revisions == "all", exact=True, limit=asked.limit, cursor=asked.cursor,
        )  # fmt: skip
        return {"items": page.items, "next": page.next}


class Series(Endpoint):
    @route(access=staff(PLANNER), response=SeriesList)
    def get(self, call: Call) -> dict[str, Any]:
        """An official series (population, households …): the catalogue's values, and what departments have sent."""
        measure = call.path["measure"]
        if measure not in POPULATIONS:
            raise NotFound()
        listed = [
            {"area": each.area, "as_of": each.as_of.isoformat(), "revision": 0, "value": each.value,
             "status": each.status, "source": each.source}
            for each in denominators() if each.measure == measure
        ]  # fmt: skip
        names = ("area", "as_of", "revision", "value", "status", "source")
        sent = [{name: each[name] for name in names} for each in series.values_of(measure)]
        return {"items": listed + sent, "next": None}


class Pushes(Endpoint):
    @route(access=staff(PLANNER, SUPERVISOR), query=PushesQuery, response=PushPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The pushes to the planning office with their receipts, the latest month first."""
        asked = call.query
        found = pushes.pushes(token=asked.indicator, state=asked.state, after=asked.cursor, limit=asked.limit + 1)
        items = [push_view(each) for each in found[: asked.limit]]
        return {"items": items, "next": items[-1]["key"] if len(found) > asked.limit else None}


class RetryPush(Endpoint):
    @route(access=staff(PLANNER, SUPERVISOR), response=PushView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Send a push again that was refused or given up; the office knows its key, so it cannot count twice."""
        done = pushes.retry(call.path["push"], call.at)
        audit.record(call.actor, "indicator_push_retried", f"outbox:{done['key']}", call.at)
        return push_view(done)


def _read(call: Call, *, dry_run: bool) -> dict[str, Any]:
    content, name, _ = uploaded_bytes()
    asked = call.query
    sending = figures.Sending(content, name, asked.sender, asked.sent_on, asked.period)
    return figures_view(figures.import_figures(sending, by=call.actor, at=call.at, dry_run=dry_run))
