"""The state of a chat: read, and written with its version in the filter, so that of two messages none is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.conversations.documents import STATE_CONTEXT, TOLD_CONTEXT, Conversation
from models.conversations.inbound import follower_index
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_json, seal_json
from models.kernel.ids import id_from_key

# An indexed value that moves with each message would double the cost of keeping it.
EXPIRY_STEP = timedelta(days=1)
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Remembered:
    """A chat as it stands. `version` 0: nothing is kept of this follower.

    `told`: `{"message", "at": seconds, "texts"}` of the last message, after those shortly before it.
    """

    version: int = 0
    state: Json = field(default_factory=dict)
    told: tuple[Json, ...] = ()
    spoke_at: datetime | None = None
    expires_at: datetime | None = None

    def told_to(self, message_id: str) -> list[str] | None:
        """What this message was answered already; None where it was not, or long before others."""
        return next((list(each["texts"]) for each in self.told if each["message"] == message_id), None)


def conversation_id(openid: str) -> str:
    """The id of the chat with a follower."""
    return id_from_key("conversation", follower_index(openid))


def remembered(openid: str) -> Remembered:
    """The chat with a follower."""
    found = collection(Conversation).find_one({"_id": conversation_id(openid)})
    if found is None:
        return Remembered()
    return Remembered(
        found["version"], open_json(found["state"], STATE_CONTEXT),
        # A chat of before `told` was kept: nobody is at work on its last message any more.
        tuple(open_json(found["told"], TOLD_CONTEXT)) if "told" in found else (),
        as_utc(found["spoke_at"]), as_utc(found["expires_at"]),
    )  # fmt: skip


def remember(
    openid: str, before: Remembered, state: Json, texts: Sequence[str], message_id: str, at: datetime, *,
    resident_id: str | None = None,
) -> bool:  # fmt: skip
    """Keep the chat as it stands after `message_id`; False where another message was quicker than this one."""
    told = [*_lately(before.told, at), {"message": message_id, "at": at.timestamp(), "texts": list(texts)}]
    facts: dict[str, Any] = {
        "state": seal_json(dict(state), STATE_CONTEXT), "told": seal_json(told, TOLD_CONTEXT), "spoke_at": at,
        "updated_at": at,
    }  # fmt: skip
    expires_at = at + timedelta(days=rule("conversations.keep_days"))
    if before.expires_at is None or expires_at - before.expires_at >= EXPIRY_STEP:
        facts["expires_at"] = expires_at
    if resident_id is not None:
        facts["resident_id"] = resident_id
    here = collection(Conversation)
    if before.version:
        written = here.update_one(
            {"_id": conversation_id(openid), "version": before.version}, {"$set": facts, "$inc": {"version": 1}}
        )
        return bool(written.modified_count)
    fresh = {"_id": conversation_id(openid), "version": 1, "created_at": at, "openid_index": follower_index(openid)}
    try:
        here.insert_one({**fresh, **facts})
    except DuplicateKeyError:
        return False
    return True


def _lately(told: Sequence[Json], at: datetime) -> list[Json]:
    """The answers given so shortly before that somebody may still be at work on a repeat of their message."""
    since = at.timestamp() - rule("conversations.told_seconds")
    return [each for each in told if each["at"] >= since][-rule("conversations.told_most") + 1 :]
