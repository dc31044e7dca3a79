"""Questions without an answer are grouped, answered by a caseworker, and the chat knows it without a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.commands import bot
from bot.dialogues.taught import BOOK, Book
from bot.understanding import understand
from config.loading import rules
from models.conversations.documents import UnansweredQuestion
from models.kernel.audit import ENTRIES
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from tests.integration.conversations.conftest import Tell

URL = "/api/v1/staff/learned-answers"
ANSWER = {"kind": "answer", "examples": ["猫跑到树上下不来咋搞"], "answer": "请打物业电话，请师傅带梯子来。"}
Staff = Callable[..., dict[str, str]]
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has asked nothing yet, and asks with every message."""
    changed = rules()["conversations.overlay_seconds"].model_copy(update={"value": 0})
    monkeypatch.setitem(rules(), "conversations.overlay_seconds", changed)
    BOOK.forget()
    yield
    BOOK.forget()


@pytest.fixture
def post(client: FlaskClient) -> Post:
    def run(headers: dict[str, str], path: str = "", body: Any = None, key: str | None = None) -> Any:
        return client.post(f"{URL}{path}", json=body or {}, headers={**headers, "Idempotency-Key": key or new_id()})

    return run


def test_from_a_question_to_an_answer_and_back(
    client: FlaskClient, staff: Staff, tell: Tell, post: Post, clock: FixedClock
) -> None:
    for number, text in enumerate(
        ["猫跑到树上下不来咋搞", "貓跑到樹上下不來咋搞？", "猫跑到树上下不来咋搞啊", "呜啦呜啦呜啦"]
    ):
        assert "带梯子" not in tell(text, openid=f"o{number}")
    me = staff("county_reviewer")
    first, second = client.get("/api/v1/staff/unanswered", headers=me).json["items"]
    assert (first["count"], second["count"]) == (3, 1), "typed otherwise or nearly the same is one question"
    assert first["variants"], "and its other wordings are shown"
    assert client.get("/api/v1/staff/unanswered", headers=staff("planner")).status_code == 403
    preview = post(me, "/preview", ANSWER).json
    assert (preview["answers"], preview["bytes"]) == (["猫跑到树上下不来咋搞"], len(ANSWER["answer"].encode()))  # type: ignore[attr-defined]
    assert client.get(URL, headers=me).json["items"] == [], "a preview keeps nothing"

    key = new_id()
    made = [post(me, "", ANSWER, key) for _ in range(3)]
    assert {m.status_code for m in made} == {201} and len(client.get(URL, headers=me).json["items"]) == 1
    entry = made[0].json["id"]
    assert "带梯子" not in tell("猫跑到树上下不来咋搞"), "not before it is published"
    other_process = Book()
    other_process.refresh(clock.now())
    done = post(me, f"/{entry}/publish", {"version": made[0].json["version"]})
    assert (done.json["state"], done.json["revision"]) == ("published", 1)
    assert tell("猫跑到树上，下不来咋搞？") == ANSWER["answer"]
    assert tell("请问猫跑到树上下不来咋搞") == ANSWER["answer"], "nearly the same"
    assert "带梯子" not in tell("猫上树怎么办")
    other_process.refresh(clock.now())
    assert other_process.exactly("猫跑到树上下不来咋搞") is not None
    left = client.get("/api/v1/staff/unanswered", headers=me).json["items"]
    assert first["key"] not in [key for group in left for key in group["keys"]], "what was taught is dealt with"

    clock.advance(minutes=5)
    amended = post(me, f"/{entry}/amend", {**ANSWER, "answer": "请打街道电话。"})
    assert amended.json["live"]["answer"] == ANSWER["answer"], "what is published stays until then"
    assert tell("猫跑到树上下不来咋搞") == ANSWER["answer"]
    assert post(me, f"/{entry}/publish").json["revision"] == 2
    assert tell("猫跑到树上下不来咋搞") == "请打街道电话。"
    assert post(me, f"/{entry}/publish").json["code"] == "nothing_to_publish"
    assert post(me, f"/{entry}/revoke", {"note": "有误"}).json["state"] == "revoked"
    assert "街道电话" not in tell("猫跑到树上下不来咋搞")
    assert post(me, f"/{entry}/restore").json["state"] == "published"
    assert tell("猫跑到树上下不来咋搞") == "请打街道电话。"
    actions = [e["action"] for e in database()[ENTRIES].find({"subject": f"learned_answer:{entry}"})]
    assert actions == [f"learned_answer.{a}" for a in
                       ("propose", "publish", "amend", "publish", "revoke", "restore")]  # fmt: skip


