"""The state of a chat: sealed, kept per follower, lost by nobody's message, forgotten after silence."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.dialogues import engine
from models.conversations import states
from models.conversations.documents import Conversation, HandOver, UnansweredQuestion
from models.kernel.clock import FixedClock, as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.errors import StaleVersion
from tests.integration.conversations.conftest import Tell


def test_a_repeat_of_a_message_gets_the_same_reply_and_has_one_effect(tell: Tell) -> None:
    tell("人工")
    first = tell("袁州区", key="k1")
    assert "1 号" in first
    assert tell("袁州区", key="k1") == first
    assert collection(HandOver).count_documents({}) == 1


def test_an_answer_that_was_not_noted_is_found_again(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies between opening the ticket and keeping the state."""
    tell("人工")

    def die(*_: Any, **__: Any) -> bool:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(states, "remember", die)
        with pytest.raises(RuntimeError):
            tell("袁州区", key="k1")
    assert "1 号" in tell("袁州区", key="k1")
    assert collection(HandOver).count_documents({}) == 1


def test_followers_do_not_share_a_chat(tell: Tell) -> None:
    tell("养老院", openid="oA")
    assert "没有听懂" in tell("第一个", openid="oB")
    assert "没有听懂" in tell("第一个", openid="oa"), "openids differ by case"


def test_nothing_that_was_said_is_stored_in_clear(tell: Tell) -> None:
    tell("养老院", openid="oSecret")
    tell("呜啦我叫王小明，电话13879512345")
    stored = repr(list(collection(Conversation).find())) + repr(list(collection(UnansweredQuestion).find()))
    assert "养老院" not in stored
    assert "oSecret" not in stored
    assert "王小明" not in stored
    assert "13879512345" not in stored


def test_an_unanswered_question_is_kept_masked_and_once(tell: Tell, clock: FixedClock) -> None:
    tell("呜啦我叫王小明，电话13879512345", key="k")
    collection(Conversation).delete_many({})
    tell("呜啦我叫王小明，电话13879512345", key="k")
    (kept,) = collection(UnansweredQuestion).find()
    assert open_text(kept["text"], "unanswered_questions.text") == "呜啦我叫王**，电话138******45"
    assert kept["month"] == "2026-11"
    assert as_utc(kept["expires_at"]) - clock.now() == timedelta(days=180)


def test_messages_at_once_lose_no_state(tell: Tell) -> None:
    """Twelve wrong codes at the same moment are twelve tries: the fifth and later ones are not even looked at."""
    texts: list[str] = []
    threads = [threading.Thread(target=lambda n=n: texts.append(tell(f"{n:06d}"))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("不对" in text for text in texts) == 5
    assert sum("次数太多" in text for text in texts) == 7
    chat = states.remembered("oA")
    assert chat.version == 12
    assert chat.state["facts"]["tries"] == 5


def test_the_slower_of_two_messages_is_worked_on_again(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    tell("养老院")
    keep, once = states.remember, iter([True])

    def overtaken(*args: Any, **more: Any) -> bool:
        if next(once, False):
            collection(Conversation).update_one({}, {"$inc": {"version": 1}})
        return keep(*args, **more)

    monkeypatch.setattr(states, "remember", overtaken)
    assert "我能帮您办这些事" in tell("帮助")
    assert states.remembered("oA").state["frame"]["dialogue"] == "help"


def test_endless_contention_ends_with_an_error(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    never: Callable[..., bool] = lambda *_, **__: False  # noqa: E731
    monkeypatch.setattr(engine.states, "remember", never)
    with pytest.raises(StaleVersion):
        tell("你好")


def test_silence_ends_a_dialogue(tell: Tell, clock: FixedClock) -> None:
    tell("养老院")
    clock.advance(minutes=29)
    tell("谢谢")
    clock.advance(minutes=31)
    assert "隔得有点久" in tell("3")
    (chat,) = collection(Conversation).find()
    assert timedelta(days=29) < as_utc(chat["expires_at"]) - clock.now() <= timedelta(days=30)


def test_unsubscribing_erases_everything(tell: Tell) -> None:
    tell("呜啦呜啦")
    tell("人工")
    tell("袁州区")
    tell("我的事很急")
    assert tell(event="unsubscribe") == ""
    assert collection(Conversation).count_documents({}) == 0
    assert collection(UnansweredQuestion).count_documents({}) == 0
    (ticket,) = collection(HandOver).find()
    assert (ticket["state"], ticket["number"]) == ("withdrawn", 1)
    assert not {"messages", "openid", "resident_id"} & ticket.keys()
    assert ticket["openid_index"] == ""
    assert "1. 找附近的服务" in tell(event="subscribe")


def test_wrong_codes_are_forgiven_after_an_hour(tell: Tell, clock: FixedClock) -> None:
    for _ in range(5):
        assert "不对" in tell("000000")
    assert "次数太多" in tell("000000")
    clock.advance(minutes=61)
    assert "不对" in tell("000000")


@pytest.mark.parametrize(
    "text", ["\x00", "养老院\x00", "]]>", "😀" * 500, "1" * 3000, "{choices}", "{0}", "$ne", "‮养老院"]
)
def test_odd_texts_get_an_answer(tell: Tell, text: str) -> None:
    assert tell(text)
    assert len(tell(text).encode()) <= 2048
