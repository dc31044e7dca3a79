"""A page of the office's queue with so many open applications in the city, on the embedded database, durable.

`python -m bench.queue [OPEN]`: 5,000 by default, for a quick look; the goal is stated for 100,000.
Baseline of the same run: reading one application by its id. For comparison: one query over the whole queue.
Must reach: a township's page ≤ 60 ms, a county's ≤ 250 ms, and at most three pages' worth of keys examined on a server
that follows the index's order: one for each document given, and one for each window that ends a query.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import monitoring

from bench.common import figure
from bench.waiting_list import database, milliseconds
from config.loading import catalogue
from config.programmes import programmes
from config.settings import DEVELOPMENT_DEFAULTS
from models.casework import queues
from models.casework.deadlines import due
from models.casework.documents import FORM_CONTEXT, Application
from models.kernel.actors import COUNTY_REVIEWER, Actor
from models.kernel.clock import day_of
from models.kernel.database import collection, sync_indexes
from models.kernel.encryption import install_keyring, seal_json
from models.kernel.ids import id_from_key

OPEN, PAGE, LOOKS, BATCH = 5_000, 20, 30, 500
MOST_MS = {"township": 60.0, "county": 250.0}
MOST_KEYS = 3 * PAGE
AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
STAGES = ("submitted", "accepted", "reviewed", "correction")
SHARES = (30, 40, 20, 10)
# Working days from now at which the open cases of a stage are due; some are late.
LATEST_DUE = {"submitted": 5, "accepted": 15, "reviewed": 15, "correction": 10}


class Counted(monitoring.CommandListener):
    """Counts the queries of a page, and the documents they give."""

    queries = 0
    given = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Nothing yet."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """A batch of documents came."""
        cursor = event.reply.get("cursor") or {}
        if event.command_name == "find":
            self.queries += 1
        self.given += len(cursor.get("firstBatch", ())) + len(cursor.get("nextBatch", ()))

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """The call raises by itself."""


def main(count: int = OPEN) -> int:
    """Prints the figures; returns how many were missed."""
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    seen = Counted()
    monitoring.register(seen)
    with tempfile.TemporaryDirectory() as folder:
        # Filled without waiting for the disk at each write; measured as it runs in production.
        with database(folder):
            sync_indexes()
            fill(count)
        with database(folder, "--sync-on-commit"):
            return measured(seen)


def fill(count: int) -> None:
    """So many open applications over the city's townships, programmes and stages."""
    begun = time.perf_counter()
    batch: list[dict[str, Any]] = []
    for raw in applications(count):
        batch.append(raw)
        if len(batch) == BATCH:
            collection(Application).insert_many(batch, ordered=False)
            batch = []
    if batch:
        collection(Application).insert_many(batch, ordered=False)
    figure(f"{count:,} open applications laid down", f"{time.perf_counter() - begun:.1f} s")


def measured(seen: Counted) -> int:
    """Asks for first and next pages of townships and counties; prints them, returns how many figures were missed."""
    busiest = max(
        catalogue().districts, key=lambda code: sum(each.district_code == code for each in catalogue().places)
    )
    township = next(each.id for each in catalogue().places if each.district_code == busiest)
    by = Actor("staff", "bench", frozenset([COUNTY_REVIEWER]), busiest)
    one = collection(Application).find_one({}, {"_id": 1}) or {}
    read = median(lambda: collection(Application).find_one({"_id": one["_id"]}))
    figure("one application by id (baseline)", f"{read:.2f} ms")
    missed = 0
    for name, place in (("township", {"township_id": township}), ("county", {})):
        slowest, keys = 0.0, 0
        for wanted in asked(by, place):
            seen.queries = seen.given = 0
            queues.queue(by, limit=PAGE, at=AT, **wanted)
            keys = max(keys, seen.queries + seen.given)
            slowest = max(slowest, median(lambda wanted=wanted: queues.queue(by, limit=PAGE, at=AT, **wanted)))  # type: ignore[misc]
        good = (slowest <= MOST_MS[name], keys <= MOST_KEYS)
        figure(f"a {name}'s page, the slowest of its stages", f"{slowest:.1f} ms", f"≤ {MOST_MS[name]:.0f} ms", good[0])
        figure("  against one by id", f"× {slowest / read:.0f}")
        figure("  keys that a server following the index examines", str(keys), f"≤ {MOST_KEYS}", good[1])
        missed += good.count(False)
    whole = milliseconds(lambda: one_query(busiest))
    figure("one query over a county's stage instead", f"{whole:,.0f} ms")
    return missed


def asked(by: Actor, place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """First and second pages of every stage, with and without a programme."""
    for stage in STAGES:
        for more in ({}, {"programme": "public_rental_housing"}):
            wanted: dict[str, Any] = {"stage": stage, **place, **more}
            yield wanted
            following = queues.queue(by, limit=PAGE, at=AT, **wanted).next
            if following is not None:
                yield wanted | {"cursor": following}


def applications(count: int) -> Iterator[dict[str, Any]]:
    """Open applications as they may be: spread over townships, most due within their stage's days, some late."""
    chance = random.Random(7)
    places, tokens = catalogue().places, sorted(programmes())
    form = seal_json({"applicant_name": "x", "note": "x" * 400}, FORM_CONTEXT)
    ends = {n: due(day_of(AT), n).at for n in range(max(LATEST_DUE.values()) + 1)}
    for number in range(count):
        stage = chance.choices(STAGES, SHARES)[0]
        late = chance.random() < 0.1
        due_at = (
            ends[0] - timedelta(days=chance.randrange(1, 90)) if late else ends[chance.randint(0, LATEST_DUE[stage])]
        )
        place, token = chance.choice(places), chance.choice(tokens)
        yield {
            "_id": id_from_key("bench queue", str(number)), "version": 3, "created_at": AT, "updated_at": AT,
            "resident_id": id_from_key("bench resident", str(number)), "programme": token, "programme_version": 1,
            "state": stage, "stage_since": AT, "form": form, "papers": [], "district_code": place.district_code,
            "township_id": place.id, "due_at": due_at, "due_assumed": False, "submitted_at": AT, "history": [],
            "outbox": [], "outbox_waiting": False, "open_for": id_from_key("bench for", str(number)),
        }  # fmt: skip


def one_query(district: str) -> None:
    """What sorting a whole stage would take."""
    wanted = {"district_code": district, "state": "accepted"}
    list(collection(Application).find(wanted).sort([("due_at", 1), ("_id", 1)]).limit(PAGE))


def median(work: Callable[[], object]) -> float:
    """The median of so many calls, milliseconds."""
    return statistics.median([milliseconds(work) for _ in range(LOOKS)])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else OPEN))
