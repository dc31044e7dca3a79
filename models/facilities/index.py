"""The nearest facilities, exactly: an immutable index over columns, swapped whole when the directory changes.

One k-d tree over all points and one a category. Order and ties rest on whole millimetres, then on the id, so that any
way of asking gives the same page as comparing every facility would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.facilities.cells import CERTAIN, Cells
from models.facilities.geodesy import MILLIMETRES, arcs, chord_of, millimetres, radius_at, space, space_point

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
RowFilter = Callable[[Rows], Mask]

INCLUSIVE = 1
FREE_INFANT, FREE_TODDLER, FREE_PRESCHOOL = 2, 4, 8
NO_HOURS = -1
ID_BYTES = 26
# Asked for beyond the page, so that ties at its end are seen and a second question is seldom needed.
MARGIN = 8
GROWTH = 4
# Millimetres and row share 63 bits: rows up to 2³¹, distances up to 4,000 km.
ROW_BITS = 31
ROW_MASK = (1 << ROW_BITS) - 1
# Beyond this share of the rows asking the tree costs more than comparing all of them.
MOST_SHARE = 8
LEAF = 16


@dataclass(frozen=True)
class Columns:
    """The directory as parallel columns, sorted by id; a row is a facility that is open to the public.

    ids: 26 bytes; longitude, latitude: WGS-84 degrees; category, hours, district: numbers of the snapshot's lists
    (hours -1: not known); flags: the bits above; version: of the document.
    """

    ids: npt.NDArray[np.bytes_]
    longitude: npt.NDArray[np.float64]
    latitude: npt.NDArray[np.float64]
    category: npt.NDArray[np.uint8]
    hours: npt.NDArray[np.int32]
    district: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint8]
    version: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    def replace(self, rows: Rows, other: Columns) -> Columns:
        """These rows with the values of `other`, which has the same ids."""
        copies = {}
        for name in self.__dataclass_fields__:
            copies[name] = getattr(self, name).copy()
            copies[name][rows] = getattr(other, name)
        return Columns(**copies)

    def merged(self, keep: Rows, other: Columns) -> tuple[Columns, Rows]:
        """The kept rows and those of `other`, sorted by id; and the order in which that took them."""
        joined = [np.concatenate((getattr(self, n)[keep], getattr(other, n))) for n in self.__dataclass_fields__]
        order = np.argsort(joined[0], kind="stable")
        return Columns(*(column[order] for column in joined)), order

    def find(self, ids: npt.NDArray[np.bytes_]) -> tuple[Rows, Mask]:
        """For each id its row, and whether it is there at all."""
        rows = np.searchsorted(self.ids, ids)
        there = rows < len(self.ids)
        there[there] = self.ids[rows[there]] == ids[there]
        return rows, there


@dataclass(slots=True)
class Found:
    """Rows nearest first, their distances in millimetres, and whether more follow."""

    rows: list[int]
    distances: list[int]
    more: bool


class NearbyIndex:
    """Answers "the nearest" over columns that never change."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._points = space(columns.longitude, columns.latitude)
        self._whole = _part(self._points, None) if len(columns) else None
        self._by_category = _category_trees(columns.category, self._points)

    def with_columns(self, columns: Columns) -> NearbyIndex:
        """The same points in the same categories with other details; shares the trees."""
        other = copy(self)
        other.columns = columns
        return other

    def nearest(
        self, longitude: float, latitude: float, limit: int, *, categories: Sequence[int] | None = None,
        radius_mm: int | None = None, accept: RowFilter | None = None, after: tuple[int, bytes] | None = None,
        seen: int = 0,
    ) -> Found:  # fmt: skip
        """The `limit` rows nearest to a WGS-84 point, ordered by (millimetres, id).

        categories: numbers of categories, None for all; accept: keeps rows; after: the (millimetres, id) after
        which the page begins; seen: how many rows earlier pages held, a hint only.
        """
        radius = radius_at(latitude)
        # A little more than asked: the millimetre decides, not the chord.
        chord = np.inf if radius_mm is None else chord_of(radius_mm / MILLIMETRES + 1, radius)
        ask = _Ask(space_point(longitude, latitude), radius, limit, radius_mm, chord, accept, self._first_key(after))
        parts = self._parts(categories)
        wanted = seen + limit + 1 + MARGIN
        if len(parts) == 1 and wanted <= CERTAIN:
            found = self._from_cell(parts[0], ask, longitude, latitude)
            if found is not None:
                return found
        total = sum(part.size for part in parts)
        while wanted * MOST_SHARE < total:
            found = self._try(parts, ask, wanted)
            if found is not None:
                return found
            wanted *= GROWTH
        return self._compare_all(parts, ask)

    def rows_near(self, longitude: float, latitude: float, rows: Rows) -> Rows:
        """Millimetres from a WGS-84 point to each of these rows."""
        return millimetres(self._points[rows], space_point(longitude, latitude), radius_at(latitude))

    def _from_cell(self, part: _Part, ask: _Ask, longitude: float, latitude: float) -> Found | None:
        cell = part.cells.get(longitude, latitude)
        if cell is None:
            return None
        horizon = int(cell.reach * MILLIMETRES)
        if ask.radius_mm is not None and horizon > ask.radius_mm:
            horizon = ask.radius_mm + 1
        keys = _keys(cell.rows, millimetres(cell.points, ask.origin, ask.radius), ask, horizon)
        if len(keys) <= ask.limit and (ask.radius_mm is None or horizon <= ask.radius_mm):
            return None
        return _found(keys, ask)

    def _try(self, parts: list[_Part], ask: _Ask, wanted: int) -> Found | None:
        """The page out of each part's `wanted` nearest, or None when rows beyond them might belong to it."""
        rows, distances, lasts = self._candidates(parts, ask, wanted)
        # Nothing is missing within the nearest of the last rows; at its very distance equals may be.
        horizon = int(distances[lasts].min()) if lasts else None
        if horizon is not None and ask.radius_mm is not None and horizon > ask.radius_mm:
            horizon = None
        keys = _keys(rows, distances, ask, horizon)
        if len(keys) <= ask.limit and horizon is not None:
            return None
        return _found(keys, ask)

    def _candidates(self, parts: list[_Part], ask: _Ask, wanted: int) -> tuple[Rows, Rows, list[int]]:
        """Each part's nearest rows, their distances; and where among them stand the last of parts that hold more."""
        found, far, lasts, count = [], [], [], 0
        for part in parts:
            if part.size <= wanted:
                rows = np.arange(part.size) if part.rows is None else part.rows
                distances = millimetres(self._points[rows], ask.origin, ask.radius)
            else:
                # The tree's chords are the very numbers that `millimetres` would compute again.
                chords, rows = part.tree.query(ask.origin, wanted, distance_upper_bound=ask.chord)
                if ask.chord != np.inf:
                    chords, rows = chords[chords < np.inf], rows[chords < np.inf]
                distances = arcs(chords, ask.radius)
                rows = rows if part.rows is None else part.rows[rows]
                if len(rows) == wanted:
                    lasts.append(count + wanted - 1)
            count += len(rows)
            found.append(rows)
            far.append(distances)
        if len(found) == 1:
            return found[0], far[0], lasts
        return np.concatenate(found), np.concatenate(far), lasts

    def _compare_all(self, parts: list[_Part], ask: _Ask) -> Found:
        kept = [np.arange(part.size) if part.rows is None else part.rows for part in parts]
        rows = np.concatenate(kept) if kept else np.empty(0, np.int64)
        keys = _keys(rows, millimetres(self._points[rows], ask.origin, ask.radius), ask, None)
        if len(keys) > ask.limit + 1:
            keys = np.partition(keys, ask.limit)[: ask.limit + 1]
        return _found(keys, ask)

    def _parts(self, categories: Sequence[int] | None) -> list[_Part]:
        if categories is None:
            return [self._whole] if self._whole is not None else []
        return [part for number in sorted(set(categories)) if (part := self._by_category.get(number)) is not None]

    def _first_key(self, after: tuple[int, bytes] | None) -> int:
        if after is None:
            return 0
        return (after[0] << ROW_BITS) | int(np.searchsorted(self.columns.ids, np.bytes_(after[1]), side="right"))


