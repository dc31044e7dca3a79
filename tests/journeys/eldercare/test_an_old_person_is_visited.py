"""The whole way on real processes: registered, linked, confirmed, booked, visited, counted; and a quiet log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from models.kernel import database
from models.kernel.actors import COUNTY_REVIEWER, PLANNER, TOWNSHIP_INTAKE, VISITOR
from models.kernel.clock import at_local, day_of, month_of, shown
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.people.documents import Caseworker, Resident
from models.people.tokens import issue
from tests.factories.eldercare import ADDRESS, HEALTH, NAME, PHONE, SANYANG, id_number
from tests.running import House, Models, wait_until

WISHES, NOTES = "带降压药，看看灶台", "屋里很冷，需要被子"
Headers = dict[str, str]


@pytest.fixture
def house(tmp_path: Path, models: Models) -> Iterator[House]:
    made = House(tmp_path, models.prepared(), LOG_LEVEL="DEBUG")
    database.connect(made.environment["MONGODB_URI"])
    yield made
    database.disconnect()
    made.close()


class Caller:
    """Somebody with a phone or a desk."""

    def __init__(self, address: str, headers: Headers) -> None:
        self.address, self.headers = f"{address}/api/v1", headers

    def get(self, path: str) -> Any:
        answer = requests.get(self.address + path, headers=self.headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        key = {"Idempotency-Key": new_id()}
        answer = requests.post(self.address + path, json=body, headers=self.headers | key, timeout=20)
        assert answer.status_code == status, answer.text
        return answer.json()


def staff_member(address: str, *roles: str, district_code: str | None = "360902") -> Caller:
    now = datetime.now(UTC)
    worker = Caseworker(
        id=new_id(), created_at=now, updated_at=now, username=new_id().lower(), password_hash="unused",
        display_name="x", roles=list(roles), district_code=district_code,
    )  # fmt: skip
    collection(Caseworker).insert_one(worker.raw())
    return Caller(address, {"Authorization": f"Bearer {issue('staff', worker.id, 1, now).text}"})


def resident(address: str) -> Caller:
    now = datetime.now(UTC)
    person = Resident(id=new_id(), created_at=now, updated_at=now)
    collection(Resident).insert_one(person.raw())
    return Caller(address, {"Authorization": f"Bearer {issue('resident', person.id, 1, now).text}"})


def test_a_daughter_books_a_visitor_comes_and_the_month_closes_at_all(house: House) -> None:
    address, _ = house.web()
    now = datetime.now(UTC)
    intake, visitor = staff_member(address, TOWNSHIP_INTAKE), staff_member(address, VISITOR)
    reviewer = staff_member(address, COUNTY_REVIEWER)
    planner, daughter = staff_member(address, PLANNER, district_code=None), resident(address)

    elder = intake.post(
        "/staff/elders",
        {
            "name": NAME, "id_number": id_number(1), "categories": ["living_alone"], "risk_level": "high",
            "township_id": SANYANG, "community": "幸福村", "address": ADDRESS, "health_notes": HEALTH,
            "contacts": [{"name": "王小明", "phone": PHONE}],
            "legal_basis": {"kind": "consent", "reference": "同意书", "on": "2026-01-01"},
        },
        201,
    )  # fmt: skip
    month = month_of(now)
    assert planner.get(f"/staff/visit-rate?month={month}")["value"] == 0

    asked = daughter.post("/elders", {"name": NAME, "id_number": id_number(1), "relation": "child"}, 201)
    assert asked["state"] == "requested"
    intake.post(f"/staff/elders/{elder['id']}/confirm-link", {"link_id": asked["id"]})
    assert daughter.get("/elders")["items"][0]["state"] == "confirmed"

    starts = at_local(day_of(now) + timedelta(days=1), 9)
    visitor.post(
        "/staff/visit-slots",
        {"township_id": SANYANG, "starts_at": shown(starts), "ends_at": shown(starts + timedelta(hours=1)),
         "capacity": 1}, 201,
    )  # fmt: skip
    slots = daughter.get("/visit-slots?district_code=360902")["items"]
    visit = daughter.post("/visits", {"elder_id": elder["id"], "slot_id": slots[0]["id"], "wishes": WISHES}, 201)
    assert daughter.get("/visit-slots?district_code=360902")["items"] == []

    listed = visitor.get(f"/staff/visits?date={day_of(starts)}&township_id={SANYANG}")["items"]
    assert [each["id"] for each in listed] == [visit["id"]]
    begun = visitor.post(f"/staff/visits/{visit['id']}/start", {})
    done = {"version": begun["version"], "outcome": "seen_with_need", "notes": NOTES, "device_time": shown(now)}
    visitor.post(f"/staff/visits/{visit['id']}/complete", done)

    assert daughter.get(f"/visits/{visit['id']}")["outcome"] == "seen_with_need"
    rate = planner.get(f"/staff/visit-rate?month={month}")
    assert (rate["numerator"], rate["denominator"], rate["value"]) == (1, 1, 100.0)
    county = reviewer.get(f"/staff/visit-rate?month={month}&district_code=360902")
    assert county["value"] == 100.0
    # The access log is written some times a second.
    wait_until(lambda: "/staff/elders/<string:elder_id>/confirm-link" in _logs(house), "the access log")
    house.close()
    _assert_quiet(house)


def _logs(house: House) -> str:
    return "".join(path.read_text() for path in house.folder.glob("*.log"))


def _assert_quiet(house: House) -> None:
    """The logs of all processes hold nothing of a person."""
    written = _logs(house)
    for private in (NAME, ADDRESS, HEALTH, PHONE, WISHES, NOTES, id_number(1), id_number(1)[:14]):
        assert private not in written
        assert private.encode("unicode_escape").decode() not in written
