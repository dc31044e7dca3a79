"""Debian's Chromium, driven by Playwright against the running product. Left out, loudly, where there is no browser."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.running import DEMO_PASSWORD, ROOT, House, Models, wait_until

# Debian's headless shell is the same engine without a window around it, for two thirds of the work.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Pictures of every page at both widths; build output, looked at by people, never committed.
PICTURES = Path(os.environ.get("SCREENSHOTS", Path(__file__).resolve().parents[2] / "build" / "screenshots"))

# There while `make test` checks and builds the client, of which the town shows all or nothing.
BUILDING, BUILD_SECONDS = ROOT / "build" / "client-building", 600
# For what other processes must do first (a job, a delivery), on a machine that does much else.
PATIENCE_MS = 40_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no chromium: tests/browser/install.sh must be able to install it")
        pytest.skip("THE BROWSER TESTS DID NOT RUN: there is no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory, models: Models) -> Iterator[House]:
    """Where the town runs: for what only its operator can do."""
    wait_until(lambda: not BUILDING.exists(), "the client's build", BUILD_SECONDS)
    house = House(tmp_path_factory.mktemp("town"), models.demo(), DEMO_STAFF_PASSWORD=DEMO_PASSWORD)
    yield house
    house.close()


@pytest.fixture(scope="package")
def town(house: House) -> dict[str, str]:
    """The whole product with its demo data: addresses of `web` and `sandbox`.

    Made once a worker, and ended with its last browser test: the jobs and the database of an idle town take a quarter
    of a core.
    """
    port = house.reserve_web()
    sandbox, _ = house.sandbox(WEBHOOK_URL=f"http://127.0.0.1:{port}/wechat")
    web, _ = house.web()
    house.jobs()
    return {"web": web, "sandbox": sandbox}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page whose console errors and failed requests fail the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def picture(page: Page, name: str) -> None:
    """Keep a screenshot for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"))


def reload_until(page: Page, shown: Locator, answered: Locator | None = None) -> None:
    """Open the page again until it shows this: for pages that say what was so when they were opened.

    `answered`: what stands there once the page has its answer, where it asks for one after it was opened.
    """
    end = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < end:
        if answered is not None:
            expect(answered.first).to_be_visible()
        if shown.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(shown).not_to_have_count(0)
