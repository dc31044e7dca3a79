"""Messages of followers as they arrive: each is worked on once, by one process, and every repeat gets the same reply.

One record a message holds everything the gateway must remember of it, so that a message costs two writes: the claim
(an insert, with the nonce of the call that brought it) and the answer. It also is the ledger of the customer-service
messages which the follower's act allows.

States: `in_work` (claimed until the lease ends) → `answered` (the reply goes back on the call, and on each repeat), or
`in_work` → `late` (the call was answered with `success`; the sealed message is kept so that a crash loses nothing) →
`pushed` (the answer went to the outbox; a repeat gets `success`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from mongoengine import BinaryField, DateTimeField, IntField, ListField, StringField
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import blind_index, open_json, open_text, seal_json, seal_text
from models.kernel.outbox import OUTBOX_INDEX, Causing, OutboxEntry, OutboxMessage

IN_WORK, ANSWERED, LATE, PUSHED = "in_work", "answered", "late", "pushed"
REPLY_CONTEXT, REST_CONTEXT, MESSAGE_CONTEXT = "inbound.reply", "inbound.rest", "inbound.message"
Window = Literal["message", "event", ""]


class InboundMessage(Causing):
    """A message or event of a follower. The id is derived from WeChat's key; the follower is known by blind index."""

    state = StringField(required=True)
    nonces = ListField(StringField())
    openid_index = StringField(required=True)
    fence = IntField(required=True, default=1)
    lease_until = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    reply = BinaryField()
    rest = BinaryField()
    message = BinaryField()
    window = StringField()
    window_until = DateTimeField()
    quota_left = IntField()

    meta: ClassVar[dict[str, Any]] = {"collection": "inbound_messages"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("nonces", 1)], "name": "unique_nonces", "unique": True},
        {"keys": [("openid_index", 1), ("window_until", 1)], "name": "follower"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
        {"keys": [("lease_until", 1)], "name": "late", "partialFilterExpression": {"state": LATE}},
        OUTBOX_INDEX,
    ]


@dataclass(frozen=True)
class Claim:
    """The right to answer a message until the lease ends; a later holder has a higher fence."""

    id: str
    fence: int


@dataclass(frozen=True)
class Done:
    """The message was answered: `reply` is what every call gets; "" where the answer went another way."""

    reply: str


class StillInWork:
    """Another worker answers it now; look again."""


class Replayed:
    """The nonce brought another message before, or this one too long ago."""


Standing = Claim | Done | StillInWork | Replayed


def follower_index(openid: str) -> str:
    """How a follower is looked up without storing the openid."""
    # hex, because the index folds case and an openid must keep it
    return blind_index("openid", openid.encode().hex())


def claim(message_id: str, nonce: str, openid: str, window: Window, at: datetime) -> Standing:
    """Take the message in work, or learn what became of it. One insert for a new message."""
    fresh: dict[str, Any] = {
        "_id": message_id, "version": 1, "created_at": at, "updated_at": at, "state": IN_WORK, "nonces": [nonce],
        "openid_index": follower_index(openid), "fence": 1, "lease_until": _lease(at), "outbox_waiting": False,
        "expires_at": at + timedelta(hours=rule("wechat.inbound_keep_hours")),
    }  # fmt: skip
    if window:
        fresh["window"] = window
        fresh["window_until"] = at + timedelta(seconds=rule(f"wechat.{window}_window_seconds"))
        fresh["quota_left"] = rule(f"wechat.{window}_quota")
    try:
        collection(InboundMessage).insert_one(fresh)
    except DuplicateKeyError:
        return _repeat(message_id, nonce, at)
    return Claim(message_id, 1)


def standing(message_id: str, at: datetime) -> Standing:
    """What became of a message by now; takes it over where its worker's lease has ended."""
    found = collection(InboundMessage).find_one({"_id": message_id})
    return StillInWork() if found is None else _standing(found, at)


def finish(
    held: Claim, reply: str, at: datetime, *, rest: str = "", further: Sequence[OutboxEntry] = (),
    instead: Sequence[OutboxEntry] = (),
) -> Done | None:  # fmt: skip
    """Keep the answer. Not late: `reply` for this call and its repeats, `further` is pushed. Late: `instead` is pushed.

    Returns what the call gets now, or None where another worker has taken the message over.
    """
    sealed: dict[str, Any] = {"reply": seal_text(reply, REPLY_CONTEXT)} if reply else {}
    if rest:
        sealed["rest"] = seal_text(rest, REST_CONTEXT)
    if _settle(held, IN_WORK, ANSWERED, sealed, further, at):
        return Done(reply)
    return Done("") if _settle(held, LATE, PUSHED, {}, instead, at) else None


def abandon(held: Claim) -> None:
    """Forget a claim whose call was told that nothing happened, so that WeChat's retry starts afresh."""
    collection(InboundMessage).delete_one({"_id": held.id, "fence": held.fence, "state": IN_WORK})


def mark_late(message_id: str, message: dict[str, Any], working: bool, at: datetime) -> Standing:
    """Promise that the answer will be pushed; only after this may the call get `success`.

    `message` is kept sealed until then, for a worker that takes over: soon where the caller only waited for another's
    work (which may be dead), after the late lease where the caller's own worker goes on (`working`).
    """
    lease = {"lease_until": at + timedelta(seconds=rule("wechat.late_lease_seconds"))} if working else {}
    changed = collection(InboundMessage).find_one_and_update(
        {"_id": message_id, "state": IN_WORK},
        {
            "$set": {"state": LATE, "message": seal_json(message, MESSAGE_CONTEXT), "updated_at": at, **lease},
        },
        {"_id": 1},
    )
    return Done("") if changed is not None else standing(message_id, at)


