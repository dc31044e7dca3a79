"""The caseworkers' side of a hand-over: the county's queue, masked; taking, answering and ending, each once."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.conversations.documents import HandOver
from models.kernel.audit import ENTRIES
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.outbox import Handler, OutboxMessage, Receipt, deliver, relay
from tests.integration.conversations.conftest import Tell

URL = "/api/v1/staff/handovers"
Staff = Callable[..., dict[str, str]]


@pytest.fixture
def waiting(tell: Tell) -> str:
    """One who waits in Yuanzhou; the value is the ticket's id."""
    tell("给我转人工")
    tell("袁州区")
    tell("补贴没到账，电话13879512345")
    found = collection(HandOver).find_one({})
    assert found is not None
    return str(found["_id"])


def act(client: FlaskClient, headers: dict[str, str], path: str, body: dict[str, Any], key: str | None = None) -> Any:
    return client.post(f"{URL}/{path}", json=body, headers={**headers, "Idempotency-Key": key or new_id()})


def sent(clock: FixedClock) -> list[str]:
    relay(clock.now())
    found = collection(OutboxMessage).find({"channel": "wechat_custom"}).sort("created_at", 1)
    return [OutboxMessage.open_payload(each)["text"] for each in found]


def test_the_queue_is_the_countys_and_masked(
    client: FlaskClient, staff: Staff, waiting: str, clock: FixedClock
) -> None:
    clock.advance(minutes=12)
    answer = client.get(URL, headers=staff("county_reviewer"))
    (item,) = answer.json["items"]
    assert item["id"] == waiting
    assert item["last_text"] == "补贴没到账，电话138******45"
    assert (item["number"], item["state"], item["waited_minutes"], item["actions"]) == (
        1,
        "waiting",
        12,
        ["take", "transfer"],
    )
    assert client.get(URL, headers=staff("county_reviewer", district_code="360921")).json["items"] == []
    assert len(client.get(URL, headers=staff("supervisor", district_code=None)).json["items"]) == 1
    assert client.get(URL, headers=staff("planner")).status_code == 403
    assert client.get(URL).status_code == 401


def test_a_ticket_of_no_county_is_the_citys(client: FlaskClient, staff: Staff, tell: Tell) -> None:
    tell("人工")
    tell("不知道")
    assert client.get(URL, headers=staff("county_reviewer")).json["items"] == []
    (item,) = client.get(URL, headers=staff("supervisor", district_code=None)).json["items"]
    assert item["district_code"] is None


def test_every_look_is_recorded_and_other_counties_find_nothing(
    client: FlaskClient, staff: Staff, waiting: str
) -> None:
    seen = client.get(f"{URL}/{waiting}", headers=staff("county_reviewer"))
    assert [said["text"] for said in seen.json["messages"]] == ["给我转人工", "补贴没到账，电话13879512345"]
    assert database()[ENTRIES].count_documents({"action": "handover.read", "subject": f"handover:{waiting}"}) == 1
    stranger = staff("county_reviewer", district_code="360921")
    assert client.get(f"{URL}/{waiting}", headers=stranger).status_code == 404
    for path, body in ((f"{waiting}/take", {}), (f"{waiting}/reply", {"text": "x"}), (f"{waiting}/close", {})):
        assert act(client, stranger, path, body).status_code == 404
    assert client.get(f"{URL}/nobody", headers=stranger).status_code == 404


