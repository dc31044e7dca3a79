"""Observations into the database: the next revision where the facts are new, with its push in the same write.

All areas of an indicator's month are compared and written together; ids are made of indicator, area, month and
revision, so that two processes can never make one revision twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError

from models.indicators.documents import CITY_LEVEL, DEPARTMENT, PLATFORM, Observation, RevisionFloor
from models.kernel.clock import shown
from models.kernel.database import collection
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxEntry

PUSH_CHANNEL = "indicator_push"
PUSHED = (
    "indicator", "period", "value", "numerator", "denominator", "coverage", "source", "method", "revision",
)  # fmt: skip
REVISION_DIGITS = 4
DUPLICATE_KEY = 11000
# Two processes that observe the same month at once: the second looks again, once or twice at most.
MAX_CONTENTION = 10
Series = tuple[str, str]


@dataclass
class Stored:
    """Ids of the revisions made; facts that were known; those left because a department answers for them."""

    made: list[str] = field(default_factory=list)
    unchanged: int = 0
    left: int = 0


def store(facts: list[Raw], at: datetime) -> Stored:
    """Keep facts of one indicator and month, at most one an area, as the next revisions where they are new."""
    outcome = Stored()
    waiting = facts
    for _ in range(MAX_CONTENTION):
        if not waiting:
            return outcome
        made = _new(waiting, outcome, at)
        refused = _insert([document for _, document in made])
        outcome.made += [str(document["_id"]) for _, document in made if document["_id"] not in refused]
        waiting = [each for each, document in made if document["_id"] in refused]
    raise RuntimeError(f"no place for a revision of {waiting[0]['indicator']} in {waiting[0]['period']}")


def would_push(facts: list[Raw], at: datetime) -> list[Raw]:
    """The bodies that keeping these facts would push; nothing is written."""
    if not facts:
        return []
    made = [document for _, document in _new(facts, Stored(), at)]
    return [push_body(each) for each in made if each["outbox"]]


def latest_of(token: str, period: str) -> dict[Series, Raw]:
    """The last revision of each area of an indicator's month."""
    fields = {"level": 1, "area": 1, "revision": 1, "facts_hash": 1, "origin": 1, "value": 1}
    latest: dict[Series, Raw] = {}
    for each in collection(Observation).find({"period": period, "indicator": token}, fields):
        series = (each["level"], each["area"])
        if series not in latest or latest[series]["revision"] < each["revision"]:
            latest[series] = each
    return latest


def push_body(observation: Raw) -> dict[str, Any]:
    """What the planning office is sent of a stored observation."""
    return {**{name: observation[name] for name in PUSHED}, "as_of": shown(observation["as_of"])}


def idempotency_key(body: Raw) -> str:
    """Indicator, period and revision: what the receiver accepts once."""
    return f"{body['indicator']}:{body['period']}:{body['revision']}"


def push_entry(observation: Raw) -> OutboxEntry:
    """The push of a city's observation; those of one indicator go out in their order."""
    token, period = observation["indicator"], observation["period"]
    key = ":".join([PUSH_CHANNEL, token, period, _padded(observation["revision"])])
    return OutboxEntry(key, PUSH_CHANNEL, push_body(observation), order_key=order_of(token))


def order_of(token: str) -> str:
    """The order in which an indicator's pushes go out."""
    return f"{PUSH_CHANNEL}:{token}"


def _new(facts: list[Raw], outcome: Stored, at: datetime) -> list[tuple[Raw, Raw]]:
    indicator, period = facts[0]["indicator"], facts[0]["period"]
    latest, told = latest_of(indicator, period), _floor(indicator, period)
    made = []
    for each in facts:
        known = latest.get((each["level"], each["area"]))
        floor = told if each["level"] == CITY_LEVEL else 0
        # Below the floor the office has a later revision than we know, and must be told what holds now.
        if known is not None and known["facts_hash"] == each["facts_hash"] and known["revision"] >= floor:
            outcome.unchanged += 1
        elif known is not None and known["origin"] == DEPARTMENT and each["origin"] == PLATFORM:
            outcome.left += 1
        else:
            made.append((each, _document(each, known, floor, at)))
    return made


def _floor(indicator: str, period: str) -> int:
    """The revision above which a city's observation is numbered; 0 where nothing was restored (`pushed_list`)."""
    found = collection(RevisionFloor).find_one({"_id": f"{indicator}:{period}"}, {"revision": 1})
    return int(found["revision"]) if found else 0


def _document(facts: Raw, known: Raw | None, floor: int, at: datetime) -> Raw:
    revision = max(known["revision"] if known else 0, floor) + 1
    made = {**facts, "revision": revision}
    # What was never observable is not reported; what is no longer observable is.
    told = facts["value"] is not None or floor > 0 or (known is not None and known["value"] is not None)
    pushed = facts["level"] == CITY_LEVEL and told
    outbox = [push_entry(made).stored(at)] if pushed else []
    return {
        **made, "_id": ":".join([facts["indicator"], facts["area"], facts["period"], _padded(revision)]),
        "version": 1, "created_at": at, "updated_at": at, "history": [], "outbox": outbox, "outbox_waiting": pushed,
    }  # fmt: skip


def _insert(documents: list[Raw]) -> set[str]:
    """Insert all; returns the ids that another process has taken in between."""
    if not documents:
        return set()
    try:
        collection(Observation).insert_many(documents, ordered=False)
    except BulkWriteError as fault:
        faults = fault.details["writeErrors"]
        if any(each["code"] != DUPLICATE_KEY for each in faults) or fault.details.get("writeConcernErrors"):
            raise
        return {documents[each["index"]]["_id"] for each in faults}
    return set()


def _padded(revision: int) -> str:
    # Padded, so that keys of one moment sort in the order of their revisions.
    return f"{revision:0{REVISION_DIGITS}d}"
