"""Masked forms of personal data, for lists, notices and logs."""

from __future__ import annotations

STAR = "*"
ID_HEAD, ID_TAIL = 3, 2
PHONE_HEAD, PHONE_TAIL = 3, 2


def mask_name(name: str) -> str:
    """The first character and a star for each other; of a single character only a star."""
    if len(name) <= 1:
        return STAR * len(name)
    return name[0] + STAR * (len(name) - 1)


def mask_id_number(number: str) -> str:
    """The first three and last two characters of an ID number; all stars where that would show most of it."""
    return _mask(number, ID_HEAD, ID_TAIL)


def mask_phone(phone: str) -> str:
    """The first three and last two digits of a telephone number."""
    return _mask(phone, PHONE_HEAD, PHONE_TAIL)


def _mask(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    if hidden < head + tail:
        return STAR * len(text)
    return text[:head] + STAR * hidden + text[-tail:]
