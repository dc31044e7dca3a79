"""Which index serves a query on the embedded server, and how many documents it reads for it.

Its `explain` tells of an index for the whole filter. Where there is none, the server takes the filter's first clause
that an index serves alone and reads all that this clause matches; where there is none of these either, or a clause
begins with `$`, it reads the whole collection. Neither a limit nor a sort stops it early.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import monitoring
from pymongo.database import Database

Raw = dict[str, Any]
# Commands that look for documents, with the field of each that holds the filters.
SINGLE = {"find": "filter", "count": "query", "distinct": "query", "findAndModify": "query"}
MANY = {"update": "updates", "delete": "deletes"}


@dataclass(frozen=True)
class Asked:
    """A filter that was sent; `shape` is the same for the same question about other values."""

    collection: str
    filter: Raw

    @property
    def shape(self) -> str:
        return f"{self.collection} {_shape(self.filter)}"


@dataclass(frozen=True)
class Reading:
    """By which index it is read, None where the whole collection is; `by`: the part of the filter that it serves."""

    index: str | None
    by: Raw


class Listening(monitoring.CommandListener):
    """Keeps every filter that is sent while it is `on`, and counts commands and the documents given."""

    def __init__(self) -> None:
        self.on = False
        self.asked: list[Asked] = []
        self.commands = 0
        self.given = 0

    def reset(self) -> None:
        """Forget what was kept."""
        self.asked, self.commands, self.given = [], 0, 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """A command goes out."""
        if self.on:
            self.commands += 1
            self.asked += filters_of(event.command_name, event.command)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """An answer came."""
        if self.on:
            cursor = event.reply.get("cursor") or {}
            self.given += len(cursor.get("firstBatch", ())) + len(cursor.get("nextBatch", ()))

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """The call raises by itself."""


def filters_of(name: str, command: Mapping[str, Any]) -> Iterator[Asked]:
    """The filters of a command."""
    target = command.get(name)
    if name == "aggregate" and isinstance(target, str):
        first: Mapping[str, Any] = next(iter(command["pipeline"]), {})
        yield Asked(target, dict(first.get("$match", {})))
    elif name in SINGLE and isinstance(target, str):
        yield Asked(target, dict(command.get(SINGLE[name]) or {}))
    elif name in MANY and isinstance(target, str):
        for each in command[MANY[name]]:
            yield Asked(target, dict(each["q"]))


def reading(database: Database[Any], asked: Asked) -> Reading:
    """How the embedded server reads what the filter matches."""
    index = _index(database, asked.collection, asked.filter)
    if index is not None:
        return Reading(index, asked.filter)
    if any(name.startswith("$") for name in asked.filter):
        return Reading(None, {})
    for name, clause in asked.filter.items():
        index = _index(database, asked.collection, {name: clause})
        if index is not None:
            return Reading(index, {name: clause})
    return Reading(None, {})


def examined(database: Database[Any], asked: Asked) -> int:
    """How many documents the server reads for it."""
    found = database[asked.collection].aggregate([{"$match": reading(database, asked).by}, {"$count": "n"}])
    return next((int(each["n"]) for each in found), 0)


def _index(database: Database[Any], collection: str, wanted: Raw) -> str | None:
    if not wanted:
        return None
    told = database.command("explain", {"find": collection, "filter": wanted}, verbosity="queryPlanner")
    plan = told["queryPlanner"]["winningPlan"]
    while "inputStage" in plan:
        plan = plan["inputStage"]
    return str(plan["indexName"]) if plan["stage"] == "IXSCAN" else None


def _shape(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shape(each)}" for name, each in value.items()) + "}"
    return "null" if value is None else "?"
