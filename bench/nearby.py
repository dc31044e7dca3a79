"""`python -m bench.nearby`: nearby search over HTTP against a bare Flask hello on the same server, and the index itself.

Each ratio is between two figures of this run. Exit 1 when one misses what is required of it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np
from geographiclib.geodesic import Geodesic
from pymongo import MongoClient

from bench.facility_data import columns, documents, paths, points
from bench.serving import closed_loop, embedded_database, generator, get, granian, paced, percentile
from models.facilities.geodesy import MILLIMETRES
from models.facilities.index import Columns, NearbyIndex

FACILITIES = 100_000
ROUNDS = 3
K = 20
REQUIRED = {"share_of_hello": 0.45, "p99_ms_at_200": 15.0, "growth": 2.0, "build_s": 3.0, "build_mb": 400.0,
            "geodesic_error": 0.001}  # fmt: skip
BATCH = 2000
TIMED_QUESTIONS = 3000


class Results:
    """Prints each figure beside what is required of it, and remembers what missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def show(self, name: str, value: float, required: str = "", *, least: bool = False, unit: str = "") -> None:
        """`required` names an entry of REQUIRED; `least`: the value must reach it, else stay below."""
        line = f"{name:<58} {value:>10.3f} {unit}"
        if required:
            limit = REQUIRED[required]
            good = value >= limit if least else value <= limit
            line += f"   required {'≥' if least else '≤'} {limit:g}: {'yes' if good else 'NO'}"
            if not good:
                self.missed.append(name)
        print(line, flush=True)


@contextmanager
def filled_database(count: int) -> Iterator[str]:
    """An embedded database with so many facilities; yields its URI."""
    with tempfile.TemporaryDirectory() as folder, embedded_database(Path(folder)) as uri:
        client: MongoClient[dict[str, object]] = MongoClient(uri)
        facilities = client["yixiang"]["facilities"]
        made = documents(count)
        for start in range(0, count, BATCH):
            facilities.insert_many(made[start : start + BATCH], ordered=False)
        client.close()
        yield uri


def over_http(results: Results, uri: str, questions: list[str]) -> None:
    """Requests a second as a share of hello's, alternating between the two; p99 at 200 a second."""
    environment = {"MONGODB_URI": uri, "RATE_LIMIT_SCALE": "1000000", "LOG_LEVEL": "INFO"}
    with granian("bench.hello:app") as hello, granian("wsgi:app", environment) as ours:
        begun = time.perf_counter()
        first = get(ours, questions[0])
        if b'"items":[{' not in first:
            raise SystemExit(f"not a page of facilities: {first[:400]!r}")
        print(f"first answer, index of {FACILITIES} loaded: {time.perf_counter() - begun:.1f} s")
        closed_loop(ours, questions, seconds=2)
        closed_loop(hello, ["/"], seconds=2)
        shares, rates = [], []
        for _ in range(ROUNDS):
            base = closed_loop(hello, ["/"])
            near = closed_loop(ours, questions)
            if base.errors or near.errors:
                raise SystemExit("requests were refused")
            shares.append(near.rate / base.rate)
            rates.append((base.rate, near.rate))
        middle = sorted(range(ROUNDS), key=lambda i: shares[i])[ROUNDS // 2]
        results.show("hello, requests a second", rates[middle][0])
        results.show(f"nearby k={K} of {FACILITIES}, requests a second", rates[middle][1])
        results.show("nearby / hello", shares[middle], "share_of_hello", least=True)
        slow, base_slow = paced(ours, questions, 200), paced(hello, ["/"], 200)
        results.show("hello p99 at 200 a second", percentile(base_slow, 0.99), unit="ms")
        results.show("nearby p99 at 200 a second", percentile(slow, 0.99), "p99_ms_at_200", unit="ms")


def index_alone(results: Results) -> None:
    """Cost by size, build time and memory, equality with comparing all, geodesic error."""
    costs = {}
    for count in (1_000, 10_000, 100_000, 1_000_000):
        held = columns(count)
        before = getrusage(RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        index = NearbyIndex(held)
        built = time.perf_counter() - begun
        costs[count] = _cost(index)
        results.show(f"one question, {count} facilities", costs[count] * 1e6, unit="µs")
        if count == 1_000_000:
            results.show("1,000,000 / 1,000", costs[count] / costs[1_000], "growth")
            results.show("index of 1,000,000 built", built, "build_s", unit="s")
            grown = (getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024 + _megabytes(held)
            results.show("index of 1,000,000, columns included", grown, "build_mb", unit="MB")
        _check(results, index, 200 if count <= 100_000 else 40)


def _cost(index: NearbyIndex) -> float:
    asked = points(TIMED_QUESTIONS, seed=9)
    for longitude, latitude in asked[:300]:
        index.nearest(longitude, latitude, K)
    times = []
    for longitude, latitude in asked:
        begun = time.perf_counter()
        index.nearest(longitude, latitude, K)
        times.append(time.perf_counter() - begun)
    return percentile(times, 0.5)


def _megabytes(held: Columns) -> float:
    return sum(getattr(held, name).nbytes for name in held.__dataclass_fields__) / 1024**2


def _check(results: Results, index: NearbyIndex, questions: int) -> None:
    """The same twenty as comparing all, and their distances against an independent geodesic."""
    held = index.columns
    worst, unequal = 0.0, 0
    for longitude, latitude in points(questions, seed=11):
        found = index.nearest(longitude, latitude, K)
        far = index.rows_near(longitude, latitude, np.arange(len(held)))
        unequal += not np.array_equal(found.rows, np.lexsort((np.arange(len(held)), far))[:K])
        for row, said in zip(found.rows[:: K // 4], found.distances[:: K // 4], strict=True):
            true = Geodesic.WGS84.Inverse(latitude, longitude, held.latitude[row], held.longitude[row])["s12"]
            worst = max(worst, abs(said / MILLIMETRES - true) / max(true, 1.0))
    if unequal:
        results.missed.append("the same as comparing all")
    print(f"{'the same 20 as comparing all':<58} {questions - unequal:>6}/{questions}")
    results.show("worst relative error against the geodesic", worst, "geodesic_error")


def main() -> None:
    """Run all of it, or with --index only the part that needs no server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", action="store_true", help="only the index, no servers")
    options = parser.parse_args()
    results = Results()
    index_alone(results)
    if not options.index:
        print(f"load: {generator()}; granian, one worker each, the same options")
        with filled_database(FACILITIES) as uri:
            over_http(results, uri, paths())
    if results.missed:
        print(json.dumps({"missed": results.missed}, ensure_ascii=False))
        sys.exit(1)


if __name__ == "__main__":
    main()
