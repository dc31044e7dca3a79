"""Effects outside the database: entries written with their cause, delivered by a job, kept with their outcome.

An entry is pushed into its cause's own document. `relay` moves it to the collection of messages under its key, which
is unique, so a relay killed midway repeats nothing. `deliver` hands due messages to the handler of their channel.

A channel that cannot recognise a repeat (a WeChat message) is never sent again after a crash between sending and
noting it: the message becomes `uncertain`, stays visible, and a person may retry it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

import structlog
from mongoengine import BinaryField, BooleanField, DateTimeField, DictField, IntField, ListField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel.clock import as_utc
from models.kernel.database import UNREACHABLE, all_records, change_one, collection
from models.kernel.document import Record
from models.kernel.encryption import open_json, seal_json

PAYLOAD_CONTEXT = "outbox.payload"
PENDING, SENDING, DELIVERED, FAILED, DEAD, UNCERTAIN = (
    "pending", "sending", "delivered", "failed", "dead", "uncertain",
)  # fmt: skip
OPEN_STATES = (PENDING, SENDING)
RELAY_BATCH = 500
DELIVERY_BATCH = 200

log = structlog.get_logger("outbox")


@dataclass(frozen=True)
class OutboxEntry:
    """One effect to come. `key` is unique for ever; `fallbacks` are tried in turn when a channel fails for good.

    `subject_id` is the resident it concerns (erasure reaches it); entries of one `order_key` go out in their order.
    """

    key: str
    channel: str
    payload: Mapping[str, Any]
    fallbacks: tuple[str, ...] = ()
    not_before: datetime | None = None
    subject_id: str | None = None
    order_key: str | None = None

    def stored(self, at: datetime) -> dict[str, Any]:
        """As it lies in its cause's document."""
        return {
            "key": self.key,
            "channel": self.channel,
            "payload": seal_json(dict(self.payload), PAYLOAD_CONTEXT),
            "fallbacks": list(self.fallbacks),
            "next_attempt_at": self.not_before or at,
            "created_at": at,
            "subject_id": self.subject_id,
            "order_key": self.order_key,
        }


class Causing(Record):
    """A document whose changes have effects outside: it carries a history and an outbox."""

    history = ListField(DictField())
    outbox = ListField(DictField())
    outbox_waiting = BooleanField(default=False)

    meta: ClassVar[dict[str, Any]] = {"abstract": True}


OUTBOX_INDEX = {
    "keys": [("outbox_waiting", 1)],
    "name": "outbox_waiting",
    "partialFilterExpression": {"outbox_waiting": True},
}


class OutboxMessage(Record):
    """A message on its way, and what became of it. The id is the entry's key."""

    channel = StringField(required=True)
    payload = BinaryField(required=True)
    fallbacks = ListField(StringField())
    state = StringField(required=True, default=PENDING)
    attempts = IntField(required=True, default=0)
    next_attempt_at = DateTimeField(required=True)
    lease_until = DateTimeField()
    outcome = StringField()
    receipt = DictField()
    subject_id = StringField()
    order_key = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "outbox_messages"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("state", 1), ("next_attempt_at", 1)], "name": "due"},
        {"keys": [("subject_id", 1)], "name": "subject"},
        {"keys": [("channel", 1), ("state", 1)], "name": "channel"},
        {"keys": [("order_key", 1), ("state", 1), ("created_at", 1)], "name": "order"},
    ]

    @staticmethod
    def open_payload(stored: Mapping[str, Any]) -> dict[str, Any]:
        """The payload of a stored message, decrypted."""
        opened: dict[str, Any] = open_json(stored["payload"], PAYLOAD_CONTEXT)
        return opened


@dataclass(frozen=True)
class Receipt:
    """What a handler says of one attempt.

    delivered: done. retry: again after `after` seconds (None: backoff). final: never on this channel; `outcome` says
    why. quota: this channel is full; all its messages wait `after` seconds. uncertain: the connection broke after the
    message had left; it is not sent again unless a person says so.
    """

    kind: Literal["delivered", "retry", "final", "quota", "uncertain"]
    outcome: str = ""
    after: float | None = None
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Handler:
    """How a channel is served: `send` gets the payload and the message's key. `idempotent`: a repeat does no harm."""

    send: Callable[[dict[str, Any], str], Receipt]
    idempotent: bool


def relay(at: datetime) -> int:
    """Move waiting entries from their causes into the collection of messages; returns how many were moved.

    The causes of one collection are taken in the order in which they changed, so that no message of an order
    overtakes an earlier one that still waits in its cause.
    """
    moved = 0
    for record in sorted(all_records(), key=lambda each: each._get_collection_name()):
        if issubclass(record, Causing):
            waiting = collection(record).find({"outbox_waiting": True}, {"outbox": 1, "updated_at": 1})
            for cause in waiting.sort([("updated_at", 1), ("_id", 1)]).limit(RELAY_BATCH):
                moved += _relay_one(record, cause, at)
    return moved


