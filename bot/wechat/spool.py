"""Messages that the database could not take in time, kept on this host's disk until it can.

WeChat waits five seconds and asks three times; a database that stalls for ten seconds, or five hundred messages at
once, outlast that. So such a message is sealed, written and synced here, and only then the call gets `success`; its
answer follows as a customer-service message. One file a message, named by its id: a repeat writes the same file again.
A file gets its name when it is whole: what a killed process leaves is a part of which nothing was promised. What a
failing disk has torn does not decrypt and is put aside.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from config.loading import rule
from models.kernel.encryption import DecryptionFault, open_json, seal_json
from models.kernel.ids import new_id

CONTEXT = "wechat.spool"
SUFFIX, PART, UNREADABLE = ".sealed", ".part", ".unreadable"
FOLDER_MODE = 0o700
log = structlog.get_logger("wechat")


@dataclass(frozen=True)
class Spooled:
    """A message as it was let in: `message` is what `Inbound.stored` gave, `at` when it came."""

    id: str
    message: dict[str, Any]
    nonce: str
    plain: bool
    at: datetime


class SpoolFull(Exception):
    """More waits than this host may keep."""


class Spool:
    """One folder, shared by the processes of a host. It is made with the first message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, entry: Spooled) -> None:
        """Returns once the message would survive a crash of the host. Raises OSError, SpoolFull."""
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        there = os.listdir(self._folder)
        if len(there) >= rule("wechat.spool_most"):
            raise SpoolFull
        facts = {"message": entry.message, "nonce": entry.nonce, "plain": entry.plain, "at": entry.at.timestamp()}
        written = self._folder / f"{new_id()}{PART}"
        with written.open("wb") as file:
            file.write(bytes(seal_json(facts, CONTEXT)))
            file.flush()
            os.fsync(file.fileno())
        self._sweep([name for name in there if name.endswith(PART)], written.stat().st_mtime)
        written.rename(self._path(entry.id))
        self._sync()

    def holds(self, message_id: str) -> bool:
        """Whether this message waits: a repeat of it is answered with it, late, and not by itself besides."""
        return self._path(message_id).exists()

    def waiting(self) -> Iterator[Spooled]:
        """What waits, the oldest first. What cannot be read is put aside and said in the log."""
        for path in self._paths():
            try:
                facts = open_json(path.read_bytes(), CONTEXT)
            except FileNotFoundError:
                continue  # another process of this host was quicker
            except (DecryptionFault, ValueError):
                log.error("wechat_spool_unreadable", file=path.name)
                path.rename(path.with_suffix(UNREADABLE))
                continue
            at = datetime.fromtimestamp(facts["at"], UTC)
            yield Spooled(path.stem, facts["message"], facts["nonce"], facts["plain"], at)

    def count(self) -> int:
        """How many wait."""
        return len(self._paths())

    def drop(self, message_id: str) -> None:
        """The database has it now."""
        self._path(message_id).unlink(missing_ok=True)

    def put_aside(self, message_id: str) -> None:
        """It cannot be worked on: kept for a person, out of the way of the others."""
        path = self._path(message_id)
        log.error("wechat_spool_put_aside", file=path.name)
        path.rename(path.with_suffix(UNREADABLE))

    def _sweep(self, names: list[str], now: float) -> None:
        """Delete what dead processes had begun to write and promised to nobody. `now` by the disk's own clock."""
        for path in (self._folder / name for name in names):
            try:
                if now - path.stat().st_mtime > rule("wechat.spool_part_seconds"):
                    path.unlink()
            except FileNotFoundError:
                continue  # it has become a whole one, or another process was quicker

    def _paths(self) -> list[Path]:
        try:
            found = [(entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(self._folder)
                     if entry.name.endswith(SUFFIX)]  # fmt: skip
        except FileNotFoundError:  # no folder yet, or a file that went meanwhile: the next look finds the rest
            return []
        return [Path(path) for _, path in sorted(found)]

    def _path(self, message_id: str) -> Path:
        return self._folder / f"{message_id}{SUFFIX}"

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
