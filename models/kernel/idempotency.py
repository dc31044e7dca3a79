"""Idempotency keys: the same key with the same request gets the same answer, once carried out.

Source: the IETF HTTP API working group's draft on the Idempotency-Key header.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import BinaryField, DateTimeField, IntField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.encryption import decrypt, encrypt, keyed_hash
from models.kernel.errors import Conflict, InvalidInput
from models.kernel.ids import id_from_key

ANSWER_CONTEXT = "idempotency.answer"
FINGERPRINT_PURPOSE = "idempotency fingerprint"
IN_FLIGHT, DONE = "in_flight", "done"


class IdempotencyKey(Record):
    """A key in use or answered; the answer may hold personal data and is encrypted."""

    state = StringField(required=True)
    fingerprint = StringField(required=True)
    lease_until = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)
    subject_id = StringField()
    status = IntField()
    answer = BinaryField()

    meta: ClassVar[dict[str, Any]] = {"collection": "idempotency_keys"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
        {"keys": [("subject_id", 1)], "name": "subject"},
    ]


@dataclass(frozen=True)
class Begun:
    """This call carries the request out; finish or abandon it. `id` also names what it creates."""

    id: str
    lease_until: datetime


@dataclass(frozen=True)
class Replayed:
    """The request was carried out before; this was the answer."""

    status: int
    body: bytes


def begin(actor_id: str, scope: str, key: str, body: bytes, at: datetime) -> Begun | Replayed:
    """Start the request `key` of this actor within `scope` (method and path).

    Raises Conflict (`idempotency_in_flight`) while another call works on it, InvalidInput
    (`idempotency_key_reused`) when the same key came with another body.
    """
    key_id = id_from_key(f"{actor_id} {scope}", key)
    fingerprint = keyed_hash(FINGERPRINT_PURPOSE, body).hex()
    lease = at + timedelta(seconds=rule("kernel.idempotency_lease_seconds"))
    fresh = {
        "_id": key_id, "version": 1, "created_at": at, "updated_at": at, "state": IN_FLIGHT,
        "fingerprint": fingerprint, "lease_until": lease, "subject_id": actor_id,
        "expires_at": at + timedelta(hours=rule("kernel.idempotency_keep_hours")),
    }  # fmt: skip
    try:
        collection(IdempotencyKey).insert_one(fresh)
    except DuplicateKeyError:
        return _again(key_id, fingerprint, lease, at)
    return Begun(key_id, lease)


def finish(begun: Begun, status: int, body: bytes, at: datetime) -> None:
    """Keep the answer for every repeat."""
    collection(IdempotencyKey).update_one(
        {"_id": begun.id},
        {
            "$set": {
                "state": DONE,
                "status": status,
                "answer": encrypt(body, ANSWER_CONTEXT),
                "updated_at": at,
            }
        },
    )


def abandon(begun: Begun) -> None:
    """Forget a request that failed without an answer worth keeping, so that it can be tried again at once.

    Where another worker has taken it over in between, it is that one's.
    """
    collection(IdempotencyKey).delete_one({"_id": begun.id, "state": IN_FLIGHT, "lease_until": begun.lease_until})


def _again(key_id: str, fingerprint: str, lease: datetime, at: datetime) -> Begun | Replayed:
    found = collection(IdempotencyKey).find_one({"_id": key_id})
    if found is None:  # abandoned or expired in between
        raise Conflict("idempotency_in_flight")
    if found["fingerprint"] != fingerprint:
        raise InvalidInput("idempotency_key_reused")
    if found["state"] == DONE:
        return Replayed(found["status"], decrypt(found["answer"], ANSWER_CONTEXT))
    # The first worker vanished: its lease is over, and the operation under the same id finds what it had done.
    taken = collection(IdempotencyKey).update_one(
        {"_id": key_id, "state": IN_FLIGHT, "lease_until": {"$lte": at}},
        {"$set": {"lease_until": lease, "updated_at": at}},
    )
    if taken.modified_count == 0:
        raise Conflict("idempotency_in_flight")
    return Begun(key_id, lease)
