"""The H5 client's visits: a family books, moves and cancels; a visitor's day with the network cut in the middle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from config.loading import catalogue
from models.kernel.ids import new_id
from tests.browser.client import look, open_client
from tests.browser.conftest import PATIENCE_MS
from tests.running import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]
API = "**/api/v1/**"
DISTRICT = "360902"
AHEAD = timedelta(hours=3)
# A phone whose clock is wrong.
WRONG_CLOCK = f"{{ const real = Date.now; Date.now = () => real() + {int(AHEAD.total_seconds() * 1000)}; }}"


@contextmanager
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone on which requests may fail: unlike `page`, its console's words about them fail no test."""
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def test_a_family_books_moves_and_cancels_a_visit(chromium: Browser, town: dict[str, str]) -> None:
    """Through a server that is busy, a token that is over, and two taps: booked once, and nothing typed is lost."""
    with phone(chromium) as context:
        page = context.new_page()
        booked: list[str] = []
        page.on("response", lambda each: booked.append(each.url) if each.request.method == "POST" and each.status == 201
                and each.url.endswith("/visits") else None)  # fmt: skip
        open_client(page, town, "pages/elders/index", "chenguilan")
        expect(page.get_by_role("list", name="我关联的老人").get_by_text("李玉兰")).to_be_visible()
        look(page, "elders")
        page.get_by_role("button", name="预约探访").first.click()
        choose_hour(page, 1)
        page.get_by_role("checkbox", name="量血压").click()
        page.get_by_label("还有什么要说的").fill("耳朵背，请敲门大声些")
        look(page, "book")
        context.route("**/api/v1/visits", busy)
        page.get_by_role("button", name="就约这个时间").click()
        expect(page.get_by_role("alert")).to_contain_text("您填写的内容还在")
        context.unroute("**/api/v1/visits")
        page.evaluate("Object.keys(sessionStorage).forEach((key) => sessionStorage.setItem(key, 'over'))")
        page.reload()  # killed and opened again, with a token that is over
        expect(page.get_by_label("还有什么要说的")).to_have_value("耳朵背，请敲门大声些")
        page.get_by_role("button", name="就约这个时间").dblclick()
        expect(page.get_by_text("已约好，探访员会按时上门")).to_be_visible()
        expect(page.get_by_text("量血压，耳朵背，请敲门大声些")).to_be_visible()
        assert len(booked) == 1
        page.get_by_role("button", name="改时间").click()
        choose_hour(page, 2)
        page.get_by_role("button", name="改到这个时间").click()
        expect(page.get_by_text("已约好，探访员会按时上门")).to_be_visible()
        look(page, "visit")
        page.evaluate("localStorage.setItem('yixiang.display.large', '1')")
        page.reload()
        expect(page.get_by_role("button", name="取消探访")).to_be_visible()
        look(page, "visit-large")
        page.get_by_role("button", name="取消探访").click()
        page.get_by_role("button", name="确定取消").click()
        expect(page.get_by_text("这次探访已取消")).to_be_visible()


