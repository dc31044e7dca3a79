"""What is stored of childcare: a centre's places, a child's way to one, messages about it, and its rating."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.kernel.document import Record, having_text, having_time
from models.kernel.encryption import EncryptedJsonField, EncryptedStringField
from models.kernel.outbox import OUTBOX_INDEX, Causing

VALUES_CONTEXT = "childcare_placements.values"
MESSAGE_CONTEXT = "childcare_messages.text"
RATING_CONTEXT = "childcare_ratings.text"
REPLY_CONTEXT = "childcare_ratings.reply"
INSPECTION_NOTE_CONTEXT = "centre_inspections.note"

# Of a holder at its centre.
HELD, GIVEN = "held", "given"
# Of a placement.
WAITING, OFFERED, PLACED, ENDED = "waiting", "offered", "placed", "ended"
LIVE_STATES = (WAITING, OFFERED, PLACED)
RATED = "rated"
GUARDIAN, CENTRE = "guardian", "centre"


class ChildcareCentre(Record):
    """The places of one centre that are taken; the id is the facility's. One document, so no place is given twice.

    `occupied`: how many, by age group and month (`2026-12`). `holders`: by application id `{spans, state, attempt,
    at}`: `spans` the months of the stay by group, `attempt` the version of the placement from which it was taken.
    `held`: how many holders are not yet `given`. `unpublished`: the directory does not show the last change yet;
    `shown_month` is the month that it shows. `lapse_told`: the registration whose end the families have been told of.
    """

    occupied = DictField()
    holders = DictField()
    held = IntField(required=True, default=0)
    unpublished = BooleanField(default=False)
    shown_month = StringField()
    lapse_told = StringField()
    # `{order, id, until}` of the latest suspension as it stands, `until` the last day or None once it is over.
    suspension = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "childcare_centres"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("held", 1)], "name": "held", "partialFilterExpression": {"held": {"$gt": 0}}},
        {"keys": [("unpublished", 1)], "name": "unpublished", "partialFilterExpression": {"unpublished": True}},
    ]


class ChildcarePlacement(Causing):
    """An approved application's way to a place; the id is the application's.

    `choices`: centres, the dearest first; `passed`: by centre how its offer ended, none is made there again. `values`:
    `{birth_date, claims, family, note}`. `offer`: the offer under way `{id, centre_id, age_group, attempt, number,
    rank, expires_at}`; `place`: what was accepted `{centre_id, age_group, attempt, rank, since, begins, district_code,
    township_id}`, kept after the end. `draw_rank`: the place in the draw of a round that had none for the child.
    `release_due`: ended, and its place not yet given back.
    `said`: when each side last wrote in the thread; `read`: when each last read it.
    """

    resident_id = StringField(required=True)
    child_id = StringField()
    family_index = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField()
    state = StringField(required=True)
    choices = ListField(StringField(), required=True)
    passed = DictField()
    values = EncryptedJsonField(VALUES_CONTEXT)
    start_month = StringField(required=True)
    outgrown_from = StringField(required=True)
    applied_on = StringField(required=True)
    offers_made = IntField(required=True, default=0)
    offer = DictField()
    place = DictField()
    draw_rank = IntField()
    release_due = BooleanField()
    end_reason = StringField()
    ended_at = DateTimeField()
    said = DictField()
    read = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "childcare_placements"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("choices", 1), ("state", 1), ("created_at", 1), ("_id", 1)], "name": "waiting_at"},
        {"keys": [("family_index", 1), ("state", 1)], "name": "family"},
        {"keys": [("resident_id", 1)], "name": "resident"},
        {"keys": [("state", 1), ("outgrown_from", 1)], "name": "outgrown"},
        {"keys": [("district_code", 1), ("state", 1), ("created_at", 1), ("_id", 1)], "name": "district"},
        {"keys": [("state", 1), ("created_at", 1), ("_id", 1)], "name": "of_city"},
        {"keys": [("place.centre_id", 1), ("state", 1), ("created_at", 1), ("_id", 1)], "name": "placed_at"},
        {"keys": [("ended_at", 1)], "name": "ended", **having_time("ended_at")},
        {"keys": [("release_due", 1)], "name": "release_due", "partialFilterExpression": {"release_due": True}},
        OUTBOX_INDEX,
    ]


class ChildcareMessage(Causing):
    """One message between a guardian and the staff who act for the centre; the id follows from its key."""

    placement_id = StringField(required=True)
    resident_id = StringField(required=True)
    sender = StringField(required=True, choices=(GUARDIAN, CENTRE))
    by = StringField(required=True)
    text = EncryptedStringField(MESSAGE_CONTEXT, required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "childcare_messages"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("placement_id", 1), ("created_at", 1)], "name": "thread"},
        {"keys": [("resident_id", 1)], "name": "resident"},
        OUTBOX_INDEX,
    ]


class ChildcareRating(Causing):
    """How a guardian rates a centre; one a placement, the id is the placement's. `stars`: 1 to 5.

    `text` and `reply` are read by the family and the staff of the centre; only the averages are public.
    """

    state = StringField(required=True)
    resident_id = StringField()
    centre_id = StringField(required=True)
    district_code = StringField()
    township_id = StringField()
    stars = IntField(required=True, min_value=1, max_value=5)
    text = EncryptedStringField(RATING_CONTEXT)
    reply = EncryptedStringField(REPLY_CONTEXT)
    replied_at = DateTimeField()
    replied_by = StringField()
    rated_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "childcare_ratings"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("centre_id", 1)], "name": "centre"},
        {"keys": [("resident_id", 1)], "name": "resident"},
        OUTBOX_INDEX,
    ]


class ChildcareRound(Causing):
    """A placement round; the id follows from its name and area, so that none is held twice.

    While `active`, nobody is offered a place of its centres outside it; `area` is its county or `city`, each with one
    active round at most. `month`: the month in which its places begin. `commitment` covers the draw's families, the
    named seed and `input_hash`, the hash of everything that the result is computed from. `statement` is made with it.
    `followed`: of how many children the result has been carried out after publication. `refill_due`: it is over, and
    the places that it held up are not yet offered on. `steps`: what the public record shows of its course.
    """

    state = StringField(required=True)
    name = StringField(required=True)
    district_code = StringField()
    area = StringField(required=True)
    month = StringField(required=True)
    replaces = StringField()
    active = BooleanField(required=True)
    opened_at = DateTimeField(required=True)
    opened_by = StringField(required=True)
    committed_at = DateTimeField()
    committed_by = StringField()
    seed_source = DictField()
    commitment = DictField()
    input_hash = StringField()
    priorities = DictField()
    count = IntField()
    families = IntField()
    seed = StringField()
    seed_by = StringField()
    result_id = StringField()
    statement = DictField()
    void = DictField()
    steps = ListField(DictField())
    followed = IntField()
    refill_due = BooleanField()

    meta: ClassVar[dict[str, Any]] = {"collection": "childcare_rounds"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {
            "keys": [("area", 1)],
            "name": "unique_active",
            "unique": True,
            "partialFilterExpression": {"active": True},
        },
        {"keys": [("refill_due", 1)], "name": "refill_due", "partialFilterExpression": {"refill_due": True}},
        {"keys": [("opened_at", 1)], "name": "opened"},
        {
            "keys": [("replaces", 1)],
            "name": "unique_replaces",
            "unique": True,
            **having_text("replaces"),
        },
        OUTBOX_INDEX,
    ]


class ChildcareRoundInput(Record):
    """What a round is computed from, sealed, never changed; the id is its commitment's SHA-256.

    `seals`: the families' seals as published, 32 bytes each, in their order.
    """

    content = BinaryField(required=True)
    seals = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "childcare_round_inputs"}


class ChildcareRoundResult(Record):
    """A computed result, sealed, never changed; the id follows from commitment and seed."""

    content = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "childcare_round_results"}


class CentreInspection(Causing):
    """What an office found at a centre: an inspection, an incident, or a complaint that was looked into.

    `findings` is written for everybody and public once published; `note` is for the office only.
    """

    state = StringField(required=True)
    centre_id = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField()
    kind = StringField(required=True)
    on = StringField(required=True)
    outcome = StringField(required=True)
    findings = StringField(required=True)
    note = EncryptedStringField(INSPECTION_NOTE_CONTEXT)
    published_at = DateTimeField()

    meta: ClassVar[dict[str, Any]] = {"collection": "centre_inspections"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("centre_id", 1), ("state", 1)], "name": "centre"},
        OUTBOX_INDEX,
    ]


class CentreSuspension(Causing):
    """A centre is given no more children, until a day or (`exclusion`) for good. One at a time (`active`).

    `number`: which of its centre's. `unsettled`: the centre's own document does not show the last step yet.
    `reason` is public; the appeal's and the decisions' words stand in the history.
    """

    state = StringField(required=True)
    centre_id = StringField(required=True)
    number = IntField(required=True)
    district_code = StringField(required=True)
    township_id = StringField()
    kind = StringField(required=True)
    inspection_id = StringField()
    reason = StringField(required=True)
    since = StringField(required=True)
    until = StringField()
    active = BooleanField(required=True)
    unsettled = BooleanField(required=True)
    suspended_by = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "centre_suspensions"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("centre_id", 1), ("number", 1)], "name": "unique_number", "unique": True},
        {
            "keys": [("centre_id", 1)],
            "name": "unique_active",
            "unique": True,
            "partialFilterExpression": {"active": True},
        },
        {"keys": [("unsettled", 1)], "name": "unsettled", "partialFilterExpression": {"unsettled": True}},
        {"keys": [("until", 1)], "name": "running", "partialFilterExpression": {"active": True}},
        OUTBOX_INDEX,
    ]
