"""A message as it is compared: plain forms, simplified characters, no punctuation, and its sound.

The sound is pinyin without tones, so that a wrong character of the same sound does no harm; `blurred` also joins what
the speakers of Yichun do not tell apart (zh and z, ch and c, sh and s, -ng and -n; l and n stay apart).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from bot.understanding.lexicon import traditional
from config.loading import rule

_BLUR = re.compile(r"\b([zcs])h|ng\b")
_LETTERS = re.compile(r"[a-z]{4,}")
# The letters of one whole word: letters typed for a word must end where it ends.
EDGE = " "
Span = tuple[int, int]


def plain(text: str) -> str:
    """Full-width forms made plain, lower case, simplified; line breaks and runs of blanks are one blank."""
    known = unicodedata.normalize("NFKC", text[: rule("conversations.heard_chars")]).lower().translate(traditional())
    return " ".join(known.split())


def bare(text: str) -> str:
    """`plain` without punctuation, symbols and blanks."""
    return "".join(c for c in plain(text) if unicodedata.category(c)[0] in "LN")


def syllables(text: str) -> str:
    """The sound: syllables with a blank before, between and after them."""
    from pypinyin import Style, lazy_pinyin  # takes long to load; most processes hear nobody

    return EDGE + EDGE.join(lazy_pinyin(text, style=Style.NORMAL, errors=list)) + EDGE  # type: ignore[arg-type]


def blur(sound: str) -> str:
    """The sound without the distinctions that local speakers do not make."""
    return _BLUR.sub(lambda found: found[1] or "n", sound)


@dataclass(frozen=True)
class Heard:
    """One message, ready to be compared. `text` is bare; positions count its characters.

    `message` is what was sent, and `origin` where each character stands in it (a syllable of typed pinyin is one
    character); both are empty for what nobody sent.
    """

    text: str
    message: str = ""
    origin: tuple[Span, ...] = field(default=(), repr=False)

    @cached_property
    def sound(self) -> str:
        return syllables(self.text)

    @cached_property
    def blurred(self) -> str:
        return blur(self.sound)

    @cached_property
    def starts(self) -> frozenset[str]:
        """What a word in it may begin with: each character and each two, each syllable and each two."""
        return frozenset(beginnings(self.text)).union(beginnings(self.blurred.split()))

    @cached_property
    def typed(self) -> tuple[str, ...]:
        """Runs of letters: pinyin that was typed instead of characters."""
        return tuple(_LETTERS.findall(self.text))

    def written(self, start: int, end: int) -> str:
        """Characters `start` to `end` as they stand in the message."""
        if not self.origin:
            return self.text[start:end]
        return self.message[self.origin[start][0] : self.origin[end - 1][1]]


def beginnings(units: str | list[str]) -> list[str]:
    """Every unit, and every two that stand together."""
    joint = "" if isinstance(units, str) else EDGE
    return [*units, *(joint.join(units[at : at + 2]) for at in range(len(units) - 1))]


def read_as_sent(text: str) -> Heard:
    """The message `text`, as it came, with letters left as letters."""
    kept: list[str] = []
    origin: list[Span] = []
    for at, character in enumerate(text[: rule("conversations.heard_chars")]):
        for made in bare(character):
            kept.append(made)
            origin.append((at, at + 1))
    return Heard("".join(kept), text, tuple(origin))
