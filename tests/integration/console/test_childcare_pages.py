"""The childcare pages' promises: supervision is public only when published, a suspended centre gives no places, an
appeal is decided by another person, and other counties learn nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from config.settings import Settings
from jobs import childcare as jobs
from models.casework import offers
from models.childcare import places, placing, supervision
from models.childcare.documents import CentreSuspension, ChildcareCentre, ChildcarePlacement
from models.facilities import importing
from models.facilities.directory import directory
from models.facilities.documents import Facility
from models.facilities.prices import prices_cell
from models.kernel.actors import SUPERVISOR, Actor
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.errors import Conflict, Forbidden
from models.kernel.ids import new_id
from models.platform import Platform
from tests.factories import casework, childcare_cases
from tests.factories.console import Browser

Open = Callable[..., Browser]
OTHER = "360981"
REASON = "检查发现消防通道长期堵塞，拒不整改。"
PATH, BASE = "/console/childcare/centres/", "/console/do/staff/childcare/"


@pytest.fixture
def centre(app: Flask) -> str:
    return childcare_cases.roomy(2, prices=prices_cell("保育费 托小班 1800元/月"), prices_valid_from="2026-09-01")


def enter(centre_id: str) -> str:
    """A child who waits for the centre; the placement's id."""
    first = casework.make_accepted(casework.make_guardian(), [childcare_cases.roomy()])
    return str(childcare_cases.entered(first, [centre_id])["_id"])


def with_places(app: Flask, centre_id: str) -> tuple[bool, int]:
    """Whether a search for free places finds the centre, near it and by text, and how many the directory says it has."""
    directory().refresh()
    public, base = app.test_client(), "/api/v1/facilities"
    found = [
        {each["id"] for each in public.get(f"{base}?{query}&with_places=any&category=childcare_centre").json["items"]}
        for query in ("lat=27.8&lng=114.39", "q=阳光")
    ]
    assert found[0] == found[1]
    shown = public.get(f"{base}/{centre_id}").json["free_places"]
    return centre_id in found[0], sum((shown or {}).values())


def state_of(placement_id: str) -> str:
    found = collection(ChildcarePlacement).find_one({"_id": placement_id})
    assert found is not None
    return str(found["state"])


def suspend(centre_id: str, clock: FixedClock, by: str = "anna", days: int = 10) -> str:
    until = (clock.now() + timedelta(days=days)).date()
    who = Actor("staff", by, frozenset({SUPERVISOR}), "360902")
    measure = supervision.Measure("suspension", REASON, until)
    return str(supervision.suspend(new_id(), centre_id, measure, by=who, at=clock.now())["_id"])


def test_a_finding_is_public_only_once_it_is_published_and_its_note_never(
    browser: Open, centre: str, app: Flask
) -> None:
    intake, reviewer = browser("township_intake"), browser("county_reviewer")
    intake.get(f"{PATH}{centre}")
    given = {"kind": "inspection", "on": "2026-11-20", "outcome": "serious", "findings": REASON, "note": "张三举报"}
    assert intake.send(f"{BASE}centres/{centre}/inspections", **given).status_code == 303
    public = app.test_client()
    assert REASON not in public.get(f"/api/v1/childcare/centres/{centre}").text
    page = reviewer.get(f"{PATH}{centre}")
    assert REASON in page and "张三举报" in page
    assert "保育费（托小班） 1,800 元/月" in page and "执行日期：9月1日" in page
    inspection = page.partition(f"{BASE}inspections/")[2].partition("/")[0]
    assert reviewer.send(f"{BASE}inspections/{inspection}/publish").status_code == 303
    shown = public.get(f"/api/v1/childcare/centres/{centre}").text
    assert REASON in shown and "张三" not in shown
    other = browser("county_reviewer", district_code=OTHER)
    assert "阳光托育中心" not in other.get("/console/childcare")
    hidden = other.get(f"{PATH}{centre}")
    assert other.status == 404 and REASON not in hidden and "张三" not in hidden


