"""The table of a hand-over: waiting → taken → closed, withdrawn by the follower, or left for a call by telephone."""

from __future__ import annotations

from datetime import datetime

from models.conversations.documents import HandOver
from models.conversations.inbound import follower_index
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.errors import Forbidden
from models.kernel.lifecycle import OWNER, SAME, SYSTEM_ROLE, Lifecycle, Raw, Transition

WAITING, TAKEN, CLOSED, WITHDRAWN, CALL_BACK = "waiting", "taken", "closed", "withdrawn", "call_back"
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
        # A supervisor steps in where the colleague who took it has gone.
        Transition("take_over", (TAKEN,), TAKEN, (SUPERVISOR,)),
        Transition("give_back", (TAKEN,), WAITING, HANDOVER_ROLES, _takers_own),
        Transition("pass_on", (TAKEN,), TAKEN, HANDOVER_ROLES, _takers_own),
        Transition("transfer", (WAITING,), WAITING, HANDOVER_ROLES),
        Transition("transfer", (TAKEN,), WAITING, HANDOVER_ROLES, _takers_own),
        Transition("reply", (TAKEN,), TAKEN, HANDOVER_ROLES, _takers_own),
        Transition("say", (WAITING,), WAITING, (OWNER,)),
        Transition("say", (TAKEN,), TAKEN, (OWNER,)),
        Transition("close", (TAKEN,), CLOSED, HANDOVER_ROLES, _takers_own),
        Transition("leave_phone", (WAITING,), CALL_BACK, (OWNER,)),
        Transition("escalate", (WAITING,), WAITING, (SYSTEM_ROLE,)),
        # A call for help: the township that was told may open it too.
        Transition("locate", OPEN_STATES, SAME, (SYSTEM_ROLE,)),
        Transition("lapse", OPEN_STATES, CLOSED, (SYSTEM_ROLE,)),
        Transition("withdraw", OPEN_STATES, WITHDRAWN, (OWNER,)),
    ],
    owner_field="openid_index",
)


def follower_actor(openid: str) -> Actor:
    """The follower as an actor: known by the blind index, so that no history names the openid."""
    return Actor(kind="resident", id=follower_index(openid))
