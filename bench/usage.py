"""Counting uses: what it adds to a nearby request, what a roll-up costs, and what a month's observation reads.

    python -m bench.usage [EVENTS]

EVENTS (default 1,000,000, of which the goals speak) lie behind in the end, in steps of ten. Baselines of the same run:
the nearby request without counting, reading the same events hour by hour, and the same roll-up of as many new events
behind which fewer lie. Must reach: appending ≤ 5% of a nearby request; a million events ≤ 60 s and ≤ 300 MB; a new
event costs the same (≤ 2×) behind a hundred times as many; a month's observation and push read as many documents.
No command of a roll-up or of letting go may last seconds, for the driver waits 10 s at most.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from multiprocessing import get_context
from typing import Any

from pymongo import monitoring

from bench.common import Commands, Load, embedded_server, figure
from config.loading import Place, catalogue, rule
from config.settings import DEVELOPMENT_DEFAULTS
from models.indicators import usage
from models.indicators.documents import Observation, UsageDay, UsageEvent, UsageSlot
from models.indicators.observations import observe
from models.indicators.open_tables import OpenTable
from models.indicators.rollups import forget_raw, rebuild, roll_up, uses
from models.kernel import outbox
from models.kernel.database import collection, connect, sync_indexes
from models.kernel.encryption import install_keyring
from models.kernel.outbox import Handler, OutboxMessage, Receipt

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 31, 12, 30, tzinfo=UTC)
HOURS_BACK = 24 * 20
CALLS, REQUESTS = 200_000, 3_000
FACILITIES = 2_000
EVENTS = 1_000_000
STEP = 10
NEW_EVENTS = 10_000
BATCH = 500
FORGOTTEN_DAYS = 2
MEASURES = ("facility_search", "facility_view", "training_completed", "cultural_facility_use")
MOST_OF_A_REQUEST = 0.05
ROLL_UP_SECONDS_MOST = 60.0
MEGABYTES_MOST = 300.0
COMMAND_SECONDS_MOST = 2.0
# The embedded server shares its two cores with whatever else runs: twice is still "constant" over a hundredfold.
GROWTH_MOST = 2.0
COMMANDS = Commands()


def main(events: int) -> int:
    """Print the figures; returns how many were missed."""
    monitoring.register(COMMANDS)
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    with embedded_server() as (uri, server), get_context("spawn").Pool(1) as apart:
        connect(uri)
        sync_indexes()
        # In a process of its own: the web application is no part of what a roll-up needs.
        added, request = apart.apply(_appending, (uri,))
        met = [added <= MOST_OF_A_REQUEST * request]
        figure("appending a use, of a nearby request", f"{added / request:.2%}", f"≤ {MOST_OF_A_REQUEST:.0%}", met[0])
        figure("  in microseconds", f"{added:.2f} of {request:,.0f}")
        met += [*_rolling_up(events, server), _letting_go(server)]
        here = Load().megabytes()
        met.append(here <= MEGABYTES_MOST)
        figure("memory of the counting process at most", f"{here:,.0f} MB", f"≤ {MEGABYTES_MOST:.0f} MB", met[-1])
        figure("  of the embedded server", f"{server.megabytes():,.0f} MB")
    return met.count(False)


def _appending(uri: str) -> tuple[float, float]:
    """Microseconds that counting one use adds, and those of a nearby request that counts one."""
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
    for record in (UsageEvent, UsageSlot, UsageDay):
        collection(record).delete_many({})
    return added, request


def _request_microseconds(uri: str) -> float:
    from werkzeug.test import Client

    from bench.facility_data import documents, paths
    from config.settings import Settings
    from models.facilities.directory import directory
    from models.facilities.documents import Facility
    from wsgi import compose

    connect(uri)
    collection(Facility).insert_many(documents(FACILITIES))
    client = Client(compose(Settings(mongodb_uri=uri, rate_limit_scale=1_000_000, log_level="ERROR")))
    directory().refresh()
    took = []
    for path in paths(REQUESTS):
        started = time.perf_counter()
        client.get(path)
        took.append(time.perf_counter() - started)
    return sorted(took)[len(took) // 2] * 1e6


def _rolling_up(events: int, server: Load) -> list[bool]:
    """Whether the whole roll-up, the cost of new events, a month's reads and the slowest command are as they must."""
    steps = sorted({max(events // STEP**power, NEW_EVENTS) for power in range(3)})
    stored, costs, reads, whole, slowest = 0, [], [], Cost(), 0.0
    for number, size in enumerate(steps):
        filling = _cost(lambda first=stored, size=size: _insert(range(first, size), OCTOBER, HOURS_BACK), server)
        COMMANDS.begin()
        whole += _cost(lambda: roll_up(OCTOBER), server)
        stored, slowest = size, max(slowest, COMMANDS.slowest)
        later = NOW + timedelta(hours=6 * number)
        first = STEP * events + number * NEW_EVENTS
        _insert(range(first, first + NEW_EVENTS), later, hours=1)
        COMMANDS.begin()
        costs.append(_cost(lambda at=later: roll_up(at), server))
        slowest = max(slowest, COMMANDS.slowest)
        reads.append(_month_reads(later))
        figure(f"{size:,} events behind: a new event", f"{costs[-1].each(NEW_EVENTS)}")
        figure("  a month's observation and push read", f"{reads[-1]:,} documents")
        figure("  written in", f"{filling}")
    counted, expected = sum(use.count for use in uses("2026-10-01", "2026-11-30")), events + NEW_EVENTS * len(steps)
    if counted != expected:
        raise SystemExit(f"{expected} events became {counted} uses")
    reading = _cost(_read_all, server)
    again = _cost(lambda: rebuild(OCTOBER), server)
    growth = costs[-1].cpu / costs[0].cpu
    met = [whole.seconds <= ROLL_UP_SECONDS_MOST, growth <= GROWTH_MOST, len(set(reads[-2:])) == 1,
           slowest <= COMMAND_SECONDS_MOST]  # fmt: skip
    figure(f"roll-up of {events:,} events", f"{whole}", f"≤ {ROLL_UP_SECONDS_MOST:.0f} s", met[0])
    figure("  of reading them hour by hour", f"× {whole.seconds / reading.seconds:.2f}")
    figure("  counting every hour again (rebuild)", f"{again}")
    figure(f"a new event behind {steps[-1] // steps[0]} × the events, by CPU", f"× {growth:.2f}", f"≤ × {GROWTH_MOST}",
           met[1])  # fmt: skip
    figure(
        "documents read for a month, behind ten times as many", f"{reads[-2]:,} and {reads[-1]:,}", "the same", met[2]
    )
    figure("slowest command of the roll-ups", f"{slowest:.2f} s", f"≤ {COMMAND_SECONDS_MOST} s", met[3])
    return met


def _letting_go(server: Load) -> bool:
    """Let go of the raw events of the first days."""
    first = OCTOBER - timedelta(hours=HOURS_BACK)
    at = first + timedelta(days=rule("indicators.usage_raw_days") + FORGOTTEN_DAYS)
    COMMANDS.begin()
    gone: list[int] = []
    cost = _cost(lambda: gone.append(forget_raw(at)), server)
    met = COMMANDS.slowest <= COMMAND_SECONDS_MOST
    figure(f"letting go of {gone[0]:,} raw events", f"{cost}")
    figure("  each", cost.each(max(gone[0], 1)))
    figure("  slowest command", f"{COMMANDS.slowest:.2f} s", f"≤ {COMMAND_SECONDS_MOST} s", met)
    return met


def _read_all() -> None:
    slots = [each["_id"] for each in collection(UsageSlot).find({}, {"_id": 1})]
    for slot in slots:
        for _ in collection(UsageEvent).find({"slot": slot}, {"count": 1}):
            pass


def _month_reads(at: datetime) -> int:
    """Documents read by observing October for the first time and pushing it."""
    for record in (Observation, OpenTable, OutboxMessage):
        collection(record).delete_many({})
    COMMANDS.begin()
    observe("2026-10", at)
    outbox.relay(at)
    outbox.deliver(at, {"indicator_push": Handler(lambda payload, key: Receipt("delivered"), idempotent=True)})
    return COMMANDS.documents


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


class Cost:
    """Seconds of the clock, and CPU seconds of this process and of the server."""

    def __init__(self, seconds: float = 0.0, here: float = 0.0, there: float = 0.0) -> None:
        self.seconds, self.here, self.there = seconds, here, there

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, self.here + other.here, self.there + other.there)

    @property
    def cpu(self) -> float:
        """CPU seconds of both."""
        return self.here + self.there

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s (CPU {self.here:.1f} + {self.there:.1f} s)"

    def each(self, count: int) -> str:
        """The same for one of so many."""
        return (
            f"{self.seconds / count * 1e6:.0f} µs (CPU {self.here / count * 1e6:.0f} + {self.there / count * 1e6:.0f})"
        )


def _cost(work: Callable[[], object], server: Load) -> Cost:
    here, started, here_before, there_before = Load(), time.perf_counter(), Load().seconds(), server.seconds()
    work()
    return Cost(time.perf_counter() - started, here.seconds() - here_before, server.seconds() - there_before)


if __name__ == "__main__":
    sys.exit(main(*[int(each) for each in sys.argv[1:2]] or [EVENTS]))
