"""The plan's service circles around a point: what is within reach, and what is missing."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Any, Literal

from config.loading import CATALOGUE, CatalogueFault, Entry, catalogue, load_yaml, rule
from config.text import say
from models.facilities.areas import AreaKind, district_of, kind_of_area, own_point, township_of
from models.facilities.datum import Datum
from models.facilities.queries import Filters, Search, nearby_page
from models.kernel.errors import InvalidInput

CIRCLES = CATALOGUE / "service_circles.yaml"
Mode = Literal["walking", "riding"]


class Need(Entry):
    """Something a resident needs; any facility of these categories gives it."""

    token: str
    any_of: tuple[str, ...]


class Circle(Entry):
    """One circle of the plan: minutes and mode by kind of area, and its needs."""

    token: str
    source: str
    minutes: dict[AreaKind, int]
    mode: dict[AreaKind, Mode]
    needs: tuple[Need, ...]


class Circles(Entry):
    """All circles."""

    circles: tuple[Circle, ...]


@lru_cache(maxsize=1)
def circles() -> tuple[Circle, ...]:
    """The circles of the catalogue. Raises CatalogueFault."""
    found = load_yaml(CIRCLES, Circles).circles
    for circle in found:
        for need in circle.needs:
            for token in need.any_of:
                if token not in catalogue().categories:
                    raise CatalogueFault(f"{CIRCLES}:1: {circle.token}.{need.token}: no category {token}")
    return found


def service_circles(latitude: float, longitude: float, datum: Datum, at: datetime) -> dict[str, Any]:
    """What the plan promises around a point and what is there.

    Minutes turn into metres, straight, by the mode's speed; both are in the answer. Raises InvalidInput
    `outside_yichun`.
    """
    east, north = own_point(longitude, latitude, datum)
    kind = kind_of_area(east, north)
    district = district_of(east, north)
    if district is None:
        raise InvalidInput("outside_yichun")
    found = [_circle(circle, kind, (longitude, latitude), datum, at) for circle in circles()]
    return {
        "location": {"longitude": longitude, "latitude": latitude, "datum": datum},
        "area": {
            "kind": kind,
            "label": say(f"facilities.areas.{kind}"),
            "district_code": district,
            "township_id": township_of(east, north, district),
        },
        "circles": found,
        "missing": [
            {"circle": circle["token"], "need": need["token"], "label": need["label"]}
            for circle in found
            for need in circle["needs"]
            if need["missing"]
        ],
    }


def _circle(circle: Circle, kind: AreaKind, point: tuple[float, float], datum: Datum, at: datetime) -> dict[str, Any]:
    minutes, mode = circle.minutes[kind], circle.mode[kind]
    speed = rule(f"facilities.{mode}_metres_per_minute")
    reach = minutes * speed
    needs = [_need(need, reach, speed, point, datum, at) for need in circle.needs]
    return {
        "token": circle.token,
        "label": say(f"facilities.circles.{circle.token}"),
        "minutes": minutes,
        "mode": mode,
        "mode_label": say(f"facilities.modes.{mode}"),
        "metres_per_minute": speed,
        "reach_m": round(reach),
        "source": circle.source,
        "complete": not any(need["missing"] for need in needs),
        "needs": needs,
    }


def _need(
    need: Need, reach: float, speed: float, point: tuple[float, float], datum: Datum, at: datetime
) -> dict[str, Any]:
    """The nearest that meet a need: those within reach, and where there is none the nearest beyond."""
    search = Search(rule("facilities.circle_nearest"), datum, point, filters=Filters(categories=need.any_of))
    nearest = [{**item, "minutes": ceil(item["distance_m"] / speed)} for item in nearby_page(search, at)["items"]]
    within = [item for item in nearest if item["distance_m"] <= reach]
    return {
        "token": need.token,
        "label": say(f"facilities.needs.{need.token}"),
        "categories": list(need.any_of),
        "missing": not within,
        "within": within,
        "nearest_beyond": nearest[0] if nearest and not within else None,
    }
