"""Proxies: who may act for me, for whom I may act, and the township's confirmation of what was signed on paper."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access import RESIDENT, Access, staff
from api.endpoint import Call, Endpoint, route
from api.v1.casework.files import download, uploaded_alone
from api.v1.people.proxy_schemas import (
    AcceptCodeBody,
    ConfirmBody,
    OfferBody,
    ProxyList,
    ProxyOffered,
    ProxyQueue,
    ProxyQueueQuery,
    ProxyShown,
    RefuseProxyBody,
    RequestBody,
    RevokeProxyBody,
    StaffProxyShown,
)
from config.loading import catalogue, rule
from config.text import label
from models.casework.proxy_papers import add_signed_paper, signed_paper, signed_papers_shown
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.clock import as_utc
from models.kernel.encryption import open_text
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.people import proxies
from models.people.proxy_documents import ACTIVE, REASON_CONTEXT
from models.people.proxy_names import applicant_name, proxy_name
from models.people.store import Raw

Shown = dict[str, Any]
INTAKE = staff(TOWNSHIP_INTAKE)
READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)


class MyProxies(Endpoint):
    @route(access=RESIDENT, response=ProxyList)
    def get(self, call: Call) -> Shown:
        """Whom I have authorised to act for me, the newest first."""
        return {"items": [_shown(raw, call) for raw in proxies.given_by(call.actor.id)]}

    @route(access=RESIDENT, body=OfferBody, response=ProxyOffered, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> Shown:
        """Authorise somebody: the answer holds a code to hand over, good once."""
        raw, code = proxies.offer(call.idempotency_id or "", by=call.actor, at=call.at, **call.body.model_dump())
        return {**_shown(raw, call), "code": code, "code_expires_at": as_utc(raw["code_expires_at"])}


class RevokeProxy(Endpoint):
    @route(access=RESIDENT, response=ProxyShown, idempotent=True, rate="write")
    def post(self, call: Call) -> Shown:
        """End it at once."""
        return _shown(proxies.revoke(_id(call), by=call.actor, at=call.at, key=_key(call)), call)


class MyPrincipals(Endpoint):
    @route(access=RESIDENT, response=ProxyList)
    def get(self, call: Call) -> Shown:
        """For whom I may act, and what I have asked for; acting takes the id in the header `On-Behalf-Of`."""
        return {"items": [_shown(raw, call) for raw in proxies.held_by(call.actor)]}

    @route(access=RESIDENT, body=AcceptCodeBody, response=ProxyShown, idempotent=True, status=201, rate="sign_in")
    def post(self, call: Call) -> Shown:
        """Accept with the code that was handed over; needs my real name first."""
        return _shown(proxies.accept(call.body.code, by=call.actor, at=call.at, key=_key(call)), call)


def _asking(access: Access) -> tuple[type[Endpoint], type[Endpoint], type[Endpoint]]:
    """The routes to ask for an authorisation on paper: the same for residents and for caseworkers."""

    class Requests(Endpoint):
        @route(access=access, body=RequestBody, response=ProxyShown, idempotent=True, status=201, rate="write")
        def post(self, call: Call) -> Shown:
            """Ask to act for somebody without a telephone, who has signed a paper; the township confirms it."""
            given = call.body.model_dump()
            return _shown(proxies.request(call.idempotency_id or "", by=call.actor, at=call.at, **given), call)

    class Papers(Endpoint):
        @route(access=access, response=ProxyShown, idempotent=True, status=201, rate="upload", upload=())
        def post(self, call: Call) -> Shown:
            """Add a photo or PDF of the signed paper: multipart with `file`, at most 10 MB."""
            proxies.own_request(_id(call), call.actor)
            raw = add_signed_paper(_id(call), uploaded_alone(), document_id=_key(call), by=call.actor, at=call.at)
            return _shown(raw, call)

    class GiveUp(Endpoint):
        @route(access=access, response=ProxyShown, idempotent=True, rate="write")
        def post(self, call: Call) -> Shown:
            """Act no more, or take the request back."""
            return _shown(proxies.give_up(_id(call), by=call.actor, at=call.at, key=_key(call)), call)

    return Requests, Papers, GiveUp


MyProxyRequests, MyProxyPapers, GiveUpProxy = _asking(RESIDENT)
StaffProxyRequests, StaffProxyPapers, StaffGiveUpProxy = _asking(INTAKE)


class StaffPrincipals(Endpoint):
    @route(access=INTAKE, response=ProxyList)
    def get(self, call: Call) -> Shown:
        """For whom this caseworker may act, and what they have asked for."""
        return {"items": [_shown(raw, call) for raw in proxies.held_by(call.actor)]}


class StaffProxies(Endpoint):
    @route(access=READERS, query=ProxyQueueQuery, response=ProxyQueue)
    def get(self, call: Call) -> Shown:
        """Authorisations on paper of one's townships, the oldest first; names masked."""
        district = call.query.district_code or call.actor.district_code
        if district is None:
            raise InvalidInput(faults=[FieldFault("district_code", "missing")])
        if call.actor.district_code not in (None, district):
            raise Forbidden("not_your_place")
        found, after = proxies.queue_of_place(
            call.actor, district, call.query.state, rule("casework.page_size"), call.query.cursor
        )
        return {"items": [_shown(raw, call) for raw in found], "next": after}


