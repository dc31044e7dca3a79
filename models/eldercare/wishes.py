"""What a family wishes of a visit: ticked in a catalogue (`visitors.wishes`) and in own words; both sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.loading import rule
from models.eldercare.documents import Visit
from models.kernel.encryption import open_json, open_text
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.lifecycle import Raw


@dataclass(frozen=True)
class Wishes:
    """`words`: free text. `ticked`: tokens of the catalogue, in the order given."""

    words: str | None = None
    ticked: tuple[str, ...] = ()


def checked(words: str | None, ticked: Sequence[str]) -> Wishes:
    """The wishes, all of them known. Raises InvalidInput."""
    known, most = rule("visitors.wishes"), rule("visitors.wishes_most")
    unknown = [each for each in ticked if each not in known]
    if unknown:
        raise InvalidInput(faults=[FieldFault("wish_list", "literal_error")])
    if len(ticked) > most:
        raise InvalidInput(faults=[FieldFault("wish_list", "too_long")])
    return Wishes(words, tuple(dict.fromkeys(ticked)))


def wishes_of(visit: Raw) -> Wishes:
    """What the family wished of a stored visit."""
    words, ticked = visit.get("wishes"), visit.get("wish_list")
    return Wishes(
        open_text(words, Visit.wishes.context) if words else None,
        tuple(open_json(ticked, Visit.wish_list.context)) if ticked else (),
    )
