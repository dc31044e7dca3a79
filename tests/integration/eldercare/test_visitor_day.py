"""The visitor's own side: the day in the order of the way, the calendar under a secret address, hours given."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar

from models.eldercare import campaigns, visiting
from models.eldercare.documents import Visit
from models.eldercare.plan_records import PlannedVisit
from models.facilities.datum import from_wgs84
from models.kernel.actors import SUPERVISOR, Actor
from models.kernel.audit import ENTRIES
from models.kernel.clock import FixedClock, at_local
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Caseworker
from models.people.tokens import issue
from tests.factories.eldercare import (
    ADDRESS,
    DISTRICT,
    FENGXIN,
    HEALTH,
    MORNING,
    NAME,
    PHONE,
    SANYANG,
    TOMORROW,
    XIAPU,
    book,
    family,
    headers_of,
    make_elder,
    make_slot,
    make_visitor,
    staff_actor,
)
from tests.integration.eldercare.conftest import Call

pytestmark = pytest.mark.usefixtures("database")
POINT = {"longitude": 114.39, "latitude": 27.92}
CALENDAR = "/visit-calendars/"


def planned_for(visitor: Actor, elder: Raw, day: date = TOMORROW) -> str:
    plan = PlannedVisit(
        id=new_id(), created_at=MORNING, updated_at=MORNING, state="planned", month=f"{day:%Y-%m}", number=1,
        elder_id=elder["_id"], of=f"{day:%Y-%m} {DISTRICT}", of_township=f"{day:%Y-%m} {SANYANG}",
        visitor_id=visitor.id, day=day.isoformat(), place=1,
    )  # fmt: skip
    collection(PlannedVisit).insert_one(plan.raw())
    return plan.id


def somebody(number: int, east: float) -> Raw:
    private = {"address": ADDRESS, "contacts": [{"name": "王小明", "phone": PHONE, "relation": "child"}],
               "point": {**POINT, "longitude": POINT["longitude"] + east}}  # fmt: skip
    return make_elder(number, private=private)


def ended(visitor: Actor, elder: Raw, start: datetime, minutes: float) -> None:
    visit = visiting.begin_unbooked(new_id(), elder["_id"], by=visitor, at=start)
    visiting.complete_visit(visit["_id"], visiting.Report("seen_well"), by=visitor, key=new_id(), version=1,
                            at=start + timedelta(minutes=minutes))  # fmt: skip


def test_the_day_shows_the_way_and_at_the_door_what_is_needed(call: Call, clock: FixedClock) -> None:
    visitor, other = make_visitor(township_ids=(SANYANG,)), make_visitor()
    elder, daughter = family(1)
    visit = book(elder, make_slot(visitor=visitor), daughter)
    far, near = planned_for(visitor, somebody(3, 0.09)), planned_for(visitor, somebody(4, 0.01))
    path = "/staff/visitor-day"
    ahead = call("GET", f"{path}?date=2026-11-24", headers_of(visitor)).json
    assert (ahead["left"], ahead["done"]) == (3, 0)
    for secret in (NAME, ADDRESS, PHONE, HEALTH):
        assert secret not in str(ahead), "the day before nobody needs it"
    assert database()[ENTRIES].count_documents({"action": "visitor_day_read"}) == 0
    clock.advance(days=1)
    mine, others = (
        {"Authorization": f"Bearer {issue('staff', by.id, 1, clock.now()).text}"} for by in (visitor, other)
    )
    today = call("GET", path, dict(mine)).json
    assert sorted(each["order"] for each in today["items"]) == [1, 2, 3]
    stops = {each["id"]: each for each in today["items"]}
    assert abs(stops[far]["order"] - stops[near]["order"]) <= 2
    assert stops[far]["name"] == NAME
    assert (stops[far]["address"], stops[far]["contacts"][0]["phone"]) == (ADDRESS, PHONE)
    east, north = from_wgs84(POINT["longitude"] + 0.09, POINT["latitude"], "gcj02")
    assert stops[far]["point"] == {"longitude": round(east, 6), "latitude": round(north, 6), "datum": "gcj02"}
    assert (stops[visit["_id"]]["wishes"], stops[visit["_id"]]["booked"]) == ("带降压药", True)
    assert stops[far]["hints"]
    assert HEALTH not in str(today), "health notes are read one by one"
    (look,) = database()[ENTRIES].find({"action": "visitor_day_read"})
    assert len(look["detail"]["elders"]) == 3
    assert call("GET", path, others).json["items"] == []
    visiting.complete_visit(visit["_id"], visiting.Report("seen_well"), by=visitor, at=clock.now(), key="k",
                            version=visit["version"])  # fmt: skip
    after = call("GET", path, mine).json
    assert (after["left"], after["done"]) == (2, 1)
    assert [each["state"] for each in after["items"]] == ["done", "left", "left"], "what is made is behind one"
    assert after["items"][0]["id"] == visit["_id"]


def test_a_planned_visit_that_was_made_is_there_once(call: Call, clock: FixedClock) -> None:
    visitor = make_visitor()
    elder = make_elder(1)
    planned_for(visitor, elder, date(2026, 11, 23))
    ended(visitor, elder, MORNING, 20)
    shown = call("GET", "/staff/visitor-day", headers_of(visitor)).json
    assert [(each["kind"], each["state"]) for each in shown["items"]] == [("visit", "done")]


def test_a_visitor_finds_whom_to_visit_without_a_plan_begins_and_takes_it_back(call: Call, clock: FixedClock) -> None:
    """By name, masked, in one's own township only; the door's facts are a look that is recorded, the search too."""
    visitor, other = make_visitor(township_ids=(SANYANG,)), make_visitor()
    elder, elsewhere = make_elder(1), make_elder(2, FENGXIN.id)
    mine = headers_of(visitor)
    found = call("POST", "/staff/visit-people", mine, json={"name": f" {NAME[:2]} ", "township_id": SANYANG}).json
    assert [(each["id"], each["name"]) for each in found["items"]] == [(elder["_id"], NAME[0] + "*" * (len(NAME) - 1))]
    assert NAME not in str(found) and ADDRESS not in str(found)
    there = call("POST", "/staff/visit-people", mine, json={"name": NAME, "township_id": FENGXIN.id})
    assert (there.status_code, there.json["code"]) == (403, "forbidden")
    door = call("GET", f"/staff/visit-people/{elder['_id']}?datum=wgs84", mine).json
    assert (door["kind"], door["name"], door["address"]) == ("person", NAME, ADDRESS) and HEALTH not in str(door)
    assert call("GET", f"/staff/visit-people/{elsewhere['_id']}", mine).status_code == 404
    looks = [each["action"] for each in database()[ENTRIES].find({"by.id": visitor.id})]
    assert sorted(looks) == ["elder_read", "elders_sought"]
    visit = call("POST", "/staff/visits", mine, json={"elder_id": elder["_id"]}).json
    assert "undo" in visit["actions"]
    path = f"/staff/visits/{visit['id']}/undo"
    refused = call("POST", path, headers_of(other))
    assert (refused.status_code, refused.json["code"]) == (409, "visit_begun_by_other")
    assert call("POST", path, mine).json["state"] == "cancelled"
    assert call("GET", "/staff/visitor-day", mine).json["items"] == []


def test_who_is_planned_by_the_month_and_by_a_campaign_on_one_day_is_one_stop_that_counts_for_both(call: Call) -> None:
    visitor, elder, other = make_visitor(), make_elder(1), make_elder(2)
    today, anybody = date(2026, 11, 23), {"categories": [], "risk_levels": [], "age_from": None, "age_to": None}
    by = staff_actor(SUPERVISOR)
    campaign = campaigns.start(
        new_id(), campaigns.Order("cold", DISTRICT, [], anybody, today, today), by=by, at=MORNING
    )
    campaigns.follow_campaigns(MORNING)
    of_month = planned_for(visitor, elder, today)
    mine = headers_of(visitor)
    stops = {each["elder_id"]: each for each in call("GET", "/staff/visitor-day", mine).json["items"]}
    assert set(stops) == {elder["_id"], other["_id"]}
    assert stops[elder["_id"]]["id"] == of_month
    assert stops[elder["_id"]]["campaigns"] == [{"token": "cold", "label": "寒潮"}]
    path = call("POST", "/staff/visit-calendar", mine).json["path"].removeprefix("/api/v1")
    assert len(Calendar.from_ical(call("GET", path).data).walk("VEVENT")) == 2
    visit = call("POST", "/staff/visits", mine, json={"planned_id": of_month}).json
    visiting.complete_visit(visit["id"], visiting.Report("seen_well"), by=visitor, at=MORNING, key="k", version=None)
    rows = list(collection(PlannedVisit).find({"elder_id": elder["_id"]}))
    assert {(each.get("campaign_id"), each["state"], each["visit_id"]) for each in rows} == {
        (None, "met", visit["id"]), (campaign["_id"], "met", visit["id"])
    }  # fmt: skip


def test_the_calendar_has_times_and_places_only_and_its_address_can_be_ended(call: Call) -> None:
    visitor = make_visitor()
    mine = headers_of(visitor)
    elder, daughter = family()
    visit = book(elder, make_slot(visitor=visitor), daughter)
    planned_for(visitor, make_elder(2))
    made = call("POST", "/staff/visit-calendar", mine)
    assert made.status_code == 201
    path = made.json["path"].removeprefix("/api/v1")
    assert call("GET", "/staff/visit-calendar", mine).json["path"] is None, "told once"
    answer = call("GET", path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    events = list(Calendar.from_ical(answer.data).walk("VEVENT"))
    assert [event["DTSTART"].dt for event in events] == [visit["starts_at"], TOMORROW] or [
        event["DTSTART"].dt for event in events
    ] == [TOMORROW, visit["starts_at"]]
    assert all("幸福村" in str(event["LOCATION"]) for event in events)
    text = answer.data.decode()
    for secret in (NAME, ADDRESS, PHONE, elder["_id"], daughter.id, visit["_id"], visitor.id):
        assert secret not in text
    again = call("GET", path, {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    second = call("POST", "/staff/visit-calendar", mine).json["path"].removeprefix("/api/v1")
    assert (call("GET", path).status_code, call("GET", second).status_code) == (404, 200)
    assert call("POST", "/staff/visit-calendar/revoke", mine).json["issued_at"] is None
    assert call("GET", second).status_code == 404
    third = call("POST", "/staff/visit-calendar", mine).json["path"].removeprefix("/api/v1")
    collection(Caseworker).update_one({"_id": visitor.id}, {"$set": {"active": False}})
    assert call("GET", third).status_code == 404, "who has left has no calendar"
    assert call("GET", CALENDAR + "x").status_code == 404


def test_hours_given_are_bounded_summed_by_month_and_exported_for_the_place(call: Call) -> None:
    volunteer = make_visitor(visitor_kind="volunteer", display_name="=陈志愿", township_ids=(SANYANG,))
    elsewhere = make_visitor(visitor_kind="volunteer", display_name="别处", township_ids=(XIAPU,))
    make_visitor(display_name="工作人员")
    for number, (start, minutes) in enumerate(
        [(MORNING, 30), (MORNING + timedelta(hours=3), 15.9), (MORNING + timedelta(hours=5), 600),
         (at_local(date(2026, 10, 31), 22), 60)]
    ):  # fmt: skip
        ended(volunteer, make_elder(number + 1), start, minutes)
    given = call("GET", "/staff/volunteer-hours?month=2026-11", headers_of(volunteer)).json
    assert given == {"month": "2026-11", "visits": 3, "minutes": 30 + 15 + 120, "hours": 2.75}
    boss = make_visitor(township_ids=(SANYANG,))
    collection(Caseworker).update_one({"_id": boss.id}, {"$set": {"roles": [SUPERVISOR]}})
    path = "/staff/volunteer-hours/export?month=2026-11"
    sheet = call("GET", path, headers_of(boss))
    assert (sheet.status_code, sheet.mimetype) == (200, "text/csv"), sheet.text
    lines = sheet.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=陈志愿" in lines[1], "no formula"
    assert lines[1].endswith(",3,165,2.75")
    assert elsewhere.id not in sheet.text
    assert call("GET", path + "&kind=robot", headers_of(boss)).status_code == 422
    assert call("GET", path + "&district_code=360921", headers_of(boss)).status_code == 403
    assert database()[ENTRIES].count_documents({"action": "volunteer_hours_exported"}) == 1
    assert collection(Visit).count_documents({}) == 4
