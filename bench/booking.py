"""Bookings of visits over HTTP: 64 families on the last 10 hours, and bookings a second, on the embedded database with
durable writes and two web processes. The baseline of the same run is a bare Flask hello on the same server.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.common import KeptConnections, embedded_database, figure, percentile, serving
from config.loading import catalogue
from config.settings import load_settings
from models.eldercare.documents import CONFIRMED, Elder, ElderLink, Visit, VisitSlot
from models.kernel import database
from models.kernel.clock import at_local, day_of
from models.kernel.database import collection
from models.kernel.encryption import install_keyring
from models.kernel.ids import new_id
from models.people.documents import Resident
from models.people.tokens import issue

CLIENTS, LAST_HOURS = 64, 10
BOOKINGS, AT_ONCE = 400, 16
HELLOS = 6_000
WORKERS = 2
Family = tuple[str, dict[str, str]]


def main() -> int:
    """Measure and print; returns 1 where a place was sold twice or lost."""
    with embedded_database() as uri:
        install_keyring(load_settings().secret_keys)
        database.connect(uri)
        database.sync_indexes()
        families = [_family(number) for number in range(CLIENTS + BOOKINGS)]
        with serving("wsgi:app", workers=WORKERS, MONGODB_URI=uri, LOG_LEVEL="ERROR") as address:
            good = _race(address, families[:CLIENTS])
            rate, p99 = _throughput(address, families[CLIENTS:])
        with serving("bench.common:hello", factory=True, workers=WORKERS) as address:
            bare = _hellos(address)
        figure("bookings a second, 5 durable writes each", f"{rate:.0f}")
        figure("bookings a second by those of a bare hello", f"{rate / bare:.3f}", f"hello {bare:.0f}/s")
        figure(f"p99 of a booking, {AT_ONCE} at once", f"{p99 * 1000:.0f} ms")
        database.disconnect()
    return 0 if good else 1


def _race(address: str, families: Sequence[Family]) -> bool:
    """All families at once on the last hours, each trying one after another; exactly that many are booked."""
    slots = [_slot(1, number) for number in range(LAST_HOURS)]
    start = threading.Barrier(len(families))

    def family(number: int) -> list[int]:
        elder, headers = families[number]
        connection, order = KeptConnections(address), random.Random(number).sample(slots, len(slots))
        start.wait()
        answers = []
        for slot in order:
            answers.append(_book(connection, elder, slot, headers))
            if answers[-1] != 409:
                break
        return answers

    with ThreadPoolExecutor(len(families)) as pool:
        answers = Counter(status for tried in pool.map(family, range(len(families))) for status in tried)
    stored = collection(Visit).count_documents({"slot_id": {"$in": slots}})
    sold = sum(len(slot["bookings"]) for slot in collection(VisitSlot).find({"_id": {"$in": slots}}))
    good = answers[201] == stored == sold == LAST_HOURS and set(answers) == {201, 409}
    figure(f"{CLIENTS} families on the last {LAST_HOURS} hours: booked, stored, in hours",
           f"{answers[201]}, {stored}, {sold}", f"exactly {LAST_HOURS}", good)  # fmt: skip
    return good


def _throughput(address: str, families: Sequence[Family]) -> tuple[float, float]:
    """Bookings a second and their p99 in seconds, each family one booking, hours of ten places."""
    slots = [_slot(10, number) for number in range(len(families) // 10 + 1)]
    connections = KeptConnections(address)

    def one(number: int) -> float:
        began = time.perf_counter()
        elder, headers = families[number]
        status = _book(connections, elder, slots[number // 10], headers)
        if status != 201:
            raise SystemExit(f"a booking was answered with {status}")
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        taken = list(pool.map(one, range(len(families))))
    return len(families) / (time.perf_counter() - began), percentile(taken, 0.99)


def _hellos(address: str) -> float:
    """The same client's requests a second against the baseline."""
    connections = KeptConnections(address)
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda _: connections.get("/"), range(HELLOS)))
    return HELLOS / (time.perf_counter() - began)


def _book(connections: KeptConnections, elder: str, slot: str, headers: dict[str, str]) -> int:
    body = json.dumps({"elder_id": elder, "slot_id": slot}).encode()
    sent = {**headers, "Content-Type": "application/json", "Idempotency-Key": new_id()}
    return connections.send("POST", "/api/v1/visits", body, sent)


def _family(number: int) -> Family:
    """An old person and a resident whose link is confirmed; the person's id and the resident's headers."""
    now, place = datetime.now(UTC), catalogue().places[0]
    made: dict[str, Any] = {"created_at": now, "updated_at": now}
    person = {"name": "x", "id_number": str(number), "id_number_index": str(number)}
    where = {"district_code": place.district_code, "township_id": place.id}
    elder = Elder(
        id=new_id(), **made, **person, **where, birth_date="1940-02-03", categories=["living_alone"],
        risk_level="high", community="x", private={"address": "x", "contacts": [], "point": None},
        legal_basis={"kind": "consent"}, periods=[{"from": "2026-01-01", "until": None, "reason": None}],
    )  # fmt: skip
    resident = Resident(id=new_id(), **made)
    link = ElderLink(
        id=new_id(), **made, **person, **where, state=CONFIRMED, relation="child", elder_id=elder.id,
        resident_id=resident.id,
    )  # fmt: skip
    for document in (elder, resident, link):
        collection(type(document)).insert_one(document.raw())
    return elder.id, {"Authorization": f"Bearer {issue('resident', resident.id, 1, now).text}"}


def _slot(capacity: int, number: int) -> str:
    """An hour of the day after tomorrow, of a visitor of its own."""
    now, place = datetime.now(UTC), catalogue().places[0]
    starts = at_local(day_of(now) + timedelta(days=2), 9)
    slot = VisitSlot(
        id=new_id(), created_at=now, updated_at=now, district_code=place.district_code, township_id=place.id,
        visitor_id=f"visitor-{capacity}-{number}", starts_at=starts, ends_at=starts + timedelta(hours=1),
        capacity=capacity, free=capacity,
    )  # fmt: skip
    collection(VisitSlot).insert_one(slot.raw())
    return str(slot.id)


if __name__ == "__main__":
    sys.exit(main())