class OneStaffProxy(Endpoint):
    @route(access=READERS, response=StaffProxyShown)
    def get(self, call: Call) -> Shown:
        """One with the person on the paper in clear; the look is recorded."""
        return _looked_at("proxy.read", proxies.authorisation_of_place(_id(call), call.actor), call)


class OneSignedPaper(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> Response:
        """A file of the signed paper; the look is recorded."""
        raw = proxies.authorisation_of_place(_id(call), call.actor)
        file = signed_paper(raw, call.path["document_id"])
        _record("proxy.paper_read", raw, call, document=call.path["document_id"])
        return download(file)


class ConfirmProxy(Endpoint):
    @route(access=INTAKE, body=ConfirmBody, response=StaffProxyShown, idempotent=True, rate="write")
    def post(self, call: Call) -> Shown:
        """The paper is as it should be: the proxy may act. Not by the one who asked."""
        raw = proxies.confirm(
            _id(call), version=call.body.version, by=call.actor, at=call.at, key=_key(call),
            child_consent_version=call.body.child_consent_version,
        )  # fmt: skip
        return _looked_at("proxy.confirmed", raw, call)


class RefuseProxy(Endpoint):
    @route(access=INTAKE, body=RefuseProxyBody, response=StaffProxyShown, idempotent=True, rate="write")
    def post(self, call: Call) -> Shown:
        """It is not confirmed; what was said of the person is deleted."""
        raw = proxies.refuse(
            _id(call), version=call.body.version, reason=call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )
        return _looked_at("proxy.refused", raw, call)


class StaffRevokeProxy(Endpoint):
    @route(access=INTAKE, body=RevokeProxyBody, response=StaffProxyShown, idempotent=True, rate="write")
    def post(self, call: Call) -> Shown:
        """The township ends it, at the word of the applicant, with its reason."""
        proxies.authorisation_of_place(_id(call), call.actor)
        raw = proxies.revoke(_id(call), by=call.actor, at=call.at, key=_key(call), reason=call.body.reason)
        return _looked_at("proxy.revoked", raw, call)


def _shown(raw: Raw, call: Call) -> Shown:
    expires = as_utc(raw["expires_at"])
    return {
        "id": raw["_id"],
        "state": raw["state"],
        "state_label": label("people.proxy_state", raw["state"]),
        "version": raw["version"],
        "relation": raw["relation"],
        "relation_label": label("people.proxy_relations", raw["relation"]),
        "actions": raw["actions"],
        "programmes": raw["programmes"],
        "in_force": raw["state"] == ACTIVE and expires > call.at,
        "expires_at": expires,
        "created_at": as_utc(raw["created_at"]),
        "applicant": applicant_name(raw),
        "proxy": proxy_name(raw),
        "papers": signed_papers_shown(raw),
        "reason": open_text(raw["reason"], REASON_CONTEXT) if raw.get("reason") else None,
    }


def _looked_at(action: str, raw: Raw, call: Call) -> Shown:
    _record(action, raw, call)
    place = catalogue().place(raw["township_id"])
    person, clear = proxies.person_on_paper(raw), ("name", "id_kind", "id_number", "birth_date")
    return {
        **_shown(raw, call),
        "person": {name: person[name] for name in clear if name in person},
        "township": place.name_zh if place else "",
        "confirmed_by": raw.get("confirmed_by"),
        "asked_by_me": raw.get("proxy_kind") == call.actor.kind and raw.get("proxy_id") == call.actor.id,
        "may": proxies.steps_of_place(raw, call.actor, call.at),
        "child_consent_version": (raw.get("child_consent") or {}).get("version"),
        "history": [
            {
                "action": each["action"],
                "label": label("people.proxy_step", each["action"]),
                "at": as_utc(each["at"]),
                "by_me": each["by"].get("id") == call.actor.id,
            }
            for each in raw["history"]
        ],
    }


def _record(action: str, raw: Raw, call: Call, **detail: Any) -> None:
    audit.record(
        call.actor, action, f"authorisation:{raw['_id']}", call.at, district_code=raw["district_code"], detail=detail
    )


def _id(call: Call) -> str:
    return str(call.path["authorisation_id"])


def _key(call: Call) -> str:
    return call.idempotency_id or ""
