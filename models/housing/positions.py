"""The order of a waiting list with stored counts: two documents tell how many are ahead, however long the list.

The order is cut into stretches (leaves) of a few hundred items; a directory keeps the count of each. A write changes
one leaf, atomically, and then tells the directory the leaf's new count together with the leaf's version. The directory
keeps the count of the highest version it was told, so a message that is late, doubled or lost between two writes does
no lasting harm: the next write to the leaf, or `refresh`, sets it right.

A leaf that has grown too long is frozen, its upper part copied to a new leaf whose id follows from the frozen one,
and cut. Each step can be repeated by anyone, so a process that dies in between leaves nothing half done for long.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.housing.documents import WaitingDirectory, WaitingLeaf
from models.kernel.database import change_one, collection
from models.kernel.errors import Conflict, Unavailable
from models.kernel.ids import id_from_key

# Before and behind every key; keys are printable ASCII.
LOWEST, HIGHEST = "", "\x7f"
COUNTED = {"items": 0}
MAX_STEPS = 500
# Where a list only grows at its end, a leaf cut in the middle would stay half empty for ever.
SHARE_LEFT_AT_END = 0.9

Raw = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """`ahead`: how many come before the key; `total`: how many wait."""

    ahead: int
    total: int


def insert(list_key: str, key: str, version: int, at: datetime) -> None:
    """Lay the key into the list. A repeat changes nothing; of two versions of the same key the later stays."""
    for _ in range(MAX_STEPS):
        leaf_id = _leaf_for(list_key, key, at)
        grown = change_one(
            collection(WaitingLeaf),
            {"_id": leaf_id, "low": {"$lte": key}, "high": {"$gt": key}, "frozen": False, "items.k": {"$ne": key}},
            {"$push": {"items": {"k": key, "v": version}}, "$inc": {"n": 1, "version": 1}},
            COUNTED,
        )
        if grown is not None:
            _publish(grown)
            if grown["n"] > rule("housing.waiting_leaf_most"):
                _freeze(leaf_id)
            return
        if _lies_there(leaf_id, key, version):
            return
    raise Unavailable()


def remove(list_key: str, key: str, up_to_version: int, at: datetime) -> None:
    """Take the key away, unless a version later than `up_to_version` laid it there."""
    old = {"k": key, "v": {"$lte": up_to_version}}
    for _ in range(MAX_STEPS):
        leaf_id = _leaf_for(list_key, key, at)
        shrunk = change_one(
            collection(WaitingLeaf),
            {"_id": leaf_id, "low": {"$lte": key}, "high": {"$gt": key}, "frozen": False,
             "items": {"$elemMatch": old}},
            {"$pull": {"items": old}, "$inc": {"n": -1, "version": 1}},
            COUNTED,
        )  # fmt: skip
        if shrunk is not None:
            _publish(shrunk)
            return
        leaf = _help(leaf_id, key)
        if leaf is not None and not any(i["k"] == key and i["v"] <= up_to_version for i in leaf["items"]):
            return
    raise Unavailable()


def standing(list_key: str, key: str) -> Standing:
    """Where a key stands. Reads two documents; a write in progress elsewhere may be counted a moment late."""
    for _ in range(MAX_STEPS):
        directory = collection(WaitingDirectory).find_one({"_id": list_key})
        if directory is None:
            return Standing(0, 0)
        leaves = sorted((leaf["low"], leaf["n"], leaf_id) for leaf_id, leaf in directory["leaves"].items())
        here = bisect_right(leaves, key, key=lambda each: each[0]) - 1
        leaf_id = leaves[here][2]
        leaf = collection(WaitingLeaf).find_one({"_id": leaf_id})
        if leaf is not None and key < leaf["high"]:
            before = sum(n for _, n, _ in leaves[:here])
            within = sum(item["k"] < key for item in leaf["items"])
            return Standing(before + within, sum(n for _, n, _ in leaves))
        _help(leaf_id, key)
    raise Unavailable()


def first(list_key: str, count: int) -> list[str]:
    """The keys at the head of the list, in order; reads only the leaves that hold them."""
    found: list[str] = []
    for leaf in _chain(list_key):
        found += sorted(item["k"] for item in leaf["items"])
        if len(found) >= count:
            break
    return found[:count]


def after(list_key: str, key: str, count: int) -> tuple[int, list[str]]:
    """How many come before the first key behind `key`, and up to `count` keys from there on, in order.

    Reads the directory and the leaves that hold them, however deep in the list.
    """
    directory = collection(WaitingDirectory).find_one({"_id": list_key})
    if directory is None:
        return 0, []
    leaves = sorted((leaf["low"], leaf["n"], leaf_id) for leaf_id, leaf in directory["leaves"].items())
    here = max(bisect_right(leaves, key, key=lambda each: each[0]) - 1, 0)
    ahead, found, leaf_id = sum(n for _, n, _ in leaves[:here]), list[str](), leaves[here][2]
    while leaf_id is not None and len(found) < count:
        leaf = collection(WaitingLeaf).find_one({"_id": leaf_id})
        if leaf is None:
            break
        keys = sorted(item["k"] for item in leaf["items"])
        behind = [each for each in keys if each > key]
        ahead += len(keys) - len(behind)
        found += behind
        leaf_id = leaf["right"]
    return ahead, found[:count]


def before(list_key: str, key: str) -> str | None:
    """The key right before one, None for the first."""
    directory = collection(WaitingDirectory).find_one({"_id": list_key}) or {"leaves": {}}
    lows = sorted(((leaf["low"], leaf_id) for leaf_id, leaf in directory["leaves"].items()), reverse=True)
    for _, leaf_id in (each for each in lows if each[0] < key):
        leaf = collection(WaitingLeaf).find_one({"_id": leaf_id}) or {"items": []}
        smaller = [item["k"] for item in leaf["items"] if item["k"] < key]
        if smaller:
            return str(max(smaller))
    return None


def totals(list_keys: Sequence[str]) -> dict[str, int]:
    """How many wait on each list that has begun."""
    found = collection(WaitingDirectory).find({"_id": {"$in": list(list_keys)}})
    return {each["_id"]: sum(leaf["n"] for leaf in each["leaves"].values()) for each in found}


def every(list_key: str) -> Iterator[tuple[str, int]]:
    """All keys in order with their versions. Reads the whole list, leaf by leaf."""
    for leaf in _chain(list_key):
        for item in sorted(leaf["items"], key=lambda each: each["k"]):
            yield item["k"], item["v"]


def all_lists() -> list[str]:
    """The keys of all lists that have begun."""
    return [each["_id"] for each in collection(WaitingDirectory).find({}, {"_id": 1})]


def refresh(list_key: str) -> int:
    """Finish cuts left half done and tell the directory every count; returns how many counts were behind."""
    directory = collection(WaitingDirectory).find_one({"_id": list_key})
    if directory is None:
        return 0
    behind = 0
    for leaf in collection(WaitingLeaf).find({"list_key": list_key, "frozen": True}):
        _cut(leaf)
    for leaf in _chain(list_key):
        known = directory["leaves"].get(leaf["_id"])
        if known is None or known["v"] < leaf["version"]:
            behind += 1
            _publish(leaf)
    return behind


def build(list_key: str, items: Sequence[tuple[str, int]], at: datetime) -> None:
    """Lay down a whole list of (key, version) at once: a list taken over from elsewhere.

    Raises Conflict where the list has begun already.
    """
    ordered = sorted(items)
    size = int(rule("housing.waiting_leaf_most") * SHARE_LEFT_AT_END)
    pieces = [ordered[start : start + size] for start in range(0, len(ordered), size)] or [[]]
    ids = [
        _first_leaf(list_key),
        *(id_from_key("waiting leaf", f"{list_key} built {n}") for n in range(1, len(pieces))),
    ]
    lows = [LOWEST, *(_between(one[-1][0], other[0][0]) for one, other in pairwise(pieces))]
    leaves = [
        _leaf(list_key, leaf_id, low, high, right, [{"k": k, "v": v} for k, v in piece], at)
        for leaf_id, low, high, right, piece in zip(
            ids, lows, [*lows[1:], HIGHEST], [*ids[1:], None], pieces, strict=True
        )
    ]
    # The first leaf is the head of the chain: written last, it makes all of them the list, or it was there already.
    for leaf in reversed(leaves):
        _insert_leaf(leaf)
    found = collection(WaitingLeaf).find_one({"_id": ids[0]}) or {}
    if found.get("items") != leaves[0]["items"] or found.get("right") != leaves[0]["right"]:
        raise Conflict("waiting_list_begun")
    if not _begin(list_key, leaves, at):
        raise Conflict("waiting_list_begun")


def _leaf_for(list_key: str, key: str, at: datetime) -> str:
    directory = collection(WaitingDirectory).find_one({"_id": list_key})
    if directory is None:
        leaf = _leaf(list_key, _first_leaf(list_key), LOWEST, HIGHEST, None, [], at)
        _insert_leaf(leaf)
        _begin(list_key, [leaf], at)
        return str(leaf["_id"])
    _, leaf_id = max((leaf["low"], leaf_id) for leaf_id, leaf in directory["leaves"].items() if leaf["low"] <= key)
    return str(leaf_id)


def _first_leaf(list_key: str) -> str:
    return id_from_key("waiting leaf", list_key)


def _leaf(
    list_key: str, leaf_id: str, low: str, high: str, right: str | None, items: list[Raw], at: datetime
) -> Raw:  # fmt: skip
    return {
        "_id": leaf_id, "version": 1, "created_at": at, "updated_at": at, "list_key": list_key, "low": low,
        "high": high, "right": right, "frozen": False, "n": len(items), "items": items,
    }  # fmt: skip


def _insert_leaf(leaf: Raw) -> None:
    try:
        collection(WaitingLeaf).insert_one(leaf)
    except DuplicateKeyError:
        return  # another made the same leaf of the same content, and it may have changed since


def _begin(list_key: str, leaves: Sequence[Raw], at: datetime) -> bool:
    counts = {leaf["_id"]: _count(leaf) for leaf in leaves}
    fresh = {"_id": list_key, "version": 1, "created_at": at, "updated_at": at, "leaves": counts}
    try:
        collection(WaitingDirectory).insert_one(fresh)
    except DuplicateKeyError:
        return False
    return True


def _between(left: str, right: str) -> str:
    """The shortest text behind `left` and not behind `right`: it keeps the directory small."""
    length = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    return right[: length + 1]


def _count(leaf: Raw) -> Raw:
    return {"low": leaf["low"], "n": leaf["n"], "v": leaf["version"]}


def _publish(leaf: Raw) -> None:
    """Tell the directory a leaf's count, unless it knows a later one."""
    name = f"leaves.{leaf['_id']}"
    for unless in ({f"{name}.v": {"$lt": leaf["version"]}}, {name: {"$exists": False}}):
        told = {"_id": leaf["list_key"], **unless}
        if collection(WaitingDirectory).update_one(told, {"$set": {name: _count(leaf)}}).matched_count:
            return


