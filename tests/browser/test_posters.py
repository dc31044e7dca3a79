"""A poster from the console to a resident's phone: made, printed on one page, scanned, and back to home."""

from __future__ import annotations

import io

import pikepdf
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.wechat.sandbox import codes
from models.conversations.scenes import scenes_file, way_of
from tests.browser.client import built_or_skip, look_in_both_modes, open_client, phone_of
from tests.browser.conftest import PATIENCE_MS
from tests.browser.looking import look_at, press, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
A4_POINTS = (595, 842)
# As long as names of facilities and their addresses get.
LONG = "宜春市袁州区温汤镇中心卫生院社区卫生服务中心暨医养结合养老服务示范基地"


def test_a_poster_is_made_printed_and_scanned(page: Page, chromium: Browser, town: dict[str, str]) -> None:
    built_or_skip()
    page.set_default_timeout(PATIENCE_MS)
    sign_in(page, town["web"], "planner")
    page.goto(f"{town['web']}/console/facilities?q=卫生院")
    page.locator("tbody a").first.click()
    press(page, "生成两个码")
    expect(page.get_by_role("status")).to_contain_text("码已生成")
    look_at(page, "console-facility-poster")
    name, scene = page.locator("h1").inner_text(), page.locator(".mono").first.inner_text()
    press(page, "打印海报", "link")
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    look_at(page, "console-poster")
    prints_on_one_page(page)
    with phone_of(chromium) as phone:
        scanned(phone, codes.link(town["sandbox"], scenes_file().landing, scene), name)
        of_somebody_else(phone, town)
        near_a_township(phone, town)


def scanned(phone: Page, address: str, name: str) -> None:
    """What a phone's camera reads in the code opens the facility; without a network it says so and tries again."""
    phone.route("**/api/v1/scenes/*", lambda route: route.abort())
    phone.goto(address)
    mini = phone.frame_locator("#mini-frame")
    expect(mini.get_by_role("alert")).to_contain_text("网络不通")
    phone.unroute("**/api/v1/scenes/*")
    mini.get_by_role("button", name="再试一次").click()
    expect(mini.get_by_role("heading", level=1)).to_have_text(name)
    mini.get_by_role("button", name="返回").click()
    expect(mini.get_by_role("heading", level=1)).to_have_text("宜享")


def of_somebody_else(phone: Page, town: dict[str, str]) -> None:
    """A code that is none of ours says so, and where to go."""
    open_client(phone, town, f"{scenes_file().landing}?scene=another-town")
    expect(phone.get_by_role("alert")).to_contain_text("没有认出这个码")
    look_in_both_modes(phone, "scan-unknown")
    phone.get_by_role("button", name="找附近的服务").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("附近的服务")


def near_a_township(phone: Page, town: dict[str, str]) -> None:
    """Where a township's code leads: what is near it, without being asked where one is; another place can be chosen."""
    way = way_of("township", "1791416")
    open_client(phone, town, f"{way.page}?township={way.query['township']}")
    expect(phone.get_by_text("从哪里找：温汤镇")).to_be_visible()
    expect(phone.get_by_role("list", name="找到的机构").get_by_role("listitem").first).to_contain_text("温汤")
    phone.get_by_role("button", name="换地方").click()
    expect(phone.get_by_label("自己选乡镇")).to_be_visible()


def prints_on_one_page(page: Page) -> None:
    """One page of A4, also where the words are as long as they get."""
    page.evaluate(
        "text => { for (const each of document.querySelectorAll('.poster h1, .poster dd')) { each.textContent = text; "
        "each.classList.toggle('long', each.tagName === 'H1'); } }",
        LONG,
    )
    page.emulate_media(media="print")
    printed = pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    page.emulate_media(media="screen")
    assert [tuple(round(float(x)) for x in each.mediabox[2:]) for each in printed.pages] == [A4_POINTS]
