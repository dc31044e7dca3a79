"""The calls of visitors and families over the API, as journeys of visits in the browser need them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from pymongo import MongoClient

from config.loading import catalogue, rule
from models.kernel.clock import at_local, day_of
from models.kernel.ids import new_id
from tests.running import DEMO_PASSWORD, House

DISTRICT = "360902"
# When nobody else has an hour, China time.
FREE_HOUR = (15, 30)


class Office:
    """A caseworker's calls of the API."""

    def __init__(self, web: str, username: str) -> None:
        self.api = f"{web}/api/v1"
        given = {"username": username, "password": DEMO_PASSWORD}
        answer = requests.post(f"{self.api}/staff/auth/login", json=given, timeout=60)
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        self.id = answer.json().get("staff", {}).get("id")

    def get(self, path: str) -> Any:
        return requests.get(self.api + path, headers=self.headers, timeout=60).json()

    def post(self, path: str, body: Any) -> Any:
        headers = {**self.headers, "Idempotency-Key": new_id()}
        answer = requests.post(self.api + path, json=body, headers=headers, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def begin_a_visit(self) -> Any:
        """A visit of today to somebody whose home is known, whatever day the tests run on."""
        return self.post("/staff/visits", {"elder_id": self.not_on_the_list()["id"]})

    def not_on_the_list(self) -> Any:
        """Somebody of the county who is not on today's list, in full."""
        met = {each["elder_id"] for each in self.get("/staff/visitor-day")["items"]}
        for place in (each.id for each in catalogue().places if each.district_code == DISTRICT):
            for elder in self.get(f"/staff/elders?township_id={place}")["items"]:
                if elder["id"] not in met and elder["on_register"]:
                    return self.get(f"/staff/elders/{elder['id']}")
        raise LookupError("nobody is left to visit")

    def booked_for_today(self, family: Resident, house: House) -> Any:
        """What a family booked some days ago, of which today is the day: a booking of today cannot be made any more."""
        visit = family.book()
        today = day_of(datetime.now(UTC))
        hour = at_local(today, *FREE_HOUR)
        now = {"day": today.isoformat(), "starts_at": hour, "ends_at": hour + timedelta(hours=1), "visitor_id": self.id}
        with MongoClient[dict[str, Any]](house.environment["MONGODB_URI"]) as client:
            client.get_default_database()["visits"].update_one({"_id": visit["id"]}, {"$set": now})
        return next(each for each in self.get("/staff/visitor-day")["items"] if each["id"] == visit["id"])

    def report(self, visit: Any, outcome: str) -> None:
        """What this visitor found at a visit."""
        version = visit["version"] or self.get(f"/staff/visits/{visit['id']}")["version"]
        self.post(f"/staff/visits/{visit['id']}/complete", {"version": version, "outcome": outcome})

    def register(self, name: str, number: str, phone: str) -> Any:
        """Write a person into the register of the township that has no hours: her own phone among the contacts."""
        place = [each for each in catalogue().places if each.district_code == DISTRICT][-1]
        return self.post("/staff/elders", {
            "name": name, "id_number": number, "categories": ["living_alone"], "risk_level": "ordinary",
            "township_id": place.id, "community": "演示社区", "address": "演示巷 9 号",
            "contacts": [{"name": name, "phone": phone, "relation": "other"}],
            "point": {"longitude": place.longitude, "latitude": place.latitude},
            "legal_basis": {"kind": "consent", "reference": "同意书", "on": "2026-01-01"},
        })  # fmt: skip

    def open_an_hour(self, elder: Any, number: int) -> None:
        """One place of this visitor, so many days ahead at an hour that the demo does not have."""
        starts = at_local(day_of(datetime.now(UTC)) + timedelta(days=number), *FREE_HOUR)
        ends = starts + timedelta(minutes=rule("eldercare.slot_minutes"))
        body = {"township_id": elder["township_id"], "starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
        self.post("/staff/visit-slots", {**body, "capacity": 1})


class Resident(Office):
    """A resident's own calls, as of a phone that is not looked at."""

    def __init__(self, web: str, name: str) -> None:
        self.api, self.name = f"{web}/api/v1", name
        answer = requests.post(f"{self.api}/auth/wechat", json={"code": f"sandbox-{name}"}, timeout=60)
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def become(self, name: str, number: str) -> None:
        """Agree, give the real name, and the phone number as WeChat knows it."""
        for purpose in ("identity", "phone"):
            self.post("/me/consents", {"purpose": purpose, "version": 1})
        body = {"name": name, "id_number": number}
        assert requests.put(f"{self.api}/me/identity", json=body, headers=self.headers, timeout=60).ok
        self.post("/me/phone", {"code": f"phone-{self.name}"})

    def book(self) -> Any:
        """A visit to the old person whom this resident is linked with, far enough ahead to be moved."""
        link = self.get("/elders")["items"][0]["id"]
        slot = self.get(f"/visit-slots?elder_id={link}")["items"][-1]["id"]
        return self.post("/visits", {"elder_id": link, "slot_id": slot})

    def change(self, visit: Any, how: str, **more: Any) -> None:
        """Move or cancel it."""
        version = self.get(f"/visits/{visit['id']}")["version"]
        self.post(f"/visits/{visit['id']}/{how}", {"version": version, **more})