def _lies_there(leaf_id: str, key: str, version: int) -> bool:
    """Why an insertion matched nothing: True where the key lies there already; its version is noted then."""
    leaf = _help(leaf_id, key)
    if leaf is None or not any(each["k"] == key for each in leaf["items"]):
        return False
    collection(WaitingLeaf).update_one(
        {"_id": leaf_id, "frozen": False},
        {"$set": {"items.$[mine].v": version}},
        array_filters=[{"mine.k": key, "mine.v": {"$lt": version}}],
    )
    now = collection(WaitingLeaf).find_one({"_id": leaf_id}, {"items": 1})
    return now is not None and any(each["k"] == key and each["v"] >= version for each in now["items"])


def _help(leaf_id: str, key: str) -> Raw | None:
    """Read the leaf that a write did not match. Finishes a cut that is in its way and returns None: try again."""
    leaf = collection(WaitingLeaf).find_one({"_id": leaf_id})
    if leaf is None:
        return None
    if leaf["frozen"]:
        _cut(leaf)
        return None
    if key >= leaf["high"] and leaf["right"] is not None:
        right = collection(WaitingLeaf).find_one({"_id": leaf["right"]}, COUNTED)
        if right is not None:
            _publish_pair(leaf, right)
        return None
    return leaf


def _freeze(leaf_id: str) -> None:
    frozen = change_one(
        collection(WaitingLeaf),
        {"_id": leaf_id, "frozen": False, "n": {"$gt": rule("housing.waiting_leaf_most")}},
        {"$set": {"frozen": True}, "$inc": {"version": 1}},
    )
    if frozen is not None and frozen["frozen"]:  # else others have cut it already
        _cut(frozen)


