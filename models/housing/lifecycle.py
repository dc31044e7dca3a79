"""The tables of states: entry of a waiting list, lottery draw."""

from __future__ import annotations

from datetime import datetime

from models.housing.documents import (
    COMMITTED,
    DRAWN,
    ENDED,
    PAUSED,
    PUBLISHED,
    SEEDED,
    VOID,
    WAITING,
    LotteryDraw,
    WaitingEntry,
)
from models.housing.seeds import announced_at, is_demonstration
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.errors import Conflict, Forbidden
from models.kernel.lifecycle import OWNER, SYSTEM_ROLE, Lifecycle, Raw, Transition

DRAW_ROLES = (COUNTY_REVIEWER, SUPERVISOR)
JOIN_ROLES = (TOWNSHIP_INTAKE, COUNTY_REVIEWER)


def _another_person(draw: Raw, by: Actor, at: datetime) -> None:
    """Whoever fixed the list may not also bring in what decides its order."""
    if by.id == draw["committed_by"]:
        raise Forbidden("draw_needs_second_person")


def _seed_is_out(draw: Raw, by: Actor, at: datetime) -> None:
    _another_person(draw, by, at)
    if is_demonstration(draw["seed_source"]):
        return  # it was there before, and says so
    if at < announced_at(draw["seed_source"]):
        raise Conflict("draw_seed_not_announced", announced=draw["seed_source"]["announced_at"])


def _not_who_entered(draw: Raw, by: Actor, at: datetime) -> None:
    """The seed is read twice, by two people."""
    if by.id == draw["seed_by"]:
        raise Forbidden("draw_needs_second_reader")


WAITING_LIFECYCLE = Lifecycle(
    "waiting_entry",
    WaitingEntry,
    WAITING,
    [
        Transition("move", (WAITING,), WAITING, (COUNTY_REVIEWER, SYSTEM_ROLE)),
        Transition("move", (PAUSED,), PAUSED, (COUNTY_REVIEWER, SYSTEM_ROLE)),
        Transition("recheck", (WAITING,), WAITING, (TOWNSHIP_INTAKE, COUNTY_REVIEWER, SYSTEM_ROLE)),
        Transition("recheck", (PAUSED,), PAUSED, (TOWNSHIP_INTAKE, COUNTY_REVIEWER, SYSTEM_ROLE)),
        Transition("pause", (WAITING,), PAUSED, (OWNER, COUNTY_REVIEWER, SYSTEM_ROLE)),
        Transition("resume", (PAUSED,), WAITING, (OWNER, COUNTY_REVIEWER, SYSTEM_ROLE)),
        Transition("end", (WAITING, PAUSED), ENDED, (OWNER, COUNTY_REVIEWER, SYSTEM_ROLE)),
        Transition("restore", (ENDED,), WAITING, (COUNTY_REVIEWER, SYSTEM_ROLE)),
    ],
)

DRAW_LIFECYCLE = Lifecycle(
    "lottery_draw",
    LotteryDraw,
    COMMITTED,
    [
        Transition("enter_seed", (COMMITTED,), SEEDED, DRAW_ROLES, guard=_seed_is_out),
        Transition("correct_seed", (SEEDED,), SEEDED, DRAW_ROLES, guard=_another_person),
        Transition("run", (SEEDED,), DRAWN, DRAW_ROLES, guard=_not_who_entered),
        Transition("publish", (DRAWN,), PUBLISHED, DRAW_ROLES),
        Transition("void", (COMMITTED, SEEDED, DRAWN), VOID, (SUPERVISOR,)),
    ],
)
