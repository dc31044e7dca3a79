"""The H5 client's screens of one's own: sign in, real name, phone, consents, feedback, erasure; and the public ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from bot.wechat.sandbox.people import Person
from models.kernel.ids import new_id
from tests.browser.client import built_or_skip, phone_of
from tests.browser.conftest import picture, reload_until
from tests.browser.looking import faultless
from tests.factories.people import id_number
from tests.running import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# All that this browser holds: what must not name a person. Values of the encrypted store are read as they lie there.
HELD = """async () => {
  const asked = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result); request.onerror = () => fail(request.error); });
  const text = (value) => value instanceof CryptoKey ? `extractable ${value.extractable}`
    : typeof value === "string" ? value : new TextDecoder().decode(value);
  const found = [location.href, document.cookie, JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  for (const { name } of await indexedDB.databases()) {
    const base = await asked(indexedDB.open(name));
    for (const store of base.objectStoreNames) {
      const rows = base.transaction(store).objectStore(store);
      found.push(JSON.stringify(await asked(rows.getAllKeys())));
      for (const each of await asked(rows.getAll())) {
        found.push(...(each instanceof CryptoKey ? [each] : Object.values(each)).map(text)); }
    }
    base.close();
  }
  return found.join("\\n");
}"""
RESIDENT, NAME, CHILD, WORDS = "ouyangmingde", "欧阳明德", "欧阳小树", "村口的健身器材坏了半年，没有人来修"
TOLD = "有了答复"
NUMBER = id_number("19910715", sequence=731)
CHILD_NUMBER = id_number("20240310", sequence=732)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone. The product's refusals are part of these journeys; any other fault on the console fails the test."""
    faults: list[str] = []
    refused = "Failed to load resource"
    with phone_of(chromium) as page:
        page.on(
            "console",
            lambda told: faults.append(told.text) if told.type == "error" and refused not in told.text else None,
        )
        yield page
    assert faults == []


def open_as(page: Page, town: dict[str, str], screen: str, resident: str = RESIDENT) -> None:
    """As the sandbox's phone opens it: with a code to sign in and one for the phone number."""
    built_or_skip()
    page.goto("about:blank")
    page.goto(f"{town['sandbox']}/phone/app/?code=sandbox-{resident}&phone_code=phone-{resident}#/{screen}")


def look(page: Page, name: str) -> None:
    """Nothing overflows at both widths in both sizes of type; axe finds nothing in large type on a phone and in normal
    type on a desk."""
    expect(page.locator(".skeleton:visible")).to_have_count(0)
    for width, large in ((360, False), (360, True), (1280, True), (1280, False)):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(
            "(on) => document.querySelectorAll('.frame').forEach((e) => e.classList.toggle('large', on))", large
        )
        fits = page.evaluate(
            "[...document.querySelectorAll('.taro_page')].every((e) => e.scrollWidth <= e.clientWidth)"
        )
        assert fits, f"{name} overflows at {width}, large: {large}"
        if large is (width < 500):
            picture(page, f"client-{name}-{width}")
            faultless(page)
    page.set_viewport_size({"width": 360, "height": 800})


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def twice(control: Locator) -> None:
    """Two taps at once on the same control, however slow the machine is."""
    control.evaluate("(element) => { element.click(); element.click(); }")


