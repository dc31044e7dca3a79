"""Whether a round is under way: until it is over, its centres' places go to nobody outside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.childcare.documents import ChildcareRound
from models.kernel.database import collection


def in_a_round(facility: Mapping[str, Any]) -> bool:
    """True while a round of the centre's county, or of the city, is under way."""
    return any(covers(each, facility) for each in active_rounds())


def active_rounds() -> list[dict[str, Any]]:
    """The rounds under way; there are few."""
    return list(collection(ChildcareRound).find({"active": True}, {"district_code": 1, "state": 1}))


def covers(placement_round: Mapping[str, Any], facility: Mapping[str, Any]) -> bool:
    """True where the centre takes part in the round."""
    return placement_round.get("district_code") in (None, facility["district_code"])
