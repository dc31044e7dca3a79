"""Guardians: the way to a place, the thread with the centre, the rating; and what everybody may see of a centre."""

from __future__ import annotations

from typing import Any

from api.access import PUBLIC, RESIDENT
from api.endpoint import Call, Endpoint, Reply, route
from api.v1.childcare.resident_schemas import (
    CentreView,
    PlacementPage,
    PlacementView,
    RatingShown,
    ThreadMessage,
    ThreadPage,
)
from api.v1.childcare.schemas import MessageBody, RatingBody, ThreadQuery
from models.childcare import queries, ratings, threads
from models.childcare.documents import GUARDIAN
from models.childcare.ordering import PROGRAMME
from models.people.proxy_documents import CHILD


class Centre(Endpoint):
    @route(access=PUBLIC, response=CentreView, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """A centre's places by age group and month, its registration, what inspections found, its families' average."""
        return queries.centre_shown(call.path["centre_id"], call.at)


class Priorities(Endpoint):
    @route(access=PUBLIC, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Who goes first where places are short: the published table, each line with its source."""
        return queries.priorities_shown()


class Placements(Endpoint):
    @route(access=RESIDENT, response=PlacementPage, proxy=CHILD)
    def get(self, call: Call) -> dict[str, Any]:
        """One's children on their way to a place, the newest first."""
        found = queries.placements_of(call.actor.id) if call.actor.may_act_on(PROGRAMME) else []
        return {"items": [queries.placement_shown(raw, call.at, GUARDIAN) for raw in found], "next": None}


class OnePlacement(Endpoint):
    @route(access=RESIDENT, response=PlacementView, proxy=CHILD)
    def get(self, call: Call) -> dict[str, Any]:
        """How it stands: the offer under way, the place, or for each choice how many children are ahead."""
        raw = threads.own_placement(call.path["placement_id"], call.actor)
        return queries.placement_shown(raw, call.at, GUARDIAN)


class Messages(Endpoint):
    @route(access=RESIDENT, query=ThreadQuery, response=ThreadPage)
    def get(self, call: Call) -> dict[str, Any]:
        """What the family and the centre wrote, the newest first."""
        page = threads.thread(call.path["placement_id"], call.actor, call.at, call.query.limit, call.query.cursor)
        return {"items": page.items, "next": page.next}

    @route(access=RESIDENT, body=MessageBody, response=ThreadMessage, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Write to the centre, once the child has a place there."""
        said = threads.write(
            call.path["placement_id"], call.body.text, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return threads.shown(said)


class Rating(Endpoint):
    @route(access=RESIDENT, body=RatingBody, response=RatingShown, idempotent=True, rate="write")
    def put(self, call: Call) -> Reply:
        """Rate the centre once the child's first month there has begun; it can be changed for some days."""
        done = ratings.rate(
            call.path["placement_id"], call.body.stars, call.body.text, by=call.actor, at=call.at,
            key=call.idempotency_id or "",
        )  # fmt: skip
        return Reply(ratings.shown(done))
