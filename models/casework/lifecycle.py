"""The tables of states of applications: one variant is shared by many programmes, each names its own staff roles.

single_review: the township accepts, the county decides; it must be another person who decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.programmes import Programme, programmes
from models.casework.documents import (
    ACCEPTED,
    APPROVED,
    CORRECTION,
    DRAFT,
    REFUSED,
    SUBMITTED,
    WITHDRAWN,
    Application,
)
from models.kernel.actors import Actor
from models.kernel.errors import Forbidden
from models.kernel.lifecycle import OWNER, SYSTEM_ROLE, Lifecycle, Transition

SUBMIT, ACCEPT, REQUEST_CORRECTION, APPROVE, REFUSE, WITHDRAW, GIVE_UP_PLACE = (
    "submit", "accept", "request_correction", "approve", "refuse", "withdraw", "give_up_place",
)  # fmt: skip
# What the system does to keep its books, no step of the case.
HOUSEKEEPING = (GIVE_UP_PLACE,)


def another_person(raw: dict[str, Any], by: Actor, at: datetime) -> None:
    """Whoever accepted an application may not decide it (source: four-eyes rule, assumption to confirm)."""
    if raw.get("accepted_by") == by.id:
        raise Forbidden("same_person")


def single_review(programme: Programme) -> Lifecycle:
    """draft → submitted → accepted → approved or refused; back for correction, which stops the clock; withdrawal."""
    may = {action: tuple(each.roles) for action, each in programme.roles.items()}
    rows = (
        Transition(SUBMIT, (DRAFT, CORRECTION), SUBMITTED, (OWNER,)),
        Transition(ACCEPT, (SUBMITTED,), ACCEPTED, may[ACCEPT]),
        Transition(REQUEST_CORRECTION, (SUBMITTED, ACCEPTED), CORRECTION, may[REQUEST_CORRECTION]),
        Transition(APPROVE, (ACCEPTED,), APPROVED, may[APPROVE], another_person),
        Transition(REFUSE, (ACCEPTED,), REFUSED, may[REFUSE], another_person),
        Transition(WITHDRAW, (DRAFT, SUBMITTED, CORRECTION, ACCEPTED, APPROVED), WITHDRAWN, (OWNER,)),
        # A process died while it approved: its place goes back, and the new version ends what it had begun.
        Transition(GIVE_UP_PLACE, (ACCEPTED,), ACCEPTED, (SYSTEM_ROLE,)),
    )
    return Lifecycle(f"application of {programme.token}", Application, DRAFT, rows)


_MAKERS = {"single_review": single_review}
_made: dict[str, Lifecycle] = {}


def lifecycle_of(programme: Programme) -> Lifecycle:
    """The programme's lifecycle, made once."""
    found = _made.get(programme.token)
    if found is None:
        found = _made[programme.token] = _MAKERS[programme.lifecycle](programme)
    return found


for _each in programmes().values():
    lifecycle_of(_each)
