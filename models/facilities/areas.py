"""Where a point lies: county, nearest township, and kind of area (city centre, county town, town, village)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from shapely.geometry import shape

from config.loading import CATALOGUE, CatalogueFault, Entry, Place, catalogue, load_yaml, rule
from models.facilities.datum import Datum, to_wgs84
from models.facilities.geodesy import distance_m, space, space_point
from models.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

AreaKind = Literal["main_city", "county_town", "central_town", "village"]
POLYGONS = CATALOGUE / "districts.geojson"
# Cells a degree of the grid that answers most questions without geometry: 2 km a cell.
CELLS = 50
AREAS = CATALOGUE / "areas.yaml"


class Seat(Entry):
    """A county's seat: the point its name stands for, and its postal code."""

    name_zh: str
    longitude: float
    latitude: float
    kind: Literal["main_city", "county_town"]
    postal_code: str


class AreasFile(Entry):
    """The seats by district code, and how the names of towns and subdistricts end."""

    seats: dict[str, Seat]
    town_endings: tuple[str, ...]


@dataclass(frozen=True)
class Areas:
    """The counties' polygons and the townships, ready to be asked."""

    city: Any
    inside: frozenset[tuple[int, int]]
    counties: tuple[tuple[str, Any], ...]
    townships: dict[str, tuple[cKDTree, tuple[Place, ...]]]
    seats: dict[str, Seat]
    town_ids: frozenset[str]


@lru_cache(maxsize=1)
def areas() -> Areas:
    """Read at the first call. Raises CatalogueFault where polygons, counties and seats do not match."""
    shapes = _polygons()
    written = load_yaml(AREAS, AreasFile)
    codes = set(catalogue().districts)
    for path, found in ((POLYGONS, set(shapes)), (AREAS, set(written.seats))):
        if found != codes:
            raise CatalogueFault(f"{path}:1: the counties differ from districts.csv: {sorted(found ^ codes)}")
    city = shapely.union_all(list(shapes.values()))
    shapely.prepare(city)
    for polygon in shapes.values():
        shapely.prepare(polygon)
    towns = frozenset(place.id for place in catalogue().places if place.name_zh.endswith(written.town_endings))
    townships = {code: _townships(code) for code in codes}
    return Areas(city, _whole_cells(city), tuple(shapes.items()), townships, written.seats, towns)


def in_yichun(longitude: float, latitude: float) -> bool:
    """True for a WGS-84 point within the city's ten counties."""
    here = areas()
    if (int(longitude * CELLS), int(latitude * CELLS)) in here.inside:
        return True
    return bool(shapely.intersects_xy(here.city, longitude, latitude))


def district_of(longitude: float, latitude: float) -> str | None:
    """The code of the county in which a WGS-84 point lies; None outside Yichun."""
    for code, polygon in areas().counties:
        if shapely.intersects_xy(polygon, longitude, latitude):
            return code
    return None


def nearest_township(longitude: float, latitude: float, district_code: str) -> Place:
    """The county's township whose point is nearest to a WGS-84 point."""
    tree, places = areas().townships[district_code]
    return places[int(tree.query(space_point(longitude, latitude))[1])]


def township_of(longitude: float, latitude: float, district_code: str) -> str:
    """The id of `nearest_township`."""
    return nearest_township(longitude, latitude, district_code).id


def own_point(longitude: float, latitude: float, datum: Datum) -> tuple[float, float]:
    """The caller's point in WGS-84. Raises InvalidInput `outside_yichun`."""
    east, north = to_wgs84(longitude, latitude, datum)
    if not (math.isfinite(east) and math.isfinite(north) and in_yichun(east, north)):
        raise InvalidInput("outside_yichun")
    return east, north


def kind_of_area(longitude: float, latitude: float) -> AreaKind:
    """The kind of area around a WGS-84 point, by which the plan sets its minutes.

    By distance from the centres of the catalogue; the radii are rules. A point in no built-up area is village.
    """
    for seat in areas().seats.values():
        reach = rule(f"facilities.{seat.kind}_radius_m")
        if distance_m(longitude, latitude, seat.longitude, seat.latitude) <= reach:
            return seat.kind
    district = district_of(longitude, latitude)
    if district is None:
        return "village"
    place = nearest_township(longitude, latitude, district)
    near = distance_m(longitude, latitude, place.longitude, place.latitude) <= rule("facilities.central_town_radius_m")
    return "central_town" if near and place.id in areas().town_ids else "village"


def _whole_cells(city: Any) -> frozenset[tuple[int, int]]:
    """The cells of a grid that lie in the city with all of their area: most points are answered by these."""
    west, south, east, north = (int(bound * CELLS) for bound in city.bounds)
    grid = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    columns, rows = (each.ravel() for each in grid)
    boxes = shapely.box(columns / CELLS, rows / CELLS, (columns + 1) / CELLS, (rows + 1) / CELLS)
    whole = shapely.contains_properly(city, boxes)
    return frozenset(zip(columns[whole].tolist(), rows[whole].tolist(), strict=True))


def _polygons() -> dict[str, Any]:
    try:
        features = json.loads(POLYGONS.read_text(encoding="utf-8"))["features"]
        return {feature["properties"]["code"]: shape(feature["geometry"]) for feature in features}
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise CatalogueFault(f"{POLYGONS}:1: not a collection of county polygons: {fault}") from fault


def _townships(code: str) -> tuple[cKDTree, tuple[Place, ...]]:
    from scipy.spatial import cKDTree  # takes long to load; most processes ask for no place

    places = tuple(place for place in catalogue().places if place.district_code == code)
    if not places:
        raise CatalogueFault(f"{CATALOGUE / 'places.csv'}:1: no township in {code}")
    points = space(np.array([p.longitude for p in places]), np.array([p.latitude for p in places]))
    return cKDTree(points), places
