"""The index answers as comparing every facility would, whatever is asked."""

from __future__ import annotations

import random

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from models.facilities.geodesy import distance_m, millimetres, radius_at, space, space_point
from models.facilities.index import ID_BYTES, Columns, Found, NearbyIndex


def made(count: int, seed: int, together: int = 0) -> NearbyIndex:
    """An index of made-up rows; the first `together` share one point."""
    chance = np.random.default_rng(seed)
    longitude, latitude = chance.uniform(114, 116, count), chance.uniform(27.6, 29, count)
    longitude[:together], latitude[:together] = 114.4, 27.8
    ids = np.array([f"{n:026d}".encode() for n in range(count)], dtype=f"S{ID_BYTES}")
    return NearbyIndex(Columns(
        ids, longitude, latitude, chance.integers(0, 5, count).astype(np.uint8),
        chance.integers(-1, 4, count).astype(np.int32), chance.integers(0, 3, count).astype(np.uint8),
        chance.integers(0, 16, count).astype(np.uint8), np.ones(count, np.int32),
    ))  # fmt: skip


INDEXES = {(count, together): made(count, count, together) for count, together in
           [(0, 0), (1, 0), (7, 3), (400, 0), (400, 90), (5000, 60)]}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    which=st.sampled_from(sorted(INDEXES)), point=st.sampled_from([(114.4, 27.8), (114.9, 28.3), (115.99, 28.99)]),
    limit=st.integers(1, 60), categories=st.none() | st.lists(st.integers(0, 6), min_size=1, max_size=3),
    radius=st.none() | st.integers(0, 200_000_000), flag=st.sampled_from([0, 1, 2, 8, 15]),
)  # fmt: skip
def test_every_page_is_that_of_comparing_all(
    which: tuple[int, int], point: tuple[float, float], limit: int, categories: list[int] | None,
    radius: int | None, flag: int,
) -> None:  # fmt: skip
    index = INDEXES[which]
    columns = index.columns
    far = millimetres(space(columns.longitude, columns.latitude), space_point(*point), radius_at(point[1]))
    wanted = (columns.flags & flag) == flag
    if categories is not None:
        wanted &= np.isin(columns.category, categories)
    if radius is not None:
        wanted &= far <= radius
    truth = [(int(far[row]), int(row)) for row in np.flatnonzero(wanted)]
    truth.sort()
    accept = (lambda rows: (columns.flags[rows] & flag) == flag) if flag else None
    got: list[tuple[int, int]] = []
    after, found = None, None
    for _ in range(4):
        found = index.nearest(
            *point, limit, categories=categories, radius_mm=radius, accept=accept, after=after, seen=len(got)
        )
        got += list(zip(found.distances, found.rows, strict=True))
        if not found.more:
            break
        after = (got[-1][0], bytes(columns.ids[got[-1][1]]))
    assert isinstance(found, Found)
    assert got == truth[: len(got)]
    assert found.more == (len(truth) > len(got))


def test_places_asked_from_again_and_again_get_the_same_answers() -> None:
    chance = random.Random(4)
    index = INDEXES[(5000, 60)]
    columns = index.columns
    everything = np.arange(len(columns))
    for _ in range(600):
        here = 114.4 + chance.uniform(-0.03, 0.03), 27.8 + chance.uniform(-0.03, 0.03)
        found = index.nearest(*here, 20)
        truth = np.lexsort((everything, index.rows_near(*here, everything)))[:20]
        assert found.rows == truth.tolist() and found.more


def test_distances_are_geodesics() -> None:
    chance = random.Random(3)
    for _ in range(300):
        here = chance.uniform(113.9, 116.1), chance.uniform(27.5, 29.1)
        there = here[0] + chance.gauss(0, 0.2), here[1] + chance.gauss(0, 0.2)
        true = Geodesic.WGS84.Inverse(here[1], here[0], there[1], there[0])["s12"]
        assert distance_m(*here, *there) == pytest.approx(true, rel=2e-5, abs=0.002)


def test_with_other_details_the_trees_are_shared() -> None:
    index = INDEXES[(400, 0)]
    rows = np.array([3, 5])
    changed = index.columns.replace(
        rows, Columns(*(getattr(index.columns, n)[rows] for n in index.columns.__dataclass_fields__))
    )
    other = index.with_columns(changed)
    assert other.columns is changed and other.nearest(114.4, 27.8, 5).rows == index.nearest(114.4, 27.8, 5).rows
