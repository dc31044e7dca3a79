"""Housing and childcare in a real browser: every page at both widths without a fault, and an officer's way by keyboard:
notice, objection, ruling, list, draw, check in the page, flats given out."""

from __future__ import annotations

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.looking import bears_long_names, look_at, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOUSING = ["", "/notices", "/draws", "/estates", "/batches", "/tenancies", "/arrears"]
LIST = "/console/housing/lists/public_rental_housing:360902"
SEED = "03-07-12-19-25-31-08"
# Places to look at: where one starts, and the link that leads on to one of its things.
DEEPER = {
    LIST: "tbody th a", "/console/housing/draws": "tbody th a", "/console/housing/estates": "tbody th a",
    "/console/housing/batches": "tbody th a", "/console/housing/tenancies": "tbody th a",
    "/console/childcare": "tbody th a", "/console/childcare/placements?state=placed": "tbody th a",
}  # fmt: skip


def unfold(page: Page, name: str) -> None:
    page.locator("summary", has_text=re.compile(f"^{name}$")).first.focus()
    page.keyboard.press("Enter")


def test_every_housing_page_is_accessible_at_both_widths(page: Page, town: dict[str, str]) -> None:
    sign_in(page, town["web"], "reviewer-360902")
    for path in HOUSING:
        page.goto(f"{town['web']}/console/housing{path}")
        look_at(page, f"console-housing{path.replace('/', '-')}")
        bears_long_names(page)
    for path, onward in ((each, DEEPER[each]) for each in DEEPER if "/housing" in each):
        page.goto(town["web"] + path)
        page.locator(onward).first.click()
        look_at(page, f"console-housing-one-of-{path.rpartition('/')[2].partition(':')[0]}")
        bears_long_names(page)


def test_every_childcare_page_is_accessible_at_both_widths(page: Page, town: dict[str, str]) -> None:
    sign_in(page, town["web"], "reviewer-360902")
    for path in ("", "/rounds", "/placements"):
        page.goto(f"{town['web']}/console/childcare{path}")
        look_at(page, f"console-childcare{path.replace('/', '-')}")
        bears_long_names(page)
    for path, onward in ((each, DEEPER[each]) for each in DEEPER if "/childcare" in each):
        page.goto(town["web"] + path)
        page.locator(onward).first.click()
        look_at(page, f"console-childcare-one-of-{path.rpartition('/')[2].partition('?')[0]}")
        bears_long_names(page)
    page.goto(f"{town['web']}/console/childcare")
    page.locator("tr", has_text="暂停接收").locator("th a").first.click()
    expect(page.get_by_role("heading", name="暂停与退出")).to_be_visible()
    look_at(page, "console-childcare-suspended")


def object_to_somebody(web: str) -> None:
    """A resident objects to a notice that runs, as from the phone."""
    api = f"{web}/api/v1"
    signed = requests.post(f"{api}/auth/wechat", json={"code": "sandbox-wuxiumei"}, timeout=20).json()
    notice = requests.get(f"{api}/public-notices?district_code=360902", timeout=20).json()["items"][0]
    headers = {"Authorization": f"Bearer {signed['token']}", "Idempotency-Key": "browser-objection-1"}
    told = {"statement": "这家在本区另有一套住房，请核实。"}
    answer = requests.post(f"{api}/public-notices/{notice['id']}/objections", json=told, headers=headers, timeout=20)
    assert answer.status_code == 201, answer.text


def test_the_way_from_a_notice_to_an_offer_by_keyboard(page: Page, town: dict[str, str]) -> None:
    web = town["web"]
    object_to_somebody(web)
    sign_in(page, web, "supervisor")
    press(page, "住房", "link")
    press(page, "公示与异议", "link")
    page.get_by_role("heading", name="待裁决的异议").wait_for()
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("异议")
    look_at(page, "console-housing-objection")
    page.get_by_label("异议不成立，公示继续").focus()
    page.keyboard.press("Space")
    page.get_by_label("理由").fill("经实地核查，情况不属实。")
    press(page, "作出裁决")
    expect(page.get_by_role("status")).to_contain_text("裁决已作出")
    draw(page, web)
    give_out(page, web)


def draw(page: Page, web: str) -> None:
    """The list, a draw of it by two people, and its record checked in the page."""
    sign_out(page)
    sign_in(page, web, "reviewer-360902")
    page.goto(web + LIST)
    expect(page.locator("tbody tr").first).to_contain_text("优先保障对象在前")
    page.goto(f"{web}/console/housing/draws")
    page.get_by_label("事项").select_option(label="公租房申请")
    page.get_by_label("轮次").fill("browser-1")
    page.get_by_label("名额").fill("1")
    page.get_by_label("种子来源").select_option(value="demonstration")
    page.get_by_label("期号").fill("2026002")
    page.get_by_label("开奖日期").fill("2026-11-26")
    press(page, "封存名单")
    expect(page.get_by_role("status")).to_contain_text("名单已封存")
    place = page.url
    sign_out(page)
    sign_in(page, web, "supervisor")
    page.goto(place)
    unfold(page, "录入种子")
    page.get_by_label("种子", exact=True).fill(SEED)
    press(page, "录入种子")
    expect(page.get_by_role("status")).to_contain_text("种子已录入")
    sign_out(page)
    sign_in(page, web, "reviewer-360902")
    page.goto(place)
    unfold(page, "摇号")
    page.locator("#seed-run").fill(SEED)
    press(page, "摇号")
    unfold(page, "公布结果")
    press(page, "公布结果")
    expect(page.get_by_role("status")).to_contain_text("结果已公布")
    press(page, "在本页核验", "link")
    expect(page.get_by_role("status")).to_contain_text("核验通过")
    look_at(page, "console-housing-draw-checked")


def give_out(page: Page, web: str) -> None:
    """A free flat in a batch: the first on the list gets an offer."""
    page.goto(f"{web}/console/housing/estates")
    page.locator("tbody th a").last.focus()
    page.keyboard.press("Enter")
    page.get_by_label("批次名称").fill("键盘批次")
    boxes = page.get_by_role("checkbox")
    for number in range(boxes.count()):
        boxes.nth(number).focus()
        page.keyboard.press("Space")
    press(page, "开始配租")
    expect(page.get_by_role("status")).to_contain_text("配租已开始")
    expect(page.locator("tbody tr").first).to_contain_text("待答复配租")
    look_at(page, "console-housing-batch-offered")


def sign_out(page: Page) -> None:
    press(page, "退出登录")
    page.locator("#username").wait_for()
