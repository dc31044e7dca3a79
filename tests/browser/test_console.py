"""A caseworker's day in a real browser: decides a case by keyboard, at both widths, without a fault of accessibility."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import picture
from tests.browser.looking import bears_long_names, faultless, look_at, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = {
    "intake-360902": ["/", "/applications", "/applications?stage=correction", "/proxies", "/proxies?state=ended"],
    "reviewer-360902": ["/", "/applications?stage=reviewed", "/account"],
    "planner": ["/", "/account"],
    "supervisor": ["/", "/applications?district_code=360902&stage=appealed"],
}


@pytest.mark.parametrize("username", PAGES)
def test_every_page_is_accessible_and_fits_both_widths(page: Page, town: dict[str, str], username: str) -> None:
    sign_in(page, town["web"], username)
    for path in PAGES[username]:
        page.goto(f"{town['web']}/console{path}")
        look_at(page, f"console-{username}-{path.strip('/').replace('?', '-').replace('=', '-') or 'work'}")
        bears_long_names(page)


def test_an_authorisation_on_paper_is_compared_and_confirmed(page: Page, town: dict[str, str]) -> None:
    sign_in(page, town["web"], "intake-360902")
    page.get_by_role("link", name="代办委托", exact=True).click()
    page.get_by_role("link", name="吴**的委托").click()
    expect(page.locator("img[alt='第2份']")).to_be_visible()
    look_at(page, "console-proxy-on-paper")
    bears_long_names(page)
    page.get_by_label("监护人签字同意的是").check()
    page.get_by_role("button", name="确认委托").click()
    expect(page.get_by_role("status")).to_contain_text("代办人可以开始代办")


def test_a_reviewer_decides_a_case_by_keyboard(page: Page, town: dict[str, str]) -> None:
    sign_in(page, town["web"], "reviewer-360902")
    page.get_by_role("link", name="申请办理").focus()
    page.keyboard.press("Enter")
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("公租房申请")
    faultless(page)
    page.keyboard.press("j")  # the next case of the list
    page.wait_for_url("**/applications/*")
    decide = page.get_by_role("button", name="复审通过")
    decide.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("复审已通过")
    picture(page, "console-decided-1280")
    page.go_back()
    page.go_forward()
    expect(page.locator("h1")).to_have_text("公租房申请")
