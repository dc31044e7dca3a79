"""A family's waiting request where no hour is free, and the table of its states."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import DateTimeField, IntField, ListField, StringField

from models.kernel.document import having_text
from models.kernel.lifecycle import OWNER, SYSTEM_ROLE, Lifecycle, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

WAITING, OFFERED, TAKEN, WITHDRAWN, EXPIRED = "waiting", "offered", "booked", "withdrawn", "expired"
OPEN_STATES = (WAITING, OFFERED)
MORNING, AFTERNOON = "morning", "afternoon"
HALF_DAYS = (MORNING, AFTERNOON)
DAYS_OVER, OFFERS_LAPSED, NOT_ACTIVE, NOT_LINKED = "days_over", "offers_lapsed", "elder_not_active", "not_linked"


class VisitWait(Causing):
    """Who waits for an hour: `queued_at` orders the queue of a township.

    `days`: China's calendar days, in order; `half_days`: of those days. While it is offered, `slot_id` has a hold with
    the id `offer_id` until `offered_until`; `offers` counts offers, `lapses` those nobody answered, `passed` names the
    slots that were declined or lapsed. `open_key` is there while it is open: one request a resident and old person.
    """

    state = StringField(required=True, default=WAITING)
    resident_id = StringField(required=True)
    elder_id = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    days = ListField(StringField(), required=True)
    half_days = ListField(StringField(), required=True)
    queued_at = DateTimeField(required=True)
    open_key = StringField()
    offers = IntField(required=True, default=0)
    lapses = IntField(required=True, default=0)
    passed = ListField(StringField())
    slot_id = StringField()
    offer_id = StringField()
    offered_until = DateTimeField()
    starts_at = DateTimeField()
    visit_id = StringField()
    end_reason = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "visit_waits"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("open_key", 1)], "name": "unique_open", "unique": True,
            **having_text("open_key"),
        },
        {"keys": [("resident_id", 1)], "name": "resident"},
        {"keys": [("elder_id", 1), ("state", 1)], "name": "elder"},
        {"keys": [("state", 1), ("township_id", 1)], "name": "queue"},
        OUTBOX_INDEX,
    ]  # fmt: skip


WAIT_LIFECYCLE = Lifecycle(
    "visit_wait",
    VisitWait,
    WAITING,
    [
        Transition("offer", (WAITING,), OFFERED, (SYSTEM_ROLE,)),
        Transition("take", OPEN_STATES, TAKEN, (SYSTEM_ROLE,)),
        Transition("decline", (OFFERED,), WAITING, (OWNER,)),
        Transition("lapse", (OFFERED,), WAITING, (SYSTEM_ROLE,)),
        Transition("withdraw", OPEN_STATES, WITHDRAWN, (OWNER,)),
        Transition("expire", OPEN_STATES, EXPIRED, (SYSTEM_ROLE,)),
    ],
)


def open_key(resident_id: str, elder_id: str) -> str:
    """One open request a resident and old person."""
    return f"{resident_id}:{elder_id}"
