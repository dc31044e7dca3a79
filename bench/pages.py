"""Every page of the console and every public page over a year of a city's data, on the embedded database, durable.

    python -m bench.pages [SHARE [FOLDER [PATTERN]]]

SHARE: of 100,000 applications, 50,000 register entries and 600,000 visits and all that goes with them (`pages_town`);
0.02 by default, for a quick look, 1 for the goal. FOLDER: keeps the filled database, and uses it where it is filled.
PATTERN: only addresses in which it is found (a regular expression).
Each page is asked through the product's WSGI app, per role that may see it, with parameters from the database.
Baseline of the same run: a public page of words alone, which asks the database nothing.
Must reach: the median of a page's server time ≤ 100 ms, its first load (HTML and its assets) ≤ 300 KB.
On a machine with other work the time says little: `cpu` beside it is what product and database computed for the page.
Of each page the role and question that took longest are shown.

Measured is what the server needs from the request to the last byte of its answer: session, access, every question to
the database (durable: an audited look is on the disk before its page is given), rendering. Not measured: the network,
the browser, several people at once, jobs at work beside it. Each page is asked once before (its template is compiled)
and three times for the figure; `commands`, documents `read` (examined) and `given` are those of one look.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pymongo import monitoring

from api.console.blueprint import SESSION_COOKIE
from api.console.pages import PAGES as CONSOLE
from api.public.blueprint import PAGES as PUBLIC
from bench import pages_samples, pages_town
from bench.common import figure
from bench.plans import Listening, examined, reading
from bench.waiting_list import database
from config.settings import DEVELOPMENT_DEFAULTS
from models.kernel.database import database as connected
from models.kernel.database import sync_indexes
from models.kernel.encryption import install_keyring
from models.people import staff_sessions

QUICK = 0.02
MOST_MS, MOST_BYTES = 100.0, 300_000
LOOKS = 3
EMPTY_PAGE = "/accessibility"
ASSET = re.compile(r'(?:href|src)="(/(?:console/)?static/[^"]+)"')
FILLED = "filled"


@dataclass(frozen=True)
class Measured:
    """One page as one role sees it: server time, first load, and what the database had to do."""

    who: str
    path: str
    page: str
    ms: float
    cpu: float
    bytes: int
    commands: int
    given: int
    examined: int
    scans: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.ms <= MOST_MS and self.bytes <= MOST_BYTES


def main(share: float = QUICK, folder: str | None = None, pattern: str = "") -> int:
    """Prints the table; returns how many pages missed a goal."""
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    listening = Listening()
    monitoring.register(listening)
    with tempfile.TemporaryDirectory() as made:
        where = Path(folder or made)
        if not (where / FILLED).exists():
            where.mkdir(parents=True, exist_ok=True)
            # Filled without waiting for the disk at each write; measured as it runs in production.
            with database(str(where / "data")):
                begun = time.perf_counter()
                for name, count in pages_town.fill(share).items():
                    figure(f"  {name}", f"{count:,}")
                figure("laid down in", f"{time.perf_counter() - begun:.0f} s")
            (where / FILLED).touch()
        else:
            with database(str(where / "data")):
                pages_town.product()
                sync_indexes()  # an earlier version filled it
                pages_town.jobs_of_the_night()
        with database(str(where / "data"), "--sync-on-commit") as process:
            return measured(listening, process.pid, re.compile(pattern))


def measured(listening: Listening, pid: int, wanted: re.Pattern[str]) -> int:
    """Asks for every page; prints the slowest first."""
    app = pages_town.product()
    figure("load of the machine (its cores)", f"{os.getloadavg()[0]:.1f} ({os.cpu_count()})")
    plain = app.test_client()
    empty = statistics.median(_asked(plain, EMPTY_PAGE)[0] for _ in range(4 * LOOKS))
    figure("a page of words alone (baseline)", f"{empty:.1f} ms")
    found, opened, asked_for, broken = list[Measured](), set[str](), set[str](), list[str]()
    for client, who, path, page in _looks(app):
        if not wanted.search(path):
            continue
        asked_for.add(page)
        # The first look compiles the template; another county's or another visitor's is none.
        status = client.get(path).status_code
        if status == HTTPStatus.OK:
            opened.add(page)
            found.append(_measure(client, who, path, page, listening, pid))
        elif status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            broken.append(f"{status} {who} {path}")
    worst: dict[str, Measured] = {}
    for each in sorted(found, key=lambda each: each.ms):
        worst[each.page] = each
    for each in sorted(worst.values(), key=lambda each: -each.ms):
        _print(each, empty)
    slow = max(found, key=lambda each: each.ms)
    heavy = max(found, key=lambda each: each.bytes)
    missed = [each for each in worst.values() if not each.good]
    figure(f"the slowest of {len(worst)} pages, each as {len(found) / len(worst):.0f} looks", f"{slow.ms:.0f} ms",
           f"≤ {MOST_MS:.0f} ms", not missed)  # fmt: skip
    busiest = max(found, key=lambda each: each.cpu)
    figure("  the most that product and database computed", f"{busiest.cpu:.0f} ms", f"{busiest.who} {busiest.path}")
    figure("  against the page of words alone", f"× {slow.ms / empty:.0f}", f"{slow.who} {slow.path}")
    figure("the heaviest first load", f"{heavy.bytes / 1000:.0f} KB", f"≤ {MOST_BYTES / 1000:.0f} KB")
    for name in sorted({scan for each in found for scan in each.scans}):
        print(f"  reads a whole collection: {name}")
    unopened = sorted(asked_for - opened)
    figure("pages of which nobody could open an example", str(len(unopened)), " ".join(unopened), not unopened)
    figure("pages that failed", str(len(broken)), " · ".join(broken), not broken)
    return len(missed) + len(unopened) + len(broken)


def _looks(app: Flask) -> Iterator[tuple[FlaskClient, str, str, str]]:
    """Each page for each role that may see it: browser, user name, address, the page's path."""
    samples = pages_samples.samples()
    for path in PUBLIC:
        for address in pages_samples.addresses(path, samples):
            yield app.test_client(), "everybody", address, path
    for worker in pages_town.staff():
        client = app.test_client()
        client.set_cookie(SESSION_COOKIE, staff_sessions.begin(worker, "bench", pages_town.AT), path="/console")
        for page in CONSOLE:
            allowed = not page.access.roles or not set(page.access.roles).isdisjoint(worker["roles"])
            if allowed and not (page.city and worker.get("district_code") is not None):
                for address in pages_samples.addresses(page.path, samples):
                    yield client, worker["username"], f"/console{address}", f"/console{page.path}"


