"""`python -m bench.reports [FACILITIES]`: the gap report and the yearly report over a full directory.

Gap report: 100,000 facilities on the embedded database and 2,500 villages, read, computed and frozen as page and paper.
Baseline: the nearest facility of every village and need found by comparing with all of them (numpy, no tree), over the
same points in the same run. Must reach: gap report ≤ 30 s, yearly report ≤ 20 s.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import numpy as np
from pymongo import MongoClient

from bench.common import embedded_database, figure, said
from bench.facility_data import documents, points
from config.indicators import indicators
from config.loading import catalogue
from config.settings import DEVELOPMENT_DEFAULTS
from models.facilities.circles import circles
from models.facilities.geodesy import space
from models.feedback import operations
from models.indicators.observations import observe
from models.kernel.actors import SYSTEM
from models.kernel.clock import day_of
from models.kernel.database import connect, disconnect, sync_indexes
from models.kernel.encryption import install_keyring
from models.kernel.ids import new_id
from models.people.documents import Resident
from models.reports import freezing
from models.reports.gaps import Places, open_places
from models.reports.inputs import service_gap_inputs, yearly_inputs
from models.reports.population import import_points

FACILITIES, VILLAGES, PIECES, BATCH = 100_000, 2_500, 300, 2_000
GAP_SECONDS, YEARLY_SECONDS = 30.0, 20.0
AT = datetime(2026, 11, 26, 2, tzinfo=UTC)
MONTHS = ("2026-08", "2026-09", "2026-10")


def main(facilities: int) -> int:
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    with embedded_database() as uri:
        connect(uri)
        sync_indexes()
        for month in MONTHS:
            observe(month, AT)  # over a directory that is still empty: what observing costs is not measured here
        _fill(uri, facilities)
        villages = points(VILLAGES, seed=9)
        rows = [f"{e},{n},{200 + number % 3000},bench" for number, (e, n) in enumerate(villages)]
        sheet = "\n".join(["longitude,latitude,people,source", *rows]).encode()
        import_points(sheet, "bench.csv", day_of(AT), "invented", by=SYSTEM, at=AT)
        (need,) = said("reports")
        for number in range(PIECES):
            place = catalogue().places[number % len(catalogue().places)]
            operations.submit_feedback(new_id(), "need", need, by=Resident.actor(new_id()), at=AT, township_id=place.id)
        missed = _measure(facilities, villages)
        disconnect()
    return missed


def _measure(facilities: int, villages: list[tuple[float, float]]) -> int:
    begun, busy = time.perf_counter(), time.process_time()
    places = open_places()
    read = time.perf_counter() - begun
    figure(f"directory of {facilities:,} read from the database", f"{read:.1f} s")
    figure("  of which this process computes", f"{time.process_time() - busy:.1f} s")
    begun = time.perf_counter()
    inputs = service_gap_inputs(AT)
    computed = time.perf_counter() - begun
    freezing.freeze(inputs, by=SYSTEM, at=AT)
    gap = time.perf_counter() - begun
    slow, needs = _baseline(places, villages)
    figure("  of which nearest, by tree / all compared, of all needs", f"{(computed - read) / (slow * needs):.3f}")
    figure(f"gap report, {facilities:,} facilities, {VILLAGES:,} villages", f"{gap:.1f} s", f"≤ {GAP_SECONDS:g} s",
           gap <= GAP_SECONDS)  # fmt: skip
    begun, busy = time.perf_counter(), time.process_time()
    freezing.freeze(yearly_inputs(2026, AT), by=SYSTEM, at=AT)
    yearly = time.perf_counter() - begun
    figure(f"yearly report, {len(indicators())} indicators, gaps included, page and paper", f"{yearly:.1f} s",
           f"≤ {YEARLY_SECONDS:g} s", yearly <= YEARLY_SECONDS)  # fmt: skip
    figure("  of which this process computes", f"{time.process_time() - busy:.1f} s")
    return int(gap > GAP_SECONDS) + int(yearly > YEARLY_SECONDS)


def _baseline(places: Places, villages: list[tuple[float, float]]) -> tuple[float, int]:
    """Seconds for one need without a tree, and how many needs there are."""
    degrees = np.array(villages)
    homes, some = space(degrees[:, 0], degrees[:, 1]), next(iter(places.by_category.values()))
    begun = time.perf_counter()
    for home in homes:
        float(np.sqrt(((some - home) ** 2).sum(axis=1)).min())
    return time.perf_counter() - begun, sum(len(circle.needs) for circle in circles())


def _fill(uri: str, count: int) -> None:
    client: MongoClient[dict[str, object]] = MongoClient(uri)
    made = documents(count)
    for start in range(0, count, BATCH):
        client.get_default_database()["facilities"].insert_many(made[start : start + BATCH], ordered=False)
    client.close()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FACILITIES))
