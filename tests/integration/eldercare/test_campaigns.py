"""An extra round within days: whom it is about, who goes when, what counts, how it ends; killed and run again."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from config.loading import rule
from config.text import say
from models.eldercare import campaigns, operations, plan_queries
from models.eldercare.campaign_records import Campaign
from models.eldercare.campaigns import Order, follow_campaigns, repair_campaigns
from models.eldercare.documents import Elder
from models.eldercare.plan_building import plan_present_month
from models.eldercare.plan_records import PlannedVisit
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.clock import at_local
from models.kernel.database import collection
from models.kernel.errors import Conflict, Forbidden, InvalidInput
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from tests.factories.concerns import concerns_of, deliver_all, make_staff, only_concern, told, visited
from tests.factories.eldercare import (
    DISTRICT,
    MORNING,
    NAME,
    SANYANG,
    XIAPU,
    headers_of,
    make_elder,
    make_visitor,
    staff_actor,
)
from tests.failpoints import Killable
from tests.integration.eldercare.conftest import Call

pytestmark = pytest.mark.usefixtures("database")
FRIDAY = date(2026, 11, 27)
SUNDAY = date(2026, 11, 29)
START = at_local(FRIDAY, 8)
ANYBODY: dict[str, Any] = {"categories": [], "risk_levels": [], "age_from": None, "age_to": None}
Rows = dict[str, tuple[Any, ...]]


def begin(kind: Any = "heat", townships: tuple[str, ...] = (), by: Actor | None = None, last: date = SUNDAY,
          first: date = FRIDAY, **group: Any) -> Raw:  # fmt: skip
    order = Order(kind, DISTRICT, list(townships), {**ANYBODY, **group}, first, last, "高温红色预警")
    return campaigns.start(new_id(), order, by=by or staff_actor(SUPERVISOR), at=START)


def rows_of(campaign: Raw) -> Rows:
    """The plan of a campaign by person; nobody is there twice."""
    found = list(collection(PlannedVisit).find({"campaign_id": campaign["_id"]}))
    rows = {
        each["elder_id"]: tuple(
            each.get(name) for name in ("state", "visitor_id", "day", "place", "reason", "visit_id")
        )
        for each in found
    }
    assert len(rows) == len(found)
    return rows


def states(campaign: Raw) -> Counter[str]:
    return Counter(state for state, *_ in rows_of(campaign).values())


def now(campaign: Raw) -> Raw:
    stored = collection(Campaign).find_one({"_id": campaign["_id"]})
    assert stored is not None
    return stored


def test_everyone_of_the_group_gets_one_visit_also_on_rest_days_and_the_months_plan_stays() -> None:
    visitor = make_visitor()
    elders = [make_elder(number, risk_level="high") for number in range(1, 11)]
    make_elder(11, risk_level="ordinary")
    make_elder(12, township_id=XIAPU, risk_level="high")
    make_elder(13, risk_level="high", categories=["empty_nest"])
    plan_present_month(MORNING)
    month = list(collection(PlannedVisit).find())
    campaign = begin(townships=(SANYANG,), risk_levels=["high"], categories=["living_alone", "very_old"])
    follow_campaigns(START)
    rows = rows_of(campaign)
    assert set(rows) == {each["_id"] for each in elders}
    assert states(campaign) == {"planned": 10}
    planned = Counter((each["visitor_id"], each["day"]) for each in collection(PlannedVisit).find({"state": "planned"}))
    assert max(count for (_, day), count in planned.items() if day >= "2026-11-27") <= rule("campaigns.visits_a_day")
    assert {day for _, _, day, *_ in rows.values()} <= {"2026-11-27", "2026-11-28", "2026-11-29"}
    assert "2026-11-28" in {day for _, _, day, *_ in rows.values()}, "a Saturday"
    assert {visitor.id} == {who for _, who, *_ in rows.values()}
    assert list(collection(PlannedVisit).find({"campaign_id": None})) == month
    plan_present_month(START)
    assert rows_of(campaign) == rows
    assert repair_campaigns(START)["written"] == 0, "a repair changes nothing that holds"


def test_whom_the_month_has_on_its_days_the_same_visitor_sees_for_both() -> None:
    """Unless that visitor's day is full: then whoever has time goes, and the month's row stays where it was."""
    visitors = [make_visitor() for _ in range(2)]
    elders = [make_elder(number, risk_level="high") for number in range(1, 5)]
    plan_present_month(START)
    months = {"month": "2026-11", "campaign_id": None, "state": "planned"}
    collection(PlannedVisit).update_many(months, {"$set": {"day": "2026-11-30"}})
    for number, elder in enumerate(elders):
        place = {"day": FRIDAY.isoformat(), "visitor_id": visitors[number % 2].id}
        collection(PlannedVisit).update_one({**months, "elder_id": elder["_id"]}, {"$set": place})
    before = {each["elder_id"]: each["visitor_id"] for each in collection(PlannedVisit).find(
        {**months, "day": FRIDAY.isoformat()})}  # fmt: skip
    campaign = begin()
    follow_campaigns(START)
    found = {elder_id: (visitor, day) for elder_id, (_, visitor, day, *_) in rows_of(campaign).items()}
    assert found == {elder_id: (visitor, FRIDAY.isoformat()) for elder_id, visitor in before.items()}
    repair_campaigns(START)
    assert found == {elder_id: (visitor, day) for elder_id, (_, visitor, day, *_) in rows_of(campaign).items()}


def test_each_visitor_is_told_once_also_who_takes_part_only_later() -> None:
    first, idle = make_visitor(township_ids=(SANYANG,)), make_visitor(township_ids=(XIAPU,))
    make_elder(1)
    campaign = begin()
    follow_campaigns(START)
    deliver_all(START)
    (notice,) = told(first)
    assert notice["about"] == f"campaign:{campaign['_id']}"
    assert say(notice["text_key"], **notice["values"]).startswith("高温专项走访已开始（11月27日至11月29日）")
    assert NAME not in str(notice)
    assert told(idle) == []
    make_elder(2, township_id=XIAPU, at=START)
    for _ in range(2):
        repair_campaigns(START)
        deliver_all(START)
    assert [len(told(each)) for each in (first, idle)] == [1, 1]
    campaigns.end(campaign["_id"], "call_off", "预警解除", by=staff_actor(SUPERVISOR), at=START, key="k")
    over = begin(kind="cold")
    campaigns.end(over["_id"], "call_off", "误报", by=staff_actor(SUPERVISOR), at=START, key="k")
    follow_campaigns(START)
    deliver_all(START)
    assert len(told(first)) == 1, "nobody is sent out by a campaign that was called off before it was planned"


def test_the_group_by_age_and_a_kind_that_keeps_rest_days() -> None:
    make_visitor()
    old, young = make_elder(1), make_elder(2, id_number="360902196001010018")
    campaign = begin(kind="festival", age_from=80)
    other = begin(kind="festival", age_to=79)
    follow_campaigns(START)
    assert set(rows_of(campaign)) == {old["_id"]}
    assert set(rows_of(other)) == {young["_id"]}
    assert {day for _, _, day, *_ in rows_of(campaign).values()} == {"2026-11-27"}


def test_who_enters_or_moves_in_while_it_lasts_comes_in_and_who_leaves_goes() -> None:
    make_visitor()
    stays, leaves, moves = make_elder(1), make_elder(2), make_elder(3, township_id=XIAPU)
    campaign = begin(townships=(SANYANG,))
    follow_campaigns(START)
    assert set(rows_of(campaign)) == {stays["_id"], leaves["_id"]}
    noon = at_local(FRIDAY, 12)
    enters = make_elder(4, at=noon)
    collection(Elder).update_one({"_id": moves["_id"]}, {"$set": {"township_id": SANYANG}})
    collection(Elder).update_one({"_id": stays["_id"]}, {"$set": {"risk_level": "ordinary"}})
    operations.end_period(leaves["_id"], FRIDAY, "in_hospital", by=staff_actor(), at=noon, key=new_id(),
                          version=leaves["version"])  # fmt: skip
    repair_campaigns(noon)
    rows = rows_of(campaign)
    assert {rows[each["_id"]][0] for each in (stays, enters, moves)} == {"planned"}
    assert (rows[leaves["_id"]][0], rows[leaves["_id"]][4]) == ("uncovered", "in_hospital")
    collection(Elder).update_one({"_id": moves["_id"]}, {"$set": {"township_id": XIAPU}})
    repair_campaigns(noon)
    assert rows_of(campaign)[moves["_id"]][0] == "withdrawn"


def test_a_done_visit_counts_for_the_campaign_and_for_the_month() -> None:
    visitor, elder = make_visitor(), make_elder(1, risk_level="ordinary")
    plan_present_month(START)
    campaign = begin()
    follow_campaigns(START)
    missed = visited(elder, visitor, "not_at_home", at_local(FRIDAY, 9))
    assert states(campaign) == {"planned": 1}, "attempted is not seen"
    visit = visited(elder, visitor, "seen_well", at_local(FRIDAY, 10))
    assert missed["_id"] != visit["_id"]
    assert (rows_of(campaign)[elder["_id"]][0], rows_of(campaign)[elder["_id"]][5]) == ("met", visit["_id"])
    plan_present_month(at_local(FRIDAY, 11))
    row = collection(PlannedVisit).find_one({"elder_id": elder["_id"], "campaign_id": None})
    assert row is not None and (row["state"], row["visit_id"]) == ("met", visit["_id"])
    repair_campaigns(at_local(FRIDAY, 12))
    assert states(campaign) == {"met": 1}


def test_who_was_not_seen_at_its_end_is_a_concern_until_a_visit() -> None:
    visitor, seen, unseen, gone = make_visitor(), make_elder(1), make_elder(2), make_elder(3)
    campaign = begin()
    follow_campaigns(START)
    visited(seen, visitor, "seen_with_need", at_local(FRIDAY, 10))
    operations.end_period(gone["_id"], FRIDAY, "died", by=staff_actor(), at=at_local(FRIDAY, 11), key=new_id(),
                          version=gone["version"])  # fmt: skip
    follow_campaigns(at_local(SUNDAY, 23, 59))
    assert now(campaign)["state"] == "running"
    monday = at_local(SUNDAY + timedelta(days=1))
    assert follow_campaigns(monday)["concerns"] == 1
    assert follow_campaigns(monday) == {"planned": 0, "ended": 0, "concerns": 0}
    assert (now(campaign)["state"], now(campaign)["settled"]) == ("ended", True)
    assert [concerns_of(each) for each in (seen, gone)] == [[], []]
    concern = only_concern(unseen)
    assert (concern["cause"], concern["occasion"]) == ("campaign_missed", campaign["_id"])
    assert rows_of(campaign)[unseen["_id"]][4] == "not_seen_in_time"
    visited(unseen, visitor, "seen_well", monday + timedelta(hours=10))
    assert not only_concern(unseen)["open"]
    assert rows_of(campaign)[unseen["_id"]][0] == "uncovered", "seen, but not within its days"


def test_ended_by_hand_and_called_off() -> None:
    make_visitor()
    elder, by = make_elder(1), staff_actor(SUPERVISOR)
    off, over, coming = begin(by=by), begin(kind="cold", by=by), begin(kind="flood", by=by, first=SUNDAY)
    follow_campaigns(START)
    campaigns.end(off["_id"], "call_off", "预警解除", by=by, at=START, key="k")
    with pytest.raises(Conflict, match="campaign_not_begun"):
        campaigns.end(coming["_id"], "end", "x", by=by, at=START, key="k")
    campaigns.end(over["_id"], "end", "提前结束", by=by, at=START, key="k")
    assert now(over)["last_day"] == "2026-11-27"
    assert follow_campaigns(START)["concerns"] == 1
    assert only_concern(elder)["occasion"] == over["_id"]
    assert [states(each) for each in (off, over)] == [{"withdrawn": 1}, {"uncovered": 1}]


@pytest.mark.parametrize("stage", ["build", "settle"])
def test_killed_anywhere_and_run_again_it_comes_to_the_same(database: str, stage: str) -> None:
    ill = make_visitor()
    make_visitor()
    for number in range(1, 5):
        make_elder(number, risk_level="ordinary")
    plan_queries.enter_absence(new_id(), ill.id, FRIDAY, FRIDAY, "ill", by=ill, at=MORNING)
    campaign = begin()
    at = START
    if stage == "settle":
        follow_campaigns(START)
        at = at_local(SUNDAY + timedelta(days=1), 0, 1)
    names = ("campaigns", "planned_visits", "concerns")
    from models.kernel.database import database as connected

    before = {name: list(connected()[name].find()) for name in names}

    def outcome() -> tuple[Any, ...]:
        opened = sorted(
            (each["elder_id"], each["cause"], len(each["steps"])) for each in connected()["concerns"].find()
        )
        return rows_of(campaign), opened, now(campaign)["state"], now(campaign)["built"], now(campaign)["settled"]

    def put_back() -> None:
        for name, documents in before.items():
            connected()[name].delete_many({})
            if documents:
                connected()[name].insert_many(documents)

    follow_campaigns(at)
    wanted, points = outcome(), 0
    assert len(wanted[1]) == (4 if stage == "settle" else 0)
    put_back()
    with Killable("models.eldercare.campaigns:follow_campaigns", database, at) as target:
        for _ in target.points(every=1 if stage == "build" else 3):
            points += 1
            follow_campaigns(at)
            assert outcome() == wanted
            put_back()
    assert points >= 4


def test_what_cannot_be() -> None:
    in_one_township = make_staff(SUPERVISOR, township_ids=(SANYANG,))
    with pytest.raises(Forbidden):
        begin(by=in_one_township, townships=(XIAPU,))
    with pytest.raises(Forbidden):
        begin(by=make_staff(VISITOR))
    assert begin(by=in_one_township)["township_ids"] == [SANYANG], "one's own townships where none is named"
    for more in ({"last": FRIDAY + timedelta(days=5)}, {"last": FRIDAY - timedelta(days=1)},
                 {"first": FRIDAY - timedelta(days=1)}, {"first": FRIDAY + timedelta(days=15), "last": FRIDAY + timedelta(days=15)},
                 {"townships": ("1",)}, {"age_from": 80, "age_to": 70}):  # fmt: skip
        with pytest.raises(InvalidInput):
            begin(**more)  # type: ignore[arg-type]


def test_over_http_with_progress_by_township(call: Call) -> None:
    make_visitor()
    for number in range(1, 4):
        make_elder(number, township_id=SANYANG if number < 3 else XIAPU)
    supervisor = headers_of(make_staff(SUPERVISOR))
    intake = headers_of(make_staff(TOWNSHIP_INTAKE, township_ids=(SANYANG,)))
    body = {"kind": "cold", "last_day": "2026-11-25", "categories": ["living_alone"], "reason": "寒潮橙色预警"}
    assert call("POST", "/staff/campaigns", intake, json=body).status_code == 403
    headers = {**supervisor, "Idempotency-Key": "campaign-1"}
    made = call("POST", "/staff/campaigns", headers, json=body)
    assert (made.status_code, made.json["kind_label"], made.json["first_day"]) == (201, "寒潮", "2026-11-23")
    assert call("POST", "/staff/campaigns", headers, json=body).json["id"] == made.json["id"]
    late = call("POST", "/staff/campaigns", supervisor, json={**body, "last_day": "2026-12-25"})
    assert late.json["faults"][0]["code"] == "range_too_long"
    follow_campaigns(MORNING)
    path = f"/staff/campaigns/{made.json['id']}"
    whole = call("GET", path, supervisor).json
    assert (whole["progress"]["people"], whole["progress"]["planned"]) == (3, 3)
    assert [(each["township_id"], each["people"]) for each in whole["townships"]] == sorted([(SANYANG, 2), (XIAPU, 1)])
    assert call("GET", path, intake).json["progress"]["people"] == 2, "of one's own township only"
    page = call("GET", f"{path}/visits?township_id={SANYANG}&limit=1", intake)
    rest = call("GET", f"{path}/visits?township_id={SANYANG}&limit=1&cursor={page.json['next']}", intake)
    assert len({page.json["items"][0]["id"], rest.json["items"][0]["id"]}) == 2
    assert NAME not in page.text
    assert len(call("GET", f"{path}/visits", intake).json["items"]) == 2, "of one's own township only"
    assert call("GET", f"{path}/visits?township_id={XIAPU}", intake).status_code == 403
    assert [each["id"] for each in call("GET", "/staff/campaigns", intake).json["items"]] == [made.json["id"]]
    assert call("POST", f"{path}/end", intake, json={"reason": "x"}).status_code == 403
    assert call("POST", f"{path}/call-off", supervisor, json={"reason": "解除"}).json["state"] == "called_off"
    other = headers_of(make_staff(SUPERVISOR, district_code="360921"))
    assert call("GET", path, other).status_code == 404
