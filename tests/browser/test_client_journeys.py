"""Residents' whole ways in the H5 client, against the whole product; the office's steps are taken over its API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.client import look, look_in_both_modes, open_client, phone_of
from tests.browser.client_steps import (
    COUNTY,
    TOWN,
    TOWN_NAME,
    Office,
    application_of,
    arrow_to,
    key,
    key_in,
    keyed_on,
    on,
    photograph,
    press,
    reloaded,
    tab_to,
)
from tests.browser.conftest import PATIENCE_MS
from tests.factories.casework import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone of a resident."""
    with phone_of(chromium) as page:
        yield page


def killed_while_sending(page: Page, paper: str) -> None:
    """The phone is switched off while a photo is being sent; opened again, it is sent without being asked, once."""
    page.route("**/documents", lambda route: None)  # the network swallows it
    with page.expect_file_chooser() as chosen:
        press(page, f"给“{paper}”添加照片")
    chosen.value.set_files({"name": f"{paper}.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(page.get_by_text("正在上传")).to_be_visible(timeout=PATIENCE_MS)
    page.unroute_all()
    # What was swallowed may have come through after all: then the first answer is that it is being carried out.
    with page.expect_response(lambda each: each.url.endswith("/documents") and each.ok, timeout=PATIENCE_MS):
        page.reload()
    for _ in range(3):
        on(page)
    expect(page.get_by_role("region", name=paper).get_by_role("listitem")).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.get_by_text("正在上传")).to_have_count(0)


def test_a_childcare_place_from_what_is_near_to_the_accepted_offer(phone: Page, town: dict[str, str]) -> None:
    query = f"district_code={COUNTY}&category=childcare_centre&with_places=preschool&limit=1"
    centre = requests.get(f"{town['web']}/api/v1/facilities?{query}", timeout=40).json()["items"][0]
    open_client(phone, town, "pages/nearby/index")
    phone.get_by_label("按名称找").fill(centre["name"])
    phone.get_by_label("按名称找").press("Enter")
    press(phone, f"看{centre['name']}的详情")
    press(phone, "申请这里的托位")
    look(phone, "programme")
    phone.set_viewport_size({"width": 360, "height": 800})
    press(phone, "开始申请")

    # Real name and agreement are there; the form is filled in over three steps, one of them after a kill; by keyboard.
    expect(phone.get_by_text("步，共")).to_be_visible()
    expect(phone.get_by_role("heading", level=1)).to_be_focused()
    key_in(phone, "联系电话", "13907951234")
    arrow_to(phone, "与孩子的关系", "父亲")
    arrow_to(phone, "孩子", "2024-05-21")
    key_in(phone, "孩子姓名", "刘小满")
    phone.reload()  # the phone is switched off before anything was sent
    expect(phone.get_by_text("找回了上次没有保存完的内容")).to_be_visible(timeout=PATIENCE_MS)
    expect(phone.get_by_label("孩子姓名")).to_have_value("刘小满")
    look(phone, "form")
    phone.set_viewport_size({"width": 360, "height": 800})
    keyed_on(phone)
    arrow_to(phone, "居住情况", "户籍在宜春")
    key_in(phone, "居住的乡镇（街道）", TOWN)
    tab_to(phone, phone.get_by_role("button", name=TOWN_NAME))
    phone.keyboard.press("Enter")
    # How a month is typed is the browser's own, by its language.
    tab_to(phone, phone.get_by_label("希望入托的月份"))
    phone.get_by_label("希望入托的月份").fill("2026-12")
    # The server answers 503 in the middle: tried again by itself, nothing typed is lost.
    fault = {"fault": "down", "path": "/api/v1/applications", "times": 1}
    requests.post(f"{town['sandbox']}/sandbox/faults", json=fault, timeout=40)
    key(phone, "保存，下一步")
    key(phone, "再试一次")
    expect(phone.get_by_text("第 4 步")).to_be_focused()
    keyed_on(phone)
    killed_while_sending(phone, "居住证明")
    photograph(phone, "出生医学证明")
    look(phone, "papers")
    phone.set_viewport_size({"width": 360, "height": 800})
    on(phone)
    press(phone, "提交申请")
    application = application_of(phone)

    # The township asks for a clearer paper; it is given, and the county approves.
    intake, reviewer = Office(town["web"], "intake"), Office(town["web"], "reviewer")
    intake.step(application, "request-correction", reason="照片看不清", papers=["birth_certificate"])
    reloaded(phone, "照片看不清")
    look(phone, "correction")
    phone.set_viewport_size({"width": 360, "height": 800})
    photograph(phone, "出生医学证明")
    press(phone, "补好了，重新提交")
    expect(phone.get_by_text("已提交，待受理").first).to_be_visible(timeout=PATIENCE_MS)
    intake.step(application, "accept")
    reviewer.step(application, "approve", reason="欢迎")

    # The offer, a second look, and the place.
    reloaded(phone, "还有")
    look(phone, "offer")
    phone.set_viewport_size({"width": 360, "height": 800})
    accepted_by_keyboard(phone)
    expect(phone.get_by_role("region", name="已安排")).to_contain_text(centre["name"], timeout=PATIENCE_MS)
    look(phone, "application")
    letters(phone, town, intake, centre["name"])


def accepted_by_keyboard(phone: Page) -> None:
    """The question takes the keyboard, Escape gives it back to the button; what was done is read where it was asked."""
    asked = phone.get_by_role("group", name="这个名额就是您的了")
    key(phone, "接受")
    expect(asked).to_be_focused()
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("button", name="接受", exact=True)).to_be_focused()
    phone.keyboard.press("Enter")
    expect(asked).to_be_focused()
    key(phone, "确定接受")
    expect(phone.get_by_text("您已接受")).to_be_visible(timeout=PATIENCE_MS)
    assert phone.evaluate("document.activeElement.closest('.frame') !== null"), "the keyboard is not lost"


