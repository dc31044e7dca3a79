"""How a field of a person's or caseworker's record is refused: a stable code and its sentence."""

from __future__ import annotations

from typing import Any

from config.text import say
from models.kernel.errors import FieldFault, InvalidInput


def field_fault(field: str, code: str, **values: Any) -> InvalidInput:
    """The refusal of one field; the sentence is `people.faults.<code>`."""
    return InvalidInput(faults=[FieldFault(field, code, say(f"people.faults.{code}", **values))])