def take_abandoned(at: datetime) -> tuple[Claim, dict[str, Any]] | None:
    """One late message whose worker vanished, taken over, with the message; None where there is none."""
    found = collection(InboundMessage).find_one_and_update(
        {"state": LATE, "lease_until": {"$lte": at}},
        {
            "$set": {"lease_until": at + timedelta(seconds=rule("wechat.late_lease_seconds")), "updated_at": at},
            "$inc": {"fence": 1},
        },
        return_document=ReturnDocument.AFTER,
    )
    if found is None:
        return None
    return Claim(found["_id"], found["fence"]), open_json(found["message"], MESSAGE_CONTEXT)


def unfinished_text(openid: str, before: str, at: datetime) -> str:
    """What was left to say to the follower in the reply before the message `before`; "" for nothing."""
    newest = next((each for each in _windows(openid, at) if each["_id"] != before), None)
    return open_text(newest["rest"], REST_CONTEXT) if newest and newest.get("rest") else ""


def reserve_quota(openid: str, at: datetime) -> str | None:
    """Take one of the customer-service messages which the follower's last act allows; None where none is left.

    The shorter-lived allowance (an event's, 1 minute) goes first. Returns what `return_quota` takes.
    """
    newest: dict[str, str] = {}
    for each in _windows(openid, at):
        newest.setdefault(each["window"], each["_id"])
    for window in ("event", "message"):
        if window not in newest:
            continue
        taken = collection(InboundMessage).update_one(
            {"_id": newest[window], "quota_left": {"$gt": 0}}, {"$inc": {"quota_left": -1}}
        )
        if taken.modified_count:
            return newest[window]
    return None


def return_quota(reservation: str) -> None:
    """Give back what was reserved for a message that WeChat certainly did not send."""
    collection(InboundMessage).update_one({"_id": reservation}, {"$inc": {"quota_left": 1}})


def erase_follower(openid: str, at: datetime) -> int:
    """Erase what was said to a follower, sent or waiting; the bare records stay, for repeats. Returns how many."""
    subject = follower_index(openid)
    erased = collection(InboundMessage).update_many(
        {"openid_index": subject},
        {
            "$set": {"outbox": [], "outbox_waiting": False, "quota_left": 0, "updated_at": at},
            "$unset": {"reply": 1, "rest": 1, "message": 1},
        },
    )
    collection(InboundMessage).update_many({"openid_index": subject, "state": LATE}, {"$set": {"state": PUSHED}})
    collection(OutboxMessage).delete_many({"subject_id": subject})
    return int(erased.matched_count)


def _lease(at: datetime) -> datetime:
    return at + timedelta(seconds=rule("wechat.work_lease_seconds"))


def _repeat(message_id: str, nonce: str, at: datetime) -> Standing:
    found = collection(InboundMessage).find_one({"_id": message_id})
    if found is None:  # the nonce is what collided: it brought another message
        return Replayed()
    if nonce not in found["nonces"]:
        try:
            collection(InboundMessage).update_one({"_id": message_id}, {"$addToSet": {"nonces": nonce}})
        except DuplicateKeyError:
            return Replayed()
    elif at - as_utc(found["created_at"]) > timedelta(seconds=rule("wechat.retry_window_seconds")):
        return Replayed()
    return _standing(found, at)


def _standing(found: dict[str, Any], at: datetime) -> Standing:
    if found["state"] == ANSWERED:
        return Done(open_text(found["reply"], REPLY_CONTEXT) if found.get("reply") else "")
    if found["state"] in (LATE, PUSHED):
        return Done("")
    if as_utc(found["lease_until"]) > at:
        return StillInWork()
    taken = collection(InboundMessage).find_one_and_update(
        {"_id": found["_id"], "state": IN_WORK, "fence": found["fence"]},
        {"$set": {"lease_until": _lease(at), "updated_at": at}, "$inc": {"fence": 1}},
        {"fence": 1},
        return_document=ReturnDocument.AFTER,
    )
    return StillInWork() if taken is None else Claim(found["_id"], taken["fence"])


def _settle(
    held: Claim, source: str, target: str, sealed: dict[str, Any], entries: Sequence[OutboxEntry], at: datetime
) -> bool:
    update: dict[str, Any] = {"$set": {**sealed, "state": target, "updated_at": at}, "$unset": {"message": 1}}
    if entries:
        update["$set"]["outbox"] = [entry.stored(at) for entry in entries]
        update["$set"]["outbox_waiting"] = True
    settled = collection(InboundMessage).update_one({"_id": held.id, "fence": held.fence, "state": source}, update)
    return bool(settled.modified_count)


def _windows(openid: str, at: datetime) -> list[dict[str, Any]]:
    """The follower's acts whose window is still open, newest first."""
    found = collection(InboundMessage).find(
        {"openid_index": follower_index(openid), "window_until": {"$gt": at}},
        {"window": 1, "created_at": 1, "rest": 1},
    )
    return sorted(found, key=lambda each: (each["created_at"], each["_id"]), reverse=True)