def test_a_sentence_may_mean_a_wish(client: FlaskClient, staff: Staff, tell: Tell, post: Post) -> None:
    me = staff("supervisor", district_code=None)
    tell("崽里冇人带咋搞哦")
    made = post(me, "", {"kind": "intent", "examples": ["崽里冇人带咋搞哦"], "intent": "find_service",
                         "category": "childcare_centre"})  # fmt: skip
    post(me, f"/{made.json['id']}/publish")
    assert "帮您找托育机构" in tell("崽里冇人带咋搞哦！")
    found = understand("崽里冇人带咋搞哦")
    assert (found.intent, found.slots.category, found.confidence) == ("find_service", "childcare_centre", 1.0)
    BOOK.forget()
    said = client.application.test_cli_runner().invoke(bot, ["understand"], input="崽里冇人带咋搞哦\n").output
    assert '"category":"childcare_centre"' in said, "the plain interface knows it too"
    post(me, f"/{made.json['id']}/revoke")
    tell("你好")
    assert understand("崽里冇人带咋搞哦").slots.category is None, "taken back as soon"


def test_a_second_person_publishes_where_the_rule_says_so(
    staff: Staff, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "conversations.second_person_publishes"
    monkeypatch.setitem(rules(), name, rules()[name].model_copy(update={"value": True}))
    me, other = staff("county_reviewer"), staff("county_reviewer")
    entry = post(me, "", ANSWER).json["id"]
    assert post(me, f"/{entry}/publish").json["code"] == "second_person_needed"
    assert post(staff("county_reviewer", district_code="360981"), f"/{entry}/publish").status_code == 403
    assert post(other, f"/{entry}/publish").json["state"] == "published"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"examples": ["短"]}, "examples.0"), ({"examples": []}, "examples"), ({"examples": ["我电话13879512345丢了"]}, "examples.0"),
     ({"examples": ["猫跑到树上下不来咋搞", "猫，跑到树上下不来咋搞"]}, "examples"), ({"answer": None}, "answer"),
     ({"answer": "字" * 683}, "answer"), ({"answer": "a\x07b"}, "answer"), ({"intent": "find_service"}, "intent"),
     ({"kind": "intent", "answer": None, "intent": "nothing"}, "intent"), ({"kind": "intent", "intent": "apply"}, "answer"),
     ({"kind": "intent", "answer": None, "intent": "apply", "programme": "x"}, "programme"), ({"more": 1}, "more"),
     ({"kind": "intent", "answer": None, "intent": "apply", "category": "x"}, "category")],
)  # fmt: skip
def test_what_the_chat_could_not_use_is_refused(staff: Staff, post: Post, body: dict[str, Any], field: str) -> None:
    for path in ("", "/preview"):
        refused = post(staff("county_reviewer"), path, {**ANSWER, **body})
        assert refused.status_code in (400, 422)
        assert field in [fault["field"] for fault in refused.json["faults"]], refused.json
        assert all(fault["detail"] for fault in refused.json["faults"])


def test_one_sentence_has_one_answer_and_steps_have_their_order(client: FlaskClient, staff: Staff, post: Post) -> None:
    me = staff("county_reviewer")
    first = post(me, "", ANSWER).json["id"]
    second = post(me, "", {**ANSWER, "answer": "别的"}).json["id"]
    assert post(me, f"/{first}/revoke").json["code"] == "illegal_transition"
    assert post(me, f"/{first}/publish").status_code == 200
    refused = post(me, f"/{second}/publish")
    assert (refused.status_code, refused.json["code"]) == (409, "example_taken")
    assert post(me, f"/{second}/publish", {"version": 9}).json["code"] == "stale_version"
    assert post(me, f"/{second}/reject").json["state"] == "rejected"
    assert post(me, "", ANSWER).json["code"] == "example_taken"
    assert client.get(f"{URL}/{new_id()}", headers=me).status_code == 404
    assert [e["id"] for e in client.get(f"{URL}?state=rejected", headers=me).json["items"]] == [second]


def test_a_group_is_put_away_and_back(client: FlaskClient, staff: Staff, tell: Tell) -> None:
    tell("呜啦呜啦呜啦")
    me, url = staff("county_reviewer"), "/api/v1/staff/unanswered"
    (group,) = client.get(url, headers=me).json["items"]
    for handled, left in ((True, 0), (True, 0), (False, 1)):
        body = {"handled": handled, "keys": group["keys"]}
        assert client.put(f"{url}/{group['key']}", json=body, headers=me).status_code == 200
        assert len(client.get(url, headers=me).json["items"]) == left
    assert collection(UnansweredQuestion).count_documents({}) == 1
    assert client.get(f"{url}?month=2026-13", headers=me).status_code in (400, 422)
