"""The sandbox's phone talks to the real webhook: sealed, signed, tried three times; and shows what comes back."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from bot.webhook import webhook_blueprint
from bot.wechat.delivery import handlers
from bot.wechat.replies import NewsReply, TextReply, TransferToHuman
from bot.wechat.sandbox.people import Person
from bot.wechat.service import Wechat
from config.settings import Settings
from models.conversations import credits
from models.kernel.clock import SystemClock
from models.kernel.outbox import deliver, relay
from models.platform import Platform
from tests.factories.wechat import wechat_settings
from tests.integration.wechat.conftest import Dialogue, Sandbox
from tests.running import free_port, wait_until


class Phone:
    """The phone of one resident, and the product it talks to."""

    def __init__(self, sandbox: Sandbox, platform: Platform) -> None:
        self.sandbox, self.platform = sandbox, platform
        self.name = "lili"

    def send(self, **act: object) -> None:
        answer = self.sandbox.client.post("/sandbox/phone/messages", json={"name": self.name, **act})
        assert answer.status_code == 202

    def entries(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = self.sandbox.client.get(f"/sandbox/phone?name={self.name}").json["entries"]
        return found

    def heard(self, count: int) -> list[dict[str, object]]:
        """What came in, once it is as many."""
        wait_until(lambda: len(self._in()) >= count, f"{count} replies", 20)
        return self._in()

    def _in(self) -> list[dict[str, object]]:
        return [entry for entry in self.entries() if entry["side"] != "out"]


@pytest.fixture
def phone(database: str, tmp_path: Path, dialogue: Dialogue) -> Iterator[Phone]:
    port = free_port()
    settings = wechat_settings(mongodb_uri=database, data_dir=tmp_path)
    sandbox = Sandbox(settings, f"http://127.0.0.1:{port}/wechat")
    product = Settings(**{**settings.model_dump(), "wechat_api_base": sandbox.url})
    platform = Platform(product, SystemClock(), Wechat(product, SystemClock()))
    app = Flask("web")
    app.register_blueprint(webhook_blueprint(platform, dialogue))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Phone(sandbox, platform)
    server.shutdown()
    server.server_close()
    thread.join()
    sandbox.close()


def test_a_talk(phone: Phone, dialogue: Dialogue) -> None:
    def answer(message) -> Sequence[object]:  # type: ignore[no-untyped-def]
        if message.event:
            return [TextReply(f"{message.event} {message.event_key}")]
        if message.kind == "location":
            return [
                NewsReply("福利院", f"{message.latitude:.2f},{message.longitude:.2f} {message.label}", "https://e.org")
            ]
        if message.kind == "voice":
            return [TransferToHuman()]
        return [TextReply(f"听到：{message.content}")]

    dialogue.say = answer  # type: ignore[assignment]
    phone.send(kind="text", text="你好]]>")
    assert phone.heard(1)[-1]["text"] == "听到：你好]]>"
    phone.send(kind="location", latitude=27.81, longitude=114.38, label="袁州区")
    assert phone.heard(2)[-1]["article"] == {
        "title": "福利院", "description": "27.81,114.38 袁州区", "url": "https://e.org", "picurl": "",
    }  # fmt: skip
    phone.send(kind="event", event="SCAN", event_key="town-1")
    assert phone.heard(3)[-1]["text"] == "scan town-1"
    phone.send(kind="voice", text="")
    assert phone.heard(4)[-1]["text"] == "transferred"
    out = [entry for entry in phone.entries() if entry["side"] == "out"]
    assert [entry["status"] for entry in out] == ["answered"] * 4
    assert all("Encrypt" in str(entry["sealed"]) and "你好" not in str(entry["sealed"]) for entry in out)


def test_a_consent_given_on_the_phone_allows_one_message_in_both_ledgers(phone: Phone) -> None:
    body = {"name": phone.name, "template": "visit_reminder"}
    assert phone.sandbox.client.post("/sandbox/phone/consents", json=body).status_code == 202
    openid = Person(phone.name).mini_openid
    wait_until(lambda: credits.counts(openid) == {"sandbox-visit-reminder": 1}, "the consent", 10)
    send = phone.platform.wechat.send_subscribe
    codes = [send(openid, "sandbox-visit-reminder", {"thing1": "探访"}) for _ in range(2)]
    assert [getattr(outcome, "code", 0) for outcome in codes] == [0, 43101]


def test_what_follows_a_reply_is_pushed_to_the_phone(phone: Phone, dialogue: Dialogue) -> None:
    dialogue.say = lambda message: [TextReply("先看"), NewsReply("卡片", "说明", "https://e.org")]
    phone.send(kind="text", text="a")
    phone.heard(1)
    now = phone.platform.clock.now()
    relay(now)
    assert deliver(now, handlers(phone.platform)) == {"delivered": 1}
    assert [(entry["kind"], entry["pushed"]) for entry in phone.heard(2)] == [("text", False), ("news", True)]


@pytest.mark.slow
def test_a_webhook_that_fails_is_called_three_times_with_the_same_query(
    phone: Phone, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config.loading import rules

    monkeypatch.setitem(
        rules(), "sandbox.try_seconds", rules()["sandbox.try_seconds"].model_copy(update={"value": 0.3})
    )
    monkeypatch.setattr("bot.webhook.read", lambda *given: (_ for _ in ()).throw(RuntimeError("broken")))
    phone.send(kind="text", text="a")
    assert phone.heard(1)[-1]["text"] == "unavailable"
    (out,) = [entry for entry in phone.entries() if entry["side"] == "out"]
    assert out["status"] == "failed"
    assert [attempt["status"] for attempt in out["tries"]] == [500] * 3  # type: ignore[attr-defined]
