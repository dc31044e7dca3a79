"""How the product runs, in the console: who may see it, accounts by two, the trail and its check, rules to come."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import yaml

from config.programmes import programmes
from models.casework import review
from models.casework.documents import Application
from models.kernel import audit, outbox
from models.kernel.clock import FixedClock, day_of
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.outbox import OutboxEntry, OutboxMessage
from models.people.documents import Caseworker
from models.running import rule_proposals
from models.running.rule_documents import RuleProposal
from tests.factories.casework import make_accepted, make_centre, make_guardian, now, reviewer
from tests.factories.console import Browser

Open = Callable[..., Browser]


def test_a_dead_message_is_sent_again_and_that_is_recorded(browser: Open, clock: FixedClock) -> None:
    outbox.enqueue(OutboxEntry("case:1/told", "inbox", {"text": "欧阳建国"}), clock.now())
    collection(OutboxMessage).update_one({"_id": "case:1/told"}, {"$set": {"state": "dead", "outcome": "timeout"}})
    me = browser("administrator", district_code=None)
    assert ">1</b>多次没有送到的消息" in me.get("/console/running")
    page = me.get("/console/running/outbox")
    assert "case:1/told" in page and "timeout" in page and "欧阳建国" not in page
    retry = next(part for part in page.split('"') if part.endswith("/retry"))
    fields = me.fields(retry)
    assert me.post(retry, fields).status_code == 303, me.page
    stored = collection(OutboxMessage).find_one({"_id": "case:1/told"})
    assert stored is not None and stored["state"] == "pending"
    assert database()[audit.ENTRIES].count_documents({"action": "outbox.retried"}) == 1
    assert me.post(retry, {**fields, "_key": new_id()}).status_code == 409


def made_by(me: Browser, name: str, *roles: str, **more: str) -> str:
    me.get("/console/running/accounts/new")
    me.post("/console/do/staff/accounts", {
        **me.fields("/console/do/staff/accounts"), "username": name, "display_name": "<b>某某</b>", "roles": list(roles),
        **more,
    })  # fmt: skip
    assert me.status == 200, me.page
    found = collection(Caseworker).find_one({"username": name})
    assert found is not None
    return str(found["_id"])


def test_an_account_is_made_moved_reset_and_closed(browser: Open) -> None:
    me = browser("administrator", district_code=None)
    made = made_by(me, "wang.li", "township_intake", "visitor", district_code="360902")
    password = re.search(r'<dd class="mono">([^<]+)</dd>', me.page)
    assert password is not None and "data:image/svg" in me.page and "只显示这一次" in me.page
    assert "&lt;b&gt;某某" in me.get("/console/running/accounts?name=wang")
    url, do = f"/console/running/accounts/{made}", f"/console/do/staff/accounts/{made}"
    me.get(url)
    fields = me.fields(f"{do}/posting")
    assert me.send(f"{do}/posting", roles=["visitor"], district_code="360981").status_code == 303
    stored = collection(Caseworker).find_one({"_id": made})
    assert stored is not None and (stored["roles"], stored["district_code"]) == (["visitor"], "360981")
    stale = me.post(f"{do}/posting", {**fields, "_key": new_id(), "roles": ["planner"]})
    assert stale.status_code == 409 and 'value="planner" checked' in me.page, "what was chosen is kept"
    me.get(url)
    assert me.send(f"{do}/posting", roles=["visitor"], district_code="360902", township_ids=["1"]).status_code == 422
    me.get(url)
    me.send(f"{do}/reset")
    again = re.search(r'<dd class="mono">([^<]+)</dd>', me.page)
    assert again is not None and again[1] != password[1]
    me.get(url)
    assert me.send(f"{do}/disable").status_code == 303
    stored = collection(Caseworker).find_one({"_id": made})
    assert stored is not None and not stored["active"]
    assert "staff.disabled" in {e["action"] for e in database()[audit.ENTRIES].find({"subject": f"staff:{made}"})}


def test_an_administrator_is_made_by_two_and_nobody_changes_themselves(browser: Open) -> None:
    first, second = (browser("administrator", district_code=None, name=f"admin-{n}") for n in "ab")
    made = made_by(first, "new.admin", "administrator")
    url, do = f"/console/running/accounts/{made}", f"/console/do/staff/accounts/{made}"
    stored = collection(Caseworker).find_one({"_id": made})
    assert stored is not None and not stored["active"]
    first.get(url)
    alone = first.post(f"{do}/posting/confirm", first.fields(f"{do}/posting/decline"))
    assert alone.status_code == 403
    second.get(url)
    assert second.send(f"{do}/posting/confirm").status_code == 303
    stored = collection(Caseworker).find_one({"_id": made})
    assert stored is not None and stored["active"] and not stored["asked_posting"]
    own = collection(Caseworker).find_one({"username": "admin-a"})
    assert own is not None
    mine = f"/console/do/staff/accounts/{own['_id']}"
    assert f"{mine}/disable" not in first.get(f"/console/running/accounts/{own['_id']}")
    assert first.post(f"{mine}/disable", first.fields("/console/sign-out")).status_code == 403
    second.get(f"/console/running/accounts/{own['_id']}")
    second.send(f"{mine}/posting", roles=["planner"])
    stored = collection(Caseworker).find_one({"username": "admin-a"})
    assert stored is not None and stored["roles"] == ["administrator"], "taking it away needs two as well"


def test_the_trail_is_found_by_subject_person_and_day_and_a_change_in_it_is_seen(
    browser: Open, clock: FixedClock
) -> None:
    raw = make_accepted(make_guardian(), [make_centre()])
    reader = browser("county_reviewer", name="reader-1")
    reader.get(f"/console/applications/{raw['_id']}")
    county, other = browser("supervisor"), browser("supervisor", district_code="360981")
    subject = f"application:{raw['_id']}"
    page = county.get(f"/console/running/audit?subject={subject}")
    assert "查看申请" in page and "某工作人员" in page
    assert "查看申请" not in other.get(f"/console/running/audit?subject={subject}")
    assert subject in county.get("/console/running/audit?staff=reader-1")
    assert subject in county.get("/console/running/audit?action=application.read"), "a chain is read from its end"
    tomorrow = day_of(clock.now()) + timedelta(days=1)
    assert subject not in county.get(f"/console/running/audit?first={tomorrow}")
    other.get("/console/running/audit?chain=360902")
    assert other.status == 403
    assert database()[audit.ENTRIES].count_documents({"action": "audit.searched"}) >= 4
    check = "/console/do/staff/audit/check"
    county.get("/console/running/audit")
    county.send(check, chain="360902")
    assert "没有被改动" in county.page, county.page
    database()[audit.ENTRIES].update_one({"subject": subject, "action": "application.read"}, {"$set": {"action": "x"}})
    county.get("/console/running/audit")
    county.send(check, chain="360902")
    assert "1处不对" in county.page


def test_a_new_version_is_tried_on_decided_cases_and_approved_by_another(browser: Open, clock: FixedClock) -> None:
    raw = make_accepted(make_guardian(), [make_centre()])
    review.refuse(
        raw["_id"], version=raw["version"], reason="不在服务范围", by=reviewer(), at=clock.now(), key=new_id()
    )  # fmt: skip
    assert now(raw)["state"] == "refused" and collection(Application).count_documents({}) == 1
    me, other = browser("supervisor", district_code=None), browser("administrator", district_code=None)
    token, do = "childcare_place", "/console/do/staff/programme-rules"
    me.get(f"/console/running/rules/{token}/propose")
    tree = yaml.safe_load(rule_proposals.template_of(token))
    tree["in_force_from"] = day_of(clock.now()) + timedelta(days=30)
    tree["eligibility"] = [{**each, "source": "assumption to confirm: a test"} for each in tree["eligibility"]]

    def tried(text: str) -> int:
        me.get(f"/console/running/rules/{token}/propose")
        return me.send(f"{do}/trials", text=text).status_code

    assert tried("a: [") == 422 and "不是正确的 YAML" in me.page and "a: [" in me.page
    assert tried("a: &x [1]\nb: *x") == 422 and "引用" in me.page
    assert tried(yaml.safe_dump({**tree, "papers": [{"token": "x"}]}, allow_unicode=True)) == 422
    assert "papers.0.label" in me.page, me.page[me.page.index('id="problem"') :][:900]
    assert tried(yaml.safe_dump({**tree, "in_force_from": day_of(clock.now())}, allow_unicode=True)) == 422
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    assert tried(text) == 200 and "试算了1件，其中1件结果不变" in me.page, me.page
    assert not list(collection(RuleProposal).find({}))
    made = me.send(do, reason="试行一条更宽的规定", text=text)
    assert made.status_code == 303, me.page
    stored = collection(RuleProposal).find_one({})
    assert stored is not None and stored["preview"]["looked"] == 1
    url, step = f"/console/running/rules/proposals/{stored['_id']}", f"{do}/{stored['_id']}"
    assert f'action="{step}/approve"' not in me.get(url)
    assert me.post(f"{step}/approve", me.fields(f"{step}/reject")).status_code == 403
    page = other.get(url)
    assert "<ins>+ " in page and "assumption to confirm: a test" in page and "<del>- version: 1</del>" in page
    assert other.send(f"{step}/approve").status_code == 303
    assert "已发布，从12月23日起" in other.get(url) and programmes()[token].numbered(stored["number"])
    assert "待生效" in me.get("/console/running/rules") and "在这里发布" in me.page
    me.get(url)
    assert me.send(f"{step}/withdraw", reason="").status_code == 422
    assert me.send(f"{step}/withdraw", reason="文件没有印发").status_code == 303
    assert "文件没有印发" in me.get(url) and f"{step}/withdraw" not in me.page
    assert max(each.version for each in programmes()[token].versions) < stored["number"]


@pytest.mark.parametrize("text", ["未读", "console_conversations.unread"])
def test_a_sentence_is_found_with_where_it_is_said(browser: Open, text: str) -> None:
    page = browser("administrator", district_code=None).get(f"/console/running/texts?text={text}")
    assert "console_conversations.unread" in page and "conversations/inbox.html" in page


def test_the_tiles_of_my_work_count_what_their_lists_hold(browser: Open, clock: FixedClock) -> None:
    outbox.enqueue(OutboxEntry("case:2/told", "inbox", {"text": "x"}), clock.now())
    collection(OutboxMessage).update_one({"_id": "case:2/told"}, {"$set": {"state": "dead"}})
    for role, tiles in {
        "administrator": {"/console/running/outbox?state=dead": 1, "/console/running/jobs": 0},
        "planner": {"/console/indicators/pushes?state=dead": 0, "/console/indicators/reports": 0},
        "supervisor": {"/console/feedback": 0, "/console/running/outbox?state=dead": 1},
    }.items():
        me = browser(role, district_code=None)
        page = me.get("/console/")
        for path, count in tiles.items():
            assert f'<a href="{path}"><b>{count}</b>' in page, (role, path)
            assert me.get(path) and me.status == 200
    assert "case:2/told" in me.get("/console/running/outbox?state=dead")
