"""One compare-and-set write: of many who race, as many win as may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from mongoengine import DictField, IntField, ListField, StringField

from models.kernel.actors import ANONYMOUS, SYSTEM, Actor
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.errors import Conflict, DomainError, Forbidden, IllegalTransition, NotFound, StaleVersion
from models.kernel.ids import new_id
from models.kernel.lifecycle import Change, Lifecycle, Transition, note_of
from models.kernel.outbox import OutboxEntry, OutboxMessage, relay

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
CLERK = Actor("staff", "clerk", frozenset({"planner"}), "360902")
OWNER = Actor("resident", "resident-1")


class Parcel(Record):
    """A document only this test knows; not of `Causing`, so that no relay of other tests meets it."""

    state = StringField()
    resident_id = StringField()
    district_code = StringField()
    free = IntField()
    takers = ListField(StringField())
    history = ListField(DictField())

    meta: ClassVar[dict[str, Any]] = {"collection": "parcels_of_the_test"}


LIFECYCLE = Lifecycle(
    "parcel", Parcel, "open",
    [
        Transition("take", ("open",), "open", ("planner",)),
        Transition("close", ("open",), "closed", ("planner", "owner")),
        Transition("expire", ("open",), "closed", ("system",)),
        Transition("reopen", ("closed",), "open", ("supervisor",)),
    ],
)  # fmt: skip


@pytest.fixture
def parcel(database: str) -> Iterator[Callable[..., str]]:
    def make(**fields: Any) -> str:
        made = {"_id": new_id(), "version": 1, "state": "open", "district_code": "360902", "resident_id": "resident-1",
                "history": [], "outbox": [], "created_at": AT, "updated_at": AT, "takers": [], **fields}  # fmt: skip
        collection(Parcel).insert_one(made)
        return str(made["_id"])

    yield make


def stored(parcel_id: str) -> dict[str, Any]:
    found = collection(Parcel).find_one({"_id": parcel_id})
    assert found is not None
    return found


def outcome(work: Callable[[], object]) -> str:
    try:
        work()
    except DomainError as error:
        return error.code
    return "done"


def test_of_sixteen_who_close_one_closes(parcel: Callable[..., str]) -> None:
    one = parcel()
    with ThreadPoolExecutor(16) as pool:
        said = list(pool.map(
            lambda _: outcome(lambda: LIFECYCLE.perform(one, "close", by=CLERK, at=AT, version=1)), range(16)
        ))  # fmt: skip
    assert said.count("done") == 1
    assert set(said) <= {"done", "stale_version", "illegal_transition"}
    assert stored(one)["version"] == 2 and len(stored(one)["history"]) == 1


def test_the_last_five_are_given_to_five(parcel: Callable[..., str]) -> None:
    one = parcel(free=5)
    take = Change(inc={"free": -1}, push={"takers": "x"}, where={"free": {"$gt": 0}})
    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(
            lambda _: outcome(lambda: LIFECYCLE.perform(one, "take", by=CLERK, at=AT, change=take)), range(12)
        ))  # fmt: skip
    found = stored(one)
    assert found["free"] == 0 and len(found["takers"]) == said.count("done") == 5
    assert said.count("conflict") == 7
    assert len(found["history"]) == 5 and found["version"] == 6


def test_the_same_key_is_carried_out_once(parcel: Callable[..., str]) -> None:
    one = parcel(free=9)
    take = Change(inc={"free": -1})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: LIFECYCLE.perform(one, "take", by=CLERK, at=AT, key="k-1", change=take), range(8)))
    assert stored(one)["free"] == 8


def test_change_history_and_effects_are_one_write(parcel: Callable[..., str]) -> None:
    one = parcel()
    entry = OutboxEntry("test:1", "notice", {"words": "geheim"})
    LIFECYCLE.perform(one, "close", by=OWNER, at=AT, change=Change(set={"free": 3}, note="不便透露", outbox=[entry]))
    found = stored(one)
    history = found["history"][0]
    assert (found["state"], found["free"], found["outbox_waiting"]) == ("closed", 3, True)
    assert (history["action"], history["from"], history["to"]) == ("close", "open", "closed")
    assert history["by"] == {"kind": "resident", "id": "resident-1"}
    assert note_of(history) == "不便透露" and "不便".encode() not in bytes(history["note"])
    assert b"geheim" not in bytes(found["outbox"][0]["payload"])


@pytest.mark.parametrize(
    ("by", "action", "error"),
    [
        (ANONYMOUS, "close", Forbidden), (Actor("resident", "resident-2"), "close", Forbidden),
        (Actor("staff", "x", frozenset({"planner"}), "360981"), "close", Forbidden),
        (Actor("staff", "x", frozenset({"visitor"}), "360902"), "close", Forbidden), (OWNER, "take", Forbidden),
        (SYSTEM, "close", Forbidden), (CLERK, "expire", Forbidden), (CLERK, "fly", Forbidden),
        (Actor("staff", "x", frozenset({"supervisor"})), "reopen", IllegalTransition),
    ],
)  # fmt: skip
def test_who_may_not_changes_nothing(
    parcel: Callable[..., str], by: Actor, action: str, error: type[DomainError]
) -> None:
    one = parcel()
    with pytest.raises(error):
        LIFECYCLE.perform(one, action, by=by, at=AT)
    assert stored(one)["version"] == 1 and stored(one)["history"] == []


def test_a_stale_version_is_told_the_present_one(parcel: Callable[..., str]) -> None:
    one = parcel(version=4)
    with pytest.raises(StaleVersion) as fault:
        LIFECYCLE.perform(one, "close", by=CLERK, at=AT, version=3)
    assert fault.value.details == {"state": "open", "version": 4}
    with pytest.raises(NotFound):
        LIFECYCLE.perform(new_id(), "close", by=CLERK, at=AT)


def test_a_guard_refuses_before_anything_is_written(parcel: Callable[..., str]) -> None:
    def guard(document: dict[str, Any], by: Actor, at: datetime) -> None:
        raise Conflict("too_early")

    guarded = Lifecycle("guarded", Parcel, "open", [Transition("close", ("open",), "closed", ("planner",), guard)])
    one = parcel()
    with pytest.raises(Conflict, match="too_early"):
        guarded.perform(one, "close", by=CLERK, at=AT)
    assert stored(one)["version"] == 1


def test_a_table_that_says_two_things_is_refused() -> None:
    row = Transition("close", ("open",), "closed", ("planner",))
    with pytest.raises(ValueError, match="declared twice"):
        Lifecycle("parcel", Parcel, "open", [row, row])
    assert LIFECYCLE.states == ("open", "closed")
    assert "open --> closed: close" in LIFECYCLE.mermaid()
    assert LIFECYCLE.actions_for({"state": "open", "district_code": "360902"}, CLERK) == ["take", "close"]


def test_a_document_without_effects_is_not_relayed(parcel: Callable[..., str]) -> None:
    parcel()
    assert relay(AT) == 0
    assert collection(OutboxMessage).count_documents({}) == 0
