"""Who moves within the city keeps their history, and the work goes over the same day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.eldercare import queries, transfers, visiting
from models.eldercare.concern_finding import CHANNEL, concern_handler
from models.eldercare.concern_records import Concern
from models.eldercare.documents import Elder, ElderLink, Visit
from models.eldercare.settling import reconcile_bookings
from models.kernel.database import collection
from models.kernel.encryption import open_json
from models.kernel.errors import Conflict, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import deliver, relay
from tests.factories.eldercare import (
    ADDRESS,
    FENGXIN,
    MORNING,
    XIAPU,
    Crash,
    assert_consistent,
    book,
    crash_before_write,
    family,
    make_elder,
    make_slot,
    make_visitor,
    slot_now,
    staff_actor,
    visit_now,
)

pytestmark = pytest.mark.usefixtures("database")
Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]
NEW_ADDRESS = "奉新县冯川路六号"
HOME = transfers.NewHome(FENGXIN, "冯川社区", NEW_ADDRESS, None)


def move(elder: Raw, home: transfers.NewHome = HOME, key: str = "k", version: int = 1) -> Raw:
    return transfers.transfer(elder["_id"], home, "随子女居住", by=staff_actor(), at=MORNING, key=key, version=version)


def elder_now(elder: Raw) -> Raw:
    found = collection(Elder).find_one({"_id": elder["_id"]})
    assert found is not None
    return found


def test_the_entry_the_link_and_the_booked_visit_go_over_together() -> None:
    elder, daughter = family()
    slot = make_slot()
    visit = book(elder, slot, daughter)
    move(elder)
    now, booked = elder_now(elder), visit_now(visit["_id"])
    assert (now["district_code"], now["township_id"], now["state"]) == (FENGXIN.district_code, FENGXIN.id, "active")
    assert now["places"] == [
        {"district_code": "360902", "township_id": elder["township_id"], "community": "幸福村", "until": "2026-11-23"}
    ]
    assert [each["action"] for each in now["history"]] == ["register", "transfer"]
    assert (now["periods"], open_json(now["private"], Elder.private.context)["address"]) == (
        elder["periods"],
        NEW_ADDRESS,
    )
    assert (booked["state"], booked["township_id"], booked["visitor_id"]) == ("booked", FENGXIN.id, None)
    assert booked["starts_at"] == visit["starts_at"]
    assert slot_now(slot)["free"] == 1, "the old township's visitor is free for others"
    link = collection(ElderLink).find_one({"elder_id": elder["_id"]})
    assert link is not None
    assert (link["township_id"], link["state"]) == (FENGXIN.id, "confirmed")
    here = queries.visits_of_day(booked["day"], {"township_id": FENGXIN.id})
    assert [each["_id"] for each in here] == [visit["_id"]]
    relay(MORNING)
    deliver(MORNING, {CHANNEL: concern_handler(lambda: MORNING)})
    assert [(each["cause"], each["township_id"]) for each in collection(Concern).find()] == [
        ("handed_over", FENGXIN.id)
    ]
    assert_consistent()
    there = make_visitor(district_code=FENGXIN.district_code)
    visiting.start_visit(visit["_id"], by=there, at=MORNING, key="s")
    visiting.complete_visit(visit["_id"], visiting.Report("seen_well"), by=there, at=MORNING, key="c", version=3)
    assert elder_now(elder)["seen_months"] == ["2026-11"]


def test_within_the_county_the_visitor_stays() -> None:
    elder, daughter = family()
    visit = book(elder, make_slot(), daughter)
    place = next(each for each in queries.catalogue().places if each.id == XIAPU)
    move(elder, transfers.NewHome(place, "下浦村", ADDRESS, None))
    booked = visit_now(visit["_id"])
    assert (booked["township_id"], booked["visitor_id"], booked["slot_id"]) == (
        XIAPU, visit["visitor_id"], visit["slot_id"],
    )  # fmt: skip
    assert_consistent()


def test_a_visit_under_way_is_ended_by_who_began_it() -> None:
    elder, daughter = family()
    visit, visitor = book(elder, make_slot(), daughter), make_visitor()
    begun = visiting.start_visit(visit["_id"], by=visitor, at=MORNING, key="s")
    move(elder)
    report = visiting.Report("seen_well")
    visiting.complete_visit(visit["_id"], report, by=visitor, at=MORNING, key="c", version=begun["version"])
    assert elder_now(elder)["seen_months"] == ["2026-11"]


def test_there_and_back_again_and_the_work_follows_each_time() -> None:
    elder, daughter = family()
    visit = book(elder, make_slot(), daughter)
    old = next(each for each in queries.catalogue().places if each.id == elder["township_id"])
    home = transfers.NewHome(old, "幸福村", ADDRESS, None)
    move(elder)
    by = staff_actor(district_code=FENGXIN.district_code)
    transfers.transfer(elder["_id"], home, "回乡", by=by, at=MORNING, key="k2", version=2)
    move(elder, key="k3", version=3)
    assert visit_now(visit["_id"])["township_id"] == FENGXIN.id
    assert len(elder_now(elder)["places"]) == 3


@pytest.mark.parametrize("number", range(1, 8))
def test_killed_at_any_write_the_work_still_goes_over(number: int) -> None:
    elder, daughter = family()
    visit = book(elder, make_slot(), daughter)
    try:
        with crash_before_write(number):
            move(elder)
    except Crash:
        move(elder)  # the caller's retry, with its key
    reconcile_bookings(MORNING)
    assert visit_now(visit["_id"])["township_id"] == FENGXIN.id
    assert len(elder_now(elder)["places"]) == 1
    assert_consistent()


def test_a_booking_in_the_moment_of_the_transfer_follows_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    elder, daughter = family()
    slot = make_slot()
    from models.eldercare import booking

    take = booking._take

    def late(*given: Any) -> Raw:
        taken = take(*given)
        move(elder)
        return taken

    monkeypatch.setattr(booking, "_take", late)
    visit = book(elder, slot, daughter)
    assert visit_now(visit["_id"])["township_id"] == FENGXIN.id
    assert slot_now(slot)["free"] == 1
    assert_consistent()


def test_nobody_transfers_others_and_nobody_to_where_they_are(call: Call, staff: Headers) -> None:
    elder = make_elder()
    with pytest.raises(NotFound):
        transfers.transfer(
            elder["_id"], HOME, "x", by=staff_actor(district_code="360921"), at=MORNING, key="k", version=1
        )
    body = {"version": 1, "township_id": elder["township_id"], "community": "幸福村", "address": "x", "reason": "x"}
    path = f"/staff/elders/{elder['_id']}/transfer"
    same = call("POST", path, staff("visitor"), json=body)
    assert (same.status_code, same.json["code"]) == (409, "elder_same_place")
    unknown = call("POST", path, staff("visitor"), json={**body, "township_id": "1"})
    assert unknown.json["faults"][0]["code"] == "unknown_place"
    done = call("POST", path, staff("supervisor"), json={**body, "township_id": FENGXIN.id})
    assert (done.status_code, done.json["township_id"]) == (200, FENGXIN.id)
    assert ADDRESS not in done.text
    assert call("GET", f"/staff/elders/{elder['_id']}", staff("supervisor")).status_code == 404
    with pytest.raises(Conflict):
        transfers.transfer(
            elder["_id"],
            HOME,
            "x",
            by=staff_actor(district_code=FENGXIN.district_code),
            at=MORNING,
            key=new_id(),
            version=1,
        )
    assert collection(Visit).count_documents({}) == 0
