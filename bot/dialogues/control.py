"""Words that steer a chat rather than answer it: more, back, cancel, numbers."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.understanding.hearing import bare, plain
from bot.understanding.lexicon import commands
from config.text import say

MORE, BACK, CANCEL, RESTART, REPEAT, UNKNOWN = "more", "back", "cancel", "restart", "repeat", "unknown"
CODE_DIGITS = 6
_NUMBER = r"([0-9]{1,2})"
# Digits with a sign between them: a decimal, a date, a range.
_BROKEN = re.compile(r"[0-9]\W+[0-9]")
# A mobile number, or a landline with its area code; spaces or dashes between the groups.
_PHONE = re.compile(r"(?<![0-9])(?:1[3-9][0-9](?:[ -]?[0-9]{4}){2}|0[0-9]{2,3}[ -]?[0-9]{7,8})(?![0-9])")
# What WeChat writes for its emoticons: [name] or /:code.
_EMOTICONS = re.compile(r"(\[[^\[\]]{1,8}\]|/:[^\s/]{1,6}|\s)+")


def command_in(text: str) -> str | None:
    """The command that the whole message is, None for none."""
    said = _without_particles(bare(text))
    return _by_word().get(said) or _by_word().get(bare(text))


def number_in(text: str) -> int | None:
    """The number that the whole message names: 3, "the third one", in digits or characters."""
    if _BROKEN.search(plain(text)):
        return None
    said = _with_digits(_without_particles(bare(text)))
    for frame in _frames():
        found = frame.fullmatch(said)
        if found:
            return int(found[1])
    return None


def off_the_list(text: str, count: int) -> list[str] | None:
    """What to say to a number that no line of a list has; None where the message names no number."""
    return None if number_in(text) is None else [say("bot.no_such_number", count=count)]


def code_in(text: str) -> str | None:
    """The code of six digits that the whole message is."""
    said = "".join(plain(text).split())
    return said if len(said) == CODE_DIGITS and said.isascii() and said.isdigit() else None


def phone_in(text: str) -> str | None:
    """The mobile or landline number that the message is, but for a few words around it ("my number is …")."""
    said = unicodedata.normalize("NFKC", text)
    found = _PHONE.findall(said)
    if len(found) != 1:
        return None
    rest = bare(said.replace(found[0], ""))
    for word in commands().phone_words:
        rest = rest.replace(word, "")
    return None if rest else re.sub(r"[^0-9]", "", found[0])


def says_nothing(text: str) -> bool:
    """True for a sticker, emoticons or bare punctuation: nothing that words could answer."""
    shown = text.strip()
    if shown in commands().unsupported_texts or _EMOTICONS.fullmatch(shown):
        return True
    return not bare(shown) and command_in(shown) is None and shown not in ("?", "\uff1f")


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    return {bare(word): name for name, words in commands().commands.items() for word in words}


@lru_cache(maxsize=1)
def _frames() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(re.escape(bare(frame.replace("{n}", "0"))).replace("0", _NUMBER))
        for frame in commands().number_frames
    )


def _without_particles(text: str) -> str:
    particles = commands().particles
    while len(text) > 1:
        particle = next((each for each in particles if text.endswith(each) and text != each), None)
        if particle is None or text in _by_word():
            break
        text = text[: -len(particle)]
    return text


def _with_digits(text: str) -> str:
    """Chinese numerals up to 99 as digits."""
    words = commands()
    ten = re.escape(words.ten)
    ones = "".join(words.digits)
    numeral = re.compile(f"([{ones}]?){ten}([{ones}]?)|[{ones}]")

    def value(found: re.Match[str]) -> str:
        if words.ten not in found[0]:
            return str(words.digits[found[0]])
        return str(10 * words.digits.get(found[1], 1) + words.digits.get(found[2], 0))

    return numeral.sub(value, text)
