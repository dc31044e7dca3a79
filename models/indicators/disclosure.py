"""Which numbers about people may be shown, and how exactly.

A table is a tree: the city, its counties, their townships. A cell is hidden where it counts fewer than
`indicators.disclosure_least` people, or as many but fewer that were not reached. Beside hidden cells further ones are
hidden until what can be computed from the shown ones leaves every hidden one at least as uncertain. What is hidden in
a place is hidden below it. All that is shown is rounded to `indicators.disclosure_round_to`, so that two tables (of two
months, levels or exports) never differ by a countable number of people.

Source: the practice of official statistics (primary and complementary suppression, conventional rounding); the numbers
are assumptions to confirm with the statistics bureau.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from config.indicators import CITY
from config.loading import catalogue, rule


@dataclass(frozen=True)
class Cell:
    """Counts of an area: people of a kind, and of how many; `of` None where nobody is the rest."""

    counted: int
    of: int | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """What adds up over areas: counted, of, and those of them not counted."""
        return (self.counted,) if self.of is None else (self.counted, self.of, self.of - self.counted)


NOBODY = Cell(0)
Table = Mapping[str, Cell]
Shown = dict[str, Cell | None]


def protect(table: Table, hidden_before: Collection[str] = ()) -> Shown:
    """Of each area the cell as it may be shown, rounded, or None. `hidden_before`: what an earlier export hid."""
    hidden = {area for area, cell in table.items() if _small(cell)} | (set(hidden_before) & set(table))
    families = _families(table)
    settled = -1
    while settled != len(hidden):  # a place hidden for its children's sake leaves its own neighbours to look after
        settled = len(hidden)
        _hide_in(CITY, table, families, hidden)
    return {area: None if area in hidden else _rounded(cell) for area, cell in table.items()}


def parent_of(area: str) -> str | None:
    """The county of a township, the city of a county; None of the city and of places nobody knows."""
    if area in catalogue().districts:
        return CITY
    place = catalogue().place(area)
    return place.district_code if place else None


def _hide_in(parent: str, table: Table, families: Mapping[str, list[str]], hidden: set[str]) -> None:
    """Hide among the children of a place until none can be computed; then in each child's."""
    children = families.get(parent, [])
    if parent in hidden:
        hidden.update(children)
    elif parent in table:
        _hide_beside(table[parent], {each: table[each] for each in children}, hidden)
        if children and hidden.issuperset(children) and not _uncertain(list(children), table[parent], table, hidden):
            hidden.add(parent)
    for each in children:
        _hide_in(each, table, families, hidden)


def _hide_beside(whole: Cell, children: Table, hidden: set[str]) -> None:
    shown = sorted((each for each in children if each not in hidden), key=lambda each: (_size(children[each]), each))
    if len(shown) == len(children):
        return
    while shown and not _uncertain(list(children), whole, children, hidden):
        hidden.add(shown.pop(0))


def _uncertain(children: list[str], whole: Cell, table: Table, hidden: Collection[str]) -> bool:
    """True where what the hidden children have together leaves each of them wide open."""
    least: int = rule("indicators.disclosure_least")
    kept = [each for each in children if each in hidden]
    if not kept:
        return True
    seen = [table[each].parts for each in children if each not in hidden]
    left = [total - sum(parts[place] for parts in seen) for place, total in enumerate(whole.parts)]
    # People of unknown townships are a hidden child as well.
    unplaced = whole.counted > sum(table[each].counted for each in children)
    together = len(kept) + unplaced > 1
    # Those not reached may be none at all: that gives nobody away.
    return together and all(part >= least for part in left[:2]) and all(part <= 0 or part >= least for part in left[2:])


def _small(cell: Cell) -> bool:
    least: int = rule("indicators.disclosure_least")
    counted, *others = cell.parts
    if counted < least:
        return True
    return bool(others) and (others[0] < least or 0 < others[1] < least)


def _size(cell: Cell) -> int:
    return cell.parts[1] if cell.of is not None else cell.counted


def _rounded(cell: Cell) -> Cell:
    counted, of = _nearest(cell.counted), None if cell.of is None else _nearest(cell.of)
    if of is not None and cell.of is not None and cell.counted < cell.of:
        # Not everybody was reached: rounding must not say so.
        counted = min(counted, of - int(rule("indicators.disclosure_round_to")))
    return Cell(counted, of)


def _nearest(count: int) -> int:
    step: int = rule("indicators.disclosure_round_to")
    return (count + step // 2) // step * step


def _families(table: Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for area in table:
        parent = parent_of(area)
        if parent is not None:
            found.setdefault(parent, []).append(area)
    return found
