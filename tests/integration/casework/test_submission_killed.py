"""kill -9 at every write of a submission and of its notice: handed in once, told once, nothing acknowledged lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.casework.documents import Application
from models.kernel.database import collection
from models.kernel.database import database as connected
from models.kernel.outbox import OutboxMessage
from models.people.messages import Message
from tests.factories.casework import MORNING, make_centre, make_draft, make_guardian
from tests.failpoints import Killable
from tests.integration.casework.submission_steps import hand_in_and_tell

Stored = dict[str, list[dict[str, Any]]]


def all_stored() -> Stored:
    names = [name for name in connected().list_collection_names() if not name.startswith("system.")]
    return {name: list(connected()[name].find()) for name in names}


def put_back(before: Stored) -> None:
    for name, now in all_stored().items():
        if now == before.get(name, []):
            continue
        connected()[name].delete_many({})
        if before.get(name):
            connected()[name].insert_many(before[name])


def test_a_submission_killed_anywhere_is_completed_by_the_retry(database: str) -> None:
    make_draft(make_guardian(), [make_centre()])
    before = all_stored()
    points = 0
    with Killable("tests.integration.casework.submission_steps:hand_in_and_tell", database, MORNING) as target:
        for point in target.points(every=2):  # before the third is after the second
            points += 1
            hand_in_and_tell(MORNING + timedelta(hours=3))  # when the dead sender's lease is over
            raw = collection(Application).find_one({})
            assert raw is not None
            assert raw["state"] == "submitted", point
            assert [each["action"] for each in raw["history"]].count("submit") == 1, point
            assert not raw["outbox_waiting"], point
            assert collection(Message).count_documents({}) == 1, point
            sent = [each["_id"] for each in collection(OutboxMessage).find({"channel": {"$ne": "notice"}})]
            assert len(sent) == 1, (point, sent)
            put_back(before)
    assert points > 6
