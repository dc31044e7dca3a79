"""The public pages in a real browser: accessible, within both widths, in both schemes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATHS = (
    "/", "/?category=elder_care_home&place=温汤镇", "/circles?place=温汤镇", "/notices", "/draws", "/indicators",
    "/indicators/elder_care_beds", "/open-data", "/accessibility", "/privacy",
)  # fmt: skip


def test_every_page_is_accessible_and_fits(page: Page, town: dict[str, str]) -> None:
    for path in PATHS:
        for width, scheme in ((360, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(f"{town['web']}{path}")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path} {scheme}\n{found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
            picture(page, f"public-{path.strip('/').split('?')[0].replace('/', '-') or 'home'}-{width}")
    page.goto(f"{town['web']}/?category=elder_care_home&place=温汤镇")
    page.locator("article a").first.click()
    assert Axe().run(page).violations_count == 0
    picture(page, "public-facility-1280")
