"""The tables of states: entry of a waiting list, lottery draw."""

from __future__ import annotations

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
from models.housing.seeded_steps import another_person, not_who_entered, seed_is_out
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.lifecycle import OWNER, SYSTEM_ROLE, Lifecycle, Transition

DRAW_ROLES = (COUNTY_REVIEWER, SUPERVISOR)
JOIN_ROLES = (TOWNSHIP_INTAKE, COUNTY_REVIEWER)


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
        Transition("enter_seed", (COMMITTED,), SEEDED, DRAW_ROLES, guard=seed_is_out),
        Transition("correct_seed", (SEEDED,), SEEDED, DRAW_ROLES, guard=another_person),
        Transition("run", (SEEDED,), DRAWN, DRAW_ROLES, guard=not_who_entered),
        Transition("publish", (DRAWN,), PUBLISHED, DRAW_ROLES),
        Transition("void", (COMMITTED, SEEDED, DRAWN), VOID, (SUPERVISOR,)),
    ],
)
