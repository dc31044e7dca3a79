"""The resident's household: registered once, used by every application that asks for one."""

from __future__ import annotations

from typing import Any

from api.access import RESIDENT
from api.endpoint import Call, Endpoint, route
from api.v1.people.household_schemas import (
    HouseholdBody,
    HouseholdChangeBody,
    HouseholdShown,
    MemberBody,
    MemberChangeBody,
)
from config.text import label
from models.kernel.clock import day_of
from models.people import households
from models.people.proxy_documents import HOUSEHOLD
from models.people.store import Raw


class MyHousehold(Endpoint):
    @route(access=RESIDENT, response=HouseholdShown, etag=True, proxy="read", may_lack=True)
    def get(self, call: Call) -> dict[str, Any] | None:
        """My household with what follows from it; 204 where none is registered."""
        found = households.household_of(call.actor.id)
        return None if found is None else _shown(found, call)

    @route(access=RESIDENT, body=HouseholdBody, response=HouseholdShown, idempotent=True, status=201, rate="write",
           proxy=HOUSEHOLD)  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Register it, with me as its first member; needs my real name first."""
        circumstances = call.body.model_dump(exclude_none=True)
        raw = households.register(call.idempotency_id or "", circumstances, by=call.actor, at=call.at)
        return _shown(raw, call)

    @route(access=RESIDENT, body=HouseholdChangeBody, response=HouseholdShown, rate="write", proxy=HOUSEHOLD)
    def patch(self, call: Call) -> dict[str, Any]:
        """Write income, floor area or support. What was handed in before rests on what it said then."""
        changes = call.body.model_dump(exclude_unset=True, exclude={"version"})
        raw = households.change_circumstances(changes, version=call.body.version, by=call.actor, at=call.at)
        return _shown(raw, call)

    @route(access=RESIDENT, rate="write", status=204)
    def delete(self, call: Call) -> None:
        """Delete it; refused while an open application rests on it."""
        households.dissolve(by=call.actor, at=call.at)


class MyHouseholdMembers(Endpoint):
    @route(access=RESIDENT, body=MemberBody, response=HouseholdShown, idempotent=True, status=201, rate="write",
           proxy=HOUSEHOLD)  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Add a member: a registered child, or a person who agrees."""
        given = call.body
        if given.child_id is not None:
            person = households.registered_child(call.actor.id, given.child_id, given.disabled)
        else:
            person = households.read_person(
                given.name, given.id_kind, given.id_number, given.birth_date, given.disabled, call.at
            )
        raw = households.add_member(call.idempotency_id or "", given.relation, person, by=call.actor, at=call.at)
        return _shown(raw, call)


class MyHouseholdMember(Endpoint):
    @route(access=RESIDENT, body=MemberChangeBody, response=HouseholdShown, rate="write", proxy=HOUSEHOLD)
    def patch(self, call: Call) -> dict[str, Any]:
        """Correct the relation or the disability. Another number is another person: remove and add."""
        changes = call.body.model_dump(exclude_none=True, exclude={"version"})
        raw = households.change_member(
            call.path["member_id"], changes, version=call.body.version, by=call.actor, at=call.at
        )
        return _shown(raw, call)

    @route(access=RESIDENT, response=HouseholdShown, rate="write", proxy=HOUSEHOLD)
    def delete(self, call: Call) -> dict[str, Any]:
        """Take a member out."""
        return _shown(households.remove_member(call.path["member_id"], by=call.actor, at=call.at), call)


def _shown(raw: Raw, call: Call) -> dict[str, Any]:
    shown = households.shown(raw, day_of(call.at))
    for each in shown["members"]:
        each["relation_label"] = label("people.member_relations", each["relation"])
    support = shown["circumstances"].get("support")
    shown["circumstances"]["support_label"] = label("people.support", support) if support else None
    return shown
