"""The index follows the collection: new, changed, moved, closed and removed facilities, in every process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from models.facilities import queries
from models.facilities.directory import Directory, database_time, directory
from models.facilities.documents import Facility
from models.facilities.importing import facility_id, import_rows
from models.facilities.operations import close_facility, reopen_facility
from models.facilities.rows import DEFAULT_SOURCE, RawRow
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from tests.integration.facilities.conftest import CENTRE, row

Bring = Callable[[list[dict[str, Any]]], Any]


def names(clock: FixedClock) -> list[str]:
    found = queries.nearby(CENTRE[1], CENTRE[0], "wgs84", limit=100, at=clock.now())
    return [item["name"][5:] for item in found]


def test_a_change_is_seen_within_five_seconds_without_being_asked_for(bring: Bring, clock: FixedClock) -> None:
    bring([row("a")])
    assert names(clock) == ["a"]
    import_rows([RawRow(2, row("b"))], by=SYSTEM, at=clock.now(), name="x")
    end = time.monotonic() + 5
    while sorted(names(clock)) != ["a", "b"]:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_is_followed_equals_what_a_fresh_process_loads(bring: Bring, clock: FixedClock) -> None:
    bring([row(str(n), longitude=CENTRE[0] + n / 1000) for n in range(20)])
    bring([row("new", name="测试服务点新"), row("3", longitude=CENTRE[0] - 0.01), row("4", name="测试服务点改名"),
           row("5", opening_hours="24/7", inclusive="true"), row("6", category="museum")])  # fmt: skip
    close_facility(facility_id(DEFAULT_SOURCE, "7"), by=SYSTEM, at=clock.now())
    directory().refresh()
    followed, fresh = directory().snapshot(), Directory()
    loaded = fresh.snapshot()
    fresh.close()
    for name in ("ids", "longitude", "latitude", "category", "district", "flags", "version"):
        assert getattr(followed.columns, name).tolist() == getattr(loaded.columns, name).tolist(), name
    hours = [[snap.hours[n] if n >= 0 else None for n in snap.columns.hours.tolist()] for snap in (followed, loaded)]
    assert hours[0] == hours[1]
    assert followed.text.all_lines() == loaded.text.all_lines()
    assert len(loaded.columns) == 20
    reopen_facility(facility_id(DEFAULT_SOURCE, "7"), by=SYSTEM, at=clock.now())
    directory().refresh()
    assert len(directory().snapshot().columns) == 21


def test_requests_go_on_while_the_index_is_swapped(bring: Bring, clock: FixedClock) -> None:
    bring([row(str(n)) for n in range(50)])
    stop, faults, asked = threading.Event(), [], [0]

    def ask() -> None:
        while not stop.is_set():
            found = names(clock)
            asked[0] += 1
            if not 50 <= len(found) <= 60:
                faults.append(len(found))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(10):
        bring([row(f"more{number}")])
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults and asked[0] > 0
    assert len(names(clock)) == 60


def test_documents_removed_from_outside_leave_at_the_next_count(bring: Bring, clock: FixedClock) -> None:
    bring([row("a"), row("b")])
    collection(Facility).delete_one({"external_id": "a"})
    directory()._counted = 0
    directory().refresh()
    assert names(clock) == ["b"]


def test_cards_beyond_the_memory_are_read_again(bring: Bring, clock: FixedClock, monkeypatch: Any) -> None:
    bring([row(str(n), longitude=CENTRE[0] + n / 10_000) for n in range(30)])
    whole = queries.nearby(CENTRE[1], CENTRE[0], "gcj02", limit=30, at=clock.now())
    monkeypatch.setattr(directory().cards, "_most", 7)
    for _ in range(2):
        shown = queries.nearby(CENTRE[1], CENTRE[0], "gcj02", limit=7, at=clock.now())
        assert shown == whole[:7]
        queries.nearby(CENTRE[1], CENTRE[0] + 0.0025, "wgs84", limit=7, at=clock.now())


def test_two_imports_at_once_bring_each_facility_once(bring: Bring, clock: FixedClock) -> None:
    rows = [RawRow(n, row(str(n))) for n in range(300)]
    reports: list[Any] = []
    threads = [
        threading.Thread(target=lambda: reports.append(import_rows(rows, by=SYSTEM, at=clock.now(), name="x")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert collection(Facility).count_documents({}) == 300
    assert sum(report.accepted for report in reports) == 300
    assert all(report.read == 300 for report in reports)


def test_the_databases_clock_is_the_one_that_stamps(database: str, bring: Bring) -> None:
    before = database_time()
    bring([row("a")])
    raw = collection(Facility).find_one({})
    assert raw is not None and before <= raw["changed_at"] <= database_time()
