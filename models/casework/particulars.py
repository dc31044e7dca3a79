"""What a programme gives out beyond a decision, by the programme's `particulars`; None for a decision alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from config.programmes import Programme
from models.casework.waiting import WaitingListPlaces
from models.childcare.particulars import ChildcarePlaces
from models.kernel.errors import FieldFault

Placement = Mapping[str, Any]


class Particulars(Protocol):
    """What the engine asks of a part of the domain that gives something out. Every call may come twice."""

    def faults(self, form: dict[str, Any], at: datetime) -> list[FieldFault]:
        """What is wrong with a valid form as things stand now."""
        ...

    def approved(self, raw: dict[str, Any], form: dict[str, Any], at: datetime) -> None:
        """The approval is written: whoever it is for enters what the programme gives out."""
        ...

    def ended(self, raw: dict[str, Any], at: datetime) -> None:
        """It was withdrawn, or has ended: what was given goes to the next."""
        ...

    def shown(self, placement: Placement) -> dict[str, Any]:
        """The application's `placement` in words."""
        ...


_PARTICULARS: dict[str, Particulars] = {
    "childcare_place": ChildcarePlaces(),
    "waiting_list": WaitingListPlaces(),
}


def particulars_of(programme: Programme) -> Particulars | None:
    """The part of the domain that serves this programme."""
    return _PARTICULARS[programme.particulars] if programme.particulars else None
