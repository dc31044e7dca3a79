"""What every browser test does: sign in, press by keyboard, and look at a page at both widths."""

from __future__ import annotations

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import picture
from tests.running import DEMO_PASSWORD

AXE = Axe()
ASKED = "axe.run({resultTypes: ['violations']}).then(({violations, url}) => ({violations, url}))"
# A desk's screen by day and a phone at night, so that each page is seen in both schemes.
SCREENS = (({"width": 1280, "height": 900}, "light"), ({"width": 360, "height": 900}, "dark"))

# A desk's screen at 200% zoom.
ZOOMED = {"width": 640, "height": 450}
# A name that reads from the right, and one that cannot be broken between words.
LONG_NAME = "\u202eאבג" + "长" * 100 + "W" * 100
NAMES = "main h1, main th[scope=row], main th[scope=row] a, main dd, main td:not(.number), main .card p"


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
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    # Only what is wrong is sent back: the rest takes as long as finding it.
    found = AxeResults(page.evaluate(ASKED))
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def look_at(page: Page, name: str) -> None:
    """No fault of accessibility, nothing wider than the screen, on both screens; pictures are kept."""
    for size, scheme in SCREENS:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        faultless(page)
        fits(page)
        picture(page, f"{name}-{size['width']}")
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    fits(page)
    page.set_viewport_size(SCREENS[0][0])  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")


def bears_long_names(page: Page) -> None:
    """With names of 200 characters wherever one may stand, nothing is wider than a zoomed screen or a phone's.

    The page is not itself any more afterwards.
    """
    page.evaluate(
        "([where, name]) => { for (const each of document.querySelectorAll(where))"
        " if (!each.children.length && each.textContent.trim()) each.textContent = name; }",
        [NAMES, LONG_NAME],
    )
    for size in (ZOOMED, SCREENS[1][0]):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        fits(page)
    page.set_viewport_size(SCREENS[0][0])  # type: ignore[arg-type]
