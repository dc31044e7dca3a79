"""The H5 client's visits: a family books, moves and cancels; a visitor's day with the network cut in the middle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, Route, expect

from bot.wechat.sandbox.people import Person
from tests.browser.client import look, open_client
from tests.browser.client_visits import DISTRICT, Office, Resident
from tests.browser.conftest import PATIENCE_MS, reload_until
from tests.factories.people import id_number
from tests.running import DEMO_PASSWORD, House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
API = "**/api/v1/**"
AHEAD = timedelta(hours=3)
# How many days ahead an hour is opened.
HOURS_ON = (3, 4)
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


def test_a_visitors_day_goes_on_while_the_network_is_cut(chromium: Browser, town: dict[str, str], house: House) -> None:
    """With a wrong clock, a client that was killed and no network: a planned stop and one that nobody planned, begun,
    taken back, begun again and reported, and a family's booking cancelled; sent once, later. Another's report of the same visit stands beside one's own,
    needs are handed on, and no position ever leaves the phone."""
    office = Office(town["web"], f"visitor-{DISTRICT}")
    visit = office.begin_a_visit()
    stop = next(each for each in office.get("/staff/visitor-day?datum=wgs84")["items"] if each["id"] == visit["id"])
    neighbour = office.not_on_the_list()
    family = Resident(town["web"], "chenguilan")
    booked = office.booked_for_today(family, house)
    # The day is planned meanwhile, so its order may change: the person stays.
    person = re.compile(f"{stop['name']}，探访中")
    sent: list[str] = []
    with phone(chromium) as context:
        context.grant_permissions(["geolocation"])
        context.set_geolocation({name: stop["point"][name] for name in ("longitude", "latitude")} | {"accuracy": 20})
        context.add_init_script(WRONG_CLOCK)
        context.on("response", lambda each: note_upload(sent, each))
        page = context.new_page()
        open_client(page, town, "pages/visitor/index")
        page.get_by_label("账号").fill(f"visitor-{DISTRICT}")
        page.get_by_label("密码").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="登录").click()
        today = page.get_by_role("list", name="今天的探访")
        row = today.get_by_role("button", name=person)
        expect(row).to_be_visible()
        expect(page.get_by_text("手机时间与实际相差约 3 小时")).to_be_visible()
        look(page, "visitor")
        put_on_the_list(page, neighbour)
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
        today = page.get_by_role("list", name="今天的探访")
        today.get_by_role("button", name=person).click()
        expect(page.get_by_label("备注")).to_have_value("邻居说去女儿家了")
        look(page, "stop")
        page.get_by_role("button", name="提交结果").click()
        page.get_by_role("button", name="确定提交").dblclick()
        expect(page.get_by_text("结果已保存在手机里")).to_be_visible()
        expect(page.get_by_role("region", name="记录上传")).to_contain_text("2 条记录在手机里，等待上传")
        page.get_by_role("button", name="看今天的名单").click()
        cancel_the_booking(page, booked["name"])
        report_a_need(page, neighbour)
        Office(town["web"], f"volunteer-{DISTRICT}").report(visit, "seen_well")
        context.unroute(API)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.get_by_role("region", name="记录上传")).to_have_count(0)
        # What could not simply be taken is shown, and the visitor decides.
        beside = page.get_by_role("region", name="要您看一看的记录")
        expect(beside).to_contain_text("已收下，与别人的记录并存")
        expect(beside).to_contain_text("这次探访已由另一位探访员报告")
        look(page, "stop-answers")
        beside.get_by_role("button", name="知道了").first.click()
        expect(beside.get_by_role("button", name="知道了")).to_have_count(1)
        beside.get_by_role("button", name="知道了").click()
        expect(beside).to_have_count(0)
    once = [item["id"] for body in sent for item in json.loads(body)["items"]]
    assert len(once) == len(set(once)) == 7, "every note was taken once"
    assert not any(word in body for body in sent for word in ("longitude", "latitude", stop["name"]))
    told = family.get(f"/visits/{booked['id']}")
    assert (told["state"], told["cancel_reason_label"]) == ("cancelled", "天气或道路原因，不能上门")
    supervisor = Office(town["web"], "supervisor")
    both_reports_stand(supervisor, visit)
    visits = supervisor.get(f"/staff/elders/{neighbour['id']}/visits")["items"][:2]
    made = {each["state"]: each for each in visits}["completed"]
    assert {each["state"] for each in visits} == {"cancelled", "completed"}, "what was taken back, and what was made"
    assert (made["outcome"], made["arrival"]["within"], made["arrival"]["band"]) == ("seen_with_need", False, "500")
    referrals = supervisor.get(f"/staff/referrals?district_code={DISTRICT}")["items"]
    assert [each["kind"] for each in referrals if each["elder_id"] == neighbour["id"]] == ["medical"]


def note_upload(sent: list[str], answer: Response) -> None:
    """What the product has answered for."""
    if answer.url.endswith("/staff/visit-uploads") and answer.ok:
        sent.append(answer.request.post_data or "")


def put_on_the_list(page: Page, person: Any) -> None:
    """Found by name in the township, made sure by address, added to the day."""
    page.get_by_role("button", name="探访名单以外的老人").click()
    page.get_by_label("在哪个乡镇").fill(person["township"])
    page.get_by_role("button", name=person["township"]).first.click()
    page.get_by_label("老人姓名").fill(person["full_name"])
    page.get_by_role("button", name="查找").click()
    found = page.get_by_role("list", name="找到的人")
    expect(found).to_be_visible()
    look(page, "unlisted")
    # Of one name there may be several: the address tells.
    for each in range(found.get_by_role("button").count()):
        found.get_by_role("button").nth(each).click()
        expect(page.get_by_text("是这位老人吗？").or_(page.get_by_text("今天的名单里已有这一户")).first).to_be_visible()
        if page.get_by_text(person["address"], exact=True).count():
            break
        page.get_by_role("button", name="不是，换一位").click()
    page.get_by_role("button", name="是，加入今天的名单").click()
    expect(page.get_by_role("button", name="我到了")).to_be_visible()
    page.go_back()


def cancel_the_booking(page: Page, name: str) -> None:
    """With a reason that the family will read; without a network it says that they do not know yet."""
    page.get_by_role("list", name="今天的探访").get_by_role("button", name=f"{name}，待探访").click()
    page.get_by_role("button", name="去不了，取消这次预约").click()
    page.get_by_role("button", name="取消这次预约", exact=True).click()
    expect(page.get_by_text("请选择原因")).to_be_visible()
    page.get_by_role("radio", name="天气或道路原因").click()
    look(page, "stop-cancelling")
    page.get_by_role("button", name="取消这次预约", exact=True).click()
    page.get_by_role("button", name="确定取消").dblclick()
    expect(page.get_by_text("取消已保存在手机里")).to_be_visible()
    look(page, "stop-cancelled")
    page.go_back()


def report_a_need(page: Page, person: Any) -> None:
    """Begun by mistake and taken back, then arrived a street away and reported whole: all of it without a network."""
    page.get_by_role("list", name="今天的探访").get_by_role("button", name=f"{person['full_name']}，待探访").click()
    page.get_by_role("button", name="不比对位置，直接开始").click()
    page.get_by_role("button", name="撤销开始").click()
    page.get_by_role("button", name="确定撤销").click()
    page.context.set_geolocation(
        {"longitude": person["point"]["longitude"], "latitude": person["point"]["latitude"] + 0.004, "accuracy": 5}
    )
    page.get_by_role("button", name="我到了").click()
    expect(page.get_by_text("不在附近（500 米以内）")).to_be_visible()
    page.get_by_role("radio", name="见到本人，有需要").click()
    page.get_by_role("button", name="提交结果").click()
    expect(page.get_by_text("还有没填好的")).to_be_visible()
    look(page, "stop-faults")
    points = page.get_by_role("region", name="逐项看一看").get_by_role("radiogroup")
    for each in range(points.count()):
        points.nth(each).get_by_role("radio").first.click()
    page.get_by_role("checkbox", name="就医").click()
    page.get_by_label(re.compile("就医.*：具体说明")).fill("血压偏高，想看医生")
    look(page, "stop-needs")
    page.get_by_role("button", name="提交结果").click()
    page.get_by_role("button", name="确定提交").click()
    expect(page.get_by_text("结果已保存在手机里")).to_be_visible()


def both_reports_stand(supervisor: Office, visit: Any) -> None:
    """The first to come in counts, the other stands beside it with both its times, until a person has chosen."""
    told = supervisor.get(f"/staff/visits/{visit['id']}")
    assert (told["state"], told["outcome"], told["conflict"]) == ("completed", "seen_well", "second_report")
    first, second = told["reports"]
    assert [each["counts"] for each in (first, second)] == [True, False]
    assert (second["outcome"], second["notes"]) == ("not_at_home", "邻居说去女儿家了")
    received, device = (datetime.fromisoformat(second[name]) for name in ("received_at", "device_time"))
    assert device - received > AHEAD / 2 and second["device_time_trusted"] is False, "both clocks are kept"
    choice = {"version": told["version"], "reason": "电话核实过", "report_id": second["id"]}
    chosen = supervisor.post(f"/staff/visits/{visit['id']}/correct", choice)
    assert (chosen["outcome"], chosen["conflict"]) == ("not_at_home", None)


def test_a_family_asks_waits_and_is_told_what_the_visitor_found(chromium: Browser, town: dict[str, str]) -> None:
    """The old person confirms the link on her own phone; no hour is free, so the daughter waits, leaves one that is held
    for her, takes the next with a wish, moves it while she may, and reads what the visitor found."""
    office, volunteer = (Office(town["web"], f"{each}-{DISTRICT}") for each in ("visitor", "volunteer"))
    mother = Resident(town["web"], "mumotest")
    number, name = id_number("19430611", sequence=641), "穆桂枝"
    mother.become(name, number)
    elder = office.register(name, number, Person(mother.name).phone)
    with phone(chromium) as daughters, phone(chromium) as mothers:
        page, hers = daughters.new_page(), mothers.new_page()
        open_client(page, town, "pages/elders/index", "nvertest")
        page.get_by_role("button", name="关联一位老人").click()
        page.get_by_role("button", name="提交申请").click()
        look(page, "elder-link-faults")
        page.get_by_label("老人的姓名").fill(name)
        page.get_by_label("老人的身份证号").fill(number)
        page.get_by_role("radio", name="子女", exact=True).click()
        page.get_by_role("button", name="提交申请").dblclick()
        expect(page.get_by_text("乡镇（街道）正在核对")).to_be_visible()
        look(page, "elder-link-asked")
        open_client(hers, town, "pages/elders/index", mother.name)
        hers.get_by_role("button", name="确认是家人").click()
        look(hers, "elder-asked-of-me")
        hers.get_by_role("button", name="确定", exact=True).click()
        expect(hers.get_by_role("button", name="解除", exact=True)).to_be_visible()
        page.reload()
        page.get_by_role("button", name="预约探访").click()
        expect(page.get_by_text("近一个月没有空余的时间")).to_be_visible()
        look(page, "book-none")
        page.get_by_role("button", name="排队等别的时间").click()
        for number in HOURS_ON:
            page.get_by_role("group", name="哪些日子可以").get_by_role("checkbox").nth(number).click()
        look(page, "wait")
        page.get_by_role("button", name="开始排队").click()
        expect(page.get_by_text("您排在第一位")).to_be_visible()
        waits = page.url
        volunteer.open_an_hour(elder, HOURS_ON[0])
        reload_until(page, page.get_by_role("button", name="这个时间不合适"))
        expect(page.get_by_role("timer")).to_contain_text("还有")
        look(page, "wait-offered")
        page.get_by_role("button", name="这个时间不合适").click()
        page.get_by_role("button", name="确定", exact=True).click()
        expect(page.get_by_text("您排在第一位")).to_be_visible()
        volunteer.open_an_hour(elder, HOURS_ON[1])
        reload_until(page, page.get_by_role("checkbox", name="量血压"))
        page.get_by_role("checkbox", name="量血压").click()
        page.get_by_role("button", name="就约这个时间").dblclick()
        expect(page.get_by_text("已约好，探访员会按时上门")).to_be_visible()
        expect(page.get_by_text("以前可以改期或取消")).to_be_visible()
        page.get_by_role("button", name="改时间").click()
        page.get_by_role("radiogroup", name="选一个时间").get_by_role("radio").first.click()
        page.get_by_role("button", name="改到这个时间").click()
        expect(page.get_by_text("已约好，探访员会按时上门")).to_be_visible()
        expect(page.get_by_text("量血压")).to_be_visible()
        booked = re.search(r"id=(\w+)", page.url)
        assert booked is not None and "wait=" in waits
        office.report({"id": booked[1], "version": None}, "seen_with_need")
        page.reload()
        expect(page.get_by_text("探访员见到了老人，老人有些需要")).to_be_visible()
        look(page, "visit-found")
        page.goto(page.url.split("#")[0] + "#/pages/elders/index")
        expect(page.get_by_text("本月探访：已经见到")).to_be_visible()


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
