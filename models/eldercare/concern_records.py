"""A concern: a person of the register whom somebody must see or help now, and how far its chain has come.

Source: the city's plan, care and emergency help in time. It names the person by id only; words are in the texts.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.eldercare.documents import OWED_INDEX
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR
from models.kernel.document import having_text
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import SAME, SYSTEM_ROLE, Lifecycle, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

Cause = Literal[
    "not_seen", "plan_uncovered", "planned_missed", "attempts_failed", "emergency", "register_change", "handed_over",
    "campaign_missed", "no_substitute",
]  # fmt: skip
# How a member of staff may say that it is over; the first four of `EndReason` are a step of the register as well.
Resolution = Literal[
    "moved", "in_hospital", "died", "left_register", "seen_by_other", "helped", "arranged", "mistake"
]  # fmt: skip
TOLD, TAKEN, RESOLVED = "told", "taken", "resolved"
OPEN = (TOLD, TAKEN)
BY_SEEN, BY_REGISTER, BY_PLAN, BY_VISITOR = "seen", "register", "covered", "arranged"
READERS = (SUPERVISOR, TOWNSHIP_INTAKE, VISITOR)
RESOLVERS = (SUPERVISOR, TOWNSHIP_INTAKE)


class Concern(Causing):
    """One person, one cause, one occasion (a month, a visit, a campaign), whoever finds it and however often.

    `open_key` is there while it is open: one open concern a person and cause. `about_at`: a visit that saw the person
    then or later answers it. `since`: when it was opened, or opened again. `round` grows when it begins anew; `step`:
    which of the steps is asked now; `steps`: `{round, step, name, at, told, nobody}`, whom each step told. `alarm_at`:
    when the chain goes on; None where nothing more comes. `overdue_at`: when the last step's time was over. `ending`: a
    step of the register that somebody has decided, `{reason, until, key, by}`, as long as `owed` says that it is to be
    taken yet.
    """

    state = StringField(required=True, default=TOLD)
    number = StringField(required=True)
    cause = StringField(required=True)
    occasion = StringField(required=True)
    elder_id = StringField(required=True)
    visit_id = StringField()
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    about_at = DateTimeField(required=True)
    since = DateTimeField(required=True)
    open = BooleanField(default=True)
    open_key = StringField()
    round = IntField(required=True, default=1)
    step = IntField(required=True, default=0)
    steps = ListField(DictField())
    alarm_at = DateTimeField()
    acknowledged_at = DateTimeField()
    acknowledged_by = StringField()
    overdue_at = DateTimeField()
    resolution = DictField()
    ending = DictField()
    owed = ListField(StringField())
    resolved_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "concerns"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("open_key", 1)], "name": "unique_open", "unique": True,
            **having_text("open_key"),
        },
        {"keys": [("open", 1), ("district_code", 1), ("township_id", 1)], "name": "open_by_place"},
        {"keys": [("alarm_at", 1)], "name": "alarm"},
        {"keys": [("elder_id", 1)], "name": "elder"},
        OWED_INDEX,
        OUTBOX_INDEX,
    ]  # fmt: skip


CONCERN_LIFECYCLE = Lifecycle(
    "concern",
    Concern,
    TOLD,
    [
        Transition("escalate", OPEN, TOLD, (SYSTEM_ROLE,)),
        Transition("overdue", OPEN, SAME, (SYSTEM_ROLE,)),
        Transition("hand_over", OPEN, TOLD, (SYSTEM_ROLE,)),
        Transition("acknowledge", (TOLD,), TAKEN, READERS),
        Transition("report", OPEN, SAME, READERS),
        Transition("resolve", OPEN, RESOLVED, (*RESOLVERS, SYSTEM_ROLE)),
        Transition("reopen", (RESOLVED,), TOLD, (SUPERVISOR, SYSTEM_ROLE)),
    ],
)


def concern_id(elder_id: str, cause: str, occasion: str) -> str:
    """The id of the concern about a person, for a cause, on an occasion."""
    return id_from_key("concern", f"{elder_id} {cause} {occasion}")


def open_key(elder_id: str, cause: str) -> str:
    """What only one open concern has."""
    return f"{elder_id} {cause}"
