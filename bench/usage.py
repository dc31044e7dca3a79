"""Counting uses: what it adds to a request, and how long a roll-up takes on the embedded database.

The baseline of the first figure is the same loop without counting; of the second, reading the same events.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle

from bench.common import embedded_database
from config.loading import Place, catalogue
from models.indicators import usage
from models.indicators.documents import UsageDay, UsageEvent, UsageSlot
from models.indicators.rollups import roll_up, uses
from models.kernel.database import collection, connect, sync_indexes

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
CALLS = 200_000
EVENTS = 100_000
BATCH = 5_000
MEASURES = ("facility_search", "facility_view", "conversation_message", "programme_view")
# What a nearby request costs in all its parts; the added cost is told against it.
REQUEST_MICROSECONDS = 1_000
MOST_OF_A_REQUEST = 0.05
ROLL_UP_SECONDS_MOST = 60


def main() -> int:
    """Print both figures; returns 1 where one is out of bounds."""
    with embedded_database() as uri:
        connect(uri)
        sync_indexes()
        added = _appending()
        seconds = _rolling_up()
    return int(added > MOST_OF_A_REQUEST * REQUEST_MICROSECONDS or seconds > ROLL_UP_SECONDS_MOST)


def _appending() -> float:
    """Microseconds that counting one use adds."""
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

    without, with_it = microseconds(bare), microseconds(counted)
    usage.flush()
    stored = collection(UsageEvent).count_documents({})
    added = with_it - without
    print(f"appending a use adds {added:.2f} µs to a bare call of {without:.2f} µs: "
          f"{added / REQUEST_MICROSECONDS:.4f} of a request of {REQUEST_MICROSECONDS} µs")  # fmt: skip
    print(f"{CALLS} uses became {stored} events")
    for record in (UsageEvent, UsageSlot, UsageDay):
        collection(record).delete_many({})
    return added


def _rolling_up() -> float:
    """Seconds of rolling up many events of two days, none of them added up in memory before."""
    places = catalogue().places
    for first in range(0, EVENTS, BATCH):
        usage.write_events([_event(n, places[n % len(places)]) for n in range(first, first + BATCH)])
    started = time.perf_counter()
    read = sum(each["count"] for each in collection(UsageEvent).find({}, {"count": 1}))
    reading = time.perf_counter() - started
    started = time.perf_counter()
    done = roll_up(NOW)
    seconds = time.perf_counter() - started
    counted = sum(use.count for use in uses("2026-11-01", "2026-11-30"))
    print(f"roll-up of {EVENTS} events: {seconds:.1f} s, {seconds / reading:.1f} × reading them ({reading:.1f} s); "
          f"{done['hours']} hours, {done['cells']} cells")  # fmt: skip
    if counted != read or counted != EVENTS:
        raise SystemExit(f"{EVENTS} events became {counted} uses")
    return seconds


def _event(number: int, place: Place) -> dict[str, object]:
    at = NOW - timedelta(hours=number % 48)
    return {
        "_id": f"bench-{number}", "version": 1, "created_at": at, "updated_at": at,
        "measure": MEASURES[number % len(MEASURES)], "slot": usage.slot_of(at),
        "district_code": place.district_code, "township_id": place.id,
        "count": 1, "expires_at": at + timedelta(days=35),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
