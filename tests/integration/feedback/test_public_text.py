"""What becomes public: agreed to, looked at, checked by WeChat; taken down when its owner no longer agrees."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from bot.wechat.sandbox.people import Person
from models.feedback import handling, operations, publishing
from models.feedback.documents import Feedback
from models.feedback.publishing import PublicText
from models.kernel.actors import Actor
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.errors import Conflict, Forbidden, IllegalTransition
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from models.people.store import sealed
from tests.factories.casework import intake, reviewer
from tests.factories.notices import OBJECTOR, OBJECTOR_PHONE, resident_named
from tests.factories.people import Caller
from tests.integration.feedback.conftest import Lasting, Submit

Office = Callable[..., Lasting]
LOOKED = {"question": "托育中心的老师态度不好", "answer": "已与老师谈话并道歉。", "looked": True}
RISKY = {**LOOKED, "answer": "这是违规示例"}


@pytest.fixture
def answered(submit: Submit, clock: FixedClock) -> Callable[..., Raw]:
    def make(**more: Any) -> Raw:
        raw = submit(may_publish=True, **more)
        return handling.reply(raw["_id"], "已与老师谈话。", by=intake(), at=clock.now(), key=new_id())

    return make


@pytest.fixture
def known(database: str) -> Actor:
    """A resident with a name whom WeChat's stand-in knows in the mini-program."""
    owner = resident_named(OBJECTOR)
    openid = sealed("mini_openid", Person("chenguilan").mini_openid)
    collection(Resident).update_one({"_id": owner.id}, {"$set": {"mini_openid": openid}})
    return owner


def published(app: Flask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Caller(app.test_client(), {})("GET", "/feedback?public=true").json["items"]
    return found


def state_of(raw: Raw) -> str:
    found = collection(Feedback).find_one({"_id": raw["_id"]})
    assert found is not None
    return str(found["public_state"])


def test_published_after_consent_a_look_and_the_check(
    app: Flask,
    answered: Callable[..., Raw],
    known: Actor,
    office: Office,
    outbox: Callable[[], None],
    clock: FixedClock,
) -> None:
    raw = answered(by=known, text=f"我叫{OBJECTOR}，老师态度差，电话{OBJECTOR_PHONE}")
    county, path = office("county_reviewer"), f"/staff/feedback/{raw['_id']}"
    seen = county("GET", path).json
    assert seen["owner_name"] == "司***"
    assert seen["public_text"]["question"] == "我叫司***，老师态度差，电话138******78"
    for wrong, fault in (
        ({"question": f"{OBJECTOR}说老师态度差"}, "names_owner"),
        ({"answer": "请打13907951234找我"}, "still_personal"),
    ):
        answer = county("POST", f"{path}/public-text", {**LOOKED, **wrong})
        assert (answer.status_code, answer.json["faults"][0]["code"]) == (422, fault)
    assert county("POST", f"{path}/public-text", {**LOOKED, "looked": False}).status_code == 422
    assert county("POST", f"{path}/public-text", LOOKED).json["public_state"] == "checking"
    assert published(app) == []
    outbox()
    (shown,) = published(app)
    assert (shown["question"], shown["answer"]) == (LOOKED["question"], LOOKED["answer"])
    assert not {"number", "owner_name", "said"} & set(shown)
    operations.allow_publication(raw["_id"], False, by=known, at=clock.now(), key=new_id())
    assert published(app) == []
    assert county("POST", f"{path}/public-text", LOOKED).json["code"] == "feedback_not_public"


def test_what_the_check_finds_risky_or_cannot_judge_is_not_published(
    app: Flask, answered: Callable[..., Raw], known: Actor, office: Office, outbox: Callable[[], None],
    clock: FixedClock, sandbox: Any,
) -> None:  # fmt: skip
    county = office("county_reviewer")
    risky, chat = answered(by=known), answered(openid="oA")
    county("POST", f"/staff/feedback/{risky['_id']}/public-text", RISKY)
    county("POST", f"/staff/feedback/{chat['_id']}/public-text", LOOKED)
    sandbox.fault("down", "/wxa/msg_sec_check", times=9)
    outbox()
    assert (state_of(risky), state_of(chat), published(app)) == ("checking", "second_look", [])
    sandbox.client.delete("/sandbox/faults")
    clock.advance(minutes=10)
    outbox()
    assert (state_of(risky), published(app)) == ("blocked", [])
    # Nobody knows the follower in the mini-program: another person than who wrote it decides.
    assert county("POST", f"/staff/feedback/{chat['_id']}/public-text/approve", {}).json["code"] == "same_person"
    done = office("county_reviewer")("POST", f"/staff/feedback/{chat['_id']}/public-text/approve", {})
    assert done.json["public_state"] == "published" and len(published(app)) == 1
    down = county("POST", f"/staff/feedback/{chat['_id']}/public-text/take-down", {"reason": "写得不准"})
    assert down.json["public_state"] == "withdrawn" and published(app) == []


def test_a_late_verdict_on_older_words_publishes_nothing(
    app: Flask, answered: Callable[..., Raw], known: Actor, clock: FixedClock
) -> None:
    raw, by = answered(by=known), reviewer()
    text = PublicText(LOOKED["question"], LOOKED["answer"])  # type: ignore[arg-type]
    publishing.propose(raw["_id"], text, by=by, at=clock.now(), key="first")
    publishing.unpublish(raw["_id"], "再改", by=by, at=clock.now(), key=new_id())
    publishing.propose(raw["_id"], text, by=by, at=clock.now(), key="second")
    publishing.settle_check(raw["_id"], "first", "pass", clock.now())
    assert published(app) == []
    for _ in range(2):
        publishing.settle_check(raw["_id"], "second", "pass", clock.now())
    assert len(published(app)) == 1


def test_nothing_without_a_reply_or_the_residents_word(submit: Submit, clock: FixedClock) -> None:
    text, by = PublicText("没有图书馆", "明年建设"), reviewer()
    with pytest.raises(IllegalTransition):
        publishing.propose(submit(may_publish=True)["_id"], text, by=by, at=clock.now(), key=new_id())
    praised = handling.note(submit("praise", may_publish=True)["_id"], by=by, at=clock.now(), key=new_id())
    with pytest.raises(Conflict, match="feedback_no_reply_yet"):
        publishing.propose(praised["_id"], text, by=by, at=clock.now(), key=new_id())
    answered = handling.reply(submit()["_id"], "已处理。", by=by, at=clock.now(), key=new_id())
    with pytest.raises(Conflict, match="feedback_not_public"):
        publishing.propose(answered["_id"], text, by=by, at=clock.now(), key=new_id())
    with pytest.raises(Forbidden):
        handling.reply(
            submit()["_id"], "x", by=Actor("staff", "v", frozenset(["visitor"]), "360902"), at=clock.now(), key="k"
        )