def test_a_suspended_centre_gives_no_places_and_takes_its_offers_back(
    browser: Open, centre: str, clock: FixedClock, app: Flask
) -> None:
    offered = enter(centre)
    assert state_of(offered) == "offered" and with_places(app, centre)[0]
    worker = browser("county_reviewer")
    worker.get(f"{PATH}{centre}")
    until = (clock.now() + timedelta(days=10)).date().isoformat()
    action = f"{BASE}centres/{centre}/suspensions"
    assert worker.send(action, kind="suspension", reason=REASON).status_code == 422
    assert worker.send(action, kind="suspension", reason=REASON, until=until).status_code == 303
    offer = collection(ChildcarePlacement).find_one({"_id": offered})
    assert offer is not None and offer["state"] == "waiting"
    waiting = enter(centre)
    assert placing.fill(centre, clock.now()) == 0 and state_of(waiting) == "waiting"
    shown = app.test_client().get(f"/api/v1/childcare/centres/{centre}").json
    assert shown["takes_children"] is False and shown["reason"] == "suspended"
    assert shown["reason_label"] == "暂停接收"
    assert shown["suspension"]["until"] == until
    assert not any(each["free"] for group in shown["groups"] for each in group["months"])
    assert "暂停接收" in worker.get("/console/childcare")
    assert with_places(app, centre) == (False, 0), "nothing of it is free, near or by name"
    facility = collection(Facility).find_one({"_id": centre})
    assert facility is not None
    assert importing._free_after(facility, 50, "toddler") == 0, "nor after a list that says it has grown"
    stored = collection(CentreSuspension).find_one()
    assert stored is not None
    ben = Actor("staff", "ben", frozenset({SUPERVISOR}), "360902")
    supervision.step(stored["_id"], "lift", REASON, version=None, by=ben, at=clock.now(), key=new_id())
    assert with_places(app, centre)[0]


def test_the_appeal_is_decided_by_another_person_and_lifting_gives_the_places_again(
    browser: Open, centre: str, clock: FixedClock
) -> None:
    anna, ben = browser("county_reviewer"), browser("county_reviewer")
    anna.get(f"{PATH}{centre}")
    until = (clock.now() + timedelta(days=10)).date().isoformat()
    anna.send(f"{BASE}centres/{centre}/suspensions", kind="suspension", reason=REASON, until=until)
    waiting = enter(centre)
    stored = collection(CentreSuspension).find_one()
    assert stored is not None
    action = f"{BASE}suspensions/{stored['_id']}"
    anna.get(f"{PATH}{centre}")
    assert anna.send(f"{action}/appeal", reason="通道已经清理完毕，请复查。").status_code == 303
    anna.get(f"{PATH}{centre}")
    assert anna.send(f"{action}/lift", reason="复查合格，予以解除。").status_code == 403
    assert "另一位同事" in anna.page
    assert state_of(waiting) == "waiting"  # an appeal does not stop it
    assert "通道已经清理完毕" in ben.get(f"{PATH}{centre}")
    assert ben.send(f"{action}/lift", reason="复查合格，予以解除。").status_code == 303
    assert state_of(waiting) == "offered"


@pytest.fixture
def platform(settings: Settings, clock: FixedClock) -> Platform:
    return Platform(settings, clock)


def test_a_suspension_ends_with_its_last_day(centre: str, clock: FixedClock, platform: Platform) -> None:
    suspension_id, waiting = suspend(centre, clock), enter(centre)
    clock.advance(days=10)
    jobs.pass_time(platform, clock.now(), "day")
    assert state_of(waiting) == "waiting"
    clock.advance(days=1)
    done = jobs.pass_time(platform, clock.now(), "day")
    assert done["suspensions_over"] == 1 and state_of(waiting) == "offered"
    stored = collection(CentreSuspension).find_one({"_id": suspension_id})
    assert stored is not None and stored["state"] == "over" and not stored["active"]
    assert jobs.pass_time(platform, clock.now(), "day")["suspensions_over"] == 0


