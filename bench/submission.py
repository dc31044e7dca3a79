"""Handing in applications over HTTP, 20 a second, on the embedded database with durable writes and one web process.

Each submission is a whole childcare application with its papers, checked, claimed and written. The baseline of the same
run is a bare Flask hello on the same server at the same rate.
"""

from __future__ import annotations

import json
import statistics
import sys
from datetime import UTC, datetime

from bench.common import KeptConnections, embedded_database, figure, latencies_at, percentile, serving
from config.settings import load_settings
from models.kernel import database
from models.kernel.encryption import install_keyring
from models.kernel.ids import new_id
from models.people.tokens import issue
from tests.factories.casework import make_centre, make_draft, make_guardian

RATE, SECONDS, WARM_UP = 20, 15, 20
MOST_P99_MS = 150.0
CENTRES = 40
Submission = tuple[str, bytes, dict[str, str]]


def main() -> int:
    """Measure and print; returns 1 where the goal is missed."""
    with serving("bench.common:hello", factory=True) as address:
        kept = KeptConnections(address)
        bare = latencies_at(RATE, lambda _: _check(kept.get("/")), seconds=SECONDS)
    with embedded_database() as uri:
        install_keyring(load_settings().secret_keys)
        database.connect(uri)
        database.sync_indexes()
        centres = [make_centre() for _ in range(CENTRES)]
        ready = [_drafted(centres[n % CENTRES]) for n in range(WARM_UP + RATE * SECONDS)]
        with serving("wsgi:app", MONGODB_URI=uri, LOG_LEVEL="ERROR", RATE_LIMIT_SCALE="1000000") as address:
            web = KeptConnections(address)
            for each in ready[:WARM_UP]:
                _check(web.send("POST", *each))
            taken = latencies_at(RATE, lambda n: _check(web.send("POST", *ready[WARM_UP + n])), seconds=SECONDS)
        database.disconnect()
    p50, p99 = statistics.median(taken) * 1000, percentile(taken, 0.99) * 1000
    base = statistics.median(bare) * 1000
    figure(f"submissions at {RATE}/s, p50", f"{p50:.1f} ms", f"{p50 / base:.0f} times bare hello's {base:.1f} ms")
    figure(f"submissions at {RATE}/s, p99", f"{p99:.1f} ms", f"<= {MOST_P99_MS:.0f} ms", p99 <= MOST_P99_MS)
    return 0 if p99 <= MOST_P99_MS else 1


def _drafted(centre: str) -> Submission:
    """Path, body and headers that hand a complete draft in."""
    now = datetime.now(UTC)
    guardian = make_guardian(now)
    raw = make_draft(guardian, [centre], now)
    token = issue("resident", guardian.id, 1, now)
    headers = {
        "Authorization": f"Bearer {token.text}", "Content-Type": "application/json", "Idempotency-Key": new_id(),
    }  # fmt: skip
    return f"/api/v1/applications/{raw['_id']}/submit", json.dumps({"version": raw["version"]}).encode(), headers


def _check(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"answered {status}")


if __name__ == "__main__":
    sys.exit(main())
