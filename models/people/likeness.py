"""By what one person is found again across applicants and spellings: keys of names, and blind marks of a person.

Three marks a person, none of which can be read back: the document's number (proof that it is the same person), the
name with the birth date (likely the same), the sound of the name with the birth date (a hint only, for names that are
misheard or typed with a wrong character of the same sound).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from config.characters import simplified_forms
from models.kernel.encryption import blind_index

Sign = Literal["number", "name", "sound"]
NUMBER: Sign = "number"
NAME: Sign = "name"
SOUND: Sign = "sound"
# From proof to hint.
SIGNS: tuple[Sign, ...] = (NUMBER, NAME, SOUND)
# How a stored mark begins.
LETTER_OF: dict[Sign, str] = {NUMBER: "i", NAME: "n", SOUND: "s"}
LETTERS = "LN"


@dataclass(frozen=True)
class Marks:
    """The blind marks of one person; `number` is None where no document is known."""

    number: str | None
    name: str
    sound: str

    def stored(self) -> list[str]:
        """As they are stored in one indexed list: a letter for the sign, then the mark."""
        given: dict[Sign, str | None] = {NUMBER: self.number, NAME: self.name, SOUND: self.sound}
        return [f"{LETTER_OF[sign]}{mark}" for sign, mark in given.items() if mark is not None]


def marks_of(name: str, birth_date: date | str, id_number: str | None) -> Marks:
    """The marks of a person."""
    day = birth_date.isoformat() if isinstance(birth_date, date) else birth_date
    return Marks(
        blind_index("id_number", id_number) if id_number else None,
        blind_index("person name and birth", f"{plain_name(name)}|{day}"),
        blind_index("person sound and birth", f"{sound_of(name)}|{day}"),
    )


def shared_sign(ours: list[str], theirs: list[str]) -> Sign | None:
    """The strongest sign that two people's stored marks have in common; None where they share nothing."""
    common = set(ours) & set(theirs)
    return next((sign for sign in SIGNS if any(mark.startswith(LETTER_OF[sign]) for mark in common)), None)


def numbers_among(stored: list[str]) -> list[str]:
    """The marks of numbers among stored marks, as `Marks.number` has them."""
    return [mark[1:] for mark in stored if mark.startswith(LETTER_OF[NUMBER])]


def plain_name(name: str) -> str:
    """A name without what only its spelling differs in: width, case, spaces, dots, hyphens, traditional characters."""
    wide = unicodedata.normalize("NFKC", name).translate(simplified_forms()).casefold()
    # Again: folding may give characters that have a compatibility form of their own.
    kept = unicodedata.normalize("NFKC", wide)
    return "".join(char for char in kept if unicodedata.category(char)[0] in LETTERS)


def sound_of(name: str) -> str:
    """The name's sound: pinyin without tones, run together; letters stay as they are."""
    return "".join(_sound(char) for char in plain_name(name))


@lru_cache(maxsize=8192)
def _sound(char: str) -> str:
    from pypinyin import Style, pinyin  # takes long to load; most processes compare no names

    # One character at a time: what stands beside it may not change how it is read, or one name had two sounds.
    return pinyin(char, style=Style.NORMAL)[0][0]
