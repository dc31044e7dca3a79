"""My position in a waiting list of 1,000 and of 100,000, on the embedded database with durable writes.

Baseline of the same run: reading one document by its id. For comparison: counting those ahead.
Must reach: ≤ 10 ms at 100,000, and not growing with the list.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from bench.common import figure, free_port, running
from config.settings import DEVELOPMENT_DEFAULTS, embedded_uri
from models.housing import queries, waiting_list
from models.housing.documents import WaitingDirectory, WaitingEntry, WaitingLeaf
from models.housing.ordering import list_key
from models.housing.waiting_list import Place, entry_id
from models.kernel.actors import SYSTEM
from models.kernel.database import collection, connect, disconnect, sync_indexes
from models.kernel.encryption import install_keyring

SIZES = {"360902": 1_000, "360921": 100_000}
MOST_MS = 10.0
MOST_GROWTH = 2.0
LOOKS = 300
AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
LEVELS = ("complete", "severe", "moderate", "mild", "able")


def main() -> int:
    """Prints the figures; returns how many were missed."""
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    with tempfile.TemporaryDirectory() as folder:
        # Filled without waiting for the disk at each write; measured as it runs in production.
        with database(folder):
            sync_indexes()
            for district, size in SIZES.items():
                take_over(district, size)
        with database(folder, "--sync-on-commit"):
            ms = measured()
            for district, size in SIZES.items():
                compared(district, size, ms[size])
            small, large = (ms[size] for size in sorted(ms))
            missed = [large <= MOST_MS, large / small <= MOST_GROWTH]
            figure("my position in 100,000", f"{large:.2f} ms", f"≤ {MOST_MS:.0f} ms", missed[0])
            figure("  against a list of 1,000", f"× {large / small:.2f}", f"≤ {MOST_GROWTH}", missed[1])
            changes()
    return missed.count(False)


@contextlib.contextmanager
def database(folder: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The embedded database over a folder, connected; gives its process."""
    port = free_port()
    command = ["secantusd-py", "--port", str(port), "--storage-path", folder, "--log-level", "ERROR", *options]
    with running(*command, ready=lambda: listens(port)) as process:
        connect(embedded_uri(port, "bench"))
        yield process
        disconnect()


def listens(port: int) -> bool:
    """Whether somebody answers on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def take_over(district: str, size: int) -> None:
    """Lay down a list."""
    begun = time.perf_counter()
    waiting_list.take_over("elder_home_admission", district, None, entries(district, size), by=SYSTEM, at=AT)
    figure(f"list of {size:,} taken over", f"{time.perf_counter() - begun:.1f} s")


def measured() -> dict[int, float]:
    """Median milliseconds of a position by size of the list, both asked in turn; prints them with their baseline."""
    chance = random.Random(7)
    looks = {size: [application(chance.randrange(size)) for _ in range(LOOKS)] for size in SIZES.values()}
    reads: dict[int, list[float]] = {size: [] for size in looks}
    found: dict[int, list[float]] = {size: [] for size in looks}
    for number in range(LOOKS):
        for district, size in SIZES.items():
            key, mine = list_key("elder_home_admission", district), looks[size][number]
            reads[size].append(milliseconds(read_entry, key, mine))
            found[size].append(milliseconds(queries.position, key, mine))
    for size in looks:
        read, position = statistics.median(reads[size]), statistics.median(found[size])
        figure(f"one document by id in {size:,} (baseline)", f"{read:.2f} ms")
        figure(f"my position in {size:,}", f"{position:.2f} ms", f"× {position / read:.1f} of the baseline")
    return {size: statistics.median(taken) for size, taken in found.items()}


def compared(district: str, size: int, position: float) -> None:
    """What is examined, and what counting would take."""
    key = list_key("elder_home_admission", district)
    leaves = collection(WaitingLeaf).count_documents({"list_key": key})
    directory = collection(WaitingDirectory).count_documents({"_id": key})
    figure(f"  keys examined in {size:,}: entry, directory, one leaf", str(2 + directory), f"of {leaves:,} leaves")
    entry = collection(WaitingEntry).find_one({"_id": entry_id(key, application(size // 2 + 2))}) or {}
    ahead = {"list_key": key, "state": "waiting", "full_key": {"$lt": entry["full_key"]}}
    counted = milliseconds(collection(WaitingEntry).count_documents, ahead)
    figure("  counting those ahead instead", f"{counted:,.0f} ms", f"× {counted / position:,.0f} of the stored counts")


def changes() -> None:
    """What a join and an end cost at 100,000, durable."""
    district = max(SIZES, key=SIZES.__getitem__)
    values = {"care_level": "severe", "applied_on": "2026-11-01"}
    places = [Place("elder_home_admission", application(10**7 + n), district) for n in range(40)]
    join = median_ms(lambda n: waiting_list.join(places[n], values, reason="approved", by=SYSTEM, at=AT), 40)
    end = median_ms(lambda n: waiting_list.act(places[n].entry_id, "end", reason="withdrawn", by=SYSTEM, at=AT), 40)
    figure("one joins · one leaves a list of 100,000", f"{join:.1f} · {end:.1f} ms")


def application(number: int) -> str:
    return "A" + hashlib.sha256(str(number).encode()).hexdigest()[:25].upper()


def entries(district: str, size: int) -> Iterator[tuple[Place, dict[str, str]]]:
    """A list as it may be: five levels, three years of days."""
    for number in range(size):
        day = date(2023, 11, 1) + timedelta(days=number % 1000)
        values = {"care_level": LEVELS[number % 5], "applied_on": day.isoformat()}
        yield Place("elder_home_admission", application(number), district), values


def median_ms(work: Callable[[int], object], times: int) -> float:
    """The median of so many calls, milliseconds."""
    return statistics.median([milliseconds(work, number) for number in range(times)])


def read_entry(key: str, mine: str) -> object:
    """The baseline."""
    return collection(WaitingEntry).find_one({"_id": entry_id(key, mine)})


def milliseconds(work: Callable[..., object], *given: object) -> float:
    """What one call took."""
    begun = time.perf_counter()
    work(*given)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    sys.exit(main())
