"""Conversations, feedback, indicators and running in a real browser: accessible at both widths, and by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import reload_until
from tests.browser.looking import bears_long_names, look_at, press, sign_in
from tests.browser.test_phone_page import choose, say

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = {
    "reviewer-360902": [
        "/conversations", "/conversations/unanswered", "/conversations/learned", "/conversations/new-answer",
        "/feedback",
    ],
    "planner": [
        "/", "/indicators", "/indicators/nursing_bed_share", "/indicators/figures", "/indicators/pushes",
        "/indicators/reports", "/indicators/gaps", "/feedback/themes", "/facilities?district_code=360902", "/facilities/townships/1791416",
        "/facilities/programmes/childcare_place/poster",
    ],
    "admin": [
        "/", "/running", "/running/jobs", "/running/outbox", "/running/audit", "/running/accounts",
        "/running/accounts/new", "/running/rules", "/running/rules/childcare_place/propose", "/running/texts",
        "/running/keys",
    ],
}  # fmt: skip


@pytest.mark.parametrize("username", PAGES)
def test_every_page_of_the_offices_is_accessible(page: Page, town: dict[str, str], username: str) -> None:
    sign_in(page, town["web"], username)
    for path in PAGES[username]:
        page.goto(f"{town['web']}/console{path}")
        expect(page.locator("h1")).not_to_have_text("这个页面打不开")
        look_at(page, f"console-{username}-{path.strip('/').replace('/', '-') or 'work'}")
        bears_long_names(page)


def test_a_hand_over_is_taken_answered_and_ended_by_keyboard(page: Page, town: dict[str, str]) -> None:
    page.goto(f"{town['sandbox']}/phone")
    choose(page, "chenguilan")
    chat = page.locator("#chat")
    say(page, "人工")
    expect(chat).to_contain_text("县")
    say(page, "袁州区")
    expect(chat).to_contain_text("1 号")
    sign_in(page, town["web"], "reviewer-360902")
    press(page, "对话", "link")
    page.locator("tbody a").last.focus()
    page.keyboard.press("Enter")
    press(page, "接待")
    expect(page.get_by_role("status")).to_contain_text("已接待")
    press(page, "请稍等", "link")
    expect(page.get_by_label("回复", exact=True)).to_have_value("请稍等，我查一下，几分钟内回复您。")
    look_at(page, "console-handover")
    press(page, "回复")
    expect(page.locator("#log")).to_contain_text("请稍等，我查一下")
    page.locator("summary", has_text="结束对话").focus()
    page.keyboard.press("Enter")
    press(page, "结束对话")
    expect(page.get_by_role("status")).to_contain_text("对话已结束")


def test_a_departments_file_reaches_the_planning_office_by_keyboard(
    page: Page, town: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "figures.csv"
    file.write_text("indicator,area,period,value,unit\n学前教育毛入园率,宜春市,2025,93.4,%\n", encoding="utf-8")
    sign_in(page, town["web"], "planner")
    press(page, "指标", "link")
    press(page, "部门数据", "link")
    for button in ("试一遍", "正式导入"):
        page.get_by_label("报送单位").fill("市教育局")
        page.get_by_label("所属期").fill("2025")
        page.get_by_label("文件", exact=True).set_input_files(file)
        press(page, button)
        expect(page.get_by_role("status")).to_contain_text("1行可用")
        look_at(page, f"console-planner-figures-{'trial' if button == '试一遍' else 'read'}")
    press(page, "推送情况", "link")
    page.locator("select#indicator").select_option(label="学前教育毛入园率")
    press(page, "筛选")
    # It goes out within seconds, and the list shows what was so when it was opened. The demo's figure was the first.
    reload_until(page, page.locator("tbody tr").filter(has_text="第2次修订"))
