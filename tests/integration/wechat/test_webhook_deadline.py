"""The webhook answers within 5 s whatever happens behind it, and nothing it acknowledged is lost."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from pymongo.monitoring import CommandListener
from werkzeug.test import TestResponse

from bot.wechat import reception
from bot.wechat.replies import TextReply
from models.conversations import inbound
from models.conversations.inbound import InboundMessage
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.outbox import OutboxMessage
from tests.conftest import MORNING
from tests.factories.wechat import OPENID, Caller, Posted, message_xml, text_of
from tests.integration.wechat.conftest import Dialogue
from tests.running import wait_until

Post = Callable[[Posted], TestResponse]
WECHATS_PATIENCE = 5


@pytest.fixture
def stalled(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The database accepts commands but does not answer until the event is set."""
    goes_on = threading.Event()
    for name in ("claim", "mark_late", "standing"):
        real = getattr(inbound, name)

        def slow(*given: object, _real: Callable[..., object] = real, **more: object) -> object:
            goes_on.wait(20)
            return _real(*given, **more)

        monkeypatch.setattr(inbound, name, slow)
    yield goes_on
    goes_on.set()


@pytest.mark.slow
def test_a_slow_answer_becomes_success_and_is_pushed_once(
    post: Post, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    go_on = threading.Event()

    def slowly(message: object) -> list[TextReply]:
        go_on.wait(20)
        return [TextReply("想好了")]

    dialogue.say = slowly
    posted = caller.call(message_xml(Content="a"), MORNING)
    started = time.monotonic()
    answer = post(posted)
    assert time.monotonic() - started < WECHATS_PATIENCE
    assert (answer.status_code, answer.text) == (200, "success")
    assert post(posted).text == "success"
    go_on.set()
    wait_until(lambda: collection(OutboxMessage).count_documents({}) == 1, "the push", 5)
    assert post(posted).text == "success"
    pushed = [OutboxMessage.open_payload(each) for each in collection(OutboxMessage).find({})]
    assert pushed == [{"openid": OPENID, "text": "想好了"}]
    assert len(dialogue.asked) == 1


@pytest.mark.slow
def test_a_stalled_database_is_answered_in_time_and_the_retry_finds_everything(
    post: Post, caller: Caller, dialogue: Dialogue, stalled: threading.Event
) -> None:
    posted = caller.call(message_xml(Content="a"), MORNING)
    spent = []
    for _ in range(3):
        started = time.monotonic()
        answer = post(posted)
        spent.append(time.monotonic() - started)
        # Not acknowledged: WeChat calls again.
        assert (answer.status_code, answer.data) == (503, b"")
    assert spent[0] < WECHATS_PATIENCE
    assert max(spent[1:]) < 1, "calls must not queue up behind a stalled database"
    stalled.set()
    wait_until(lambda: post(posted).status_code == 200, "the answer", 10)
    assert text_of(caller.opened(post(posted).text)) == "echo a"
    assert len(dialogue.asked) == 1


@pytest.mark.slow
def test_success_is_not_said_before_the_promise_is_stored(
    post: Post, caller: Caller, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, real = threading.Event(), inbound.mark_late

    def never(*given: object) -> object:
        go_on.wait(20)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(reception.inbound, "mark_late", never)
    dialogue.say = lambda message: [TextReply(str(go_on.wait(20)))]
    started = time.monotonic()
    answer = post(caller.call(message_xml(Content="a"), MORNING))
    assert time.monotonic() - started < WECHATS_PATIENCE
    assert answer.status_code == 503
    go_on.set()


def test_more_than_the_pool_holds_is_refused_at_once(
    platform: object, post: Post, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading.BoundedSemaphore, "acquire", lambda self, blocking=True, timeout=None: False)
    answer = post(caller.call(message_xml(Content="a"), MORNING))
    assert (answer.status_code, answer.data) == (503, b"")


def test_a_message_costs_two_durable_writes(
    post: Post, caller: Caller, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[str] = []
    target = collection(InboundMessage)

    class Counting(CommandListener):
        def started(self, event: object) -> None:
            commands.append(event.command_name)  # type: ignore[attr-defined]

        def succeeded(self, event: object) -> None: ...

        def failed(self, event: object) -> None: ...

    from pymongo import MongoClient

    watched = MongoClient(database, event_listeners=[Counting()])[target.database.name]
    monkeypatch.setattr(inbound, "collection", lambda record: watched[record._get_collection_name()])
    post(caller.call(message_xml(Content="a"), MORNING))
    assert [name for name in commands if name in ("insert", "update", "findAndModify", "find")] == ["insert", "insert"]
    watched.client.close()
