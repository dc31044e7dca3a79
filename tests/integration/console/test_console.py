"""The console's promises: who sees what, one effect a form, nothing typed is lost, everything is shown as text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.endpoint import Limiter
from models.casework import review
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.errors import LimitReached
from models.kernel.ids import new_id
from models.people import passwords, recovery
from models.people.documents import Caseworker
from tests.factories.casework import (
    GUARDIAN_NAME,
    intake,
    make_accepted,
    make_centre,
    make_guardian,
    make_submitted,
    now,
)
from tests.factories.console import PASSWORD, Browser

Open = Callable[..., Browser]


def test_another_countys_case_is_not_found_and_tells_nothing(browser: Open) -> None:
    raw = make_submitted(make_guardian(), [make_centre()])
    other = browser("county_reviewer", district_code="360981")
    page = other.get(f"/console/applications/{raw['_id']}")
    assert other.status == 404 and GUARDIAN_NAME not in page


def test_a_case_is_accepted_once_however_often_the_button_is_pressed(browser: Open) -> None:
    raw = make_submitted(make_guardian(), [make_centre()])
    worker = browser("township_intake")
    page = worker.get(f"/console/applications/{raw['_id']}")
    assert GUARDIAN_NAME in page and "材料" in page
    action = f"/console/do/staff/applications/{raw['_id']}/accept"
    fields = worker.fields(action)
    first, second = worker.post(action, fields), worker.post(action, fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert [each["action"] for each in now(raw)["history"]].count("accept") == 1
    assert "已受理，申请人会收到通知。" in worker.get(first.headers["Location"])
    looks = database()["audit_entries"].count_documents({"action": "application.read"})
    assert looks == 2  # the page before, and the page after


def test_a_stale_page_shows_what_changed_and_keeps_what_was_typed(browser: Open, clock: FixedClock) -> None:
    raw = make_submitted(make_guardian(), [make_centre()])
    worker = browser("township_intake")
    worker.get(f"/console/applications/{raw['_id']}")
    action = f"/console/do/staff/applications/{raw['_id']}/request-correction"
    fields = worker.fields(action)
    clock.advance(minutes=5)
    review.accept(raw["_id"], version=now(raw)["version"], by=intake(), at=clock.now(), key=new_id())
    answer = worker.post(action, {**fields, "reason": "请补交户口簿第二页", "papers": "residence_proof"})
    assert answer.status_code == 409
    assert "您打开之后，这件申请有了变化" in worker.page and "请补交户口簿第二页" in worker.page
    assert now(raw)["state"] == "accepted"
    again = worker.send(action, reason="请补交户口簿第二页", papers="residence_proof")
    assert again.status_code == 303 and now(raw)["state"] == "correction"


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(browser: Open) -> None:
    raw = make_accepted(make_guardian(), [make_centre()])
    worker = browser("county_reviewer")
    worker.get(f"/console/applications/{raw['_id']}")
    action = f"/console/do/staff/applications/{raw['_id']}/refuse"
    answer = worker.send(action, reason="\x07")
    assert answer.status_code == 422 and 'aria-invalid="true"' in worker.page
    assert now(raw)["state"] == "accepted"


def test_a_form_of_another_site_or_without_its_token_does_nothing(browser: Open) -> None:
    raw = make_submitted(make_guardian(), [make_centre()])
    worker = browser("township_intake")
    worker.get(f"/console/applications/{raw['_id']}")
    action = f"/console/do/staff/applications/{raw['_id']}/accept"
    fields = worker.fields(action)
    assert worker.post(action, {**fields, "_token": "0" * 64}).status_code == 403
    foreign = worker.client.post(action, data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert now(raw)["state"] == "submitted"


def test_a_session_that_ends_in_mid_form_loses_nothing_typed(browser: Open, clock: FixedClock, app: Flask) -> None:
    raw = make_accepted(make_guardian(), [make_centre()])
    worker = browser("county_reviewer", name="tired")
    worker.get(f"/console/applications/{raw['_id']}")
    action = f"/console/do/staff/applications/{raw['_id']}/refuse"
    fields = worker.fields(action)
    clock.advance(hours=2)
    answer = worker.post(action, {**fields, "reason": "查实另有住房"})
    assert answer.status_code == 401 and "查实另有住房" not in worker.page
    kept = re.search(r'name="kept" value="([^"]+)"', worker.page)
    assert kept is not None
    sign_in = {"password": PASSWORD, "next": "/console/", "kept": kept[1]}
    browser("county_reviewer", name="colleague")
    other = Browser(app.test_client())
    other.post("/console/sign-in", {**sign_in, "username": "colleague"})
    assert "查实另有住房" not in other.page
    worker.post("/console/sign-in", {**sign_in, "username": "tired"})
    assert "查实另有住房" in worker.page
    assert worker.send(action).status_code == 303
    assert now(raw)["state"] == "refused"


def test_names_are_text_whatever_they_hold(browser: Open) -> None:
    hostile = "\u202e王<script>alert(1)</script>"
    raw = make_accepted(make_guardian(), [make_centre()])
    worker = browser("county_reviewer")
    worker.get(f"/console/applications/{raw['_id']}")
    action = f"/console/do/staff/applications/{raw['_id']}/refuse"
    worker.send(action, reason=hostile.replace("\u202e", "") * 3)
    page = worker.get(f"/console/applications/{raw['_id']}")
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_a_case_is_found_by_number_id_number_and_name_in_ones_own_place(browser: Open) -> None:
    guardian = make_guardian()
    raw = make_submitted(guardian, [make_centre()])
    mine, other = browser("county_reviewer"), browser("county_reviewer", district_code="360981")
    for text in (raw["_id"], GUARDIAN_NAME):
        for worker, found in ((mine, True), (other, False)):
            worker.get("/console/")
            answer = worker.send("/console/do/staff/applications/search", text=text)
            assert answer.status_code == 200 and (raw["_id"] in worker.page) == found
    entries = list(database()["audit_entries"].find({"action": "application.searched"}))
    assert len(entries) == 4 and GUARDIAN_NAME not in str(entries)


@pytest.fixture
def enrolled(browser: Open, clock: FixedClock) -> tuple[Browser, str, list[str]]:
    """A browser whose caseworker has just set up the second factor, the secret, and the recovery codes."""
    worker = browser("planner", name="careful", district_code=None)
    worker.get("/console/account")
    assert worker.send("/console/do/staff/me/otp", password=PASSWORD).status_code == 200
    found = re.search(r'class="mono">([A-Z2-7]{32})<', worker.page)
    assert found is not None and "data:image/svg" in worker.page
    secret = found[1]
    code = passwords.otp_code(secret, clock.now())
    assert worker.send("/console/do/staff/me/otp/confirm", otp=code).status_code == 303
    clock.advance(minutes=1)
    worker.get("/console/account")
    code = passwords.otp_code(secret, clock.now())
    worker.send("/console/do/staff/me/recovery-codes", password=PASSWORD, otp=code)
    codes = re.findall(r"<li>([0-9A-F]{4}(?:-[0-9A-F]{4}){3})</li>", worker.page)
    assert len(codes) == 10
    return worker, secret, codes


def test_a_recovery_code_signs_in_once(
    enrolled: tuple[Browser, str, list[str]], client: FlaskClient, clock: FixedClock
) -> None:
    _, _, codes = enrolled
    given = {"username": "careful", "password": PASSWORD, "next": "/console/"}
    assert client.post("/console/sign-in", data=given).status_code == 401
    assert client.post("/console/sign-in", data={**given, "otp": codes[0].lower()}).status_code == 303
    assert client.post("/console/sign-out").status_code == 303
    fresh = client.application.test_client()
    assert fresh.post("/console/sign-in", data={**given, "otp": codes[0]}).status_code == 401
    stored = collection(Caseworker).find_one({"username": "careful"})
    assert stored is not None and codes[1] not in str(stored)
    assert not recovery.use(stored, "not a code", clock.now())


def test_sessions_are_listed_ended_one_by_one_and_all_at_once(browser: Open, app: Flask) -> None:
    first = browser("planner", name="two-places", district_code=None)
    second = Browser(app.test_client())
    second.post("/console/sign-in", {"username": "two-places", "password": PASSWORD, "next": "/console/"})
    page = first.get("/console/account")
    action = re.search(r'action="(/console/do/staff/me/sessions/\w+/end)"', page)
    assert action is not None and page.count("/end") == 1
    assert first.send(action[1]).status_code == 303
    assert second.client.get("/console/").status_code == 302
    first.get("/console/account")
    first.send("/console/do/staff/auth/logout")
    assert first.client.get("/console/").status_code == 302


def test_counts_are_what_the_lists_hold(browser: Open) -> None:
    raw = make_submitted(make_guardian(), [make_centre()])
    worker = browser("township_intake")
    page = worker.get("/console/")
    assert 'href="/console/applications?stage=submitted">1</a>' in page
    listed = worker.get("/console/applications?stage=submitted")
    assert "共1件" in listed and raw["_id"] in listed
    assert "这里没有申请" in worker.get("/console/applications?stage=submitted&due=overdue")


def test_files_count_against_the_rate_of_their_route(browser: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    me, path = browser("county_reviewer"), "/console/files/staff/applications/export?form=csv&stage=submitted"
    assert me.client.get(path).status_code == 200

    def used_up(self: Limiter, name: str, caller: str) -> None:
        assert (name, len(caller)) == ("export", 26)
        raise LimitReached(retry_after=1)

    monkeypatch.setattr(Limiter, "check", used_up)
    assert me.client.get(path).status_code == 429


def test_a_next_address_elsewhere_is_not_followed(browser: Open, client: FlaskClient) -> None:
    browser("planner", name="lured", district_code=None)
    for wrong in ("https://evil.example/console/", "//evil.example/console/", "/console/\\evil", "/api/v1/"):
        given = {"username": "lured", "password": PASSWORD, "next": wrong}
        answer = client.application.test_client().post("/console/sign-in", data=given)
        assert answer.headers["Location"] == "/console/"
