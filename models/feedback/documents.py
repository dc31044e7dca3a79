"""What is stored of what residents say: needs, complaints, suggestions, praise and ratings of facilities."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.kernel.document import having_text, having_time
from models.kernel.outbox import OUTBOX_INDEX, Causing

TEXT_CONTEXT, OPENID_CONTEXT, PUBLIC_CONTEXT = "feedback.text", "feedback.openid", "feedback.public"
NEED, COMPLAINT, SUGGESTION, PRAISE, RATING = "need", "complaint", "suggestion", "praise", "rating"
KINDS = (NEED, COMPLAINT, SUGGESTION, PRAISE, RATING)
# A kind that asks for no reply may be concluded as read.
NO_REPLY_NEEDED = (PRAISE, RATING)
MINI_PROGRAM, CHAT = "mini_program", "chat"
CHANNELS = (MINI_PROGRAM, CHAT)

SUBMITTED, IN_WORK, REPLIED, CLOSED, WITHDRAWN = "submitted", "in_work", "replied", "closed", "withdrawn"
OPEN_STATES = (SUBMITTED, IN_WORK)
STATES = (SUBMITTED, IN_WORK, REPLIED, CLOSED, WITHDRAWN)
OWNER_SAID, STAFF_SAID = "owner", "staff"
# Of the public text.
CHECKING, SECOND_LOOK, PUBLISHED, BLOCKED, TAKEN_DOWN = "checking", "second_look", "published", "blocked", "withdrawn"
UNDER_WAY = (CHECKING, SECOND_LOOK, PUBLISHED)
CITY_DESK = "city"
NOBODY = "erased"


class Feedback(Causing):
    """One piece. `number` is what its owner follows it by; `month` (`2026-11`) is the one in which it was submitted.

    `owner_id`: the resident, or for a follower of the official account who is none the blind index of the openid; then
    `openid` is where the reply goes. `said`: `{"at", "from": owner or staff, "by", "text": sealed}`, the first is the
    piece itself. `township_id`, `district_code`: the office responsible; without township the county, without county
    the city. `desks`: whose queues show it: `township:ID`, `county:CODE`, `city`. `queue_at`: its place there, the
    deadline; once it is answered or over, when that was. `alarm` is due at `alarm_at`.
    `slot` (owner, day, n-th) and `only_rating` (owner, facility) are unique: limits that hold across processes.
    `public`: sealed `{question, answer}`, both masked and looked at; shown to everybody only in the state `published`.
    `forget`: its follower has left; nothing personal stays once it is over.
    """

    state = StringField(required=True, choices=STATES)
    kind = StringField(required=True, choices=KINDS)
    number = StringField(required=True)
    channel = StringField(required=True, choices=CHANNELS)
    owner_id = StringField(required=True)
    follower = BooleanField(required=True, default=False)
    openid = BinaryField()
    said = ListField(DictField(), required=True)
    stars = IntField(min_value=1, max_value=5)
    about = StringField()
    facility_id = StringField()
    township_id = StringField()
    district_code = StringField()
    desks = ListField(StringField(), required=True)
    month = StringField(required=True)
    theme = StringField()
    suggested_theme = StringField(required=True)
    due_at = DateTimeField()
    due_assumed = BooleanField(default=False)
    queue_at = DateTimeField(required=True)
    alarm = StringField()
    alarm_at = DateTimeField()
    escalations = IntField(required=True, default=0)
    taken_by = StringField()
    transfers = IntField(required=True, default=0)
    replied_at = DateTimeField()
    reopenings = IntField(required=True, default=0)
    asked_at = DateTimeField()
    satisfaction = IntField(min_value=1, max_value=5)
    satisfaction_word = BinaryField()
    closed_at = DateTimeField()
    may_publish = BooleanField(required=True, default=False)
    public_state = StringField()
    public = BinaryField()
    public_by = StringField()
    published_at = DateTimeField()
    slot = StringField()
    only_rating = StringField()
    forget = BooleanField()

    meta: ClassVar[dict[str, Any]] = {"collection": "feedback"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("number", 1)], "name": "unique_number", "unique": True},
        *(
            {
                "keys": [(field, 1)],
                "name": f"unique_{field}",
                "unique": True,
                **having_text(field),
            }
            for field in ("slot", "only_rating")
        ),
        {"keys": [("owner_id", 1), ("created_at", 1)], "name": "owner"},
        {"keys": [("desks", 1), ("state", 1), ("queue_at", 1), ("_id", 1)], "name": "desk"},
        {"keys": [("public_state", 1), ("published_at", 1)], "name": "public"},
        {"keys": [("month", 1)], "name": "month"},
        {"keys": [("alarm_at", 1)], "name": "alarm", **having_time("alarm_at")},
        {"keys": [("closed_at", 1)], "name": "closed", **having_time("closed_at")},
        {"keys": [("forget", 1)], "name": "forget", "partialFilterExpression": {"forget": True}},
        {
            "keys": [("facility_id", 1), ("kind", 1)],
            "name": "facility",
            **having_text("facility_id"),
        },
        OUTBOX_INDEX,
    ]
