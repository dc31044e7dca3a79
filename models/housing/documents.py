"""Waiting lists and lottery draws as they are stored."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from models.kernel.document import Record, having_text
from models.kernel.encryption import EncryptedJsonField
from models.kernel.outbox import OUTBOX_INDEX, Causing

VALUES_CONTEXT = "waiting_entries.values"

WAITING, PAUSED, ENDED = "waiting", "paused", "ended"
COMMITTED, SEEDED, DRAWN, PUBLISHED, VOID = "committed", "seeded", "drawn", "published", "void"


class WaitingEntry(Causing):
    """An application on a waiting list. Its id follows from the list and the application.

    `list_key`: programme, county or `city`, and group, joined by colons. `order_key`: sortable text, made from
    `values` by the list's ordering rule. `full_key`: the same with the published tie. `moves`: every action with its
    reason, and the keys before and after. `unplaced`: the ordered list does not show the last action yet;
    `settled_version` is the version that it shows, `placed_key` the key there, None where it shows none.
    """

    list_key = StringField(required=True)
    application_id = StringField(required=True)
    resident_id = StringField()
    district_code = StringField()
    township_id = StringField()
    state = StringField(required=True)
    values = EncryptedJsonField(VALUES_CONTEXT)
    rule_version = IntField(required=True)
    full_key = StringField(required=True)
    placed_key = StringField()
    unplaced = BooleanField(required=True)
    settled_version = IntField(required=True, default=0)
    joined_at = DateTimeField(required=True)
    recheck_due_at = DateTimeField()
    moves = ListField(DictField())

    meta: ClassVar[dict[str, Any]] = {"collection": "waiting_entries"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("application_id", 1)], "name": "application"},
        {"keys": [("resident_id", 1)], "name": "resident"},
        {"keys": [("list_key", 1), ("state", 1), ("full_key", 1)], "name": "order"},
        {"keys": [("list_key", 1), ("state", 1), ("recheck_due_at", 1)], "name": "recheck"},
        {"keys": [("unplaced", 1)], "name": "unplaced", "partialFilterExpression": {"unplaced": True}},
        OUTBOX_INDEX,
    ]


class WaitingLeaf(Record):
    """A stretch of a list's order, from `low` up to but without `high`; `right` is the next stretch's id.

    `items`: `{"k": full key, "v": version of the entry}`, unsorted. `frozen`: it is being cut in
    two and takes nothing until that is done, which anyone who meets it does.
    """

    list_key = StringField(required=True)
    low = StringField(required=True)
    high = StringField(required=True)
    right = StringField()
    frozen = BooleanField(required=True, default=False)
    n = IntField(required=True, default=0)
    items = ListField(DictField())

    meta: ClassVar[dict[str, Any]] = {"collection": "waiting_leaves"}
    index_specs: ClassVar[list[dict[str, Any]]] = [{"keys": [("list_key", 1)], "name": "list"}]


class WaitingDirectory(Record):
    """How many wait in each stretch of a list; the id is the list's key.

    `leaves`: by leaf id `{"low", "n", "v"}`, `v` the leaf's version that had this count. A count is only ever
    replaced by one of a later version, so writes may come late, twice, or in any order.
    """

    leaves = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "waiting_directories"}


class WaitingMovement(Record):
    """One movement within a list, for "what moved me": kept for some weeks; no personal data but the application's id.

    `before`, `after`: the keys, None where it was or is not waiting.
    """

    list_key = StringField(required=True)
    at = DateTimeField(required=True)
    action = StringField(required=True)
    reason = StringField(required=True)
    before = StringField()
    after = StringField()
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "waiting_movements"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("list_key", 1), ("at", 1)], "name": "list_time"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
    ]


class LotteryDraw(Causing):
    """A draw. Its id follows from programme, county and round, so that a round cannot be drawn twice.

    `replaces` names the void draw that this one stands for; the pair is unique. `seed_by`: who entered the seed, never
    who committed. `order_id`: the stored result that counts. `steps`: what the public record shows of its course.
    `followed`: how many of the result's places the waiting list has taken over.
    """

    state = StringField(required=True)
    programme = StringField(required=True)
    round = StringField(required=True)
    district_code = StringField()
    group = StringField()
    replaces = StringField()
    places = IntField(required=True)
    count = IntField(required=True)
    seed_source = DictField(required=True)
    commitment = DictField(required=True)
    committed_at = DateTimeField(required=True)
    committed_by = StringField(required=True)
    seed = StringField()
    seed_by = StringField()
    order_id = StringField()
    void = DictField()
    steps = ListField(DictField())
    followed = IntField()

    meta: ClassVar[dict[str, Any]] = {"collection": "lottery_draws"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("programme", 1), ("district_code", 1), ("committed_at", -1)], "name": "programme"},
        {
            "keys": [("replaces", 1)],
            "name": "unique_replaces",
            "unique": True,
            **having_text("replaces"),
        },
        OUTBOX_INDEX,
    ]


class LotteryList(Record):
    """The list of a draw in the order of its seals; never changed. The id is the commitment's SHA-256.

    `seals`: 32 bytes each. `application_ids`: 26 ASCII characters each; they never leave the house.
    """

    seals = BinaryField(required=True)
    application_ids = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "lottery_lists"}


class LotteryOrder(Record):
    """A computed result; the id follows from commitment and seed. `order`: 4 bytes an index of the list, big-endian."""

    order = BinaryField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "lottery_orders"}
