"""The public pages in a real browser: accessible, within both widths, in both schemes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import picture
from tests.browser.looking import faultless, look_at

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATHS = (
    "/", "/?category=elder_care_home&place=温汤镇", "/circles?place=温汤镇", "/notices", "/draws", "/indicators",
    "/indicators/elder_care_beds", "/open-data", "/accessibility", "/privacy",
)  # fmt: skip


def test_every_page_is_accessible_and_fits(page: Page, town: dict[str, str]) -> None:
    for path in PATHS:
        page.goto(f"{town['web']}{path}")
        look_at(page, f"public-{path.strip('/').split('?')[0].replace('/', '-') or 'home'}")
    page.goto(f"{town['web']}/?category=elder_care_home&place=温汤镇")
    page.locator("article a").first.click()
    faultless(page)
    picture(page, "public-facility-1280")
