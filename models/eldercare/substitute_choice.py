"""Who takes over what of a visitor who is away. Pure: the same items, colleagues and choice give the same answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from models.eldercare.plan_routes import Spot, apart

NO_VISITOR, VISITORS_ABSENT, NO_CAPACITY, HOUR_TAKEN = "no_visitor", "visitors_absent", "no_capacity", "hour_taken"


@dataclass(frozen=True)
class Item:
    """One visit of the day: `hour` of a booked one on China's clock, None of a planned one."""

    id: str
    township_id: str
    spot: Spot
    hour: str | None = None


@dataclass
class Colleague:
    """Somebody who could take over. `free`: visits that their day still takes; `hours`: those they are booked for."""

    id: str
    townships: frozenset[str]
    free: int
    home: Spot
    absent: bool = False
    hours: set[str] = field(default_factory=set)
    stops: list[Spot] = field(default_factory=list)

    def way_to(self, spot: Spot) -> float:
        """Metres that the visit lies off what they do that day; from where they set out if that is nothing yet."""
        return min((apart(spot, each) for each in self.stops), default=2 * apart(spot, self.home))


def shared_out(
    items: Sequence[Item], colleagues: Collection[Colleague], chosen: str | None = None, extra: int = 0
) -> tuple[dict[str, str], dict[str, str]]:  # fmt: skip
    """Whom each item goes to, by its id; and of the rest the reason. Items in the order in which they matter.

    `chosen`: whom a supervisor named; they come first and may do `extra` more than their day holds.
    """
    given: dict[str, str] = {}
    left: dict[str, str] = {}
    for each in colleagues:
        each.free += extra if each.id == chosen else 0
    for item in items:
        able = [each for each in colleagues if _can(each, item)]
        if not able:
            left[item.id] = why_nobody(item, colleagues)
            continue
        best = min(able, key=lambda each: (each.id != chosen, each.way_to(item.spot), each.id))
        given[item.id] = best.id
        best.free -= 1
        best.stops.append(item.spot)
        if item.hour is not None:
            best.hours.add(item.hour)
    return given, left


def why_nobody(item: Item, colleagues: Collection[Colleague]) -> str:
    """What holds nobody back first: none there, all away, all full, or all busy at that hour."""
    theirs = [each for each in colleagues if item.township_id in each.townships]
    if not theirs:
        return NO_VISITOR
    there = [each for each in theirs if not each.absent]
    if not there:
        return VISITORS_ABSENT
    return HOUR_TAKEN if any(each.free > 0 for each in there) else NO_CAPACITY


def _can(colleague: Colleague, item: Item) -> bool:
    return (
        not colleague.absent
        and colleague.free > 0
        and item.township_id in colleague.townships
        and (item.hour is None or item.hour not in colleague.hours)
    )
