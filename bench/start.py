"""From the start of a web process to ready, with 3,000 facilities on the embedded database: catalogue and
directory loaded. The baseline of the same run is a bare Flask hello on the same server, to its first answer.
"""

from __future__ import annotations

import http.client
import sys
import time

from bench.common import KeptConnections, figure, serving
from bench.nearby import filled_database
from models import migrations
from models.kernel import database
from models.kernel.clock import SystemClock

FACILITIES = 3_000
MOST_SECONDS = 5.0
PAUSE_SECONDS = 0.02
ROUNDS = 3


def main() -> int:
    """Measure and print the slowest of three starts; returns 1 where the goal is missed."""
    with filled_database(FACILITIES) as uri:
        database.connect(uri)
        database.sync_indexes()
        migrations.run_pending(SystemClock().now())
        database.disconnect()
        ours = max(_until("/health/ready", "wsgi:app", MONGODB_URI=uri, LOG_LEVEL="WARNING") for _ in range(ROUNDS))
    bare = max(_until("/", "bench.common:hello") for _ in range(ROUNDS))
    wanted = f"<= {MOST_SECONDS:.0f} s (bare hello {bare:.2f} s)"
    figure(f"start to ready, {FACILITIES} facilities", f"{ours:.2f} s", wanted, ours <= MOST_SECONDS)
    return 0 if ours <= MOST_SECONDS else 1


def _until(path: str, target: str, **environment: str) -> float:
    begun = time.perf_counter()
    with serving(target, factory=target.endswith("hello"), **environment) as address:
        kept = KeptConnections(address)
        while kept.get(path) != http.client.OK:
            time.sleep(PAUSE_SECONDS)
        return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
