"""The tables of states: register entry, family link, visit."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.loading import rule
from models.eldercare.documents import (
    ACTIVE,
    BOOKED,
    CANCELLED,
    COMPLETED,
    CONFIRMED,
    ENDED,
    IN_PROGRESS,
    INACTIVE,
    REFUSED,
    REQUESTED,
    Elder,
    ElderLink,
    Visit,
)
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.clock import as_utc
from models.kernel.errors import Conflict
from models.kernel.lifecycle import OWNER, SAME, SYSTEM_ROLE, Guard, Lifecycle, Raw, Transition

REGISTRARS = (TOWNSHIP_INTAKE, VISITOR, SUPERVISOR)
REGISTER_ROLES = (VISITOR, TOWNSHIP_INTAKE)
# Need to know: those who visit, and those who answer for it.
HEALTH_READERS = (VISITOR, SUPERVISOR)
# What follows from a report by itself: no step for a person to choose.
BY_ITSELF = ("begin_earlier", "add_late", "report_again")
# Both are one step for a person, `undo`: of a booked visit the booking stands again, any other ends.
UNDOING = ("undo_start", "call_off")


def _alive(elder: Raw, by: Actor, at: datetime) -> None:
    if elder["periods"][-1].get("reason") == "died":
        raise Conflict("elder_has_died")


def _in_time(rule_name: str) -> Guard:
    """A family member may act only until so many hours before the visit; staff and the system always."""

    def check(visit: Raw, by: Actor, at: datetime) -> None:
        hours = rule(rule_name)
        if by.kind == "resident" and at > as_utc(visit["starts_at"]) - timedelta(hours=hours):
            raise Conflict("visit_too_soon", hours=hours)

    return check


def _begun_by_oneself(visit: Raw, by: Actor, at: datetime) -> None:
    if visit.get("visitor_id") != by.id:
        raise Conflict("visit_begun_by_other")


ELDER_LIFECYCLE = Lifecycle(
    "elder",
    Elder,
    ACTIVE,
    [
        Transition("end_period", (ACTIVE,), INACTIVE, REGISTRARS),
        Transition("begin_period", (INACTIVE,), ACTIVE, REGISTRARS, guard=_alive),
        Transition("correct_period", (INACTIVE,), INACTIVE, (SUPERVISOR, TOWNSHIP_INTAKE)),
        Transition("amend", (ACTIVE, INACTIVE), SAME, REGISTRARS),
        Transition("transfer", (ACTIVE,), ACTIVE, REGISTRARS),
        Transition("complete_from_list", (ACTIVE,), ACTIVE, (SYSTEM_ROLE, *REGISTER_ROLES)),
    ],
)

LINK_LIFECYCLE = Lifecycle(
    "elder_link",
    ElderLink,
    REQUESTED,
    [
        Transition("confirm", (REQUESTED,), CONFIRMED, REGISTRARS),
        Transition("refuse", (REQUESTED,), REFUSED, REGISTRARS),
        Transition("end", (REQUESTED, CONFIRMED), ENDED, (OWNER, *REGISTRARS)),
    ],
)

# The same requests as the old person decides on them, with the own account; see `asked_links`.
LINK_ASKED_LIFECYCLE = Lifecycle(
    "elder_link_by_the_person",
    ElderLink,
    REQUESTED,
    [
        Transition("confirm", (REQUESTED,), CONFIRMED, (OWNER,)),
        Transition("refuse", (REQUESTED,), REFUSED, (OWNER,)),
        Transition("end", (CONFIRMED,), ENDED, (OWNER,)),
    ],
    owner_field="person_id",
)

VISIT_LIFECYCLE = Lifecycle(
    "visit",
    Visit,
    BOOKED,
    [
        Transition("reschedule", (BOOKED,), BOOKED, (OWNER,), guard=_in_time("eldercare.reschedule_hours_before")),
        Transition(
            "cancel", (BOOKED,), CANCELLED, (OWNER, VISITOR, TOWNSHIP_INTAKE, SYSTEM_ROLE),
            guard=_in_time("eldercare.cancel_hours_before"),
        ),
        Transition("hand_over", (BOOKED,), BOOKED, (SYSTEM_ROLE,)),
        Transition("substitute", (BOOKED,), BOOKED, (SYSTEM_ROLE,)),
        Transition("start", (BOOKED,), IN_PROGRESS, (VISITOR,)),
        Transition("arrive", (BOOKED, IN_PROGRESS), IN_PROGRESS, (VISITOR,)),
        # Begun by mistake, or broken off: the booking stands as it was; what nobody had booked is over.
        Transition("undo_start", (IN_PROGRESS,), BOOKED, (VISITOR,), guard=_begun_by_oneself),
        Transition("call_off", (IN_PROGRESS,), CANCELLED, (VISITOR,), guard=_begun_by_oneself),
        Transition("complete", (BOOKED, IN_PROGRESS), COMPLETED, (VISITOR,)),
        # What a phone uploads after the report of the same visit, and another visitor's report of it.
        Transition("begin_earlier", (IN_PROGRESS,), IN_PROGRESS, (VISITOR,)),
        Transition("add_late", (COMPLETED,), COMPLETED, (VISITOR,)),
        Transition("report_again", (COMPLETED,), COMPLETED, (VISITOR,)),
        Transition("correct", (COMPLETED,), COMPLETED, (SUPERVISOR,)),
    ],
)  # fmt: skip
