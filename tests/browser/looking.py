"""What every browser test does: sign in, press by keyboard, and look at a page at both widths."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import picture
from tests.running import DEMO_PASSWORD

AXE = Axe()
# A desk's screen by day and a phone at night, so that each page is seen in both schemes.
SCREENS = (({"width": 1280, "height": 900}, "light"), ({"width": 360, "height": 900}, "dark"))


def sign_in(page: Page, web: str, username: str) -> None:
    """Sign in to the console with the demo's password."""
    page.goto(f"{web}/console/")
    page.fill("#username", username)
    page.fill("#password", DEMO_PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("h1")).to_have_text("我的工作")


def press(page: Page, name: str, role: str = "button") -> None:
    """Reach a control by its name and press Enter, as somebody without a mouse does."""
    page.get_by_role(role, name=name, exact=True).first.focus()  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def faultless(page: Page) -> None:
    """axe finds nothing on the page as it is."""
    found = AXE.run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def look_at(page: Page, name: str) -> None:
    """No fault of accessibility, nothing wider than the screen, on both screens; pictures are kept."""
    for size, scheme in SCREENS:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        faultless(page)
        fits(page)
        picture(page, f"{name}-{size['width']}")
    page.set_viewport_size(SCREENS[0][0])  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
