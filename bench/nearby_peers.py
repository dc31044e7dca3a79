"""`python -m bench.nearby_peers`: the same 100,000 points and questions to three servers: ours, Flask with PostGIS' KNN
operator, and Flask with mongoengine's `$nearSphere`. Each ratio is between two figures of this run."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.facility_data import documents, paths
from bench.nearby import FACILITIES, filled_database
from bench.serving import HOST, Load, closed_loop, free_port, generator, get, granian, paced, percentile, process

POSTGRES = Path("/usr/lib/postgresql/15/bin")
POSTGRES_USER = "postgres"
REQUIRED_RATE = 1.8
REQUIRED_P99_SHARE = 0.1
PER_SECOND = 200
# As the closed loop, but for a peer that answers a few a second.
SLOW_SECONDS = 10


def main() -> None:
    """Run all that can be; exit 1 when a requirement is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facilities", type=int, default=FACILITIES)
    count = parser.parse_args().facilities
    questions = paths()
    print(f"{count} facilities; load: {generator()}; granian, one worker each, the same options")
    with filled_database(count) as uri:
        environment = {"MONGODB_URI": uri, "RATE_LIMIT_SCALE": "1000000", "LOG_LEVEL": "INFO"}
        with granian("wsgi:app", environment) as port:
            ours = _measure("ours", port, questions)
        with granian("bench.peers.near_sphere:app", {"MONGODB_URI": uri}) as port:
            sphere = _measure("mongoengine $nearSphere", port, questions, seconds=SLOW_SECONDS)
            print(f"{'ours / $nearSphere, requests a second':<58} {ours.rate / max(sphere.rate, 0.01):>10.1f}")
    if not (POSTGRES / "postgres").exists() or shutil.which("runuser") is None or os.geteuid() != 0:
        print("SKIPPED: PostGIS. It needs Debian's postgresql-15-postgis-3 and to be run as root.")
        return
    with _postgis(count) as dsn, granian("bench.peers.postgis:app", {"POSTGIS_DSN": dsn}) as port:
        peer = _measure("PostGIS KNN", port, questions)
    sys.exit(0 if _compare(ours, peer) else 1)


def _compare(ours: Load, peer: Load) -> bool:
    faster, share = ours.rate / peer.rate, ours.p99_ms / peer.p99_ms
    good = faster >= REQUIRED_RATE and share <= REQUIRED_P99_SHARE
    print(f"{'ours / PostGIS, requests a second':<58} {faster:>10.2f}   required ≥ {REQUIRED_RATE}")
    print(f"{'ours / PostGIS, p99':<58} {share:>10.2f}   required ≤ {REQUIRED_P99_SHARE}")
    return good


def _measure(name: str, port: int, questions: list[str], seconds: float = 6) -> Load:
    """Requests a second of a closed loop, and the p99 of 200 a second (an open loop, from when each was due)."""
    if b" 200 " not in get(port, questions[0])[:40]:
        raise SystemExit(f"{name}: {get(port, questions[0])[:400]!r}")
    closed_loop(port, questions, seconds=2)
    load = closed_loop(port, questions, seconds=seconds)
    tail = percentile(paced(port, questions, PER_SECOND, seconds=10), 0.99) if load.rate > PER_SECOND / 4 else load.p99_ms
    print(f"{name:<40} {load.rate:>9.1f} requests a second   p99 at {PER_SECOND} a second {tail:>8.1f} ms", flush=True)
    return Load(load.rate, tail, load.errors)


@contextmanager
def _postgis(count: int) -> Iterator[str]:
    """A cluster of our own in a temporary folder, with the facilities and a spatial index; yields its DSN."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.chown(folder, POSTGRES_USER)
        data, port = f"{folder}/data", free_port()
        as_user = ["runuser", "-u", POSTGRES_USER, "--"]
        subprocess.run(
            [*as_user, str(POSTGRES / "initdb"), "-D", data, "-A", "trust", "--no-sync"], check=True,
            stdout=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        command = [*as_user, str(POSTGRES / "postgres"), "-D", data, "-p", str(port), "-h", HOST, "-k", folder]
        with process(command, port):
            _fill_postgis(as_user, port, count)
            yield f"host={HOST} port={port} user={POSTGRES_USER} dbname=postgres"


def _fill_postgis(as_user: list[str], port: int, count: int) -> None:
    lines = ["create extension postgis;", "create table facility (id text primary key, name text, category text,"
             " district_code text, address text, phone text, point geography(point, 4326));",
             "copy facility from stdin;"]  # fmt: skip
    for each in documents(count):
        point = f"SRID=4326;POINT({each['longitude']} {each['latitude']})"
        lines.append("\t".join((
            each["_id"], each["name"], each["category"], each["district_code"], each["address"], each["phone"], point,
        )))  # fmt: skip
    lines += ["\\.", "create index on facility using gist (point);", "vacuum analyze facility;"]
    subprocess.run(
        [*as_user, "psql", "-h", HOST, "-p", str(port), "-q", "-v", "ON_ERROR_STOP=1", "postgres"],
        input="\n".join(lines) + "\n", text=True, check=True, stdout=subprocess.DEVNULL, cwd="/",
    )  # fmt: skip


if __name__ == "__main__":
    main()
