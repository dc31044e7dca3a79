"""Nobody forgotten: what opens a concern, the chain in simulated time, what answers it, and who sees it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.eldercare import concern_answers, concern_queries, operations, plan_queries, visiting
from models.eldercare.concern_chain import advance
from models.eldercare.concern_endings import reconcile_endings
from models.eldercare.concern_finding import find_concerns
from models.eldercare.concern_records import Concern
from models.eldercare.documents import Elder, Visit
from models.eldercare.plan_building import plan_present_month
from models.eldercare.plan_records import PlannedVisit
from models.eldercare.settling import reconcile_bookings
from models.kernel import audit
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR
from models.kernel.clock import at_local
from models.kernel.database import collection
from models.kernel.errors import Conflict, InvalidInput, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from tests.factories.concerns import (
    concerns_of,
    deliver_all,
    make_staff,
    minutes,
    only_concern,
    told,
    visited,
    whole_chain,
)
from tests.factories.eldercare import (
    DISTRICT,
    MORNING,
    NAME,
    SANYANG,
    XIAPU,
    Crash,
    book,
    crash_before_write,
    family,
    headers_of,
    make_elder,
    make_slot,
    staff_actor,
)
from tests.integration.eldercare.conftest import Call

pytestmark = pytest.mark.usefixtures("database")
NIGHT = at_local(date(2026, 11, 23), 1, 45)  # a Monday; the due day of raised and high risk is over


def unseen(number: int = 1, **more: Any) -> Raw:
    return make_elder(number, at=at_local(date(2026, 11, 2), 9), **{"risk_level": "raised", **more})


def found(number: int = 1) -> Raw:
    """A concern about somebody not seen by the due day, opened in the night."""
    elder = unseen(number)
    assert find_concerns(NIGHT)["opened"] == 1
    return only_concern(elder)


def now(concern: Raw) -> Raw:
    stored = collection(Concern).find_one({"_id": concern["_id"]})
    assert stored is not None
    return stored


def test_who_is_not_seen_by_the_due_day_is_a_concern_once() -> None:
    elder, early = unseen(), unseen(2, risk_level="ordinary")
    visitor, *_ = whole_chain()
    find_concerns(at_local(date(2026, 11, 20), 23))
    assert concerns_of(elder) == [], "the due day lasts until midnight"
    assert find_concerns(NIGHT) == {"opened": 1, "answered": 0}
    assert find_concerns(NIGHT) == {"opened": 0, "answered": 0}
    concern = only_concern(elder)
    assert (concern["cause"], concern["occasion"], concern["state"]) == ("not_seen", "2026-11", "told")
    assert concerns_of(early) == []
    deliver_all(NIGHT)
    deliver_all(NIGHT)
    (notice,) = told(visitor)
    assert notice["about"] == f"concern:{concern['_id']}"
    assert concern["number"] in str(notice["values"]) and NAME not in str(notice)


def test_the_chain_reaches_the_county_on_the_same_day_and_stays_open_there() -> None:
    visitor, township, county = whole_chain()
    concern = found()
    clock = concern["alarm_at"]
    assert clock == at_local(date(2026, 11, 23), 10, 30)
    assert advance(minutes(clock, -1)) == {"escalated": 0, "overdue": 0, "answered": 0}
    assert advance(clock)["escalated"] == 1
    assert advance(clock)["escalated"] == 0
    second = now(concern)
    assert (second["step"], second["steps"][-1]["told"]) == (1, [township.id])
    advance(second["alarm_at"])
    third = now(concern)
    assert (third["step"], third["steps"][-1]["told"]) == (2, [county.id])
    assert third["alarm_at"] < at_local(date(2026, 11, 23), 17, 31)
    assert advance(third["alarm_at"]) == {"escalated": 0, "overdue": 1, "answered": 0}
    last = now(concern)
    assert (last["state"], last["open"], last["alarm_at"]) == ("told", True, None)
    deliver_all(MORNING + timedelta(days=1))
    assert [len(told(each)) for each in (visitor, township, county)] == [1, 1, 2], "the last step is told again"
    assert concern_queries.open_everywhere() == {("not_seen", True): 1}


def test_who_has_acknowledged_must_act_in_time_or_the_chain_goes_on() -> None:
    visitor, _, _ = whole_chain()
    concern = found()
    at = at_local(date(2026, 11, 23), 9)
    taken = concern_answers.acknowledge(concern["_id"], "我去看看", by=visitor, at=at, key="a")
    assert (taken["state"], taken["acknowledged_by"]) == ("taken", visitor.id)
    assert taken["alarm_at"] == at_local(date(2026, 11, 23), 15, 30)
    assert advance(concern["alarm_at"])["escalated"] == 0, "the first timer is over, but somebody answered"
    concern_answers.report(concern["_id"], "没有人开门", by=visitor, at=minutes(at, 60), key="r")
    assert advance(taken["alarm_at"])["escalated"] == 1
    after = now(concern)
    assert (after["state"], after["step"], after["acknowledged_at"]) == ("told", 1, None)
    with pytest.raises(Conflict, match="concern_passed_on"):
        concern_answers.acknowledge(concern["_id"], None, by=visitor, at=taken["alarm_at"], key="a2")


def test_an_emergency_waits_for_nobody_and_is_counted_in_minutes() -> None:
    visitor, _, _ = whole_chain()
    saturday = at_local(date(2026, 11, 21), 22)
    elder = make_elder(1, at=saturday)
    visited(elder, visitor, "emergency", saturday)
    deliver_all(saturday)
    concern = only_concern(elder)
    assert (concern["cause"], concern["alarm_at"]) == ("emergency", minutes(saturday, 10))
    advance(minutes(saturday, 10))
    advance(minutes(saturday, 20))
    assert now(concern)["step"] == 2
    visited(elder, visitor, "seen_well", minutes(saturday, 30))
    assert (now(concern)["state"], now(concern)["resolution"]["kind"]) == ("resolved", "seen")


def test_two_failed_attempts_in_some_days_and_a_third_opens_nothing_more() -> None:
    visitor, *_ = whole_chain()
    elder, other = make_elder(1), make_elder(2)
    for day, outcome in ((0, "not_at_home"), (2, "refused"), (3, "not_at_home")):
        at = MORNING + timedelta(days=day)
        visited(elder, visitor, outcome, at)
        deliver_all(at)
        assert len(concerns_of(elder)) == (0 if day == 0 else 1)
    assert only_concern(elder)["cause"] == "attempts_failed"
    for day, outcome in ((0, "not_at_home"), (1, "seen_well"), (2, "not_at_home"), (12, "not_at_home")):
        at = MORNING + timedelta(days=day)
        visited(other, visitor, outcome, at)
        deliver_all(at)
    assert concerns_of(other) == [], "seen in between, then too far apart"


def test_what_a_supervisor_resolved_is_not_found_again_and_the_next_two_attempts_are() -> None:
    visitor, supervisor, _ = whole_chain()
    elder = make_elder(1)
    for hour in range(2):
        visited(elder, visitor, "not_at_home", MORNING + timedelta(hours=hour))
    deliver_all(MORNING + timedelta(hours=2))
    ending = concern_answers.Ending("seen_by_other", "邻居张婶今早见过，电话核实")
    at = MORNING + timedelta(hours=3)
    concern_answers.resolve(only_concern(elder)["_id"], ending, by=supervisor, at=at, key="x")
    visited(elder, visitor, "not_at_home", at + timedelta(hours=1))
    deliver_all(at + timedelta(hours=1))
    assert len(concerns_of(elder)) == 1, "one attempt after the neighbour's word"
    visited(elder, visitor, "not_at_home", at + timedelta(hours=2))
    deliver_all(at + timedelta(hours=2))
    assert len(concerns_of(elder)) == 2


def test_a_planned_day_that_passed_and_a_number_without_a_day() -> None:
    first_night = datetime(2026, 11, 30, 16, 5, tzinfo=UTC)
    without = make_elder(1, risk_level="ordinary", at=first_night)
    plan_present_month(first_night)
    find_concerns(first_night + timedelta(hours=1))
    assert only_concern(without)["cause"] == "plan_uncovered"
    whole_chain()
    planned = make_elder(2, risk_level="ordinary", at=first_night)
    plan_present_month(first_night + timedelta(hours=2))
    find_concerns(first_night + timedelta(hours=3))
    assert only_concern(without)["resolution"]["kind"] == "covered"
    row = collection(PlannedVisit).find_one({"elder_id": planned["_id"]})
    assert row is not None
    next_night = at_local(date.fromisoformat(row["day"]) + timedelta(days=1), 1, 15)
    plan_present_month(next_night)  # the night's repair plans it anew first, and the missed day is kept
    find_concerns(next_night + timedelta(minutes=30))
    assert [each["cause"] for each in concerns_of(planned) if each["open"]] == ["planned_missed"]
    find_concerns(next_night + timedelta(minutes=40))
    assert len(concerns_of(planned)) == 1


def test_where_nobody_holds_a_role_the_next_is_told_at_once_and_the_record_says_so() -> None:
    county = make_staff(SUPERVISOR)
    ill = make_staff(VISITOR, township_ids=(SANYANG,))
    plan_queries.enter_absence(new_id(), ill.id, date(2026, 11, 23), date(2026, 11, 23), "ill", by=ill, at=MORNING)
    concern = found()
    assert [(each["step"], each["nobody"]) for each in concern["steps"]] == [(0, True), (1, True), (2, False)]
    assert concern["step"] == 2
    deliver_all(NIGHT)
    assert len(told(county)) == 1
    assert told(ill) == []


def test_where_there_is_nobody_at_all_it_is_loud_at_once() -> None:
    concern = found()
    assert advance(NIGHT)["overdue"] == 1
    assert now(concern)["open"]
    assert now(concern)["overdue_at"] == NIGHT
    assert advance(NIGHT + timedelta(days=3)) == {"escalated": 0, "overdue": 0, "answered": 0}


def test_after_a_night_missed_the_next_step_has_its_whole_time() -> None:
    whole_chain()
    concern = found()
    late = at_local(date(2026, 11, 25), 9)
    assert advance(late)["escalated"] == 1
    assert advance(late)["escalated"] == 0, "who is told only now cannot be late yet"
    assert now(concern)["alarm_at"] == at_local(date(2026, 11, 25), 11)


def test_a_visit_uploaded_late_answers_what_came_before_it_only_if_it_saw_them_afterwards() -> None:
    visitor, *_ = whole_chain()
    elder = make_elder(1)
    emergency = MORNING + timedelta(hours=3)
    before = visiting.begin_unbooked(new_id(), elder["_id"], by=visitor, at=MORNING)
    visited(elder, visitor, "emergency", emergency)
    deliver_all(emergency)
    visiting.complete_visit(
        before["_id"], visiting.Report("seen_well", device_time=MORNING), by=visitor, at=emergency, key="u",
        version=before["version"],
    )  # fmt: skip
    assert only_concern(elder)["open"], "seen in the morning, in need at noon"
    visited(elder, visitor, "seen_with_need", emergency + timedelta(hours=1))
    assert not only_concern(elder)["open"]


def test_seen_but_then_it_does_not_count_opens_it_again() -> None:
    visitor, *_ = whole_chain()
    concern = found()
    visit = visited({"_id": concern["elder_id"]}, visitor, "seen_well", MORNING)
    assert now(concern)["resolution"] == {"kind": "seen", "visit_id": visit["_id"]}
    collection(Visit).update_one({"_id": visit["_id"]}, {"$set": {"seen_at": None, "outcome": "not_at_home"}})
    collection(Elder).update_one({"_id": concern["elder_id"]}, {"$set": {"seen_months": []}})
    find_concerns(NIGHT + timedelta(days=1))
    assert (now(concern)["open"], now(concern)["round"]) == (True, 2)


def test_who_leaves_the_register_or_moves_takes_the_concern_along() -> None:
    _, supervisor, _ = whole_chain()
    there = make_staff(VISITOR, township_ids=(XIAPU,))
    concern = found()
    collection(Elder).update_one({"_id": concern["elder_id"]}, {"$set": {"township_id": XIAPU}})
    assert advance(concern["alarm_at"]) == {"escalated": 0, "overdue": 0, "answered": 0}
    moved = now(concern)
    assert (moved["township_id"], moved["round"], moved["step"]) == (XIAPU, 2, 0)
    assert moved["steps"][-1]["told"] == [there.id]
    with pytest.raises(NotFound):
        concern_answers.resolve(
            concern["_id"], concern_answers.Ending("mistake", "x"), by=supervisor, at=MORNING, key="k"
        )
    elder = collection(Elder).find_one({"_id": concern["elder_id"]})
    assert elder is not None
    operations.end_period(elder["_id"], date(2026, 11, 23), "died", by=staff_actor(), at=MORNING, key="e",
                          version=elder["version"])  # fmt: skip
    assert now(concern)["resolution"] == {"kind": "register", "reason": "died"}


def test_a_supervisor_ends_it_with_the_registers_step_and_opens_it_again() -> None:
    _, supervisor, _ = whole_chain()
    concern = found()
    ending = concern_answers.Ending("in_hospital", "市人民医院，家属电话告知")
    done = concern_answers.resolve(concern["_id"], ending, by=supervisor, at=MORNING, key="k")
    assert done["resolution"] == {"kind": "register", "reason": "in_hospital"}
    again = concern_answers.resolve(concern["_id"], ending, by=supervisor, at=MORNING, key="k")
    assert again["version"] == done["version"]
    with pytest.raises(Conflict, match="concern_person_left"):
        concern_answers.reopen(concern["_id"], "核对有误", by=supervisor, at=MORNING, key="o")
    second = found(2)
    wrong = concern_answers.Ending("mistake", "看错了人")
    concern_answers.resolve(second["_id"], wrong, by=supervisor, at=MORNING, key="k2")
    opened = concern_answers.reopen(second["_id"], "核对有误", by=supervisor, at=MORNING, key="o2")
    assert (opened["open"], opened["round"], opened["step"]) == (True, 2, 0)
    assert concern_answers.reopen(second["_id"], "核对有误", by=supervisor, at=MORNING, key="o2")["round"] == 2
    assert audit.verify().faults == []


def test_a_request_that_dies_anywhere_in_the_registers_step_is_carried_out_by_the_job() -> None:
    _, supervisor, _ = whole_chain()
    ending = concern_answers.Ending("in_hospital", "市人民医院，家属电话告知")
    for number in range(1, 20):
        concern = found(number)

        def end(concern: Raw = concern) -> Raw:
            return concern_answers.resolve(concern["_id"], ending, by=supervisor, at=MORNING, key="k")

        died = True
        with suppress(Crash), crash_before_write(number):
            end()
            died = False
        decided = any(each["action"] == "report" for each in now(concern)["history"])
        reconcile_endings(MORNING)
        reconcile_bookings(MORNING)
        assert (now(concern)["state"] == "resolved") == decided
        assert end()["resolution"] == {"kind": "register", "reason": "in_hospital"}
        elder = collection(Elder).find_one({"_id": concern["elder_id"]})
        assert elder is not None
        assert [each["action"] for each in elder["history"]].count("end_period") == 1
        assert (now(concern)["owed"], reconcile_endings(MORNING)) == ([], 0)
        if not died:
            break
    assert number > 3
    assert not died


def test_a_register_step_that_cannot_be_leaves_the_concern_open() -> None:
    _, supervisor, _ = whole_chain()
    concern = found()
    late = concern_answers.Ending("moved", "x", date(2026, 12, 24))
    with pytest.raises(InvalidInput):
        concern_answers.resolve(concern["_id"], late, by=supervisor, at=MORNING, key="k")
    assert now(concern)["version"] == concern["version"], "nothing is written"
    decided = {"reason": "moved", "until": "2026-11-23", "key": "k", "by": supervisor.id}
    collection(Concern).update_one({"_id": concern["_id"]}, {"$set": {"ending": decided, "owed": ["register"]}})
    collection(Elder).update_one({"_id": concern["elder_id"]}, {"$set": {"township_id": XIAPU}})
    assert [reconcile_endings(MORNING), reconcile_endings(MORNING)] == [1, 0], "another township answers for them now"
    assert now(concern)["open"]


def test_a_visit_handed_over_without_visitor_until_somebody_takes_it() -> None:
    elder, daughter = family()
    visit = book(elder, make_slot(), daughter)
    collection(Visit).update_one({"_id": visit["_id"]}, {"$set": {"visitor_id": None}})
    from models.eldercare import notices
    from models.eldercare.concern_finding import follow_visit

    entry = notices.hand_over_alert(visit)
    assert follow_visit(entry.payload, entry.key, MORNING).outcome == "opened"
    assert follow_visit(entry.payload, entry.key, MORNING).outcome == "known_or_answered"
    collection(Visit).update_one({"_id": visit["_id"]}, {"$set": {"visitor_id": "v"}})
    find_concerns(MORNING)
    assert only_concern(elder)["resolution"]["kind"] == "arranged"


def test_the_list_its_counts_and_the_answers_over_http(call: Call) -> None:
    visitor, supervisor, county = whole_chain()
    elders = [unseen(number) for number in range(1, 4)] + [unseen(4, township_id=XIAPU)]
    find_concerns(NIGHT)
    deliver_all(NIGHT)
    mine, whole = headers_of(supervisor), headers_of(county)
    page = call("GET", "/staff/concerns?limit=2", mine).json
    rest = call("GET", f"/staff/concerns?limit=2&cursor={page['next']}", mine).json
    assert {each["elder_id"] for each in page["items"] + rest["items"]} == {each["_id"] for each in elders[:3]}
    assert page["counts"]["total"] == 3
    county_page = call("GET", f"/staff/concerns?district_code={DISTRICT}", whole).json
    counts = county_page["counts"]
    assert {each["code"]: each["count"] for each in counts["by_place"]} == {SANYANG: 3, XIAPU: 1}
    assert sum(counts["by_cause"].values()) == sum(counts["by_step"].values()) == counts["total"] == 4
    city = call("GET", "/staff/concerns", headers_of(make_staff(SUPERVISOR, district_code=None))).json["counts"]
    assert [(each["code"], each["count"]) for each in city["by_place"]] == [(DISTRICT, 4)]
    assert call("GET", f"/staff/concerns?township_id={XIAPU}", mine).status_code == 403
    assert NAME not in str(county_page)

    first = page["items"][0]
    path = f"/staff/concerns/{first['id']}"
    other = headers_of(make_staff(SUPERVISOR, district_code="360921"))
    assert call("GET", path, other).status_code == 404
    assert call("POST", f"{path}/acknowledge", headers_of(visitor), json={}).json["state"] == "taken"
    assert call("POST", f"{path}/report", headers_of(visitor), json={"note": "敲门无人"}).status_code == 200
    assert (
        call("POST", f"{path}/resolve", headers_of(visitor), json={"reason": "helped", "evidence": "x"}).status_code
        == 403
    )
    done = call("POST", f"{path}/resolve", mine, json={"reason": "helped", "evidence": "已送医"})
    assert (done.status_code, done.json["state"], done.json["resolution"]) == (200, "resolved", "helped")
    assert [each["note"] for each in done.json["events"]] == [None, None, "敲门无人", "已送医"]
    assert call("GET", "/staff/concerns", mine).json["counts"]["total"] == 2
    assert call("POST", f"{path}/reopen", mine, json={"note": "并未见到"}).json["state"] == "told"

    notices = call("GET", "/staff/notices?limit=2", headers_of(visitor)).json
    assert (notices["unread"], len(notices["items"])) == (3, 2)
    read = f"/staff/notices/{notices['items'][0]['id']}/read"
    assert call("PUT", read, headers_of(visitor)).json["read_at"] is not None
    assert call("PUT", read, mine).status_code == 404
    assert call("GET", "/staff/notices", headers_of(visitor)).json["unread"] == 2
    assert call("GET", "/staff/concerns", headers_of(make_staff(TOWNSHIP_INTAKE))).json["counts"]["total"] == 4
