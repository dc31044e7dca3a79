"""Recovery codes: each signs in once where the phone with the second factor is lost. Kept as blind indexes only."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any

from config.loading import rule
from models.kernel.database import collection
from models.kernel.encryption import blind_index
from models.people.documents import Caseworker

PURPOSE = "recovery code"
GROUP_CHARS = 4


def new_codes() -> list[str]:
    """Fresh codes, as they are shown once: `9F3A-02BC-77D1-E84C`."""
    drawn = (
        secrets.token_hex(rule("people.recovery_code_bytes")).upper() for _ in range(rule("people.recovery_codes"))
    )
    return ["-".join(re.findall("." * GROUP_CHARS, each)) for each in drawn]


def kept(codes: list[str]) -> list[str]:
    """What is stored of them."""
    return [blind_index(PURPOSE, _plain(each)) for each in codes]


def use(found: dict[str, Any], code: str, at: datetime) -> bool:
    """True where this is one of the account's codes; one write takes it away, so that it is good once."""
    if not re.fullmatch(rule("people.recovery_code_pattern"), code):
        return False
    mark = blind_index(PURPOSE, _plain(code))
    used = collection(Caseworker).update_one(
        {"_id": found["_id"], "recovery_codes": mark}, {"$pull": {"recovery_codes": mark}, "$set": {"updated_at": at}}
    )
    return bool(used.modified_count)


def _plain(code: str) -> str:
    return code.replace("-", "").upper()
