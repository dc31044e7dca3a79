"""What a programme gives out beyond a decision, by the programme's `particulars`; None for a decision alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from config.programmes import Programme
from models.childcare.particulars import ChildcarePlaces
from models.kernel.errors import FieldFault

Placement = Mapping[str, Any]


class Particulars(Protocol):
    """What the engine asks of a part of the domain that gives something out once and only once.

    A placement carries `attempt`, the version of the application it was taken from.
    """

    def faults(self, form: dict[str, Any], at: datetime) -> list[FieldFault]:
        """What is wrong with a valid form as things stand now."""
        ...

    def take(self, application_id: str, attempt: int, form: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Hold what an approval gives; the same attempt again gets the same. Raises Conflict where there is none."""
        ...

    def confirm(self, application_id: str, placement: Placement, at: datetime) -> None:
        """The approval is written."""
        ...

    def release(self, application_id: str, placement: Placement, at: datetime) -> None:
        """Give it back; a second time changes nothing."""
        ...

    def shown(self, placement: Placement) -> dict[str, Any]:
        """The placement in words."""
        ...


_PARTICULARS: dict[str, Particulars] = {"childcare_place": ChildcarePlaces()}


def particulars_of(programme: Programme) -> Particulars | None:
    """The part of the domain that serves this programme."""
    return _PARTICULARS[programme.particulars] if programme.particulars else None
