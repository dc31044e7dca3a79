"""Positions: what the stored counts say is what a full sort of the entries says, whoever writes and whoever dies."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from config.loading import Rule, rules
from models.housing import positions, queries, waiting_list
from models.housing.documents import WaitingDirectory, WaitingEntry, WaitingLeaf
from models.housing.ordering import list_key
from models.housing.waiting_list import Place
from models.kernel.actors import COUNTY_REVIEWER, SYSTEM, Actor
from models.kernel.database import collection
from models.kernel.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, StaleVersion

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
KEY = list_key("elder_home_admission", "360902")
LEVELS = ("complete", "severe", "moderate", "mild", "able")
ELSEWHERE = Actor("staff", "x", frozenset({COUNTY_REVIEWER}), "360921")
REVIEWER = Actor("staff", "r1", frozenset({COUNTY_REVIEWER}), "360902")


@pytest.fixture
def small_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves of four items, so that few entries make many leaves and many cuts."""
    small = Rule(value=4, unit="entries", source="test")
    monkeypatch.setitem(rules(), "housing.waiting_leaf_most", small)


def application(number: int) -> str:
    return "A" + hashlib.sha256(str(number).encode()).hexdigest()[:25].upper().replace("I", "J")


def place(number: int, **more: Any) -> Place:
    return Place("elder_home_admission", application(number), "360902", **more)


def join(number: int, level: str = "severe", day: str = "2026-03-01", **more: Any) -> dict[str, Any]:
    values = {"care_level": level, "applied_on": day}
    return waiting_list.join(place(number, **more), values, reason="approved", by=SYSTEM, at=AT)


def act(number: int, action: str, reason: str, **more: Any) -> dict[str, Any]:
    return waiting_list.act(place(number).entry_id, action, reason=reason, by=SYSTEM, at=AT, **more)


def truth() -> list[str]:
    """The waiting entries' keys in order, by a full sort."""
    return sorted(each["full_key"] for each in collection(WaitingEntry).find({"list_key": KEY, "state": "waiting"}))


def assert_true() -> None:
    keys = truth()
    assert [key for key, _ in positions.every(KEY)] == keys
    directory = collection(WaitingDirectory).find_one({"_id": KEY})
    assert directory is not None
    leaves = {leaf["_id"]: leaf for leaf in collection(WaitingLeaf).find({"list_key": KEY})}
    assert {i: leaf["n"] for i, leaf in directory["leaves"].items()} == {
        i: len(leaf["items"]) for i, leaf in leaves.items()
    }
    for ahead in {*range(0, len(keys), 7), len(keys) - 1} if keys else ():
        assert positions.standing(KEY, keys[ahead]) == positions.Standing(ahead, len(keys))


def test_the_more_dependent_come_first_then_the_earlier_day(database: str) -> None:
    join(1, "mild", "2026-01-01")
    join(2, "complete", "2026-05-01")
    join(3, "severe", "2026-02-01")
    join(4, "severe", "2026-01-31")
    assert queries.head(KEY, 10) == [application(n) for n in (2, 4, 3, 1)]
    seen = queries.position(KEY, application(3))
    assert (seen["position"], seen["ahead"], seen["total"], seen["state"]) == (3, 2, 4, "waiting")


def test_equals_are_decided_by_the_published_tie(database: str) -> None:
    for number in range(6):
        join(number)
    by_hash = sorted(range(6), key=lambda n: hashlib.sha256(f"{KEY}|{application(n)}".encode()).hexdigest())
    assert queries.head(KEY, 6) == [application(n) for n in by_hash]


def test_a_repeated_join_changes_nothing(database: str) -> None:
    assert join(1) == join(1)
    assert queries.position(KEY, application(1))["total"] == 1


def test_a_pause_keeps_the_key_and_is_not_counted(database: str) -> None:
    join(1, day="2026-01-01")
    join(2, day="2026-01-02")
    act(1, "pause", "own_request")
    assert queries.position(KEY, application(2))["ahead"] == 0
    assert queries.position(KEY, application(1))["position"] is None
    act(1, "resume", "own_request")
    assert queries.position(KEY, application(2))["ahead"] == 1


def test_what_moved_me_names_day_reason_and_change(database: str) -> None:
    for number, day in ((1, "2026-01-01"), (2, "2026-01-02"), (3, "2026-01-03"), (4, "2026-06-01")):
        join(number, day=day)
    act(1, "end", "allocated")
    act(2, "move", "reassessed", values={"care_level": "able"})
    act(4, "move", "reassessed", values={"care_level": "complete"})
    found = queries.what_moved(KEY, application(3), AT)
    assert [(each["action"], each["reason"], each["change"]) for each in found if each["action"] != "join"] == [
        ("end", "allocated", -1)
    ]
    moves = queries.position(KEY, application(4))["moves"]
    assert [(each["action"], each["reason"]) for each in moves] == [("join", "approved"), ("move", "reassessed")]


