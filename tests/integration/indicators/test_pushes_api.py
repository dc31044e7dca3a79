"""An operator sees what became of each push, sends a stuck one again, and can look before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models.indicators.documents import Observation
from models.indicators.observations import observe
from models.kernel import outbox
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.outbox import Handler, OutboxMessage, Receipt

NOVEMBER = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
URL = "/api/v1/staff/indicators/pushes"
Headers = dict[str, str]


@pytest.fixture
def planner(staff: Callable[..., Headers]) -> Headers:
    return staff("planner", district_code=None)


def deliver(clock: FixedClock, kind: Any) -> None:
    def send(payload: dict[str, Any], key: str) -> Receipt:
        return Receipt(kind, "http_201" if kind == "delivered" else "http_422", detail={"answer": f"R of {key}"})

    outbox.relay(clock.now())
    outbox.deliver(clock.now(), {"indicator_push": Handler(send, idempotent=True)})


def test_receipts_are_shown_and_a_refused_push_is_sent_again(
    client: FlaskClient, directory: Callable[..., str], planner: Headers, clock: FixedClock
) -> None:
    for month in ("2026-09", "2026-10"):
        observe(month, NOVEMBER)
    deliver(clock, "final")
    first = client.get(URL, headers=planner, query_string={"limit": 4, "state": "failed"}).get_json()
    rest = client.get(URL, headers=planner, query_string={"limit": 4, "cursor": first["next"]}).get_json()
    assert [each["period"] for each in first["items"] + rest["items"]] == ["2026-10"] * 3 + ["2026-09"] * 3
    assert rest["next"] is None
    stuck = first["items"][0]
    assert (stuck["state"], stuck["outcome"], stuck["attempts"]) == ("failed", "http_422", 1)
    assert stuck["receipt"]["answer"] == f"R of {stuck['key']}"

    def again() -> Any:
        return client.post(f"{URL}/{stuck['key']}/retry", headers={**planner, "Idempotency-Key": new_id()})

    assert again().get_json()["state"] == "pending"
    deliver(clock, "delivered")
    one = client.get(URL, headers=planner, query_string={"indicator": stuck["indicator"], "state": "delivered"})
    assert [each["outcome"] for each in one.get_json()["items"]] == ["http_201"]
    assert (again().status_code, again().get_json()["code"]) == (409, "push_not_stuck")


def test_only_pushes_can_be_sent_again_here(client: FlaskClient, planner: Headers, clock: FixedClock) -> None:
    outbox.enqueue(outbox.OutboxEntry("wechat:1", "wechat_custom", {}), clock.now())
    collection(OutboxMessage).update_one({"_id": "wechat:1"}, {"$set": {"state": "dead"}})
    for key in ("wechat:1", "indicator_push:x:2026-10:0001"):
        answer = client.post(f"{URL}/{key}/retry", headers={**planner, "Idempotency-Key": new_id()})
        assert answer.status_code == 404, key
    found = collection(OutboxMessage).find_one({"_id": "wechat:1"})
    assert found is not None and found["state"] == "dead"


def test_a_dry_run_shows_exactly_what_is_sent_later(app: Flask, directory: Callable[..., str]) -> None:
    runner = app.test_cli_runner()
    planned = runner.invoke(args=["indicators", "push", "--dry-run", "--period", "2026-10"]).stdout
    assert collection(Observation).count_documents({}) == 0, "nothing is written"
    runner.invoke(args=["indicators", "observe", "--period", "2026-10"])
    waiting = runner.invoke(args=["indicators", "push", "--dry-run"]).stdout
    bodies = [json.loads(line) for line in waiting.splitlines()]
    assert sorted(each["idempotency_key"] for each in bodies) == [
        "childcare_places_per_thousand:2026-10:1", "elder_care_beds:2026-10:1", "nursing_bed_share:2026-10:1",
    ]  # fmt: skip
    assert sorted(planned.splitlines()) == sorted(waiting.splitlines())
    assert runner.invoke(args=["indicators", "push", "--dry-run", "--period", "2026-12"]).exit_code == 1


def test_what_waits_is_sent_by_hand(app: Flask, directory: Callable[..., str]) -> None:
    observe("2026-10", NOVEMBER)
    said = app.test_cli_runner().invoke(args=["indicators", "push"])
    assert said.exit_code == 0 and "3 retry" in said.output, "nobody listens in this test: it is tried again"
