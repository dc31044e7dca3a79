"""What all tests share: the embedded database (one server a worker process, one database a test), time, and clients.

`tests/unit` never asks for the database. Nothing here needs anything started by hand.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import DEVELOPMENT_DEFAULTS, Settings
from models import migrations
from models.indicators import usage
from models.kernel import database as kernel_database
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.encryption import install_keyring
from models.kernel.ids import new_id
from models.people.documents import Caseworker
from models.people.tokens import issue
from tests.running import House, database_process, free_port
from wsgi import compose

os.environ.setdefault("LOG_LEVEL", "ERROR")
# Monday, 2026-11-23, 09:30 in China.
MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def keyring() -> None:
    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded server, a process of its own, on a free port; the value is `host:port`."""
    port = free_port()
    server = database_process(port, tmp_path_factory.mktemp("database"), durable=False)
    yield f"127.0.0.1:{port}"
    server.kill()


@pytest.fixture(scope="session")
def indexed_database(database_server: str) -> str:
    """The URI of a database with all indexes, made once: building them anew for each test took most of its time."""
    uri = f"mongodb://{database_server}/test?directConnection=true"
    kernel_database.connect(uri)
    kernel_database.sync_indexes()
    kernel_database.disconnect()
    return uri


@pytest.fixture
def database(indexed_database: str) -> Iterator[str]:
    """An empty database with all indexes; the value is its URI."""
    usage.discard()  # what an earlier test counted is not this one's
    kernel_database.connect(indexed_database)
    here = kernel_database.database()
    for name in here.list_collection_names():
        here[name].delete_many({})
    migrations.run_pending(MORNING)
    yield indexed_database
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
def house(tmp_path: Path) -> Iterator[House]:
    """A running product of real processes on a database of its own."""
    made = House(tmp_path)
    yield made
    made.close()
