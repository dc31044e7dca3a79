"""The chat, seen from outside it: joining accounts by a code, and hand-overs answered by caseworkers."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from api.access import RESIDENT, staff
from api.endpoint import Call, Endpoint, route
from api.v1.conversations.posters import FacilityPoster
from api.v1.conversations.schemas import (
    ChatCodeView,
    CloseBody,
    HandOverPage,
    HandOverQuery,
    HandOverView,
    ReplyBody,
    TakeBody,
)
from models.conversations import binding, handovers, queries
from models.conversations.lifecycle import HANDOVER_ROLES, OPEN_STATES

namespace = Namespace("conversations", description="The chat: accounts joined by a code, hand-overs to caseworkers.")


class ChatCode(Endpoint):
    @route(access=RESIDENT, response=ChatCodeView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> ChatCodeView:
        """Six digits, good for ten minutes and one use: sent to the official account they join it to this account."""
        code = binding.issue_code(call.actor.id, call.at)
        return ChatCodeView(code=code.text, expires_at=code.expires_at)


class HandOvers(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), query=HandOverQuery, response=HandOverPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The queue of one's county, masked; of the whole city for its staff."""
        asked = call.query
        states = (asked.state,) if asked.state else OPEN_STATES
        page = queries.queue(call.actor, states, asked.limit, asked.cursor, call.at)
        return {"items": page.items, "next": page.next}


class OneHandOver(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), response=HandOverView)
    def get(self, call: Call) -> dict[str, Any]:
        """All that was said; every look is recorded."""
        return queries.ticket(call.path["ticket_id"], call.actor, call.at)


class Take(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), body=TakeBody, response=HandOverView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take a waiting ticket; the follower is told that somebody is there."""
        done = handovers.take(
            call.path["ticket_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=call.body.version
        )
        return queries.shown(done, call.actor, call.at)


class Reply(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), body=ReplyBody, response=HandOverView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Say something to the follower of a ticket one has taken."""
        done = handovers.reply(
            call.path["ticket_id"], call.body.text, by=call.actor, at=call.at, key=call.idempotency_id or "",
            version=call.body.version,
        )  # fmt: skip
        return queries.shown(done, call.actor, call.at)


class Close(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), body=CloseBody, response=HandOverView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """End a ticket one has taken; the bot answers again."""
        done = handovers.close(
            call.path["ticket_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", note=call.body.note,
            version=call.body.version,
        )  # fmt: skip
        return queries.shown(done, call.actor, call.at)


namespace.add_resource(ChatCode, "/me/chat-code")
namespace.add_resource(HandOvers, "/staff/handovers")
namespace.add_resource(OneHandOver, "/staff/handovers/<string:ticket_id>")
namespace.add_resource(Take, "/staff/handovers/<string:ticket_id>/take")
namespace.add_resource(Reply, "/staff/handovers/<string:ticket_id>/reply")
namespace.add_resource(Close, "/staff/handovers/<string:ticket_id>/close")
namespace.add_resource(FacilityPoster, "/staff/facilities/<string:facility_id>/poster-code")
