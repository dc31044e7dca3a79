"""The WeChat webhook: safe mode, deduplication on, 100 messages a second on the embedded database, durable writes.

Every tenth call repeats an earlier message. The baseline of the same run is a bare Flask hello that takes a POST.
"""

from __future__ import annotations

import re
import statistics
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Flask, request

from api.app import create_app
from bench.common import KeptConnections, embedded_database, figure, latencies_at, percentile, serving
from bot.webhook import webhook_blueprint
from bot.wechat.crypto import Envelope, signature
from bot.wechat.messages import Inbound
from bot.wechat.replies import Reply, TextReply
from config.settings import Settings, load_settings
from models.kernel import database
from models.kernel.clock import SystemClock
from models.kernel.encryption import install_keyring
from models.platform import Platform
from wsgi import compose

RATE, SECONDS = 100, 15
WARM_UP, CLOSED, CONNECTIONS = 200, 2000, 8
REPEAT_EVERY = 10
WANT_P99_MS = 100
TEXT = "帮助"
HEADERS = {"Content-Type": "text/xml"}
STEPS = ("guard", "claim", "answer", "finish", "seal")
_SAMPLE = re.compile(r'^yixiang_wechat_seconds_(sum|count)\{step="(\w+)"\} ([0-9.e+-]+)$', re.MULTILINE)


def product() -> Flask:
    """The whole product, dialogues and all."""
    return compose(load_settings())


def gateway() -> Flask:
    """The product's surroundings with a dialogue that echoes: what the gateway itself costs."""
    settings = load_settings()
    install_keyring(settings.secret_keys)
    database.connect(settings.mongodb_uri)
    platform = Platform(settings, SystemClock())
    app = create_app(platform)
    app.register_blueprint(webhook_blueprint(platform, _echo))
    return app


def hello() -> Flask:
    """The baseline: a Flask app that reads what is posted and says hello."""
    app = Flask("hello")

    @app.post("/")
    def say() -> str:
        request.get_data(cache=False)
        return "hello"

    return app


def main() -> None:
    """Print the figures of the gateway and of the whole product, against the same baseline."""
    with serving("bench.webhook:hello", factory=True) as plain:
        hellos = KeptConnections(plain)
        body = _calls(1, "")[0][1]
        theirs = latencies_at(RATE, lambda _: _check(hellos.send("POST", "/", body, HEADERS)), seconds=SECONDS)
        bare = _rate(lambda _: _check(hellos.send("POST", "/", body, HEADERS)), range(CLOSED))
    for name in ("gateway", "product"):
        with embedded_database() as uri:
            _measure(name, uri, theirs, bare)


def _measure(name: str, uri: str, theirs: Sequence[float], bare: float) -> None:
    database.connect(uri)
    database.sync_indexes()
    with serving(f"bench.webhook:{name}", factory=True, MONGODB_URI=uri, LOG_LEVEL="WARNING") as web:
        calls = _calls(WARM_UP + RATE * SECONDS + CLOSED, TEXT)
        hooks = KeptConnections(web)
        _rate(lambda n: _check(hooks.send("POST", *calls[n], HEADERS)), range(WARM_UP))
        before = _steps(web)
        ours = latencies_at(RATE, lambda n: _check(hooks.send("POST", *calls[WARM_UP + n], HEADERS)), seconds=SECONDS)
        after = _steps(web)
        _print_latencies(name, ours, theirs)
        _print_steps(before, after)
        rest = range(WARM_UP + RATE * SECONDS, len(calls))
        fast = _rate(lambda n: _check(hooks.send("POST", *calls[n], HEADERS)), rest)
        figure(
            f"{name}: messages a second, {CONNECTIONS} connections, each durable", f"{fast:.0f}/s",
            f"{fast / bare:.2f} of bare hello's {bare:.0f}/s",
        )  # fmt: skip
    database.disconnect()


def _echo(message: Inbound, at: datetime) -> Sequence[Reply]:
    return [TextReply(message.content)]


def _calls(count: int, text: str) -> list[tuple[str, bytes]]:
    settings = Settings()
    envelope = Envelope([settings.wechat_official_aes_key], [settings.wechat_official_appid])
    made: list[tuple[str, bytes]] = []
    now = int(datetime.now(UTC).timestamp())
    for number in range(count):
        message = number - REPEAT_EVERY // 2 if number % REPEAT_EVERY == REPEAT_EVERY - 1 else number
        xml = (
            f"<xml><ToUserName>gh</ToUserName><FromUserName>o{message % 500}</FromUserName>"
            f"<CreateTime>{now}</CreateTime><MsgType>text</MsgType><Content>{text}</Content>"
            f"<MsgId>{10_000_000 + message}</MsgId></xml>"
        )
        sealed, nonce, token = (
            envelope.seal(xml, 0, settings.wechat_official_appid),
            str(number),
            settings.wechat_official_token,
        )
        query = {
            "timestamp": str(now), "nonce": nonce, "encrypt_type": "aes",
            "signature": signature(token, str(now), nonce), "msg_signature": signature(token, str(now), nonce, sealed),
        }  # fmt: skip
        body = f"<xml><ToUserName>gh</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        made.append((f"/wechat?{urlencode(query)}", body))
    return made


def _check(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"answered {status}")


def _rate(call: Callable[[int], None], numbers: range) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(call, numbers))
    return len(numbers) / (time.perf_counter() - begun)


def _print_latencies(name: str, ours: Sequence[float], theirs: Sequence[float]) -> None:
    p50, p99 = statistics.median(ours) * 1000, percentile(ours, 0.99) * 1000
    base50, base99 = statistics.median(theirs) * 1000, percentile(theirs, 0.99) * 1000
    figure(f"{name} at {RATE}/s, p50", f"{p50:.1f} ms", f"{p50 / base50:.1f} times bare hello's {base50:.1f} ms")
    met = p99 <= WANT_P99_MS
    figure(f"{name} at {RATE}/s, p99", f"{p99:.1f} ms", f"<= {WANT_P99_MS} ms (bare hello {base99:.1f} ms)", met)


def _print_steps(before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]) -> None:
    for step in STEPS:
        seconds = after[step][0] - before[step][0]
        count = after[step][1] - before[step][1]
        figure(f"  of which {step}", f"{seconds / max(count, 1) * 1000:.2f} ms", "mean")


def _steps(web: str) -> dict[str, tuple[float, float]]:
    with urllib.request.urlopen(f"{web}/metrics", timeout=10) as answer:  # noqa: S310  our own loopback server
        found = _SAMPLE.findall(answer.read().decode())
    values = {(kind, step): float(value) for kind, step, value in found}
    return {step: (values.get(("sum", step), 0.0), values.get(("count", step), 0.0)) for step in STEPS}


if __name__ == "__main__":
    main()
