"""Centres for the staff of their place: registration, ratings, findings, suspensions and appeals."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.childcare.schemas import (
    CentresQuery,
    InspectionBody,
    ReasonBody,
    SuspendBody,
    VersionBody,
)
from config.loading import catalogue
from models.childcare import queries, supervision
from models.childcare.supervision import Finding, Measure
from models.facilities.price_words import prices_of
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE

READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
ACTING = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER)
OVERSIGHT = staff(COUNTY_REVIEWER, SUPERVISOR)


class StaffCentres(Endpoint):
    @route(access=READERS, query=CentresQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """The centres of a county: registration and its end, places, what is free, why none is given."""
        district = call.query.district_code or call.actor.district_code or next(iter(catalogue().districts))
        return {"items": queries.centres_of(call.actor, district, call.at), "district_code": district, "next": None}


class OneStaffCentre(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """A centre with its prices, its whole supervision, and what families said of it."""
        facility = supervision.centre_of_place(call.path["centre_id"], call.actor)
        audit.record(
            call.actor, "childcare.centre_read", f"facility:{facility['_id']}", call.at,
            district_code=facility["district_code"],
        )  # fmt: skip
        shown = queries.centre_shown(facility["_id"], call.at)
        kept = {name: value for name, value in shown.items() if name not in ("inspections", "suspension")}
        return {**kept, "township_id": facility.get("township_id"), "prices": prices_of(facility),
                "prices_valid_from": facility.get("prices_valid_from"),
                "ratings": queries.ratings_at(facility["_id"]),
                **supervision.supervision_of(facility["_id"], call.actor)}  # fmt: skip


class Inspections(Endpoint):
    @route(access=ACTING, body=InspectionBody, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Write down what an inspection, an incident or a complaint brought to light."""
        given = call.body
        found = Finding(given.kind, given.on, given.outcome, given.findings, given.note)
        made = supervision.record(call.idempotency_id or "", call.path["centre_id"], found, by=call.actor, at=call.at)
        return supervision.inspection_shown(made, call.actor)


class PublishInspection(Endpoint):
    @route(access=OVERSIGHT, body=VersionBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Make a finding public."""
        done = supervision.publish(
            call.path["inspection_id"], version=call.body.version, by=call.actor, at=call.at,
            key=call.idempotency_id or "",
        )  # fmt: skip
        return supervision.inspection_shown(done, call.actor)


class TakeBackInspection(Endpoint):
    @route(access=OVERSIGHT, body=ReasonBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """A finding that was wrong: public no more, on file with the reason."""
        done = supervision.take_back(
            call.path["inspection_id"], call.body.reason, version=call.body.version, by=call.actor, at=call.at,
            key=call.idempotency_id or "",
        )  # fmt: skip
        return supervision.inspection_shown(done, call.actor)


class Suspensions(Endpoint):
    @route(access=OVERSIGHT, body=SuspendBody, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Give a centre no more children, until a day, or (a supervisor) for good."""
        given = call.body
        measure = Measure(given.kind, given.reason, given.until, given.inspection_id)
        made = supervision.suspend(
            call.idempotency_id or "", call.path["centre_id"], measure, by=call.actor, at=call.at
        )
        return supervision.suspension_shown(made, call.actor)


class _Step(Endpoint):
    """The parent of what follows a suspension."""

    def _step(self, action: str, call: Call) -> dict[str, Any]:
        done = supervision.step(
            call.path["suspension_id"], action, call.body.reason, version=call.body.version, by=call.actor, at=call.at,
            key=call.idempotency_id or "",
        )  # fmt: skip
        return supervision.suspension_shown(done, call.actor)


class AppealSuspension(_Step):
    @route(access=ACTING, body=ReasonBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Enter the centre's appeal, in its words."""
        return self._step("appeal", call)


class UpholdSuspension(_Step):
    @route(access=OVERSIGHT, body=ReasonBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """On appeal the suspension stands; another person than who suspended."""
        return self._step("uphold", call)


class LiftSuspension(_Step):
    @route(access=OVERSIGHT, body=ReasonBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The suspension ends; who waits is offered what is free."""
        return self._step("lift", call)
