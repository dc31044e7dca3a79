"""Candidates by small cells of the map, kept for places that are asked from again.

People ask from where people are: most questions come from a few thousand cells. A cell that was asked from before
keeps the rows among which the nearest to any of its points must be, so that a question is a comparison of some eighty
rows and neither walks the tree nor lets go of the interpreter (which under load costs more than the walk).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from config.loading import rule
from models.facilities.geodesy import space_point

# Nearest rows that are certain in any point of a cell: a page of twenty, one to know of more, and ties.
CERTAIN = 32
# A cell whose points may need more rows than these is answered by the tree.
MOST_ROWS = 400
# Cells' side in degrees at 100,000 facilities; it shrinks as they lie closer together.
SIDE = 0.005
SIDE_AT = 100_000
SHORTEST_SIDE, LONGEST_SIDE = 0.0005, 0.02
METRES_A_DEGREE = 111_700


@dataclass(slots=True)
class Cell:
    """Rows near a cell, and their points. Every row within `reach` metres of any point of the cell is among them."""

    rows: npt.NDArray[np.int64]
    points: npt.NDArray[np.float64]
    reach: float


class Cells:
    """The cells over one tree. Geometry only: shared by all indexes over the same points."""

    def __init__(self, tree: Any, points: npt.NDArray[np.float64], rows: npt.NDArray[np.int64] | None) -> None:
        self._tree, self._points, self._rows = tree, points, rows
        side = SIDE * math.sqrt(SIDE_AT / max(len(tree.data), 1))
        self._side = min(max(side, SHORTEST_SIDE), LONGEST_SIDE)
        # Half the diagonal, never too short.
        self._half = self._side * METRES_A_DEGREE * math.sqrt(0.5)
        self._kept: dict[tuple[int, int], Cell | bool] = {}
        self._most = int(rule("facilities.cells_most"))

    def get(self, longitude: float, latitude: float) -> Cell | None:
        """The cell of a point if it was asked from before and is not too crowded."""
        key = (math.floor(longitude / self._side), math.floor(latitude / self._side))
        known = self._kept.get(key)
        if known is None:
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = True
            return None
        if known is True:
            known = self._kept[key] = self._made(*key)
        return known if isinstance(known, Cell) else None

    def _made(self, column: int, line: int) -> Cell | bool:
        middle = space_point((column + 0.5) * self._side, (line + 0.5) * self._side)
        farthest = float(self._tree.query(middle, [CERTAIN])[0][0])
        if not math.isfinite(farthest):
            return False
        # The CERTAIN nearest to the middle lie within farthest + half of any point of the cell, and whatever lies so
        # near to such a point lies within another half of the middle.
        found = self._tree.query_ball_point(middle, farthest + 2 * self._half)
        if len(found) > MOST_ROWS:
            return False
        places = np.array(found, dtype=np.int64)
        rows = places if self._rows is None else self._rows[places]
        return Cell(rows, np.ascontiguousarray(self._points[rows]), farthest + self._half)