def _measure(client: FlaskClient, who: str, path: str, page: str, listening: Listening, pid: int) -> Measured:
    listening.reset()
    listening.on = True
    _, html = _asked(client, path)
    listening.on = False
    asked, commands, given = list(listening.asked), listening.commands, listening.given
    begun = _computed(pid)
    ms = statistics.median(_asked(client, path)[0] for _ in range(LOOKS))
    cpu = 1000 * (_computed(pid) - begun) / LOOKS
    assets = sum(len(client.get(each).data) for each in sorted(set(ASSET.findall(html))))
    scans = {each.shape for each in asked if reading(connected(), each).index is None}
    read = sum(examined(connected(), each) for each in asked)
    size = len(html.encode()) + assets
    return Measured(who, path, page, ms, cpu, size, commands, given, read, tuple(sorted(scans)))


def _computed(pid: int) -> float:
    """Seconds of processor that this process and the database have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _asked(client: FlaskClient, path: str) -> tuple[float, str]:
    begun = time.perf_counter()
    answer = client.get(path)
    taken = 1000 * (time.perf_counter() - begun)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.get_data(as_text=True)[:400]}")
    return taken, answer.get_data(as_text=True)


def _print(each: Measured, empty: float) -> None:
    facts = f"{each.commands:>4} commands {each.examined:>7,} read {each.given:>6,} given {each.bytes / 1000:>5.0f} KB"
    mark = "" if each.good else "  MISSED"
    print(
        f"{each.ms:>7.1f} ms × {each.ms / empty:>5.1f} {each.cpu:>5.0f} cpu {facts}  {each.who:<18} {each.path}{mark}",
        flush=True,
    )


if __name__ == "__main__":
    given: list[Any] = sys.argv[1:]
    sys.exit(main(float(given[0]) if given else QUICK, *given[1:3]))
