"""The residents' H5 build in a real browser, against the whole product."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from bot.wechat.sandbox.mini import ROOT, is_built
from tests.browser.conftest import PATIENCE_MS, picture
from tests.browser.looking import faultless, fits

WIDTHS = (360, 1280)
MODES = """(on) => document.querySelectorAll('.frame').forEach(
  (each) => ['large', 'contrast'].forEach((name) => each.classList.toggle(name, on)))"""


def built_or_skip() -> None:
    """`make test` builds the client beside the tests (`town` waits for it); elsewhere `make client` does."""
    if is_built():
        return
    if os.environ.get("CI") != "true":
        pytest.skip("THE CLIENT'S TESTS DID NOT RUN: build it with `make client`")
    subprocess.run(["bash", str(ROOT / "client" / "scripts" / "build.sh"), "h5"], check=True, timeout=600)


@contextmanager
def phone_of(chromium: Browser) -> Iterator[Page]:
    """A phone. Refusals that a journey provokes show in its console; faults of the scripts fail the test."""
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def open_client(page: Page, town: dict[str, str], screen: str, resident: str = "liudapeng") -> None:
    """Open a screen of the H5 as a resident of the sandbox."""
    built_or_skip()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{town['sandbox']}/phone/app/?code=sandbox-{resident}#/{screen}")


def look(page: Page, name: str) -> None:
    """axe finds nothing and nothing overflows, at both widths; a picture of each for people to look at."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        fits(page)
        picture(page, f"client-{name}-{width}")
        faultless(page)


def look_in_both_modes(page: Page, name: str) -> None:
    """As `look`, and on the phone also in large type with high contrast; the page is a phone's and itself afterwards."""
    look(page, name)
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate(MODES, True)
    fits(page)
    picture(page, f"client-{name}-large")
    faultless(page)
    page.evaluate(MODES, False)
