"""The chat, seen from outside it: joining accounts by a code, and hand-overs answered by caseworkers."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from api.access import PUBLIC, RESIDENT, staff
from api.endpoint import Call, Endpoint, route
from api.v1.conversations.posters import POSTER_ROUTES
from api.v1.conversations.schemas import (
    CannedList,
    ChatCodeView,
    CloseBody,
    ColleagueList,
    HandOverFacts,
    HandOverPage,
    HandOverQuery,
    HandOverView,
    NewsQuery,
    NewsView,
    NoteBody,
    PassOnBody,
    ReadBody,
    ReplyBody,
    TakeBody,
    TemplateList,
    TransferBody,
)
from api.v1.conversations.teaching import TEACHING_ROUTES
from bot.wechat.templates import templates
from models.conversations import binding, handovers, passing, queries
from models.conversations.canned import canned_file, close_reasons
from models.conversations.lifecycle import HANDOVER_ROLES, OPEN_STATES
from models.kernel.actors import SUPERVISOR

namespace = Namespace("conversations", description="The chat: accounts joined by a code, hand-overs to caseworkers.")


class ChatCode(Endpoint):
    @route(access=RESIDENT, response=ChatCodeView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> ChatCodeView:
        """Six digits, good for ten minutes and one use: sent to the official account they join it to this account."""
        code = binding.issue_code(call.actor.id, call.at)
        return ChatCodeView(code=code.text, expires_at=code.expires_at)


class SubscriptionTemplates(Endpoint):
    @route(access=PUBLIC, response=TemplateList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The mini-program's one-time subscription messages, for WeChat's prompt that asks whether they may be sent."""
        found = [(name, each) for name, each in templates().items() if each.account == "mini"]
        return {"items": [{"name": name, "template_id": each.template_id} for name, each in found]}


class HandOvers(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), query=HandOverQuery, response=HandOverPage, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The queue of one's county, masked; of the whole city for its staff."""
        asked = call.query
        states = (asked.state,) if asked.state else OPEN_STATES
        page = queries.queue(
            call.actor, states, asked.limit, asked.cursor, call.at, mine=asked.mine, escalated=asked.escalated
        )
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
            call.path["ticket_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", reason=call.body.reason,
            note=call.body.note, version=call.body.version,
        )  # fmt: skip
        return queries.shown(done, call.actor, call.at)


class News(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), query=NewsQuery, response=NewsView, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """What is new in a ticket since the last question; 304 while nothing is. For an open inbox."""
        return queries.news(call.path["ticket_id"], call.query.since, call.actor, call.at)


class Read(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), body=ReadBody, rate="write")
    def put(self, call: Call) -> None:
        """Say how far one has read; only for whoever holds the ticket, and only onward."""
        passing.mark_read(call.path["ticket_id"], call.body.through, by=call.actor)


class Transfer(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), body=TransferBody, response=HandOverFacts, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Into another county's queue, or the city's; the follower is told their new number."""
        done = passing.transfer(
            call.path["ticket_id"], call.body.district_code, by=call.actor, at=call.at, key=call.idempotency_id or "",
            note=call.body.note, version=call.body.version,
        )  # fmt: skip
        return queries.facts(done, call.actor, call.at)


class PassOn(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), body=PassOnBody, response=HandOverFacts, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Into a colleague's hands; the follower need not know."""
        done = passing.pass_on(
            call.path["ticket_id"], call.body.colleague_id, by=call.actor, at=call.at, key=call.idempotency_id or "",
            note=call.body.note, version=call.body.version,
        )  # fmt: skip
        return queries.facts(done, call.actor, call.at)


class GiveBack(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), body=NoteBody, response=HandOverFacts, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Back to the queue, at its old place."""
        done = passing.give_back(
            call.path["ticket_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", note=call.body.note,
            version=call.body.version,
        )  # fmt: skip
        return queries.facts(done, call.actor, call.at)


class TakeOver(Endpoint):
    @route(access=staff(SUPERVISOR), body=TakeBody, response=HandOverView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """A supervisor goes on where a colleague has gone."""
        done = passing.take_over(
            call.path["ticket_id"], by=call.actor, at=call.at, key=call.idempotency_id or "", version=call.body.version
        )
        return queries.shown(done, call.actor, call.at)


class Colleagues(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), response=ColleagueList)
    def get(self, call: Call) -> dict[str, Any]:
        """Whom a ticket can be passed on to."""
        return {"items": [c for c in passing.colleagues(call.actor.district_code) if c["id"] != call.actor.id]}


class CannedAnswers(Endpoint):
    @route(access=staff(*HANDOVER_ROLES), response=CannedList, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """The catalogue's ready sentences and the reasons for an end."""
        found, reasons = canned_file(), close_reasons()
        return {
            "answers": [each.model_dump() for each in found.answers],
            "close_reasons": [{"reason": each, "label": found.close_reasons[each]} for each in reasons],
        }


namespace.add_resource(ChatCode, "/me/chat-code")
namespace.add_resource(SubscriptionTemplates, "/subscription-templates")
namespace.add_resource(HandOvers, "/staff/handovers")
namespace.add_resource(OneHandOver, "/staff/handovers/<string:ticket_id>")
namespace.add_resource(Take, "/staff/handovers/<string:ticket_id>/take")
namespace.add_resource(Reply, "/staff/handovers/<string:ticket_id>/reply")
namespace.add_resource(Close, "/staff/handovers/<string:ticket_id>/close")
namespace.add_resource(News, "/staff/handovers/<string:ticket_id>/news")
namespace.add_resource(Read, "/staff/handovers/<string:ticket_id>/read")
namespace.add_resource(Transfer, "/staff/handovers/<string:ticket_id>/transfer")
namespace.add_resource(PassOn, "/staff/handovers/<string:ticket_id>/pass-on")
namespace.add_resource(GiveBack, "/staff/handovers/<string:ticket_id>/give-back")
namespace.add_resource(TakeOver, "/staff/handovers/<string:ticket_id>/take-over")
namespace.add_resource(Colleagues, "/staff/handover-colleagues")
namespace.add_resource(CannedAnswers, "/staff/canned-answers")
for resource, path in (*TEACHING_ROUTES, *POSTER_ROUTES):
    namespace.add_resource(resource, path)
