"""Says whether a placement is fair; written apart from what places: by definition, pair by pair.

A placement is stable when it is possible (nobody twice, no slot over its places, only centres that were asked for) and
no child and centre would both rather have each other: a centre the child likes better than its own, with a free place
for its age group, or with somebody there whom the published order puts behind the child.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

from models.childcare.round import Child

# before(a, b, centre): True where the published order puts child a before child b at the centre.
Before = Callable[[Child, Child, str], bool]


def published_order(rows: Sequence[tuple[str, str]], family_order: Sequence[str]) -> Before:
    """The published order, straight from its words: row by row, then the family's draw, then the child's number."""

    drawn = {family: index for index, family in enumerate(family_order)}

    def claims(child: Child, centre: str) -> list[bool]:
        return [
            (centre in child.sibling_centres) if where == "sibling_centre" else (claim in child.claims)
            for claim, where in rows
        ]

    def before(a: Child, b: Child, centre: str) -> bool:
        for mine, other in zip(claims(a, centre), claims(b, centre), strict=True):
            if mine != other:
                return mine
        if a.family != b.family:
            return drawn[a.family] < drawn[b.family]
        return a.id < b.id

    return before


def faults(
    children: Sequence[Child], places: Mapping[tuple[str, str], int], given: Mapping[str, str], before: Before
) -> Iterator[str]:
    """What is wrong with a placement (child → centre); nothing where it is stable."""
    known = {child.id: child for child in children}
    taken = Counter((centre, known[child].age_group) for child, centre in given.items())
    yield from (f"{slot} has {n} of {places.get(slot, 0)}" for slot, n in taken.items() if n > places.get(slot, 0))
    yield from (
        f"{child} never asked for {centre}" for child, centre in given.items() if centre not in known[child].choices
    )
    last: dict[tuple[str, str], Child] = {}
    for child_id, centre in given.items():
        slot = (centre, known[child_id].age_group)
        if slot not in last or before(last[slot], known[child_id], centre):
            last[slot] = known[child_id]
    for child in children:
        own = given.get(child.id)
        for centre in child.choices[: child.choices.index(own) if own in child.choices else len(child.choices)]:
            slot = (centre, child.age_group)
            if taken[slot] < places.get(slot, 0):
                yield f"{child.id} prefers {centre}, which has a free place"
            elif slot in last and before(child, last[slot], centre):
                yield f"{child.id} prefers {centre} and goes before {last[slot].id} there"


def every_stable(
    children: Sequence[Child], places: Mapping[tuple[str, str], int], before: Before
) -> list[dict[str, str]]:
    """All stable placements of a small round, by trying every one."""
    found = []
    for chosen in product(*[(None, *child.choices) for child in children]):
        given = {child.id: centre for child, centre in zip(children, chosen, strict=True) if centre is not None}
        if not any(True for _ in faults(children, places, given, before)):
            found.append(given)
    return found
