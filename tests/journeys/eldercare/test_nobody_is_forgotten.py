"""A list, a plan, a booking, nobody at home twice, the chain up to the county, seen, all of the month: in simulated time.

The timetable's own jobs of elder care run, moment by moment, on a clock that jumps.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from prometheus_client import REGISTRY

from jobs.running import Runner
from jobs.timetable import TIMETABLE
from models.eldercare.documents import Elder
from models.kernel.actors import PLANNER, SUPERVISOR, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.clock import FixedClock, at_local, shown
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from models.people.tokens import issue
from tests.factories import elder_lists
from tests.factories.concerns import make_staff
from tests.factories.eldercare import SANYANG
from tests.factories.people import Caller

DAILY = ("plan_visits", "repair_visit_plan", "find_concerns", "repair_campaigns", "close_visit_months")
PULSES = ("relay", "deliver", "reconcile_visits", "follow_campaigns", "advance_concerns", "watch_concerns")


class Days:
    """Simulated time: the clock jumps to a moment, and the timetable does what is due by then."""

    def __init__(self, app: Flask, clock: FixedClock) -> None:
        self.app, self.clock = app, clock
        jobs = tuple(job for job in TIMETABLE if job.name in (*DAILY, *PULSES))
        self.runner = Runner(app.extensions["yixiang"], jobs)

    def to(self, day: date, hour: int, minute: int = 0) -> datetime:
        at = at_local(day, hour, minute)
        self.clock.advance(seconds=(at - self.clock.now()).total_seconds())
        self.work()
        return at

    def work(self) -> None:
        self.runner.run_all_due()
        for _ in range(2):  # what one says the next delivers
            for job in self.runner.timetable:
                if job.is_pulse:
                    self.runner.pulse(job)

    def caller(self, who: Actor) -> Caller:
        """Somebody at their desk or phone, signed in now."""
        kind: Any = "staff" if who.kind == "staff" else "resident"
        token = issue(kind, who.id, 1, self.clock.now()).text
        return Caller(self.app.test_client(), {"Authorization": f"Bearer {token}"})


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    return response.json


def open_now(**labels: str) -> float | None:
    return REGISTRY.get_sample_value("yixiang_concerns_open", labels)


@pytest.fixture
def days(app: Flask, clock: FixedClock) -> Days:
    return Days(app, clock)


def test_the_chain_reaches_the_county_and_the_month_closes_at_all(
    days: Days, clock: FixedClock, resident: Callable[..., dict[str, str]]
) -> None:
    here = (SANYANG,)
    intake, visitor = make_staff(TOWNSHIP_INTAKE), make_staff(VISITOR, township_ids=here)
    township, county = make_staff(SUPERVISOR, township_ids=here), make_staff(SUPERVISOR)
    daughter = Resident.actor(resident()["X-Resident-Id"])

    # The township's list is read; a daughter is linked; the month is planned on its first night.
    number = elder_lists.id_number(7, "19300203")
    sheet = elder_lists.sheet([elder_lists.row(7, number=number)])
    headers = {**days.caller(intake).headers, "Idempotency-Key": "list-of-november"}
    upload = {"file": (BytesIO(sheet), "list.csv", "text/csv")}
    read = days.app.test_client().post("/api/v1/staff/elder-lists", data=upload, headers=headers)
    assert read.status_code in (200, 201), read.text
    elder = collection(Elder).find_one({"township_id": SANYANG})
    assert elder is not None
    asked = {"name": open_text(elder["name"], "elders.name"), "id_number": number, "relation": "child"}
    link = ok(days.caller(daughter)("POST", "/elders", asked), 201)
    ok(days.caller(intake)("POST", f"/staff/elders/{elder['_id']}/confirm-link", {"link_id": link["id"]}))
    days.to(date(2026, 12, 1), 1, 30)
    plan = ok(days.caller(visitor)("GET", f"/staff/visit-plan?month=2026-12&township_id={SANYANG}"))["items"]
    assert {each["state"] for each in plan} == {"planned"}

    # The daughter books; the visitor finds no one at home, twice.
    starts = at_local(date(2026, 12, 3), 9)
    hour = {
        "township_id": SANYANG,
        "starts_at": shown(starts),
        "ends_at": shown(starts + timedelta(hours=1)),
        "capacity": 1,
    }
    slot = ok(days.caller(visitor)("POST", "/staff/visit-slots", hour), 201)
    visit = ok(days.caller(daughter)("POST", "/visits", {"elder_id": elder["_id"], "slot_id": slot["id"]}), 201)
    days.to(date(2026, 12, 3), 9)
    done(days.caller(visitor), visit, "not_at_home")
    days.to(date(2026, 12, 4), 9)
    done(
        days.caller(visitor),
        ok(days.caller(visitor)("POST", "/staff/visits", {"elder_id": elder["_id"]}), 201),
        "not_at_home",
    )
    days.work()
    (concern,) = ok(days.caller(township)("GET", "/staff/concerns?cause=attempts_failed"))["items"]
    assert (concern["step"], concern["asked"]) == (0, [visitor.id])

    # Nobody answers: on the same day the township's supervisor is asked, then the county's.
    for who in (township, county):
        until = datetime.fromisoformat(concern["act_by"])
        days.to(until.date(), until.hour, until.minute)
        concern = ok(days.caller(county)("GET", f"/staff/concerns/{concern['id']}"))
        assert who.id in concern["asked"]
        (notice,) = [
            each for each in ok(days.caller(who)("GET", "/staff/notices"))["items"]
            if each["about"] == f"concern:{concern['id']}"
        ]  # fmt: skip
        assert concern["number"] in notice["text"]
    assert until.date() == date(2026, 12, 4)
    assert open_now(cause="attempts_failed", overdue="false") == 1

    # The county takes it on, a neighbour knows where she is, the visitor sees her: the list is empty.
    path = f"/staff/concerns/{concern['id']}"
    assert ok(days.caller(county)("POST", f"{path}/acknowledge", {"note": "已联系邻居"}))["state"] == "taken"
    days.to(date(2026, 12, 4), 16)
    seen = ok(days.caller(visitor)("POST", "/staff/visits", {"elder_id": elder["_id"]}), 201)
    done(days.caller(visitor), seen, "seen_well")
    days.work()
    closed = ok(days.caller(county)("GET", path))
    assert (closed["resolution"], closed["evidence_visit_id"]) == ("seen", seen["id"])
    assert ok(days.caller(county)("GET", "/staff/concerns"))["counts"]["total"] == 0
    assert open_now(cause="attempts_failed", overdue="false") == 0

    # The month closes at 100%, frozen with its evidence once the phones have had their time.
    planner = make_staff(PLANNER, district_code=None)
    for day, status in ((1, "provisional"), (3, "frozen")):
        days.to(date(2027, 1, day), 3)
        rate = ok(days.caller(planner)("GET", "/staff/visit-rate?month=2026-12"))
        assert (rate["numerator"], rate["denominator"], rate["value"], rate["status"]) == (1, 1, 100.0, status)
    people = ok(days.caller(township)("GET", f"/staff/visit-rate/people?month=2026-12&township_id={SANYANG}&seen=true"))
    assert [(each["id"], each["visit_id"]) for each in people["items"]] == [(elder["_id"], seen["id"])]


def done(visitor: Caller, visit: Raw, outcome: str) -> None:
    version = ok(visitor("GET", f"/staff/visits/{visit['id']}"))["version"]
    ok(visitor("POST", f"/staff/visits/{visit['id']}/complete", {"version": version, "outcome": outcome}))
