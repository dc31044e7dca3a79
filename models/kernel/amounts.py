"""Money and areas as whole numbers: fen, and hundredths of a square metre."""

from __future__ import annotations

import re

HUNDRED = 100
DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


def hundredths(text: str) -> int | None:
    """A decimal of at most two places as a whole number of hundredths; None for anything else."""
    if not DECIMAL.fullmatch(text):
        return None
    whole, _, part = text.partition(".")
    return int(whole) * HUNDRED + int(part.ljust(2, "0"))


def yuan(fen: int) -> str:
    """Fen as yuan, in text."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // HUNDRED}.{abs(fen) % HUNDRED:02d}"
