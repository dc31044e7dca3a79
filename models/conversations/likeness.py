"""When two questions are the same but for how they were typed, and when they are nearly so."""

from __future__ import annotations

import unicodedata

from rapidfuzz import fuzz

from config.characters import simplified_forms
from config.loading import rule


def normal(text: str) -> str:
    """Letters and digits alone: width, case, traditional characters, punctuation and blanks do not count."""
    plain = unicodedata.normalize("NFKC", text).translate(simplified_forms()).lower()
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LN")


def nearly(one: str, other: str) -> bool:
    """Whether two normal texts are near enough to be one question. Short ones must be the same."""
    if one == other:
        return True
    if min(len(one), len(other)) < rule("conversations.near_chars_least"):
        return False
    return bool(fuzz.ratio(one, other) >= rule("conversations.near_percent"))
