"""Sessions of the console in a browser: one a sign-in, listed to their owner, ended one by one or all at once.

A session is found by a hash of its secret, which only the browser's cookie holds. It ends after a pause, at the latest
after some hours, with the account's tokens, and when somebody ends it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, IntField, StringField

from config.loading import rule
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.errors import NotFound, Unauthenticated
from models.kernel.ids import id_from_key, new_id
from models.people.documents import Caseworker, staff_actor

SCOPE = "staff session"
SECRET_BYTES = 32
# A session that is over still tells whose it was, so that a form sent too late goes back to who typed it.
KEPT_SECONDS = 24 * 3600
Raw = dict[str, Any]


class StaffSession(Record):
    """A browser in which somebody of the staff is signed in. `device`: what the browser says of itself, in short.

    `number` names it in lists, for the id is derived from the secret. `epoch`: the account's at sign-in.
    """

    number = StringField(required=True)
    caseworker_id = StringField(required=True)
    epoch = IntField(required=True)
    device = StringField()
    seen_at = DateTimeField(required=True)
    ends_at = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "staff_sessions"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("caseworker_id", 1)], "name": "caseworker"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": KEPT_SECONDS},
    ]


@dataclass(frozen=True)
class Session:
    """A session that is good now. `secret` is the cookie's value; `number` names it in lists."""

    secret: str
    number: str
    actor: Actor
    display_name: str


def begin(worker: Raw, device: str, at: datetime) -> str:
    """Begin a session for somebody who has just signed in; returns its secret."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    session = StaffSession(
        id=id_from_key(SCOPE, secret), number=new_id(), created_at=at, updated_at=at, caseworker_id=worker["_id"],
        epoch=worker["token_epoch"], device=device[: rule("people.console_device_chars")], seen_at=at,
        ends_at=at + timedelta(hours=rule("people.console_session_hours")), expires_at=_pause_ends(at),
    )  # fmt: skip
    collection(StaffSession).insert_one(session.raw())
    return secret


def read(secret: str, at: datetime) -> Session:
    """The session of a cookie, and who it is. Raises Unauthenticated (`session_over`)."""
    found = collection(StaffSession).find_one({"_id": id_from_key(SCOPE, secret)})
    if found is None or at >= as_utc(found["expires_at"]) or at >= as_utc(found["ends_at"]):
        raise Unauthenticated("session_over")
    worker = collection(Caseworker).find_one({"_id": found["caseworker_id"]})
    if worker is None or not worker["active"] or worker["token_epoch"] != found["epoch"]:
        raise Unauthenticated("session_over")
    if at - as_utc(found["seen_at"]) >= timedelta(seconds=rule("people.console_seen_seconds")):
        seen = {"seen_at": at, "expires_at": min(_pause_ends(at), as_utc(found["ends_at"])), "updated_at": at}
        collection(StaffSession).update_one({"_id": found["_id"]}, {"$set": seen})
    return Session(secret, found["number"], staff_actor(worker), worker["display_name"])


def owner_of(secret: str) -> str | None:
    """Whose session it is or was until a day ago."""
    found = collection(StaffSession).find_one({"_id": id_from_key(SCOPE, secret)}, {"caseworker_id": 1})
    return found["caseworker_id"] if found else None


def sessions_of(by: Actor, at: datetime) -> list[Raw]:
    """One's own sessions that are good, the last used first: `{number, device, created_at, seen_at}`."""
    epoch = (collection(Caseworker).find_one({"_id": by.id}, {"token_epoch": 1}) or {}).get("token_epoch")
    found = [
        each
        for each in collection(StaffSession).find({"caseworker_id": by.id})
        if each["epoch"] == epoch and at < min(as_utc(each["expires_at"]), as_utc(each["ends_at"]))
    ]
    found.sort(key=lambda each: each["seen_at"], reverse=True)
    return [{name: each[name] for name in ("number", "device", "created_at", "seen_at")} for each in found]


def end(secret: str) -> None:
    """End the session of a cookie; nothing where it is over."""
    collection(StaffSession).delete_one({"_id": id_from_key(SCOPE, secret)})


def end_one(number: str, by: Actor, at: datetime) -> None:
    """End one of one's own sessions. Raises NotFound."""
    mine = [each for each in collection(StaffSession).find({"caseworker_id": by.id}) if each["number"] == number]
    if not mine:
        raise NotFound()
    collection(StaffSession).delete_one({"_id": mine[0]["_id"]})
    audit.record(by, "staff.session_ended", f"staff:{by.id}", at)


def _pause_ends(at: datetime) -> datetime:
    return at + timedelta(minutes=rule("people.console_pause_minutes"))
