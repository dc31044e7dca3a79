"""What the product tells its staff: stored, with what is unread, found under `GET /staff/notices`.

A notice holds the key of a sentence and its values, never a person's name: whoever reads it opens what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw
from models.kernel.outbox import Handler, Receipt
from models.kernel.paging import Page, decode_cursor, encode_cursor

CHANNEL = "staff_notice"


class StaffNotice(Record):
    """One notice to one member of staff. `about`: `concern:ID`. The id is derived from the message's key."""

    staff_id = StringField(required=True)
    text_key = StringField(required=True)
    values = DictField()
    about = StringField(required=True)
    read_at = DateTimeField()
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "staff_notices"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("staff_id", 1), ("created_at", 1)], "name": "staff"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
    ]


def staff_notice_handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of the channel; a repeat stores nothing."""
    return Handler(lambda payload, key: store(payload, key, now()), idempotent=True)


def store(payload: Mapping[str, Any], key: str, at: datetime) -> Receipt:
    """Keep a notice for each member of staff of the payload `{staff, text_key, values, about}`."""
    expires = at + timedelta(days=rule("people.staff_notices_keep_days"))
    for staff_id in payload["staff"]:
        notice = StaffNotice(
            id=id_from_key(CHANNEL, f"{key} {staff_id}"), created_at=at, updated_at=at, staff_id=staff_id,
            text_key=payload["text_key"], values=payload["values"], about=payload["about"], expires_at=expires,
        )  # fmt: skip
        try:
            collection(StaffNotice).insert_one(notice.raw())
        except DuplicateKeyError:
            continue  # stored by an attempt that was broken off
    return Receipt("delivered", "stored")


def page_of_notices(by: Actor, cursor: str | None, limit: int) -> Page:
    """One's own notices, the newest first. Raises InvalidInput (`bad_cursor`)."""
    before: tuple[datetime, str] | None = None
    if cursor is not None:
        position = decode_cursor(cursor)
        if position.get("of") != CHANNEL:
            raise InvalidInput("bad_cursor")
        before = (datetime.fromisoformat(position["at"]), position["id"])
    # All of one member of staff, some hundreds: the embedded database reads the whole range in any case.
    found = [(as_utc(each["created_at"]), each["_id"], each) for each in collection(StaffNotice).find(_mine(by))]
    rest = sorted((each for each in found if before is None or each[:2] < before), key=lambda each: each[:2])[::-1]
    items = [each for *_, each in rest[:limit]]
    if len(rest) <= limit:
        return Page(items)
    last = rest[limit - 1]
    return Page(items, encode_cursor({"of": CHANNEL, "at": last[0].isoformat(), "id": last[1]}))


def unread(by: Actor) -> int:
    """How many of one's notices were not opened."""
    return int(collection(StaffNotice).count_documents({**_mine(by), "read_at": None}))


def mark_read(notice_id: str, *, by: Actor, at: datetime) -> Raw:
    """Note that it was read; the first time counts. Raises NotFound, also for another's."""
    mine = {"_id": notice_id, **_mine(by)}
    change = {"$set": {"read_at": at, "updated_at": at}, "$inc": {"version": 1}}
    collection(StaffNotice).update_one({**mine, "read_at": None}, change)
    found = collection(StaffNotice).find_one(mine)
    if found is None:
        raise NotFound()
    return found


def _mine(by: Actor) -> dict[str, Any]:
    return {"staff_id": by.id}
