"""`python -m bench.nearby_peers`: the same 100,000 points and questions to three servers: ours, Flask with PostGIS' KNN
operator, and Flask with mongoengine's `$nearSphere`. Each ratio is between two figures of this run.

The p99 is taken of an open loop at the rate which the slower of the two reaches at most: at a rate that leaves both
idle it tells of their single requests only, here printed beside it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pymongo import GEOSPHERE, MongoClient

from bench.common import KeptConnections, figure, free_port, percentile, running, serving
from bench.facility_data import documents, paths
from bench.load import generator, p99_ms, rate
from bench.nearby import BATCH, FACILITIES, filled_database, product

POSTGRES = Path("/usr/lib/postgresql/15/bin")
POSTGRES_USER = "postgres"
HOST = "127.0.0.1"
TIMES_THE_RATE = 1.8
SHARE_OF_P99 = 0.1
IDLE = 200
WARM_UP_SECONDS = 3
# A peer that answers less than a few a second is asked one by one.
ONE_BY_ONE = 12


def main() -> int:
    """Run all that can be; returns 1 when a requirement is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facilities", type=int, default=FACILITIES)
    count = parser.parse_args().facilities
    questions = paths()
    print(f"{count} facilities; load: {generator()}")
    with filled_database(count) as uri:
        with product(uri) as address:
            ours = _rate("ours", address, questions)
        _fill_near_sphere(uri, count)
        with serving("bench.peers.near_sphere:app", MONGODB_URI=uri) as address:
            sphere = _one_by_one("mongoengine $nearSphere", address, questions)
        figure("ours / $nearSphere, a second", f"{ours / sphere:.0f}")
        if not (POSTGRES / "postgres").exists() or shutil.which("runuser") is None or os.geteuid() != 0:
            print("SKIPPED: PostGIS. It needs Debian's postgresql-15-postgis-3 and to be run as root.")
            return 0
        with _postgis(count) as dsn, serving("bench.peers.postgis:app", POSTGIS_DSN=dsn) as address:
            theirs = _rate("PostGIS KNN", address, questions)
            load = min(ours, theirs)
            peer = _p99("PostGIS KNN", address, questions, load)
        with product(uri) as address:
            rate(address, questions, seconds=WARM_UP_SECONDS)
            own = _p99("ours", address, questions, load)
    faster, share = ours / theirs, own / peer
    figure("ours / PostGIS, a second", f"{faster:.2f}", f"≥ {TIMES_THE_RATE}", faster >= TIMES_THE_RATE)
    figure("ours / PostGIS, p99 under that load", f"{share:.3f}", f"≤ {SHARE_OF_P99}", share <= SHARE_OF_P99)
    return 0 if faster >= TIMES_THE_RATE and share <= SHARE_OF_P99 else 1


def _rate(name: str, address: str, questions: list[str]) -> float:
    """Requests a second of a closed loop, on a server that is warm."""
    rate(address, questions, seconds=WARM_UP_SECONDS)
    found = rate(address, questions)
    figure(name, f"{found:.0f} a second")
    return found


def _p99(name: str, address: str, questions: list[str], load: float) -> float:
    """Milliseconds of the p99 at `load` requests a second; that at an idle rate is printed too."""
    found = p99_ms(address, questions, load)
    idle = p99_ms(address, questions, IDLE)
    figure(f"{name}, p99 at {load:.0f} a second", f"{found:.1f} ms", f"{idle:.1f} ms at {IDLE} a second")
    return found


def _one_by_one(name: str, address: str, questions: list[str]) -> float:
    """Requests a second of a server too slow for a loop, asked one after the other."""
    kept, taken = KeptConnections(address), []
    for path in questions[:ONE_BY_ONE]:
        begun = time.perf_counter()
        if kept.get(path) != 200:
            raise SystemExit(f"{name} refused {path}")
        taken.append(time.perf_counter() - begun)
    figure(name, f"{len(taken) / sum(taken):.2f} a second", f"p99 {percentile(taken, 0.99) * 1000:.0f} ms")
    return len(taken) / sum(taken)


def _fill_near_sphere(uri: str, count: int) -> None:
    client: MongoClient[dict[str, object]] = MongoClient(uri)
    places = client.get_default_database()["bench_places"]
    places.create_index([("point", GEOSPHERE)])
    made = [
        {
            **{name: each[name] for name in ("_id", "name", "category", "address", "phone")},
            "point": {"type": "Point", "coordinates": [each["longitude"], each["latitude"]]},
        }
        for each in documents(count)
    ]
    for start in range(0, count, BATCH):
        places.insert_many(made[start : start + BATCH], ordered=False)
    client.close()


@contextmanager
def _postgis(count: int) -> Iterator[str]:
    """A cluster of our own in a temporary folder, with the facilities and a spatial index; yields its DSN."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.chown(folder, POSTGRES_USER)
        data, port = f"{folder}/data", free_port()
        as_user = ["/usr/sbin/runuser", "-u", POSTGRES_USER, "--"]
        subprocess.run(
            [*as_user, str(POSTGRES / "initdb"), "-D", data, "-A", "trust", "--no-sync"], check=True,
            stdout=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        command = [*as_user, str(POSTGRES / "postgres"), "-D", data, "-p", str(port), "-h", HOST, "-k", folder]
        ready = [str(POSTGRES / "pg_isready"), "-q", "-h", HOST, "-p", str(port)]
        with running(*command, ready=lambda: subprocess.run(ready, check=False).returncode == 0):
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
    sys.exit(main())
