"""A flat, from the first question to the lease, and what somebody does for a parent, in the residents' H5 client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect
from pymongo import MongoClient

from models.kernel.clock import SHANGHAI
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
    reloaded,
)
from tests.browser.conftest import PATIENCE_MS, reload_until
from tests.factories.casework import jpeg
from tests.factories.housing import HEADER
from tests.factories.people import id_number
from tests.running import House, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OWNER, NEIGHBOUR, PARENT, CHILD = "client-housing", "client-neighbour", "client-parent", "client-child"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone of a resident."""
    with phone_of(chromium) as page:
        yield page


def become_known(page: Page, name: str, number: str) -> None:
    for title in ("实名信息处理授权", "部门间核对授权"):
        box = page.get_by_role("group", name=title).get_by_role("checkbox")
        box.click()
        expect(box).to_be_checked(timeout=PATIENCE_MS)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("证件号码").fill(number)
    press(page, "登记")
    press(page, "核对无误，登记")
    expect(page.get_by_text("已实名")).to_be_visible(timeout=PATIENCE_MS)


def applied(phone: Page, town: dict[str, str]) -> str:
    """From the first question to the submitted application; its id."""
    open_client(phone, town, "pages/programmes/index", resident="client-housing")
    phone.get_by_role("button", name="公租房申请").click()
    press(phone, "先测一测")
    phone.get_by_role("radio", name="城镇低保、特困、低收入住房困难家庭").click()
    phone.get_by_role("radio", name="低收入家庭", exact=True).click()
    phone.get_by_role("radio", name="户籍在宜春城镇").click()
    phone.get_by_role("radiogroup", name="家庭在本县（市、区）有自有住房").get_by_role("radio", name="否").click()
    phone.get_by_label("人均月收入（元）").fill("1333")
    phone.get_by_label("人均住房面积（平方米）").fill("9.5")
    press(phone, "看结果")
    expect(phone.get_by_role("heading", name="初步结果")).to_be_visible(timeout=PATIENCE_MS)
    look_in_both_modes(phone, "prescreen")
    press(phone, "开始申请")
    press(phone, "开始申请")

    become_known(phone, "黄梅", id_number("19881120", COUNTY))
    look_in_both_modes(phone, "identity")
    on(phone)
    phone.get_by_label("联系电话").fill("13907951234")
    press(phone, "登记家庭")
    press(phone, "添加家庭成员")
    phone.get_by_label("与您的关系").select_option("spouse")
    phone.get_by_label("姓名", exact=True).fill("黄国强")
    phone.get_by_label("证件号码", exact=True).fill(id_number("19860203", COUNTY))
    phone.get_by_role("checkbox", name="知道并同意登记").click()
    press(phone, "添加")
    expect(phone.get_by_text("已选用")).to_be_visible(timeout=PATIENCE_MS)
    # What was answered in the first look is there already.
    expect(phone.get_by_role("radio", name="低收入家庭", exact=True)).to_be_checked()
    on(phone)
    phone.get_by_label("居住的乡镇（街道）").fill(TOWN)
    phone.get_by_role("button", name=TOWN_NAME).click()
    phone.get_by_role("radio", name="都可以").click()
    on(phone)
    on(phone)
    for paper in ("身份证", "户口簿", "收入证明", "住房情况证明"):
        photograph(phone, paper)
    on(phone)
    press(phone, "提交申请")
    return application_of(phone)


def test_public_rental_housing_from_the_first_question_to_the_lease(
    phone: Page, town: dict[str, str], house: House
) -> None:
    application = applied(phone, town)
    intake, reviewer = Office(town["web"], "intake"), Office(town["web"], "reviewer")
    intake.step(application, "accept")
    intake.step(application, "first-review", opinion="favourable")
    reviewer.step(application, "second-review")
    reloaded(phone, "公示中")
    look_in_both_modes(phone, "on-notice")
    # In a page of its own there is nobody who could be asked: no button that would only say so.
    expect(phone.get_by_text("从微信小程序打开本页，还可以在微信里收到通知")).to_be_visible()
    expect(phone.get_by_role("button", name="有进展时用微信告诉我")).to_have_count(0)
    objected_and_taken_back(phone, town)

    # The days pass; in the queue it says which place, and why.
    days_pass(house, application)
    open_application(phone, town, application)
    reload_until(phone, phone.get_by_text("第 1 位"), phone.get_by_role("heading", name="办理经过"))
    expect(phone.get_by_role("heading", name="按什么排")).to_be_visible()
    look_in_both_modes(phone, "in-the-queue")
    offered_and_accepted(phone, town, reviewer)
    lease(phone, town, intake, application)


