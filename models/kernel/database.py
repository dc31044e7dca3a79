"""The connection: time-outs, retryable writes, majority write concern; made after fork, at first use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import mongoengine
import pymongo
from bson import json_util
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
# Options that make an index another one, and how the names of indexes begin that are none of ours.
INDEX_OPTIONS = ("unique", "sparse", "expireAfterSeconds", "partialFilterExpression")
OWN_INDEX = "own_"
# An index over millions is built in minutes, for which a socket would not wait.
INDEX_SECONDS = 3_600

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
    """Create every declared index and then drop what is no longer declared; returns the index names by collection,
    dropped ones with a minus. `flask indexes sync` calls it.

    An index that is declared otherwise than it stands is made anew beside the old one, under a name of its own, so that
    a unique one holds all the time. Indexes whose names begin with OWN_INDEX are the operator's and stay.
    """
    with pymongo.timeout(INDEX_SECONDS):
        records = sorted(all_records(), key=lambda each: each._get_collection_name())
        return {record._get_collection_name(): _synced(collection(record), record.index_specs) for record in records}


def _synced(target: Collection[dict[str, Any]], specs: Iterable[Mapping[str, Any]]) -> list[str]:
    standing = {each["name"]: _signature(each["key"].items(), each) for each in target.list_indexes()}
    wanted = {_signature(spec["keys"], spec): spec for spec in specs}
    missing = [_index(spec, sign, standing) for sign, spec in wanted.items() if sign not in standing.values()]
    made = target.create_indexes(missing) if missing else []
    for name, sign in standing.items():
        if sign not in wanted and name != "_id_" and not name.startswith(OWN_INDEX):
            target.drop_index(name)
            made.append(f"-{name}")
    return made


def _signature(keys: Iterable[tuple[str, Any]], options: Mapping[str, Any]) -> str:
    """What makes two indexes the same, whatever they are called."""
    told = {name: options[name] for name in INDEX_OPTIONS if options.get(name) not in (None, False)}
    return json_util.dumps([[[field, int(way)] for field, way in keys], told], sort_keys=True)


def _index(spec: Mapping[str, Any], sign: str, standing: Mapping[str, str]) -> IndexModel:
    options = {name: value for name, value in spec.items() if name != "keys"}
    if options["name"] in standing:
        options["name"] += f"_{hashlib.sha256(sign.encode()).hexdigest()[:8]}"
    return IndexModel(spec["keys"], **options)


def _database_name(uri: str) -> str:
    return str(parse_uri(uri).get("database") or DATABASE_NAME)