def letters(phone: Page, town: dict[str, str], office: Office, centre: str) -> None:
    """The family writes to the centre, once by two taps and not lost by a kill; the answer is marked until it was read."""
    phone.set_viewport_size({"width": 360, "height": 800})
    open_client(phone, town, "pages/messages/index")
    thread = phone.get_by_role("region", name="与托育机构的往来").get_by_role("button", name=centre)
    thread.click()
    phone.get_by_label("写给机构").fill("明天请假一天")
    expect(phone.get_by_label("写给机构")).to_have_value("明天请假一天")
    phone.reload()
    expect(phone.get_by_label("写给机构")).to_have_value("明天请假一天")
    phone.get_by_role("button", name="发送").dblclick()
    said = phone.get_by_role("list", name="往来").get_by_role("listitem")
    expect(said).to_have_count(1)
    expect(phone.get_by_label("写给机构")).to_have_value("")
    placements = office.get("/staff/childcare/placements")["items"]
    (placement,) = [each for each in placements if f"id={each['id']}" in phone.url]
    office.post(f"/staff/childcare/placements/{placement['id']}/messages", text="好的，祝孩子早日康复")
    open_client(phone, town, "pages/messages/index")
    expect(thread).to_contain_text("有新来信")
    look(phone, "messages-threads")
    phone.set_viewport_size({"width": 360, "height": 800})
    thread.click()
    expect(said.last).to_contain_text("好的，祝孩子早日康复")
    look(phone, "thread")
    phone.set_viewport_size({"width": 360, "height": 800})
    phone.get_by_role("button", name="返回").click()
    expect(thread).to_be_visible()
    expect(thread).not_to_contain_text("有新来信")


def test_anybody_can_look_at_notices_and_compute_a_draw_again(page: Page, town: dict[str, str]) -> None:
    open_client(page, town, "pages/notices/index", resident="client-notices")
    expect(page.get_by_role("heading", name="正在公示")).to_be_visible(timeout=PATIENCE_MS)
    look(page, "notices")
    press(page, "摇号结果 每次摇号都可以自己验证")
    page.get_by_role("list", name="摇号结果").get_by_role("button").first.click()
    press(page, "我来验证")
    expect(page.get_by_text("一致。名单没有换过，结果就是这个号码算出来的。")).to_be_visible(timeout=PATIENCE_MS)
    look_in_both_modes(page, "draw")
