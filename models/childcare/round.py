"""A placement round: many children, many centres, all placed at once by published rules.

Children propose in the order of their own choices; a centre keeps, for each age group, the applicants of highest
priority so far and lets the others go on to their next choice (deferred acceptance, Gale and Shapley 1962). Nobody
loses a place to someone of lower priority, every child gets the best centre that any such placement could give, and
telling the truth about one's choices is best for everyone. The result does not depend on the order of the work.

Priorities are a table (data): rows are compared one after the other, the first that differs decides. What is equal in
every row is decided by the round's published draw.

Siblings, a rule of our own to be confirmed: (1) a row of the table may count only at the centre that a brother or
sister attends; (2) the draw is one of families: brothers and sisters in the same round share their family's place in
it, one directly behind the other by their numbers. They are placed one by one: a rule that kept them together at any
price could leave a round without any fair result (Roth 1984, couples).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush, heapreplace
from typing import Any, Literal

import orjson
from pydantic import Field

from config.loading import CATALOGUE, Entry, load_yaml, rule
from models.kernel.errors import FieldFault, InvalidInput

FILE = CATALOGUE / "childcare" / "round_priorities.yaml"
FAULTS_SHOWN = 20

# A rank in the eyes of one centre: how far from the highest priority, then the place in the draw. Smaller is better.
Rank = tuple[int, int]
Slot = tuple[str, str]


class PriorityRow(Entry):
    """One row: who has `claim` goes before who has not. `where`: at every centre, or at a sibling's only."""

    claim: str = Field(pattern=r"^[a-z][a-z_]*$")
    where: Literal["everywhere", "sibling_centre"] = "everywhere"
    label: str = Field(min_length=1)
    source: str = Field(min_length=1)


class PriorityTable(Entry):
    """The rows in the order in which they decide."""

    version: int = Field(ge=1)
    rows: list[PriorityRow] = Field(max_length=30)

    def distance(self, child: Child, centre: str) -> int:
        """How far the child stands from the highest priority at the centre; 0 has every claim of the table."""
        found = 0
        for row in self.rows:
            holds = centre in child.sibling_centres if row.where == "sibling_centre" else row.claim in child.claims
            found = found * 2 + (not holds)
        return found


@dataclass(frozen=True)
class Child:
    """A child of the round. `choices`: centres, the dearest first. `family`: the same for brothers and sisters.

    `claims`: the priorities that were verified. `sibling_centres`: where a brother or sister has a place already.
    """

    id: str
    family: str
    age_group: str
    choices: tuple[str, ...]
    claims: frozenset[str] = frozenset()
    sibling_centres: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Placed:
    """Where a child was placed, and the number of that choice, from 1."""

    centre: str
    choice: int


