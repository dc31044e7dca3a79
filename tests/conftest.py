"""What all tests share: the embedded database (one server a worker process, one database a test), time, and clients.

`tests/unit` never asks for the database. Nothing here needs anything started by hand.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as examples

from bench.plans import Listening
from bot.understanding import trained
from config.loading import rules
from config.settings import DEVELOPMENT_DEFAULTS, Settings, embedded_uri
from models import migrations
from models.indicators import usage
from models.kernel import database as kernel_database
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.encryption import install_keyring
from models.kernel.ids import new_id
from models.people import passwords
from models.people.documents import Caseworker
from models.people.tokens import issue
from models.running.rule_releases import FOLLOWER
from tests.quick import LateRule, empty_database, loaded_once
from tests.running import House, Models, database_process, free_port
from wsgi import compose

os.environ.setdefault("LOG_LEVEL", "ERROR")
# How long an example takes depends on what else the machine does.
examples.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("patient")
Flask.url_rule_class = LateRule
trained.load = loaded_once(trained.load)
# Monday, 2026-11-23, 09:30 in China.
MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, the longest before all: while they wait for other processes, other workers compute."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> float:
    slow = item.get_closest_marker("slow")
    return 1 if slow is None else -float(slow.kwargs.get("seconds", 0))


def pytest_collection_finish() -> None:
    """What has been imported stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def keyring() -> None:
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The embedded server, a process of its own; the value is its port."""
    port = free_port()
    server = database_process(port, tmp_path_factory.mktemp("database"), durable=False)
    yield port
    server.kill()


@pytest.fixture(scope="session")
def indexed_database(database_server: int) -> str:
    """The URI of a database with all indexes, made once: building them anew for each test took most of its time."""
    uri = embedded_uri(database_server, "test")
    kernel_database.connect(uri)
    # Tests have a clock of their own: what has expired by the wall clock is not swept away from under them. The server
    # reads `ttl_sweep_seconds` and passes it to nobody, so its indexes must not ask for it.
    for record in kernel_database.all_records():
        for spec in getattr(record, "index_specs", ()):
            spec.pop("expireAfterSeconds", None)
    kernel_database.sync_indexes()
    migrations.run_pending(MORNING)
    kernel_database.disconnect()
    return uri


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Listening:
    """Hears what the test's connections ask, from when it is on. To be asked for before the database."""
    ears = Listening()
    connect = partial(kernel_database.mongoengine.connect, event_listeners=[ears])
    monkeypatch.setattr(kernel_database.mongoengine, "connect", connect)
    return ears


@pytest.fixture
def database(indexed_database: str) -> Iterator[str]:
    """An empty database with all indexes; the value is its URI."""
    usage.discard()  # what an earlier test counted is not this one's
    kernel_database.connect(indexed_database)
    empty_database()
    yield indexed_database
    FOLLOWER.forget()
    kernel_database.disconnect()


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return Settings(mongodb_uri=database, data_dir=tmp_path, log_level="ERROR", rate_limit_scale=1000)


@pytest.fixture
def app(settings: Settings, clock: FixedClock) -> Flask:
    """The whole product over the test's database, its clock standing still."""
    return compose(settings, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def staff(database: str, clock: FixedClock) -> Callable[..., dict[str, str]]:
    """`staff("township_intake", district_code="360902")` → headers of a caseworker made for the test."""

    def make(
        *roles: str, district_code: str | None = "360902", township_ids: tuple[str, ...] = (), **more: Any
    ) -> dict[str, str]:
        now = clock.now()
        worker = Caseworker(
            id=new_id(), created_at=now, updated_at=now, username=f"u-{new_id().lower()}", password_hash="unused",
            display_name="x", roles=list(roles), district_code=district_code, township_ids=list(township_ids), **more,
        )  # fmt: skip
        collection(Caseworker).insert_one(worker.raw())
        return {"Authorization": f"Bearer {issue('staff', worker.id, 1, now).text}"}

    return make


@pytest.fixture
def resident(database: str, clock: FixedClock) -> Callable[..., dict[str, str]]:
    """`resident()` → headers of a resident made for the test; `resident(name="…")` fills in fields."""
    from models.people.documents import Resident

    def make(**fields: Any) -> dict[str, str]:
        now = clock.now()
        person = Resident(id=fields.pop("id", new_id()), created_at=now, updated_at=now, **fields)
        collection(Resident).insert_one(person.raw())
        return {
            "Authorization": f"Bearer {issue('resident', person.id, 1, now).text}",
            "X-Resident-Id": person.id,
        }

    return make


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashes of passwords that cost little: what they cost in production is for the unit tests."""
    for name, value in (("time", 1), ("memory_kib", 256), ("lanes", 1)):
        key = f"people.argon2_{name}"
        monkeypatch.setitem(rules(), key, rules()[key].model_copy(update={"value": value}))
    for cached in (passwords._hasher, passwords._nobodys_hash):
        cached.cache_clear()
    yield
    for cached in (passwords._hasher, passwords._nobodys_hash):
        cached.cache_clear()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """Databases that houses begin with, shared by the worker processes of this run."""
    base = tmp_path_factory.getbasetemp()
    return Models(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture
def house(tmp_path: Path, models: Models) -> Iterator[House]:
    """A running product of real processes on a database of its own."""
    made = House(tmp_path, models.prepared())
    yield made
    made.close()
