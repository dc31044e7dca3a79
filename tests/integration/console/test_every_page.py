"""Every page by every role, in the county of what it shows and in another one: right or refused, and never a name.

`filled` makes one of each thing that a page can show, with names that a careless page would run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import yaml
from flask import Flask

from api.console import calls
from api.console.pages import PAGES, Page
from config.settings import Settings
from models.childcare import rounds
from models.childcare.rounds import RoundPlan
from models.conversations import learned
from models.conversations.documents import HandOver, UnansweredQuestion
from models.conversations.learned import Content
from models.facilities.documents import Facility
from models.housing import operations
from models.housing.flat_documents import Flat, FlatBatch
from models.kernel.actors import STAFF_ROLES, SUPERVISOR, Actor
from models.kernel.clock import FixedClock, day_of
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.people import proxies
from models.people.documents import Caseworker
from models.platform import Platform
from models.running import rule_proposals
from tests.contract.world import OTHER_COUNTY, make_world
from tests.factories import casework, eldercare, housing, notices
from tests.factories.console import Browser
from tests.factories.people import id_number
from tests.integration.conversations.conftest import Tell, tell

__all__ = ["tell"]
Open = Callable[..., Browser]
Headers = dict[str, str]
HOME = "360902"
CITY = Actor("staff", "city", frozenset({SUPERVISOR}))
NAMES = {casework.CHILD_NAME, casework.GUARDIAN_NAME, eldercare.NAME, eldercare.ADDRESS, notices.APPLICANT}
HOSTILE = "=cmd|<script>alert(1)</script>\"'\u202eאב" + "长" * 170
# Pages that a role may open and that show nothing until more has happened; the page, and what it says till then.
NOT_YET = {
    "/visits/rate/<township_id>/changes/<int:revision>": 404,  # no month was revised
}


# Who may open such pages, but not the one of somebody else's.
GUARDED = {"visitor": "/visits/absences/<absence_id>"}
# What is about a thing that every county may know.
FOR_ALL: frozenset[str] = frozenset({
    "/indicators/<token>", "/conversations/learned/<entry_id>", "/conversations/learned/<entry_id>/amend",
    "/conversations/unanswered/<key>/teach", "/facilities/<facility_id>", "/facilities/<facility_id>/poster",
    "/facilities/programmes/<programme>", "/facilities/programmes/<programme>/poster",
    "/facilities/townships/<township_id>", "/facilities/townships/<township_id>/poster",
})  # fmt: skip


@pytest.fixture
def platform(settings: Settings, clock: FixedClock) -> Platform:
    return Platform(settings, clock)


@pytest.fixture
def filled(
    app: Flask, clock: FixedClock, resident: Callable[..., Headers], staff: Callable[..., Headers], tell: Tell,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:  # fmt: skip
    """One of each thing of Yuanzhou: the ids by the names that pages have for them."""
    # Doors refuse such names; whatever came by another way must be shown as text all the same.
    plain = calls._plain
    monkeypatch.setattr(calls, "_plain", lambda data: hostile(plain(data)))
    world, at = make_world(app, resident, staff), clock.now()
    ids = {name: value for thing in world.things.values() for name, value in thing.ids.items()}
    ids["application_id"] = world.things["/staff/applications/"].ids["application_id"]
    tell("猫跑到树上下不来咋搞", openid="oB")
    tell(f"我叫{casework.GUARDIAN_NAME}，人工")
    tell("人工")
    tell("袁州区")
    housing.make_household(2)
    plan = operations.Plan(
        housing.PROGRAMME, "2026-1", HOME, 1, "demonstration", "2026001", day_of(at), demonstrations=True
    )
    text = Content("answer", ("狗跑到桥下上不来咋搞",), answer="请打物业电话。")
    tree = yaml.safe_load(rule_proposals.template_of("childcare_place"))
    tree["in_force_from"] = day_of(at) + timedelta(days=30)
    rules = yaml.safe_dump(tree, allow_unicode=True)
    made = {
        "facility_id": collection(Facility).find_one({}),
        "centre_id": collection(Facility).find_one({"category": "childcare_centre"}),
        "estate_id": {"_id": collection(Flat).find_one({})["estate_id"]},  # type: ignore[index]
        "batch_id": collection(FlatBatch).find_one({}),
        "ticket_id": collection(HandOver).find_one({}),
        "draw_id": operations.commit_draw(plan, by=housing.REVIEWER, at=at),
        "round_id": rounds.open_round(RoundPlan("2026-1", HOME, "2027-01"), by=CITY, at=at),
        "entry_id": learned.propose(text, by=CITY, at=at, key=new_id()),
        "account_id": collection(Caseworker).find_one({}),
        "authorisation_id": proxies.request(
            new_id(),
            name=casework.GUARDIAN_NAME,
            id_number=id_number("19410506"),
            id_kind="resident_id_card",
            township_id=casework.SANYANG,
            relation="caseworker",
            actions=["draft", "child"],
            programmes=[],
            days=30,
            by=CITY,
            at=at,
        ),
        "proposal_id": rule_proposals.propose("childcare_place", rules, "x", by=CITY, at=at, key=new_id()),
    }
    ids |= {name: raw["_id"] for name, raw in made.items() if raw is not None}
    group = collection(UnansweredQuestion).find_one({})
    assert group is not None
    return ids | {
        "waiting_entry": world.things["/staff/waiting-entries/"].ids["entry_id"], "list_key": f"{housing.PROGRAMME}:{HOME}",
        "key": group["alike"], "token": "nursing_bed_share", "job": "backup", "programme": "childcare_place",
        "township_id": eldercare.SANYANG, "int:revision": "1",
        "register_proposal": world.things["/staff/register-proposals/"].ids["proposal_id"],
    }  # fmt: skip


def address(page: Page, ids: dict[str, str]) -> str:
    """Where the page about the thing of Yuanzhou is."""
    named = {**ids, "entry_id": ids["waiting_entry"]} if page.path.startswith("/housing") else ids
    return "/console" + re.sub(r"<([^>]+)>", lambda found: named[found[1]], page.path)


def careless(who: Browser) -> list[str]:
    """What a browser would run or fetch from elsewhere."""
    policy, html = who.policy, who.page
    if "script-src 'self'" not in policy or "unsafe" in policy:
        return [policy]
    return re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|style=|(?:src|href)=\"https?://(?!uri\.amap\.com)", html)


def hostile(data: Any) -> Any:
    """What the API answers, its people with the worst of names."""
    if isinstance(data, dict):
        return {name: hostile(each) for name, each in data.items()}
    if isinstance(data, list):
        return [hostile(each) for each in data]
    return HOSTILE if isinstance(data, str) and any(name in data for name in NAMES) else data


def names_in(html: str) -> list[str]:
    return [word for word in ("长长长", *NAMES) if word in html]


def test_every_page_is_right_for_its_roles_and_tells_other_counties_nothing(
    browser: Open, filled: dict[str, str], app: Flask
) -> None:
    wrong, told = [], 0
    near = {role: browser(role, district_code=HOME) for role in STAFF_ROLES}
    far = browser(*STAFF_ROLES, district_code=OTHER_COUNTY)
    city = browser(*STAFF_ROLES, district_code=None)
    things = set(filled.values()) - {"1", "backup", "childcare_place", "nursing_bed_share", eldercare.SANYANG}
    shared = {filled[name] for name in ("facility_id", "entry_id", "proposal_id", "account_id", "key")} | {
        f"{housing.PROGRAMME}:{HOME}"
    }
    for page in PAGES:
        path = address(page, filled)
        for role, who in near.items():
            may = (not page.access.roles or role in page.access.roles) and not page.city
            html = who.get(path)
            expected = 403 if not may else NOT_YET.get(page.path, 200)
            if who.status != (404 if GUARDED.get(role) == page.path else expected):
                wrong.append(f"{role} {path}: {who.status}, not {expected}")
            if careless(who) or (not may and names_in(html)):
                wrong.append(f"{role} {path}: {careless(who)} {names_in(html)}")
            told += len(names_in(html))
        html = far.get(path)
        leaks = [*names_in(html), *(each for each in things - shared if each in html and each not in path)]
        if leaks or (page.city and far.status != 403) or far.status not in (200, 403, 404):
            wrong.append(f"other county {path}: {far.status} {leaks}")
        if "<" in page.path and far.status == 200 and page.path not in FOR_ALL:
            wrong.append(f"other county {path} is shown")
        city.get(path)
        if city.status != NOT_YET.get(page.path, 200) or careless(city):
            wrong.append(f"city {path}: {city.status} {careless(city)}")
        answer = app.test_client().get(path)
        if answer.status_code != 302 or "/console/sign-in?next=" not in answer.headers["Location"]:
            wrong.append(f"nobody {path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert told > 10, "the names were somewhere, so that not finding them means something"
