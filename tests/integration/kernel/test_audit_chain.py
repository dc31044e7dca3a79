"""The audit trail shows every later change, and many writers at once do not tear it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime, timezone
from typing import Any

import pytest
from flask import Flask

from bench.plans import Listening
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import database as db
from models.kernel.errors import NotFound

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
CLERK = Actor("staff", "clerk", frozenset({"planner"}), "360902")


def write(number: int, district_code: str | None = None) -> None:
    audit.record(CLERK, "viewed", f"resident:{number}", AT, district_code=district_code, detail={"number": number})


@pytest.fixture
def chain(database: str) -> str:
    for number in range(6):
        write(number)
    assert audit.verify() == audit.ChainReport(6, [])
    return "360902"


def entry(number: int) -> dict[str, Any]:
    return {"chain": "360902", "sequence": number}


def test_eight_writers_at_once_leave_a_whole_chain(database: str) -> None:
    def write_some(first: int) -> None:
        """Four of two chains: every other writer writes them together."""
        with audit.together() if first % 8 else nullcontext():
            for number in range(first, first + 4):
                write(number, ("360902", "360981")[number % 2])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_some, range(0, 64, 4)))
    assert audit.verify() == audit.ChainReport(64, [])
    numbers = sorted(each["detail"]["number"] for each in db()[audit.ENTRIES].find())
    assert numbers == list(range(64))


def test_a_writer_that_died_before_moving_the_head_does_no_harm(chain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(audit, "_advance", lambda chain, entry: None)
        with audit.together():
            for number in (6, 7, 8):
                write(number)
    assert audit.verify() == audit.ChainReport(9, [])
    assert audit.verify_end(chain, 5) == (8, [])
    write(9)
    assert audit.verify() == audit.ChainReport(10, [])


def test_what_is_recorded_together_is_one_write_also_where_the_page_fails(listening: Listening, database: str) -> None:
    listening.on = True
    with pytest.raises(NotFound), audit.together():
        for number in range(6):
            write(number)
        raise NotFound()
    assert listening.commands == 3, "the head is read, the entries are written, the head is moved"
    assert audit.verify() == audit.ChainReport(6, [])
    write(7)
    assert audit.verify().entries == 7, "by itself again"


@pytest.mark.parametrize(
    "change",
    [
        {"action": "edited"}, {"subject": "resident:9"}, {"detail.number": 7}, {"by.id": "somebody"},
        {"at": datetime(2026, 11, 23, 1, 31, tzinfo=UTC)}, {"previous": "0" * 64}, {"hash": "f" * 64},
    ],
)  # fmt: skip
def test_a_changed_entry_is_found(chain: str, change: dict[str, Any]) -> None:
    db()[audit.ENTRIES].update_one(entry(3), {"$set": change})
    faults = audit.verify().faults
    assert any(fault.startswith("360902:3:") for fault in faults), faults


def test_a_removed_entry_is_found(chain: str) -> None:
    db()[audit.ENTRIES].delete_one(entry(3))
    assert any("missing" in fault for fault in audit.verify().faults)


def test_a_chain_cut_short_is_found_also_when_its_head_was_moved_back(chain: str) -> None:
    db()[audit.ENTRIES].delete_many({"chain": chain, "sequence": {"$gt": 3}})
    assert audit.verify().faults == ["360902:3: the chain does not end at its head"]
    last = db()[audit.ENTRIES].find_one(entry(3))
    assert last is not None
    db()[audit.HEADS].update_one({"_id": chain}, {"$set": {"sequence": 3, "hash": last["hash"]}})
    assert audit.verify().faults == ["360902:3: the head was changed"]


def test_a_rewritten_chain_is_found_without_the_key(chain: str) -> None:
    """Entries in another order, each consistent by itself."""
    second, third = (db()[audit.ENTRIES].find_one(entry(number)) for number in (2, 3))
    assert second is not None and third is not None
    for old, new in ((second, third), (third, second)):
        moved = {k: v for k, v in new.items() if k not in ("_id", "sequence")}
        db()[audit.ENTRIES].update_one({"_id": old["_id"]}, {"$set": moved})
    assert audit.verify().faults


def test_details_of_any_kind_survive_storage(database: str) -> None:
    local = datetime(2026, 11, 23, 9, 30, 0, 123_456, tzinfo=timezone.utc)  # noqa: UP017
    audit.record(CLERK, "viewed", "x:1", AT, detail={"when": local, "list": (1, 2.5, None, True), "deep": {"字": "词"}})
    assert audit.verify() == audit.ChainReport(1, [])


def test_the_command_tells_by_its_exit_code(app: Flask, chain: str) -> None:
    runner = app.test_cli_runner()
    good = runner.invoke(args=["audit", "verify"])
    assert good.exit_code == 0 and "6 entries, 0 faults" in good.output
    db()[audit.ENTRIES].update_one(entry(2), {"$set": {"action": "edited"}})
    bad = runner.invoke(args=["audit", "verify"])
    assert bad.exit_code == 1 and "360902:2: changed" in bad.output
