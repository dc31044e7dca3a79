"""Lottery draws: what everyone may see, and the steps of the staff."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, request

from api.access import PUBLIC, staff
from api.endpoint import Call, Endpoint, route, to_json
from api.v1.housing.schemas import (
    CommitDrawBody,
    CorrectSeedBody,
    DrawStepBody,
    LotteryDrawsQuery,
    SeedBody,
    VoidDrawBody,
)
from models.housing import draw_checks, operations, queries
from models.housing.documents import PUBLISHED
from models.housing.operations import Plan
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.errors import Forbidden, NotFound
from models.kernel.ids import ID_PATTERN
from models.kernel.lifecycle import Raw

STEPS = staff(COUNTY_REVIEWER, SUPERVISOR)
READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)


class LotteryDraws(Endpoint):
    @route(access=PUBLIC, query=LotteryDrawsQuery, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """All draws, the newest first: committed, drawn, published and void ones."""
        asked: LotteryDrawsQuery = call.query
        page = queries.draws(**asked.model_dump())
        return {"items": page.items, "next": page.next}


class OneLotteryDraw(Endpoint):
    @route(access=PUBLIC, etag=True, rate="draw_record")
    def get(self, call: Call) -> Response:
        """The full record, by which anyone can repeat the draw (`docs/draws.md`)."""
        stored = queries.draw(draw_id_of(call))
        tag = f"{stored['_id']}-{stored['version']}"
        # The record has some megabytes: whoever has this version already is answered without making it.
        known = request.if_none_match.contains_weak(tag)
        response = Response(b"" if known else to_json(queries.public_record(stored)), mimetype="application/json")
        response.set_etag(tag, weak=True)
        return response


class LotteryDrawCheck(Endpoint):
    @route(access=PUBLIC, rate="draw_record")
    def get(self, call: Call) -> dict[str, Any]:
        """A draw in short, and its published record computed again; `checked` is null before it is published."""
        stored = queries.draw(draw_id_of(call))
        checked = draw_checks.checked(stored) if stored["state"] == PUBLISHED else None
        return {"it": queries.summary(stored), "checked": checked}


class StaffLotteryDraws(Endpoint):
    @route(access=STEPS, body=CommitDrawBody, idempotent=True, status=201)
    def post(self, call: Call) -> dict[str, Any]:
        """Fix the list of a draw: everyone who waits on it now."""
        asked: CommitDrawBody = call.body
        plan = Plan(
            programme=asked.programme, round=asked.round, district_code=asked.district_code, group=asked.group,
            places=asked.places, seed_source=asked.seed_source, issue=asked.issue, announced_on=asked.announced_on,
            replaces=asked.replaces, demonstrations=not call.platform.settings.production,
        )  # fmt: skip
        return queries.summary(operations.commit_draw(plan, by=call.actor, at=call.at))


class OneStaffDraw(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """A draw without its list: how far it has come, by when the seed is known, what I may do now."""
        return draw_checks.draw_of_staff(_of_place(call), call.actor)


class CheckDraw(Endpoint):
    @route(access=READERS, rate="draw_record")
    def get(self, call: Call) -> dict[str, Any]:
        """The published record computed again, as anyone can; what is not as it must be, in words."""
        return draw_checks.checked(_of_place(call))


class SeedSources(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """The public results that a draw may name as its seed."""
        return {"items": draw_checks.sources(demonstrations=not call.platform.settings.production), "next": None}


class EnterSeed(Endpoint):
    @route(access=STEPS, body=SeedBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Enter the announced result; another person than who committed."""
        return _step(operations.enter_seed, call, call.body.seed)


class CorrectSeed(Endpoint):
    @route(access=STEPS, body=CorrectSeedBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Replace a seed that was entered wrongly, before the draw."""
        return _step(operations.correct_seed, call, call.body.seed, call.body.reason)


class RunDraw(Endpoint):
    @route(access=STEPS, body=SeedBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Draw; the seed is read once more, by another person than who entered it."""
        return _step(operations.run_draw, call, call.body.seed)


class PublishDraw(Endpoint):
    @route(access=STEPS, body=DrawStepBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Publish the result with the whole record."""
        return _step(operations.publish_draw, call)


class VoidDraw(Endpoint):
    @route(access=staff(SUPERVISOR), body=VoidDrawBody, idempotent=True)
    def post(self, call: Call) -> dict[str, Any]:
        """Declare a draw void before it is published; it stays on record with the reason."""
        return _step(operations.void_draw, call, call.body.reason)


def _of_place(call: Call) -> Raw:
    """The draw of the path, where it is one's county's or the city's. Raises NotFound, Forbidden."""
    stored = queries.draw(draw_id_of(call))
    if call.actor.district_code is not None and stored.get("district_code") not in (None, call.actor.district_code):
        raise Forbidden("not_your_place")
    return stored


def draw_id_of(call: Call) -> str:
    """The draw's id of the path. Raises NotFound for what cannot be one."""
    given: str = call.path["draw_id"]
    if not re.match(ID_PATTERN, given):
        raise NotFound()
    return given


def _step(operation: Any, call: Call, *values: str) -> dict[str, Any]:
    done = operation(
        draw_id_of(call), *values, by=call.actor, at=call.at, version=call.body.version, key=call.idempotency_id
    )
    return queries.summary(done)
