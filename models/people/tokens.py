"""Signed tokens that say who calls; short-lived, and ended for good by raising the holder's epoch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import jwt

from config.loading import rule
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import keyring
from models.kernel.errors import Unauthenticated
from models.people.documents import Caseworker, Resident, staff_actor

ALGORITHM = "HS256"
Holder = Literal["resident", "staff"]
ACTOR_FIELDS = ("token_epoch", "erased_at", "active", "roles", "district_code", "township_ids")


@dataclass(frozen=True)
class Token:
    """A token as handed out."""

    text: str
    expires_at: datetime


def issue(holder: Holder, holder_id: str, epoch: int, at: datetime) -> Token:
    """Sign a token for a resident or a member of staff."""
    expires = at + timedelta(minutes=rule(f"people.{holder}_token_minutes"))
    ring = keyring()
    version = str(ring.current)
    claims = {
        "sub": holder_id,
        "kind": holder,
        "epoch": epoch,
        "iat": int(at.timestamp()),
        "exp": int(expires.timestamp()),
    }
    text = jwt.encode(claims, ring.signing_keys()[version], algorithm=ALGORITHM, headers={"kid": version})
    return Token(text, expires)


def read(text: str, holder: Holder, at: datetime) -> Actor:
    """The actor a token stands for, as the database knows them now.

    Raises Unauthenticated: `token_invalid`, `token_expired`, `token_revoked`, or `account_erased`.
    """
    claims = _claims(text)
    if claims["kind"] != holder:
        raise Unauthenticated("token_invalid")
    if claims["exp"] <= as_utc(at).timestamp():
        raise Unauthenticated("token_expired")
    record = Resident if holder == "resident" else Caseworker
    found = collection(record).find_one({"_id": claims["sub"]}, dict.fromkeys(ACTOR_FIELDS, 1))
    if found is not None and found.get("erased_at"):
        raise Unauthenticated("account_erased")
    if found is None or found["token_epoch"] != claims["epoch"] or found.get("active") is False:
        raise Unauthenticated("token_revoked")
    return Resident.actor(found["_id"]) if holder == "resident" else staff_actor(found)


def _claims(text: str) -> dict[str, Any]:
    try:
        version = jwt.get_unverified_header(text).get("kid", "")
        key = keyring().signing_keys()[version]
        claims: dict[str, Any] = jwt.decode(
            text, key, algorithms=[ALGORITHM],
            options={"verify_exp": False, "verify_iat": False, "require": ["sub", "kind", "epoch", "exp"]},
        )  # fmt: skip
        return claims
    except (jwt.InvalidTokenError, KeyError, TypeError):
        raise Unauthenticated("token_invalid") from None
