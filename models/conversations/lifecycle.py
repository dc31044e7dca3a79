"""The table of a hand-over: waiting → taken → closed, or withdrawn by the follower."""

from __future__ import annotations

from datetime import datetime

from models.conversations.documents import HandOver
from models.conversations.inbound import follower_index
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.errors import Forbidden
from models.kernel.lifecycle import OWNER, Lifecycle, Raw, Transition

WAITING, TAKEN, CLOSED, WITHDRAWN = "waiting", "taken", "closed", "withdrawn"
OPEN_STATES = (WAITING, TAKEN)
HANDOVER_ROLES = (TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)


def _takers_own(ticket: Raw, by: Actor, at: datetime) -> None:
    """Only who took the ticket answers it."""
    if ticket.get("taken_by") != by.id:
        raise Forbidden("handover_of_another")


HANDOVER = Lifecycle(
    "handover",
    HandOver,
    WAITING,
    [
        Transition("take", (WAITING,), TAKEN, HANDOVER_ROLES),
        Transition("reply", (TAKEN,), TAKEN, HANDOVER_ROLES, _takers_own),
        Transition("say", (WAITING,), WAITING, (OWNER,)),
        Transition("say", (TAKEN,), TAKEN, (OWNER,)),
        Transition("close", (TAKEN,), CLOSED, HANDOVER_ROLES, _takers_own),
        Transition("withdraw", OPEN_STATES, WITHDRAWN, (OWNER,)),
    ],
    owner_field="openid_index",
)


def follower_actor(openid: str) -> Actor:
    """The follower as an actor: known by the blind index, so that no history names the openid."""
    return Actor(kind="resident", id=follower_index(openid))
