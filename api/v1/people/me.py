"""What residents do with their own account."""

from __future__ import annotations

from typing import Any

from api.access import PUBLIC, RESIDENT
from api.endpoint import Call, Endpoint, Reply, route
from api.v1.people.presenters import child_shown, consents_shown, resident_shown
from api.v1.people.schemas import (
    ChildBody,
    ChildList,
    ChildShown,
    ConsentBody,
    ConsentList,
    DataCopy,
    ErasureState,
    IdentityBody,
    MessagePage,
    MessageShown,
    MessagesQuery,
    ProfileBody,
    ResidentProfile,
    SignedIn,
    SignInBody,
    WechatCodeBody,
)
from config.programmes import programmes
from models.kernel.actors import Actor
from models.kernel.errors import Forbidden
from models.people import erasure, messages, operations, queries
from models.people.proxy_documents import CHILD
from models.people.sign_in import sign_in

ATTACHMENT = {"Content-Disposition": 'attachment; filename="yixiang-export.json"'}


class WechatSignIn(Endpoint):
    @route(access=PUBLIC, body=SignInBody, response=SignedIn, rate="sign_in")
    def post(self, call: Call) -> dict[str, Any]:
        """Sign in with a login code of the mini-program; the first time makes the resident. Again for a new token.

        With `existing` nobody is made: 404 `no_account` where there is none, or where it was erased.
        """
        session = call.platform.wechat.jscode2session(call.body.code)
        token, stored = sign_in(session.openid, session.unionid, call.at, call.body.existing)
        return {"token": token.text, "expires_at": token.expires_at, "resident": resident_shown(stored)}


class Me(Endpoint):
    @route(access=RESIDENT, response=ResidentProfile, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The resident's own record; ID number and phone are masked."""
        return resident_shown(queries.resident(call.actor.id))

    @route(access=RESIDENT, body=ProfileBody, response=ResidentProfile, rate="write")
    def patch(self, call: Call) -> dict[str, Any]:
        """Change home township or type size; what is not named stays."""
        return resident_shown(
            operations.update_profile(call.actor.id, call.body.model_dump(exclude_unset=True), call.at)
        )

    @route(access=RESIDENT, response=ErasureState, rate="write")
    def delete(self, call: Call) -> dict[str, str]:
        """Erase the account and all its data; `erasing` while some part is left to a job. Every token ends at once."""
        return {"state": erasure.erase_resident(call.actor.id, call.actor, call.at)}


class MyExport(Endpoint):
    @route(access=RESIDENT, response=DataCopy, rate="sign_in")
    def get(self, call: Call) -> Reply:
        """A copy of all data held of the resident, in clear."""
        return Reply(erasure.export_resident(call.actor.id, call.actor, call.at), headers=ATTACHMENT)


class MyIdentity(Endpoint):
    @route(access=RESIDENT, body=IdentityBody, response=ResidentProfile, rate="write")
    def put(self, call: Call) -> dict[str, Any]:
        """Declare real name and ID number, once; needs consent `identity`. Mistakes are corrected by staff."""
        given = call.body
        return resident_shown(
            operations.set_identity(call.actor.id, given.name, given.id_number, given.id_kind, call.at)
        )


class MyPhone(Endpoint):
    @route(access=RESIDENT, body=WechatCodeBody, response=ResidentProfile, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take over the phone number from WeChat, by the code of its phone button."""
        number = call.platform.wechat.phone_number(call.body.code)
        return resident_shown(operations.set_phone(call.actor.id, number, call.at))


class MyConsents(Endpoint):
    @route(access=RESIDENT, body=ConsentBody, response=ResidentProfile, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Agree to the current version of a purpose, or withdraw. What was kept under it goes with the withdrawal."""
        said = call.body
        return resident_shown(operations.record_consent(call.actor.id, said.purpose, said.version, said.given, call.at))


class MyChildren(Endpoint):
    @route(access=RESIDENT, response=ChildList, proxy=CHILD)
    def get(self, call: Call) -> dict[str, Any]:
        """The children the resident registered as their guardian, masked."""
        _demand_children_concern(call.actor)
        return {"items": [child_shown(each) for each in _children(call)]}

    @route(access=RESIDENT, body=ChildBody, response=ChildShown, idempotent=True, status=201, rate="write",
           proxy=CHILD)  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Register a child under 14 with the guardian's consent; needs the guardian's own real name first."""
        _demand_children_concern(call.actor)
        child_id = call.idempotency_id or ""
        operations.add_child(call.actor, child_id, at=call.at, **call.body.model_dump())
        return next(child_shown(each) for each in _children(call) if each["id"] == child_id)


class MyChild(Endpoint):
    @route(access=RESIDENT, rate="write", status=204)
    def delete(self, call: Call) -> None:
        """Remove a child and withdraw the consent given for it."""
        operations.remove_child(call.actor.id, call.path["child_id"], call.at)


class MyMessages(Endpoint):
    @route(access=RESIDENT, query=MessagesQuery, response=MessagePage)
    def get(self, call: Call) -> dict[str, Any]:
        """What the product told the resident, newest first."""
        page = messages.list_messages(call.actor.id, call.query.limit, call.query.cursor)
        return {"items": page.items, "next": page.next, "unread": messages.unread(call.actor.id)}


class MyMessageRead(Endpoint):
    @route(access=RESIDENT, response=MessageShown)
    def put(self, call: Call) -> dict[str, Any]:
        """Note that a message was opened."""
        return messages.mark_read(call.actor.id, call.path["message_id"], call.at)


class SignOutEverywhere(Endpoint):
    @route(access=RESIDENT, idempotent=True, rate="write", status=204)
    def post(self, call: Call) -> None:
        """End every token of the resident, this one too."""
        operations.sign_out_everywhere(call.actor.id, call.at)


class Consents(Endpoint):
    @route(access=PUBLIC, response=ConsentList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """What residents are asked to agree to: the texts of every version with their legal basis."""
        return {"items": consents_shown()}


def _demand_children_concern(by: Actor) -> None:
    """A proxy for certain programmes has to do with children only where one of these is for a child."""
    if not any(each.people.child and by.may_act_on(each.token) for each in programmes().values()):
        raise Forbidden("proxy_not_allowed")


def _children(call: Call) -> list[dict[str, Any]]:
    return queries.children_shown(queries.resident(call.actor.id).get("children", []))
