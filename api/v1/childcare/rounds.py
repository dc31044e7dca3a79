"""Placement rounds: what everyone may see, a family's own part, and the steps of the staff."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from flask import Response, request

from api.access import PUBLIC, RESIDENT, staff
from api.endpoint import Call, Endpoint, route, to_json
from api.v1.childcare.schemas import (
    CommitRoundBody,
    CorrectSeedBody,
    MyRoundQuery,
    OpenRoundBody,
    RoundsQuery,
    RoundStepBody,
    SeedBody,
    VoidRoundBody,
)
from models.childcare import queries, rounds, threads
from models.childcare.rounds import RoundPlan
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.errors import Forbidden, NotFound
from models.kernel.ids import ID_PATTERN

STEPS = staff(COUNTY_REVIEWER, SUPERVISOR)
READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)


class Rounds(Endpoint):
    @route(access=PUBLIC, query=RoundsQuery, etag=True)
    def get(self, call: Call) -> dict[str, Any]:
        """All rounds, the newest first: open, computed, published and void ones."""
        page = queries.rounds_page(**call.query.model_dump())
        return {"items": page.items, "next": page.next}


class OneRound(Endpoint):
    @route(access=PUBLIC, etag=True, rate="draw_record")
    def get(self, call: Call) -> Response:
        """The public record: the draw to be repeated by anyone, and the masked result (`docs/rounds.md`)."""
        each = rounds.read_round(_round_id(call))
        tag = f"{each['_id']}-{each['version']}"
        # The record has some megabytes: whoever has this version already is answered without making it.
        known = request.if_none_match.contains_weak(tag)
        response = Response(b"" if known else to_json(queries.public_record(each)), mimetype="application/json")
        response.set_etag(tag, weak=True)
        return response


class MyRound(Endpoint):
    @route(access=RESIDENT, query=MyRoundQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """One's own number in the record with what opens its seal, and for each choice why the child is not there."""
        placement = threads.own_placement(call.query.placement_id, call.actor)
        return queries.my_part(rounds.read_round(_round_id(call)), placement)


class StaffRounds(Endpoint):
    @route(access=STEPS, body=OpenRoundBody, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Open a round: its centres' places wait for it from now on."""
        plan = RoundPlan(**call.body.model_dump())
        return queries.round_shown(rounds.open_round(plan, by=call.actor, at=call.at))


class OneStaffRound(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """A round without its list: how far it has come, its statement, what I may do now."""
        each = rounds.read_round(_round_id(call))
        if call.actor.district_code is not None and each.get("district_code") not in (None, call.actor.district_code):
            raise Forbidden("not_your_place")
        return queries.round_of_staff(each, call.actor)


class CommitRound(Endpoint):
    @route(access=STEPS, body=CommitRoundBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Fix who takes part and which places there are; name the seed."""
        asked: CommitRoundBody = call.body
        commit = partial(rounds.commit_round, demonstrations=not call.platform.settings.production)
        return _step(commit, call, asked.seed_source, asked.issue, asked.announced_on)


class EnterRoundSeed(Endpoint):
    @route(access=STEPS, body=SeedBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Enter the announced result; another person than who fixed the list."""
        return _step(rounds.enter_seed, call, call.body.seed)


class CorrectRoundSeed(Endpoint):
    @route(access=STEPS, body=CorrectSeedBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Replace a seed that was entered wrongly, before the result."""
        return _step(rounds.correct_seed, call, call.body.seed, call.body.reason)


class RunRound(Endpoint):
    @route(access=STEPS, body=SeedBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Compute the result; the seed is read once more, by another person than who entered it."""
        return _step(rounds.run_round, call, call.body.seed)


class PublishRound(Endpoint):
    @route(access=STEPS, body=RoundStepBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Publish the result; the offers follow."""
        return _step(rounds.publish_round, call)


class VoidRound(Endpoint):
    @route(access=staff(SUPERVISOR), body=VoidRoundBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Declare a round void before it is published; it stays on record with the reason."""
        return _step(rounds.void_round, call, call.body.reason)


def _round_id(call: Call) -> str:
    """The round's id of the path. Raises NotFound for what cannot be one."""
    given: str = call.path["round_id"]
    if not re.match(ID_PATTERN, given):
        raise NotFound()
    return given


def _step(operation: Any, call: Call, *values: Any) -> dict[str, Any]:
    done = operation(
        _round_id(call), *values, by=call.actor, at=call.at, version=call.body.version, key=call.idempotency_id
    )
    return queries.round_shown(done)
