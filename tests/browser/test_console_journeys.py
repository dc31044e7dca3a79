"""Ways through several hands in a real browser: acceptance and correction with all that goes wrong on the way, a round."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import reload_until
from tests.browser.looking import look_at, press, sign_in
from tests.running import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROUND = "demo-1"
SEED = "03-07-12-19-25-31-08"
TYPED = "请重新拍摄居住证明，字迹看不清。"
# Of the demo's public rental housing cases, the one that nobody has accepted yet: whose it is, and what they answer.
APPLICANT, ANSWER = "sandbox-applicant-2", "房东不在本地，先附上村委会的说明。"


@pytest.fixture
def person(chromium: Browser) -> Iterator[Page]:
    """A page that may be refused: what the server refuses stands in the browser's console, too."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def unfold(page: Page, name: str) -> None:
    """Open a step, unless it stands open as the first one."""
    step = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{name}$"))).first
    if step.get_attribute("open") is None:
        step.locator("summary").click()


def accepted(page: Page) -> int:
    """How often the case was accepted, by its timeline."""
    return page.locator(".timeline li", has_text=re.compile("· 受理")).count()


def test_a_case_from_its_acceptance_over_a_correction_to_its_notice(
    person: Page, chromium: Browser, town: dict[str, str]
) -> None:
    """Accepted once, sent back though the session ends in mid-form, answered by the applicant, reviewed by two."""
    page, web = person, town["web"]
    sign_in(page, web, "intake-360902")
    page.goto(f"{web}/console/applications?stage=submitted&programme=public_rental_housing")
    page.locator("tbody th a").first.click()
    before = accepted(page)
    page.locator("#step-accept button").dblclick()
    expect(page.get_by_role("status")).to_contain_text("已受理")
    assert accepted(page) == before + 1, "a double click is one"
    page.go_back()
    if page.locator("#step-accept button").count():  # a page from the browser's memory, with the step that was taken
        page.locator("#step-accept button").click()
        expect(page.get_by_role("alert")).to_be_visible()
    page.goto(page.url.partition("?")[0])
    assert accepted(page) == before + 1, "nor is the page that one went back to"
    unfold(page, "要求补正")
    form = page.locator("#step-request-correction")
    form.locator("textarea").fill(TYPED)
    form.locator("input[type=checkbox]").first.check()
    end_sessions_elsewhere(chromium, web)
    form.locator("button").click()
    expect(page.get_by_role("alert")).to_contain_text("登录")
    page.fill("#username", "intake-360902")
    page.fill("#password", DEMO_PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("main")).to_contain_text(TYPED)
    look_at(page, "console-resumed")
    page.locator("main form .primary").click()
    expect(page.locator("main")).to_contain_text("补正")
    expect(page.locator(".timeline")).to_contain_text(TYPED)
    place = page.url.partition("?")[0]
    press(page, "看看申请人看到的内容", "link")
    expect(page.locator("main")).to_contain_text(TYPED)
    look_at(page, "console-as-applicant")
    answer_correction(web)
    page.goto(place)
    expect(page.locator("#corrected").locator("xpath=..")).to_contain_text(ANSWER)
    look_at(page, "console-corrected")
    unfold(page, "受理")
    press(page, "受理")
    expect(page.get_by_role("status")).to_contain_text("已受理")
    unfold(page, "初审")
    page.get_by_label("同意", exact=True).check()
    press(page, "初审")
    expect(page.get_by_role("status")).to_be_visible()
    press(page, "退出登录")
    page.locator("#username").wait_for()
    sign_in(page, web, "reviewer-360902")
    page.goto(place)
    expect(page.locator("main")).to_contain_text(ANSWER)
    press(page, "复审通过")
    expect(page.get_by_role("status")).to_contain_text("复审已通过")
    expect(page.locator("main")).to_contain_text("公示")


def answer_correction(web: str) -> None:
    """The applicant answers each paper in words and hands the application in again, as from the phone."""
    api = f"{web}/api/v1"
    signed = requests.post(f"{api}/auth/wechat", json={"code": APPLICANT}, timeout=20).json()
    mine = requests.Session()
    mine.headers.update({"Authorization": f"Bearer {signed['token']}", "Idempotency-Key": "browser-correction-1"})
    (case,) = mine.get(f"{api}/applications", timeout=20).json()["items"]
    path = f"{api}/applications/{case['id']}"
    for step in mine.get(f"{path}/correction", timeout=20).json()["items"]:
        told = {"version": mine.get(path, timeout=20).json()["version"], "text": ANSWER}
        assert mine.put(f"{path}/correction/{step['paper']}", json=told, timeout=20).status_code == 200
    version = mine.get(path, timeout=20).json()["version"]
    answer = mine.post(f"{path}/submit", json={"version": version}, timeout=20)
    assert answer.status_code == 200, answer.text


def end_sessions_elsewhere(chromium: Browser, web: str) -> None:
    """On another machine the same person signs out everywhere."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    sign_in(page, web, "intake-360902")
    page.goto(f"{web}/console/account")
    page.locator("form[action='/console/do/staff/auth/logout'] button").click()
    page.locator("#username").wait_for()
    context.close()


def test_a_childcare_round_from_its_list_to_the_offers(page: Page, town: dict[str, str]) -> None:
    web = town["web"]
    sign_in(page, web, "reviewer-360924")
    press(page, "托育", "link")
    press(page, "集中安排", "link")
    press(page, ROUND, "link")
    expect(page.locator("h1")).to_contain_text(ROUND)
    place = page.url
    look_at(page, "childcare-round-open")
    unfold(page, "封存名单")
    page.get_by_label("种子来源").select_option(value="demonstration")
    page.get_by_label("期号").fill("2026003")
    page.get_by_label("开奖日期").fill("2026-11-26")
    press(page, "封存名单")
    expect(page.get_by_role("status")).to_be_visible()
    steps(page, web, place, "supervisor", "录入种子")
    steps(page, web, place, "reviewer-360924", "计算结果")
    unfold(page, "公布结果")
    press(page, "公布结果")
    expect(page.get_by_role("status")).to_be_visible()
    look_at(page, "childcare-round-published")
    page.goto(f"{web}/console/childcare/placements?state=offered")
    reload_until(page, page.locator("tbody th a"))


def steps(page: Page, web: str, place: str, username: str, step: str) -> None:
    """Another person brings the seed, or reads it once more."""
    press(page, "退出登录")
    page.locator("#username").wait_for()
    sign_in(page, web, username)
    page.goto(place)
    unfold(page, step)
    page.locator("details[open]", has_text=step).get_by_label("种子", exact=True).fill(SEED)
    press(page, step)
    expect(page.get_by_role("status")).to_be_visible()
