"""Substitutes: who could stand in for a visitor who is away, whom the supervisor names, and what became of the day."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.eldercare.visitor_schemas import (
    HandedView,
    NearDayQuery,
    Proposals,
    ProposalView,
    SubstituteBody,
    SubstitutionView,
)
from config.text import say
from models.eldercare import substitutes
from models.eldercare.lifecycle import REGISTRARS
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.lifecycle import Raw


class SubstituteProposals(Endpoint):
    @route(access=staff(SUPERVISOR, TOWNSHIP_INTAKE), query=NearDayQuery, response=Proposals)
    def get(self, call: Call) -> dict[str, Any]:
        """Who could stand in on a day, the least detour first."""
        found = substitutes.proposals(call.path["absence_id"], call.query.day, by=call.actor, at=call.at)
        items = [
            ProposalView(visitor_id=each.id, display_name=name, free=each.free, would_take=count)
            for each, name, count in found
        ]
        return {"items": items, "next": None}


class SubstituteHandOver(Endpoint):
    @route(access=staff(*REGISTRARS), response=SubstitutionView)
    def get(self, call: Call) -> SubstitutionView:
        """Who took over what of an absent visitor's days, and what nobody could take, with its reason."""
        return _view(substitutes.absence_of_place(call.path["absence_id"], call.actor))

    @route(access=staff(SUPERVISOR, TOWNSHIP_INTAKE), body=SubstituteBody, response=SubstitutionView, idempotent=True,
           rate="write")  # fmt: skip
    def post(self, call: Call) -> SubstitutionView:
        """Name who stands in on a day; what is left, and what others took of it, goes to them."""
        asked = call.body
        absence = substitutes.choose(
            call.path["absence_id"], asked.day, asked.substitute_id, by=call.actor, at=call.at
        )  # fmt: skip
        return _view(absence)


def _view(absence: Raw) -> SubstitutionView:
    given = [
        HandedView(**{name: each[name] for name in ("kind", "id", "day", "visitor_id")}, reason=None, reason_label=None)
        for each in substitutes.handed_over(absence)
    ]
    left = [
        HandedView(**each, visitor_id=None, reason_label=say(f"visitors.left_reason.{each['reason']}"))
        for each in absence.get("unplaced", ())
    ]
    return SubstitutionView(
        absence_id=absence["_id"], visitor_id=absence["visitor_id"], substitutes=absence.get("substitutes") or {},
        items=[*left, *given],
    )  # fmt: skip
