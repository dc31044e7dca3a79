"""The audit trail: who looked at or changed what, as hash chains that show any later change.

One chain per county (and one for the city) keeps writers from waiting on each other. An entry's hash covers the
entry and its predecessor's hash, under a key the database does not hold. The head of each chain is kept apart and
sealed under the same key, so a chain cut short is noticed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import orjson
from pymongo.errors import BulkWriteError, DuplicateKeyError

from models.kernel.actors import Actor
from models.kernel.clock import as_utc, to_storage
from models.kernel.database import database
from models.kernel.document import Record
from models.kernel.encryption import keyed_hash
from models.kernel.errors import Unavailable

ENTRIES = "audit_entries"
HEADS = "audit_heads"
PURPOSE = "audit chain"
HEAD_PURPOSE = "audit head"
CITY_CHAIN = "city"
GENESIS = "0" * 64
MAX_CONTENTION = 200
SEQUENCE_DIGITS = 12
DUPLICATE_KEY = 11000
# So many entries are linked at once; the head may stand so far back while their writer has not moved it yet.
MOST_TOGETHER = 20
_WAITING: ContextVar[list[dict[str, Any]] | None] = ContextVar("audit entries that wait", default=None)


@dataclass(frozen=True)
class ChainReport:
    """What `verify` found: entries read, and each fault as `chain:sequence: what`."""

    entries: int = 0
    faults: list[str] = field(default_factory=list)


def record(
    by: Actor, action: str, subject: str, at: datetime, *, district_code: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Append one entry. `subject` is `kind:id`; `detail` holds no personal data."""
    chain = district_code or by.district_code or CITY_CHAIN
    entry = {
        "chain": chain,
        "at": to_storage(at),
        "by": {**by.as_history(), "roles": sorted(by.roles)},
        "action": action,
        "subject": subject,
        # As JSON keeps it: what the hash covers now must be what is read later.
        "detail": orjson.loads(orjson.dumps(dict(detail or {}))),
    }
    waiting = _WAITING.get()
    if waiting is None:
        _append([entry])
    else:
        waiting.append(entry)


@contextmanager
def together() -> Iterator[None]:
    """What is recorded within is written at its end, each look as an entry of its own, but all of a chain at once.

    For a page that shows much of one file: nothing of it leaves before this has ended. It is written, too, where what
    is within fails. Raises Unavailable as `record` does.
    """
    waiting: list[dict[str, Any]] = []
    before = _WAITING.set(waiting)
    try:
        yield
    finally:
        _WAITING.reset(before)
        for chain in dict.fromkeys(each["chain"] for each in waiting):
            _append([each for each in waiting if each["chain"] == chain])


def verify() -> ChainReport:
    """Read every chain from its beginning and compare each hash and the heads."""
    total, faults = 0, []
    heads = {head["_id"]: head for head in database()[HEADS].find()}
    chains = sorted(set(heads) | set(database()[ENTRIES].distinct("chain")))
    for chain in chains:
        count, found = _verify_chain(chain, heads.get(chain))
        total += count
        faults += found
    return ChainReport(total, faults)


class AuditEntry(Record):
    """Declares the trail's indexes; entries are written by `record` alone."""

    meta: ClassVar[dict[str, Any]] = {"collection": ENTRIES}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("subject", 1), ("at", 1)], "name": "subject"},
        {"keys": [("by.id", 1), ("at", 1)], "name": "person"},
    ]


def length(chain: str) -> int:
    """The number of the chain's last entry; 0 for one that has none."""
    head = database()[HEADS].find_one({"_id": chain}, {"sequence": 1})
    return int(head["sequence"]) if head else 0


def between(chain: str, first: int, before: int) -> list[dict[str, Any]]:
    """The chain's entries from number `first` until before `before`, in their order; read by their names."""
    wanted = {"_id": {"$in": [_entry_id(chain, number) for number in range(max(first, 1), before)]}}
    return sorted(database()[ENTRIES].find(wanted), key=lambda each: int(each["sequence"]))


def first_at(chain: str, at: datetime, head: int) -> int:
    """The number of the chain's first entry at `at` or later; `head` + 1 where there is none (halving)."""
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        entry = database()[ENTRIES].find_one({"_id": _entry_id(chain, middle)}, {"at": 1})
        if entry is not None and as_utc(entry["at"]) < at:
            low = middle + 1
        else:
            high = middle
    return low


