"""The service-circle gap report: how many people live outside the plan's minutes, and which new point would close most.

Minutes turn into metres, straight, by the mode's speed (`models.facilities.circles`); how far a village may be follows
from the kind of area it lies in. A new point is sought among the places where people live: the one in reach of most of
those who are outside, then the best one for who is left, and so on. Each such step closes at least as much as any other
single place would; a point between the places might close more.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from config.loading import catalogue, rule
from config.text import say
from models.facilities.areas import AreaKind, district_of, kind_of_area, nearest_township
from models.facilities.circles import Circle, Need, circles
from models.facilities.documents import OPEN, Facility
from models.facilities.geodesy import chord_of, radius_at, space
from models.kernel.database import collection
from models.reports.population import Point, Population

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Progress = Callable[[str], None]
PLACE_FIELDS = {"_id": 0, "category": 1, "longitude": 1, "latitude": 1, "status": 1}
KINDS_OF_AREA: tuple[AreaKind, ...] = ("main_city", "county_town", "central_town", "village")


@dataclass(frozen=True)
class Places:
    """Open facilities by category: where they are in space, and how many by county.

    `digest` tells whether they are the same as once before.
    """

    by_category: dict[str, Floats]
    count: int
    digest: str
    counties: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Homes:
    """The places where people live, in space, with the area that each belongs to."""

    points: Sequence[Point]
    space: Floats
    radius: float
    people: npt.NDArray[np.int64]
    kinds: tuple[AreaKind, ...]
    townships: tuple[str, ...]


def open_places() -> Places:
    """Every open facility of the directory, read from the database, a county after the other."""
    rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
    counties: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(catalogue().districts, 0))
    for code in catalogue().districts:
        for raw in collection(Facility).find({"district_code": code}, PLACE_FIELDS):
            if raw["status"] == OPEN:
                rows[raw["category"]].append((raw["longitude"], raw["latitude"]))
                counties[raw["category"]][code] += 1
    digest, where = hashlib.sha256(), {}
    for category in sorted(rows):
        degrees = np.array(sorted(rows[category]))
        digest.update(category.encode() + degrees.tobytes())
        where[category] = space(degrees[:, 0], degrees[:, 1])
    return Places(where, sum(map(len, rows.values())), digest.hexdigest(), dict(counties))


def gap_report(population: Population, places: Places, progress: Progress = lambda what: None) -> dict[str, Any]:
    """The report as plain data: by need the people outside, by township the same, and the best new points."""
    homes = _homes(population.points)
    needs = []
    for circle in circles():
        for need in circle.needs:
            progress(say(f"facilities.needs.{need.token}"))
            needs.append(_need(circle, need, homes, places))
    return {
        "population": {
            "id": population.id, "as_of": population.as_of.isoformat(), "status": population.status,
            "sources": list(population.sources), "points": len(population.points), "people": population.people,
        },
        "facilities": {"count": places.count, "digest": places.digest},
        "speeds": {mode: rule(f"facilities.{mode}_metres_per_minute") for mode in ("walking", "riding")},
        "needs": needs,
    }  # fmt: skip


def _homes(points: Sequence[Point]) -> Homes:
    east = np.array([point.longitude for point in points])
    north = np.array([point.latitude for point in points])
    kinds, townships = [], []
    for point in points:
        kinds.append(kind_of_area(point.longitude, point.latitude))
        code = district_of(point.longitude, point.latitude)
        # Rounded polygons may leave a point on the border in none: then it is the nearest township of all.
        codes: Iterable[str] = [code] if code else catalogue().districts
        near = [nearest_township(point.longitude, point.latitude, each) for each in codes]
        townships.append(near[0].id if len(near) == 1 else _nearest(point, near).id)
    people = np.array([point.people for point in points], dtype=np.int64)
    radius = radius_at(float(north.mean()))
    return Homes(points, space(east, north), radius, people, tuple(kinds), tuple(townships))


def _nearest(point: Point, near: list[Any]) -> Any:
    return min(near, key=lambda p: (p.longitude - point.longitude) ** 2 + (p.latitude - point.latitude) ** 2)


def _need(circle: Circle, need: Need, homes: Homes, places: Places) -> dict[str, Any]:
    reach = np.array([_chord(circle, kind, homes.radius) for kind in homes.kinds])
    known = [places.by_category[each] for each in need.any_of if each in places.by_category]
    outside = np.ones(len(homes.points), dtype=bool)
    if known:
        nearest, _ = _tree(np.concatenate(known)).query(homes.space)
        outside = nearest > reach
    people = int(homes.people.sum())
    left = int(homes.people[outside].sum())
    return {
        "circle": circle.token, "need": need.token, "categories": list(need.any_of), "source": circle.source,
        "minutes": {kind: circle.minutes[kind] for kind in KINDS_OF_AREA},
        "modes": {kind: circle.mode[kind] for kind in KINDS_OF_AREA},
        "facilities": sum(map(len, known)), "people": people, "outside": left,
        "townships": _by_township(homes, outside), "best": _best(homes, reach, outside),
    }  # fmt: skip


def _chord(circle: Circle, kind: AreaKind, radius: float) -> float:
    speed = rule(f"facilities.{circle.mode[kind]}_metres_per_minute")
    return chord_of(circle.minutes[kind] * speed, radius)


def _by_township(homes: Homes, outside: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Townships that have people outside, those with most first."""
    people, left = defaultdict[str, int](int), defaultdict[str, int](int)
    for number, township in enumerate(homes.townships):
        people[township] += int(homes.people[number])
        left[township] += int(homes.people[number]) if outside[number] else 0
    found = []
    for township, count in sorted(left.items(), key=lambda each: (-each[1], each[0])):
        place = catalogue().place(township)
        if count and place is not None:
            found.append({
                "township_id": township, "name": place.name_zh, "district_code": place.district_code,
                "people": people[township], "outside": count,
            })  # fmt: skip
    return found


def _best(homes: Homes, reach: Floats, outside: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    """The new points that close most, one after the other, each counted after those before it."""
    waiting = np.flatnonzero(outside)
    if not len(waiting):
        return []
    # Whoever a new point at a home would reach: homes that wait, within their own reach of it.
    tree = _tree(homes.space[waiting])
    near = tree.query_ball_point(homes.space, float(reach[waiting].max()))
    reached = [_within(homes, reach, waiting[np.array(each, dtype=int)], site) for site, each in enumerate(near)]
    open_now, best = outside.copy(), []
    for _ in range(rule("reports.new_points_shown")):
        gains = [int(homes.people[each[open_now[each]]].sum()) for each in reached]
        site = int(np.argmax(gains))
        if not gains[site]:
            break
        point = homes.points[site]
        place = catalogue().place(homes.townships[site])
        best.append({
            "longitude": point.longitude, "latitude": point.latitude, "name": point.name,
            "township_id": homes.townships[site], "township": place.name_zh if place else "",
            "district_code": place.district_code if place else None, "closes": gains[site],
        })  # fmt: skip
        open_now[reached[site]] = False
    return best


def _within(homes: Homes, reach: Floats, candidates: npt.NDArray[np.int64], site: int) -> npt.NDArray[np.int64]:
    apart = np.linalg.norm(homes.space[candidates] - homes.space[site], axis=1)
    found: npt.NDArray[np.int64] = candidates[apart <= reach[candidates]]
    return found


def _tree(points: Floats) -> cKDTree:
    from scipy.spatial import cKDTree  # takes long to load, and a year has few reports

    return cKDTree(points)
