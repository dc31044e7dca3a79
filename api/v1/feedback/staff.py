"""Staff: the queue of one's office, replies, transfers, and the public text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.feedback.residents import themes_shown
from api.v1.feedback.schemas import (
    FeedbackDeskQuery,
    FeedbackPage,
    FeedbackReplyBody,
    FeedbackStepBody,
    FeedbackThemeBody,
    MovedFeedback,
    PublicTextBody,
    StaffFeedback,
    TakeDownBody,
    ThemesQuery,
    ThemeTable,
    TransferFeedbackBody,
)
from models.feedback import handling, publishing, queries, theme_counts, theme_standing
from models.feedback.documents import OPEN_STATES
from models.feedback.lifecycle import FEEDBACK_ROLES
from models.feedback.routing import office_of
from models.kernel.actors import PLANNER, SUPERVISOR
from models.kernel.lifecycle import Raw

OFFICE = staff(*FEEDBACK_ROLES)


class Desk(Endpoint):
    @route(access=OFFICE, query=FeedbackDeskQuery, response=FeedbackPage)
    def get(self, call: Call) -> dict[str, Any]:
        """What one's office has to answer, the soonest due first; for the city's staff the city's own, what is late for
        the second time, or one county's."""
        asked = call.query
        page = queries.desk(
            call.actor, (asked.state,) if asked.state else OPEN_STATES, district_code=asked.district_code,
            month=asked.month, limit=asked.limit, cursor=asked.cursor, at=call.at,
        )  # fmt: skip
        return {"items": page.items, "next": page.next}


class OneOfDesk(Endpoint):
    @route(access=OFFICE, response=StaffFeedback)
    def get(self, call: Call) -> dict[str, Any]:
        """All that was said; every look is recorded."""
        return queries.look_at(call.path["feedback_id"], call.actor, call.at)


class Take(Endpoint):
    @route(access=OFFICE, body=FeedbackStepBody, response=StaffFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take it in work."""
        return _step(call, handling.take)


class Transfer(Endpoint):
    @route(access=OFFICE, body=TransferFeedbackBody, response=MovedFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Send it to whom it concerns; its owner is told."""
        raw = handling.transfer(
            call.path["feedback_id"], call.body.reason, township_id=call.body.township_id,
            district_code=call.body.district_code, **_who(call),
        )  # fmt: skip
        moved = {"id": raw["_id"], "number": raw["number"], "state": raw["state"], "version": raw["version"]}
        return {**moved, "office": office_of(raw).in_words()}


class Reply(Endpoint):
    @route(access=OFFICE, body=FeedbackReplyBody, response=StaffFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The private reply; its owner is told."""
        return _step(call, handling.reply, call.body.text)


class Note(Endpoint):
    @route(access=OFFICE, body=FeedbackStepBody, response=StaffFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Conclude praise or a rating as read."""
        return _step(call, handling.note)


class SetTheme(Endpoint):
    @route(access=OFFICE, body=FeedbackThemeBody, response=StaffFeedback, idempotent=True, rate="write")
    def put(self, call: Call) -> dict[str, Any]:
        """What it is about, for the monthly counts."""
        return _step(call, handling.set_theme, call.body.theme)


class Propose(Endpoint):
    @route(access=OFFICE, body=PublicTextBody, response=StaffFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Put forward the public words that one has looked at; WeChat checks them, then they are published."""
        text = publishing.PublicText(call.body.question, call.body.answer)
        return _step(call, publishing.propose, text)


class Approve(Endpoint):
    @route(access=OFFICE, body=FeedbackStepBody, response=StaffFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Publish what the check did not settle; not for who wrote it."""
        return _step(call, publishing.approve)


class TakeDown(Endpoint):
    @route(access=OFFICE, body=TakeDownBody, response=StaffFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take the public words down."""
        return _step(call, publishing.unpublish, call.body.reason)


class Themes(Endpoint):
    @route(access=staff(PLANNER, SUPERVISOR), query=ThemesQuery, response=ThemeTable)
    def get(self, call: Call) -> dict[str, Any]:
        """What residents spoke of, all counts, of large months as of an hour ago at most; not for the public."""
        months = theme_counts.months_between(call.query.since or call.query.month, call.query.month)
        table, as_of = theme_standing.themes_for_staff(months, call.at)
        shown = themes_shown(months, table, {theme: sum(row.values()) for theme, row in table.items()})
        return {**shown, "as_of": as_of}


def _who(call: Call) -> dict[str, Any]:
    return {"by": call.actor, "at": call.at, "key": call.idempotency_id or "", "version": call.body.version}


def _step(call: Call, operation: Callable[..., Raw], *values: Any) -> dict[str, Any]:
    """Take a step of the piece in the path; the piece as its office sees it."""
    return queries.staff_shown(operation(call.path["feedback_id"], *values, **_who(call)), call.actor, call.at)
