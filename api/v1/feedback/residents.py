"""Residents: submit, follow, reopen, say how content they are; and what everybody may read."""

from __future__ import annotations

from typing import Any

from api.access import PUBLIC, RESIDENT
from api.endpoint import Call, Endpoint, route
from api.v1.feedback.schemas import (
    AllowPublicationBody,
    FacilityRatingView,
    FeedbackBody,
    OwnFeedback,
    OwnFeedbackPage,
    OwnFeedbackQuery,
    PublicFeedbackPage,
    PublicFeedbackQuery,
    ReopenFeedbackBody,
    SatisfactionBody,
    ThemesQuery,
    ThemeTable,
)
from config.text import label, say
from models.feedback import operations, queries, ratings, theme_counts
from models.feedback.routing import Point, facility_named
from models.kernel.errors import NotFound


class Pieces(Endpoint):
    @route(access=PUBLIC, query=PublicFeedbackQuery, response=PublicFeedbackPage, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """Published questions and replies, the latest first; nobody can be recognised in them."""
        asked = call.query
        page = queries.public_pieces(
            call.at, district_code=asked.district_code, theme=asked.theme, limit=asked.limit, cursor=asked.cursor
        )
        return {"items": page.items, "next": page.next}

    @route(access=RESIDENT, body=FeedbackBody, response=OwnFeedback, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Submit a need, complaint, suggestion, praise, or the rating of a facility; `number` is how it is followed."""
        body = call.body
        point = Point(body.point.longitude, body.point.latitude, body.point.datum) if body.point else None
        raw = operations.submit_feedback(
            call.idempotency_id or "", body.kind, body.text or "", by=call.actor, at=call.at,
            township_id=body.township_id, district_code=body.district_code, facility_id=body.facility_id,
            about=body.about, point=point, stars=body.stars, may_publish=body.may_publish,
        )  # fmt: skip
        return queries.own_shown(raw)


class Mine(Endpoint):
    @route(access=RESIDENT, query=OwnFeedbackQuery, response=OwnFeedbackPage)
    def get(self, call: Call) -> dict[str, Any]:
        """One's own pieces, the newest first; by `number` the one."""
        asked = call.query
        if asked.number is not None:
            try:
                return {"items": [queries.own_shown(operations.by_number(asked.number, call.actor))], "next": None}
            except NotFound:
                return {"items": [], "next": None}
        page = queries.own_pieces(call.actor, asked.limit, asked.cursor, call.at)
        return {"items": page.items, "next": page.next}


class One(Endpoint):
    @route(access=RESIDENT, response=OwnFeedback)
    def get(self, call: Call) -> dict[str, Any]:
        """One's own piece: what was said, who works on it, what is next and by when."""
        return queries.own_shown(operations.own_feedback(call.path["feedback_id"], call.actor))


class Withdraw(Endpoint):
    @route(access=RESIDENT, response=OwnFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take it back before it is answered; a rating at any time."""
        return queries.own_shown(
            operations.withdraw(call.path["feedback_id"], by=call.actor, at=call.at, key=_key(call))
        )


class Reopen(Endpoint):
    @route(access=RESIDENT, body=ReopenFeedbackBody, response=OwnFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The reply does not settle it: once, the office has its days anew."""
        done = operations.reopen(
            call.path["feedback_id"], call.body.reason, by=call.actor, at=call.at, key=_key(call)
        )  # fmt: skip
        return queries.own_shown(done)


class Satisfaction(Endpoint):
    @route(access=RESIDENT, body=SatisfactionBody, response=OwnFeedback, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """How content one is with the reply; this closes the piece."""
        done = operations.tell_satisfaction(
            call.path["feedback_id"], call.body.stars, call.body.word, by=call.actor, at=call.at, key=_key(call)
        )
        return queries.own_shown(done)


class Publication(Endpoint):
    @route(access=RESIDENT, body=AllowPublicationBody, response=OwnFeedback, idempotent=True, rate="write")
    def put(self, call: Call) -> dict[str, Any]:
        """Agree to publication without personal data, or no more: then it is taken down at once."""
        done = operations.allow_publication(
            call.path["feedback_id"], call.body.may_publish, by=call.actor, at=call.at, key=_key(call)
        )
        return queries.own_shown(done)


class PublicThemes(Endpoint):
    @route(access=PUBLIC, query=ThemesQuery, response=ThemeTable, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """What residents spoke of, as counts by theme and county; small ones are left out."""
        months = theme_counts.months_between(call.query.since or call.query.month, call.query.month)
        table, sums = theme_counts.public_theme_counts(months)
        return themes_shown(months, table, sums)


class FacilityRating(Endpoint):
    @route(access=PUBLIC, response=FacilityRatingView, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """How residents rate a facility, once enough did. Childcare centres: /childcare/centres/{id}."""
        facility_id = call.path["facility_id"]
        facility_named(facility_id)
        found = ratings.public_average(facility_id) or {"average": None, "count": None}
        return {"facility_id": facility_id, **found}


def themes_shown(months: list[str], table: Any, sums: Any) -> dict[str, Any]:
    """Counts by theme with their labels."""
    items = [
        {"theme": theme, "label": label("feedback.theme", theme), "total": sums[theme], "places": row}
        for theme, row in table.items()
    ]
    return {"since": months[0], "month": months[-1], "note": say("feedback.themes_note"), "items": items}


def _key(call: Call) -> str:
    return call.idempotency_id or ""
