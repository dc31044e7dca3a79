"""Caseworkers of the centre's place, who act for the centre: placements, threads, replies to ratings."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.childcare.schemas import MessageBody, ReplyBody, StaffPlacementsQuery, ThreadQuery
from models.childcare import queries, ratings, threads
from models.childcare.documents import CENTRE
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE

READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
ACTING = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER)


class StaffPlacements(Endpoint):
    @route(access=READERS, query=StaffPlacementsQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """Placements of one's place in a state; no name among them."""
        page = queries.staff_page(call.actor, **call.query.model_dump(), at=call.at)
        return {"items": page.items, "next": page.next}


class OneStaffPlacement(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """One placement; the look is recorded."""
        raw = threads.placement_of_place(call.path["placement_id"], call.actor)
        audit.record(
            call.actor, "childcare.placement_read", f"childcare_placement:{raw['_id']}", call.at,
            district_code=raw["district_code"],
        )  # fmt: skip
        return queries.placement_shown(raw, call.at, CENTRE)


class StaffMessages(Endpoint):
    @route(access=READERS, query=ThreadQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """What the family and the centre wrote, the newest first; the look is recorded."""
        page = threads.thread(call.path["placement_id"], call.actor, call.at, call.query.limit, call.query.cursor)
        return {"items": page.items, "next": page.next}

    @route(access=ACTING, body=MessageBody, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Write to the family, who is told."""
        said = threads.write(
            call.path["placement_id"], call.body.text, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return threads.shown(said)


class RatingReply(Endpoint):
    @route(access=ACTING, body=ReplyBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Answer a family's rating for the centre."""
        done = ratings.reply(
            call.path["placement_id"], call.body.text, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return ratings.shown(done)
