"""The connection: time-outs, retryable writes, majority write concern; made after fork, at first use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mongoengine
from mongoengine.connection import get_db
from pymongo import IndexModel, MongoClient
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
from pymongo.uri_parser import parse_uri

from models.kernel.document import Record

# Short enough that a request answers 503 while its caller still waits, long enough for a replica set's election
# to be survived by the retry of a job. WeChat's own deadline is 5 s.
SERVER_SELECTION_MS = 2_000
CONNECT_MS = 2_000
SOCKET_MS = 10_000
WRITE_CONCERN_MS = 5_000
DATABASE_NAME = "yixiang"

# What a stopped, unreachable or overloaded database raises; doors answer 503 to these.
UNREACHABLE = (
    ServerSelectionTimeoutError,
    AutoReconnect,
    ConnectionFailure,
    NetworkTimeout,
    ExecutionTimeout,
    WTimeoutError,
)


def connect(mongodb_uri: str) -> Database[dict[str, Any]]:
    """Register the database for all documents. Opens no socket yet, so it is safe before a fork."""
    mongoengine.disconnect()
    client: MongoClient[dict[str, Any]] = mongoengine.connect(
        db=_database_name(mongodb_uri),
        host=mongodb_uri,
        connect=False,
        tz_aware=True,
        serverSelectionTimeoutMS=SERVER_SELECTION_MS,
        connectTimeoutMS=CONNECT_MS,
        socketTimeoutMS=SOCKET_MS,
        w="majority",
        journal=True,
        wTimeoutMS=WRITE_CONCERN_MS,
        uuidRepresentation="standard",
        appname="yixiang",
        # The URI may switch them off, for a server that cannot remember them across its own end.
        **({} if "retryWrites" in parse_uri(mongodb_uri)["options"] else {"retryWrites": True}),
    )
    return client[_database_name(mongodb_uri)]


def disconnect() -> None:
    """Close the connection; tests use it between databases."""
    mongoengine.disconnect()


def database() -> Database[dict[str, Any]]:
    """The connected database."""
    found: Database[dict[str, Any]] = get_db()
    return found


def collection(document: type[Record]) -> Collection[dict[str, Any]]:
    """The raw collection of a document class, for compare-and-set writes and hot reads."""
    return database()[document._get_collection_name()]


def change_one(
    target: Collection[dict[str, Any]], wanted: dict[str, Any], update: dict[str, Any], projection: Any = None
) -> dict[str, Any] | None:  # fmt: skip
    """Change the one document that `wanted` (its `_id` first) matches, and return it as it is then; None without match.

    The same compare-and-set as `find_one_and_update`, which reads the whole collection on the embedded server. Where
    another write follows at once, that may be seen already.
    """
    if target.update_one(wanted, update).matched_count == 0:
        return None
    return target.find_one({"_id": wanted["_id"]}, projection)


def ping() -> None:
    """Ask the database for a sign of life. Raises one of UNREACHABLE."""
    database().command("ping")


def all_records() -> Iterator[type[Record]]:
    """Every concrete document class that has been imported."""
    waiting = list(Record.__subclasses__())
    while waiting:
        found = waiting.pop()
        waiting.extend(found.__subclasses__())
        if not found._meta.get("abstract"):
            yield found


def sync_indexes() -> dict[str, list[str]]:
    """Create every declared index; returns the index names by collection. `flask indexes sync` calls it."""
    made: dict[str, list[str]] = {}
    for record in sorted(all_records(), key=lambda each: each._get_collection_name()):
        target = collection(record)
        wanted = [
            IndexModel(spec["keys"], **{k: v for k, v in spec.items() if k != "keys"}) for spec in record.index_specs
        ]
        made[target.name] = target.create_indexes(wanted) if wanted else []
    return made


def _database_name(uri: str) -> str:
    return str(parse_uri(uri).get("database") or DATABASE_NAME)
