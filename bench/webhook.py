"""The WeChat webhook in safe mode on the embedded database, durable writes, the whole product behind it.

Two loads, each open (it does not wait for answers): residents' sentences through the real dialogues, 50 a second, and
clicks on the menu, which need no understanding, 100 a second; every tenth message repeats an earlier one. The same
clients send the same messages, in the same run, to a bare WeRoBot that echoes (no database, no deduplication). Printed
as well: where the time goes, and what a message costs in commands and in processor time of our process and of the
database's; those hold on a busy machine too. `database` is the time in the driver, which lies inside the other steps.
The last lines are the goals.
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask
from pymongo import monitoring
from werobot import WeRoBot

from bench.common import (
    KeptConnections,
    embedded_database,
    figure,
    latencies_at,
    percentile,
    processor_seconds,
    said,
    serving,
)
from bench.facility_data import documents
from bot.understanding.readiness import be_ready
from bot.wechat.crypto import Envelope, signature
from bot.wechat.reception import SECONDS, WORKERS
from config.settings import Settings, load_settings
from models import migrations
from models.facilities.documents import Facility
from models.kernel import database
from wsgi import compose

TALK_RATE, TALK_SECONDS, TALK_P99_MS = 50, 20, 300
CLICK_RATE, CLICK_SECONDS, CLICK_P99_MS = 100, 15, 80
WARM_UP, CLOSED, CONNECTIONS = 200, 1000, 8
# What a message costs is counted at a pace that hurries nobody.
COSTED, COSTED_CONNECTIONS = 300, 2
# As many as a web process of the product has.
THREADS = 48
FOLLOWERS, FACILITIES, REPEAT_EVERY = 500, 2000, 10
READY_SECONDS = 60
HEADERS = {"Content-Type": "text/xml"}
SAID = said("webhook")
CLICKS = ("nearby", "nearby_elder_care", "nearby_childcare", "apply_housing", "help")
PARTS = {
    "crypto": ("guard", "seal"), "deduplication": ("claim", "finish"), "understanding": ("understanding",),
    "dialogue (understanding within)": ("answer",), "database (within the others)": ("database",),
}  # fmt: skip
_SAMPLE = re.compile(r'^yixiang_wechat_seconds_(sum|count)\{step="(\w+)"\} ([0-9.e+-]+)$', re.MULTILINE)
Call = tuple[str, bytes]


def product() -> Flask:
    """The whole product, dialogues and all, as `wsgi:app` makes it, with the time in the driver noted."""
    monitoring.register(_Driver())
    settings = load_settings()
    made = compose(settings)
    be_ready(settings.data_dir)
    return made


def werobot() -> Any:
    """The peer: a bare WeRoBot in safe mode that says back what it hears."""
    settings = load_settings()
    robot = WeRoBot(
        token=settings.wechat_official_token, encoding_aes_key=settings.wechat_official_aes_key,
        app_id=settings.wechat_official_appid, enable_session=False,
    )  # fmt: skip

    @robot.handler
    def echo(message: Any) -> str:
        return getattr(message, "content", None) or "ok"

    return robot.wsgi


class _Driver(monitoring.CommandListener):
    """Notes how long each command of a message took, from the driver's side; what the process asks besides is not."""

    def started(self, event: monitoring.CommandStartedEvent) -> None: ...

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if threading.current_thread().name.startswith(WORKERS):
            SECONDS.labels("database").observe(event.duration_micros / 1_000_000)

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def main() -> int:
    """Print both loads' figures, ours and the peer's; returns the number of goals that were missed."""
    load = os.getloadavg()[0]
    with serving("bench.webhook:werobot", factory=True, threads=THREADS) as peer:
        hooks = KeptConnections(peer)
        talk = _at(hooks, _calls(TALK_RATE * TALK_SECONDS, _text), TALK_RATE, TALK_SECONDS)
        clicks = _at(hooks, _calls(CLICK_RATE * CLICK_SECONDS, _click), CLICK_RATE, CLICK_SECONDS)
        bare = _rate(hooks, _calls(CLOSED, _text))
    with embedded_database() as uri:
        database.connect(uri)
        database.sync_indexes()
        migrations.run_pending(datetime.now(UTC))
        database.collection(Facility).insert_many(documents(FACILITIES))
        # A disk of its own: what an earlier run's database could not take in time must not be worked off in this one.
        with (
            tempfile.TemporaryDirectory() as disk,
            serving(
                "bench.webhook:product", factory=True, threads=THREADS, MONGODB_URI=uri, LOG_LEVEL="WARNING",
                DATA_DIR=disk,
            ) as web,
        ):  # fmt: skip
            _await_ready(web)
            goals = _measure(web, uri, talk, clicks, bare)
        database.disconnect()
    print(
        f"\nsummary; the machine's load before: {load:.1f} of {os.cpu_count()} cores (goals are meant for a quiet one)"
    )
    for goal in goals:
        figure(goal.name, goal.value, goal.want, goal.met)
    return sum(not goal.met for goal in goals)


