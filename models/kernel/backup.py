"""A backup of all data at one moment, and its restore into an empty database.

A backup is a folder: a file of compressed BSON a collection, and `manifest.json` with the number of documents and the
SHA-256 of each. It is written beside its place and moved there whole, so that a folder with a manifest is complete.
Personal data in it are as encrypted as in the database: it is worth nothing without the keys, and they are not in it.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import bson
import orjson
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from config.loading import rule
from models.kernel.clock import shown
from models.kernel.database import database, sync_indexes

FORMAT = 1
MANIFEST, PARTIAL, SUFFIX = "manifest.json", ".partial", ".bson.gz"
# Says that a restore is under way: with it the product is not ready, and another restore begins anew.
MARKS, MARK = "restores", "restoring"
PROBE = "moment"
LENGTH_BYTES = 4
# `prepare` writes it into an empty database; a backup brings its own.
MIGRATIONS = "migrations"
Told = Callable[[str, int], None]


class BackupFault(Exception):
    """A backup that cannot be made, read or restored; the message says which file and why."""


@dataclass(frozen=True)
class Part:
    """One collection in a backup."""

    collection: str
    documents: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `made_at`: the moment whose data it has, in China's offset."""

    made_at: str
    parts: tuple[Part, ...]

    @property
    def documents(self) -> int:
        return sum(each.documents for each in self.parts)


def create(folder: Path, at: datetime, told: Told = lambda name, count: None) -> Manifest:
    """Write all collections, as they are at one moment, into a new folder. `told` hears of progress.

    Raises BackupFault where the folder is there already, or the server cannot read at one moment.
    """
    if folder.exists():
        raise BackupFault(f"{folder}: there is something already")
    partial = folder.with_name(folder.name + PARTIAL)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with _one_moment() as session:
        names = sorted(name for name in database().list_collection_names() if name not in (MARKS, "system.views"))
        parts = tuple(_write(partial, database()[name], session, told) for name in names)
    manifest = Manifest(shown(at), parts)
    content = {"format": FORMAT, "made_at": manifest.made_at, "parts": [vars(each) for each in parts]}
    (partial / MANIFEST).write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    partial.rename(folder)
    return manifest


def check(folder: Path) -> Manifest:
    """Read the manifest and compare every file with it. Raises BackupFault for the first that differs."""
    try:
        content = orjson.loads((folder / MANIFEST).read_bytes())
        if content["format"] != FORMAT:
            raise BackupFault(f"{folder / MANIFEST}: format {content['format']} is not known")
        manifest = Manifest(content["made_at"], tuple(Part(**each) for each in content["parts"]))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BackupFault(f"{folder / MANIFEST}: not to be read ({type(fault).__name__})") from None
    for part in manifest.parts:
        path = folder / (part.collection + SUFFIX)
        if not path.is_file() or path.stat().st_size != part.bytes or _sha256(path) != part.sha256:
            raise BackupFault(f"{path}: missing or changed")
    return manifest


def restore(folder: Path, at: datetime, told: Told = lambda name, count: None) -> Manifest:
    """Put a checked backup into an empty database, indexes included. One that was broken off begins anew.

    Raises BackupFault for a backup that is not whole, and for a database that holds anything else.
    """
    manifest = check(folder)
    begun = database()[MARKS].find_one({"_id": MARK}) is not None
    there = [name for name in database().list_collection_names() if name != MARKS and database()[name].find_one()]
    if not begun and set(there) - {MIGRATIONS}:
        raise BackupFault(f"the database is not empty: {', '.join(sorted(there))}")
    database()[MARKS].update_one({"_id": MARK}, {"$set": {"from": manifest.made_at, "at": at}}, upsert=True)
    for name in there:
        database().drop_collection(name)
    for part in manifest.parts:
        _read(folder, part, told)
    sync_indexes()
    return manifest


def restored() -> None:
    """Say that a restore is over: checked, and erasures repeated."""
    database()[MARKS].delete_one({"_id": MARK})


def is_restoring() -> bool:
    """True while a restore has not been brought to its end."""
    return database()[MARKS].find_one({"_id": MARK}) is not None


def delete_old(folder: Path, keep: int) -> list[str]:
    """Delete all but the `keep` newest backups of a folder, by name; returns the names deleted."""
    names = sorted(each.name for each in folder.iterdir() if (each / MANIFEST).is_file())
    for name in names[:-keep] if keep else names:
        shutil.rmtree(folder / name)
    return names[:-keep] if keep else names


@contextmanager
def _one_moment() -> Iterator[ClientSession]:
    """A session whose reads are all of one moment: a snapshot, else a transaction that only reads.

    Some servers take a snapshot's word and do not keep it, so it is tried out before it is trusted.
    """
    client = database().client
    with client.start_session(snapshot=True) as session:
        if _stands_still(session):
            yield session
            return
    with client.start_session() as session, session.start_transaction():
        if not _stands_still(session):
            raise BackupFault("this server cannot read at one moment: it needs a replica set")
        yield session


def _stands_still(session: ClientSession) -> bool:
    """True where a change made now is not seen by the session, which has begun to read before it."""
    marks, change = database()[MARKS], {"$inc": {"count": 1}}
    marks.update_one({"_id": PROBE}, change, upsert=True)
    try:
        before = marks.find_one({"_id": PROBE}, session=session)
        marks.update_one({"_id": PROBE}, change)
        return before is not None and marks.find_one({"_id": PROBE}, session=session) == before
    except OperationFailure:
        return False


def _write(folder: Path, source: Collection[dict[str, Any]], session: ClientSession, told: Told) -> Part:
    path, count = folder / (source.name + SUFFIX), 0
    raw = source.with_options(codec_options=bson.CodecOptions(document_class=bson.raw_bson.RawBSONDocument))
    with gzip.GzipFile(path, "wb", compresslevel=rule("jobs.backup_compression"), mtime=0) as file:
        for document in raw.find({}, session=session).batch_size(rule("jobs.backup_batch")):
            file.write(document.raw)
            count += 1
            if count % rule("jobs.backup_batch") == 0:
                told(source.name, count)
    told(source.name, count)
    return Part(source.name, count, path.stat().st_size, _sha256(path))


def _read(folder: Path, part: Part, told: Told) -> None:
    batch: list[Any] = []
    count = 0
    with gzip.open(folder / (part.collection + SUFFIX), "rb") as file:
        for document in _documents(file):
            batch.append(document)
            if len(batch) == rule("jobs.backup_batch"):
                database()[part.collection].insert_many(batch, ordered=False)
                count, batch = count + len(batch), []
                told(part.collection, count)
    if batch:
        database()[part.collection].insert_many(batch, ordered=False)
    if count + len(batch) != part.documents:
        raise BackupFault(f"{part.collection}: {count + len(batch)} documents instead of {part.documents}")
    told(part.collection, part.documents)


def _documents(file: gzip.GzipFile) -> Iterator[Any]:
    while head := file.read(LENGTH_BYTES):
        length = int.from_bytes(head, "little")
        yield bson.raw_bson.RawBSONDocument(head + file.read(length - LENGTH_BYTES))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
