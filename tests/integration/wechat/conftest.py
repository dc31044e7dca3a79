"""A webhook over the test's database, with a dialogue that each test scripts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from bot.webhook import webhook_blueprint
from bot.wechat.messages import Inbound
from bot.wechat.reception import Reception
from bot.wechat.replies import Reply, TextReply
from bot.wechat.sandbox import create_app
from bot.wechat.service import Wechat
from config.settings import Settings
from models.kernel.clock import FixedClock
from models.platform import Platform
from tests.factories.wechat import KEY, PREVIOUS_KEY, Caller, Posted, wechat_settings


class Dialogue:
    """Answers as told, and remembers what it was asked: each entry is an effect."""

    def __init__(self) -> None:
        self.asked: list[Inbound] = []
        self.say: Callable[[Inbound], Sequence[Reply]] = lambda message: [TextReply(f"echo {message.content}")]

    def __call__(self, message: Inbound, at: datetime) -> Sequence[Reply]:
        self.asked.append(message)
        return self.say(message)


@pytest.fixture
def wechat_config(database: str, tmp_path: Path) -> Settings:
    return wechat_settings(mongodb_uri=database, data_dir=tmp_path, log_level="ERROR")


@pytest.fixture
def dialogue() -> Dialogue:
    return Dialogue()


@pytest.fixture
def platform(wechat_config: Settings, clock: FixedClock) -> Platform:
    return Platform(wechat_config, clock)


@pytest.fixture
def webhook(platform: Platform, dialogue: Dialogue) -> Iterator[FlaskClient]:
    app, reception = Flask("webhook"), Reception(platform, dialogue)
    app.register_blueprint(webhook_blueprint(platform, reception))
    yield app.test_client()
    reception.close()


@pytest.fixture
def caller(wechat_config: Settings) -> Caller:
    return Caller(wechat_config)


@pytest.fixture
def post(webhook: FlaskClient) -> Callable[[Posted], TestResponse]:
    return lambda posted: webhook.post(
        "/wechat", query_string=posted.query, data=posted.body, content_type=posted.content_type
    )


class Sandbox:
    """The stand-in, served; `url` is its address."""

    def __init__(self, settings: Settings, webhook_url: str = "http://127.0.0.1:9/wechat") -> None:
        self.app = create_app(settings, webhook_url)
        self.client = self.app.test_client()
        self.state = self.app.extensions["sandbox"]
        self.calls: list[str] = []
        self._inner, self.app.wsgi_app = self.app.wsgi_app, self._noted  # type: ignore[method-assign]
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def fault(self, fault: str, path: str = "/", times: int = 1, seconds: float | None = None) -> None:
        body = {"fault": fault, "path": path, "times": times, **({"seconds": seconds} if seconds else {})}
        assert self.client.post("/sandbox/faults", json=body).status_code == 201

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _noted(self, environ: dict[str, str], start_response: object) -> object:
        self.calls.append(environ["PATH_INFO"])
        return self._inner(environ, start_response)  # type: ignore[arg-type]


@pytest.fixture
def sandbox(database: str, tmp_path: Path):  # type: ignore[no-untyped-def]
    served = Sandbox(wechat_settings(mongodb_uri=database, data_dir=tmp_path))
    yield served
    served.close()


@pytest.fixture
def wechat(sandbox: Sandbox, clock: FixedClock) -> Wechat:
    """The product's client, pointed at the sandbox."""
    return Wechat(Settings(wechat_api_base=sandbox.url, wechat_official_aes_key=KEY,
                           wechat_official_aes_key_previous=PREVIOUS_KEY), clock)  # fmt: skip
