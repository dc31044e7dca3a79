"""Messages of followers as they arrive: each is worked on once, by one process, and every repeat gets the same reply.

A message costs two inserts, each of which can only happen once: the claim (who works on it) and the answer (what came
of it). An insert is half as dear as an update on the embedded database, and the unique id does what a lock would. What
changes nothing but the chat's own state (a press on the menu) needs no claim and costs one: see `tell`.

- `InboundMessage`, the claim: with the nonces of the calls that brought it, a lease, and the customer-service messages
  which the follower's act allows. `told`: it holds the answer itself, and nobody will work on it any more.
- `InboundAnswer`: the reply, sealed, for this call and each repeat; or `late`: the call was given up with `success`.
- `LateMessage`: a late message itself, sealed, until its answer lies in the outbox, so that a crash loses nothing.

Messages to be pushed are put into the outbox before the answer is inserted. Their keys are made of the message's id and
their place in the answer, so a worker that repeats another's work pushes nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from mongoengine import BinaryField, BooleanField, DateTimeField, IntField, ListField, StringField
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel.clock import as_utc
from models.kernel.database import change_one, collection
from models.kernel.document import Record
from models.kernel.encryption import open_json, open_text, seal_json, seal_text
from models.kernel.outbox import OutboxEntry, OutboxMessage, enqueue
from models.people.store import openid_index as follower_index

REPLY_CONTEXT, REST_CONTEXT, MESSAGE_CONTEXT = "inbound.reply", "inbound.rest", "inbound.message"
Window = Literal["message", "event", ""]
_PORTIONS, _AFTER_HEX = 256, "g"


class InboundMessage(Record):
    """A claimed message or event. The id is derived from WeChat's key; the follower is known by blind index."""

    nonces = ListField(StringField())
    openid_index = StringField(required=True)
    fence = IntField(required=True, default=1)
    # Not where it was told at once.
    lease_until = DateTimeField()
    told = BooleanField()
    reply = BinaryField()
    rest = BinaryField()
    expires_at = DateTimeField(required=True)
    window = StringField()
    window_until = DateTimeField()
    quota_left = IntField()

    meta: ClassVar[dict[str, Any]] = {"collection": "inbound_messages"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("openid_index", 1), ("window_until", 1)], "name": "follower"},
    ]


class InboundAnswer(Record):
    """What came of a message, under its id."""

    late = BooleanField(required=True, default=False)
    reply = BinaryField()
    rest = BinaryField()
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "inbound_answers"}


class LateMessage(Record):
    """A message whose answer is still to be pushed, under its id. There are few of them."""

    message = BinaryField(required=True)
    lease_until = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "inbound_late"}


class UsedNonce(Record):
    """A nonce of plain mode, where the signature does not cover the body: it may bring one message only."""

    message_id = StringField(required=True)
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "inbound_nonces"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
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


class Abandoned:
    """Its worker let go of it, and nothing happened: claim it again."""


class Replayed:
    """The nonce brought another message before, or this one too long ago."""


Standing = Claim | Done | StillInWork | Abandoned | Replayed


def claim(
    message_id: str, nonce: str, openid: str, window: Window, at: datetime, *, plain: bool = False,
    since: datetime | None = None,
) -> Standing:  # fmt: skip
    """Take the message in work, or learn what became of it. One insert for a new message; two in plain mode.

    `since`: when it came, where that was earlier.
    """
    if plain and not _first_use(nonce, message_id, at):
        return Replayed()
    fresh = {**_record(message_id, nonce, openid, window, since or at, at), "lease_until": _lease(at)}
    try:
        collection(InboundMessage).insert_one(fresh)
    except DuplicateKeyError:
        return _repeat(message_id, nonce, at)
    return Claim(message_id, 1)


def tell(
    message_id: str, nonce: str, openid: str, window: Window, reply: str, at: datetime, *, rest: str = "",
    further: Sequence[OutboxEntry] = (),
) -> Standing:  # fmt: skip
    """Keep a message with its answer in one insert, or learn what became of it before.

    For a young message that two workers may answer at once without harm, and whose call still waits.
    """
    for entry in further:
        enqueue(entry, at)
    fresh = {**_record(message_id, nonce, openid, window, at, at), "told": True, **_sealed(reply, rest)}
    try:
        collection(InboundMessage).insert_one(fresh)
    except DuplicateKeyError:
        return _repeat(message_id, nonce, at)
    return Done(reply)


def standing(message_id: str, at: datetime) -> Standing:
    """What became of a message by now; takes it over where its worker's lease has ended."""
    answered = _answer(message_id)
    if answered is not None:
        return answered
    taken = change_one(
        collection(InboundMessage),
        {"_id": message_id, "lease_until": {"$lte": at}},
        {"$set": {"lease_until": _lease(at), "updated_at": at}, "$inc": {"fence": 1}},
        {"fence": 1},
    )
    if taken is not None:
        return Claim(message_id, taken["fence"])
    found = collection(InboundMessage).find_one({"_id": message_id}, {"told": 1, "reply": 1})
    if found is None:
        return Abandoned()
    return _done(found) if found.get("told") else StillInWork()


