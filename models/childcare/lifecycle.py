"""The tables of states: a child's way to a place, and a placement round."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.loading import rule
from models.childcare.documents import (
    ENDED,
    OFFERED,
    PLACED,
    RATED,
    WAITING,
    CentreInspection,
    CentreSuspension,
    ChildcarePlacement,
    ChildcareRating,
    ChildcareRound,
)
from models.housing.seeded_steps import another_person, not_who_entered, seed_is_out
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.errors import Conflict, Forbidden
from models.kernel.lifecycle import OWNER, SYSTEM_ROLE, Lifecycle, Raw, Transition

OFFER, TAKE_UP, PASS_ON, GIVE_UP, END = "offer", "take_up", "pass_on", "give_up", "end"
OPEN, COMMITTED, SEEDED, RUN, PUBLISHED, DONE, VOID = (
    "open", "committed", "seeded", "run", "published", "done", "void",
)  # fmt: skip
ROUND_ROLES = (COUNTY_REVIEWER, SUPERVISOR)
CENTRE_ROLES = (TOWNSHIP_INTAKE, COUNTY_REVIEWER)
OVERSIGHT_ROLES = (COUNTY_REVIEWER, SUPERVISOR)
RECORDED, SHOWN_PUBLICLY, TAKEN_BACK = "recorded", "public", "taken_back"
IN_FORCE, APPEALED, UPHELD, LIFTED, OVER = "in_force", "appealed", "upheld", "lifted", "over"
RUNNING = (IN_FORCE, APPEALED, UPHELD)


def _within_days(rating: Raw, by: Actor, at: datetime) -> None:
    days = rule("childcare.rating_edit_days")
    if at > as_utc(rating["rated_at"]) + timedelta(days=days):
        raise Conflict("rating_settled", days=days)


def _in_appeal_time(suspension: Raw, by: Actor, at: datetime) -> None:
    days = rule("childcare.suspension_appeal_days")
    if at > as_utc(suspension["created_at"]) + timedelta(days=days):
        raise Conflict("suspension_appeal_late", days=days)


def _not_who_suspended(suspension: Raw, by: Actor, at: datetime) -> None:
    """Whoever suspended a centre does not also decide on its appeal."""
    if suspension["state"] == APPEALED and by.id == suspension["suspended_by"]:
        raise Forbidden("suspension_needs_second_person")


def _is_over(suspension: Raw, by: Actor, at: datetime) -> None:
    if not suspension.get("until") or suspension["until"] >= day_of(at).isoformat():
        raise Conflict("not_due")


PLACEMENT_LIFECYCLE = Lifecycle(
    "childcare_placement",
    ChildcarePlacement,
    WAITING,
    [
        Transition(OFFER, (WAITING,), OFFERED, (SYSTEM_ROLE,)),
        Transition(TAKE_UP, (OFFERED,), PLACED, (SYSTEM_ROLE,)),
        Transition(PASS_ON, (OFFERED,), WAITING, (SYSTEM_ROLE,)),
        # A process died while it offered: the new version ends what it had begun, and its place goes back.
        Transition(GIVE_UP, (WAITING,), WAITING, (SYSTEM_ROLE,)),
        Transition(END, (WAITING, OFFERED, PLACED), ENDED, (SYSTEM_ROLE,)),
    ],
)

RATING_LIFECYCLE = Lifecycle(
    "childcare_rating",
    ChildcareRating,
    RATED,
    [
        Transition("edit", (RATED,), RATED, (OWNER,), guard=_within_days),
        Transition("reply", (RATED,), RATED, CENTRE_ROLES),
    ],
)

ROUND_LIFECYCLE = Lifecycle(
    "childcare_round",
    ChildcareRound,
    OPEN,
    [
        Transition("commit", (OPEN,), COMMITTED, ROUND_ROLES),
        Transition("enter_seed", (COMMITTED,), SEEDED, ROUND_ROLES, guard=seed_is_out),
        Transition("correct_seed", (SEEDED,), SEEDED, ROUND_ROLES, guard=another_person),
        Transition("run", (SEEDED,), RUN, ROUND_ROLES, guard=not_who_entered),
        Transition("publish", (RUN,), PUBLISHED, ROUND_ROLES),
        Transition("finish", (PUBLISHED,), DONE, (SYSTEM_ROLE,)),
        Transition("void", (OPEN, COMMITTED, SEEDED, RUN), VOID, (SUPERVISOR,)),
    ],
)

INSPECTION_LIFECYCLE = Lifecycle(
    "centre_inspection",
    CentreInspection,
    RECORDED,
    [
        Transition("publish", (RECORDED,), SHOWN_PUBLICLY, OVERSIGHT_ROLES),
        Transition("take_back", (RECORDED, SHOWN_PUBLICLY), TAKEN_BACK, OVERSIGHT_ROLES),
    ],
)

SUSPENSION_LIFECYCLE = Lifecycle(
    "centre_suspension",
    CentreSuspension,
    IN_FORCE,
    [
        Transition("appeal", (IN_FORCE,), APPEALED, CENTRE_ROLES, guard=_in_appeal_time),
        Transition("uphold", (APPEALED,), UPHELD, OVERSIGHT_ROLES, guard=_not_who_suspended),
        Transition("lift", RUNNING, LIFTED, OVERSIGHT_ROLES, guard=_not_who_suspended),
        Transition("lapse", RUNNING, OVER, (SYSTEM_ROLE,), guard=_is_over),
    ],
)
