"""Signing in with WeChat: one resident per openid, whatever happens at the same time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.kernel.database import collection
from models.kernel.encryption import blind_index
from models.kernel.errors import NotFound, Unavailable
from models.kernel.ids import new_id
from models.people.documents import Resident
from models.people.store import Raw, openid_index, sealed
from models.people.tokens import Token, issue

SECONDS = 60


def sign_in(openid: str, unionid: str | None, at: datetime, existing: bool = False) -> tuple[Token, Raw]:
    """A token for the resident with this openid of the mini-program, who is made at the first sign-in.

    `existing`: nobody is made, for a phone that signs in again by itself. Raises NotFound (`no_account`) where it finds
    nobody, and Unavailable (`erasure_in_progress`) while an earlier account of the same openid is still being erased.
    """
    found = _find(openid) or _joined(openid, unionid, at)
    if existing and (found is None or found.get("erased_at")):
        raise NotFound("no_account")
    found = found or _made(openid, at)
    if found.get("erased_at"):
        raise Unavailable("erasure_in_progress", retry_after=rule("people.erasure_retry_minutes") * SECONDS)
    if unionid and not found.get("unionid_index"):
        _note_unionid(found["_id"], unionid, at)
    return issue("resident", found["_id"], found["token_epoch"], at), found


def link_follower(openid: str, unionid: str | None, at: datetime) -> str | None:
    """The id of the resident who follows the official account as `openid`; None where nobody is known.

    Joins the two by `unionid`, which WeChat gives only when both accounts share an Open Platform account. A follower
    alone never makes a resident.
    """
    index = openid_index(openid)
    found = collection(Resident).find_one({"official_openid_index": index, "erased_at": None}, {"_id": 1})
    if found is None and unionid:
        found = _attach({"unionid_index": _union_index(unionid)}, "official_openid", openid, at)
    return None if found is None else str(found["_id"])


def _find(openid: str) -> Raw | None:
    return collection(Resident).find_one({"mini_openid_index": openid_index(openid)})


def _joined(openid: str, unionid: str | None, at: datetime) -> Raw | None:
    """The resident known by the unionid only, who now gets the openid of the mini-program."""
    if not unionid:
        return None
    return _attach({"unionid_index": _union_index(unionid)}, "mini_openid", openid, at)


def _attach(who: dict[str, Any], field: str, openid: str, at: datetime) -> Raw | None:
    """Give a resident an openid where they have none of that account yet; one write."""
    try:
        return collection(Resident).find_one_and_update(
            {**who, f"{field}_index": None, "erased_at": None},
            {
                "$set": {f"{field}_index": openid_index(openid), field: sealed(field, openid), "updated_at": at},
                "$inc": {"version": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
    except DuplicateKeyError:
        return None  # somebody else has it: the caller reads who


def _made(openid: str, at: datetime) -> Raw:
    index = openid_index(openid)
    fresh = Resident(id=new_id(), created_at=at, updated_at=at, mini_openid=openid, mini_openid_index=index).raw()
    try:
        collection(Resident).insert_one(fresh)
    except DuplicateKeyError:  # a simultaneous first sign-in was quicker
        found = _find(openid)
        if found is None:
            raise
        return found
    return fresh


def _note_unionid(resident_id: str, unionid: str, at: datetime) -> None:
    try:
        collection(Resident).update_one(
            {"_id": resident_id, "unionid_index": None, "erased_at": None},
            {"$set": {"unionid_index": _union_index(unionid), "updated_at": at}, "$inc": {"version": 1}},
        )
    except DuplicateKeyError:
        return  # another account holds it; signing in works without


def _union_index(unionid: str) -> str:
    return blind_index("unionid", unionid)
