"""What is deleted by night is found by an index, a day at a time: no command reads the outbox."""

from __future__ import annotations

from datetime import timedelta

from bench.plans import Listening, examined, reading
from models.kernel import database as kernel
from models.kernel.database import collection
from models.kernel.outbox import DELIVERED, PENDING, OutboxMessage
from models.kernel.outbox_retention import delete_delivered
from tests.factories.casework import MORNING

# Name: state, days since it was made and since it was delivered, order, channel.
MESSAGES = {
    "over": (DELIVERED, 91, 91, None, "wechat"), "long over": (DELIVERED, 900, 900, None, "wechat"),
    "made early, told late": (DELIVERED, 120, 2, None, "wechat"), "fresh": (DELIVERED, 3, 3, None, "wechat"),
    "of a case": (DELIVERED, 91, 91, "application:1", "wechat"), "of an old case": (DELIVERED, 401, 401, "x:1", "wechat"),
    "receipt": (DELIVERED, 500, 500, "indicator:1", "push"), "waits": (PENDING, 500, 500, None, "wechat"),
}  # fmt: skip
GONE = {"over", "long over", "of an old case"}


def test_delivered_messages_go_without_a_command_that_reads_the_outbox(listening: Listening, database: str) -> None:
    for name, (state, made, told, order, channel) in MESSAGES.items():
        collection(OutboxMessage).insert_one({
            "_id": name, "state": state, "order_key": order, "channel": channel, "payload": b"", "version": 1,
            "created_at": MORNING - timedelta(days=made), "next_attempt_at": MORNING - timedelta(days=told),
        })  # fmt: skip
    listening.on = True
    gone = delete_delivered(MORNING - timedelta(days=90), MORNING - timedelta(days=400), {"push"}, 20)
    listening.on = False
    assert {each["_id"] for each in collection(OutboxMessage).find({}, {"_id": 1})} == set(MESSAGES) - GONE
    assert gone == len(GONE)
    for asked in {each.shape: each for each in listening.asked}.values():
        assert reading(kernel.database(), asked).by == asked.filter, f"read in part by an index: {asked.shape}"
    assert max(examined(kernel.database(), each) for each in listening.asked) <= 2, (
        "a day's messages, or what was not yet gone"
    )


def test_nothing_is_left_that_a_second_night_would_find(database: str) -> None:
    many = [{"_id": f"{n}", "state": DELIVERED, "order_key": None, "channel": "wechat", "version": 1,
             "created_at": MORNING - timedelta(days=91, minutes=n), "next_attempt_at": MORNING - timedelta(days=91)}
            for n in range(600)]  # fmt: skip
    collection(OutboxMessage).insert_many(many)
    ends = (MORNING - timedelta(days=90), MORNING - timedelta(days=400))
    assert [delete_delivered(*ends, set(), 5) for _ in range(2)] == [600, 0]
