"""Joining a follower of the official account to the resident of the mini-program.

By the unionid, which WeChat gives only when both accounts share an Open Platform account; else by a code of six
digits that the mini-program shows and the follower sends in the chat.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.conversations.documents import ChatCode
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import blind_index
from models.kernel.errors import LimitReached, NotFound, StaleVersion
from models.people.documents import Resident
from models.people.sign_in import link_follower
from models.people.store import Edit, change, openid_index

DIGITS = 6
WINDOW = timedelta(hours=1)
MAX_CONTENTION = 20


@dataclass(frozen=True)
class Code:
    """A code as it is shown once; good for one use until `expires_at`."""

    text: str
    expires_at: datetime


def resident_of(openid: str, at: datetime, unionid: str | None = None) -> str | None:
    """The resident who is this follower; a unionid joins the two where they are not joined yet."""
    return link_follower(openid, unionid, at)


def issue_code(resident_id: str, at: datetime) -> Code:
    """A new code; an earlier one ends. Raises LimitReached (`chat_code_limit`) with the seconds to wait."""
    for _ in range(MAX_CONTENTION):
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        expires = at + timedelta(minutes=rule("conversations.chat_code_minutes"))
        try:
            if _keep(resident_id, _index(code), expires, at):
                return Code(code, expires)
        except DuplicateKeyError:
            _clear_expired(code, at)  # another's code, or another call for the same resident: draw again
    raise StaleVersion()


def redeem(openid: str, code: str, key: str, at: datetime) -> str | None:
    """Join the follower to the resident whose code this is; None where no good code is. Again with `key`: the same."""
    found = collection(ChatCode).find_one_and_update(
        {"code_index": _index(code), "expires_at": {"$gt": at}, "redeemed_by": {"$in": [None, key]}},
        {"$set": {"redeemed_by": key, "updated_at": at}, "$inc": {"version": 1}},
        return_document=ReturnDocument.AFTER,
    )
    if found is None:
        return None
    try:
        _join(found["_id"], openid, at)
    except NotFound:  # the resident was erased meanwhile
        return None
    return str(found["_id"])


def unlink(openid: str, at: datetime) -> None:
    """Forget that a resident follows the official account as `openid`."""
    collection(Resident).update_many(
        {"official_openid_index": openid_index(openid)},
        {
            "$unset": {"official_openid": "", "official_openid_index": ""},
            "$set": {"updated_at": at},
            "$inc": {"version": 1},
        },
    )


def erase_code(resident_id: str) -> int:
    """Forget a resident's code. Returns how many."""
    return int(collection(ChatCode).delete_one({"_id": resident_id}).deleted_count)


def _join(resident_id: str, openid: str, at: datetime) -> None:
    """Whoever holds the code and the phone may move the follower from another resident's record to this one."""
    index = openid_index(openid)

    def edit(current: dict[str, Any]) -> Edit | None:
        if current.get("official_openid_index") == index:
            return None
        return Edit("follower_linked", {"official_openid_index": index}, {"official_openid": openid})

    for _ in range(MAX_CONTENTION):
        try:
            change(resident_id, SYSTEM, at, edit)
            return
        except DuplicateKeyError:
            unlink(openid, at)
    raise StaleVersion()


def _keep(resident_id: str, index: str, expires: datetime, at: datetime) -> bool:
    """Store the code in one write; False where another call was quicker."""
    here = collection(ChatCode)
    found = here.find_one({"_id": resident_id})
    started = as_utc(found["window_started_at"]) if found else at
    fresh_window = found is None or at - started >= WINDOW
    issued = 0 if found is None or fresh_window else found["issued"]
    if issued >= rule("conversations.chat_codes_an_hour"):
        raise LimitReached("chat_code_limit", retry_after=int((started + WINDOW - at).total_seconds()) + 1)
    facts = {
        "code_index": index, "expires_at": expires, "redeemed_by": None, "updated_at": at, "issued": issued + 1,
        "window_started_at": at if fresh_window else started, "purge_at": at + 2 * WINDOW,
    }  # fmt: skip
    if found is None:
        here.insert_one({"_id": resident_id, "version": 1, "created_at": at, **facts})
        return True
    done = here.update_one({"_id": resident_id, "version": found["version"]}, {"$set": facts, "$inc": {"version": 1}})
    return bool(done.modified_count)


def _clear_expired(code: str, at: datetime) -> None:
    collection(ChatCode).update_one(
        {"code_index": _index(code), "expires_at": {"$lte": at}}, {"$set": {"code_index": None}, "$inc": {"version": 1}}
    )


def _index(code: str) -> str:
    return blind_index("chat code", code)
