"""Proposals of a programme's next version: what is stored, and the steps from the draft to its release.

A released version is the proposal itself: nothing else has to agree with it, and a backup has it with the cases that
are bound to it (decision 49).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from mongoengine import BooleanField, DictField, IntField, StringField

from config.loading import rule
from models.kernel.actors import ADMINISTRATOR, SUPERVISOR, Actor
from models.kernel.clock import at_local
from models.kernel.database import collection
from models.kernel.errors import Conflict, Forbidden, NotFound
from models.kernel.lifecycle import Lifecycle, Raw, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

PROPOSED, RELEASED, REJECTED, WITHDRAWN = "proposed", "approved", "rejected", "withdrawn"
RULE_ROLES = (ADMINISTRATOR, SUPERVISOR)


class RuleProposal(Causing):
    """A version to come; `preview` is what it would have done to decided cases, counted when it was proposed."""

    programme = StringField(required=True)
    number = IntField(required=True)
    in_force_from = StringField(required=True)
    text = StringField(required=True)
    reason = StringField(required=True)
    state = StringField(required=True, default=PROPOSED)
    author = StringField(required=True)
    preview = DictField()
    # Whether every process has it among the programme's versions.
    released = BooleanField()

    meta: ClassVar[dict[str, Any]] = {"collection": "rule_proposals"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("programme", 1), ("created_at", -1)], "name": "programme"},
        {"keys": [("released", 1)], "name": "released", "partialFilterExpression": {"released": True}},
        {"keys": [("programme", 1), ("number", 1)], "name": "number", "unique": True,
         "partialFilterExpression": {"released": True}},
        OUTBOX_INDEX,
    ]  # fmt: skip


def begins_at(in_force_from: date) -> datetime:
    """The moment from which a version holds: midnight on China's clocks."""
    return at_local(in_force_from)


def in_time(in_force_from: date, at: datetime) -> bool:
    """True while every process surely learns of a change before the version begins to hold."""
    return at + timedelta(minutes=rule("running.release_lead_minutes")) <= begins_at(in_force_from)


def one(proposal_id: str) -> Raw:
    """A stored proposal. Raises NotFound."""
    found = collection(RuleProposal).find_one({"_id": proposal_id})
    if found is None:
        raise NotFound()
    return found


def may_be_withdrawn(raw: Mapping[str, Any], at: datetime) -> bool:
    """True for a released version that does not hold yet."""
    return raw["state"] == RELEASED and in_time(date.fromisoformat(raw["in_force_from"]), at)


def _by_another(raw: Raw, by: Actor, at: datetime) -> None:
    """Whoever wrote it does not release it."""
    if raw.get("author") == by.id:
        raise Forbidden("second_person_needed")


def _before_it_holds(raw: Raw, by: Actor, at: datetime) -> None:
    """What holds, or is about to, is changed by a new version alone: cases are bound to it."""
    if not may_be_withdrawn(raw, at):
        raise Conflict("rules_too_late")


PROPOSAL = Lifecycle(
    "rule_proposal",
    RuleProposal,
    PROPOSED,
    [
        Transition("approve", (PROPOSED,), RELEASED, RULE_ROLES, _by_another),
        Transition("reject", (PROPOSED,), REJECTED, RULE_ROLES),
        Transition("withdraw", (RELEASED,), WITHDRAWN, RULE_ROLES, _before_it_holds),
    ],
)
