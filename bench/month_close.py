"""Closing a month of visits: everybody counted with the evidence, every township, county and the city frozen.

    python -m bench.month_close [PEOPLE]

PEOPLE (default 50,000, of whom the goal speaks; 5,000 is a quick look): nine in ten were seen in the month, some twice,
and each was visited in another month. Baseline of the same run: closing the month of a tenth of them. Must reach
(assumption): 50,000 people ≤ 60 s of CPU and ≤ 300 MB, ten times the people ≤ 12 ×, and no command over 2 s, for the
driver waits 10 s at most. Counting it again with nothing new, as the nightly job does, is shown beside it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import monitoring

from bench.common import Commands, Load, embedded_server, figure
from config.loading import Place, catalogue
from config.settings import DEVELOPMENT_DEFAULTS
from models.eldercare.documents import Elder, Visit
from models.eldercare.month_closing import close_month, closes_at
from models.eldercare.month_queries import Area, month_rate
from models.kernel.clock import day_of, month_bounds
from models.kernel.database import collection, connect, disconnect, sync_indexes
from models.kernel.encryption import install_keyring

PEOPLE, TENTH = 50_000, 10
MONTH, MADE = "2026-10", datetime(2026, 1, 1, tzinfo=UTC)
SEEN_OF_TEN, TWICE_OF_TEN = 9, 2
BATCH = 200  # with ten indexes to write, and a driver that waits ten seconds
SECONDS_MOST, MEGABYTES_MOST, GROWTH_MOST, COMMAND_SECONDS_MOST = 60.0, 300.0, 12.0, 2.0
COMMANDS = Commands()


def main(people: int) -> int:
    """Print the figures; returns how many were missed."""
    monitoring.register(COMMANDS)
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    small, _ = closed(people // TENTH)
    seconds, slowest = closed(people)
    here = Load().megabytes()
    growth = seconds / small
    met = [seconds <= SECONDS_MOST, growth <= GROWTH_MOST, slowest <= COMMAND_SECONDS_MOST, here <= MEGABYTES_MOST]
    figure(f"closing a month of {people:,} people, CPU of both", f"{seconds:.1f} s", f"≤ {SECONDS_MOST:.0f} s", met[0])
    figure("  against a tenth of them", f"× {growth:.1f}", f"≤ × {GROWTH_MOST:.0f}", met[1])
    figure("  slowest command", f"{slowest:.2f} s", f"≤ {COMMAND_SECONDS_MOST:.0f} s", met[2])
    figure("  memory at most", f"{here:,.0f} MB", f"≤ {MEGABYTES_MOST:.0f} MB", met[3])
    return met.count(False)


def closed(people: int) -> tuple[float, float]:
    """CPU seconds of closing the month on a database of its own, and its slowest command's seconds."""
    at = closes_at(MONTH)
    with embedded_server() as (uri, server):
        connect(uri)
        sync_indexes()
        _store(people)
        COMMANDS.begin()
        seconds = [_cpu_seconds(server, f"{people:,} people: {what}", at) for what in ("closed", "counted again")]
        rate = month_rate(MONTH, at, Area())
        seen = people * SEEN_OF_TEN // 10
        if (rate.numerator, rate.denominator) != (seen, people):
            raise SystemExit(f"{seen} of {people} became {rate.numerator} of {rate.denominator}")
        slowest = COMMANDS.slowest
        disconnect()
    return seconds[0], slowest


def _cpu_seconds(server: Load, what: str, at: datetime) -> float:
    here, there, began = Load().seconds(), server.seconds(), time.perf_counter()
    close_month(MONTH, at)
    mine, its = Load().seconds() - here, server.seconds() - there
    figure(f"  {what}", f"{time.perf_counter() - began:.1f} s", f"CPU {mine:.1f} + {its:.1f} s")
    return mine + its


def _store(people: int) -> None:
    places = catalogue().places
    for record, documents in (
        (Elder, (_elder(number, places[number % len(places)]) for number in range(people))),
        (Visit, (each for number in range(people) for each in _visits(number, places[number % len(places)]))),
    ):
        batch: list[dict[str, Any]] = []
        for each in documents:
            batch.append(each)
            if len(batch) == BATCH:
                collection(record).insert_many(batch)
                batch = []
        if batch:
            collection(record).insert_many(batch)


def _visits(number: int, place: Place) -> Iterator[dict[str, Any]]:
    """One in the month for nine people in ten, a second for some, and one in another month for each."""
    if number % 10 < SEEN_OF_TEN:
        yield _visit(number, place, f"V{number}", number)
    if number % 10 < TWICE_OF_TEN:
        yield _visit(number, place, f"W{number}", number + 7)
    yield _visit(number, place, f"X{number}", -1 - number % 200)


def _visit(number: int, place: Place, visit_id: str, days: int) -> dict[str, Any]:
    first = month_bounds(MONTH)[0]
    at = first + timedelta(days=days % 31 if days >= 0 else days, hours=2, seconds=number % 3600)
    return {
        "_id": visit_id, "version": 1, "created_at": at, "updated_at": at, "state": "completed",
        "elder_id": f"E{number:025d}", "district_code": place.district_code, "township_id": place.id,
        "visitor_id": f"visitor {place.id}", "starts_at": at, "day": day_of(at).isoformat(), "outcome": "seen_well",
        "found_at": at, "seen_at": at, "completed_at": at, "outbox": [], "outbox_waiting": False, "owed": [],
    }  # fmt: skip


def _elder(number: int, place: Place) -> dict[str, Any]:
    return {
        "_id": f"E{number:025d}", "version": 1, "created_at": MADE, "updated_at": MADE, "state": "active",
        "id_number_index": f"index {number}", "district_code": place.district_code, "township_id": place.id,
        "community": f"c{number % 7}", "categories": ["very_old"], "risk_level": "ordinary", "places": [],
        "periods": [{"from": "2026-01-01", "until": None, "reason": None}], "seen_months": [], "outbox": [],
        "outbox_waiting": False, "owed": [],
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(*[int(each) for each in sys.argv[1:2]] or [PEOPLE]))
