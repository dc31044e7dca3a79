"""Telling the applicant: once, by the best way there is, not at night, and with an outcome on the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.wechat import delivery, notices
from models.casework import phone_tasks
from models.casework.phone_tasks import PhoneTask
from models.casework.tellings import tellings_of
from models.kernel.clock import FixedClock, at_local, day_of
from models.kernel.database import collection
from models.kernel.outbox import OutboxEntry, OutboxMessage, enqueue
from models.people.messages import list_messages, mark_read
from models.platform import Platform
from tests.factories.casework import SANYANG
from tests.factories.eldercare import Crash, crash_before_write
from tests.factories.notices import APPLICANT, APPLICANT_PHONE, carry_out, make_on_notice, resident_named
from tests.factories.people import Caller
from tests.factories.wechat import wechat_settings

LATE_EVENING = 22


@pytest.fixture
def channels(database: str, clock: FixedClock) -> dict[str, Any]:
    """The channels of a resident who has no account in WeChat: no call ever leaves."""
    platform = Platform(wechat_settings(), clock, None)
    return {
        **delivery.handlers(platform), **notices.handlers(platform),
        phone_tasks.CHANNEL: phone_tasks.phone_handler(clock.now),
    }  # fmt: skip


def ways(application_id: str) -> list[tuple[str, str]]:
    (told,) = tellings_of(application_id)
    return [(each["way"], each["outcome"]) for each in told["ways"]]


def test_what_no_message_brings_is_told_by_telephone_once(
    channels: dict[str, Any], clock: FixedClock, office: Callable[..., Caller]
) -> None:
    raw, _ = make_on_notice(resident_named(APPLICANT))
    for _ in range(2):  # as if the outbox had died and began again
        carry_out(channels, clock.now())
        collection(OutboxMessage).update_many({"channel": "notice"}, {"$set": {"state": "pending"}})
    carry_out(channels, clock.now())
    assert collection(PhoneTask).count_documents({}) == 1
    assert ways(raw["_id"]) == [
        ("notice", "passed_on"), ("wechat_subscribe", "no_follower"), ("wechat_custom", "no_follower"),
        ("phone_task", "on_the_list"),
    ]  # fmt: skip

    here, elsewhere = office("township_intake", townships=(SANYANG,)), office("township_intake", "360921")
    assert elsewhere("GET", "/staff/phone-tasks").json["items"] == []
    listed = here("GET", "/staff/phone-tasks")
    assert APPLICANT not in listed.text
    assert APPLICANT_PHONE not in listed.text
    (item,) = listed.json["items"]
    path = f"/staff/phone-tasks/{item['id']}"
    assert elsewhere("GET", path).status_code == 404
    whole = here("GET", path).json
    assert (whole["name"], whole["phone"]) == (APPLICANT, APPLICANT_PHONE)
    assert "公示" in whole["text"]
    assert [each["action"] for each in whole["actions"]] == ["take"]

    assert here("POST", f"{path}/reached", {"version": 1}).status_code == 409
    assert elsewhere("POST", f"{path}/take", {"version": 1}).status_code == 404
    assert here("POST", f"{path}/take", {"version": 1}).json["state"] == "taken"
    assert here("POST", f"{path}/take", {"version": 1}).status_code == 409
    done = here("POST", f"{path}/reached", {"version": 2, "note": "本人接听"}, key="reached-once")
    assert done.json["state"] == "reached"
    assert here("POST", f"{path}/reached", {"version": 2, "note": "本人接听"}, key="reached-once").json == done.json
    assert here("GET", "/staff/phone-tasks").json["items"] == []
    (told,) = tellings_of(raw["_id"])
    assert told["ways"][-1]["outcome_label"] == "已告知"


def test_three_calls_on_three_days_then_in_writing(
    channels: dict[str, Any], clock: FixedClock, office: Callable[..., Caller]
) -> None:
    make_on_notice(resident_named(APPLICANT))
    carry_out(channels, clock.now())
    for attempt in (1, 2, 3):
        here = office("township_intake")
        (item,) = here("GET", "/staff/phone-tasks").json["items"]
        path = f"/staff/phone-tasks/{item['id']}"
        taken = here("POST", f"{path}/take", {"version": item["version"]}).json
        state = here("POST", f"{path}/no-answer", {"version": taken["version"]}).json["state"]
        assert state == ("unreached" if attempt == 3 else "waiting")
        assert here("GET", "/staff/phone-tasks").json["items"] == []
        clock.advance(days=1)
    assert office("township_intake")("GET", "/staff/phone-tasks").json["items"] == []


def test_nobody_is_called_about_what_they_have_read(channels: dict[str, Any], clock: FixedClock) -> None:
    applicant = resident_named(APPLICANT)
    raw, _ = make_on_notice(applicant)
    carry_out({"notice": channels["notice"]}, clock.now())
    (message,) = list_messages(applicant.id, 5).items
    mark_read(applicant.id, message["id"], clock.now())
    carry_out(channels, clock.now())
    assert collection(PhoneTask).count_documents({}) == 0
    assert ways(raw["_id"])[-1] == ("phone_task", "read_in_app")


def test_a_call_is_closed_once_the_words_are_read(channels: dict[str, Any], clock: FixedClock) -> None:
    applicant = resident_named(APPLICANT)
    make_on_notice(applicant)
    carry_out(channels, clock.now())
    assert phone_tasks.close_needless(clock.now()) == 0
    (message,) = list_messages(applicant.id, 5).items
    mark_read(applicant.id, message["id"], clock.now())
    assert phone_tasks.close_needless(clock.now()) == 1
    assert phone_tasks.close_needless(clock.now()) == 0


def test_a_notice_whose_delivery_died_is_told_once(channels: dict[str, Any], clock: FixedClock) -> None:
    """Wherever the deliverer dies: one message in the app, and one call, unless a message may have gone out."""
    outcomes = set()
    for number in range(2, 40, 2):
        applicant = resident_named(APPLICANT, clock.now())
        raw, _ = make_on_notice(applicant, at=clock.now())
        cut = False
        try:
            with crash_before_write(number):
                carry_out(channels, clock.now())
        except Crash:
            cut = True
        clock.advance(minutes=2)
        carry_out(channels, clock.now())
        assert len(list_messages(applicant.id, 5).items) == 1
        calls = collection(PhoneTask).count_documents({"application_id": raw["_id"]})
        (told,) = tellings_of(raw["_id"])
        uncertain = sum(each["state"] == "uncertain" for each in told["ways"])
        assert calls <= 1 <= calls + uncertain
        outcomes.add(calls)
        if not cut:
            assert outcomes == {0, 1}
            return
    raise AssertionError("a notice takes fewer writes than that")


def test_nobody_is_disturbed_at_night(channels: dict[str, Any], clock: FixedClock) -> None:
    """The words are there at once; what rings waits for the morning, and an emergency does not wait."""
    night = at_local(day_of(clock.now()), LATE_EVENING)
    clock.advance(seconds=(night - clock.now()).total_seconds())
    applicant = resident_named(APPLICANT)
    raw, _ = make_on_notice(applicant, at=night)
    carry_out(channels, night)
    assert len(list_messages(applicant.id, 5).items) == 1
    assert ways(raw["_id"]) == [("notice", "passed_on"), ("wechat_subscribe", "")]
    clock.advance(hours=9, minutes=59)
    carry_out(channels, clock.now())
    assert collection(PhoneTask).count_documents({}) == 0
    clock.advance(minutes=1)
    carry_out(channels, clock.now())
    assert collection(PhoneTask).count_documents({}) == 1

    payload = {"resident_id": applicant.id, "text_key": "public_notices.notice.published", "page": "x",
               "values": {"programme": "x", "due": "x"}, "application_id": raw["_id"], "urgent": True}  # fmt: skip
    clock.advance(hours=14)
    enqueue(OutboxEntry("urgent:1", "notice", payload), clock.now())
    carry_out(channels, clock.now())
    assert collection(PhoneTask).count_documents({}) == 2


def test_a_message_that_comes_to_be_due_at_night_waits(channels: dict[str, Any], clock: FixedClock) -> None:
    resident = resident_named(APPLICANT)
    night = at_local(day_of(clock.now()), LATE_EVENING)
    clock.advance(seconds=(night - clock.now()).total_seconds())
    payload = {"resident_id": resident.id, "text": "x", "quiet": True}
    enqueue(OutboxEntry("late", "wechat_custom", payload), night)
    carry_out(channels, night)
    found = collection(OutboxMessage).find_one({"_id": "late"})
    assert found is not None
    assert (found["state"], found["outcome"]) == ("pending", "quiet_hours")
    assert found["next_attempt_at"] == night + timedelta(hours=10)
