"""A resident's way from an offer to a key and back, and the rent; each for the resident whose it is."""

from __future__ import annotations

from typing import Any

from api.access import RESIDENT
from api.endpoint import Call, Endpoint, optional_body, route
from api.v1.housing import tenancy_views
from api.v1.housing.flat_schemas import ChooseFlatBody, NoticeBody, OwnBody, PauseBody, PayerBody
from config.text import label
from models.casework.queries import own_application
from models.housing import queries, tenancies, waiting_list
from models.housing.allocation import flat_shown
from models.housing.documents import LotteryDraw
from models.housing.flat_documents import Tenancy
from models.kernel.database import collection
from models.kernel.errors import NotFound


class WaitingPlace(Endpoint):
    @route(access=RESIDENT, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Where my application stands on its list: how many are ahead, and what moved it when."""
        return _place(call)


class PauseWaiting(Endpoint):
    @route(access=RESIDENT, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Let my waiting rest: no offers meanwhile, the place by the rule is kept."""
        return _own_step(call, "pause")


class ResumeWaiting(Endpoint):
    @route(access=RESIDENT, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """End my pause."""
        return _own_step(call, "resume")


class MyDrawEntry(Endpoint):
    @route(access=RESIDENT)
    def get(self, call: Call) -> dict[str, Any]:
        """My application in a draw: its number, the salt that proves it is mine, and the rank once it is published."""
        own = own_application(call.path["application_id"], call.actor)
        if collection(LotteryDraw).find_one({"_id": call.path["draw_id"]}, {"_id": 1}) is None:
            raise NotFound()
        return queries.my_entry(call.path["draw_id"], own["_id"])


class Tenancies(Endpoint):
    @route(access=RESIDENT)
    def get(self, call: Call) -> dict[str, Any]:
        """Mine, the newest first."""
        found = sorted(
            collection(Tenancy).find({"resident_id": call.actor.id}),
            key=lambda each: (each["created_at"], each["_id"]), reverse=True,
        )  # fmt: skip
        return {"items": [tenancy_views.tenancy(each, call.actor) for each in found], "next": None}


class OneTenancy(Endpoint):
    @route(access=RESIDENT, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """One of mine."""
        return tenancy_views.tenancy(_own(call), call.actor)


class FlatChoices(Endpoint):
    @route(access=RESIDENT)
    def get(self, call: Call) -> dict[str, Any]:
        """The flats that I may choose now instead of the one kept for me."""
        found = tenancies.choices(_own(call))
        return {"items": [tenancy_views.flat(flat_shown(each)) for each in found], "next": None}


class ChooseFlat(Endpoint):
    @route(access=RESIDENT, body=ChooseFlatBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take another flat; where somebody was quicker, the kept one stays mine."""
        done = tenancies.choose(
            _id(call), call.body.flat_id, version=call.body.version, by=call.actor, at=call.at, key=_key(call)
        )  # fmt: skip
        return tenancy_views.tenancy(done, call.actor)


class ConfirmChoice(Endpoint):
    @route(access=RESIDENT, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """This flat it is; the lease is drawn up."""
        return _simple(tenancies.confirm_choice, call)


class SignLease(Endpoint):
    @route(access=RESIDENT, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Sign the lease as it was drawn up."""
        return _simple(tenancies.sign, call)


class ChooseSubsidy(Endpoint):
    @route(access=RESIDENT, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Money instead of a flat; I leave the list of flats."""
        return _simple(tenancies.choose_subsidy, call)


class RentPayer(Endpoint):
    @route(access=RESIDENT, body=PayerBody, idempotent=True, rate="write")
    def put(self, call: Call) -> dict[str, Any]:
        """Authorise somebody to pay my rent."""
        payer = {"kind": call.body.kind, "name": call.body.name}
        done = tenancies.authorise_payer(
            _id(call), payer, version=call.body.version, by=call.actor, at=call.at, key=_key(call)
        )  # fmt: skip
        return tenancy_views.tenancy(done, call.actor)

    @route(access=RESIDENT, idempotent=True, rate="write")
    def delete(self, call: Call) -> dict[str, Any]:
        """Take the authorisation back."""
        done = tenancies.authorise_payer(_id(call), None, by=call.actor, at=call.at, key=_key(call))
        return tenancy_views.tenancy(done, call.actor)


class RentLedger(Endpoint):
    @route(access=RESIDENT)
    def get(self, call: Call) -> dict[str, Any]:
        """My rent: charges, payments, and what is owed."""
        return tenancy_views.ledger(_own(call)["_id"])


class GiveNotice(Endpoint):
    @route(access=RESIDENT, body=NoticeBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """I move out; the lease ends when the key is handed back."""
        done = tenancies.leave(
            _id(call), "give_notice", call.body.reason, version=call.body.version, by=call.actor, at=call.at,
            key=_key(call),
        )  # fmt: skip
        return tenancy_views.tenancy(done, call.actor)


def _place(call: Call) -> dict[str, Any]:
    own = own_application(call.path["application_id"], call.actor)
    found = queries.waiting_place(own["_id"], call.at)
    if found is None:
        raise NotFound()
    for move in (*found["moves"], *found["moved_by"]):
        move["action_label"] = label("housing.actions", move["action"])
        move["reason_label"] = label("housing.reasons", move["reason"])
    shown = {"state_label": label("housing.states", found["state"]), "tie": label("housing", "tie")}
    return {**found, **shown, "order": queries.ordering_shown(found["programme"])}


def _own_step(call: Call, action: str) -> dict[str, Any]:
    body = optional_body(PauseBody)
    own = own_application(call.path["application_id"], call.actor)
    found = queries.waiting_place(own["_id"], call.at)
    if found is None:
        raise NotFound()
    waiting_list.act(
        found["entry_id"], action, reason="own_request", by=call.actor, at=call.at, version=body.version, key=_key(call)
    )
    return _place(call)


def _own(call: Call) -> dict[str, Any]:
    return tenancies.own_tenancy(_id(call), call.actor)


def _simple(operation: Any, call: Call) -> dict[str, Any]:
    body = optional_body(OwnBody)
    done = operation(_id(call), version=body.version, by=call.actor, at=call.at, key=_key(call))
    return tenancy_views.tenancy(done, call.actor)


def _id(call: Call) -> str:
    return str(call.path["tenancy_id"])


def _key(call: Call) -> str:
    return call.idempotency_id or ""