def open_application(phone: Page, town: dict[str, str], application: str) -> None:
    open_client(phone, town, f"pages/applications/application?id={application}", resident=OWNER)


def objected_and_taken_back(phone: Page, town: dict[str, str]) -> None:
    """A neighbour objects to the notice, adds a photo, finds it again in the list, and thinks better of it."""
    Resident(town["web"], NEIGHBOUR).become("周德旺", id_number("19610101", COUNTY))
    phone.goto("about:blank")
    open_client(phone, town, "pages/notices/index", resident=NEIGHBOUR)
    phone.get_by_role("button", name="我的异议").click()
    press(phone, "登录")
    expect(phone.get_by_text("您没有提出过异议")).to_be_visible(timeout=PATIENCE_MS)
    look_in_both_modes(phone, "objections-none")
    press(phone, "看正在公示的名单")
    phone.get_by_role("button", name="我有异议：公租房申请 黄").first.click()
    phone.get_by_label("情况说明").fill("听说这家人在城里还有一套房子，请核实。")
    press(phone, "提交异议")
    with phone.expect_file_chooser() as chosen:
        press(phone, "添加照片")
    chosen.value.set_files({"name": "门牌.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(phone.get_by_role("list", name="证据").get_by_role("listitem")).to_have_count(1, timeout=PATIENCE_MS)
    look_in_both_modes(phone, "objection")
    press(phone, "返回")
    phone.get_by_role("button", name="我的异议").click()
    listed = phone.get_by_role("list", name="我的异议").get_by_role("button")
    expect(listed).to_contain_text("核实中", timeout=PATIENCE_MS)
    expect(listed).to_contain_text(re.compile(f"黄.*{TOWN_NAME}"))
    look_in_both_modes(phone, "objections")
    listed.click()
    press(phone, "撤回异议")
    press(phone, "确定撤回")
    expect(phone.get_by_role("heading", name="已撤回")).to_be_visible(timeout=PATIENCE_MS)
    expect(phone.get_by_role("button", name="撤回异议")).to_have_count(0)


def days_pass(house: House, application: str) -> None:
    """The notice is dated back, and the nightly job that ends it runs once more today."""
    over = {"$set": {"ends_at": datetime.now(UTC) - timedelta(minutes=1)}}
    with MongoClient[dict[str, Any]](house.environment["MONGODB_URI"]) as client:
        database = client.get_default_database()
        # The objection that was taken back lets it go on, which is a job's work.
        runs = {"application_id": application, "state": "published", "objections": []}
        notices = database["public_notices"]
        wait_until(lambda: notices.update_one(runs, over).matched_count == 1, "the notice goes on")
        database["job_runs"].delete_many({"job": "public_notices"})
    house.flask("jobs", "run", "public_notices")


def offered_and_accepted(phone: Page, town: dict[str, str], reviewer: Office) -> None:
    """A flat is offered; the countdown is right on a phone whose clock is hours off; accepted after a second look."""
    township = requests.get(f"{town['web']}/api/v1/places?q={TOWN}", timeout=40).json()["items"][0]["id"]
    rows = [f"W1,锦绣苑,人民路1号,public_rental_housing,{township},1-{n},one_room,{n},45.50,300.00" for n in (1, 2)]
    reviewer.send_file("/staff/estates/import", "flats.csv", "\n".join([HEADER, *rows]).encode())
    estate = reviewer.get("/staff/estates")["items"][0]["id"]
    flats = [each["flat_id"] for each in reviewer.get(f"/staff/estates/{estate}/flats")["items"]]
    batch = {"programme": "public_rental_housing", "district_code": COUNTY, "name": "第一批", "flat_ids": flats}
    reviewer.post("/staff/flat-batches", **batch, offers_at_once=1)
    (offer,) = Resident(town["web"], OWNER)("GET", "/offers")["items"]
    left = datetime.fromisoformat(offer["expires_at"]) - datetime.now(UTC)
    ahead = datetime.now(UTC) + timedelta(hours=5)
    phone.clock.set_fixed_time(ahead)
    reloaded(phone, "锦绣苑")
    hours = {(left - timedelta(minutes=minutes)).seconds // 3600 for minutes in (0, 5)}
    for gone in (0, 1):  # a day goes by while one looks at it
        phone.clock.set_fixed_time(ahead + timedelta(days=gone))
        told = "|".join(f"还有 {left.days - gone} 天 {each} 小时" for each in hours)
        expect(phone.get_by_text(re.compile(f"^({told})$")).first).to_be_visible(timeout=PATIENCE_MS)
    phone.clock.set_fixed_time(ahead)
    look_in_both_modes(phone, "flat-offered")
    press(phone, "接受")
    look_in_both_modes(phone, "flat-second-look")
    press(phone, "确定接受")
    expect(phone.get_by_text("您已接受。")).to_be_visible(timeout=PATIENCE_MS)


def lease(phone: Page, town: dict[str, str], intake: Office, application: str) -> None:
    """Another flat is looked at, the choice confirmed, the lease signed, the key handed over."""
    press(phone, "选房、签约、租金")
    phone.get_by_role("button", name="选这一套 锦绣苑").first.wait_for()
    look_in_both_modes(phone, "tenancy-choosing")
    phone.get_by_role("button", name="选这一套 锦绣苑").first.click()
    for step in ("确认选房", "签订租约"):
        press(phone, step)
        press(phone, "确定")
    expect(phone.get_by_role("heading", name="已签约，待入住")).to_be_visible(timeout=PATIENCE_MS)
    expect(phone.get_by_text("合同编号")).to_be_visible()
    version = Resident(town["web"], OWNER)("GET", f"/tenancies/{application}")["version"]
    today = datetime.now(SHANGHAI).date().isoformat()
    intake.post(f"/staff/tenancies/{application}/hand-over", version=version, starts_on=today)
    reloaded(phone, "租住中")
    look_in_both_modes(phone, "tenancy")


def test_a_child_applies_for_a_parent(phone: Page, town: dict[str, str]) -> None:
    """For whom is asked at the beginning, said on every screen, kept apart in the list; and there is a way back."""
    parent, child = Resident(town["web"], PARENT), Resident(town["web"], CHILD)
    parent.become("刘德旺", id_number("19500412", COUNTY))
    child.become("刘小梅", id_number("19800412", COUNTY))
    actions = ["draft", "papers"]
    offered = parent("POST", "/me/proxies", relation="child", actions=actions, programmes=[], days=90)
    child("POST", "/me/principals", code=offered["code"])
    open_client(phone, town, "pages/applications/index", resident=CHILD)
    expect(phone.get_by_text("您还没有申请")).to_be_visible(timeout=PATIENCE_MS)
    press(phone, "看看能申请什么")
    phone.get_by_role("button", name="公租房申请").click()
    phone.get_by_role("radiogroup", name="替谁办理").get_by_role("radio", name="刘").click()
    look_in_both_modes(phone, "for-whom")
    press(phone, "开始申请")
    acting = phone.get_by_role("region", name="代办")
    expect(acting).to_contain_text("正在替刘**办理", timeout=PATIENCE_MS)
    phone.get_by_label("联系电话").fill("13907951234")
    look_in_both_modes(phone, "form-for-another")
    # No household of the parent's, and none may be registered for them.
    expect(phone.get_by_text("委托里没有“修改家庭信息”这一项")).to_be_visible()
    on(phone)
    phone.reload()
    expect(acting).to_be_visible(timeout=PATIENCE_MS)
    expect(phone.get_by_label("联系电话")).to_have_value("13907951234")
    acting.get_by_role("button", name="不替别人办了").click()
    expect(phone.get_by_text("您还没有申请")).to_be_visible(timeout=PATIENCE_MS)
    phone.get_by_role("group", name="看谁的申请").get_by_role("button", name="替刘**办的").click()
    expect(phone.get_by_role("list", name="我的申请").get_by_role("listitem")).to_have_count(1, timeout=PATIENCE_MS)
    look_in_both_modes(phone, "applications-of-another")
    assert parent("GET", "/applications")["items"][0]["state"] == "draft"
    assert child("GET", "/applications")["items"] == []

    # Erased on another phone: this one says so, and begins anew only when asked.
    signed_in: list[str] = []
    phone.on("request", lambda request: signed_in.append(request.url) if "/auth/wechat" in request.url else None)
    child("DELETE", "/me")
    phone.reload()
    expect(phone.get_by_text("这个账户已经注销").first).to_be_visible(timeout=PATIENCE_MS)
    look_in_both_modes(phone, "erased-elsewhere")
    assert signed_in == []
    press(phone, "登录")
    expect(phone.get_by_text("您还没有申请")).to_be_visible(timeout=PATIENCE_MS)
    assert len(signed_in) == 1
