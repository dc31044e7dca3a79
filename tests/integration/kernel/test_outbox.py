"""The outbox: each effect once, in order, and nothing stuck keeps the rest from going out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from config.loading import rule
from models.indicators.documents import Observation
from models.kernel import outbox
from models.kernel.database import collection
from models.kernel.outbox import (
    DEAD,
    DELIVERED,
    FAILED,
    PENDING,
    SENDING,
    UNCERTAIN,
    Handler,
    OutboxEntry,
    OutboxMessage,
    Receipt,
    deliver,
    enqueue,
    relay,
)

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


class Post:
    """A receiver that notes what it gets and answers as told."""

    def __init__(self, answer: Callable[[str], Receipt] = lambda key: Receipt("delivered")) -> None:
        self.answer = answer
        self.got: list[str] = []

    def handler(self, idempotent: bool = True) -> Handler:
        def send(payload: dict[str, Any], key: str) -> Receipt:
            self.got.append(key)
            return self.answer(key)

        return Handler(send, idempotent)


def put(key: str, channel: str = "a", seconds: float = 0, **more: Any) -> None:
    enqueue(OutboxEntry(key, channel, {"to": key}, **more), later(seconds))


def message(key: str) -> dict[str, Any]:
    found = collection(OutboxMessage).find_one({"_id": key})
    assert found is not None
    return found


def cause(number: int, *entries: OutboxEntry) -> None:
    """A document with waiting entries; an observation stands for any."""
    collection(Observation).insert_one({
        "_id": f"cause-{number}", "version": 1, "created_at": later(number), "updated_at": later(number),
        "indicator": f"i{number}", "level": "city", "area": "3609", "period": "2026-10", "revision": 1,
        "outbox": [each.stored(later(number)) for each in entries], "outbox_waiting": True, "history": [],
    })  # fmt: skip


def test_an_entry_is_relayed_once_also_when_the_relay_died_midway(database: str) -> None:
    cause(1, OutboxEntry("k1", "a", {"x": 1}), OutboxEntry("k2", "a", {"x": 2}))
    outbox._insert_message(OutboxEntry("k1", "a", {"x": 1}).stored(AT), AT)  # the relay died after its first insert
    post = Post()
    deliver(AT, {"a": post.handler()})
    assert relay(AT) == 2
    assert relay(AT) == 0
    deliver(later(1), {"a": post.handler()})
    assert sorted(post.got) == ["k1", "k2"]
    found = collection(Observation).find_one({"_id": "cause-1"})
    assert found is not None and found["outbox"] == [] and found["outbox_waiting"] is False


def test_causes_are_relayed_in_the_order_of_their_changes(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (3, 1, 2):
        cause(number, OutboxEntry(f"k{number}", "a", {}))
    monkeypatch.setattr(outbox, "RELAY_BATCH", 2)
    relay(AT)
    assert sorted(each["_id"] for each in collection(OutboxMessage).find()) == ["k1", "k2"]


def test_messages_of_an_order_wait_for_the_earlier_ones(database: str) -> None:
    for number in range(3):
        put(f"k{number}", seconds=number, order_key="o")
    put("free", seconds=9)
    post = Post(lambda key: Receipt("retry") if key == "k0" else Receipt("delivered"))
    deliver(later(10), {"a": post.handler()})
    assert post.got == ["k0", "free"]
    post.answer = lambda key: Receipt("delivered")
    deliver(later(20), {"a": post.handler()})
    assert post.got == ["k0", "free", "k0", "k1", "k2"]


def test_a_queue_behind_one_that_waits_does_not_keep_others_from_going_out(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "DELIVERY_BATCH", 10)
    for number in range(15):
        put(f"k{number:04d}", order_key="o")
    put("other", seconds=1)
    post = Post(lambda key: Receipt("delivered") if key == "other" else Receipt("retry", after=600))
    for second in range(2, 6):
        deliver(later(second), {"a": post.handler()})
    assert post.got == ["k0000", "other"]


def test_a_channel_nobody_serves_does_not_keep_others_from_going_out(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "DELIVERY_BATCH", 10)
    for number in range(15):
        put(f"k{number:04d}", channel="unserved")
    put("other", seconds=1)
    post = Post()
    deliver(later(2), {"a": post.handler()})
    assert post.got == ["other"]


def test_a_full_channel_pauses_whole_and_costs_no_attempt(database: str) -> None:
    for number in range(4):
        put(f"k{number}")
    post = Post(lambda key: Receipt("quota", after=60))
    for second in (0, 1, 2, 59):
        deliver(later(second), {"a": post.handler()})
    assert len(post.got) == 1
    assert message("k0")["attempts"] == 0
    post.answer = lambda key: Receipt("delivered")
    assert deliver(later(60), {"a": post.handler()}) == {"delivered": 4}
    assert post.got[1:] == ["k0", "k1", "k2", "k3"]


def test_a_fault_in_a_handler_does_not_keep_others_from_going_out(database: str) -> None:
    def broken(key: str) -> Receipt:
        if key == "bad":
            raise KeyError("resident_id")
        return Receipt("delivered")

    put("bad")
    put("good", seconds=0.5)
    post = Post(broken)
    assert deliver(later(1), {"a": post.handler()}) == {"retry": 1, "delivered": 1}
    assert message("bad")["outcome"] == "fault_KeyError"
    put("bad", channel="once")
    collection(OutboxMessage).update_one({"_id": "bad"}, {"$set": {"channel": "once"}})
    deliver(later(3600), {"once": post.handler(idempotent=False)})
    assert message("bad")["state"] == UNCERTAIN, "perhaps it was sent: not again by itself"


def test_a_database_that_vanishes_while_sending_is_told(database: str) -> None:
    def gone(key: str) -> Receipt:
        raise AutoReconnect("gone")

    put("k")
    with pytest.raises(AutoReconnect):
        deliver(AT, {"a": Post(gone).handler()})
    assert message("k")["state"] == SENDING


@pytest.mark.parametrize(("idempotent", "state", "sent"), [(True, DELIVERED, 1), (False, UNCERTAIN, 0)])
def test_a_vanished_sender(database: str, idempotent: bool, state: str, sent: int) -> None:
    put("k")
    assert outbox._claim("k", AT) is not None
    post = Post()
    lease = rule("kernel.outbox_lease_seconds")
    deliver(later(lease - 1), {"a": post.handler(idempotent)})
    assert message("k")["state"] == SENDING
    deliver(later(lease), {"a": post.handler(idempotent)})
    assert (message("k")["state"], len(post.got)) == (state, sent)
    assert outbox.retry("k", later(lease)) is (state == UNCERTAIN)


def test_a_slow_pass_holds_its_leases_by_the_present(database: str) -> None:
    """Otherwise a second process takes a message for abandoned while it is being sent."""
    put("k1")
    put("k2", seconds=0.1)
    present = [later(1)]
    other = Post()

    def slow(key: str) -> Receipt:
        present[0] += timedelta(seconds=50)
        if key == "k2":
            deliver(present[0], {"a": other.handler(False)})
        return Receipt("delivered")

    deliver(later(1), {"a": Post(slow).handler(False)}, lambda: present[0])
    assert other.got == []
    assert (message("k1")["state"], message("k2")["state"]) == (DELIVERED, DELIVERED)


def test_a_message_that_never_goes_out_dies_visibly_after_more_than_a_day(database: str) -> None:
    put("k")
    post, at = Post(lambda key: Receipt("retry", "http_500")), AT
    while message("k")["state"] == PENDING:
        at = max(at, message("k")["next_attempt_at"])
        deliver(at, {"a": post.handler()})
    assert message("k")["state"] == DEAD
    assert len(post.got) == rule("kernel.outbox_max_attempts")
    assert at - AT > timedelta(hours=24)


def test_what_a_channel_refuses_goes_on_by_the_next_in_its_place(database: str) -> None:
    put("k1", fallbacks=("b",), order_key="o")
    put("k2", seconds=1, order_key="o")
    first, second = Post(lambda key: Receipt("final" if key == "k1" else "delivered")), Post()
    deliver(later(0.5), {"a": first.handler()})
    assert message("k1")["state"] == FAILED
    deliver(later(5), {"a": first.handler()})
    assert first.got == ["k1"], "the second waits for the first, wherever it goes on"
    deliver(later(6), {"a": first.handler(), "b": second.handler()})
    deliver(later(7), {"a": first.handler(), "b": second.handler()})
    assert (first.got, second.got) == (["k1", "k2"], ["k1>b"])
    assert not outbox.retry("k1", later(8)), "it went on elsewhere"


def test_a_message_is_sent_at_its_time(database: str) -> None:
    put("k", not_before=later(60))
    post = Post()
    deliver(later(59), {"a": post.handler()})
    assert post.got == []
    deliver(later(60), {"a": post.handler()})
    assert post.got == ["k"]
