"""The residents' H5 in Chromium: home on a slow network, and a list of 1,000 rows scrolled with the wheel.

"Slow 4G" is Lighthouse's: 1.6 Mbit/s down, 0.75 up, 150 ms to an answer; nothing is cached, the processor is not
slowed. Home is usable when its first way can be pressed, by the page's own clock from the start of the navigation.
Baselines of the same run: a page with that one button, and a plain list of as many rows. `make client` builds it.
Frames go by the clock, and on a machine that does much else they measure it; the page's own part of the longest one is
told as processor time of its main thread.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser, Page, sync_playwright

from bench.common import figure, percentile, said, serving
from bench.nearby import filled_database
from bot.wechat.sandbox.mini import is_built

ROWS, FACILITIES = 1_000, 1_100
MOST_SECONDS, MOST_FRAME_MS = 1.5, 50
LATENCY_MS, DOWN_BITS, UP_BITS = 150, 1_600_000, 750_000
ROUNDS = 5
PHONE = {"width": 360, "height": 800}
STEPS, STEP_PX, STEP_MS = 120, 500, 16
# By the page's own clock: what a test asks of a page costs time of its own.
USABLE = """(words) => {
  const there = () => [...document.querySelectorAll('button')].some((each) => each.textContent.includes(words));
  const look = () => requestAnimationFrame(() => { if (there()) window.usable = performance.now(); else look(); });
  look();
}"""
WATCH = """() => {
  window.frames_ms = [];
  let before = null;
  const next = (at) => {
    if (before !== null) window.frames_ms.push(at - before);
    before = at;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""


def main() -> int:
    """Measure both; returns 1 where a goal is missed or nothing is built."""
    chromium = shutil.which("chromium")
    if chromium is None or not is_built():
        print("not measured: it needs chromium and the built H5 (`make browser client`)")
        return 1
    words = Words(*said("client"))
    with (
        filled_database(FACILITIES) as uri,
        tempfile.TemporaryDirectory() as folder,
        serving("wsgi:app", MONGODB_URI=uri, RATE_LIMIT_SCALE="1000000", LOG_LEVEL="WARNING", DATA_DIR=folder) as web,
        serving("bot.wechat.sandbox:create_app", factory=True, DATA_DIR=folder, WEBHOOK_URL=f"{web}/wechat") as sandbox,
        plain_pages(words) as plain,
        sync_playwright() as playwright,
    ):
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
        ]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = f"{sandbox}/phone/app/"
        met = [
            home(browser, page, f"{plain}/button", words),
            rows(browser, f"{page}#/pages/nearby/index", f"{plain}/rows", words),
        ]
        browser.close()
    return 0 if all(met) else 1


class Words:
    """What stands on the screens."""

    def __init__(self, way: str, township: str, typed: str, found: str, more: str) -> None:
        self.way, self.township, self.typed, self.found, self.more = way, township, typed, found, more


def home(browser: Browser, address: str, plain: str, words: Words) -> bool:
    """Seconds until home can be used, the slowest of some; true where the goal is met."""
    bare = max(_usable(browser, plain, words.way) for _ in range(ROUNDS))
    ours = [_usable(browser, address, words.way) for _ in range(ROUNDS)]
    worst = max(ours)
    figure("a page with one button usable, slow 4G", f"{bare:.2f} s")
    figure(
        f"home usable, slow 4G, slowest of {ROUNDS}",
        f"{worst:.2f} s",
        f"<= {MOST_SECONDS} s ({worst / bare:.1f} x)",
        worst <= MOST_SECONDS,
    )
    return worst <= MOST_SECONDS


def rows(browser: Browser, address: str, plain: str, words: Words) -> bool:
    """The longest frame while a list is scrolled to its end and back, ms; true where the goal is met."""
    with _opened(browser) as page:
        page.goto(plain)
        bare = _scrolled(page)
    with _opened(browser) as page:
        page.goto(address)
        page.get_by_label(words.township).fill(words.typed)
        page.get_by_role("button", name=words.found).first.click()
        shown = page.locator(".list-row")
        while True:
            shown.first.wait_for()
            if (count := shown.count()) >= ROWS:
                break
            page.get_by_role("button", name=words.more).press("Enter")  # rows that come into sight move it
            shown.nth(count).wait_for()
        ours = _scrolled(page)
        busiest = _busiest(browser, page)
    for name, frames in ((f"a plain list of {ROWS} rows", bare), (f"what is near, {ROWS} rows", ours)):
        figure(f"{name}, median frame", f"{percentile(frames, 0.5):.0f} ms")
    figure(f"what is near, {ROWS} rows, busiest task, processor time", f"{busiest:.0f} ms")
    worst = max(ours)
    figure(
        f"what is near, {ROWS} rows, longest frame",
        f"{worst:.0f} ms",
        f"<= {MOST_FRAME_MS} ms (plain {max(bare):.0f} ms)",
        worst <= MOST_FRAME_MS,
    )
    return worst <= MOST_FRAME_MS


def _usable(browser: Browser, address: str, words: str) -> float:
    with _opened(browser) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        slow = {"latency": LATENCY_MS, "downloadThroughput": DOWN_BITS / 8, "uploadThroughput": UP_BITS / 8}
        session.send("Network.emulateNetworkConditions", {"offline": False, **slow})
        page.add_init_script(f"({USABLE})({words!r})")
        page.goto(address)
        page.get_by_role("button", name=words).first.wait_for()
        found: float | None = None
        while found is None:
            found = page.evaluate("() => window.usable ?? null")
        return found / 1000


def _scrolled(page: Page) -> list[float]:
    """Milliseconds of each frame while the wheel turns to the end of the list and back."""
    page.mouse.move(PHONE["width"] / 2, PHONE["height"] / 2)
    page.evaluate(WATCH)
    for way in (1, -1):
        for _ in range(STEPS):
            page.mouse.wheel(0, way * STEP_PX)
            page.wait_for_timeout(STEP_MS)
    return [round(each, 1) for each in page.evaluate("() => window.frames_ms")]


def _busiest(browser: Browser, page: Page) -> float:
    """Milliseconds of processor time of the main thread's longest task while the list is scrolled once more."""
    browser.start_tracing(page=page, categories=["toplevel"])
    _scrolled(page)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    threads = {(each["pid"], each["tid"]) for each in events if each.get("args", {}).get("name") == "CrRendererMain"}
    of_page = (each for each in events if (each.get("pid"), each.get("tid")) in threads)
    return float(max(each.get("tdur", 0) for each in of_page)) / 1000


@contextlib.contextmanager
def _opened(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@contextlib.contextmanager
def plain_pages(words: Words) -> Iterator[str]:
    """The baselines: `/button` and `/rows`, pages without scripts and styles."""
    line = f"<li><p>{words.way}</p><p>{words.township}</p><button>{words.more}</button></li>"
    pages = {"/button": f"<button>{words.way}</button>", "/rows": f"<ul>{line * ROWS}</ul>"}

    class Plain(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><meta charset=utf-8><title>plain</title>{pages.get(self.path, '')}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the figures are what is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
