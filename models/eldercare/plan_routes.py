"""Short ways between homes, in metres on a flat map: the order of a day's stops, and which homes lie together.

A county is small enough for a flat map; a home is where its grid cell is, so that one building is one place.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

Spot = tuple[float, float]
Key = TypeVar("Key", bound=Hashable)

METRES_PER_DEGREE = 111_320.0
# The curve's grid: 2**16 cells of 10 m are 655 km, wider than any county.
CURVE_BITS = 16
CELL_METRES = 10.0
LEAST_GAIN_METRES = 1e-6


def on_map(longitude: float, latitude: float, middle_latitude: float) -> Spot:
    """East and north in metres, from degrees (WGS-84), about a latitude that all spots of one map share."""
    east = longitude * METRES_PER_DEGREE * math.cos(math.radians(middle_latitude))
    return (round(east / CELL_METRES) * CELL_METRES, round(latitude * METRES_PER_DEGREE / CELL_METRES) * CELL_METRES)


def apart(one: Spot, other: Spot) -> float:
    """Metres between two spots as the crow flies."""
    return math.hypot(one[0] - other[0], one[1] - other[1])


def along_curve(spot: Spot, corner: Spot) -> int:
    """Where the Hilbert curve that begins at `corner` passes the spot: spots near on the curve are near on the map."""
    side = 1 << CURVE_BITS
    x = min(side - 1, max(0, int((spot[0] - corner[0]) / CELL_METRES)))
    y = min(side - 1, max(0, int((spot[1] - corner[1]) / CELL_METRES)))
    place, step = 0, side >> 1
    while step:
        right, up = int(bool(x & step)), int(bool(y & step))
        place += step * step * ((3 * right) ^ up)
        if not up:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        step >>= 1
    return place


def route_order(home: Spot, stops: Mapping[Key, Spot]) -> list[Key]:
    """The stops in a short order, from home and back: always the nearest next, then crossings undone (2-opt).

    `stops` in an order of its own, of which the answer is a function.
    """
    left, here, found = dict(stops), home, []
    while left:
        key = min(left, key=lambda each: apart(here, left[each]))
        here = left.pop(key)
        found.append(key)
    return _uncrossed(home, found, stops)


def route_length(home: Spot, spots: Sequence[Spot]) -> float:
    """Metres from home by all spots in this order and back."""
    way = [home, *spots, home]
    return sum(apart(one, other) for one, other in pairwise(way))


def _uncrossed(home: Spot, found: list[Key], stops: Mapping[Key, Spot]) -> list[Key]:
    """Turn pieces of the way around while that makes it shorter; each turn shortens it, so it ends."""
    better = len(found) > 2
    while better:
        better = False
        way = [home, *(stops[key] for key in found), home]
        for first in range(1, len(way) - 2):
            for last in range(first + 1, len(way) - 1):
                now = apart(way[first - 1], way[first]) + apart(way[last], way[last + 1])
                turned = apart(way[first - 1], way[last]) + apart(way[first], way[last + 1])
                if turned < now - LEAST_GAIN_METRES:
                    found[first - 1 : last] = reversed(found[first - 1 : last])
                    way[first : last + 1] = reversed(way[first : last + 1])
                    better = True
    return found
