"""Maps made by the server as inline SVG: counties from the catalogue's polygons, a route's points; no outside tiles."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from config.loading import CATALOGUE, catalogue

POLYGONS = CATALOGUE / "districts.geojson"
WIDTH = 720.0
MARGIN = 24.0
# A day's points lie within a kilometre now and then: less is not magnified further.
LEAST_SPAN_DEGREES = 0.01
Point = tuple[float, float]
Rings = tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class Frame:
    """A piece of the earth on a picture; degrees east are narrower than degrees north."""

    west: float
    north: float
    scale: float
    squeeze: float
    height: float

    def at(self, point: Point) -> Point:
        """Where a point lies on the picture."""
        east, north = point
        return (
            round(MARGIN + (east - self.west) * self.squeeze * self.scale, 1),
            round(MARGIN + (self.north - north) * self.scale, 1),
        )


@dataclass(frozen=True)
class Area:
    """A county on the picture: its outline, where its name stands, and what is told of it."""

    code: str
    name: str
    path: str
    middle: Point


@lru_cache(maxsize=1)
def outlines() -> dict[str, Rings]:
    """The rings of each county, WGS-84 degrees."""
    found = json.loads(POLYGONS.read_text(encoding="utf-8"))["features"]
    return {
        each["properties"]["code"]: tuple(tuple((x, y) for x, y in ring) for ring in each["geometry"]["coordinates"])
        for each in found
    }


def frame_of(points: Iterable[Point]) -> Frame:
    """A picture on which all of these points lie."""
    given = list(points)
    west, east = min(x for x, _ in given), max(x for x, _ in given)
    south, north = min(y for _, y in given), max(y for _, y in given)
    grow_x, grow_y = max(LEAST_SPAN_DEGREES - (east - west), 0) / 2, max(LEAST_SPAN_DEGREES - (north - south), 0) / 2
    west, east, south, north = west - grow_x, east + grow_x, south - grow_y, north + grow_y
    squeeze = math.cos(math.radians((south + north) / 2))
    inside = WIDTH - 2 * MARGIN
    scale = min(inside / ((east - west) * squeeze), inside / (north - south))
    return Frame(west, north, scale, squeeze, round((north - south) * scale + 2 * MARGIN, 1))


def county_frame(code: str = "") -> Frame:
    """A picture of one county, or of the city."""
    wanted = [outlines()[code]] if code in outlines() else list(outlines().values())
    return frame_of(point for rings in wanted for ring in rings for point in ring)


def areas(frame: Frame) -> list[Area]:
    """Every county as it lies on a picture."""
    names = catalogue().districts
    return [Area(code, names[code].name_zh, _path(rings, frame), frame.at(_middle(rings[0])))
            for code, rings in outlines().items()]  # fmt: skip


def line(points: Sequence[Point]) -> str:
    """The `points` of a polyline."""
    return " ".join(f"{x},{y}" for x, y in points)


def _path(rings: Rings, frame: Frame) -> str:
    return " ".join("M" + " L".join(f"{x} {y}" for x, y in map(frame.at, ring)) + "Z" for ring in rings)


def _middle(ring: Sequence[Point]) -> Point:
    """The centre of an area (shoelace formula)."""
    area = east = north = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = x1 * y2 - x2 * y1
        area, east, north = area + cross, east + (x1 + x2) * cross, north + (y1 + y2) * cross
    return (east / (3 * area), north / (3 * area)) if area else ring[0]
