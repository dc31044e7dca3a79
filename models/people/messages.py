"""In-app messages: what the product told a resident, found again in the mini-program whatever channel brought it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.encryption import EncryptedStringField, open_text
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.paging import Page, beyond, decode_cursor, encode_cursor, read_on
from models.people.documents import Resident

TEXT_CONTEXT = "messages.text"
SCOPE = "message"


class Message(Record):
    """One message to one resident. The id is derived from the key, so a repeat stores nothing."""

    resident_id = StringField(required=True)
    text = EncryptedStringField(TEXT_CONTEXT, required=True)
    page = StringField()
    read_at = DateTimeField()
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "messages"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("resident_id", 1), ("created_at", 1), ("_id", 1)], "name": "resident"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
    ]


def store_message(key: str, resident_id: str, text: str, page: str | None, at: datetime) -> bool:
    """Keep a message. `key` is unique for ever; False where it was stored before or the resident is gone."""
    if collection(Resident).find_one({"_id": resident_id, "erased_at": None}, {"_id": 1}) is None:
        return False
    keep = timedelta(days=rule("people.messages_keep_days"))
    message = Message(
        id=id_from_key(SCOPE, key), created_at=at, updated_at=at, resident_id=resident_id, text=text, page=page,
        expires_at=at + keep,
    )  # fmt: skip
    try:
        collection(Message).insert_one(message.raw())
    except DuplicateKeyError:
        return False
    return True


def list_messages(resident_id: str, limit: int, cursor: str | None = None) -> Page:
    """The resident's messages, newest first. Raises InvalidInput (`bad_cursor`)."""
    stretches = _before(decode_cursor(cursor)) if cursor is not None else [{}]
    order = [("created_at", -1), ("_id", -1)]
    found = read_on(collection(Message), {"resident_id": resident_id}, stretches, order, limit + 1)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor({"messages": last["_id"], "at": as_utc(last["created_at"]).isoformat()})
    return Page([_shown(each) for each in found[:limit]], following)


def unread(resident_id: str) -> int:
    """How many messages the resident has not opened."""
    return int(collection(Message).count_documents({"resident_id": resident_id, "read_at": None}))


def mark_read(resident_id: str, message_id: str, at: datetime) -> dict[str, Any]:
    """Note that the resident opened it; the first time counts. Raises NotFound also for another's message."""
    collection(Message).update_one(
        {"_id": message_id, "resident_id": resident_id, "read_at": None},
        {"$set": {"read_at": at, "updated_at": at}, "$inc": {"version": 1}},
    )
    found = collection(Message).find_one({"_id": message_id, "resident_id": resident_id})
    if found is None:
        raise NotFound()
    return _shown(found)


def was_read(key: str) -> bool:
    """True where the message stored under this key was opened by its resident."""
    found = collection(Message).find_one({"_id": id_from_key(SCOPE, key)}, {"read_at": 1})
    return found is not None and found.get("read_at") is not None


def export_messages(resident_id: str) -> list[dict[str, Any]]:
    """All of a resident's messages, oldest first."""
    found = collection(Message).find({"resident_id": resident_id}).sort("created_at", 1)
    return [_shown(each) for each in found]


def erase_messages(resident_id: str, at: datetime) -> int:
    """Delete a resident's messages."""
    return collection(Message).delete_many({"resident_id": resident_id}).deleted_count


def _before(position: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        at, last = datetime.fromisoformat(position["at"]), str(position["messages"])
    except (KeyError, TypeError, ValueError):  # signed by us, but the cursor of another list
        raise InvalidInput("bad_cursor") from None
    return beyond("created_at", at, last, descending=True)


def _shown(stored: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": stored["_id"],
        "text": open_text(stored["text"], TEXT_CONTEXT),
        "page": stored.get("page"),
        "created_at": as_utc(stored["created_at"]),
        "read_at": as_utc(stored["read_at"]) if stored.get("read_at") else None,
    }
