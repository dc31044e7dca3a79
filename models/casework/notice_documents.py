"""What is stored of a public notice and of the objections to it, and their tables of states."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR
from models.kernel.document import having_text
from models.kernel.lifecycle import OWNER, SYSTEM_ROLE, Lifecycle, Transition
from models.kernel.outbox import OUTBOX_INDEX, Causing

PUBLISHED, PAUSED, ENDED, STOPPED = "published", "paused", "ended", "stopped"
SHOWN = (PUBLISHED, PAUSED)
FILED, OPEN, LATE, SUSTAINED, DISMISSED, WITHDRAWN, MOOT = (
    "filed", "open", "late", "sustained", "dismissed", "withdrawn", "moot",
)  # fmt: skip
UNDECIDED = (FILED, OPEN)
# How it ends without the objector: told once they have read it.
ANSWERED = (LATE, SUSTAINED, DISMISSED, MOOT)
RULERS = (COUNTY_REVIEWER, SUPERVISOR)

OBJECTOR_CONTEXT = "objections.objector"
STATEMENT_CONTEXT = "objections.statement"
RULING_CONTEXT = "objections.ruling"
EVIDENCE_CONTEXT = "objections.evidence"


class PublicNotice(Causing):
    """One application on public notice. Nothing in it but the masked name is of the person.

    `length` and `unit`: how many `days` or `working_days` it lasts; `used`: how many of them were over when it was last
    paused; `since`: when the present run began; `ends_at`: its last second, none while paused. `objections`: those
    under way. `sustained_by`: the objection that ended it. `resident_id`: whose it is, for a copy and for erasure.
    """

    state = StringField(required=True, default=PUBLISHED)
    application_id = StringField(required=True)
    resident_id = StringField()
    programme = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    shown_name = StringField()
    published_on = StringField(required=True)
    length = IntField(required=True)
    unit = StringField(required=True)
    used = IntField(required=True, default=0)
    since = DateTimeField(required=True)
    ends_at = DateTimeField()
    due_assumed = BooleanField(default=False)
    ended_at = DateTimeField()
    objections = ListField(StringField())
    sustained_by = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "public_notices"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("state", 1), ("ends_at", 1)], "name": "state"},
        {"keys": [("state", 1), ("published_on", 1)], "name": "on_notice"},
        {"keys": [("application_id", 1)], "name": "application"},
        {"keys": [("resident_id", 1)], "name": "resident"},
        OUTBOX_INDEX,
    ]


class Objection(Causing):
    """Somebody says that an application on notice should not be approved. Who it is lies sealed.

    `objector`: `{resident_id, name, phone}` sealed; `objector_index`: the blind index by which the objector finds it
    again. `only_open`: one under way for each notice and objector, unique. `evidence`: as an application's papers.
    `end_read_at`: when the objector first read how it ended.
    """

    state = StringField(required=True, default=FILED)
    notice_id = StringField(required=True)
    application_id = StringField(required=True)
    programme = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    objector_index = StringField()
    objector = BinaryField()
    statement = BinaryField()
    evidence = ListField(DictField())
    only_open = StringField()
    due_at = DateTimeField(required=True)
    due_assumed = BooleanField(default=False)
    ruling = BinaryField()
    ruled_by = StringField()
    closed_at = DateTimeField()
    end_read_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "objections"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("district_code", 1), ("state", 1)], "name": "queue"},
        {"keys": [("state", 1), ("closed_at", 1)], "name": "state"},
        {"keys": [("notice_id", 1)], "name": "notice"},
        {"keys": [("objector_index", 1)], "name": "objector"},
        {
            "keys": [("only_open", 1)],
            "name": "unique_only_open",
            "unique": True,
            **having_text("only_open"),
        },
        OUTBOX_INDEX,
    ]


NOTICE = Lifecycle(
    "public_notice",
    PublicNotice,
    PUBLISHED,
    [
        Transition("pause", SHOWN, PAUSED, (SYSTEM_ROLE,)),
        # One of several objections is dealt with; the others still hold the notice up.
        Transition("answer", (PAUSED,), PAUSED, (SYSTEM_ROLE,)),
        Transition("resume", (PAUSED,), PUBLISHED, (SYSTEM_ROLE,)),
        Transition("end", (PUBLISHED,), ENDED, (SYSTEM_ROLE,)),
        Transition("stop", SHOWN, STOPPED, (SYSTEM_ROLE,)),
    ],
)

OBJECTION = Lifecycle(
    "objection",
    Objection,
    FILED,
    [
        Transition("open", (FILED,), OPEN, (SYSTEM_ROLE,)),
        Transition("miss", (FILED,), LATE, (SYSTEM_ROLE,)),
        Transition("sustain", (OPEN,), SUSTAINED, RULERS),
        Transition("dismiss", (OPEN,), DISMISSED, RULERS),
        Transition("withdraw", UNDECIDED, WITHDRAWN, (OWNER,)),
        Transition("close", UNDECIDED, MOOT, (SYSTEM_ROLE,)),
    ],
    owner_field="objector_index",
)