class Goal(NamedTuple):
    """What must be reached, and what was."""

    name: str
    value: str
    want: str
    met: bool


def _measure(web: str, uri: str, talk: Sequence[float], clicks: Sequence[float], bare: float) -> list[Goal]:
    hooks = KeptConnections(web)
    _rate(hooks, _calls(WARM_UP, _text, first=9_000_000))
    with _costs("a sentence", web, uri):
        _rate(hooks, _calls(COSTED, _text, first=8_000_000), COSTED_CONNECTIONS)
    with _costs("a menu click", web, uri):
        _rate(hooks, _calls(COSTED, _click, first=8_500_000), COSTED_CONNECTIONS)
    before = _steps(web)
    ours = _at(hooks, _calls(TALK_RATE * TALK_SECONDS, _text), TALK_RATE, TALK_SECONDS)
    goals = _latencies(f"sentences, {TALK_RATE}/s", ours, talk, TALK_P99_MS)
    _print_parts(before, _steps(web))
    before = _steps(web)
    ours = _at(hooks, _calls(CLICK_RATE * CLICK_SECONDS, _click, first=5_000_000), CLICK_RATE, CLICK_SECONDS)
    goals += _latencies(f"menu clicks, {CLICK_RATE}/s", ours, clicks, CLICK_P99_MS)
    _print_parts(before, _steps(web))
    fast = _rate(hooks, _calls(CLOSED, _text, first=7_000_000))
    figure(
        f"sentences a second, {CONNECTIONS} connections, each durable", f"{fast:.0f}/s",
        f"{fast / bare:.2f} of bare WeRoBot's {bare:.0f}/s",
    )  # fmt: skip
    return goals


@contextlib.contextmanager
def _costs(what: str, web: str, uri: str) -> Iterator[None]:
    """Prints what a message of the block costs: commands of the database, and processor time on both sides of it.

    Repeats are counted in, each tenth. Processor time says the same on a busy machine, or nearly.
    """
    steps, ours, theirs = _steps(web), processor_seconds(web), processor_seconds(uri)
    yield
    after = _steps(web)
    messages = _difference(steps, after, "guard")[1]
    commands = _difference(steps, after, "database")[1] / messages
    figure(f"{what}: commands to the database", f"{commands:.2f}")
    for name, address, before in (("our", web, ours), ("the embedded database's", uri, theirs)):
        worked = (processor_seconds(address) - before) / messages * 1000
        figure(f"{what}: {name} processor time", f"{worked:.2f} ms")


