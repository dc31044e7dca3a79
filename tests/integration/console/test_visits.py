"""The pages of visits: who may look where, what their forms do, and nobody's name in another county's pages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from models.eldercare import campaigns, concern_chain, plan_building, visiting
from models.eldercare.concern_records import Concern
from models.eldercare.documents import Elder, ElderLink, Visit
from models.eldercare.import_documents import ElderChoice
from models.eldercare.importing import import_elders
from models.eldercare.plan_inputs import days_of_month, visits_of_month
from models.eldercare.plan_queries import enter_absence
from models.eldercare.plan_records import PlannedVisit, VisitorHours
from models.eldercare.referral_records import Referral
from models.eldercare.register_proposals import RegisterProposal
from models.kernel.actors import Actor
from models.kernel.clock import FixedClock, day_of, month_of
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people import staff_notices
from models.people.documents import Caseworker
from tests.factories import elder_lists, eldercare
from tests.factories.concerns import deliver_all
from tests.factories.console import Browser

Open = Callable[..., Browser]
SECRETS = (eldercare.NAME, eldercare.ADDRESS, eldercare.HEALTH, eldercare.PHONE)
PART = ("/console/visits", "/console/notices")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(eldercare.MORNING)


@pytest.fixture
def town(app: Flask, browser: Open, clock: FixedClock) -> Browser:
    """A visitor's browser in a place where something of everything is there."""
    at = clock.now()
    visitor = browser("visitor", name="anna")
    me = actor_of("anna")
    elder = eldercare.make_elder(private=private_of(0))
    daughter = eldercare.make_link(elder, 1)
    eldercare.book(elder, eldercare.make_slot(visitor=me), daughter)
    others = [eldercare.make_elder(each, risk_level="high", private=private_of(each)) for each in (3, 4, 5)]
    plan_building.plan_county(month_of(at), eldercare.DISTRICT, visits_of_month(days_of_month(month_of(at)), at), at)
    found = concern_chain.Found(others[0]["_id"], "not_seen", "2026-11", at)
    assert concern_chain.open_concern(found, at)
    away = at.date() + timedelta(days=3)
    enter_absence(new_id(), me.id, away, away, "ill", by=me, at=at)
    report = visiting.Report("in_hospital", "夜里摔倒", needs=(visiting.Need("feedback", note="想装扶手"),))
    gone = visiting.begin_unbooked(new_id(), elder["_id"], by=me, at=at)
    visiting.complete_visit(gone["_id"], report, by=me, at=at, key=new_id(), version=1)
    rows = elder_lists.sheet([elder_lists.row(1, name=eldercare.NAME, number=eldercare.id_number(2, "19400203"))])
    import_elders(rows, "list.csv", by=eldercare.staff_actor(), at=at)
    group = {"categories": [], "risk_levels": [], "age_from": None, "age_to": None}
    order = campaigns.Order("heat", eldercare.DISTRICT, [eldercare.SANYANG], group, at.date(), at.date())
    campaigns.start(new_id(), order, by=eldercare.staff_actor("supervisor"), at=at)
    campaigns.follow_campaigns(at)
    return visitor


def private_of(number: int) -> dict[str, object]:
    return {
        "address": eldercare.ADDRESS, "contacts": [{"name": "王小明", "phone": eldercare.PHONE, "relation": "child"}],
        "point": {"longitude": 114.39 + number / 100, "latitude": 27.92},
    }  # fmt: skip


def actor_of(username: str) -> Actor:
    stored = collection(Caseworker).find_one({"username": username})
    assert stored is not None
    return Actor("staff", stored["_id"], frozenset(stored["roles"]), stored["district_code"])


def walk(seen: Browser, start: str) -> Iterator[tuple[str, str]]:
    """Every page of the part that can be reached by its links, and its text."""
    waiting, known = [start], {start}
    while waiting:
        path = waiting.pop(0)
        page = seen.get(path)
        yield path, page
        for link in re.findall(r'href="([^"#]+)', page):
            link = link.replace("&amp;", "&")
            # Months before months before months, and one list after the other: some of them are as good as all.
            if link.startswith(PART) and link not in known and "month=" not in link and len(known) < 75:
                known.add(link)
                waiting.append(link)


@pytest.mark.parametrize("role", ["visitor", "township_intake", "supervisor", "planner", "county_reviewer"])
def test_every_page_that_a_link_leads_to_is_there_for_who_sees_the_link(
    town: Browser, browser: Open, role: str
) -> None:
    seen = town if role == "visitor" else browser(role)
    pages = dict(walk(seen, "/console/visits"))
    wrong = [path for path, page in pages.items() if "这个页面打不开" in page]
    assert wrong == []
    assert len(pages) >= (3 if role in ("planner", "county_reviewer") else 25), sorted(pages)
    health = [path for path, page in pages.items() if eldercare.HEALTH in page or "夜里摔倒" in page]
    assert bool(health) == (role in ("visitor", "supervisor")), "health is for those who need to know"


