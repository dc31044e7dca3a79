"""The H5 client's first screens: what is near, one facility, home; and its place beside the chat."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.client import built_or_skip, look, open_client
from tests.browser.conftest import PATIENCE_MS, picture

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def choose_township(page: Page, typed: str, name: str) -> None:
    page.get_by_label("自己选乡镇").fill(typed)
    page.get_by_role("button", name=name).first.click()


def on_the_map(page: Page, found: Locator) -> None:
    """The same facilities on a drawing; a tap on a dot shows which one it is. The list stays, for keyboard and ear."""
    page.get_by_role("button", name="看地图").click()
    dots = page.locator("[data-dot]")
    expect(dots).to_have_count(found.get_by_role("listitem").count())
    # The farthest lies alone, at the edge.
    last = dots.count() - 1
    page.locator(f"[data-dot='{last}'] circle").click(force=True)
    chosen = page.get_by_role("region", name="地图上选中的")
    expect(chosen).to_contain_text("托育机构")
    look(page, "nearby-map")
    page.get_by_role("button", name="收起地图").click()


def test_a_resident_finds_a_childcare_centre_near_a_township(page: Page, town: dict[str, str]) -> None:
    open_client(page, town, "pages/nearby/index")
    expect(page.get_by_role("heading", name="附近的服务")).to_be_visible(timeout=PATIENCE_MS)
    choose_township(page, "wentang", "温汤")
    page.get_by_label("类别").first.select_option("childcare_centre")
    found = page.get_by_role("list", name="找到的机构")
    expect(found.get_by_role("listitem").first).to_contain_text("托育机构")
    look(page, "nearby")
    on_the_map(page, found)
    found.get_by_role("button", name="看").first.click()
    expect(page.get_by_text("举办")).to_be_visible(timeout=PATIENCE_MS)
    prices = page.get_by_role("region", name="收费")
    expect(prices).to_contain_text("市场调节价；演示价格")
    expect(prices.get_by_role("heading", name="托小班")).to_be_visible()
    look(page, "facility")


def test_home_in_both_modes_asks_before_it_signs_in(page: Page, town: dict[str, str]) -> None:
    # Large type is written to the profile: somebody whom no other test opens the client as.
    open_client(page, town, "pages/index/index", resident="client-large")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="等着您的")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("登录后，这里会提醒您")).to_have_count(0)
    look(page, "home")
    page.get_by_role("button", name="大字版").click()
    look(page, "home-large")


def test_a_link_in_the_chat_opens_its_screen_beside_it(page: Page, town: dict[str, str]) -> None:
    built_or_skip()
    page.goto(f"{town['sandbox']}/phone#wuxiumei")
    page.fill("#text", "申请公租房要带什么材料")
    page.click("#send")
    page.get_by_role("button", name="在小程序里打开").first.click(timeout=PATIENCE_MS)
    shown = page.frame_locator("#mini-frame").get_by_role("heading", name="公租房申请")
    expect(shown).to_be_visible(timeout=PATIENCE_MS)
    picture(page, "phone-beside-1280")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("tab", name="小程序").first.click()
    expect(shown).to_be_visible(timeout=PATIENCE_MS)
    picture(page, "phone-beside-360")