def _text(message: int, now: int) -> str:
    words = SAID[message // FOLLOWERS * 7 % len(SAID) if message >= FOLLOWERS else message % len(SAID)]
    return f"<MsgType>text</MsgType><Content>{words}</Content><MsgId>{10_000_000 + message}</MsgId>"


def _click(message: int, now: int) -> str:
    key = CLICKS[message % len(CLICKS)]
    return f"<MsgType>event</MsgType><Event>CLICK</Event><EventKey>{key}</EventKey>"


def _calls(count: int, content: Callable[[int, int], str], first: int = 0) -> list[Call]:
    """Calls as WeChat makes them. An event is known by follower and second, so each has a follower of its own."""
    settings = Settings()
    appid, token = settings.wechat_official_appid, settings.wechat_official_token
    envelope = Envelope([settings.wechat_official_aes_key], [appid])
    made: list[Call] = []
    now = int(datetime.now(UTC).timestamp())
    for number in range(count):
        repeated = number % REPEAT_EVERY == REPEAT_EVERY - 1
        message = first + (number - REPEAT_EVERY // 2 if repeated else number)
        follower = message if content is _click else message % FOLLOWERS
        xml = (
            f"<xml><ToUserName>gh</ToUserName><FromUserName>o{follower}</FromUserName>"
            f"<CreateTime>{now}</CreateTime>{content(message, now)}</xml>"
        )
        sealed, nonce = envelope.seal(xml, 0, appid), str(first + number)
        query = {
            "timestamp": str(now), "nonce": nonce, "encrypt_type": "aes",
            "signature": signature(token, str(now), nonce), "msg_signature": signature(token, str(now), nonce, sealed),
        }  # fmt: skip
        body = f"<xml><ToUserName>gh</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        made.append((f"/wechat?{urlencode(query)}", body))
    return made


def _at(hooks: KeptConnections, calls: Sequence[Call], rate: int, seconds: int) -> list[float]:
    return latencies_at(rate, lambda n: _check(hooks.send("POST", *calls[n], HEADERS)), seconds=seconds, threads=64)


def _rate(hooks: KeptConnections, calls: Sequence[Call], connections: int = CONNECTIONS) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda call: _check(hooks.send("POST", *call, HEADERS)), calls))
    return len(calls) / (time.perf_counter() - begun)


def _check(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"answered {status}")


def _await_ready(web: str) -> None:
    """The directory is loaded: until then a search is answered with a word of patience."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{web}/health/ready", timeout=5):  # noqa: S310  our own loopback server
                return
        except urllib.error.HTTPError:
            time.sleep(0.2)
    raise RuntimeError("not ready")


def _latencies(name: str, ours: Sequence[float], theirs: Sequence[float], want: int) -> list[Goal]:
    p50, p99 = statistics.median(ours) * 1000, percentile(ours, 0.99) * 1000
    base50, base99 = statistics.median(theirs) * 1000, percentile(theirs, 0.99) * 1000
    goals = [
        Goal(f"{name}, p99", f"{p99:.1f} ms", f"<= {want} ms (bare WeRoBot {base99:.1f} ms)", p99 <= want),
        Goal(f"{name}, slowest", f"{max(ours) * 1000:.0f} ms", "< 5000 ms", max(ours) < 5),
    ]
    figure(f"{name}, p50", f"{p50:.1f} ms", f"{p50 / base50:.1f} times bare WeRoBot's {base50:.1f} ms")
    for goal in goals:
        figure(goal.name, goal.value, goal.want, goal.met)
    return goals


def _print_parts(before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]) -> None:
    """Milliseconds a message of each part; a part that happens only for some messages counts for all."""
    messages = _difference(before, after, "guard")[1]
    for name, steps in PARTS.items():
        seconds = sum(_difference(before, after, step)[0] for step in steps)
        figure(f"  of which {name}", f"{seconds / max(messages, 1) * 1000:.2f} ms", "mean a message")


def _difference(
    before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]], step: str
) -> tuple[float, float]:
    (sum_before, count_before), (sum_after, count_after) = before.get(step, (0, 0)), after.get(step, (0, 0))
    return sum_after - sum_before, count_after - count_before


def _steps(web: str) -> dict[str, tuple[float, float]]:
    with urllib.request.urlopen(f"{web}/metrics", timeout=10) as answer:  # noqa: S310  our own loopback server
        found = _SAMPLE.findall(answer.read().decode())
    values = {(kind, step): float(value) for kind, step, value in found}
    return {step: (values[("sum", step)], values.get(("count", step), 0.0)) for kind, step in values if kind == "sum"}


if __name__ == "__main__":
    sys.exit(main())
