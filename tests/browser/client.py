"""The residents' H5 build in a real browser, against the whole product."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from bot.wechat.sandbox.mini import ROOT, is_built
from tests.browser.conftest import picture

PATIENCE_MS = 40_000
WIDTHS = (360, 1280)


@cache
def built() -> str:
    """ "" once there is a build, else why there is none. CI builds it; elsewhere `make client` does."""
    if is_built():
        return ""
    if os.environ.get("CI") != "true":
        return "THE CLIENT'S TESTS DID NOT RUN: build it with `make client` (needs Node 20)"
    if shutil.which("node") is None:
        pytest.fail("CI has no node: the client cannot be built")
    subprocess.run(["bash", str(ROOT / "client" / "scripts" / "build.sh"), "h5"], check=True, timeout=600)
    return ""


def built_or_skip() -> None:
    why = built()
    if why:
        pytest.skip(why)


def open_client(page: Page, town: dict[str, str], screen: str, resident: str = "liudapeng") -> None:
    """Open a screen of the H5 as a resident of the sandbox."""
    built_or_skip()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{town['sandbox']}/phone/app/?code=sandbox-{resident}#/{screen}")


def look(page: Page, name: str) -> None:
    """axe finds nothing and nothing overflows, at both widths; a picture of each for people to look at."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name} overflows at {width}"
        found = Axe().run(page)
        picture(page, f"client-{name}-{width}")
        assert found.violations_count == 0, found.generate_report()
