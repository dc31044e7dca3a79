"""Offers of a flat or a childcare place, for the resident to whom they are made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from api.access import RESIDENT
from api.endpoint import Call, Endpoint, Query, optional_body, route
from api.v1.casework.schemas import Cursor, Limit, OwnStepBody
from config.loading import rule
from config.text import label
from models.casework import offers
from models.casework.offer_documents import OFFER_LIFECYCLE
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.lifecycle import Raw
from models.people.proxy_documents import OFFER

# What a giver needs to know its thing again, and nobody else.
INTERNAL = ("attempt",)


class OffersQuery(Query):
    """A page of one's own offers."""

    cursor: Cursor | None = None
    limit: Limit = rule("casework.page_size")


class OwnOffer(BaseModel):
    """One's own offer. `subject`: the flat or the childcare place, as its giver describes it."""

    id: str
    kind: str
    kind_label: str
    application_id: str
    programme: str
    state: str
    state_label: str
    subject: dict[str, Any]
    made_at: datetime
    expires_at: datetime
    version: int
    actions: list[str]


class OwnOfferPage(BaseModel):
    items: list[OwnOffer]
    next: str | None


class Offers(Endpoint):
    @route(access=RESIDENT, query=OffersQuery, response=OwnOfferPage, proxy=OFFER)
    def get(self, call: Call) -> dict[str, Any]:
        """My offers, the newest first."""
        page = offers.offers_of(call.actor.id, call.query.cursor, call.query.limit)
        # A proxy sees what the authorisation is for.
        mine = [raw for raw in page.items if call.actor.may_act_on(raw["programme"])]
        return {"items": [shown(each, call.actor) for each in mine], "next": page.next}


class OneOffer(Endpoint):
    @route(access=RESIDENT, response=OwnOffer, etag=True, proxy=OFFER)
    def get(self, call: Call) -> dict[str, Any]:
        """One of mine: what is offered, until when, what I can do."""
        return shown(offers.own_offer(call.path["offer_id"], call.actor), call.actor)


class AcceptOffer(Endpoint):
    @route(access=RESIDENT, response=OwnOffer, idempotent=True, rate="write", proxy=OFFER)
    def post(self, call: Call) -> dict[str, Any]:
        """Take it; possible until it expires."""
        return _answered(offers.accept, call)


class DeclineOffer(Endpoint):
    @route(access=RESIDENT, response=OwnOffer, idempotent=True, rate="write", proxy=OFFER)
    def post(self, call: Call) -> dict[str, Any]:
        """Leave it to the next; what follows for one's own waiting is the programme's published rule."""
        return _answered(offers.decline, call)


def shown(offer: Raw, by: Actor) -> dict[str, Any]:
    """An offer as its resident sees it."""
    return {
        "id": offer["_id"],
        "kind": offer["kind"],
        "kind_label": label("offers.kind", offer["kind"]),
        "application_id": offer["application_id"],
        "programme": offer["programme"],
        "state": offer["state"],
        "state_label": label("offers.state", offer["state"]),
        "subject": {name: value for name, value in offer["subject"].items() if name not in INTERNAL},
        "made_at": as_utc(offer["created_at"]),
        "expires_at": as_utc(offer["expires_at"]),
        "version": offer["version"],
        "actions": OFFER_LIFECYCLE.actions_for(offer, by),
    }


def _answered(operation: Any, call: Call) -> dict[str, Any]:
    body = optional_body(OwnStepBody)
    own = offers.own_offer(call.path["offer_id"], call.actor)
    done = operation(own["_id"], version=body.version, by=call.actor, at=call.at, key=call.idempotency_id or "")
    return shown(done, call.actor)
