"""The webhook answers within 5 s whatever happens behind it, and nothing it acknowledged is lost."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo.monitoring import CommandListener
from werkzeug.test import TestResponse

from bot.dialogues.engine import answerer
from bot.understanding.readiness import be_ready
from bot.webhook import webhook_blueprint
from bot.wechat import reception
from bot.wechat.messages import read
from bot.wechat.reception import Reception
from bot.wechat.replies import TextReply
from bot.wechat.service import Wechat
from bot.wechat.spool import Spool, Spooled
from config.settings import Settings, embedded_uri
from models.conversations import inbound
from models.conversations.inbound import InboundMessage
from models.kernel import database as kernel_database
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.outbox import OutboxMessage
from models.platform import Platform
from tests.conftest import MORNING
from tests.factories.wechat import OPENID, Caller, Posted, message_xml, text_of, wechat_settings
from tests.integration.wechat.conftest import Dialogue, Sandbox
from tests.running import database_process, free_port, wait_until

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
def test_a_stalled_database_is_answered_in_time_and_the_answer_follows_once(
    post: Post, caller: Caller, dialogue: Dialogue, stalled: threading.Event, clock: FixedClock
) -> None:
    posted = caller.call(message_xml(Content="a"), MORNING)
    spent = []
    for _ in range(3):
        started = time.monotonic()
        answer = post(posted)
        spent.append(time.monotonic() - started)
        assert (answer.status_code, answer.text) == (200, "success"), "it lies on the disk"
    assert spent[0] < WECHATS_PATIENCE
    assert max(spent[1:]) < 1, "calls must not queue up behind a stalled database"
    stalled.set()
    wait_until(lambda: pushed() == ["echo a"], "the late answer", 10)
    assert post(posted).text == "success"
    assert (pushed(), len(dialogue.asked)) == (["echo a"], 1)


@pytest.mark.slow
def test_success_is_not_said_before_the_promise_is_stored(
    post: Post, caller: Caller, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, real = threading.Event(), inbound.mark_late

    def never(*given: object) -> object:
        go_on.wait(20)
        return real(*given)  # type: ignore[arg-type]

    kept: list[str] = []
    keep = Spool.keep
    monkeypatch.setattr(Spool, "keep", lambda self, entry: (kept.append(entry.id), keep(self, entry))[1])
    monkeypatch.setattr(reception.inbound, "mark_late", never)
    dialogue.say = lambda message: [TextReply(str(go_on.wait(20)))]
    started = time.monotonic()
    answer = post(caller.call(message_xml(Content="a"), MORNING))
    assert time.monotonic() - started < WECHATS_PATIENCE
    assert (answer.text, len(kept)) == ("success", 1), "neither database nor worker: the disk has it"
    go_on.set()
    wait_until(lambda: pushed() == ["True"], "the answer, whichever worker gave it", 10)


def test_more_than_the_pool_holds_is_answered_late(
    post: Post, caller: Caller, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading.BoundedSemaphore, "acquire", lambda self, blocking=True, timeout=None: False)
    calls = [caller.call(message_xml(Content=str(number), openid=f"o{number}"), MORNING) for number in range(5)]
    assert [post(call).text for call in calls for _ in range(2)] == ["success"] * 10
    wait_until(lambda: len(pushed()) == 5, "the late answers", 10)
    assert (sorted(pushed()), len(dialogue.asked)) == ([f"echo {number}" for number in range(5)], 5)


def test_a_disk_that_refuses_too_leaves_it_to_wechats_retry(
    post: Post, caller: Caller, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Spool, entry: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(Spool, "keep", full)
    with monkeypatch.context() as busy:
        busy.setattr(threading.BoundedSemaphore, "acquire", lambda self, blocking=True, timeout=None: False)
        answer = post(caller.call(message_xml(Content="a"), MORNING))
        assert (answer.status_code, answer.data, dialogue.asked) == (503, b"", [])
        assert int(answer.headers["Retry-After"]) > 0


def test_what_a_killed_process_had_kept_is_answered_by_the_next(
    platform: Platform, post: Post, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    message = read(message_xml(Content="a"), "xml", caller.appid)
    spool = Spool(platform.settings.data_dir / "spool")
    spool.keep(Spooled(message.id, message.stored(), "n", False, clock.now()))
    (platform.settings.data_dir / "spool" / "X.sealed").write_bytes(b"rubbish")
    assert b"echo" not in next((platform.settings.data_dir / "spool").glob(f"{message.id}*")).read_bytes()
    assert Reception(platform, dialogue).recover(clock.now()) == 1
    assert (pushed(), spool.count()) == (["echo a"], 0)
    assert (platform.settings.data_dir / "spool" / "X.unreadable").exists(), "put aside for a person"


@pytest.mark.slow
def test_a_database_that_stops_for_ten_seconds_loses_nothing_and_keeps_nobody_waiting(
    tmp_path: Path, dialogue: Dialogue
) -> None:
    port = free_port()
    server = database_process(port, tmp_path, durable=False)
    kernel_database.connect(embedded_uri(port, "test"))
    settings = wechat_settings(data_dir=tmp_path, log_level="ERROR")
    platform = Platform(settings)  # a clock that goes: what a worker had claimed is taken over when its lease ends
    door, now = Reception(platform, dialogue), platform.clock.now()
    app, caller = Flask("webhook"), Caller(settings)
    app.register_blueprint(webhook_blueprint(platform, door))
    try:
        assert text_of(caller.opened(_send(app, caller, 0, at=now)[0])) == "echo 0"
        os.kill(server.process.pid, signal.SIGSTOP)
        begun, answers = time.monotonic(), []
        with ThreadPoolExecutor(32) as threads:
            for number in range(1, 101):
                answers.append(threads.submit(_send, app, caller, number, at=now))
                time.sleep(0.1)
        assert time.monotonic() - begun >= 10
        spent = [answer.result() for answer in answers]
        assert max(seconds for _, seconds in spent) < WECHATS_PATIENCE
        os.kill(server.process.pid, signal.SIGCONT)
        late = {f"echo {n}" for n, (text, _) in enumerate(spent, 1) if text == "success"}
        assert len(late) > 90
        wait_until(lambda: set(pushed()) == late, "every late answer", 30)
        assert len(pushed()) == len(late)
        assert Counter(m.content for m in dialogue.asked).most_common(1)[0][1] == 1, "one effect a message"
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
        door.close()
        kernel_database.disconnect()
        server.kill()


@pytest.mark.slow
def test_five_hundred_at_once_are_answered_in_time_or_late_and_each_once(
    webhook: FlaskClient, caller: Caller, dialogue: Dialogue
) -> None:
    begun, worked = time.monotonic(), time.process_time()
    # As many threads as a web process has: what does not get one waits before our door, and that counts.
    with ThreadPoolExecutor(64) as threads:
        sent = list(threads.map(lambda n: (*_send(webhook.application, caller, n), time.monotonic()), range(500)))
    took, worked = max(ended for *_, ended in sent) - begun, time.process_time() - worked
    # Where other programs have the cores the clock tells of them: the burst keeps one core busy until it is over.
    assert took < WECHATS_PATIENCE or worked < took / 2
    late = {f"echo {n}" for n, (text, *_) in enumerate(sent) if text == "success"}
    wait_until(lambda: len(pushed()) >= len(late), "the late answers", 240)
    assert sorted(pushed()) == sorted(late)
    in_time = [text_of(caller.opened(text)) for text, *_ in sent if text != "success"]
    assert sorted(in_time) == sorted({f"echo {n}" for n in range(500)} - late)
    assert len(dialogue.asked) == 500


@pytest.mark.slow
def test_a_wechat_that_does_not_answer_keeps_nobody_waiting(
    wechat: Wechat, sandbox: Sandbox, wechat_config: Settings, clock: FixedClock
) -> None:
    sandbox.fault("late", "/cgi-bin/user/info", times=50, seconds=20)
    be_ready(wechat_config.data_dir)  # as a server is before its first call
    platform = Platform(wechat_config, clock, wechat)
    door = Reception(platform, answerer(platform))
    app, caller = Flask("webhook"), Caller(wechat_config)
    app.register_blueprint(webhook_blueprint(platform, door))
    try:
        with ThreadPoolExecutor(24) as threads:
            sent = list(threads.map(lambda n: _send(app, caller, n, "我的申请办到哪一步了"), range(24)))
        assert max(seconds for _, seconds in sent) < WECHATS_PATIENCE
        late = sum(text == "success" for text, _ in sent)
        wait_until(lambda: len(pushed()) == late, "the late answers", 30)
        text, seconds = _send(app, caller, 99, "我的申请办到哪一步了")
        assert "六位数字" in text_of(caller.opened(text)) and seconds < 1, "known to be down, it is not asked"
    finally:
        door.close()


def pushed() -> list[str]:
    """The texts that went into the outbox."""
    return [OutboxMessage.open_payload(each)["text"] for each in collection(OutboxMessage).find({})]


def _send(app: Flask, caller: Caller, number: int, text: str = "", at: datetime = MORNING) -> tuple[str, float]:
    """What one follower's message gets, and after how many seconds."""
    posted = caller.call(message_xml(Content=text or str(number), openid=f"o{number}"), at)
    started = time.monotonic()
    answer = app.test_client().post(
        "/wechat", query_string=posted.query, data=posted.body, content_type=posted.content_type
    )
    assert answer.status_code == 200
    return answer.text, time.monotonic() - started


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
