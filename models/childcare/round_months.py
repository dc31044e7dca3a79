"""A round in which nobody is promised a place that runs out as the children grow.

A round gives out places by age group in its first month. Children grow into the next group in different months, so a
full youngest group may ask for more places of the next one than there are. Where it would, the centre gives out fewer
places in the round: the slot whose child no longer fits loses one, and whoever stands last in it asks on. The result
is stable for the places that are given out, which the record states; what is left is offered afterwards, one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.childcare.round import Child, Market, PriorityTable, RoundResult, Slot
from models.childcare.stays import Stay, fits, kept_by
from models.facilities.documents import AGE_GROUPS


@dataclass(frozen=True)
class CentreMonths:
    """A centre's places by age group, and how many of them are taken, by group and month."""

    places: Mapping[str, int]
    occupied: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def free(self, month: str) -> dict[str, int]:
        """Free places by group in this month."""
        return {g: max(n - self.occupied.get(g, {}).get(month, 0), 0) for g, n in self.places.items()}


def place_by_month(
    children: Sequence[Child], stays: Mapping[str, Stay], centres: Mapping[str, CentreMonths], month: str,
    table: PriorityTable, family_order: Sequence[str],
) -> tuple[RoundResult, dict[Slot, int]]:  # fmt: skip
    """Place everyone so that every stay fits in all its months; returns the result and the places given out by slot.

    `stays` by child begin in `month`. Raises InvalidInput as `place_children` does.
    """
    places = {(centre, group): free for centre, each in centres.items() for group, free in each.free(month).items()}
    market = Market(children, places, table, family_order)
    market.clear()
    while market.changed:
        changed, market.changed = sorted(market.changed), set()
        for centre in changed:
            while fewer := _too_many(market, centre, stays, centres[centre]):
                for group, count in fewer.items():
                    market.lower((centre, group), count)
        market.clear()
    return market.result(), market.places


def _too_many(market: Market, centre: str, stays: Mapping[str, Stay], months: CentreMonths) -> dict[str, int]:
    """By group how many may be kept, for the groups of which somebody does not fit in some month of the stay."""
    taken: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for group, counts in months.occupied.items():
        taken[group].update(counts)
    kept_by_group = {group: market.kept_in((centre, group)) for group in AGE_GROUPS}
    fewer: dict[str, int] = {}
    # The oldest first: they are the sooner out of the way, and what they take does not depend on the younger ones.
    for group in reversed(AGE_GROUPS):
        fitted = 0
        for child in kept_by_group[group]:
            stay = kept_by(stays[child.id], months.places)
            if fits(stay, months.places, taken):
                fitted += 1
                for each, of in stay.items():
                    taken[of][each] += 1
        if fitted < len(kept_by_group[group]):
            fewer[group] = fitted
    return fewer
