"""A two-year-old's whole way: ranked choices, a round, a first offer that expires, a place, a message, a rating."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask

from jobs import childcare, housing
from models.kernel.clock import FixedClock
from models.people.documents import Resident
from models.people.tokens import issue
from models.platform import Platform
from tests.factories.casework import SANYANG, make_accepted, make_draft, make_guardian
from tests.factories.childcare import assert_places_agree, placement_of
from tests.factories.childcare_cases import entered, roomy
from tests.factories.people import Caller

Headers = Callable[..., dict[str, str]]
SEED = "03-07-12-19-25-31-08"
TWO_YEARS_OLD = date(2024, 10, 20)


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


def test_a_two_year_old_gets_a_place(
    app: Flask, clock: FixedClock, platform: Platform, resident: Headers, office: Callable[..., Caller]
) -> None:
    mine = Caller(app.test_client(), resident())
    make_guardian(resident_id=mine.id, born=TWO_YEARS_OLD)

    def days_pass(days: float) -> datetime:
        at = clock.advance(days=days)
        mine.headers["Authorization"] = f"Bearer {issue('resident', mine.id, 1, at).text}"
        return at

    # Two centres with one place each; the county opens a round before anybody is approved.
    popular, other = roomy(1, name="向日葵托育中心"), roomy(1, name="晨光托育中心")
    body = {"name": "2026-winter", "district_code": "360902", "month": "2026-12"}
    path = f"/staff/childcare/rounds/{ok(office('supervisor')('POST', '/staff/childcare/rounds', body), 201)['id']}"
    rival = entered(make_accepted(make_guardian(), [popular]), [popular], child_birth_date=TWO_YEARS_OLD.isoformat())

    # Ranked choices, a claim with its proof; accepted by the township, approved by the county: now the child waits.
    draft = make_draft(
        Resident.actor(mine.id), [popular, other], child_birth_date=TWO_YEARS_OLD.isoformat(),
        priority_claims=["several_children"],
    )  # fmt: skip
    application = f"/applications/{draft['_id']}"
    version = ok(mine("POST", f"{application}/submit"))["version"]
    township = office("township_intake", township_ids=(SANYANG,))
    version = ok(township("POST", f"/staff{application}/accept", {"version": version}))["version"]
    ok(office("county_reviewer")("POST", f"/staff{application}/approve", {"version": version}))
    placement = f"/childcare/placements/{draft['_id']}"
    waiting = ok(mine("GET", placement))
    assert waiting["state"] == "waiting"
    assert [(each["room"], each["in_a_round"]) for each in waiting["choices"]] == [(True, True), (True, True)]

    # The round: the list is fixed, the seed appears in public, two people read it, the result is published.
    days_pass(0.01)
    named = {"seed_source": "welfare_double_ball", "issue": "2026137", "announced_on": "2026-11-29"}
    committed = ok(office("supervisor")("POST", f"{path}/commit", named))
    assert committed["commitment"]["sha256"]
    days_pass(7)
    ok(office("supervisor")("POST", f"{path}/seed", {"seed": SEED}))
    ok(office("supervisor")("POST", f"{path}/run", {"seed": SEED}))
    ok(office("supervisor")("POST", f"{path}/publish", {}))
    childcare.follow_rounds(platform, clock.now(), "")
    part = ok(mine("GET", f"/childcare/rounds/{committed['id']}/mine?placement_id={draft['_id']}"))
    assert (part["result"]["centre_id"], part["result"]["choice"]) == (popular, 1), "the claim goes before the draw"

    # The first offer is not answered in time: the place goes to the next child, this one on to its second choice.
    (first,) = ok(mine("GET", "/offers"))["items"]
    assert first["subject"]["centre"] == "向日葵托育中心"
    housing.expire_offers(platform, days_pass(7), "")
    assert placement_of(rival)["offer"]["centre_id"] == popular
    second = ok(mine("GET", "/offers"))["items"][0]
    assert (second["subject"]["centre"], second["state"]) == ("晨光托育中心", "offered")
    assert mine("POST", f"/offers/{first['id']}/accept").status_code == 409

    # Accepted: a place, a message to the centre, and after the first days there a rating with its answer.
    ok(mine("POST", f"/offers/{second['id']}/accept"))
    placed = ok(mine("GET", placement))
    assert (placed["state"], placed["place"]["age_group"]) == ("placed", "preschool")
    ok(mine("POST", f"{placement}/messages", {"text": "明天几点可以来？"}), 201)
    days_pass(10)
    ok(mine("PUT", f"{placement}/rating", {"stars": 5, "text": "老师很细心"}))
    ok(office("township_intake", township_ids=(SANYANG,))("POST", f"/staff{placement}/rating/reply", {"text": "谢谢"}))
    assert ok(mine("GET", placement))["rating"]["reply"] == "谢谢"
    assert ok(mine("GET", application))["placement"]["centre"] == "晨光托育中心"
    assert_places_agree(clock.now())