@dataclass(slots=True)
class _Ask:
    origin: npt.NDArray[np.float64]
    radius: float
    limit: int
    radius_mm: int | None
    chord: float
    accept: RowFilter | None
    first_key: int


@dataclass(frozen=True)
class _Part:
    tree: cKDTree
    rows: Rows | None
    size: int
    cells: Cells


def _category_trees(category: npt.NDArray[np.uint8], points: npt.NDArray[np.float64]) -> dict[int, _Part]:
    order = np.argsort(category, kind="stable")
    numbers, starts = np.unique(category[order], return_index=True)
    found = {}
    for number, rows in zip(numbers, np.split(order, starts[1:]), strict=True) if len(order) else ():
        found[int(number)] = _part(points, rows)
    return found


def _part(points: npt.NDArray[np.float64], rows: Rows | None) -> _Part:
    from scipy.spatial import cKDTree  # takes long to load; only processes that search have an index

    tree = cKDTree(points if rows is None else points[rows], leafsize=LEAF)
    return _Part(tree, rows, len(points) if rows is None else len(rows), Cells(tree, points, rows))


def _keys(rows: Rows, distances: Rows, ask: _Ask, horizon: int | None) -> Rows:
    """Distance and row in one number, of the rows that are asked for and nearer than the horizon."""
    keys: Rows = distances << ROW_BITS
    keys |= rows
    beyond = horizon
    if ask.radius_mm is not None:
        beyond = ask.radius_mm + 1 if horizon is None else min(horizon, ask.radius_mm + 1)
    if ask.accept is None and not ask.first_key:
        return keys if beyond is None else keys[keys < (beyond << ROW_BITS)]
    keep = keys >= ask.first_key
    if beyond is not None:
        keep &= keys < (beyond << ROW_BITS)
    if ask.accept is not None:
        keep &= ask.accept(rows)
    return keys[keep]


def _found(keys: Rows, ask: _Ask) -> Found:
    # Sorted as a list: for so few, an array's own sort costs more, and lets go of the interpreter.
    ordered = sorted(keys.tolist())
    page = ordered[: ask.limit]
    return Found([key & ROW_MASK for key in page], [key >> ROW_BITS for key in page], len(ordered) > ask.limit)


def columns_from(rows: Iterable[tuple[Any, ...]]) -> Columns:
    """Columns of rows given as (id, longitude, latitude, category, hours, district, flags, version), any order."""
    ordered = sorted(rows)
    given = list(zip(*ordered, strict=True)) or [()] * len(Columns.__dataclass_fields__)
    kinds: tuple[Any, ...] = (f"S{ID_BYTES}", np.float64, np.float64, np.uint8, np.int32, np.uint8, np.uint8, np.int32)
    return Columns(*(np.array(values, dtype=kind) for values, kind in zip(given, kinds, strict=True)))
