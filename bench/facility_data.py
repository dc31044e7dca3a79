"""Made-up facilities and questions for the benchmarks, the same in every run."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import numpy as np

from config.loading import catalogue
from models.facilities.areas import areas, district_of, in_yichun, township_of
from models.facilities.importing import facility_id
from models.facilities.index import ID_BYTES, Columns
from models.facilities.text_search import spell

HOURS = (
    "Mo-Fr 08:30-12:00,14:00-17:30; PH off", "24/7", "Mo-Su 08:00-20:00", "Tu-Su 09:00-17:00; PH 09:00-17:00",
    "Mo-Sa 07:30-18:00", None,
)  # fmt: skip
STAMP = datetime(2026, 11, 1, tzinfo=UTC)


def points(count: int, seed: int) -> list[tuple[float, float]]:
    """(longitude, latitude) within Yichun: two thirds near townships, as people live, the rest anywhere."""
    chance = random.Random(seed)
    west, south, east, north = areas().city.bounds
    places = catalogue().places
    found: list[tuple[float, float]] = []
    while len(found) < count:
        if chance.random() < 2 / 3:
            place = chance.choice(places)
            point = (place.longitude + chance.gauss(0, 0.03), place.latitude + chance.gauss(0, 0.03))
        else:
            point = (chance.uniform(west, east), chance.uniform(south, north))
        if in_yichun(*point):
            found.append((round(point[0], 6), round(point[1], 6)))
    return found


def documents(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Facilities as they are stored."""
    chance = random.Random(seed)
    tokens = list(catalogue().categories)
    spelt: dict[str, dict[str, str]] = {}
    found = []
    for number, (longitude, latitude) in enumerate(points(count, seed)):
        district = district_of(longitude, latitude) or ""
        township = township_of(longitude, latitude, district)
        place = catalogue().place(township)
        token = chance.choice(tokens)
        name = f"{place.name_zh if place else ''}{catalogue().categories[token].label_zh}{number % 97}"
        if name not in spelt:
            spelt[name] = dict(zip(("pinyin", "initials"), spell(name), strict=True))
        found.append({
            "_id": facility_id("bench", str(number)), "external_id": str(number), "source": "bench", "name": name,
            "category": token, "longitude": longitude, "latitude": latitude, "given_longitude": longitude,
            "given_latitude": latitude, "datum": "wgs84", "district_code": district, "township_id": township,
            "address": f"{place.name_zh if place else ''} {number}", "phone": f"0795-{number % 10_000_000:07d}",
            "opening_hours": chance.choice(HOURS), "inclusive": chance.random() < 0.5, "status": "open",
            "search_terms": spelt[name], "version": 1, "created_at": STAMP, "updated_at": STAMP,
            "changed_at": STAMP,
        })  # fmt: skip
    return found


def columns(count: int, seed: int = 1) -> Columns:
    """An index's columns without documents, spread evenly over the city's bounds."""
    chance = np.random.default_rng(seed)
    west, south, east, north = areas().city.bounds
    ids = np.array([f"{number:026d}".encode() for number in range(count)], dtype=f"S{ID_BYTES}")
    return Columns(
        ids, chance.uniform(west, east, count), chance.uniform(south, north, count),
        chance.integers(0, len(catalogue().categories), count).astype(np.uint8),
        chance.integers(-1, len(HOURS), count).astype(np.int32), chance.integers(0, 10, count).astype(np.uint8),
        chance.integers(0, 16, count).astype(np.uint8), np.ones(count, np.int32),
    )  # fmt: skip


def paths(count: int = 3000, seed: int = 5) -> list[str]:
    """Questions over HTTP: the nearest twenty around points of the city."""
    return [f"/api/v1/facilities?lat={lat}&lng={lng}" for lng, lat in points(count, seed)]
