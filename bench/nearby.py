"""`python -m bench.nearby`: nearby search against a bare Flask hello on the same server, and the index by itself.

Each ratio is between two figures of this run. Exit 1 when one misses what is required of it. The questions come from
3,000 places asked from again and again; the index is also measured on places never asked from before.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from geographiclib.geodesic import Geodesic  # type: ignore[import-untyped]
from pymongo import MongoClient

from bench.common import embedded_database, figure, percentile, serving
from bench.facility_data import columns, documents, paths, points
from bench.load import generator, p99_ms, rate
from models.facilities.geodesy import MILLIMETRES
from models.facilities.index import NearbyIndex

FACILITIES = 100_000
ROUNDS = 3
K = 20
SHARE_OF_HELLO, P99_MS, GROWTH, BUILD_SECONDS, BUILD_MB, GEODESIC_ERROR = 0.45, 15.0, 2.0, 3.0, 400.0, 0.001
BATCH = 2000
TIMED_QUESTIONS = 3000
# So few, and so far apart, that hardly two of them are neighbours.
FIRST_QUESTIONS = 500
# A tree with its columns is sometimes compared with all: fewer questions where that takes long.
CHECKED, CHECKED_OF_A_MILLION = 200, 40
MILLION = 1_000_000


class Results:
    """Prints each figure beside what is required of it, and remembers what missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def most(self, name: str, value: float, unit: str, limit: float) -> None:
        """The value may not exceed the limit."""
        self._note(name, f"{value:.4g} {unit}", f"≤ {limit:g}", value <= limit)

    def least(self, name: str, value: float, limit: float) -> None:
        """The ratio must reach the limit."""
        self._note(name, f"{value:.3f}", f"≥ {limit:g}", value >= limit)

    def _note(self, name: str, value: str, want: str, met: bool) -> None:
        figure(name, value, want, met)
        if not met:
            self.missed.append(name)


@contextmanager
def filled_database(count: int) -> Iterator[str]:
    """An embedded database with so many facilities; yields its URI."""
    with embedded_database() as uri:
        client: MongoClient[dict[str, object]] = MongoClient(uri)
        facilities = client.get_default_database()["facilities"]
        made = documents(count)
        for start in range(0, count, BATCH):
            facilities.insert_many(made[start : start + BATCH], ordered=False)
        client.close()
        yield uri


@contextmanager
def product(uri: str) -> Iterator[str]:
    """The product's web with all its middleware, its index loaded; yields its address."""
    with serving("wsgi:app", MONGODB_URI=uri, RATE_LIMIT_SCALE="1000000", LOG_LEVEL="INFO") as address:
        begun = time.perf_counter()
        connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
        connection.request("GET", paths(1)[0])
        said = connection.getresponse().read()
        if b'"items":[{' not in said:
            raise SystemExit(f"not a page of facilities: {said[:400]!r}")
        figure("first answer, the index loaded from the database", f"{time.perf_counter() - begun:.1f} s")
        yield address


