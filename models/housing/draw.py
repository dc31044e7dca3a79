"""The draw itself, as pure functions of what is published: nothing here knows a database, a clock or a random number.

Before: the list is sealed and committed to by its hash, together with the algorithm and the source of the seed. After:
the seed appears in public, and the order follows from the commitment and the seed alone.

    seal of an entry  = SHA-256("<application id>|<salt>")          hex; the salt is told to the applicant only
    number            = place in the list sorted by seal, from 1
    commitment        = SHA-256(canonical JSON of the committed part)
    rank key          = SHA-256("<commitment>|<seed>|<seal>")        hex; the smallest is drawn first

A tie of rank keys would need a collision of SHA-256; the number would decide it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes

ALGORITHM = {"name": "sha256-order", "version": 1}
SALT_CHARS = 32
NUMBER_DIGITS = 6


def canonical(value: Any) -> bytes:
    """The one JSON text of a value: sorted keys, no white space, UTF-8 (RFC 8785 for texts and whole numbers).

    Raises TypeError for what such JSON cannot hold (a lone surrogate, a number of more than 64 bits).
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def fingerprint(text: bytes) -> dict[str, str]:
    """The hashes under which a text is published: SHA-256 (FIPS 180-4) and SM3 (GB/T 32905), hex."""
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(text)
    return {"sha256": hashlib.sha256(text).hexdigest(), "sm3": sm3.finalize().hex()}


def salt_of(secret: bytes, application_id: str) -> str:
    """The applicant's salt, hex: without it nobody can tell from a seal whose it is."""
    return hmac.digest(secret, application_id.encode(), "sha256").hex()[:SALT_CHARS]


def seal_of(application_id: str, salt: str) -> str:
    """The seal of an application, hex. It ties a published number to one application and tells nothing about it."""
    return hashlib.sha256(f"{application_id}|{salt}".encode()).hexdigest()


def sealed(application_ids: Iterable[str], secret: bytes) -> list[tuple[str, str]]:
    """Every application as (seal, application id), in the order of the list: the first has number 1.

    Raises ValueError for an application given twice.
    """
    # As `seal_of(each, salt_of(secret, each))`, without setting up the keyed hash a hundred thousand times.
    keyed, found = hmac.new(secret, digestmod="sha256"), []
    for each in application_ids:
        mac = keyed.copy()
        mac.update(each.encode())
        found.append((hashlib.sha256(f"{each}|{mac.hexdigest()[:SALT_CHARS]}".encode()).hexdigest(), each))
    if len({each for _, each in found}) != len(found):
        raise ValueError("an application is given twice")
    found.sort()
    return found


def number(index: int) -> str:
    """The published number of the entry at this index of the list, from 0: `000001`."""
    return str(index + 1).zfill(NUMBER_DIGITS)


def entries_of(seals: Sequence[str]) -> list[dict[str, str]]:
    """The published entries of a list in its order."""
    return [{"number": number(index), "seal": seal} for index, seal in enumerate(seals)]


def rank_key(commitment: str, seed: str, seal: str) -> str:
    """What decides an entry's place, hex: `printf '%s' "COMMITMENT|SEED|SEAL" | sha256sum`."""
    return hashlib.sha256(f"{commitment}|{seed}|{seal}".encode()).hexdigest()


def drawn(commitment: str, seed: str, seals: Sequence[str]) -> list[int]:
    """The indexes of the entries in the order drawn, the first drawn first; the same for the same arguments."""
    begun = hashlib.sha256(f"{commitment}|{seed}|".encode())
    keys = []
    for seal in seals:
        state = begun.copy()
        state.update(seal.encode())
        keys.append(state.digest())
    return sorted(range(len(seals)), key=lambda index: (keys[index], index))