def test_a_process_that_dies_before_the_centre_knows_is_made_up_for(
    centre: str, clock: FixedClock, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(supervision, "settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            suspend(centre, clock)
    assert jobs.reconcile(platform, clock.now(), "x")["suspensions"] == 1
    waiting = enter(centre)
    assert state_of(waiting) == "waiting"
    assert jobs.reconcile(platform, clock.now(), "x")["suspensions"] == 0


def test_a_late_settlement_never_brings_an_old_suspension_back(centre: str, clock: FixedClock) -> None:
    first = suspend(centre, clock)
    ben = Actor("staff", "ben", frozenset({SUPERVISOR}), "360902")
    seen = collection(CentreSuspension).find_one({"_id": first})
    assert seen is not None
    supervision.step(first, "lift", REASON, version=None, by=ben, at=clock.now(), key=new_id())
    places.suspend(centre, first, seen["number"] * supervision.STEPS_MOST + seen["version"], "2027-01-01", clock.now())
    shown = collection(ChildcareCentre).find_one({"_id": centre})
    assert shown is not None and shown["suspension"]["until"] is None
    second = suspend(centre, clock)
    with pytest.raises(Conflict):
        suspend(centre, clock)
    supervision.settle(first, clock.now())
    shown = collection(ChildcareCentre).find_one({"_id": centre})
    assert shown is not None and shown["suspension"]["id"] == second and shown["suspension"]["until"] is not None


def test_the_write_that_takes_a_place_refuses_a_suspended_centre(centre: str, clock: FixedClock) -> None:
    hold = places.Hold(centre, 1, {"2026-12": "toddler"})
    assert places.take("a" * 26, hold, clock.now())
    suspend(centre, clock)
    assert not places.take("b" * 26, hold, clock.now())  # whoever read the centre before has not seen it
    clock.advance(days=11)
    assert places.take("b" * 26, hold, clock.now())


def test_only_a_supervisor_excludes_for_good(centre: str, clock: FixedClock) -> None:
    measure = supervision.Measure("exclusion", REASON)
    county = Actor("staff", "anna", frozenset({"county_reviewer"}), "360902")
    with pytest.raises(Forbidden):
        supervision.suspend(new_id(), centre, measure, by=county, at=clock.now())
    city = Actor("staff", "carl", frozenset({SUPERVISOR}))
    supervision.suspend(new_id(), centre, measure, by=city, at=clock.now())
    clock.advance(days=4000)
    assert supervision.pass_time(clock.now()) == 0
    assert placing.fill(centre, clock.now()) == 0


def test_a_child_on_the_way_is_shown_with_offer_and_thread(browser: Open, centre: str, clock: FixedClock) -> None:
    placement_id = enter(centre)
    worker = browser("township_intake")
    assert placement_id in worker.get("/console/childcare/placements?state=offered")
    path = f"/console/childcare/placements/{placement_id}"
    assert "待答复的托位" in worker.get(path) and casework.CHILD_NAME not in worker.page
    placement = collection(ChildcarePlacement).find_one({"_id": placement_id})
    assert placement is not None
    who = Actor("resident", placement["resident_id"])
    offers.accept(placement["offer"]["id"], by=who, at=clock.now(), key=new_id())
    worker.get(path)
    action = f"{BASE}placements/{placement_id}/messages"
    assert worker.send(action, text="请带<接种>证").status_code == 303
    assert "请带&lt;接种&gt;证" in worker.get(path)
    other = browser("township_intake", district_code=OTHER)
    other.get(path)
    assert other.status == 404 and "接种" not in other.page


def test_a_round_of_the_whole_city_is_opened_from_its_page(browser: Open, centre: str) -> None:
    city, county = browser("supervisor", district_code=None), browser("county_reviewer", district_code=OTHER)
    assert 'value="~none"' in city.get("/console/childcare/rounds")
    given = {"name": "2026-city", "district_code": "~none", "month": "2027-01"}
    answer = city.send("/console/do/staff/childcare/rounds", **given)
    assert answer.status_code == 303, city.page
    assert "全市" in city.get(answer.headers["Location"])
    assert "2026-city" in county.get("/console/childcare/rounds") and 'value="~none"' not in county.page
    county.get(answer.headers["Location"])
    assert county.status == 200
    county.get("/console/childcare/rounds")
    refused = county.send("/console/do/staff/childcare/rounds", **{**given, "name": "not-mine"})
    assert refused.status_code == 403, "a county opens no round of the city"


def test_a_round_is_opened_and_its_page_offers_the_next_step(browser: Open, centre: str, clock: FixedClock) -> None:
    worker = browser("county_reviewer")
    worker.get("/console/childcare/rounds")
    given = {"name": "2026-winter", "district_code": "360902", "month": "2027-01"}
    answer = worker.send("/console/do/staff/childcare/rounds", **given)
    assert answer.status_code == 303, worker.page
    page = worker.get(answer.headers["Location"])
    assert "封存名单" in page and "公布后显示结果" in page
    enter(centre)  # who applies now waits for the round
    clock.advance(minutes=2)
    worker.get(answer.headers["Location"])
    base = answer.headers["Location"].replace("/console/", "/console/do/staff/")
    commit = {"seed_source": "demonstration", "issue": "2026001", "announced_on": "2026-11-23"}
    assert worker.send(f"{base}/commit", **commit).status_code == 303, worker.page
    other = browser("county_reviewer", district_code=OTHER)
    other.get(answer.headers["Location"])
    assert other.status == 403
