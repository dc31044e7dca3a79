"""A low-income family's whole way: pre-screen, two reviews, public notice, waiting list, public draw, offer, choice, lease."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from jobs import housing, notices, outbox
from models.kernel.clock import FixedClock
from models.people.tokens import issue
from models.platform import Platform
from tests.factories.casework import SANYANG, id_number, jpeg
from tests.factories.housing import DISTRICT, HEADER, PROGRAMME, assert_flats_agree, flat_row, make_household
from tests.factories.people import Caller

Headers = Callable[..., dict[str, str]]
SEED = "03-07-12-19-25-31-08"
NAME = "王小梅"
PAPERS = ("id_card", "household_register", "income_proof", "housing_proof")
FORM = {
    "applicant_name": NAME, "applicant_phone": "13907951234", "applicant_kind": "urban_hardship",
    "hardship": "low_income", "residence": "household_registration", "owns_home": False, "township_id": SANYANG,
    "wants": "flat",
}  # fmt: skip
INCOME = {"yearly_income": 20_000, "floor_area": 0}


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    return response.json


@pytest.fixture
def platform(app: Flask) -> Platform:
    return app.extensions["yixiang"]


@pytest.fixture
def office(app: Flask, staff: Headers) -> Callable[..., Caller]:
    """`office("supervisor")` → another caseworker, signed in now."""
    return lambda *roles, **where: Caller(app.test_client(), staff(*roles, **where))


def upload(who: Caller, path: str, content: bytes, name: str, **fields: str) -> Any:
    return who._client.post(
        f"/api/v1{path}", data={**fields, "file": (io.BytesIO(content), name)}, content_type="multipart/form-data",
        headers={**who.headers, "Idempotency-Key": f"upload-{name}-{fields}"[:60]},
    )  # fmt: skip


def registered(mine: Caller) -> None:
    """Real name, consents, and the household."""
    for purpose in ("identity", "verification"):
        ok(mine("POST", "/me/consents", {"purpose": purpose, "version": 1}), 201)
    ok(mine("PUT", "/me/identity", {"name": NAME, "id_number": id_number(date(1988, 3, 4))}))
    ok(mine("POST", "/me/household", INCOME), 201)
    child = {"relation": "child", "name": "王豆豆", "id_number": id_number(date(2018, 6, 1)), "agreed": True}
    ok(mine("POST", "/me/household/members", child), 201)


def handed_in(mine: Caller) -> tuple[str, int]:
    """The path of the application, and its version once it is handed in."""
    draft = ok(mine("POST", "/applications", {"programme": PROGRAMME}), 201)
    path = f"/applications/{draft['id']}"
    form = {**FORM, "household": ok(mine("GET", "/me/household"))["id"]}
    ok(mine("PATCH", path, {"version": draft["version"], "form": form}))
    for paper in PAPERS:
        ok(upload(mine, f"{path}/documents", jpeg(), "a.jpg", paper=paper), 201)
    return path, ok(mine("POST", f"{path}/submit"))["version"]


def test_a_low_income_family_gets_a_flat(
    app: Flask, clock: FixedClock, platform: Platform, resident: Headers, office: Callable[..., Caller]
) -> None:
    mine = Caller(app.test_client(), resident())

    def days_pass(days: float) -> datetime:
        at = clock.advance(days=days)
        mine.headers["Authorization"] = f"Bearer {issue('resident', mine.id, 1, at).text}"
        return at

    def township() -> Caller:
        return office("township_intake", township_ids=(SANYANG,))

    # Before anything is kept: would we qualify? Then the household is registered and the form handed in.
    told = {"size": 2, "per_capita_income": 833, "per_capita_floor_area": 0}
    answer = ok(mine("POST", f"/programmes/{PROGRAMME}/prescreen", {"form": FORM, "household": told}))
    assert answer["answer"] == "may_qualify", answer
    registered(mine)
    path, version = handed_in(mine)

    # The township accepts and gives its opinion; the county, another person, agrees.
    version = ok(township()("POST", f"/staff{path}/accept", {"version": version}))["version"]
    opinion = {"version": version, "opinion": "favourable"}
    version = ok(township()("POST", f"/staff{path}/first-review", opinion))["version"]
    ok(office("county_reviewer")("POST", f"/staff{path}/second-review", {"version": version}))
    assert ok(mine("GET", path))["state"] == "on_notice"

    # Fifteen days on public notice, where nobody objects; then the family waits with the others.
    for number in range(1, 4):
        make_household(number, clock.now())
    notices.public_notices(platform, clock.now(), "")
    (shown,) = ok(Caller(app.test_client(), {})("GET", "/public-notices"))["items"]
    assert NAME not in str(shown)
    assert ok(mine("GET", path))["state"] == "on_notice"
    notices.public_notices(platform, days_pass(16), "")
    for job in (outbox.relay, outbox.deliver_others):
        job(platform, clock.now(), "")
    assert ok(mine("GET", path))["state"] == "approved"
    assert ok(mine("GET", f"{path}/waiting-place"))["state"] == "waiting"

    # A public draw of the county decides the order.
    draw = ok(office("supervisor")("POST", "/staff/lottery-draws", {
        "programme": PROGRAMME, "round": "2026-1", "district_code": DISTRICT, "places": 4,
        "seed_source": "welfare_double_ball", "issue": "2026144",
        "announced_on": (clock.now() + timedelta(days=6)).date().isoformat(),
    }), 201)  # fmt: skip
    days_pass(7)
    steps = f"/staff/lottery-draws/{draw['id']}"
    ok(office("supervisor")("POST", f"{steps}/seed", {"seed": SEED}))
    ok(office("supervisor")("POST", f"{steps}/run", {"seed": SEED}))
    ok(office("supervisor")("POST", f"{steps}/publish", {}))
    housing.follow_draws(platform, clock.now(), "")
    rank = ok(mine("GET", f"{path}/lottery-draws/{draw['id']}"))["rank"]
    assert ok(mine("GET", f"{path}/waiting-place"))["position"] == rank

    # Flats for all of them: each is offered one, ours is accepted, exchanged and confirmed.
    county = office("county_reviewer")
    sheet = "\n".join([HEADER, *(flat_row(number, "two_rooms", "60") for number in range(1, 4))])
    sheet += "\n" + "\n".join(flat_row(number) for number in range(4, 9))
    ok(upload(county, "/staff/estates/import", sheet.encode(), "flats.csv"))
    estate = ok(county("GET", "/staff/estates"))["items"][0]["id"]
    flats = [each["flat_id"] for each in ok(county("GET", f"/staff/estates/{estate}/flats"))["items"]]
    batch = {"programme": PROGRAMME, "district_code": DISTRICT, "name": "第一批", "flat_ids": flats}
    ok(county("POST", "/staff/flat-batches", batch), 201)
    (offer,) = ok(mine("GET", "/offers"))["items"]
    assert offer["subject"]["estate"] == "幸福家园"
    ok(mine("POST", f"/offers/{offer['id']}/accept"))
    tenancy = path.replace("applications", "tenancies")
    (choice, *_) = ok(mine("GET", f"{tenancy}/flats"))["items"]
    ok(mine("POST", f"{tenancy}/choose", {"flat_id": choice["flat_id"]}))
    assert ok(mine("POST", f"{tenancy}/confirm-choice"))["flat_id"] == choice["flat_id"]

    # The lease, and the key.
    signed = ok(mine("POST", f"{tenancy}/sign"))
    moved_in = {"version": signed["version"], "starts_on": clock.now().date().isoformat()}
    lease = ok(township()("POST", f"/staff{tenancy}/hand-over", moved_in))["lease"]
    assert lease["number"]
    assert ok(mine("GET", tenancy))["state"] == "tenant"
    assert ok(mine("GET", path))["state"] == "approved"
    assert_flats_agree()
