"""Identifiers: ULIDs, 26 characters of Crockford's base32, sortable by time and not guessable."""

from __future__ import annotations

import hashlib

from ulid import ULID

ID_PATTERN = r"^[0-9A-HJKMNP-TV-Z]{26}$"
_ULID_BYTES = 16


def new_id() -> str:
    """A fresh identifier."""
    return str(ULID())


def id_from_key(scope: str, key: str) -> str:
    """The identifier that belongs to `key` within `scope`: the same for every retry, so a retry finds the first."""
    digest = hashlib.sha256(f"{scope}\x00{key}".encode()).digest()[:_ULID_BYTES]
    return str(ULID.from_bytes(digest))