def test_another_county_sees_nobody(town: Browser, browser: Open) -> None:
    ids = [each["_id"] for each in collection(Elder).find()]
    paths = [
        *(f"register/{each}" for each in ids), *(f"concerns/{each['_id']}" for each in collection(Concern).find()),
        *(f"visits/{each['_id']}" for each in collection(Visit).find()),
        *(f"links/{each['_id']}" for each in collection(ElderLink).find()),
        *(f"referrals/{each['_id']}" for each in collection(Referral).find()),
        f"register?township_id={eldercare.SANYANG}", f"plan?township_id={eldercare.SANYANG}",
        f"calendar?township_id={eldercare.SANYANG}", f"bookings?township_id={eldercare.SANYANG}",
    ]  # fmt: skip
    other = browser("supervisor", "township_intake", "visitor", district_code="360981")
    for path in paths:
        page = other.get(f"/console/visits/{path}")
        assert other.status in (403, 404, 422), path
        assert not any(secret in page for secret in SECRETS)
    for _, page in walk(other, "/console/visits"):
        assert not any(secret in page for secret in SECRETS) and not any(each in page for each in ids)


def test_a_concern_goes_its_way_and_its_counts_match(town: Browser, browser: Open) -> None:
    boss = browser("supervisor", name="boss")
    open_now = collection(Concern).count_documents({"open": True})
    page = boss.get("/console/visits")
    assert len(re.findall(r'href="/console/visits/concerns/', page)) == open_now
    assert f"<b>{open_now}</b>待处置的预警" in page
    concern = collection(Concern).find_one({"open": True})
    assert concern is not None
    path, base = f"/console/visits/concerns/{concern['_id']}", f"/console/do/staff/concerns/{concern['_id']}"
    boss.get(path)
    assert boss.send(f"{base}/acknowledge", note="今天去看").status_code == 303
    assert "已签收，请按时处置。" in boss.get(path) and "今天去看" in boss.page
    boss.send(f"{base}/report", note="邻居说在家")
    boss.get(path)
    assert boss.send(f"{base}/resolve", reason="seen_by_other", evidence="").status_code == 422
    assert "wrong" in boss.page or "problem" in boss.page
    boss.get(path)
    assert boss.send(f"{base}/resolve", reason="seen_by_other", evidence="邻居李某昨天见到").status_code == 303
    assert "已解除" in boss.get(path)
    assert collection(Concern).count_documents({"open": True}) == open_now - 1
    assert boss.send(f"{base}/reopen", note="看错了人").status_code == 303
    assert collection(Concern).find_one({"_id": concern["_id"]}, {"open": 1}) == {"_id": concern["_id"], "open": True}


def test_the_visitors_day_begins_and_ends_a_visit(town: Browser, clock: FixedClock) -> None:
    planned = collection(PlannedVisit).find_one({"state": "planned", "visitor_id": actor_of("anna").id})
    assert planned is not None
    today = {"$set": {"day": day_of(clock.now()).isoformat()}}
    collection(PlannedVisit).update_one({"_id": planned["_id"]}, today)
    day = town.get("/console/visits/day")
    assert eldercare.NAME in day and eldercare.ADDRESS in day and "https://uri.amap.com/navigation?to=" in day
    assert eldercare.NAME not in re.findall(r'href="(https://uri[^"]+)"', day)[0]
    form = next(each for each in re.findall(r"<form.*?</form>", day, re.S) if planned["_id"] in each)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    first, again = town.post("/console/do/staff/visits", fields), town.post("/console/do/staff/visits", fields)
    assert (first.status_code, again.status_code) == (303, 303)
    visits = list(collection(Visit).find({"planned_id": planned["_id"]}))
    assert len(visits) == 1, "a second press begins nothing"
    path, base = f"/console/visits/stops/{visits[0]['_id']}", f"/console/do/staff/visits/{visits[0]['_id']}"
    page = town.get(path)
    assert "见到本人了吗" in page
    place = {"point.longitude": "114.39", "point.latitude": "27.92", "point.accuracy_m": "12.5"}
    assert town.send(f"{base}/arrive", **place).status_code == 303
    town.get(path)
    notes = {"notes": "老人想多说说话", "outcome": "seen_with_need", "checklist.mood": "good"}
    refused = town.send(f"{base}/complete", **notes)
    assert refused.status_code == 422 and "老人想多说说话" in town.page, "nothing typed is lost"
    points = re.findall(r'name="checklist\.(\w+)" value="true"', town.page)
    answers = {f"checklist.{each}": "true" for each in points} | {"checklist.moves_about": "alone"}
    needs = {"needs.0.kind": "feedback", "needs.0.note": "想装扶手"}
    assert town.send(f"{base}/complete", **notes, **answers, **needs).status_code == 303, town.page
    done = collection(Visit).find_one({"_id": visits[0]["_id"]})
    assert done is not None and (done["state"], done["outcome"]) == ("completed", "seen_with_need")
    assert "已记录：见到本人，有需要" in town.get(path)
    assert collection(Referral).count_documents({"visit_id": done["_id"]}) == 1


