"""A resident chats on the sandbox's phone: through the real webhook, encrypted and signed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import picture
from tests.browser.looking import faultless, fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.click("#send")


def choose(page: Page, name: str) -> None:
    page.click(f'button.person[data-name="{name}"]')


def test_a_resident_follows_asks_pages_and_picks(page: Page, town: dict[str, str]) -> None:
    page.goto(f"{town['sandbox']}/phone")
    choose(page, "chenguilan")
    chat = page.locator("#chat")
    say(page, "你好")
    expect(chat).to_contain_text("您好")
    say(page, "温汤镇附近有没有养老院")
    expect(chat).to_contain_text("养老院")
    expect(chat).to_contain_text("0795")
    say(page, "更多")
    say(page, "1")
    expect(chat).to_contain_text("演示路")
    picture(page, "phone-1280")


def test_the_phone_fits_a_small_screen(page: Page, town: dict[str, str]) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{town['sandbox']}/phone")
    fits(page)
    picture(page, "phone-360")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/phone", "/planning-office"])
def test_the_sandbox_pages_are_accessible(page: Page, town: dict[str, str], path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{town['sandbox']}{path}")
    faultless(page)
    picture(page, f"{path.strip('/')}-{width}-axe")
