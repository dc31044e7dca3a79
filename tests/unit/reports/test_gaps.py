"""The gap report against counting by hand: who is outside, and which new point closes most."""

from datetime import date

import numpy as np
import pytest

from config.loading import rule
from models.facilities.areas import kind_of_area
from models.facilities.circles import circles
from models.facilities.geodesy import distance_m, space
from models.reports.gaps import Places, gap_report
from models.reports.population import Point, Population

CENTRE = (114.9, 28.2)


@pytest.fixture(scope="module")
def homes() -> tuple[Point, ...]:
    spread = np.random.default_rng(6)
    found = zip(
        spread.uniform(-0.25, 0.25, 80), spread.uniform(-0.15, 0.15, 80), spread.integers(1, 900, 80), strict=True
    )
    return tuple(Point(CENTRE[0] + east, CENTRE[1] + north, int(people)) for east, north, people in found)


def report(homes: tuple[Point, ...], libraries: list[tuple[float, float]]) -> dict[str, dict[str, object]]:
    degrees = np.array(libraries).reshape(-1, 2)
    places = Places({"library": space(degrees[:, 0], degrees[:, 1])} if libraries else {}, len(libraries), "x")
    found = gap_report(Population("p", date(2026, 1, 1), "invented", ("test",), homes), places)
    return {need["need"]: need for need in found["needs"]}


def outside_by_hand(homes: tuple[Point, ...], libraries: list[tuple[float, float]]) -> set[int]:
    culture = next(circle for circle in circles() if circle.token == "culture")
    left = set()
    for number, home in enumerate(homes):
        kind = kind_of_area(home.longitude, home.latitude)
        reach = culture.minutes[kind] * rule(f"facilities.{culture.mode[kind]}_metres_per_minute")
        near = [distance_m(home.longitude, home.latitude, *place) for place in libraries]
        if min(near, default=float("inf")) > reach:
            left.add(number)
    return left


def test_people_outside_are_those_whom_a_ruler_finds(homes: tuple[Point, ...]) -> None:
    libraries = [(CENTRE[0] + 0.02, CENTRE[1]), (CENTRE[0] - 0.12, CENTRE[1] + 0.06)]
    need = report(homes, libraries)["culture"]
    left = outside_by_hand(homes, libraries)
    assert 0 < len(left) < len(homes)
    assert need["outside"] == sum(homes[number].people for number in left)
    townships = need["townships"]
    assert isinstance(townships, list)
    assert sum(each["outside"] for each in townships) == need["outside"]
    assert [each["outside"] for each in townships] == sorted((each["outside"] for each in townships), reverse=True)


def test_the_first_new_point_closes_at_least_as_much_as_any_other_home_would(homes: tuple[Point, ...]) -> None:
    libraries = [(CENTRE[0] + 0.02, CENTRE[1])]
    best = report(homes, libraries)["culture"]["best"]
    assert isinstance(best, list)
    left = outside_by_hand(homes, libraries)
    gains = []
    for home in homes:
        after = outside_by_hand(homes, [*libraries, (home.longitude, home.latitude)])
        gains.append(sum(homes[number].people for number in left - after))
    assert best[0]["closes"] == max(gains)
    # Built one after the other, the points close what they say together.
    built = [(each["longitude"], each["latitude"]) for each in best]
    closed = left - outside_by_hand(homes, [*libraries, *built])
    assert sum(homes[number].people for number in closed) == sum(each["closes"] for each in best)


def test_without_any_facility_everybody_is_outside_and_with_one_at_home_nobody(homes: tuple[Point, ...]) -> None:
    assert report(homes, [])["culture"]["outside"] == sum(home.people for home in homes)
    everywhere = [(home.longitude, home.latitude) for home in homes]
    need = report(homes, everywhere)["culture"]
    assert (need["outside"], need["townships"], need["best"]) == (0, [], [])