def test_a_list_is_tried_then_read_and_its_faults_come_as_a_file(town: Browser, browser: Open) -> None:
    office = browser("township_intake")
    good = elder_lists.row(8, number=eldercare.id_number(8))
    bad = elder_lists.row(9, name="=cmd|' /C calc'!A0", number="36090219400203000")
    content = elder_lists.sheet([good, bad])
    before = collection(Elder).count_documents({})

    def read(action: str) -> str:
        office.get("/console/visits/import")
        fields = {**office.fields("/console/do/staff/elder-lists/trial"), "file": (io.BytesIO(content), "list.csv")}
        assert office.post(action, fields).status_code == 200, office.page
        return office.page

    assert "试读：没有写入台账" in read("/console/do/staff/elder-lists/trial")
    assert collection(Elder).count_documents({}) == before
    page = read("/console/do/staff/elder-lists")
    assert collection(Elder).count_documents({}) == before + 1
    assert 'href="data:text/csv;charset=utf-8;base64,' in page and "calc" not in page
    assert "以前读过" in read("/console/do/staff/elder-lists")


def test_a_doubtful_row_is_decided_beside_the_entry(town: Browser, browser: Open) -> None:
    office = browser("township_intake")
    choice = collection(ElderChoice).find_one({"state": "open"})
    assert choice is not None
    page = office.get(f"/console/visits/choices/{choice['_id']}")
    assert page.count(eldercare.NAME) >= 2 and "differs" in page
    action = f"/console/do/staff/elder-choices/{choice['_id']}/decide"
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.S) if 'value="drop"' in each)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    assert office.post(action, fields).status_code == 303
    assert collection(ElderChoice).find_one({"_id": choice["_id"]})["state"] == "dropped"  # type: ignore[index]


def test_what_waits_for_an_answer_is_answered(town: Browser, browser: Open) -> None:
    office = browser("township_intake")
    referral, proposal = collection(Referral).find_one({}), collection(RegisterProposal).find_one({})
    assert referral is not None and proposal is not None
    path = f"/console/visits/referrals/{referral['_id']}"
    base = f"/console/do/staff/referrals/{referral['_id']}"
    assert "想装扶手" in office.get(path)
    assert office.send(f"{base}/take").status_code == 303
    office.get(path)
    finish = {"case.kind": "feedback", "case.id": "F-1", "note": "已转民政所"}
    assert office.send(f"{base}/finish", **finish).status_code == 303, office.page
    office.get("/console/visits/proposals")
    action = f"/console/do/staff/register-proposals/{proposal['_id']}/accept"
    assert office.send(action, until=proposal["found_on"], reason="in_hospital").status_code == 303, office.page
    entry = office.get(f"/console/visits/register/{proposal['elder_id']}")
    assert '<span class="tag grey">住院</span>' in entry and "恢复在册" in entry


def test_a_person_is_entered_and_handed_over(town: Browser, browser: Open) -> None:
    office = browser("township_intake")
    office.get("/console/visits/register/new")
    action = "/console/do/staff/elders"
    given = {
        "name": "欧阳新", "id_number": eldercare.id_number(20), "categories": "living_alone", "risk_level": "raised",
        "township_id": eldercare.SANYANG, "community": "幸福村", "address": "幸福路九号", "contacts.0.name": "王小红",
        "contacts.0.phone": "13800138001", "legal_basis.kind": "consent", "legal_basis.reference": "同意书",
        "legal_basis.on": "2026-11-01",
    }  # fmt: skip
    refused = office.send(action, **{**given, "id_number": "1"})
    assert refused.status_code == 422 and "幸福路九号" in office.page
    made = office.send(action, **given)
    assert made.status_code == 303, office.page
    entry = made.headers["Location"]
    assert "欧阳新" in office.get(entry) and "13800138001" in office.page
    elder_id = entry.rpartition("/")[2]
    move = {"township_id": eldercare.XIAPU, "community": "东村", "address": "东村一号", "reason": "随子女居住"}
    assert office.send(f"/console/do/staff/elders/{elder_id}/transfer", **move).status_code == 303, office.page
    assert collection(Elder).find_one({"_id": elder_id})["township_id"] == eldercare.XIAPU  # type: ignore[index]


