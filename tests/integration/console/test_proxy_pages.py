"""Authorisations on paper in the console: compared with the paper, confirmed with the guardian's consent, ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.casework.files import CleanFile
from models.casework.proxy_papers import add_signed_paper
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.errors import Conflict
from models.kernel.ids import new_id
from models.people import consents, proxies
from models.people.documents import Caseworker
from models.people.proxy_documents import ProxyAuthorisation
from tests.factories.casework import SANYANG, jpeg
from tests.factories.console import Browser
from tests.factories.people import id_number

Open = Callable[..., Browser]
Ask = Callable[..., str]
LIST = "/console/proxies"
NUMBER = id_number("19410506")


@pytest.fixture
def asked(clock: FixedClock) -> Ask:
    """`asked("刘奶奶", actions=["draft"])` → the id of a request with a signed paper, by a caseworker elsewhere."""

    def make(name: str = "刘奶奶", actions: tuple[str, ...] = ("draft",), by: str = "cadre", papers: int = 1) -> str:
        who, made = Actor("staff", by), new_id()
        proxies.request(
            made, name=name, id_number=NUMBER, id_kind="resident_id_card", township_id=SANYANG,
            relation="village_cadre", actions=actions, programmes=[], days=30, by=who, at=clock.now(),
        )  # fmt: skip
        for _ in range(papers):
            photo = CleanFile("p.jpg", "image/jpeg", jpeg(), 1)
            add_signed_paper(made, photo, document_id=new_id(), by=who, at=clock.now())
        return made

    return make


def stored(authorisation: str) -> Any:
    return collection(ProxyAuthorisation).find_one({"_id": authorisation})


def test_what_waits_is_found_compared_and_confirmed(browser: Open, asked: Ask) -> None:
    who = browser("township_intake")
    assert "没有等待确认的委托书" in who.get(LIST) and "上传签字的委托书照片" in who.page
    one = asked(papers=2)
    assert "等待确认的代办委托" in who.get("/console/")
    assert "刘**的委托" in who.get(LIST) and "刘奶奶" not in who.page and NUMBER not in who.page
    path, base = f"{LIST}/{one}", f"/console/do/staff/proxies/{one}"
    page = who.get(path)
    assert all(each in page for each in ("刘奶奶", NUMBER, "村（社区）干部", "填写申请", "全部事项", "代办人申请"))
    assert page.count('class="viewer"') == 2
    photo = stored(one)["papers"][0]["id"]
    assert who.client.get(f"/console/files/staff/proxies/{one}/papers/{photo}?inline=1").mimetype == "image/jpeg"
    assert who.send(f"{base}/confirm").status_code == 303
    page = who.get(path)
    assert "已确认，代办人可以开始代办" in page and NUMBER not in page and "乡镇（街道）确认" in page
    assert "刘**的委托" in who.get(f"{LIST}?state=active") and "没有等待确认" in who.get(LIST)
    told = {each["action"] for each in database()[audit.ENTRIES].find()}
    assert {"proxy.read", "proxy.paper_read", "proxy.confirmed"} <= told


def outdated(purpose: str, version: int) -> None:
    raise Conflict("consent_outdated", details={"purpose": purpose, "version": version + 1})


def test_with_children_the_guardians_signed_version_is_confirmed(
    browser: Open, asked: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, one = browser("township_intake"), asked(actions=("child",))
    path, confirm = f"{LIST}/{one}", f"/console/do/staff/proxies/{one}/confirm"
    version = consents.current_version(consents.CHILD)
    assert f"签字同意的是上面的第{version}版" in who.get(path)
    assert who.send(confirm).status_code == 409
    assert "请核对委托书上监护人的同意" in who.page and 'aria-describedby="consent-wrong"' in who.page
    # The text changes while the page is open: what was signed is the old one, and the page shows the new one.
    with monkeypatch.context() as changed:
        changed.setattr(consents, "check_version", outdated)
        assert who.send(confirm, child_consent_version=version).status_code == 409
    assert "监护人签的不是现行的版本" in who.page and 'aria-describedby="consent-wrong"' in who.page
    assert stored(one)["state"] == "requested"
    assert who.send(confirm, child_consent_version=version).status_code == 303
    assert stored(one)["child_consent"]["version"] == version
    assert f"第{version}版" in who.get(path)


def test_a_reason_is_asked_for_and_what_was_typed_is_kept(browser: Open, asked: Ask) -> None:
    who, one = browser("township_intake"), asked()
    path, base = f"{LIST}/{one}", f"/console/do/staff/proxies/{one}"
    who.get(path)
    assert who.send(f"{base}/refuse", reason="签字\u0007看不清").status_code == 422
    assert "看不清</textarea>" in who.page and 'id="refuse-reason-wrong"' in who.page
    assert who.send(f"{base}/refuse", reason="签字看不清").status_code == 303
    assert "签字看不清" in who.get(path) and NUMBER not in who.page and "没有您可以办理的步骤" in who.page
    two = asked()
    path, base = f"{LIST}/{two}", f"/console/do/staff/proxies/{two}"
    who.get(path)
    assert who.send(f"{base}/confirm").status_code == 303
    who.get(path)
    assert who.send(f"{base}/revoke", reason="本人到所里要求终止").status_code == 422, "the second look is missing"
    assert "本人到所里要求终止</textarea>" in who.page and stored(two)["state"] == "active"
    assert who.send(f"{base}/revoke", reason="本人到所里要求终止", looked="true").status_code == 303
    assert "本人到所里要求终止" in who.get(path) and stored(two)["state"] == "ended"


def test_only_ones_own_place_and_not_by_who_asked(browser: Open, asked: Ask) -> None:
    who = browser("township_intake", name="asker")
    me = collection(Caseworker).find_one({"username": "asker"})
    assert me is not None
    own, bare = asked(by=me["_id"]), asked(papers=0)
    assert "要由另一位同事确认" in who.get(f"{LIST}/{own}") and "/confirm" not in who.page and "/refuse" in who.page
    assert "上传后才能确认" in who.get(f"{LIST}/{bare}") and "/confirm" not in who.page
    reviewer = browser("county_reviewer")
    assert "没有您可以办理的步骤" in reviewer.get(f"{LIST}/{bare}")
    far = browser("township_intake", district_code="360981")
    assert "没有等待确认" in far.get(LIST)
    far.get(f"{LIST}/{own}")
    assert far.status == 404
    browser_of_visitor = browser("visitor")
    browser_of_visitor.get(LIST)
    assert browser_of_visitor.status == 403


def test_a_long_list_is_paged_oldest_first_and_counted_with_a_plus(
    browser: Open, asked: Ask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.v1.people.proxies.rule", lambda name: 2)
    made = [asked(by=f"cadre-{number}", papers=0) for number in range(3)]  # of one instant
    clock.advance(minutes=1)
    made = [*sorted(made), asked(by="late", papers=0)]
    who = browser("township_intake")
    assert "<b>2+</b>" in who.get("/console/")
    first = who.get(LIST)
    assert [one in first for one in made] == [True, True, False, False]
    second = who.get(f"{LIST}?state=requested&district_code=360902&cursor={made[1]}")
    assert [one in second for one in made] == [False, False, True, True]
    assert f"cursor={made[1]}" in first and "下一页" not in second