@pytest.mark.parametrize(
    ("action", "more", "error"),
    [
        ("pause", {"reason": "because"}, InvalidInput),
        ("pause", {"reason": "own_request", "version": 7}, StaleVersion),
        ("resume", {"reason": "own_request"}, IllegalTransition),
        ("move", {"reason": "reassessed"}, InvalidInput),
        ("move", {"reason": "reassessed", "values": {"care_level": "very"}}, InvalidInput),
        ("move", {"reason": "reassessed", "values": {"rank": 1}}, InvalidInput),
        ("pause", {"reason": "own_request", "values": {"care_level": "able"}}, InvalidInput),
        ("pause", {"reason": "own_request", "by": ELSEWHERE}, Forbidden),
        ("end", {"reason": "withdrawn", "by": Actor("resident", "another")}, Forbidden),
    ],
)  # fmt: skip
def test_what_is_refused_moves_nothing(
    database: str, action: str, more: dict[str, Any], error: type[Exception]
) -> None:
    entry = join(1, resident_id="me")
    with pytest.raises(error):
        waiting_list.act(entry["_id"], action, **{"by": REVIEWER, "at": AT, **more})
    assert collection(WaitingEntry).find_one({"_id": entry["_id"]}) == entry
    assert_true()


def test_the_same_key_acts_once(database: str) -> None:
    join(1)
    assert act(1, "pause", "own_request", key="k1") == act(1, "pause", "own_request", key="k1")


def test_cuts_keep_every_position(database: str, small_leaves: None) -> None:
    numbers = list(range(80))
    random.Random(4).shuffle(numbers)
    for number in numbers:
        join(number, LEVELS[number % 5], f"2026-0{1 + number % 9}-01")
    assert collection(WaitingLeaf).count_documents({}) > 12
    assert_true()


def test_64_clients_joining_leaving_and_moving_leave_true_counts(database: str, small_leaves: None) -> None:
    for number in range(64):
        join(number, LEVELS[number % 5])

    def client(mine: int) -> None:
        chance = random.Random(mine)
        for turn in range(3):
            # Half of the actions hit entries that others work on at the same time.
            number = mine if turn % 2 else chance.randrange(64)
            name, reason, more = chance.choice(
                [("pause", "own_request", {}), ("resume", "own_request", {}), ("end", "withdrawn", {}),
                 ("restore", "ruling", {}), ("recheck", "recheck_done", {}),
                 ("move", "reassessed", {"values": {"care_level": chance.choice(LEVELS)}})]
            )  # fmt: skip
            try:
                act(number, name, reason, **more)
            except IllegalTransition:
                join(1000 + mine * 10 + turn, chance.choice(LEVELS))

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(client, range(64)))
    assert collection(WaitingEntry).count_documents({"unplaced": True}) == 0
    assert_true()
    for entry in collection(WaitingEntry).find({}):
        assert [move["version"] for move in entry["moves"]] == list(range(1, entry["version"] + 1))


class Killed(BaseException):
    """The process dies here."""


WRITES = [
    (positions, "insert"), (positions, "remove"), (positions, "_publish"), (positions, "_freeze"), (positions, "_cut"),
    (positions, "_publish_pair"), (positions, "_insert_leaf"), (waiting_list, "_note_movement"),
    (waiting_list, "_show"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "name"), WRITES, ids=[name for _, name in WRITES])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_death_between_two_writes_is_repaired(
    database: str, small_leaves: None, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, after: bool
) -> None:
    for number in range(8):
        join(number, LEVELS[number % 5])
    real: Callable[..., Any] = getattr(module, name)
    died = []

    def deadly(*given: Any, **named: Any) -> Any:
        if after:
            real(*given, **named)
        died.append(name)
        raise Killed

    for number in range(6):
        monkeypatch.setattr(module, name, deadly)
        for work in (lambda n: join(100 + n), lambda n: act(n, "end", "withdrawn")):
            try:
                work(number)
            except Killed:
                continue
        monkeypatch.setattr(module, name, real)
    assert died, "the test never reached the place"
    waiting_list.reconcile(AT)
    assert_true()
    assert waiting_list.sweep(KEY, AT) == waiting_list.Reconciled()


def test_the_sweep_finds_strays_and_gaps(database: str, small_leaves: None) -> None:
    for number in range(20):
        join(number)
    lost, stray = truth()[3], truth()[5].rpartition(".")[0] + "." + application(999)
    positions.remove(KEY, lost, 99, AT)
    positions.insert(KEY, stray, 1, AT)
    found = waiting_list.sweep(KEY, AT)
    assert (found.strays, found.missing) == (1, 1)
    assert_true()


def test_a_list_is_taken_over_whole_and_only_once(database: str, small_leaves: None) -> None:
    entries = [(place(n), {"care_level": LEVELS[n % 5], "applied_on": "2025-01-01"}) for n in range(50)]

    def take_over(some: list[Any]) -> int:
        return waiting_list.take_over("elder_home_admission", "360902", None, some, by=SYSTEM, at=AT)

    assert take_over(entries) == 50
    assert_true()
    join(77)
    act(3, "end", "withdrawn")
    assert_true()
    with pytest.raises(Conflict):
        take_over(entries[:10])
    assert_true()


def test_rechecks_fall_due_after_a_year(database: str) -> None:
    join(1)
    assert queries.due_for_recheck(KEY, datetime(2027, 11, 22, tzinfo=UTC), 10) == []
    due = queries.due_for_recheck(KEY, datetime(2027, 11, 24, tzinfo=UTC), 10)
    assert [each["application_id"] for each in due] == [application(1)]
