"""A made-up seed shows how a draw goes in development; it decides nothing in production, and never hides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from models.childcare import rounds
from models.childcare.rounds import RoundPlan
from models.housing.draw_verification import verify
from models.kernel.actors import SUPERVISOR, Actor
from models.kernel.clock import FixedClock
from models.kernel.ids import new_id
from tests.factories.housing import DISTRICT, PROGRAMME, make_household
from wsgi import compose

SEED = "03-07-12-19-25-31-08"
NAMED = {"seed_source": "demonstration", "issue": "0000001", "announced_on": "2026-11-23"}
PLAN = {"programme": PROGRAMME, "round": "show", "district_code": DISTRICT, "places": 1, **NAMED}
Headers = Callable[..., dict[str, str]]


@pytest.fixture
def post(settings: Settings, clock: FixedClock) -> Callable[..., Any]:
    """`post("production")(path, who, body)`: as the product of that environment answers."""

    def product(environment: str) -> Callable[..., Any]:
        client = compose(settings.model_copy(update={"environment": environment}), clock).test_client()
        return lambda path, who, body: client.post(
            f"/api/v1/staff{path}", json=body, headers={**who, "Idempotency-Key": new_id()}
        )

    return product


@pytest.mark.parametrize(("environment", "status"), [("production", 422), ("development", 201)])
def test_only_a_product_in_development_takes_it_for_a_draw(
    environment: str, status: int, post: Callable[..., Any], staff: Headers, database: str
) -> None:
    make_household(1)
    made = post(environment)("/lottery-draws", staff("supervisor"), PLAN)
    assert made.status_code == status, made.json
    if status == 422:
        assert [each["field"] for each in made.json["faults"]] == ["seed_source"]
    else:
        assert made.json["seed_source"]["demonstration"] is True


@pytest.mark.parametrize(("environment", "code"), [("production", 422), ("development", 409)])
def test_only_a_product_in_development_takes_it_for_a_round(
    environment: str, code: int, post: Callable[..., Any], staff: Headers, clock: FixedClock, database: str
) -> None:
    opener = Actor("staff", "anna", frozenset({SUPERVISOR}), None)
    plan = RoundPlan("show", DISTRICT, "2026-12")
    found = rounds.open_round(plan, by=opener, at=clock.now() - timedelta(minutes=2))
    answer = post(environment)(f"/childcare/rounds/{found['_id']}/commit", staff("supervisor"), NAMED)
    # In development it comes as far as finding out that nobody takes part.
    assert (answer.status_code, answer.json["code"]) == (code, "round_empty" if code == 409 else "invalid_input")


def test_its_record_says_so_and_is_a_fault_for_who_does_not_know(
    post: Callable[..., Any], client: FlaskClient, staff: Headers
) -> None:
    make_household(1)
    call = post("development")
    first, second = staff("county_reviewer"), staff("supervisor")
    draw = call("/lottery-draws", first, PLAN).json
    path = f"/lottery-draws/{draw['id']}"
    assert call(f"{path}/seed", first, {"seed": SEED}).json["code"] == "draw_needs_second_person"
    assert call(f"{path}/seed", second, {"seed": SEED}).json["state"] == "seeded"
    assert call(f"{path}/run", second, {"seed": SEED}).json["code"] == "draw_needs_second_reader"
    call(f"{path}/run", first, {"seed": SEED})
    assert call(f"{path}/publish", first, {}).json["state"] == "published"
    record = client.get(f"/api/v1{path}").data
    assert [each.code for each in verify(record).faults] == ["demonstration"]
    assert verify(record, draw["commitment"]["sha256"], demonstration=True).faults == ()
