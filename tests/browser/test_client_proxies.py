"""A grandparent applies for a grandchild, from the mother's authorisation to the accepted place, in the residents' H5 client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.client import look_in_both_modes, open_client, phone_of
from tests.browser.client_steps import (
    COUNTY,
    TOWN,
    TOWN_NAME,
    Office,
    Resident,
    application_of,
    on,
    photograph,
    press,
)
from tests.browser.conftest import PATIENCE_MS
from tests.factories.people import id_number
from tests.running import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOTHER, GRANDMOTHER = "client-mother", "client-grandmother"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone that one hands to the other."""
    with phone_of(chromium) as page:
        yield page


def test_a_grandparent_applies_for_a_grandchild_and_accepts(phone: Page, town: dict[str, str]) -> None:
    mother, grandmother = Resident(town["web"], MOTHER), Resident(town["web"], GRANDMOTHER)
    mother.become("易春燕", id_number("19940412", COUNTY))
    grandmother.become("易桂英", id_number("19660412", COUNTY))
    born = {"name": "易小禾", "id_number": id_number("20250612", COUNTY), "relation": "mother", "consent_version": 1}
    mother("POST", "/me/children", **born)
    grandmother("POST", "/me/principals", code=authorised(phone, town))

    handed_to(phone, town, "pages/me/proxies")
    press(phone, "登录")
    press(phone, "看易**的孩子")
    expect(phone.get_by_role("list", name="已登记的孩子")).to_contain_text("2025-06-12", timeout=PATIENCE_MS)
    expect(phone.get_by_role("region", name="代办")).to_contain_text("正在替易**办理")
    press(phone, "登记孩子")
    look_in_both_modes(phone, "children-of-another")
    application = applied(phone, town)

    Office(town["web"], "intake").step(application, "accept")
    Office(town["web"], "reviewer").step(application, "approve", reason="欢迎")
    handed_to(phone, town, "pages/applications/index")
    phone.get_by_role("group", name="看谁的申请").get_by_role("button", name="替易**办的").click()
    phone.get_by_role("region", name="等您答复").get_by_role("button").click()
    press(phone, "接受")
    expect(phone.get_by_text("这个名额就是易**的了")).to_be_visible()
    look_in_both_modes(phone, "offer-of-another")
    press(phone, "确定接受")
    expect(phone.get_by_text("已替易**接受")).to_be_visible(timeout=PATIENCE_MS)
    told = "您的代办人已替您接受"
    wait_until(lambda: told in str(mother("GET", "/me/messages")), "the mother is told of what was answered for her")
    assert "等待答复" in str(grandmother("GET", "/me/messages")), "the grandmother was told of the offer"


def handed_to(phone: Page, town: dict[str, str], screen: str, resident: str = GRANDMOTHER) -> None:
    phone.goto("about:blank")
    open_client(phone, town, screen, resident=resident)


def authorised(phone: Page, town: dict[str, str]) -> str:
    """The mother says what her own mother may do, and consents for her child; the code."""
    open_client(phone, town, "pages/me/proxies", resident=MOTHER)
    press(phone, "登录")
    press(phone, "委托一个人")
    phone.get_by_label("对方是您的").select_option("parent")
    for power in ("答复名额", "看和登记孩子"):
        phone.get_by_role("checkbox", name=power).click()
    phone.get_by_text("监护人同意处理").or_(phone.get_by_text("您作为孩子的父母或者其他监护人")).first.wait_for()
    press(phone, "生成委托码")
    expect(phone.get_by_role("alert")).to_contain_text("请先阅读并勾选同意")
    look_in_both_modes(phone, "authorise-for-a-child")
    phone.get_by_role("checkbox", name="我是孩子的父母或其他监护人").click()
    press(phone, "生成委托码")
    return phone.locator(".code-long").inner_text()


def applied(phone: Page, town: dict[str, str]) -> str:
    """From a centre's screen to the submitted application; its id."""
    query = f"district_code={COUNTY}&category=childcare_centre&with_places=preschool&limit=20"
    centres = requests.get(f"{town['web']}/api/v1/facilities?{query}", timeout=40).json()["items"]
    centre = next(each for each in reversed(centres) if each["free_places"]["toddler"] > 0)
    handed_to(phone, town, f"pages/nearby/facility?id={centre['id']}")
    press(phone, "申请这里的托位")
    phone.get_by_role("radiogroup", name="替谁办理").get_by_role("radio", name="易").click()
    press(phone, "开始申请")
    phone.get_by_label("申请人姓名").fill("易春燕")
    phone.get_by_label("联系电话").fill("13907951234")
    phone.get_by_role("radiogroup", name="与孩子的关系").get_by_role("radio", name="母亲").click()
    phone.get_by_role("radio", name="2025-06-12").click()
    phone.get_by_label("孩子姓名").fill("易小禾")
    look_in_both_modes(phone, "child-of-another")
    on(phone)
    phone.get_by_role("radio", name="户籍在宜春").click()
    phone.get_by_label("居住的乡镇（街道）").fill(TOWN)
    phone.get_by_role("button", name=TOWN_NAME).click()
    phone.get_by_label("希望入托的月份").fill("2026-12")
    on(phone)
    on(phone)
    for paper in ("居住证明", "出生医学证明"):
        photograph(phone, paper)
    on(phone)
    press(phone, "提交申请")
    return application_of(phone)
