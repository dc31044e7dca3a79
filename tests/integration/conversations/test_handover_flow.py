"""A hand-over passed on, timed, given up for a call, and read by an inbox that asks every few seconds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.casework import phone_tasks
from models.casework.phone_tasks import PhoneTask
from models.conversations import inbound, passing, timing
from models.conversations.documents import HandOver
from models.kernel.audit import ENTRIES
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.outbox import OutboxMessage, deliver, relay
from models.people.documents import Caseworker
from tests.integration.conversations.conftest import Tell

URL = "/api/v1/staff/handovers"
NIGHT = datetime(2026, 11, 27, 12, 15, tzinfo=UTC)  # a Friday, 20:15 in Yichun
Staff = Callable[..., dict[str, str]]


def act(client: FlaskClient, headers: dict[str, str], path: str, body: dict[str, Any], key: str | None = None) -> Any:
    return client.post(f"{URL}/{path}", json=body, headers={**headers, "Idempotency-Key": key or new_id()})


def ask(tell: Tell, openid: str = "oA", county: str = "袁州区") -> str:
    tell("人工", openid=openid)
    tell(county, openid=openid)
    found = collection(HandOver).find_one({"open_index": inbound.follower_index(openid)})
    assert found is not None
    return str(found["_id"])


def told(clock: FixedClock) -> list[str]:
    relay(clock.now())
    found = collection(OutboxMessage).find({"channel": "wechat_custom"}).sort("created_at", 1)
    return [OutboxMessage.open_payload(each)["text"] for each in found]


def test_into_another_county_to_a_colleague_and_back(
    client: FlaskClient, staff: Staff, tell: Tell, clock: FixedClock
) -> None:
    ticket, me = ask(tell), staff("county_reviewer")
    other, boss = staff("county_reviewer", district_code="360981"), staff("supervisor", district_code=None)
    act(client, me, f"{ticket}/take", {})
    assert act(client, other, f"{ticket}/transfer", {"district_code": "360981"}).status_code == 404
    for body in ({"district_code": "360902"}, {"district_code": "360999"}, {"district_code": "x"}, {}):
        assert act(client, me, f"{ticket}/transfer", body).status_code in (400, 422), body
    key = new_id()
    moved = [
        act(client, me, f"{ticket}/transfer", {"district_code": "360981", "note": "在丰城"}, key) for _ in range(3)
    ]
    assert [(m.status_code, m.json["state"], m.json["district_code"]) for m in moved] == [
        (200, "waiting", "360981")
    ] * 3
    assert "messages" not in moved[0].json, "who passed it on may not read on"
    assert sum("转给丰城市" in text and "1 号" in text for text in told(clock)) == 1
    assert client.get(f"{URL}/{ticket}", headers=me).status_code == 404
    assert act(client, other, f"{ticket}/take", {}).json["state"] == "taken"

    people = client.get("/api/v1/staff/handover-colleagues", headers=other).json["items"]
    assert [person["district_code"] for person in people] == [None], "the city's staff may help, another county's not"
    stranger = next(iter(collection(Caseworker).find({"district_code": "360902"})))["_id"]
    assert act(client, other, f"{ticket}/pass-on", {"colleague_id": stranger}).status_code in (400, 422)
    assert act(client, other, f"{ticket}/pass-on", {"colleague_id": people[0]["id"]}).status_code == 200
    assert act(client, other, f"{ticket}/reply", {"text": "x"}).json["code"] == "handover_of_another"
    assert act(client, boss, f"{ticket}/give-back", {"note": "下班"}).json["state"] == "waiting"
    act(client, other, f"{ticket}/take", {})
    assert act(client, other, f"{ticket}/take-over", {}).status_code == 403
    assert act(client, boss, f"{ticket}/take-over", {}).json["taken_by_me"] is True
    closed = act(client, boss, f"{ticket}/close", {"reason": "passed_to_office", "note": "已转"})
    assert (closed.json["state"], closed.json["close_reason"]) == ("closed", "passed_to_office")
    assert act(client, boss, f"{ticket}/close", {"reason": "idle"}).status_code in (400, 422), "the clock's reason"
    trail = {e["action"] for e in database()[ENTRIES].find({"subject": f"handover:{ticket}"})}
    assert {"handover.transfer", "handover.pass_on", "handover.give_back", "handover.take_over"} <= trail


def test_an_inbox_sees_what_is_new_how_much_is_unread_and_what_may_still_be_said(
    client: FlaskClient, staff: Staff, tell: Tell, clock: FixedClock
) -> None:
    ticket, me = ask(tell), staff("county_reviewer")
    inbound.claim(new_id(), "n", "oA", "message", clock.now())
    act(client, me, f"{ticket}/take", {})
    told(clock)
    for text in ("一", "二"):
        tell(text)
    (item,) = client.get(f"{URL}?mine=true", headers=me).json["items"]
    assert (item["unread"], item["taken_by_me"]) == (3, True)
    seen = client.get(f"{URL}/{ticket}/news", headers=me)
    assert [m["text"] for m in seen.json["messages"]][-2:] == ["一", "二"]
    since, looks = seen.json["since"], database()[ENTRIES].count_documents({"action": "handover.read"})
    quiet = client.get(f"{URL}/{ticket}/news?since={since}", headers=me)
    assert quiet.json["messages"] == []
    again = client.get(f"{URL}/{ticket}/news?since={since}", headers={**me, "If-None-Match": quiet.headers["ETag"]})
    assert again.status_code == 304
    assert database()[ENTRIES].count_documents({"action": "handover.read"}) == looks, "nothing new, no look"
    for through, unread in ((since, 0), (1, 0), (since + 50, 0)):
        assert client.put(f"{URL}/{ticket}/read", json={"through": through}, headers=me).status_code == 204
        assert client.get(f"{URL}?mine=true", headers=me).json["items"][0]["unread"] == unread
    tell("三")
    fresh = client.get(f"{URL}/{ticket}/news?since={since}", headers=me).json
    assert [m["text"] for m in fresh["messages"]] == ["三"]
    assert fresh["unread"] == 1
    left = [fresh["quota_left"]]
    assert left == [4], "five after a message, less the greeting that waits to be sent"
    for _ in range(4):
        left.append(act(client, me, f"{ticket}/reply", {"text": "好的"}).json["quota_left"])
    assert left == [4, 3, 2, 1, 0]
    refused = act(client, me, f"{ticket}/reply", {"text": "还有"})
    assert (refused.status_code, refused.json["code"]) == (409, "handover_no_quota")
    assert client.get(f"{URL}/{ticket}/news?since=-1", headers=me).status_code in (400, 422)
    ready = client.get("/api/v1/staff/canned-answers", headers=me).json
    assert all(len(each["text"].encode()) <= 2048 for each in ready["answers"])
    assert "idle" not in [each["reason"] for each in ready["close_reasons"]]


def test_the_likely_wait_is_told_once_it_is_known(
    client: FlaskClient, staff: Staff, tell: Tell, clock: FixedClock
) -> None:
    me = staff("county_reviewer")
    for number in range(5):
        tell("人工", openid=f"o{number}")
        assert "说不准" in tell("袁州区", openid=f"o{number}")
        ticket = client.get(f"{URL}?state=waiting", headers=me).json["items"][0]["id"]
        clock.advance(minutes=8)
        act(client, me, f"{ticket}/take", {})
    tell("人工", openid="oLast")
    assert "大约要等 10 分钟" in tell("袁州区", openid="oLast"), "eight minutes, rounded up"
    clock.advance(seconds=1)
    tell("人工", openid="oAfter")
    assert "大约要等 20 分钟" in tell("袁州区", openid="oAfter"), "two are before"
    assert "说不准" in (tell("人工", openid="oFar"), tell("丰城市", openid="oFar"))[1], "another county's is not known"
    clock.advance(days=30)
    assert timing.likely_minutes("360902", 0, clock.now()) is None, "old ones say nothing of today"


def test_nights_and_holidays_are_no_waiting() -> None:
    friday = datetime(2026, 11, 27, 8, 50, tzinfo=UTC)  # 16:50
    monday = datetime(2026, 11, 30, 1, 5, tzinfo=UTC)  # 09:05
    assert timing.office_after(friday, 15) == monday
    assert timing.office_seconds(friday, monday) == 15 * 60
    assert timing.office_after(friday, 10) == friday + timedelta(minutes=10)


def test_nobody_comes_and_the_clock_acts_once(client: FlaskClient, staff: Staff, tell: Tell, clock: FixedClock) -> None:
    ticket, me = ask(tell), staff("county_reviewer")
    township = staff("township_intake", township_ids=("1791416",))
    assert client.get(URL, headers=township).json["items"] == [], "the queue is the county's"
    assert passing.sound_alarms(clock.now()) == {"escalate": 0, "lapse": 0}
    clock.advance(minutes=16)
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: passing.sound_alarms(clock.now()), range(4)))
    assert sum(count["escalate"] for count in counts) == 1
    (item,) = client.get(f"{URL}?escalated=true", headers=staff("supervisor", district_code=None)).json["items"]
    assert (item["id"], item["escalated"]) == (ticket, True)
    assert [text for text in told(clock) if "让您久等了" in text] == told(clock)
    act(client, me, f"{ticket}/take", {})
    clock.advance(hours=23)
    tell("还在吗")
    clock.advance(hours=23)
    assert passing.sound_alarms(clock.now())["lapse"] == 0, "a word puts it off"
    clock.advance(hours=2)
    assert passing.sound_alarms(clock.now())["lapse"] == 1
    assert "先结束了" in told(clock)[-1]
    assert "我能帮您" in tell("帮助"), "the bot answers again"
    forgotten = ask(tell, "oB")
    clock.advance(days=3)
    passing.sound_alarms(clock.now())
    clock.advance(days=5)
    passing.sound_alarms(clock.now())
    ended = collection(HandOver).find_one({"_id": forgotten})
    assert ended is not None and (ended["state"], ended["close_reason"]) == ("closed", "nobody_answered")


def test_by_night_a_number_is_left_and_becomes_a_call(
    client: FlaskClient, staff: Staff, tell: Tell, clock: FixedClock
) -> None:
    clock.advance(seconds=(NIGHT - clock.now()).total_seconds())
    tell("人工")
    assert "手机号码发给我" in tell("袁州区")
    tell("我家老人补贴没到账，证号 360902195001011234")
    key = new_id()
    noted = [tell("我的电话是138 7951 2345", key=key) for _ in range(3)]
    assert set(noted) == {noted[0]} and "周一09:00" in noted[0] and "12345 给您" not in noted[0]
    for _ in range(2):
        relay(clock.now())
        deliver(clock.now(), {phone_tasks.CHANNEL: phone_tasks.phone_handler(clock.now)})
    (stored,) = collection(PhoneTask).find({})
    assert b"13879512345" not in bytes(stored["phone"])
    assert "13879512345" not in str(stored)
    clock.advance(days=3)
    me = staff("township_intake")
    (item,) = client.get("/api/v1/staff/phone-tasks", headers=me).json["items"]
    assert "phone" not in item
    seen = client.get(f"/api/v1/staff/phone-tasks/{item['id']}", headers=me).json
    assert seen["phone"] == "13879512345"
    assert "补贴没到账" in seen["text"] and "195001011234" not in seen["text"]
    elsewhere = staff("township_intake", district_code="360981")
    assert client.get("/api/v1/staff/phone-tasks", headers=elsewhere).json["items"] == []
    assert client.get(URL, headers=me).json["items"] == [], "the call has taken the ticket's place"
    step = client.post(
        f"/api/v1/staff/phone-tasks/{item['id']}/take", json={"version": item["version"]},
        headers={**me, "Idempotency-Key": new_id()},
    )  # fmt: skip
    assert step.json["state"] == "taken"
    tell(event="unsubscribe")
    (forgotten,) = collection(PhoneTask).find({})
    assert (forgotten["state"], "phone" in forgotten, "text" in forgotten) == ("closed", False, False)


@pytest.mark.parametrize(
    ("text", "phone"),
    [("13879512345", "13879512345"), ("电话138-7951-2345，谢谢", "13879512345"), ("１３８７９５１２３４５", "13879512345"),
     ("0795-3212345", "07953212345"), ("补贴没到账，电话13879512345", None), ("12345", None),
     ("13879512345 13879512346", None), ("360902199001011234", None), ("138795123456", None)],
)  # fmt: skip
def test_what_is_a_number_to_call(text: str, phone: str | None) -> None:
    from bot.dialogues.control import phone_in

    assert phone_in(text) == phone


def test_rude_words_are_counted_and_the_wish_in_them_is_heard(tell: Tell) -> None:
    assert "别着急" in tell("你们这群废物")
    wished = tell("他妈的，附近有没有养老院", openid="oB")
    assert "别着急" in wished and "养老院" in wished
    said = [tell("滚蛋", openid="oC") for _ in range(3)]
    assert ["12345" in text for text in said] == [False, False, True], "then the ways to complain are named"
    assert "别着急" not in tell("废物利用在哪里", openid="oD")