def test_from_signing_in_to_erasing_oneself(phone: Page, town: dict[str, str]) -> None:
    addresses: list[str] = []
    phone.on("request", lambda request: addresses.append(request.url))
    phone.on("framenavigated", lambda frame: addresses.append(frame.url))

    # Nobody is signed in, and no account made, before being asked.
    open_as(phone, town, "pages/me/index")
    button(phone, "登录").click()
    look(phone, "me")
    button(phone, "去登记实名").click()

    # First the consent, then the name; a wrong number is told in words, and nothing typed is lost.
    phone.get_by_text("实名信息处理授权").or_(phone.get_by_text("法律依据")).first.wait_for()
    look(phone, "me-identity-consent")
    button(phone, "同意“实名信息处理授权”").click()
    phone.get_by_label("姓名").fill(NAME)
    phone.get_by_label("证件号码").fill(NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"))
    button(phone, "登记").click()
    button(phone, "核对无误，登记").click()
    expect(phone.locator("#identity-number-fault")).to_contain_text("证件号码有误")
    look(phone, "me-identity-wrong")
    expect(phone.get_by_label("姓名")).to_have_value(NAME)
    phone.get_by_label("证件号码").fill(NUMBER)
    twice(button(phone, "核对无误，登记"))
    expect(phone.get_by_text("已登记，不能自行更改")).to_be_visible()
    expect(phone.get_by_text(NUMBER)).to_have_count(0)

    twice(button(phone, "用微信的手机号"))
    number = Person(RESIDENT).phone
    expect(phone.get_by_text(f"{number[:3]}{'*' * 6}{number[-2:]}")).to_be_visible()
    phone.get_by_label("选择乡镇（街道）").fill("wentang")
    phone.get_by_role("button", name="温汤镇").first.click()
    expect(phone.get_by_text("已选：温汤镇")).to_be_visible()
    look(phone, "me-identity")

    consents_and_family(phone, town)
    feedback(phone, town)

    # All of it can be seen; none of it lies in this browser or stood in an address.
    open_as(phone, town, "pages/me/data")
    button(phone, "调取我的信息").click()
    button(phone, "看“账户与实名”的内容").click()
    expect(phone.get_by_text(NUMBER)).to_be_visible()
    look(phone, "me-data")
    held = "\n".join([phone.evaluate(HELD), *addresses])
    assert "extractable false" in held
    for canary in (NAME, NUMBER, number, CHILD, CHILD_NUMBER, WORDS, WORDS[:6]):
        assert canary not in held

    erase(phone, town)


def consents_and_family(phone: Page, town: dict[str, str]) -> None:
    """A consent is withdrawn, and what was kept under it goes; a child is registered with the guardian's consent."""
    open_as(phone, town, "pages/me/consents")
    look(phone, "me-consents")
    card = phone.get_by_role("region", name="手机号码处理授权")
    card.get_by_role("button", name="撤回同意").click()
    twice(card.get_by_role("button", name="确定撤回"))
    expect(card.get_by_text("已撤回（今天）")).to_be_visible()

    open_as(phone, town, "pages/me/children")
    button(phone, "登记孩子").click()
    button(phone, "登记孩子").click()
    expect(phone.get_by_text("请先阅读并勾选同意")).to_be_visible()
    look(phone, "me-children-add")
    phone.get_by_role("checkbox").click()
    phone.get_by_label("孩子姓名").fill(CHILD)
    phone.get_by_label("证件号码").fill(CHILD_NUMBER)
    phone.get_by_role("radio", name="父亲").click()
    twice(button(phone, "登记孩子"))
    expect(phone.get_by_role("list", name="已登记的孩子").get_by_role("listitem")).to_have_count(1)

    open_as(phone, town, "pages/me/household")
    twice(button(phone, "登记我的家庭"))
    button(phone, "添加成员").click()
    phone.get_by_role("radio", name="我登记过的孩子").click()
    phone.get_by_role("checkbox", name="知道并同意").click()
    look(phone, "me-household")
    twice(button(phone, "添加"))
    expect(phone.get_by_role("list", name="家庭成员").get_by_role("listitem")).to_have_count(2)

    open_as(phone, town, "pages/me/proxies")
    button(phone, "委托一个人").click()
    phone.get_by_label("对方是您的").select_option("child")
    look(phone, "me-proxies")
    twice(button(phone, "生成委托码"))
    expect(phone.get_by_role("heading", name="委托码")).to_be_visible()
    expect(phone.get_by_role("list", name="替我办事的人").get_by_role("listitem")).to_have_count(1)


def feedback(phone: Page, town: dict[str, str]) -> None:
    """What was typed is found again after the phone was switched off; sent by two taps it arrives once."""
    open_as(phone, town, "pages/feedback/new")
    phone.get_by_role("radio", name="需求").click()
    phone.get_by_label("请写清楚").fill(WORDS)
    expect(phone.get_by_label("请写清楚")).to_have_value(WORDS)
    look(phone, "feedback-new")
    assert WORDS not in phone.evaluate(HELD)
    open_as(phone, town, "pages/feedback/index")
    button(phone, "我要反映").click()
    expect(phone.get_by_text("上次没有提交的内容还在")).to_be_visible()
    expect(phone.get_by_label("请写清楚")).to_have_value(WORDS)
    phone.get_by_label("在哪个乡镇").fill("sanyang")
    phone.get_by_role("button", name="三阳镇").click()
    twice(button(phone, "提交"))
    expect(phone.get_by_text("已收到，编号")).to_be_visible()
    look(phone, "feedback-piece")
    answered(phone, town)
    # Back leads to the list, not to the form that was sent.
    button(phone, "返回").click()
    expect(phone.get_by_role("list", name="我反映过的").get_by_role("listitem")).to_have_count(1)
    look(phone, "feedback")


def answered(phone: Page, town: dict[str, str]) -> None:
    """It came to the township; its reply is shown, and how content one is, is asked and noted once."""
    web = f"{town['web']}/api/v1"
    given = {"username": "intake-360902", "password": DEMO_PASSWORD}
    token = requests.post(f"{web}/staff/auth/login", json=given, timeout=60).json()["token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id()}
    piece = re.search(r"id=(\w+)", phone.url)
    assert piece is not None
    path = f"{web}/staff/feedback/{piece[1]}"
    for step, body in (("take", {}), ("reply", {"text": "器材本周更换，谢谢您告诉我们"})):
        answer = requests.post(f"{path}/{step}", json=body, headers=headers, timeout=60)
        assert answer.ok, answer.text
    open_as(phone, town, "pages/feedback/index")
    row = phone.get_by_role("list", name="我反映过的").get_by_role("button")
    expect(row).to_contain_text("请您评价")
    row.click()
    expect(phone.get_by_text("三阳镇").first).to_be_visible()
    expect(phone.get_by_text("器材本周更换，谢谢您告诉我们")).to_be_visible()
    phone.get_by_role("radio", name="5 分，很满意").click()
    look(phone, "feedback-answered")
    twice(button(phone, "提交评价"))
    expect(phone.get_by_text("您打了 5 分，谢谢")).to_be_visible()


def erase(phone: Page, town: dict[str, str]) -> None:
    """In two steps; afterwards nobody is signed in here, and nothing of the person is held."""
    open_as(phone, town, "pages/me/erase")
    button(phone, "下一步").click()
    expect(phone.get_by_text("请先看完并勾选")).to_be_visible()
    look(phone, "me-erase")
    phone.get_by_role("checkbox").click()
    button(phone, "下一步").click()
    button(phone, "不注销了").click()
    phone.get_by_role("checkbox").click()
    button(phone, "下一步").click()
    look(phone, "me-erase-last")
    asked: list[Any] = []
    phone.on("request", lambda request: asked.append(request) if request.method in ("DELETE", "POST") else None)
    twice(button(phone, "确认注销"))
    expect(phone.get_by_role("heading", name="账户已注销").first).to_be_visible()
    look(phone, "me-gone")
    # One erasure, and no account made anew by asking for something of it.
    assert [request.method for request in asked] == ["DELETE"]
    held = phone.evaluate(HELD)
    assert "yixiang.known" not in held
    assert "yixiang.token" not in held
    button(phone, "首页").first.click()
    expect(button(phone, "登录")).to_be_visible()


def test_what_is_public_needs_no_account(phone: Page, town: dict[str, str]) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    open_as(phone, town, "pages/indicators/index")
    phone.get_by_role("button", name="看“特殊困难老人月探访率”的详情").wait_for()
    look(phone, "indicators")
    phone.get_by_role("button", name="看“特殊困难老人月探访率”的详情").click()
    expect(phone.get_by_role("heading", name="怎么算")).to_be_visible()
    look(phone, "indicator")

    open_as(phone, town, "pages/circles/index")
    phone.get_by_label("自己选乡镇").fill("wentang")
    phone.get_by_role("button", name="温汤").first.click()
    expect(phone.get_by_text("基本公共服务圈").first).to_be_visible()
    look(phone, "circles")

    open_as(phone, town, "pages/feedback/public")
    expect(phone.get_by_label("主题")).to_be_visible()
    look(phone, "feedback-public")
    assert not [url for url in asked if "/auth/wechat" in url]


def test_large_type_is_one_tap_from_me_and_messages_lead_on(phone: Page, town: dict[str, str]) -> None:
    open_as(phone, town, "pages/me/index", "liudapeng")
    before = phone.get_by_role("heading", name="我的").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    button(phone, "大字版").click()
    after = phone.get_by_role("heading", name="我的").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    assert after > before * 1.25
    button(phone, "大字版").click()  # others open the client as this resident, too
    button(phone, "高对比度").click()
    open_as(phone, town, "pages/messages/index", "liudapeng")
    button(phone, "登录").click()
    # It is told within seconds of the town's start; other messages may stand before it.
    messages = phone.get_by_role("list", name="消息")
    told = messages.get_by_role("listitem").filter(has_text=TOLD)
    reload_until(phone, told, messages.or_(phone.get_by_text("还没有消息")))
    look(phone, "messages")
    told.first.get_by_role("button").click()
    expect(phone.get_by_role("heading", name="我的反映")).to_be_visible()
    expect(phone.get_by_role("heading", name="经过")).to_be_visible()