def test_a_week_is_saved_and_emptied(town: Browser) -> None:
    page = town.get("/console/visits/week")
    option = re.search(r'value="(\{[^"]*&#34;weekday&#34;: 0[^"]*)"', page)
    assert option is not None
    row = option[1].replace("&#34;", '"')
    assert town.send("/console/do/staff/visitor-hours", rows=row).status_code == 303, town.page
    stored = collection(VisitorHours).find_one({})
    assert stored is not None and len(stored["rows"]) == 1
    town.get("/console/visits/week")
    assert town.send("/console/do/staff/visitor-hours", rows="").status_code == 303, town.page
    assert collection(VisitorHours).find_one({})["rows"] == []  # type: ignore[index]


def test_a_campaign_is_counted_begun_once_and_called_off(town: Browser, browser: Open, clock: FixedClock) -> None:
    boss = browser("supervisor")
    today = day_of(clock.now()).isoformat()
    boss.get("/console/visits/campaigns")
    order = {"kind": "cold", "first_day": today, "last_day": today, "risk_levels": ["high"]}
    before = collection(campaigns.Campaign).count_documents({})
    answer = boss.send("/console/do/staff/campaigns/trial", **order)
    assert answer.status_code == 200 and "涉及3人" in boss.page, boss.page
    assert collection(campaigns.Campaign).count_documents({}) == before, "a look begins nothing"
    started = boss.send("/console/do/staff/campaigns", risk_levels="high")
    assert started.status_code == 303 and "/console/visits/campaigns/" in started.headers["Location"], boss.page
    campaigns.follow_campaigns(clock.now())
    page = boss.get(started.headers["Location"])
    assert "<b>3</b>人数" in page
    campaign_id = started.headers["Location"].rpartition("/")[2]
    assert boss.send(f"/console/do/staff/campaigns/{campaign_id}/call-off", reason="降温取消").status_code == 303
    assert "已取消" in boss.get(f"/console/visits/campaigns/{campaign_id}")


def test_a_notice_is_counted_in_the_head_and_opened_with_one_press(
    town: Browser, browser: Open, clock: FixedClock
) -> None:
    boss = browser("supervisor", name="told")
    payload = {"staff": [actor_of("told").id], "text_key": "concerns.notice.overdue",
               "values": {"township": "三阳镇", "number": "1"}, "about": f"concern:{any_concern()['_id']}"}  # fmt: skip
    staff_notices.store(payload, "k", clock.now())
    deliver_all(clock.now())
    page = boss.get("/console/notices")
    assert "1条未读" in page
    form = re.search(r'action="(/console/do/staff/notices/\w+/read)"', page)
    assert form is not None
    opened = boss.send(form[1])
    assert opened.status_code == 303 and opened.headers["Location"].startswith("/console/visits/concerns/")
    assert "条未读" not in boss.get("/console/account")


def test_an_absence_is_entered_and_withdrawn(town: Browser, clock: FixedClock) -> None:
    town.get("/console/visits/plan")
    me, action = actor_of("anna"), "/console/do/staff/visitor-absences"
    tomorrow = (day_of(clock.now()) + timedelta(days=1)).isoformat()
    wrong = town.send(action, visitor_id=me.id, first_day=tomorrow, last_day="2026-11-01", reason="ill")
    assert wrong.status_code == 422 and f'value="{tomorrow}"' in town.page
    sent = town.send(action, visitor_id=me.id, first_day=tomorrow, last_day=tomorrow, reason="ill")
    assert sent.status_code == 303, town.page
    found = re.findall(r'action="(/console/do/staff/visitor-absences/\w+/withdraw)"', town.get("/console/visits/plan"))
    assert len(found) == 2
    assert town.send(found[0]).status_code == 303


def any_concern() -> Raw:
    found = collection(Concern).find_one({})
    assert found is not None
    return found


def test_a_supervisor_says_which_of_two_reports_counts(town: Browser, browser: Open, clock: FixedClock) -> None:
    other = eldercare.make_visitor()
    first = collection(Visit).find_one({"outcome": "in_hospital"})
    assert first is not None
    again = visiting.Report("not_at_home")
    visiting.complete_visit(first["_id"], again, by=other, at=clock.now(), key=new_id(), version=None)
    boss = browser("supervisor")
    assert first["_id"] in boss.get("/console/visits/conflicts")
    boss.get(f"/console/visits/visits/{first['_id']}")
    second = re.findall(r'name="report_id" value="([^"]+)"', boss.page)[1]
    action = f"/console/do/staff/visits/{first['_id']}/correct"
    assert boss.send(action, report_id=second, outcome="", reason="电话核实").status_code == 303, boss.page
    done = collection(Visit).find_one({"_id": first["_id"]})
    assert done is not None and (done["outcome"], done["conflict"]) == ("not_at_home", None)
    assert first["_id"] not in boss.get("/console/visits/conflicts")