def over_http(results: Results, uri: str, questions: list[str], costs: dict[int, tuple[float, float]]) -> None:
    """Requests a second as a share of hello's, alternating between the two; p99 at 200 a second; growth with size.

    The embedded database takes minutes to hold a million documents, so a request's cost at another size is the one
    measured here with the index's own difference, for places never asked from before.
    """
    with serving("bench.common:hello", factory=True) as hello, product(uri) as ours:
        rate(ours, questions, seconds=4)
        rate(hello, ["/"], seconds=2)
        rates = [(rate(hello, ["/"]), rate(ours, questions)) for _ in range(ROUNDS)]
        base, near = sorted(rates, key=lambda pair: pair[1] / pair[0])[ROUNDS // 2]
        figure("hello", f"{base:.0f} a second")
        figure(f"nearby, {K} of {FACILITIES}", f"{near:.0f} a second")
        results.least("nearby / hello", near / base, SHARE_OF_HELLO)
        request = {count: 1e6 / near + cost[0] - costs[FACILITIES][0] for count, cost in costs.items()}
        figure(f"a request, {MILLION} facilities, new place", f"{request[MILLION]:.0f} µs")
        results.most(f"a request, {MILLION} / 1000 facilities", request[MILLION] / request[1_000], "times", GROWTH)
        figure("hello, p99 at 200 a second", f"{p99_ms(hello, ['/']):.1f} ms")
        results.most("nearby, p99 at 200 a second", p99_ms(ours, questions), "ms", P99_MS)


def index_alone(results: Results) -> dict[int, tuple[float, float]]:
    """Cost by size, build time, memory, equality with comparing all, geodesic error. Returns microseconds by size."""
    costs: dict[int, tuple[float, float]] = {}
    for count in (1_000, 10_000, 100_000, MILLION):
        before = _megabytes()
        held = columns(count)
        begun = time.perf_counter()
        index = NearbyIndex(held)
        built, grown = time.perf_counter() - begun, _megabytes() - before
        costs[count] = _costs(index)
        figure(f"one question, {count} facilities: new place, known place", "{:.0f}, {:.0f} µs".format(*costs[count]))
        if count == MILLION:
            fresh, known = (costs[count][kind] / costs[1_000][kind] for kind in (0, 1))
            figure(f"the index alone, {MILLION} / 1000 facilities, new places", f"{fresh:.2f} times")
            results.most(f"the index alone, {MILLION} / 1000 facilities, known places", known, "times", GROWTH)
            results.most(f"index of {MILLION}: built in", built, "s", BUILD_SECONDS)
            results.most(f"index of {MILLION}: memory with its columns", grown, "MB", BUILD_MB)
        _check(results, index, CHECKED if count < MILLION else CHECKED_OF_A_MILLION)
    return costs


def _costs(index: NearbyIndex) -> tuple[float, float]:
    """Median microseconds of a question to an index never asked before, and from places asked from again."""
    asked = points(TIMED_QUESTIONS, seed=9)
    fresh = [_time(index, *point) for point in asked[:FIRST_QUESTIONS]]
    for point in asked * 2:
        index.nearest(*point, K)
    return percentile(fresh, 0.5), percentile([_time(index, *point) for point in asked], 0.5)


def _time(index: NearbyIndex, longitude: float, latitude: float) -> float:
    begun = time.perf_counter()
    index.nearest(longitude, latitude, K)
    return (time.perf_counter() - begun) * 1e6


def _megabytes() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("no VmRSS in /proc/self/status")


def _check(results: Results, index: NearbyIndex, questions: int) -> None:
    """The same twenty as comparing all, and their distances against an independent geodesic."""
    held = index.columns
    everything = np.arange(len(held))
    worst, unequal = 0.0, 0
    for longitude, latitude in points(questions, seed=11):
        found = index.nearest(longitude, latitude, K)
        far = index.rows_near(longitude, latitude, everything)
        unequal += not np.array_equal(found.rows, np.lexsort((everything, far))[:K])
        for row, said in zip(found.rows[:: K // 4], found.distances[:: K // 4], strict=True):
            true = Geodesic.WGS84.Inverse(latitude, longitude, held.latitude[row], held.longitude[row])["s12"]
            worst = max(worst, abs(said / MILLIMETRES - true) / max(true, 1.0))
    results.least(f"the same {K} as comparing all {len(held)}, share of questions", 1 - unequal / questions, 1.0)
    results.most("worst relative error against the geodesic", worst, "", GEODESIC_ERROR)


def main() -> int:
    """Run all of it, or with --index only the part that needs no server; returns 1 when something was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", action="store_true", help="only the index, no servers")
    options = parser.parse_args()
    results = Results()
    costs = index_alone(results)
    if not options.index:
        print(f"load: {generator()}")
        with filled_database(FACILITIES) as uri:
            over_http(results, uri, paths(), costs)
    return 1 if results.missed else 0


if __name__ == "__main__":
    sys.exit(main())