def finish(
    held: Claim, reply: str, at: datetime, *, rest: str = "", further: Sequence[OutboxEntry] = (),
    instead: Sequence[OutboxEntry] = (),
) -> Done:  # fmt: skip
    """Keep the answer, and return what the call gets: the first answer kept, whoever gave it.

    In time: `reply` for this call and its repeats, `further` is pushed. Late: `instead` is pushed.
    """
    for entry in further:
        enqueue(entry, at)
    if _insert_answer(held.id, {"late": False, **_sealed(reply, rest)}, at):
        return Done(reply)
    for entry in instead if is_late(held.id) else ():
        enqueue(entry, at)
    collection(LateMessage).delete_one({"_id": held.id})
    return _answer(held.id) or Done("")


def abandon(held: Claim) -> None:
    """Forget a claim whose call was told that nothing happened, so that WeChat's retry starts afresh.

    A message that was promised an answer keeps its claim, and `take_abandoned` finds it.
    """
    if _answer(held.id) is None:
        collection(InboundMessage).delete_one({"_id": held.id, "fence": held.fence})


def mark_late(message_id: str, message: dict[str, Any], working: bool, at: datetime) -> Standing:
    """Promise that the answer will be pushed; only after this may the call get `success`.

    `message` is kept sealed until then, for a worker that takes over: soon where the caller only waited for another's
    work (which may be dead), after the late lease where the caller's own worker goes on (`working`).
    """
    seconds = rule("wechat.late_lease_seconds" if working else "wechat.work_lease_seconds")
    waiting = {
        "_id": message_id, "version": 1, "created_at": at, "updated_at": at,
        "message": seal_json(message, MESSAGE_CONTEXT), "lease_until": at + timedelta(seconds=seconds),
    }  # fmt: skip
    collection(LateMessage).replace_one({"_id": message_id}, waiting, upsert=True)
    if _insert_answer(message_id, {"late": True}, at):
        return Done("")
    answered = _answer(message_id)
    if not is_late(message_id):
        collection(LateMessage).delete_one({"_id": message_id})
    return answered or StillInWork()