def _cut(leaf: Raw) -> None:
    """Cut a frozen leaf in two; everyone who does it does the same."""
    items = sorted(leaf["items"], key=lambda each: each["k"])
    share = SHARE_LEFT_AT_END if leaf["high"] == HIGHEST else 0.5
    lower, upper = items[: int(len(items) * share)], items[int(len(items) * share) :]
    right_id = id_from_key("waiting leaf", f"{leaf['_id']} {leaf['version']}")
    middle = _between(lower[-1]["k"], upper[0]["k"])
    right = _leaf(leaf["list_key"], right_id, middle, leaf["high"], leaf["right"], upper, leaf["updated_at"])
    _insert_leaf(right)
    left = change_one(
        collection(WaitingLeaf),
        {"_id": leaf["_id"], "version": leaf["version"], "frozen": True},
        {
            "$set": {"items": lower, "n": len(lower), "high": middle, "right": right_id, "frozen": False},
            "$inc": {"version": 1},
        },
        COUNTED,
    )
    if left is not None:
        _publish_pair(left, right)


def _publish_pair(left: Raw, right: Raw) -> None:
    """Tell the directory of a new leaf and of the one it was cut from, in one write: nothing is counted twice."""
    one, other = f"leaves.{left['_id']}", f"leaves.{right['_id']}"
    collection(WaitingDirectory).update_one(
        {"_id": left["list_key"], f"{one}.v": {"$lt": left["version"]}, other: {"$exists": False}},
        {"$set": {one: _count(left), other: _count(right)}},
    )
    _publish(left)
    _publish(right)


def _chain(list_key: str) -> Iterator[Raw]:
    """The leaves from first to last, by their links: also those the directory does not know yet."""
    leaf_id: str | None = _first_leaf(list_key)
    while leaf_id is not None:
        leaf = collection(WaitingLeaf).find_one({"_id": leaf_id})
        if leaf is None:
            return
        yield leaf
        leaf_id = leaf["right"]