def deliver(
    at: datetime, handlers: Mapping[str, Handler], now: Callable[[], datetime] | None = None
) -> dict[str, int]:  # fmt: skip
    """Attempt every due message of the given channels once; returns counts by what became of them.

    `now` gives the present while slow receivers make the pass long; without it the whole pass happens at `at`.
    """
    present = now or (lambda: at)
    _settle_abandoned(at, handlers)
    counts: dict[str, int] = {}
    full: set[str] = set()
    held_up: set[str] = set()
    for message in _due(at, handlers):
        if message["channel"] in full or _waits_for_earlier(message, at, held_up):
            continue
        claimed = _claim(message["_id"], present())
        if claimed is None:
            continue
        receipt = _attempt(handlers[claimed["channel"]], claimed)
        _note(claimed, receipt, present())
        counts[receipt.kind] = counts.get(receipt.kind, 0) + 1
        if receipt.kind == "quota":
            full.add(claimed["channel"])
            _hold_channel(claimed["channel"], receipt, present())
    return counts


def enqueue(entry: OutboxEntry, at: datetime) -> None:
    """Put a message straight into the collection, for an effect whose cause is no document; once per key."""
    _insert_message({**entry.stored(at)}, at)


def retry(key: str, at: datetime) -> bool:
    """Send a dead, uncertain or finally refused message again, at a person's word; False where there is none such.

    One that was refused and went on by another channel is not sent again.
    """
    again = {"$set": {"state": PENDING, "next_attempt_at": at, "attempts": 0, "updated_at": at}}
    stuck: tuple[dict[str, Any], ...] = ({"state": {"$in": [DEAD, UNCERTAIN]}}, {"state": FAILED, "fallbacks": []})
    return any(collection(OutboxMessage).update_one({"_id": key, **each}, again).modified_count == 1 for each in stuck)


def hold_unrepeatable(repeatable: Iterable[str], at: datetime) -> int:
    """After a restore: what waits in a channel that cannot recognise a repeat may have gone out since the backup.

    Such messages become uncertain, to be sent again at a person's word only. Returns how many.
    """
    while relay(at):
        pass
    waiting = {"state": {"$in": list(OPEN_STATES)}, "channel": {"$nin": sorted(repeatable)}}
    held = {"state": UNCERTAIN, "outcome": "restored", "updated_at": at}
    return int(collection(OutboxMessage).update_many(waiting, {"$set": held}).modified_count)


def _relay_one(record: type[Record], cause: Mapping[str, Any], at: datetime) -> int:
    entries = cause.get("outbox", [])
    for entry in entries:
        _insert_message(entry, at)
    target = collection(record)
    target.update_one({"_id": cause["_id"]}, {"$pull": {"outbox": {"key": {"$in": [e["key"] for e in entries]}}}})
    # Only an empty outbox stops waiting: an entry pushed in between keeps the mark.
    target.update_one({"_id": cause["_id"], "outbox": {"$size": 0}}, {"$set": {"outbox_waiting": False}})
    return len(entries)


def _insert_message(entry: Mapping[str, Any], at: datetime) -> None:
    stored = {k: v for k, v in entry.items() if k != "key"}
    message = {**stored, "_id": entry["key"], "version": 1, "state": PENDING, "attempts": 0, "updated_at": at}
    try:
        collection(OutboxMessage).insert_one(message)
    except DuplicateKeyError:
        return  # relayed before: the key is what makes the effect happen once


def _due(at: datetime, channels: Iterable[str]) -> list[dict[str, Any]]:
    """The due messages, the longest due first; of one moment in the order of their causes."""
    wanted = {"state": PENDING, "next_attempt_at": {"$lte": at}, "channel": {"$in": sorted(channels)}}
    fields = {"channel": 1, "order_key": 1, "created_at": 1, "next_attempt_at": 1}
    order = [("next_attempt_at", 1), ("created_at", 1), ("_id", 1)]
    return list(collection(OutboxMessage).find(wanted, fields).sort(order).limit(DELIVERY_BATCH))


def _waits_for_earlier(message: Mapping[str, Any], at: datetime, held_up: set[str]) -> bool:
    """True where an earlier message of the same order has not gone out. `held_up`: orders of which this is known.

    All that wait behind the first are put off until its turn: a queue of waiting messages at the head of the due ones
    would keep all others from being seen.
    """
    order = message.get("order_key")
    if not order or order in held_up:
        return bool(order)
    waiting = {"order_key": order, "state": {"$in": list(OPEN_STATES)}}
    found = collection(OutboxMessage).find(waiting, {"next_attempt_at": 1, "created_at": 1})
    first = min(found, key=_turn, default=message)
    if _turn(first) >= _turn(message):
        return False
    held_up.add(order)
    if as_utc(first["next_attempt_at"]) > at:
        turn = first["next_attempt_at"]
        behind = {"order_key": order, "state": PENDING, "next_attempt_at": {"$lt": turn}, "_id": {"$ne": first["_id"]}}
        collection(OutboxMessage).update_many(behind, {"$set": {"next_attempt_at": turn}})
    return True