def test_a_visitors_day_goes_on_while_the_network_is_cut(chromium: Browser, town: dict[str, str]) -> None:
    """Arrived and reported without a network, with a wrong clock and a client that was killed: sent once, later."""
    office = Office(town["web"], f"visitor-{DISTRICT}")
    visit = office.begin_a_visit()
    stop = next(each for each in office.get("/staff/visitor-day?datum=wgs84")["items"] if each["id"] == visit["id"])
    # The day is planned meanwhile, so its order may change: the person stays.
    person = re.compile(f"{stop['name']}，探访中")
    with phone(chromium) as context:
        context.grant_permissions(["geolocation"])
        context.set_geolocation({name: stop["point"][name] for name in ("longitude", "latitude")} | {"accuracy": 20})
        context.add_init_script(WRONG_CLOCK)
        page = context.new_page()
        open_client(page, town, "pages/visitor/index")
        page.get_by_label("账号").fill(f"visitor-{DISTRICT}")
        page.get_by_label("密码").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="登录").click()
        row = page.get_by_role("list", name="今天的探访").get_by_role("button", name=person)
        expect(row).to_be_visible()
        expect(page.get_by_text("手机时间与实际相差约 3 小时")).to_be_visible()
        look(page, "visitor")
        row.click()
        page.get_by_role("button", name="再比对一次位置").wait_for()
        context.set_offline(True)
        page.get_by_role("button", name="再比对一次位置").click()
        expect(page.get_by_text("已到附近（50 米以内）")).to_be_visible()
        page.get_by_role("radio", name="不在家").click()
        page.get_by_label("备注").fill("邻居说去女儿家了")
        page.close()  # killed in mid-report
        # A page, unlike a mini-program, is fetched to be opened: from here on only the product cannot be reached.
        context.set_offline(False)
        context.route(API, lambda route: route.abort())
        page = context.new_page()
        open_client(page, town, "pages/visitor/index")
        expect(page.get_by_text("1 条记录在手机里，等待上传")).to_be_visible()
        page.get_by_role("list", name="今天的探访").get_by_role("button", name=person).click()
        expect(page.get_by_label("备注")).to_have_value("邻居说去女儿家了")
        look(page, "stop")
        page.get_by_role("button", name="提交结果").click()
        page.get_by_role("button", name="确定提交").dblclick()
        expect(page.get_by_text("结果已保存在手机里")).to_be_visible()
        expect(page.get_by_role("region", name="记录上传")).to_contain_text("2 条记录在手机里，等待上传")
        context.unroute(API)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.get_by_role("region", name="记录上传")).to_have_count(0)
    told = Office(town["web"], "supervisor").get(f"/staff/visits/{visit['id']}")
    assert (told["state"], told["outcome"], told["arrival"]["within"], told["arrival"]["band"]) == (
        "completed", "not_at_home", True, "50")  # fmt: skip
    (report,) = told["reports"]
    assert report["notes"] == "邻居说去女儿家了"
    sent, device = (datetime.fromisoformat(report[name]) for name in ("received_at", "device_time"))
    assert device - sent > AHEAD / 2 and report["device_time_trusted"] is False, "both clocks are kept"


def choose_hour(page: Page, number: int) -> None:
    """An hour that is far enough ahead to be moved and cancelled."""
    days = page.get_by_role("radiogroup", name="选一天").get_by_role("radio")
    days.nth(number).click()
    page.get_by_role("radiogroup", name="选一个时间").get_by_role("radio").first.click()


def busy(route: Route) -> None:
    if route.request.method == "POST":
        route.fulfill(status=503, json={"code": "database_unreachable", "detail": "服务忙"})
    else:
        route.continue_()


class Office:
    """A caseworker's calls of the API."""

    def __init__(self, web: str, username: str) -> None:
        self.api = f"{web}/api/v1"
        given = {"username": username, "password": DEMO_PASSWORD}
        answer = requests.post(f"{self.api}/staff/auth/login", json=given, timeout=60)
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def get(self, path: str) -> Any:
        return requests.get(self.api + path, headers=self.headers, timeout=60).json()

    def begin_a_visit(self) -> Any:
        """A visit of today to somebody whose home is known, whatever day the tests run on."""
        met = {each["elder_id"] for each in self.get("/staff/visitor-day")["items"]}
        for place in (each.id for each in catalogue().places if each.district_code == DISTRICT):
            for elder in self.get(f"/staff/elders?township_id={place}")["items"]:
                if elder["id"] not in met and elder["on_register"]:
                    headers = {**self.headers, "Idempotency-Key": new_id()}
                    body = {"elder_id": elder["id"]}
                    return requests.post(f"{self.api}/staff/visits", json=body, headers=headers, timeout=60).json()
        raise LookupError("nobody is left to visit")
