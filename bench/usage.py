"""Counting uses: what it adds to a nearby request, what a roll-up costs, and what a month's observation reads.

Baselines of the same run: the nearby request without counting, reading the same events, and the same roll-up of as
many new events behind which fewer lie.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

from pymongo import monitoring
from werkzeug.test import Client

from bench.common import embedded_database
from bench.facility_data import documents, paths
from config.loading import Place, catalogue
from config.settings import Settings
from models.facilities.directory import directory
from models.facilities.documents import Facility
from models.indicators import usage
from models.indicators.documents import Observation, UsageDay, UsageEvent, UsageSlot
from models.indicators.observations import observe
from models.indicators.open_tables import OpenTable
from models.indicators.rollups import roll_up, uses
from models.kernel import outbox
from models.kernel.database import collection, connect, sync_indexes
from models.kernel.outbox import Handler, OutboxMessage, Receipt
from wsgi import compose

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 31, 12, 30, tzinfo=UTC)
CALLS, REQUESTS = 200_000, 3_000
FACILITIES = 2_000
STEPS = (10_000, 100_000, 1_000_000)
NEW_EVENTS = 10_000
BATCH = 1_000
MEASURES = ("facility_search", "facility_view", "training_completed", "cultural_facility_use")
MOST_OF_A_REQUEST = 0.05
ROLL_UP_SECONDS_MOST = 60
MEGABYTES_MOST = 300
# The embedded server shares its two cores with whatever else runs: twice is still "constant" over a hundredfold.
GROWTH_MOST = 2.0


class Reads(monitoring.CommandListener):
    """Counts the documents that the database answers with."""

    def __init__(self) -> None:
        self.documents = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Nothing to count yet."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count what a find, an aggregation or a further batch brought."""
        cursor = event.reply.get("cursor", {})
        self.documents += len(cursor.get("firstBatch", cursor.get("nextBatch", ())))

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Brought nothing."""


READS = Reads()


def main() -> int:
    """Print the figures; returns 1 where one is out of bounds."""
    monitoring.register(READS)
    with embedded_database() as uri:
        connect(uri)
        sync_indexes()
        share = _appending(uri)
        seconds, growth, read_alike = _rolling_up()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory of this process at most: {megabytes:.0f} MB")
    kept = seconds <= ROLL_UP_SECONDS_MOST and megabytes <= MEGABYTES_MOST and growth <= GROWTH_MOST
    return int(share > MOST_OF_A_REQUEST or not kept or not read_alike)


def _appending(uri: str) -> float:
    """The share of a nearby request that counting one use takes."""
    places = [(place.district_code, place.id) for place in catalogue().places]

    def bare(at: datetime, district_code: str, township_id: str) -> None:
        """What the loop costs without counting."""

    def counted(at: datetime, district_code: str, township_id: str) -> None:
        usage.record_use("facility_search", at, district_code, township_id)

    def microseconds(work: Callable[[datetime, str, str], None]) -> float:
        started = time.perf_counter()
        for _, (district_code, township_id) in zip(range(CALLS), cycle(places), strict=False):
            work(NOW, district_code, township_id)
        return (time.perf_counter() - started) / CALLS * 1e6

    request = _request_microseconds(uri)
    added = microseconds(counted) - microseconds(bare)
    usage.flush()
    print(f"appending a use adds {added:.2f} µs: {added / request:.4f} of a nearby request of {request:.0f} µs")
    _forget()
    return added / request


def _request_microseconds(uri: str) -> float:
    collection(Facility).insert_many(documents(FACILITIES))
    client = Client(compose(Settings(mongodb_uri=uri, rate_limit_scale=1_000_000)))
    directory().refresh()
    took = []
    for path in paths(REQUESTS):
        started = time.perf_counter()
        client.get(path)
        took.append(time.perf_counter() - started)
    return sorted(took)[len(took) // 2] * 1e6


def _rolling_up() -> tuple[float, float, bool]:
    """Seconds for a million events, growth of the cost of new ones, and whether a month's reads stayed the same."""
    stored, costs, reads, seconds = 0, [], [], 0.0
    for number, size in enumerate(STEPS):
        _insert(range(stored, size), OCTOBER, hours=24 * 20)
        seconds += _timed(lambda: roll_up(OCTOBER))
        stored = size
        later = NOW + timedelta(hours=6 * number)
        _insert(range(10 * STEPS[-1] + number * NEW_EVENTS, 10 * STEPS[-1] + (number + 1) * NEW_EVENTS), later, hours=1)
        costs.append(_timed(lambda at=later: roll_up(at)) / NEW_EVENTS * 1e6)
        reads.append(_month_reads(later))
        print(f"{size:>9} events behind: {costs[-1]:.1f} µs a new event; a month's observation and push read "
              f"{reads[-1]} documents")  # fmt: skip
    reading = _timed(lambda: sum(1 for _ in collection(UsageEvent).find({}, {"count": 1})))
    counted = sum(use.count for use in uses("2026-10-01", "2026-11-30"))
    expected = STEPS[-1] + NEW_EVENTS * len(STEPS)
    print(
        f"roll-up of {STEPS[-1]} events in {len(STEPS)} steps: {seconds:.1f} s, {seconds / reading:.1f} × reading them"
    )
    print(f"cost of a new event: {costs[-1] / costs[0]:.2f} × with {STEPS[-1] // STEPS[0]} × the events behind")
    if counted != expected:
        raise SystemExit(f"{expected} events became {counted} uses")
    return seconds, costs[-1] / costs[0], reads[-1] == reads[-2]


def _month_reads(at: datetime) -> int:
    """Documents read by observing October for the first time and pushing it."""
    for record in (Observation, OpenTable, OutboxMessage):
        collection(record).delete_many({})
    before = READS.documents
    observe("2026-10", at)
    outbox.relay(at)
    outbox.deliver(at, {"indicator_push": Handler(lambda payload, key: Receipt("delivered"), idempotent=True)})
    return READS.documents - before


def _insert(numbers: range, at: datetime, hours: int) -> None:
    """So many events of the `hours` before `at`, in the order of their times, as processes write them."""
    places = catalogue().places
    for first in range(numbers.start, numbers.stop, BATCH):
        batch = range(first, min(first + BATCH, numbers.stop))
        back = [timedelta(hours=(numbers.stop - 1 - number) * hours // len(numbers)) for number in batch]
        usage.write_events([_event(n, places[n % len(places)], at - each) for n, each in zip(batch, back, strict=True)])


def _event(number: int, place: Place, at: datetime) -> dict[str, Any]:
    return {
        "_id": f"bench-{number}", "version": 1, "created_at": at, "updated_at": at,
        "measure": MEASURES[number % len(MEASURES)], "slot": usage.slot_of(at),
        "district_code": place.district_code, "township_id": place.id,
        "count": 1,
    }  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _forget() -> None:
    for record in (UsageEvent, UsageSlot, UsageDay):
        collection(record).delete_many({})


if __name__ == "__main__":
    sys.exit(main())
