"""What every cell of a facility file must be: text that people can read and that no spreadsheet would run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

# A spreadsheet would run a cell that begins so; our own export puts an apostrophe before it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ESCAPE = "'"
PHONE = re.compile(r"^\+?[0-9][0-9 \-()/,;+]{2,59}$")


class Refused(ValueError):
    """A cell that cannot be taken; `code` says why, `said` fills in the sentence; `others` are further reasons."""

    others: tuple[Refused, ...] = ()

    def __init__(self, code: str, **said: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.said = said


def text_cell(longest: int) -> Callable[[Any], str]:
    """Reads a cell as one line of text of at most so many characters. Raises Refused."""

    def parse(cell: Any) -> str:
        if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
            raise Refused("not_text")
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        text = one_line(text)
        if text.startswith(ESCAPE) and text[1:].startswith(FORMULA_STARTS):
            text = text[1:]
        elif text.startswith(FORMULA_STARTS) and not PHONE.match(text):
            raise Refused("formula")
        if not text.isprintable():
            raise Refused("control_character")
        if len(text) > longest:
            raise Refused("too_long")
        return text

    return parse


def one_line(text: str) -> str:
    """Composed characters, and one space wherever there was any."""
    return unicodedata.normalize("NFC", " ".join(text.split()))