@dataclass(frozen=True)
class RoundResult:
    """`placed` by child, in the order of ids; `unplaced` ids; `thresholds`: the last one admitted to each full slot."""

    placed: dict[str, Placed]
    unplaced: tuple[str, ...]
    thresholds: dict[Slot, Rank] = field(default_factory=dict)

    def digest(self) -> str:
        """SHA-256 of the result, hex: two runs are the same exactly where this is."""
        shown: dict[str, Any] = {child: [each.centre, each.choice] for child, each in self.placed.items()}
        text = orjson.dumps([shown, list(self.unplaced)], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(text).hexdigest()


def round_priorities() -> PriorityTable:
    """The table in force. Raises CatalogueFault."""
    return load_yaml(FILE, PriorityTable)


def draw_places(children: Iterable[Child], family_order: Sequence[str]) -> dict[str, int]:
    """Each child's place in the draw, from 0: by family as drawn, within a family by id.

    Raises InvalidInput where a family was not drawn or was drawn twice.
    """
    place = {family: index for index, family in enumerate(family_order)}
    if len(place) != len(family_order):
        raise InvalidInput(faults=[FieldFault("family_order", "repeated")])
    everyone = list(children)
    missing = sorted({child.family for child in everyone} - place.keys())
    if missing:
        raise InvalidInput(faults=[FieldFault(f"family_order.{each}", "missing") for each in missing[:FAULTS_SHOWN]])
    ordered = sorted(everyone, key=lambda child: (place[child.family], child.id))
    return {child.id: index for index, child in enumerate(ordered)}


def place_children(
    children: Sequence[Child],
    places: Mapping[Slot, int],
    table: PriorityTable,
    family_order: Sequence[str],
) -> RoundResult:
    """Place everyone. `places`: free places by (centre, age group); `family_order`: the families as drawn.

    A choice of a centre without places for the child's age group is passed over. Raises InvalidInput naming each
    child or slot that cannot be right.
    """
    market = Market(children, places, table, family_order)
    market.clear()
    return market.result()


def why_not(child: Child, result: RoundResult, table: PriorityTable, draw_place: int) -> list[dict[str, Any]]:
    """For each choice the child would have liked better: `{centre, reason, rank, threshold}`.

    `reason`: `no_places` for the age group, or `others_first`: whoever was admitted last stood at `threshold`.
    """
    given = result.placed.get(child.id)
    better = child.choices[: given.choice - 1] if given else child.choices
    told = []
    for centre in better:
        threshold = result.thresholds.get((centre, child.age_group))
        reason = "no_places" if threshold is None else "others_first"
        rank = (table.distance(child, centre), draw_place)
        told.append({"centre": centre, "reason": reason, "rank": rank, "threshold": threshold})
    return told


class Market:
    """Who is kept where, while children ask for one choice after the other. A child is its place in the draw.

    `places` may be lowered between two calls of `clear` (`lower`): whoever loses a place asks on. The end is the same
    as if the lower number had been known from the beginning, for what was asked until then would be asked again.
    """

    def __init__(
        self, children: Sequence[Child], places: Mapping[Slot, int], table: PriorityTable, family_order: Sequence[str]
    ) -> None:
        _check(children, places)
        order = draw_places(children, family_order)
        self.by_place = sorted(children, key=lambda child: order[child.id])
        self.places = dict(places)
        # As a heap of negated ranks: the first is the next to go.
        self.held: dict[Slot, list[Rank]] = {}
        # Centres that keep others than when this was last emptied.
        self.changed: set[str] = set()
        self._table = table
        self._asked = [0] * len(self.by_place)
        self._looking = list(range(len(self.by_place)))

    def clear(self) -> None:
        """Let everybody who has no place ask for the next choice, until nobody has one left to ask for."""
        looking, asked, distance = self._looking, self._asked, self._table.distance
        while looking:
            index = looking.pop()
            child = self.by_place[index]
            if asked[index] == len(child.choices):
                continue
            centre = child.choices[asked[index]]
            asked[index] += 1
            slot = (centre, child.age_group)
            room = self.places.get(slot, 0)
            if room == 0:
                looking.append(index)
                continue
            kept, mine = self.held.setdefault(slot, []), (-distance(child, centre), -index)
            if len(kept) < room:
                heappush(kept, mine)
                self.changed.add(centre)
            elif mine < kept[0]:
                looking.append(index)
            else:
                looking.append(-heapreplace(kept, mine)[1])
                self.changed.add(centre)

    def lower(self, slot: Slot, places: int) -> None:
        """Take places out of a slot; who stands last there has to ask on."""
        self.places[slot] = places
        kept = self.held.get(slot, [])
        while len(kept) > places:
            self._looking.append(-heappop(kept)[1])

    def kept_in(self, slot: Slot) -> list[Child]:
        """The children who are kept in a slot, of highest priority first."""
        return [self.by_place[-place] for _, place in sorted(self.held.get(slot, []), reverse=True)]

    def result(self) -> RoundResult:
        """The placement as it stands."""
        placed = {
            self.by_place[-place].id: Placed(centre, self._asked[-place])
            for (centre, _), kept in self.held.items()
            for _, place in kept
        }
        return RoundResult(
            placed=dict(sorted(placed.items())),
            unplaced=tuple(sorted(child.id for child in self.by_place if child.id not in placed)),
            thresholds={
                slot: (-kept[0][0], -kept[0][1])
                for slot, kept in self.held.items()
                if kept and len(kept) == self.places[slot]
            },
        )


def _check(children: Sequence[Child], places: Mapping[Slot, int]) -> None:
    faults = [
        FieldFault(f"places.{centre}.{group}", "greater_than_equal") for (centre, group), n in places.items() if n < 0
    ]
    centres = {centre for centre, _ in places}
    seen: set[str] = set()
    most = rule("childcare_round.choices_most")
    for child in children:
        code = _fault_of(child, seen, centres, most)
        if code is not None:
            faults.append(FieldFault(f"children.{child.id}", code))
        seen.add(child.id)
    if faults:
        raise InvalidInput(faults=faults[:FAULTS_SHOWN])


def _fault_of(child: Child, seen: set[str], centres: set[str], most: int) -> str | None:
    if child.id in seen or len(set(child.choices)) != len(child.choices):
        return "repeated"
    if not child.choices:
        return "missing"
    if len(child.choices) > most:
        return "too_long"
    return None if centres.issuperset(child.choices) else "literal_error"
