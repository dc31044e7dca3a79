"""The table of feedback: submitted → taken in work → replied → closed, once reopened; the public text beside it."""

from __future__ import annotations

from datetime import datetime

from config.loading import rule
from models.feedback.documents import (
    CHECKING,
    CLOSED,
    IN_WORK,
    NO_REPLY_NEEDED,
    OPEN_STATES,
    PUBLISHED,
    RATING,
    REPLIED,
    SECOND_LOOK,
    SUBMITTED,
    UNDER_WAY,
    WITHDRAWN,
    Feedback,
)
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.errors import Conflict, Forbidden, IllegalTransition
from models.kernel.lifecycle import OWNER, SAME, SYSTEM_ROLE, Lifecycle, Raw, Transition

FEEDBACK_ROLES = (TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
EVERY_STATE = (SUBMITTED, IN_WORK, REPLIED, CLOSED, WITHDRAWN)
ANSWERED = (REPLIED, CLOSED)


def _few_transfers(raw: Raw, by: Actor, at: datetime) -> None:
    """After some transfers only a supervisor decides whose it is."""
    if raw["transfers"] >= rule("feedback.transfers_most") and not by.has_role(SUPERVISOR):
        raise Conflict("feedback_transfers_full")


def _needs_no_reply(raw: Raw, by: Actor, at: datetime) -> None:
    """Praise and ratings may be concluded as read."""
    if raw["kind"] not in NO_REPLY_NEEDED:
        raise Conflict("feedback_needs_reply")


def _is_rating(raw: Raw, by: Actor, at: datetime) -> None:
    """A rating may be taken back at any time, so that another can be given."""
    if raw["kind"] != RATING:
        raise IllegalTransition(details={"state": raw["state"], "version": raw["version"]})


def _not_reopened(raw: Raw, by: Actor, at: datetime) -> None:
    """Once."""
    if raw["reopenings"] >= rule("feedback.reopenings_most"):
        raise Conflict("feedback_reopened_already")


def _not_rated(raw: Raw, by: Actor, at: datetime) -> None:
    """Satisfaction is told once."""
    if raw.get("satisfaction") is not None:
        raise Conflict("feedback_rated_reply_already")


def _may_be_public(raw: Raw, by: Actor, at: datetime) -> None:
    """The resident agreed, there is a reply, and no other public text is under way."""
    if not raw["may_publish"]:
        raise Conflict("feedback_not_public")
    if raw.get("replied_at") is None:
        raise Conflict("feedback_no_reply_yet")
    if raw.get("public_state") in UNDER_WAY:
        raise Conflict("feedback_public_under_way")


def _is_checked(raw: Raw, by: Actor, at: datetime) -> None:
    """A text that waits for WeChat's check, and that its owner still agrees to."""
    _in_public_state(raw, CHECKING)


def _by_another_person(raw: Raw, by: Actor, at: datetime) -> None:
    """What the check did not settle is published by somebody else than who wrote it."""
    _in_public_state(raw, SECOND_LOOK)
    if raw.get("public_by") == by.id:
        raise Forbidden("same_person")


def _is_shown(raw: Raw, by: Actor, at: datetime) -> None:
    """Something to take down."""
    _in_public_state(raw, CHECKING, SECOND_LOOK, PUBLISHED)


def _in_public_state(raw: Raw, *states: str) -> None:
    if not raw["may_publish"]:
        raise Conflict("feedback_not_public")
    if raw.get("public_state") not in states:
        raise IllegalTransition(details={"state": raw["state"], "version": raw["version"]})


FEEDBACK = Lifecycle(
    "feedback",
    Feedback,
    SUBMITTED,
    [
        Transition("take", (SUBMITTED,), IN_WORK, FEEDBACK_ROLES),
        Transition("transfer", OPEN_STATES, SUBMITTED, FEEDBACK_ROLES, _few_transfers),
        Transition("set_theme", EVERY_STATE, SAME, FEEDBACK_ROLES),
        Transition("reply", OPEN_STATES, REPLIED, FEEDBACK_ROLES),
        Transition("note", OPEN_STATES, CLOSED, FEEDBACK_ROLES, _needs_no_reply),
        Transition("withdraw", OPEN_STATES, WITHDRAWN, (OWNER,)),
        Transition("withdraw", (CLOSED,), WITHDRAWN, (OWNER,), _is_rating),
        Transition("reopen", (REPLIED,), SUBMITTED, (OWNER,), _not_reopened),
        Transition("satisfaction", ANSWERED, CLOSED, (OWNER,), _not_rated),
        Transition("allow", EVERY_STATE, SAME, (OWNER,)),
        Transition("escalate", OPEN_STATES, SAME, (SYSTEM_ROLE,)),
        Transition("ask", (REPLIED,), SAME, (SYSTEM_ROLE,)),
        Transition("close", (REPLIED,), CLOSED, (SYSTEM_ROLE,)),
        Transition("propose", ANSWERED, SAME, FEEDBACK_ROLES, _may_be_public),
        Transition("publish", ANSWERED, SAME, (SYSTEM_ROLE,), _is_checked),
        Transition("approve", ANSWERED, SAME, FEEDBACK_ROLES, _by_another_person),
        Transition("hold", ANSWERED, SAME, (SYSTEM_ROLE,), _is_checked),
        Transition("block", ANSWERED, SAME, (SYSTEM_ROLE,), _is_checked),
        Transition("unpublish", EVERY_STATE, SAME, FEEDBACK_ROLES, _is_shown),
    ],
    owner_field="owner_id",
)