def _turn(message: Mapping[str, Any]) -> tuple[datetime, str]:
    """What orders the messages of one order key."""
    return as_utc(message["created_at"]), message["_id"]


def _attempt(handler: Handler, message: Mapping[str, Any]) -> Receipt:
    """Hand the message to its handler. A fault of ours in it must not keep the messages behind it from going out."""
    try:
        return handler.send(OutboxMessage.open_payload(message), message["_id"])
    except UNREACHABLE:
        raise  # nothing can be noted now; the lease's end settles it
    except Exception as fault:
        # The message may quote personal data: only its kind goes to the log.
        log.error("delivery_fault", channel=message["channel"], error=type(fault).__name__)
        return Receipt("retry" if handler.idempotent else "uncertain", f"fault_{type(fault).__name__}")


def _hold_channel(channel: str, receipt: Receipt, at: datetime) -> None:
    """The channel is full: none of its messages is tried before the pause is over."""
    until = at + timedelta(seconds=receipt.after or rule("kernel.outbox_backoff_longest_seconds"))
    collection(OutboxMessage).update_many(
        {"state": PENDING, "channel": channel, "next_attempt_at": {"$lt": until}}, {"$set": {"next_attempt_at": until}}
    )


def _claim(key: str, at: datetime) -> dict[str, Any] | None:
    lease = at + timedelta(seconds=rule("kernel.outbox_lease_seconds"))
    return change_one(
        collection(OutboxMessage),
        {"_id": key, "state": PENDING},
        {
            "$set": {"state": SENDING, "lease_until": lease, "updated_at": at},
            "$inc": {"attempts": 1, "version": 1},
        },
    )


def _note(message: Mapping[str, Any], receipt: Receipt, at: datetime) -> None:
    facts: dict[str, Any] = {
        "outcome": receipt.outcome,
        "updated_at": at,
        "receipt": dict(receipt.detail or {}),
    }
    attempts = message["attempts"]
    if receipt.kind == "delivered":
        facts["state"] = DELIVERED
    elif receipt.kind == "uncertain":
        facts["state"] = UNCERTAIN
    elif receipt.kind == "final":
        _fall_back(message, at)
        facts["state"] = FAILED
    elif receipt.kind == "retry" and attempts >= rule("kernel.outbox_max_attempts"):
        facts["state"] = DEAD
    elif receipt.kind == "quota":
        # Not the message's fault: it does not count towards its end. `_hold_channel` sets when it is due.
        facts["state"], facts["attempts"] = PENDING, attempts - 1
    else:
        facts["state"] = PENDING
        facts["next_attempt_at"] = at + timedelta(seconds=receipt.after or backoff_seconds(attempts))
    collection(OutboxMessage).update_one({"_id": message["_id"], "version": message["version"]}, {"$set": facts})


def backoff_seconds(attempts: int) -> float:
    """The pause after so many attempts: doubling from the first, up to the longest."""
    first, longest = (
        rule("kernel.outbox_backoff_first_seconds"),
        rule("kernel.outbox_backoff_longest_seconds"),
    )
    return float(min(longest, first * 2 ** min(attempts - 1, 32)))


def _fall_back(message: Mapping[str, Any], at: datetime) -> None:
    if not message["fallbacks"]:
        return
    following, *rest = message["fallbacks"]
    # With its cause's time, so that it keeps its place among messages of the same order.
    kept = {k: message[k] for k in ("payload", "subject_id", "order_key", "created_at")}
    _insert_message(
        {**kept, "key": f"{message['_id']}>{following}", "channel": following, "fallbacks": rest,
         "next_attempt_at": at}, at,
    )  # fmt: skip


def _settle_abandoned(at: datetime, handlers: Mapping[str, Handler]) -> None:
    """Messages whose sender vanished: again where a repeat does no harm, else uncertain."""
    vanished = {"state": SENDING, "lease_until": {"$lte": at}}
    # Asked once before each channel is: a pulse mostly finds none.
    concerned = {each["channel"] for each in collection(OutboxMessage).find(vanished, {"channel": 1})}
    for channel, handler in handlers.items():
        if channel not in concerned:
            continue
        settled = (
            {"state": PENDING, "next_attempt_at": at}
            if handler.idempotent
            else {"state": UNCERTAIN, "outcome": "sender_vanished"}
        )
        collection(OutboxMessage).update_many(
            {**vanished, "channel": channel},
            {"$set": {**settled, "updated_at": at}, "$inc": {"version": 1}},
        )
