"""What is kept of a chat: its state, a hand-over to a caseworker, and questions that found no answer."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, BooleanField, DateTimeField, FloatField, IntField, ListField, StringField

from models.kernel.document import Record, having_text, having_time
from models.kernel.encryption import EncryptedStringField
from models.kernel.outbox import OUTBOX_INDEX, Causing

STATE_CONTEXT, TOLD_CONTEXT = "conversations.state", "conversations.told"
OPENID_CONTEXT, TEXT_CONTEXT = "handovers.openid", "handovers.text"
QUESTION_CONTEXT = "unanswered_questions.text"
FOLLOWER, STAFF = "follower", "staff"


class Conversation(Record):
    """Where the chat with one follower stands. The id comes from the blind index of the openid.

    `state` is sealed JSON, and so is `told`: what the last message was answered, and those shortly before it, so that
    whoever works on one of them again gives the same answer.
    """

    openid_index = StringField(required=True)
    resident_id = StringField()
    state = BinaryField(required=True)
    told = BinaryField(required=True)
    spoke_at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "conversations"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
        {
            "keys": [("resident_id", 1)],
            "name": "resident",
            **having_text("resident_id"),
        },
    ]


class HandOver(Causing):
    """A follower's wish to speak with a person. `number` counts the day's tickets of a county, from 1.

    `messages` are `{"id", "at", "from": follower or staff, "by", "text": sealed}`. `open_index` is the follower while
    the ticket is open, so that nobody has two. `district_code` None: the county is not known, the city sees to it.
    """

    state = StringField(required=True)
    number = IntField(required=True)
    openid_index = StringField(required=True)
    open_index = StringField()
    openid = EncryptedStringField(OPENID_CONTEXT)
    resident_id = StringField()
    district_code = StringField()
    # Of a call for help: the township that was told of it, whose staff may open it beside the county's.
    township_id = StringField()
    messages = ListField()
    ahead_at_ask = IntField(default=0)
    # How many messages its caseworker has seen.
    read_count = IntField(default=0)
    taken_by = StringField()
    taken_at = DateTimeField()
    # What the clock does next: `escalate` a ticket that nobody takes, `lapse` one on which nothing happens.
    alarm = StringField()
    alarm_at = DateTimeField()
    escalated_at = DateTimeField()
    close_reason = StringField()
    closed_at = DateTimeField()
    expires_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "handovers"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("open_index", 1)],
            "name": "unique_open",
            "unique": True,
            **having_text("open_index"),
        },
        {"keys": [("district_code", 1), ("state", 1), ("created_at", 1), ("_id", 1)], "name": "queue"},
        {"keys": [("state", 1), ("created_at", 1), ("_id", 1)], "name": "queue_of_city"},
        {"keys": [("openid_index", 1)], "name": "follower"},
        {"keys": [("resident_id", 1)], "name": "resident"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
        {"keys": [("alarm_at", 1)], "name": "alarm", **having_time("alarm_at")},
        OUTBOX_INDEX,
    ]


class UnansweredQuestion(Record):
    """What a follower asked and nothing answered, masked and encrypted; `alike` is equal for equal texts."""

    openid_index = StringField(required=True)
    text = EncryptedStringField(QUESTION_CONTEXT)
    alike = StringField(required=True)
    intent = StringField(required=True)
    confidence = FloatField(required=True)
    month = StringField(required=True)
    # A caseworker has put it away: it needs no answer.
    handled = BooleanField()
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "unanswered_questions"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("month", 1), ("alike", 1)], "name": "month"},
        {"keys": [("openid_index", 1)], "name": "follower"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
    ]


class ChatCode(Record):
    """The code by which a resident joins their account to the follower they are. The id is the resident's.

    `code_index` stands only while the code is good; `issued` counts those of the window.
    """

    code_index = StringField()
    expires_at = DateTimeField(required=True)
    redeemed_by = StringField()
    window_started_at = DateTimeField(required=True)
    issued = IntField(required=True)
    purge_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "chat_codes"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("code_index", 1)],
            "name": "unique_code",
            "unique": True,
            **having_text("code_index"),
        },
        {"keys": [("purge_at", 1)], "name": "purge", "expireAfterSeconds": 0},
    ]