def verify_end(chain: str, most: int) -> tuple[int, list[str]]:
    """Compare the last entries of a chain with their hashes, their predecessors and the head.

    Returns how many were read, and the faults.
    """
    head = database()[HEADS].find_one({"_id": chain})
    last = int(head["sequence"]) if head else 0
    first = max(1, last - most + 1)
    entries = between(chain, first - 1, last + MOST_TOGETHER + 1)
    before = entries.pop(0)["hash"] if first > 1 and entries and entries[0]["sequence"] == first - 1 else GENESIS
    if head is None and not entries:
        return 0, []  # nothing was ever recorded there
    return len(entries), _compare(chain, head, entries, before, first - 1)[1]


def _append(entries: list[dict[str, Any]]) -> None:
    """Entries of one chain, in their order. Raises Unavailable where too many others write there."""
    for begin in range(0, len(entries), MOST_TOGETHER):
        left = entries[begin : begin + MOST_TOGETHER]
        for _ in range(MAX_CONTENTION):
            left = left[_append_some(left) :]
            if not left:
                break
        else:
            raise Unavailable()


def _append_some(entries: list[dict[str, Any]]) -> int:
    """Link them behind the chain's head; returns how many of them found their place before another writer."""
    chain = entries[0]["chain"]
    head = database()[HEADS].find_one({"_id": chain}) or {"sequence": 0, "hash": GENESIS}
    linked: list[dict[str, Any]] = []
    for entry in entries:
        last = linked[-1] if linked else head
        made = {**entry, "sequence": last["sequence"] + 1, "previous": last["hash"]}
        made["hash"] = _hash(made)
        made["_id"] = _entry_id(chain, made["sequence"])
        linked.append(made)
    count = _insert(linked)
    if count < len(linked):
        # Another writer took this place; where it died before moving the head, move it for it.
        taken = database()[ENTRIES].find_one({"_id": linked[count]["_id"]})
        if taken is not None:
            _advance(chain, taken)
    else:
        _advance(chain, linked[-1])
    return count


def _insert(linked: list[dict[str, Any]]) -> int:
    """How many of them are in, from the first on: the next one's place is taken."""
    try:
        database()[ENTRIES].insert_many(linked)
    except BulkWriteError as fault:
        if any(each["code"] != DUPLICATE_KEY for each in fault.details["writeErrors"]):
            raise
        return int(fault.details["nInserted"])
    return len(linked)


def _advance(chain: str, entry: Mapping[str, Any]) -> None:
    head = {"sequence": entry["sequence"], "hash": entry["hash"], "seal": _seal(chain, entry)}
    try:
        database()[HEADS].update_one(
            {"_id": chain, "sequence": {"$lt": entry["sequence"]}}, {"$set": head},
            upsert=entry["sequence"] <= MOST_TOGETHER,
        )  # fmt: skip
    except DuplicateKeyError:
        return  # the head stands already at or behind this entry's place


def _verify_chain(chain: str, head: Mapping[str, Any] | None) -> tuple[int, list[str]]:
    entries = database()[ENTRIES].find({"chain": chain}).sort("sequence", 1)
    return _compare(chain, head, entries, GENESIS, 0)


def _compare(
    chain: str, head: Mapping[str, Any] | None, entries: Iterable[Mapping[str, Any]], previous: str, sequence: int
) -> tuple[int, list[str]]:
    """Hold entries that follow the hash `previous` of number `sequence` against their hashes and the head."""
    faults: list[str] = []
    for entry in entries:
        sequence += 1
        if entry["sequence"] != sequence:
            faults.append(f"{chain}:{sequence}: missing")
            sequence = entry["sequence"]
        if entry["previous"] != previous:
            faults.append(f"{chain}:{sequence}: does not follow its predecessor")
        if _hash(entry) != entry["hash"]:
            faults.append(f"{chain}:{sequence}: changed")
        previous = entry["hash"]
    # Entries whose writer died before moving the head stand behind it, which is no fault.
    if head is None or not head["sequence"] <= sequence <= head["sequence"] + MOST_TOGETHER:
        faults.append(f"{chain}:{sequence}: the chain does not end at its head")
    elif head.get("seal") != _seal(chain, head):
        faults.append(f"{chain}:{sequence}: the head was changed")
    return sequence, faults


def _hash(entry: Mapping[str, Any]) -> str:
    covered = {k: v for k, v in entry.items() if k not in ("_id", "hash")}
    covered["at"] = as_utc(covered["at"]).isoformat(timespec="milliseconds")
    return keyed_hash(PURPOSE, orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)).hex()


def _seal(chain: str, place: Mapping[str, Any]) -> str:
    """What only a holder of the key can write of the place where a chain ends."""
    return keyed_hash(HEAD_PURPOSE, f"{chain}:{place['sequence']}:{place['hash']}".encode()).hex()


def _entry_id(chain: str, sequence: int) -> str:
    return f"{chain}:{sequence:0{SEQUENCE_DIGITS}d}"
