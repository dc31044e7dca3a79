"""Families: links that I as the old person decide, wishes, and waiting requests where nothing is free."""

from __future__ import annotations

from typing import Any

from api.access import RESIDENT
from api.endpoint import Call, Endpoint, route
from api.v1.eldercare.views import visit_item
from api.v1.eldercare.visitor_schemas import (
    AskedLink,
    AskedLinks,
    AskWaitBody,
    OfferTaken,
    OfferView,
    TakeOfferBody,
    WaitPage,
    WaitView,
    WishCatalogue,
    WordsOf,
)
from config.loading import rule
from config.text import label, say
from models.eldercare import asked_links, queries, waiting, waiting_requests, wishes
from models.eldercare.notices import township_name
from models.eldercare.settling import masked_name
from models.eldercare.waiting_documents import OFFERED, OPEN_STATES, WAIT_LIFECYCLE
from models.indicators.usage import note_use
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.lifecycle import Raw
from models.kernel.masking import mask_name
from models.people.proxy_documents import VISITS


class AskedOfMe(Endpoint):
    @route(access=RESIDENT, response=AskedLinks)
    def get(self, call: Call) -> dict[str, Any]:
        """Who wants to be linked to me, and who is. Empty where my account is not proved to be mine."""
        return {"items": [_asked(each) for each in asked_links.links_asked_of(call.actor)], "next": None}


class ConfirmAsked(Endpoint):
    @route(access=RESIDENT, response=AskedLink, idempotent=True, rate="write")
    def post(self, call: Call) -> AskedLink:
        """I confirm that somebody belongs to my family and may book visits for me."""
        key = call.idempotency_id or ""
        return _asked(asked_links.confirm_asked(call.path["link_id"], by=call.actor, at=call.at, key=key))


class RefuseAsked(Endpoint):
    @route(access=RESIDENT, response=AskedLink, idempotent=True, rate="write")
    def post(self, call: Call) -> AskedLink:
        """I refuse a request, or end a link that stands."""
        key = call.idempotency_id or ""
        return _asked(asked_links.refuse_asked(call.path["link_id"], by=call.actor, at=call.at, key=key))


class VisitWishes(Endpoint):
    @route(access=RESIDENT, response=WishCatalogue, proxy="read")
    def get(self, call: Call) -> dict[str, Any]:
        """What can be wished of a visit, and how many of them."""
        return {"items": labelled("wish", rule("visitors.wishes")), "most": rule("visitors.wishes_most")}


class VisitWaits(Endpoint):
    @route(access=RESIDENT, response=WaitPage, proxy="read")
    def get(self, call: Call) -> dict[str, Any]:
        """My waiting requests, the newest first."""
        return {"items": _views(waiting_requests.waits_of(call.actor.id), call.actor), "next": None}

    @route(access=RESIDENT, body=AskWaitBody, response=WaitView, idempotent=True, status=201, rate="write",
           proxy=VISITS)  # fmt: skip
    def post(self, call: Call) -> WaitView:
        """Wait for an hour on the days that suit; refused while one is free."""
        asked = call.body
        wait = waiting_requests.ask(
            call.idempotency_id or "", asked.elder_id, asked.days, asked.half_days, by=call.actor, at=call.at
        )
        return _views([wait], call.actor)[0]


class OneVisitWait(Endpoint):
    @route(access=RESIDENT, response=WaitView, proxy="read")
    def get(self, call: Call) -> WaitView:
        """One waiting request with its place in the queue."""
        return _views([waiting_requests.own_wait(call.path["wait_id"], call.actor)], call.actor)[0]


class TakeOffer(Endpoint):
    @route(access=RESIDENT, body=TakeOfferBody, response=OfferTaken, idempotent=True, rate="write", proxy=VISITS)
    def post(self, call: Call) -> OfferTaken:
        """Book the hour that is held for me."""
        wished = wishes.checked(call.body.wishes, call.body.wish_list)
        visit = waiting_requests.take_offer(call.path["wait_id"], wished, by=call.actor, at=call.at)
        note_use("visit_booked", visit["_id"], call.at, visit["district_code"], visit["township_id"])
        wait = waiting_requests.own_wait(call.path["wait_id"], call.actor)
        elder = queries.elders_by_id([visit["elder_id"]]).get(visit["elder_id"])
        return OfferTaken(wait=_views([wait], call.actor)[0], visit=visit_item(visit, elder, call.actor))


class DeclineHeldPlace(Endpoint):
    @route(access=RESIDENT, response=WaitView, idempotent=True, rate="write", proxy=VISITS)
    def post(self, call: Call) -> WaitView:
        """Leave the hour that is held to the next; I keep my place in the queue."""
        key = call.idempotency_id or ""
        wait = waiting_requests.decline(call.path["wait_id"], by=call.actor, at=call.at, key=key)
        return _views([wait], call.actor)[0]


class WithdrawWait(Endpoint):
    @route(access=RESIDENT, response=WaitView, idempotent=True, rate="write", proxy=VISITS)
    def post(self, call: Call) -> WaitView:
        """Take a waiting request back."""
        key = call.idempotency_id or ""
        wait = waiting_requests.withdraw(call.path["wait_id"], by=call.actor, at=call.at, key=key)
        return _views([wait], call.actor)[0]


def labelled(group: str, tokens: list[str] | tuple[str, ...]) -> list[WordsOf]:
    """Tokens of a group of `visitors` with their words."""
    return [WordsOf(token=token, label=say(f"visitors.{group}.{token}")) for token in tokens]


def _asked(link: Raw) -> AskedLink:
    name = queries.resident_name(link["resident_id"])
    return AskedLink(
        id=link["_id"], version=link["version"], asker=mask_name(name) if name else None, relation=link["relation"],
        relation_label=label("eldercare.relation", link["relation"]), state=link["state"],
        state_label=label("eldercare.link_state", link["state"]), created_at=as_utc(link["created_at"]),
    )  # fmt: skip


def _views(waits: list[Raw], by: Actor) -> list[WaitView]:
    elders = queries.elders_by_id(wait["elder_id"] for wait in waits)
    return [_view(wait, elders.get(wait["elder_id"]), by) for wait in waits]


def _view(wait: Raw, elder: Raw | None, by: Actor) -> WaitView:
    reason = wait.get("end_reason")
    offer = None
    if wait["state"] == OFFERED:
        offer = OfferView(slot_id=wait["slot_id"], starts_at=wait["starts_at"], until=wait["offered_until"])
    return WaitView(
        id=wait["_id"], version=wait["version"], state=wait["state"],
        state_label=say(f"visitors.wait_state.{wait['state']}"),
        next_step=say(f"visitors.wait_next.{wait['state']}") if wait["state"] in OPEN_STATES else None,
        elder_id=wait["elder_id"], elder_name=masked_name(elder), township_id=wait["township_id"],
        township=township_name(wait["township_id"]), days=wait["days"],
        half_days=labelled("half_day", wait["half_days"]), position=waiting.position_of(wait), offer=offer,
        visit_id=wait.get("visit_id"), end_reason=reason,
        end_reason_label=say(f"visitors.wait_end.{reason}") if reason else None,
        created_at=as_utc(wait["created_at"]),
        actions=[*WAIT_LIFECYCLE.actions_for(wait, by), *(["book"] if offer else [])],
    )  # fmt: skip
