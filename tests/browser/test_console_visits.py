"""Visits in a real browser: every page at both widths, a visitor's day on a phone, and a concern from door to end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import picture, reload_until
from tests.browser.looking import bears_long_names, faultless, fits, look_at, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COUNTY = "district_code=360902"
PAGES = {
    "visitor-360902": ["day", "plan", "map", "week", "hours", "import", "register/new"],
    "intake-360902": ["plan?uncovered=1", "bookings", "register", "links", "referrals", "proposals", "calendar"],
    "supervisor": ["", "conflicts", f"campaigns?{COUNTY}", "rate", f"rate?{COUNTY}", "map", f"map?{COUNTY}"],
}
# On each of these lists the first entry is opened too.
DETAILS = {
    "intake-360902": ["register", "links", "referrals"],
    "supervisor": ["", "conflicts", f"campaigns?{COUNTY}"],
}
PHONE = {"width": 360, "height": 740}


@pytest.mark.parametrize("username", PAGES)
def test_every_page_is_accessible_and_fits_both_widths(page: Page, town: dict[str, str], username: str) -> None:
    sign_in(page, town["web"], username)
    for path in PAGES[username]:
        answer = page.goto(f"{town['web']}/console/visits/{path}".rstrip("/"))
        assert answer is not None and answer.status == 200, path
        look_at(page, f"console-visits-{username}-{re.sub(r'[^a-z]+', '-', path) or 'concerns'}")
        bears_long_names(page)
    for path in DETAILS.get(username, []):
        page.goto(f"{town['web']}/console/visits/{path}".rstrip("/"))
        page.locator("main tbody th a").first.click()
        look_at(page, f"console-visits-{username}-{re.sub(r'[^a-z]+', '-', path) or 'concerns'}-one")
        bears_long_names(page)
    page.goto(f"{town['web']}/console/notices")
    look_at(page, f"console-visits-{username}-notices")


def test_a_visitors_day_on_a_phone_with_one_hand(page: Page, town: dict[str, str]) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 27.8, "longitude": 114.4, "accuracy": 20})
    page.set_viewport_size(PHONE)
    sign_in(page, town["web"], "visitor-360902")
    page.goto(f"{town['web']}/console/visits/day")
    picture(page, "console-visits-phone-day")
    page.get_by_role("button", name="开始探访").first.click()
    expect(page.get_by_role("status")).to_contain_text("已开始")
    page.get_by_role("button", name="我到了").click()
    expect(page.get_by_role("status")).to_contain_text("已记录到达")
    for each in page.locator(".choice, .thumb .button, .thumb button").all():
        box = each.bounding_box()
        assert box is None or box["height"] >= 44, "a thumb must hit it"
    page.locator("input[name=outcome][value=seen_well]").check()
    for group in page.locator("section fieldset").all():
        group.locator("input").first.check()
    page.fill("#notes", "一切都好")
    picture(page, "console-visits-phone-stop")
    fits(page)
    page.get_by_role("button", name="完成探访").click()
    expect(page.locator("main")).to_contain_text("已记录：见到本人，情况良好")
    faultless(page)
    picture(page, "console-visits-phone-done")


def nobody_at_home(page: Page) -> None:
    page.locator("input[name=outcome][value=not_at_home]").focus()
    page.keyboard.press("Space")
    press(page, "完成探访")
    expect(page.locator("main")).to_contain_text("已记录：不在家")


def test_nobody_at_home_twice_becomes_a_concern_and_is_resolved_by_keyboard(page: Page, town: dict[str, str]) -> None:
    web = town["web"]
    sign_in(page, web, "visitor-360902")
    page.goto(f"{web}/console/visits/day")
    page.get_by_role("button", name="开始探访").first.focus()  # each button names its person, too
    page.keyboard.press("Enter")
    nobody_at_home(page)
    press(page, "台账登记", "link")
    page.wait_for_url("**/register/*")
    entry = page.url
    press(page, "现在上门探访")
    nobody_at_home(page)
    page.get_by_role("button", name="退出登录").click()
    sign_in(page, web, "supervisor")
    # The outbox's job opens the concern within seconds.
    page.goto(f"{web}/console/visits?{COUNTY}&cause=attempts_failed")
    reload_until(page, page.locator("main tbody th a"))
    count = int(page.locator(".tile b").first.inner_text())
    page.locator("main tbody th a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("多次上门未见到本人")
    assert entry.endswith(str(page.locator("dl.facts a").first.get_attribute("href")))
    press(page, "签收")
    expect(page.get_by_role("status")).to_contain_text("已签收")
    page.locator("summary", has_text="解除").focus()
    page.keyboard.press("Enter")
    page.select_option("#resolution", "seen_by_other")
    page.fill("#evidence", "邻居今早见到本人")
    press(page, "解除")
    expect(page.get_by_role("status")).to_contain_text("已解除")
    page.goto(f"{web}/console/visits?{COUNTY}&cause=attempts_failed")
    assert int(page.locator(".tile b").first.inner_text()) == count - 1
