"""An attacker with linear programming learns no small number from what is published: tables, months, exports, levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from config.indicators import CITY
from config.loading import catalogue
from models.indicators.disclosure import Cell, Shown, protect

LEAST, STEP = 10, 10
COUNTIES = sorted(catalogue().districts)[:4]
TOWNSHIPS = {
    code: [place.id for place in catalogue().places if place.district_code == code][:4] for code in COUNTIES[:2]
}
LEAVES = [*COUNTIES[2:], *(place for places in TOWNSHIPS.values() for place in places)]
# Mostly small numbers, some large: where hiding is hard.
NUMBERS = st.one_of(st.integers(0, 14), st.integers(0, 14), st.integers(0, 300))


def table_of(leaves: Mapping[str, int]) -> dict[str, int]:
    """Counts of all levels from those of the smallest areas."""
    counts = dict(leaves)
    for code, places in TOWNSHIPS.items():
        counts[code] = sum(leaves[place] for place in places)
    counts[CITY] = sum(counts[code] for code in COUNTIES)
    return counts


class Attacker:
    """Knows how tables add up, the rules of hiding and rounding, and all that is published; asks how far a cell ranges."""

    def __init__(self) -> None:
        self.names: dict[Any, int] = {}
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def cell(self, name: Any) -> int:
        return self.names.setdefault(name, len(self.names))

    def relate(self, terms: Mapping[Any, float], low: float, high: float) -> None:
        self.rows.append(({self.cell(name): weight for name, weight in terms.items()}, low, high))

    def add_table(self, label: str) -> None:
        for code, places in TOWNSHIPS.items():
            self.relate({(label, code): 1, **{(label, place): -1 for place in places}}, 0, 0)
        self.relate({(label, CITY): 1, **{(label, code): -1 for code in COUNTIES}}, 0, 0)

    def see(self, label: str, shown: Mapping[str, int | None]) -> None:
        for area, value in shown.items():
            if value is not None:
                self.relate({(label, area): 1}, max(LEAST, value - STEP / 2), value + STEP / 2 - 1)

    def range_of(self, name: Any) -> tuple[float, float]:
        matrix, bounds = np.zeros((2 * len(self.rows), len(self.names))), np.zeros(2 * len(self.rows))
        for number, (terms, low, high) in enumerate(self.rows):
            for column, weight in terms.items():
                matrix[2 * number, column], matrix[2 * number + 1, column] = weight, -weight
            bounds[2 * number], bounds[2 * number + 1] = high, -low
        found = []
        for sign in (1, -1):
            goal = np.zeros(len(self.names))
            goal[self.cell(name)] = sign
            done = linprog(goal, A_ub=matrix, b_ub=bounds, bounds=(0, 100_000), method="highs")
            assert done.status == 0, "what is published contradicts itself"
            found.append(sign * done.fun)
        return found[0], found[1]


def counted(shown: Shown) -> dict[str, int | None]:
    return {area: cell.counted if cell else None for area, cell in shown.items()}


def protected(counts: Mapping[str, int], before: Mapping[str, int | None] | None = None) -> dict[str, int | None]:
    hidden = [area for area, value in (before or {}).items() if value is None]
    return counted(protect({area: Cell(count) for area, count in counts.items()}, hidden))


def assert_wide_open(
    attacker: Attacker, label: str, counts: Mapping[str, int], shown: Mapping[str, int | None]
) -> None:
    for area, count in counts.items():
        if count < LEAST:
            assert shown[area] is None, f"{area}: {count} is shown"
            low, high = attacker.range_of((label, area))
            assert high - low >= LEAST - 1, f"{area}: {count} is known to be within {low}…{high}"


@given(st.lists(NUMBERS, min_size=len(LEAVES), max_size=len(LEAVES)))
@settings(max_examples=30, deadline=None)
def test_no_small_cell_can_be_computed_from_its_table(numbers: list[int]) -> None:
    counts = table_of(dict(zip(LEAVES, numbers, strict=True)))
    shown = protected(counts)
    attacker = Attacker()
    attacker.add_table("a")
    attacker.see("a", shown)
    assert_wide_open(attacker, "a", counts, shown)


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 3)), min_size=len(LEAVES), max_size=len(LEAVES)))
@settings(max_examples=15, deadline=None)
def test_nor_from_a_later_export_of_the_month_with_late_events(changes: list[tuple[int, int]]) -> None:
    first = table_of({area: base for area, (base, _) in zip(LEAVES, changes, strict=True)})
    late = table_of({area: base + more for area, (base, more) in zip(LEAVES, changes, strict=True)})
    tables = {"first": (first, protected(first))}
    tables["late"] = (late, protected(late, tables["first"][1]))
    attacker = Attacker()
    for label, (_, shown) in tables.items():
        attacker.add_table(label)
        attacker.see(label, shown)
    for area in first:
        attacker.relate({("late", area): 1, ("first", area): -1}, 0, 100_000)
    for label, (counts, shown) in tables.items():
        assert_wide_open(attacker, label, counts, shown)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=len(LEAVES), max_size=len(LEAVES)))
@settings(max_examples=20, deadline=None)
def test_nor_those_who_were_not_reached_from_a_rate(pairs: list[tuple[int, int]]) -> None:
    reached = table_of({area: low for area, (low, _) in zip(LEAVES, pairs, strict=True)})
    rest = table_of({area: more for area, (_, more) in zip(LEAVES, pairs, strict=True)})
    everybody = {area: reached[area] + rest[area] for area in reached}
    shown = protect({area: Cell(reached[area], everybody[area]) for area in reached})
    attacker = Attacker()
    for label, part in (("reached", "counted"), ("everybody", "of")):
        attacker.add_table(label)
        for area, cell in shown.items():
            if cell is None:
                continue
            value = getattr(cell, part)
            # Where rounding would have said that all were reached, the number is one step lower.
            above = STEP if part == "counted" and cell.of is not None and cell.counted == cell.of - STEP else 0
            attacker.relate({(label, area): 1}, max(LEAST, value - STEP / 2), value + STEP / 2 - 1 + above)
    attacker.add_table("rest")
    for area in reached:
        attacker.relate({("everybody", area): 1, ("reached", area): -1, ("rest", area): -1}, 0, 0)
    for area, cell in shown.items():
        small = [label for label, counts in (("reached", reached), ("everybody", everybody)) if counts[area] < LEAST]
        small += ["rest"] if 0 < rest[area] < LEAST else []
        assert cell is None or not small
        for label in small:
            low, high = attacker.range_of((label, area))
            assert high - low >= LEAST - 1, f"{label} of {area}: within {low}…{high}"


@pytest.mark.parametrize("counts", [{CITY: 9, COUNTIES[0]: 9}, {CITY: 0}])
def test_a_city_of_few_is_hidden_itself(counts: dict[str, int]) -> None:
    assert set(protected(counts).values()) == {None}


def test_a_single_small_county_takes_the_smallest_other_with_it() -> None:
    shown = protected({CITY: 200, COUNTIES[0]: 4, COUNTIES[1]: 96, COUNTIES[2]: 100})
    assert shown == {CITY: 200, COUNTIES[0]: None, COUNTIES[1]: None, COUNTIES[2]: 100}


def test_what_was_hidden_before_stays_hidden() -> None:
    later = protected({CITY: 220, COUNTIES[0]: 24, COUNTIES[1]: 96, COUNTIES[2]: 100}, {COUNTIES[0]: None})
    assert later[COUNTIES[0]] is None


def test_rounding_never_says_that_all_were_reached() -> None:
    shown = protect({CITY: Cell(1986, 2000)})[CITY]
    assert shown == Cell(1990, 2000)
    assert protect({CITY: Cell(2000, 2000)})[CITY] == Cell(2000, 2000)
    assert protect({CITY: Cell(1988, 2001)})[CITY] == Cell(1990, 2000)
    assert protect({CITY: Cell(1995, 2004)})[CITY] is None, "nine were not reached"
