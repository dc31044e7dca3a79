"""Masking what residents write, before it is kept for others to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from config.loading import rule
from models.kernel.masking import STAR, mask_phone

_NUMBER = re.compile(r"\d(?:[\d \-]*\d)?[xX]?")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+", re.ASCII)


def mask_text(text: str, names_follow: Sequence[str] = ()) -> str:
    """`text` with long numbers, mail addresses, and names that follow one of `names_follow` hidden."""
    masked = _ADDRESS.sub(STAR, text)
    masked = _NUMBER.sub(_masked_number, masked)
    if names_follow:
        most = rule("conversations.masked_name_chars")
        named = re.compile(f"({'|'.join(map(re.escape, names_follow))})(\\w{{1,{most}}})")
        masked = named.sub(lambda found: found[1] + found[2][0] + STAR * (len(found[2]) - 1), masked)
    return masked


def _masked_number(found: re.Match[str]) -> str:
    digits = "".join(c for c in unicodedata.normalize("NFKC", found[0]) if c.isalnum())
    return mask_phone(digits) if len(digits) >= rule("conversations.masked_digits_least") else found[0]
