"""What is wrong with a programme: a code, under which its sentence for the console stands, and a line for the file."""

from __future__ import annotations

from typing import LiteralString

from pydantic_core import PydanticCustomError


def wrong(code: LiteralString, said: LiteralString, /, **values: str) -> PydanticCustomError:
    """To be raised while a programme is read. `code`: its sentence is the text `rule_faults.CODE`, with `values` in it;
    `said`: for whoever edits the catalogue's files, `{name}` for each value.
    """
    return PydanticCustomError(code, said, values)