def take_abandoned(at: datetime) -> tuple[Claim, dict[str, Any]] | None:
    """One late message whose worker vanished, taken over, with the message; None where there is none."""
    waiting = collection(LateMessage)
    while True:
        found = waiting.find_one_and_update(
            {"lease_until": {"$lte": at}},
            {
                "$set": {"lease_until": at + timedelta(seconds=rule("wechat.late_lease_seconds")), "updated_at": at},
                "$inc": {"version": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
        if found is None:
            return None
        if is_late(found["_id"]):
            return Claim(found["_id"], found["version"]), open_json(found["message"], MESSAGE_CONTEXT)
        # Answered in time after all, or the promise was never made: nobody waits for a push.
        waiting.delete_one({"_id": found["_id"]})


def unfinished_text(openid: str, before: str, at: datetime) -> str:
    """What was left to say to the follower in the reply before the message `before`; "" for nothing."""
    acts = _windows(openid, at, {"window": 1, "created_at": 1, "told": 1, "rest": 1})
    newest = next((each for each in acts if each["_id"] != before), None)
    if newest is not None and not newest.get("told"):
        newest = collection(InboundAnswer).find_one({"_id": newest["_id"]}, {"rest": 1})
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


@dataclass(frozen=True)
class Allowance:
    """Customer-service messages that a follower's acts still allow; `until` None: no act is known."""

    left: int
    until: datetime | None


def allowance(openid: str, at: datetime) -> Allowance:
    """What `reserve_quota` could still take: of each kind of act the newest counts."""
    fields = {"window": 1, "created_at": 1, "quota_left": 1, "window_until": 1}
    newest: dict[str, dict[str, Any]] = {}
    for each in _windows(openid, at, fields):
        newest.setdefault(each["window"], each)
    left = sum(max(0, each.get("quota_left") or 0) for each in newest.values())
    return Allowance(left, max((as_utc(each["window_until"]) for each in newest.values()), default=None))


def return_quota(reservation: str) -> None:
    """Give back what was reserved for a message that WeChat certainly did not send."""
    collection(InboundMessage).update_one({"_id": reservation}, {"$inc": {"quota_left": 1}})


def erase_follower(openid: str, at: datetime) -> int:
    """Erase what was said to a follower, sent or waiting; the bare records stay, for repeats. Returns how many."""
    subject = follower_index(openid)
    ids = [each["_id"] for each in collection(InboundMessage).find({"openid_index": subject}, {"_id": 1})]
    said: dict[str, Any] = {"$unset": {"reply": 1, "rest": 1}}
    spent = {"$set": {"quota_left": 0, "updated_at": at}}
    collection(InboundMessage).update_many({"openid_index": subject}, {**spent, **said})
    collection(InboundAnswer).update_many({"_id": {"$in": ids}}, said)
    collection(LateMessage).delete_many({"_id": {"$in": ids}})
    collection(OutboxMessage).delete_many({"subject_id": subject})
    return len(ids)


def purge(at: datetime) -> Iterator[int]:
    """Delete what is past its time, in 256 small portions so that nothing waits long; yields how many in each.

    There is no index by time on purpose: it would cost each message more than this nightly walk along the index of
    followers costs in all.
    """
    for number in range(_PORTIONS):
        start = f"{number:02x}"
        followers = {"openid_index": {"$gte": start, "$lt": start + _AFTER_HEX}, "expires_at": {"$lte": at}}
        ids = [each["_id"] for each in collection(InboundMessage).find(followers, {"_id": 1})]
        for record in (InboundAnswer, InboundMessage):  # the claim last: by it the answer is found
            if ids:
                collection(record).delete_many({"_id": {"$in": ids}})
        yield len(ids)


def _record(message_id: str, nonce: str, openid: str, window: Window, since: datetime, at: datetime) -> dict[str, Any]:
    fresh: dict[str, Any] = {
        "_id": message_id, "version": 1, "created_at": at, "updated_at": at, "nonces": [nonce], "fence": 1,
        "openid_index": follower_index(openid), "expires_at": _expiry(at),
    }  # fmt: skip
    if window:
        fresh["window"] = window
        fresh["window_until"] = since + timedelta(seconds=rule(f"wechat.{window}_window_seconds"))
        fresh["quota_left"] = rule(f"wechat.{window}_quota")
    return fresh


def _sealed(reply: str, rest: str) -> dict[str, Any]:
    sealed: dict[str, Any] = {"reply": seal_text(reply, REPLY_CONTEXT)} if reply else {}
    return {**sealed, "rest": seal_text(rest, REST_CONTEXT)} if rest else sealed


def _lease(at: datetime) -> datetime:
    return at + timedelta(seconds=rule("wechat.work_lease_seconds"))


def _expiry(at: datetime) -> datetime:
    return at + timedelta(hours=rule("wechat.inbound_keep_hours"))


def _first_use(nonce: str, message_id: str, at: datetime) -> bool:
    used = {"_id": nonce, "version": 1, "created_at": at, "updated_at": at, "message_id": message_id}
    try:
        collection(UsedNonce).insert_one({**used, "expires_at": _expiry(at)})
    except DuplicateKeyError:
        return collection(UsedNonce).find_one({"_id": nonce, "message_id": message_id}, {"_id": 1}) is not None
    return True


def _repeat(message_id: str, nonce: str, at: datetime) -> Standing:
    found = collection(InboundMessage).find_one({"_id": message_id}, {"openid_index": 0})
    if found is None:
        return Abandoned()
    if nonce not in found["nonces"]:
        collection(InboundMessage).update_one({"_id": message_id}, {"$addToSet": {"nonces": nonce}})
    elif at - as_utc(found["created_at"]) > timedelta(seconds=rule("wechat.retry_window_seconds")):
        return Replayed()
    return _done(found) if found.get("told") else standing(message_id, at)


def _insert_answer(message_id: str, facts: dict[str, Any], at: datetime) -> bool:
    answer = {"_id": message_id, "version": 1, "created_at": at, "updated_at": at, "expires_at": _expiry(at), **facts}
    try:
        collection(InboundAnswer).insert_one(answer)
    except DuplicateKeyError:
        return False
    return True


def _answer(message_id: str) -> Done | None:
    found = collection(InboundAnswer).find_one({"_id": message_id}, {"reply": 1})
    return None if found is None else _done(found)


def _done(found: dict[str, Any]) -> Done:
    return Done(open_text(found["reply"], REPLY_CONTEXT) if found.get("reply") else "")


def is_late(message_id: str) -> bool:
    """Whether the call was given up with `success`, so that the answer is pushed."""
    return collection(InboundAnswer).find_one({"_id": message_id, "late": True}, {"_id": 1}) is not None


def _windows(openid: str, at: datetime, fields: dict[str, int] | None = None) -> list[dict[str, Any]]:
    """The follower's acts whose window is still open, newest first."""
    found = collection(InboundMessage).find(
        {"openid_index": follower_index(openid), "window_until": {"$gt": at}}, fields or {"window": 1, "created_at": 1}
    )
    return sorted(found, key=lambda each: (each["created_at"], each["_id"]), reverse=True)
