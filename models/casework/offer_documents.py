"""Offers as they are stored, and their table of states. No personal data beyond whose the offer is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from mongoengine import BooleanField, DateTimeField, DictField, IntField, StringField

from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, Actor
from models.kernel.clock import as_utc
from models.kernel.errors import Conflict
from models.kernel.lifecycle import OWNER, SYSTEM_ROLE, Lifecycle, Raw, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

OFFERED, ACCEPTED, DECLINED, EXPIRED, WITHDRAWN = "offered", "accepted", "declined", "expired", "withdrawn"
RELEASED = (DECLINED, EXPIRED, WITHDRAWN)


class Offer(Causing):
    """One thing offered to one application for a while. The id follows from kind, application and attempt.

    `subject`: what is offered, as its giver reads it; public names and ids only. `expires_at`: the last moment to
    accept. `followed`: its giver has taken the answer over. `open`: set while it waits for an answer.
    """

    kind = StringField(required=True)
    application_id = StringField(required=True)
    resident_id = StringField()
    programme = StringField(required=True)
    district_code = StringField()
    township_id = StringField()
    subject = DictField()
    attempt = IntField(required=True)
    state = StringField(required=True)
    expires_at = DateTimeField(required=True)
    open = BooleanField()
    followed = BooleanField(required=True, default=False)

    meta: ClassVar[dict[str, Any]] = {"collection": "offers"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("resident_id", 1), ("created_at", -1), ("_id", -1)], "name": "resident"},
        {"keys": [("application_id", 1)], "name": "application"},
        {
            "keys": [("open", 1), ("expires_at", 1)],
            "name": "expiry",
            "partialFilterExpression": {"open": True},
        },
        OUTBOX_INDEX,
    ]


def _in_time(offer: Raw, by: Actor, at: datetime) -> None:
    if at > as_utc(offer["expires_at"]):
        raise Conflict("offer_expired")


def _is_over(offer: Raw, by: Actor, at: datetime) -> None:
    if at <= as_utc(offer["expires_at"]):
        raise Conflict("not_due")


OFFER_LIFECYCLE = Lifecycle(
    "offer",
    Offer,
    OFFERED,
    [
        Transition("accept", (OFFERED,), ACCEPTED, (OWNER,), guard=_in_time),
        Transition("decline", (OFFERED,), DECLINED, (OWNER,)),
        Transition("expire", (OFFERED,), EXPIRED, (SYSTEM_ROLE,), guard=_is_over),
        Transition("withdraw", (OFFERED,), WITHDRAWN, (COUNTY_REVIEWER, SUPERVISOR, SYSTEM_ROLE)),
    ],
)