def test_taken_answered_and_ended(
    client: FlaskClient, staff: Staff, tell: Tell, waiting: str, clock: FixedClock
) -> None:
    me = staff("county_reviewer")
    taken = act(client, me, f"{waiting}/take", {"version": 2})
    assert (taken.status_code, taken.json["state"], taken.json["taken_by_me"]) == (200, "taken", True)
    assert tell("您好") == "", "the bot is silent while a person listens"
    key = new_id()
    for _ in range(3):
        replied = act(client, me, f"{waiting}/reply", {"text": "已经补发。"}, key)
        assert replied.status_code == 200
    assert [s["from"] for s in replied.json["messages"]] == ["follower", "follower", "follower", "staff"]
    assert replied.json["messages"][-1]["delivery"] == "pending"
    clock.advance(seconds=1)
    closed = act(client, me, f"{waiting}/close", {"note": "已补发"})
    assert closed.json["state"] == "closed"
    assert [text[:4] for text in sent(clock)] == ["您好，我", "已经补发", "工作人员"]
    deliver(clock.now(), {"wechat_custom": Handler(lambda payload, key: Receipt("final", "45015"), idempotent=False)})
    shown = client.get(f"{URL}/{waiting}", headers=me).json
    assert shown["messages"][-1]["delivery"] == "failed", "whoever answered sees that it did not arrive"
    assert "您好" in tell("你好")
    assert client.get(URL, headers=me).json["items"] == []


def test_only_one_takes_it_and_only_they_answer(client: FlaskClient, staff: Staff, waiting: str) -> None:
    one, other = staff("county_reviewer"), staff("township_intake")
    assert act(client, one, f"{waiting}/reply", {"text": "x"}).json["code"] == "illegal_transition"
    assert act(client, one, f"{waiting}/take", {"version": 1}).json["code"] == "stale_version"
    assert act(client, one, f"{waiting}/take", {}).status_code == 200
    assert act(client, other, f"{waiting}/take", {}).json["code"] == "illegal_transition"
    for path, body in ((f"{waiting}/reply", {"text": "x"}), (f"{waiting}/close", {})):
        refused = act(client, other, path, body)
        assert (refused.status_code, refused.json["code"]) == (403, "handover_of_another")


@pytest.mark.parametrize(
    "body",
    [{}, {"text": ""}, {"text": " \n"}, {"text": 1}, {"text": {"$ne": None}}, {"text": "x", "more": 1},
     {"text": "a\x07b"}, {"text": "字" * 1001}, {"text": "x", "version": 0}, {"text": "x", "version": "1"},
     {"text": "😀" * 600}, []],
)  # fmt: skip
def test_bad_replies_are_refused_and_change_nothing(
    client: FlaskClient, staff: Staff, waiting: str, clock: FixedClock, body: Any
) -> None:
    me = staff("county_reviewer")
    act(client, me, f"{waiting}/take", {})
    refused = act(client, me, f"{waiting}/reply", body)
    assert 400 <= refused.status_code < 500
    assert len(sent(clock)) == 1


@pytest.mark.parametrize(
    "query", ["state=closed", "limit=0", "limit=101", "cursor=x", "nothing=1", "state=waiting&state=taken"]
)
def test_bad_queries_are_refused(client: FlaskClient, staff: Staff, query: str) -> None:
    assert client.get(f"{URL}?{query}", headers=staff("county_reviewer")).status_code in (400, 422)


def test_the_queue_pages_the_longest_waiting_first(
    client: FlaskClient, staff: Staff, tell: Tell, clock: FixedClock
) -> None:
    for number in range(5):
        tell("人工", openid=f"o{number}")
        said = tell("袁州区", openid=f"o{number}")
        assert (f"前面还有 {number} 位" in said) == (number > 0)
        clock.advance(seconds=20)
    me, numbers, cursor = staff("county_reviewer"), [], ""
    for _ in range(3):
        page = client.get(f"{URL}?limit=2{cursor}", headers=me).json
        numbers += [item["number"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert numbers == [1, 2, 3, 4, 5]
    assert page["next"] is None


def test_who_leaves_meanwhile_is_answered_no_more(
    client: FlaskClient, staff: Staff, tell: Tell, waiting: str, clock: FixedClock
) -> None:
    me = staff("county_reviewer")
    act(client, me, f"{waiting}/take", {})
    tell(event="unsubscribe")
    assert act(client, me, f"{waiting}/reply", {"text": "在吗"}).json["code"] == "illegal_transition"
    assert sent(clock) == []
    assert client.get(f"{URL}/{waiting}", headers=me).json["messages"] == []
