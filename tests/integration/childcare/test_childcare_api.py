"""The routes of childcare: one's own only, the staff of the place only, and nothing before there is a place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from models.casework.queries import form_of
from models.childcare import placing
from models.childcare.documents import ChildcareMessage, ChildcareRating
from models.childcare.erasing import apply_retention
from models.childcare.operations import reconcile_places
from models.kernel import audit
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage, relay
from models.people.documents import Resident
from models.people.erasure import continue_erasures
from models.people.tokens import issue
from tests.factories.casework import MORNING, SANYANG, approve, make_accepted, make_centre, make_guardian
from tests.factories.childcare import assert_places_agree
from tests.factories.childcare_cases import entered, roomy
from tests.factories.people import Caller
from tests.integration.childcare.round_steps import NAMED, SEED

Headers = Callable[..., dict[str, str]]


@pytest.fixture
def mine(app: Flask, resident: Headers) -> Caller:
    """A guardian; the child is in placement at `centre`, named in the fixture of that name."""
    caller = Caller(app.test_client(), resident())
    make_guardian(resident_id=caller.id)
    return caller


@pytest.fixture
def centre(database: str) -> str:
    return roomy(2)


@pytest.fixture
def raw(mine: Caller, centre: str) -> Raw:
    return approve(make_accepted(Resident.actor(mine.id), [centre]))


@pytest.fixture
def office(app: Flask, staff: Headers) -> Callable[..., Caller]:
    return lambda *roles, **where: Caller(app.test_client(), staff(*roles, **where))


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    return response.json


def days_pass(clock: FixedClock, caller: Caller, days: int) -> None:
    """Time passes, and the resident signs in anew."""
    caller.headers["Authorization"] = f"Bearer {issue('resident', caller.id, 1, clock.advance(days=days)).text}"


def test_from_the_offer_to_the_place_the_thread_and_the_rating(
    mine: Caller, raw: Raw, centre: str, office: Callable[..., Caller], clock: FixedClock
) -> None:
    path = f"/childcare/placements/{raw['_id']}"
    shown = ok(mine("GET", path))
    assert (shown["state"], shown["offer"]["centre_id"], shown["offer"]["rank"]) == ("offered", centre, 1)
    assert mine("POST", f"{path}/messages", {"text": "x"}).json["code"] == "thread_closed"
    ok(mine("POST", f"/offers/{shown['offer']['id']}/accept"))
    assert ok(mine("GET", path))["place"]["begins"] == "2026-12"
    assert ok(mine("GET", f"/applications/{raw['_id']}"))["placement"]["centre_id"] == centre
    # The thread, page by page, the newest first; each side sees what is unread.
    here = office("township_intake", township_ids=(SANYANG,))
    ok(mine("POST", f"{path}/messages", {"text": "对牛奶过敏"}, key="same-key-1"), 201)
    ok(mine("POST", f"{path}/messages", {"text": "对牛奶过敏"}, key="same-key-1"), 201)
    assert [row["unread"] for row in ok(here("GET", "/staff/childcare/placements"))["items"]] == [True]
    clock.advance(minutes=5)
    ok(here("POST", f"/staff{path}/messages", {"text": "好的"}), 201)
    assert ok(mine("GET", path))["unread"] is True
    first = ok(mine("GET", f"{path}/messages?limit=1"))
    second = ok(mine("GET", f"{path}/messages?limit=1&cursor={first['next']}"))
    assert [(m["from"], m["text"]) for m in first["items"] + second["items"]] == [
        ("centre", "好的"), ("guardian", "对牛奶过敏"),
    ]  # fmt: skip
    assert second["next"] is None
    assert ok(mine("GET", path))["unread"] is False
    stored = list(collection(ChildcareMessage).find())
    assert all(isinstance(each["text"], bytes) for each in stored)
    # The rating waits for the first month; the reply is told; the average stays hidden while there are few.
    assert mine("PUT", f"{path}/rating", {"stars": 5}).json["code"] == "not_placed_yet"
    days_pass(clock, mine, 10)
    here = office("township_intake", township_ids=(SANYANG,))
    assert ok(mine("PUT", f"{path}/rating", {"stars": 4, "text": "老师很好"}))["stars"] == 4
    assert ok(mine("PUT", f"{path}/rating", {"stars": 5}))["text"] is None
    assert ok(here("POST", f"/staff{path}/rating/reply", {"text": "谢谢"}))["reply"] == "谢谢"
    assert ok(mine("GET", path))["rating"]["reply"] == "谢谢"
    days_pass(clock, mine, 31)
    assert mine("PUT", f"{path}/rating", {"stars": 1}).json["code"] == "rating_settled"
    assert ok(mine("GET", f"/childcare/centres/{centre}"))["rating"] is None
    (rating,) = collection(ChildcareRating).find()
    collection(ChildcareRating).insert_many([{**rating, "_id": f"{n}", "stars": 3} for n in range(4)])
    assert ok(mine("GET", f"/childcare/centres/{centre}"))["rating"] == {"average": 3.4, "count": 5}
    relay(clock.now())
    notices = [OutboxMessage.open_payload(each) for each in collection(OutboxMessage).find({"channel": "notice"})]
    told = {each["text_key"] for each in notices}
    assert {"childcare.notice.offered", "childcare.notice.message", "childcare.notice.rating_reply"} <= told
    assert [word for word in ("对牛奶过敏", "谢谢", form_of(raw)["child_name"]) if word in str(notices)] == []


def test_nobody_else_sees_or_does_anything(
    app: Flask, mine: Caller, raw: Raw, resident: Headers, office: Callable[..., Caller]
) -> None:
    path = f"/childcare/placements/{raw['_id']}"
    offer_id = ok(mine("GET", path))["offer"]["id"]
    ok(mine("POST", f"/offers/{offer_id}/accept"))
    other = Caller(app.test_client(), resident())
    tries = [("GET", path, None), ("GET", f"{path}/messages", None), ("POST", f"{path}/messages", {"text": "x"}),
             ("PUT", f"{path}/rating", {"stars": 1})]  # fmt: skip
    assert {other(*each).status_code for each in tries} == {404}
    staff_tries = [("GET", path, None), ("GET", f"{path}/messages", None), ("POST", f"{path}/messages", {"text": "x"}),
                   ("POST", f"{path}/rating/reply", {"text": "x"})]  # fmt: skip
    for role, where, status in (
        ("township_intake", {"district_code": "360921"}, {404}),
        ("county_reviewer", {"district_code": "360921"}, {404}),
        ("township_intake", {"township_ids": ("1",)}, {404}),
        ("planner", {}, {403}),
    ):
        someone = office(role, **where)
        assert {someone(m, f"/staff{p}", body).status_code for m, p, body in staff_tries} == status
    assert ok(office("county_reviewer", district_code="360921")("GET", "/staff/childcare/placements"))["items"] == []
    audited = ok(office("supervisor", district_code=None)("GET", f"/staff{path}"))
    assert audited["state"] == "placed"
    assert audit.verify()
    assert office("supervisor")("POST", f"/staff{path}/messages", {"text": "x"}).status_code == 403


def test_a_centre_shows_its_places_by_group_and_month(mine: Caller, raw: Raw, centre: str) -> None:
    shown = ok(mine("GET", f"/childcare/centres/{centre}"))
    toddlers, preschool = shown["groups"][1], shown["groups"][2]
    assert [month["free"] for month in toddlers["months"][:6]] == [2, 1, 1, 1, 1, 2]
    assert [month["free"] for month in preschool["months"][:6]] == [2, 2, 2, 2, 2, 1]
    assert (shown["takes_children"], shown["in_a_round"]) == (True, False)
    assert mine("GET", f"/childcare/centres/{make_centre(category='library')}").status_code == 404
    assert mine("GET", "/childcare/centres/nobody").status_code == 404
    rows = ok(mine("GET", "/childcare/priorities"))["rows"]
    assert all(row["source"] for row in rows)


def test_a_waiting_child_sees_how_many_are_ahead(mine: Caller, raw: Raw, centre: str) -> None:
    template = make_accepted(make_guardian(), [centre])
    entered(template, [centre])
    waiting = entered(template, [centre], at=MORNING + timedelta(days=2), of=raw)
    entered(template, [centre], at=MORNING + timedelta(days=1))
    (shown,) = [each for each in ok(mine("GET", "/childcare/placements"))["items"] if each["id"] == waiting["_id"]]
    assert [(each["ahead"], each["room"]) for each in shown["choices"]] == [(1, False)]


def test_a_round_by_its_routes(mine: Caller, raw: Raw, office: Callable[..., Caller], clock: FixedClock) -> None:
    anna = office("supervisor")
    body = {"name": "2026-1", "district_code": "360902", "month": "2026-12"}
    made = ok(anna("POST", "/staff/childcare/rounds", body), 201)
    path = f"/staff/childcare/rounds/{made['id']}"
    only = roomy(1)
    late = entered(make_accepted(make_guardian(), [only]), [only], of=raw)
    clock.advance(minutes=2)
    named = dict(zip(("seed_source", "issue", "announced_on"), NAMED, strict=True))
    ok(anna("POST", f"{path}/commit", {**named, "announced_on": date(2026, 11, 29).isoformat()}))
    days_pass(clock, mine, 7)
    anna, ben, carl = (office("supervisor") for _ in range(3))
    ok(ben("POST", f"{path}/seed", {"seed": SEED}))
    computed = ok(carl("POST", f"{path}/run", {"seed": SEED}))
    assert (computed["state"], computed["statement"]) == ("run", None)
    ok(anna("POST", f"{path}/publish", {}))
    record = ok(mine("GET", f"/childcare/rounds/{made['id']}"))
    assert record["result"]["children"] == [{"number": "000001", "age_group": "toddler", "centre": only, "choice": 1}]
    assert ok(mine("GET", f"/childcare/rounds/{made['id']}/mine?placement_id={late['_id']}"))["number"] == "000001"
    assert mine("GET", f"/childcare/rounds/{made['id']}/mine?placement_id={raw['_id']}").status_code == 404
    assert [each["state"] for each in ok(mine("GET", "/childcare/rounds"))["items"]] == ["published"]
    assert office("township_intake")("POST", f"{path}/void", {"reason": "x" * 20}).status_code == 403


def test_erasure_and_retention_leave_nobody(mine: Caller, raw: Raw, centre: str, clock: FixedClock) -> None:
    path = f"/childcare/placements/{raw['_id']}"
    ok(mine("POST", f"/offers/{ok(mine('GET', path))['offer']['id']}/accept"))
    ok(mine("POST", f"{path}/messages", {"text": "秘密"}), 201)
    copy = ok(mine("GET", "/me/export"))
    assert "秘密" in str(copy)
    clock.advance(hours=1)
    assert mine("DELETE", "/me").status_code < 300
    continue_erasures(clock.advance(hours=1))
    reconcile_places(clock.now())
    assert collection(ChildcareMessage).count_documents({}) == 0
    assert_places_agree(clock.now())
    other = entered(make_accepted(make_guardian(), [centre]), [centre])
    placing.end(other["_id"], "withdrawn", clock.now())
    assert apply_retention(clock.now())["childcare_anonymised"] == 0
    assert apply_retention(clock.advance(days=1096))["childcare_anonymised"] == 1
