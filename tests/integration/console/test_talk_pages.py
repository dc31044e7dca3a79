"""Conversations, feedback and indicators in the console: who sees what, and that each form does what it says."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest

from config.settings import Settings
from models.conversations import inbound
from models.conversations.documents import HandOver, UnansweredQuestion
from models.conversations.learned import LearnedAnswer
from models.feedback.documents import Feedback
from models.indicators.documents import Observation
from models.indicators.figures import FigureFile
from models.kernel.actors import SYSTEM
from models.kernel.audit import ENTRIES
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.outbox import OutboxMessage, relay
from models.platform import Platform
from models.reports import freezing
from models.reports.inputs import service_gap_inputs
from models.reports.population import import_points
from tests.factories.casework import MORNING
from tests.factories.console import Browser
from tests.integration.conversations.conftest import Tell, tell
from tests.integration.feedback.conftest import TEXT, Submit, submit
from tests.integration.indicators.test_figures import GOOD, sheet

__all__ = ["submit", "tell"]
Open = Callable[..., Browser]


@pytest.fixture
def platform(settings: Settings, clock: FixedClock) -> Platform:
    return Platform(settings, clock)


def waiting(tell: Tell, openid: str = "oA") -> str:
    tell("我叫欧阳建国，人工", openid=openid)
    tell("人工", openid=openid)
    tell("袁州区", openid=openid)
    found = collection(HandOver).find_one({"open_index": inbound.follower_index(openid)})
    assert found is not None
    return str(found["_id"])


def test_a_hand_over_from_the_inbox_to_its_end(browser: Open, tell: Tell, clock: FixedClock) -> None:
    ticket, me, other = waiting(tell), browser("county_reviewer"), browser("county_reviewer")
    page = me.get("/console/conversations")
    assert f"/console/conversations/handovers/{ticket}" in page and "欧阳建国" not in page
    far = browser("county_reviewer", district_code="360981")
    assert ticket not in far.get("/console/conversations")
    far.get(f"/console/conversations/handovers/{ticket}")
    assert far.status == 404
    url, do = f"/console/conversations/handovers/{ticket}", f"/console/do/staff/handovers/{ticket}"
    me.get(url)
    taken = me.send(f"{do}/take")
    assert taken.status_code == 303 and "已接待" in me.get(url)
    assert f'action="{do}/reply"' not in other.get(url), "only who took it answers"
    assert "请问您说的是哪一件申请" in me.get(f"{url}?canned=which_case"), "a ready sentence stands in the field"
    assert me.send(f"{do}/reply", text="您好，<script>alert(1)</script>").status_code == 303
    page = me.get(url)
    assert "&lt;script&gt;alert(1)" in page and "还能回复" in page
    looks = database()[ENTRIES].count_documents({"action": "handover.read"})
    me.get(f"{url}/news?since=100")
    assert me.status == 200 and database()[ENTRIES].count_documents({"action": "handover.read"}) == looks
    tell("那我再问一句", openid="oA")
    assert "那我再问一句" in me.get(f"{url}/news?since=1")
    me.get(url)
    assert me.send(f"{do}/read").status_code == 303
    me.get(url)
    city = me.send(f"{do}/transfer", district_code="~none", note="市里的事")
    assert city.headers["Location"] == "/console/conversations"
    stored = collection(HandOver).find_one({"_id": ticket})
    assert stored is not None and (stored["state"], stored.get("district_code")) == ("waiting", None)
    boss = browser("supervisor", district_code=None)
    boss.get(url)
    boss.send(f"{do}/take")
    boss.get(url)
    assert boss.send(f"{do}/close", reason="answered").status_code == 303
    assert "这次对话已经结束" in boss.get(url)


@pytest.fixture
def asked(tell: Tell, clock: FixedClock) -> Iterator[None]:
    for number, text in enumerate(["猫跑到树上下不来咋搞", "猫跑到树上下不来咋搞啊", "呜啦呜啦呜啦"]):
        tell(text, openid=f"o{number}")
    yield


def test_a_question_is_answered_previewed_published_and_taken_back(browser: Open, asked: None) -> None:
    me, intake = browser("county_reviewer"), browser("township_intake")
    intake.get("/console/conversations/unanswered")
    assert intake.status == 403
    page = me.get("/console/conversations/unanswered")
    assert "猫跑到树上下不来咋搞" in page and "另有1种说法" in page
    putaway = [line for line in page.split('"') if line.startswith("/console/do/staff/unanswered/")]
    teach = next(part for part in page.split('"') if part.endswith("/teach?month=2026-11"))
    editor = me.get(teach)
    assert "猫跑到树上下不来咋搞" in editor
    action = "/console/do/staff/learned-answers"
    typed = {"kind": "answer", "examples": "猫跑到树上下不来咋搞", "answer": "请打物业电话。"}
    me.post(f"{action}/preview", {**me.fields(action), **typed, "_shown": "taught"})
    assert "请打物业电话。" in me.page and "能答上1个" in me.page
    assert not list(collection(LearnedAnswer).find({})), "a preview keeps nothing"
    made = me.send(action)
    assert made.status_code == 303
    entry = collection(LearnedAnswer).find_one({})
    assert entry is not None and made.headers["Location"] == f"/console/conversations/learned/{entry['_id']}"
    for step, state in (("publish", "published"), ("revoke", "revoked"), ("restore", "published")):
        me.get(made.headers["Location"])
        assert me.send(f"{action}/{entry['_id']}/{step}").status_code == 303
        entry = collection(LearnedAnswer).find_one({})
        assert entry is not None and entry["state"] == state
    assert "猫跑到树上下不来咋搞" not in me.get("/console/conversations/unanswered"), "what is taught is no question"
    me.get("/console/conversations/unanswered")
    me.send(putaway[-1])
    assert collection(UnansweredQuestion).count_documents({"handled": True}) == 1


def test_a_complaint_is_replied_to_looked_at_and_put_forward(browser: Open, submit: Submit, clock: FixedClock) -> None:
    raw = submit(may_publish=True)
    piece, me = raw["_id"], browser("county_reviewer")
    intake = browser("township_intake")
    boss = browser("supervisor", district_code=None)
    assert piece not in browser("county_reviewer", district_code="360981").get("/console/feedback")
    url, do = f"/console/feedback/{piece}", f"/console/do/staff/feedback/{piece}"
    desk = me if piece in me.get("/console/feedback") else intake
    page = desk.get(url)
    assert TEXT in page and database()[ENTRIES].count_documents({"action": "feedback.read"}) >= 1
    assert desk.send(f"{do}/take").status_code == 303
    desk.get(url)
    assert desk.send(f"{do}/theme", theme="service_attitude").status_code == 303
    desk.get(url)
    empty = desk.send(f"{do}/reply", text="")
    assert empty.status_code == 422
    assert desk.send(f"{do}/reply", text="已与老师谈话。").status_code == 303
    page = desk.get(url)
    assert "提出公开" in page
    unlooked = desk.send(f"{do}/public-text", question="老师态度差", answer="已谈话")
    assert unlooked.status_code == 422, "nobody has looked"
    desk.send(f"{do}/public-text", question="托育中心的老师态度差", answer="已与老师谈话，向您道歉。", looked="true")
    assert desk.status == 303, desk.page
    stored = collection(Feedback).find_one({"_id": piece})
    assert stored is not None and (stored["theme"], stored["public_state"]) == ("service_attitude", "checking")
    assert "服务态度" in boss.get("/console/feedback/themes?month=2026-11")
    planner = browser("planner", district_code=None)
    assert 'href="/console/feedback/themes"' in planner.get("/console/"), "a planner's menu leads to the themes"
    planner.get("/console/feedback/themes?month=nonsense")
    assert planner.status in (400, 422)


def test_a_departments_file_is_tried_read_in_and_pushed(browser: Open, clock: FixedClock) -> None:
    me = browser("planner", district_code=None)
    browser("supervisor", district_code=None).get("/console/indicators/figures")
    me.get("/console/indicators/figures")
    action = "/console/do/staff/indicators/figures"
    fields = {
        **me.fields(action),
        "sender": "市教育局",
        "sent_on": "2026-11-05",
        "period": "2026-10",
        "_shown": "figures",
    }
    content = sheet([GOOD, {**GOOD, "value": "=cmd|calc"}])

    def send(path: str) -> str:
        me.post(path, {**fields, "file": (io.BytesIO(content), "报送.csv")})
        return me.page

    page = send(f"{action}/trials")
    assert me.status == 200 and "1行可用" in page and "1行有问题" in page and "还没有写入任何数据" in page, page
    assert not list(collection(FigureFile).find({})) and 'value="市教育局"' in page
    assert "正式导入" in page and "导入的结果" in send(action)
    seen = collection(Observation).find_one({"indicator": "preschool_gross_enrolment"})
    assert seen is not None and seen["value"] == 93.1
    assert "报送.csv" in me.get("/console/indicators/figures")
    sheet_page = me.get("/console/indicators/preschool_gross_enrolment")
    assert "93.1" in sheet_page and "只有部分数据" in sheet_page, "a department that names no coverage"
    glance = me.get("/console/indicators")
    assert glance.count('href="/console/indicators/') >= 25 and "93.1" in glance
    relay(clock.now())
    collection(OutboxMessage).update_many({"_id": {"$regex": "^indicator_push:"}}, {"$set": {"state": "dead"}})
    page = me.get("/console/indicators/pushes?state=dead")
    retry = next(part for part in page.split('"') if part.endswith("/retry"))
    assert me.send(retry).status_code == 303
    assert collection(OutboxMessage).count_documents({"state": "pending"}) >= 1
    refused = me.post(action, {**fields, "_key": new_id(), "period": "gestern", "file": (io.BytesIO(content), "a.csv")})
    assert refused.status_code == 422 and 'value="gestern"' in me.page and 'value="市教育局"' in me.page


def test_reports_are_opened_and_published_and_their_gaps_drawn(browser: Open, database: str) -> None:
    me, reader = browser("planner", district_code=None), browser("supervisor", district_code=None)
    assert "还没有公开的缺口报告" in reader.get("/console/indicators/gaps")
    village = "经度,纬度,人数,来源,名称\n114.40,27.80,1200,民政局,甲村\n".encode()
    import_points(village, "村.csv", MORNING.date(), "provisional", by=SYSTEM, at=MORNING)
    report = freezing.freeze(service_gap_inputs(MORNING), by=SYSTEM, at=MORNING).report
    publish = f"/console/do/staff/reports/{report['_id']}/publish"
    assert publish not in reader.get("/console/indicators/reports")
    me.get("/console/indicators/reports")
    draft = me.client.get(f"/console/files/staff/reports/{report['_id']}/page")
    assert draft.status_code == 200 and draft.mimetype == "text/html"
    assert me.send(publish).status_code == 303
    page = reader.get("/console/indicators/gaps")
    assert reader.status == 200 and "甲村" in page and ">1,200<" in page and "袁州区" in page.partition("<svg")[2]
