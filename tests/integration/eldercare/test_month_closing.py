"""A month is closed with its evidence; what is learnt later is a revision that keeps the old and says why."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from jobs.eldercare import close_visit_months
from models.eldercare import operations, transfers, visit_corrections
from models.eldercare.documents import Elder, Visit
from models.eldercare.month_closing import close_due, close_month, closes_at
from models.eldercare.month_marks import MonthMark, marked
from models.eldercare.month_queries import Area, closed_rate, month_rate, parts_of
from models.eldercare.month_records import VisitMonth, is_closed, latest
from models.eldercare.visiting import Report, begin_unbooked, complete_visit
from models.indicators.documents import Observation
from models.kernel.clock import FixedClock, at_local, month_bounds
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from tests.factories.eldercare import (
    DISTRICT,
    FENGXIN,
    MORNING,
    NAME,
    SANYANG,
    XIAPU,
    make_elder,
    make_visitor,
    staff_actor,
)
from tests.failpoints import Killable

pytestmark = pytest.mark.usefixtures("database")
Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]
MONTH = "2026-11"
CLOSING = closes_at(MONTH)
CITY_RATE = {"indicator": "monthly_welfare_visit_rate", "period": MONTH, "level": "city"}
LAST_SECOND = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
CITY = Area()
SUPERVISOR = staff_actor("supervisor", "township_intake", "visitor")


def see(elder: Raw, at: datetime, outcome: Any = "seen_well", uploaded_at: datetime | None = None) -> Raw:
    """A visit made at a moment; uploaded later where said so."""
    by, now = make_visitor(), uploaded_at or at
    visit = begin_unbooked(new_id(), elder["_id"], by=by, at=now, device_time=at)
    return complete_visit(visit["_id"], Report(outcome, device_time=at), by=by, at=now, key=new_id(), version=None)


def numbers(area: Area = CITY, month: str = MONTH, at: datetime = CLOSING) -> tuple[int, int, int | None]:
    rate = month_rate(month, at, area)
    return rate.numerator, rate.denominator, rate.revision


def end(elder: Raw, day: date, at: datetime, reason: Any = "died") -> Raw:
    now = collection(Elder).find_one({"_id": elder["_id"]})
    assert now is not None
    return operations.end_period(
        elder["_id"], day, reason, by=staff_actor(), at=at, key=new_id(), version=now["version"]
    )


def nightly(at: datetime) -> dict[str, list[str]]:
    return close_due(at, lambda month: None)


def test_the_last_second_belongs_to_the_month_and_midnight_to_the_next() -> None:
    first, second = make_elder(1), make_elder(2)
    see(first, LAST_SECOND)
    see(second, LAST_SECOND + timedelta(seconds=1))
    close_month(MONTH, CLOSING)
    close_month("2026-12", closes_at("2026-12"))
    record = latest(MONTH, "township", SANYANG, whole=True)
    assert record is not None
    assert {each["elder_id"]: each["seen_on"] for each in record["people"]} == {
        first["_id"]: "2026-11-30", second["_id"]: None,
    }  # fmt: skip
    assert numbers() == (1, 2, 1)
    assert numbers(month="2026-12", at=closes_at("2026-12")) == (1, 2, 1)


def test_a_month_closes_after_its_time_and_not_before() -> None:
    elder = make_elder()
    see(elder, MORNING)
    assert nightly(CLOSING - timedelta(seconds=1))["closed"] == ["2026-09", "2026-10"] and not is_closed(MONTH)
    assert numbers(at=CLOSING - timedelta(seconds=1)) == (1, 1, None)
    assert nightly(CLOSING)["closed"][-1] == MONTH
    assert numbers() == (1, 1, 1)
    assert nightly(CLOSING + timedelta(days=1)) == {"closed": [], "revised": []}


@pytest.mark.parametrize(("day", "months"), [(1, (True, False)), (30, (True, False))])
def test_who_died_on_the_first_or_the_last_day_counts_in_that_month_only(day: int, months: tuple[bool, bool]) -> None:
    elder = make_elder(1)
    end(elder, date(2026, 11, day), CLOSING)
    close_month("2026-10", CLOSING)
    close_month(MONTH, CLOSING)
    close_month("2026-12", closes_at("2026-12"))
    counted = [numbers(month=month, at=closes_at("2026-12"))[1] for month in (MONTH, "2026-12")]
    assert counted == [int(each) for each in months]
    assert numbers(month="2026-10")[1] == 1


def test_a_transfer_on_the_last_day_takes_the_number_along_and_nobody_counts_twice() -> None:
    stays, moves = make_elder(1), make_elder(2)
    see(moves, MORNING)
    home = transfers.NewHome(FENGXIN, "冯川社区", "x", None)
    transfers.transfer(moves["_id"], home, "x", by=staff_actor(), at=LAST_SECOND, key="k", version=1)
    before = numbers(Area(DISTRICT, SANYANG)), numbers(Area("360921", FENGXIN.id))
    close_month(MONTH, CLOSING)
    assert before == ((0, 1, None), (1, 1, None)), "the provisional number says the same"
    assert numbers(Area(DISTRICT, SANYANG)) == (0, 1, 1)
    assert numbers(Area("360921", FENGXIN.id)) == (1, 1, 1)
    assert numbers(Area("360921", FENGXIN.id, "冯川社区")) == (1, 1, 1)
    assert numbers() == (1, 2, 1)
    assert stays["township_id"] == SANYANG


def test_a_transfer_after_the_month_leaves_its_number_where_it_was() -> None:
    moves = make_elder(2)
    see(moves, MORNING)
    home = transfers.NewHome(FENGXIN, "冯川社区", "x", None)
    after = LAST_SECOND + timedelta(seconds=1)
    transfers.transfer(moves["_id"], home, "x", by=staff_actor(), at=after, key="k", version=1)
    assert numbers(Area(DISTRICT, SANYANG), at=after) == (1, 1, None)
    close_month(MONTH, CLOSING)
    assert numbers(Area(DISTRICT, SANYANG)) == (1, 1, 1)
    assert numbers(Area("360921"))[:2] == (0, 0)


def test_the_parts_add_up_to_the_whole() -> None:
    for number, township in enumerate((SANYANG, SANYANG, XIAPU, FENGXIN.id)):
        elder = make_elder(number, township, community=f"村{number % 2}")
        if number % 2:
            see(elder, MORNING) if township != FENGXIN.id else None
    for closed in (False, True):
        if closed:
            close_month(MONTH, CLOSING)
        whole = numbers()[:2]
        counties = [rate for _, rate in parts_of(MONTH, CLOSING, "county", Area())]
        townships = [rate for _, rate in parts_of(MONTH, CLOSING, "township", Area())]
        assert whole == (1, 4)
        for parts in (counties, townships):
            assert (sum(each.numerator for each in parts), sum(each.denominator for each in parts)) == whole
        villages = parts_of(MONTH, CLOSING, "community", Area(DISTRICT, SANYANG))
        assert [(name, rate.numerator, rate.denominator) for name, rate in villages] == [("村0", 0, 1), ("村1", 1, 1)]


def test_each_later_fact_is_a_revision_that_says_why() -> None:
    """A late upload, a corrected outcome, a corrected day of death, an entry made late: the old stays each time."""
    late, wrong, dead = (make_elder(number) for number in range(3))
    mistaken = see(wrong, MORNING)
    end(dead, date(2026, 11, 1), MORNING)
    nightly(CLOSING)
    assert numbers() == (1, 3, 1)

    see(late, LAST_SECOND, uploaded_at=CLOSING + timedelta(hours=1))
    assert MONTH in {each["_id"] for each in marked()}
    assert nightly(CLOSING + timedelta(days=1))["revised"] == [MONTH]
    correction = visit_corrections.Correction("看到的是邻居", "not_at_home")
    at = CLOSING + timedelta(days=2)
    visit_corrections.correct_outcome(mistaken["_id"], correction, by=SUPERVISOR, at=at, key=new_id(), version=2)
    nightly(at)
    operations.correct_period(
        dead["_id"], date(2026, 10, 31), "died", "x", by=SUPERVISOR, at=at, key=new_id(), version=2
    )
    nightly(at + timedelta(days=1))
    make_elder(9, since=date(2026, 11, 30), at=at)
    nightly(at + timedelta(days=2))

    records = sorted(collection(VisitMonth).find({"level": "city"}), key=lambda each: int(each["revision"]))
    mine = [each for each in records if each["month"] == MONTH]
    assert [(each["numerator"], each["denominator"]) for each in mine] == [(1, 3), (2, 3), (1, 3), (1, 2), (1, 3)]
    township = sorted(
        collection(VisitMonth).find({"level": "township", "month": MONTH}), key=lambda each: int(each["revision"])
    )
    assert [each["why"] for each in township] == [
        {}, {"late_upload": 1}, {"outcome_corrected": 1}, {"death_date_changed": 1}, {"entered_late": 1},
    ]  # fmt: skip
    (change,) = township[1]["changes"]
    assert (change["elder_id"], change["before"]["seen_on"], change["after"]["seen_on"]) == (
        late["_id"], None, "2026-11-30",
    )  # fmt: skip
    assert marked() == []


@pytest.mark.parametrize("month", ["2024-02", "2028-02", "2027-02"])
def test_leap_days_belong_to_february(month: str) -> None:
    last = date(int(month[:4]), 2, monthrange(int(month[:4]), 2)[1])
    at = at_local(last, 23, 59)
    elder = make_elder(1, since=last - timedelta(days=3), at=at)
    end(elder, last, at)
    see_on = begin_unbooked(new_id(), make_elder(2, since=last, at=at)["_id"], by=make_visitor(), at=at)
    complete_visit(see_on["_id"], Report("seen_well"), by=make_visitor(), at=at, key=new_id(), version=None)
    close_month(month, closes_at(month))
    assert numbers(month=month, at=closes_at(month)) == (1, 2, 1)
    following = f"{month[:4]}-03"
    close_month(following, closes_at(following))
    assert numbers(month=following, at=closes_at(following)) == (0, 1, 1)


def test_processes_that_close_at_once_make_each_record_once() -> None:
    for number in range(3):
        see(make_elder(number), MORNING)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: close_month(MONTH, CLOSING), range(4)))
    assert set(collection(VisitMonth).distinct("revision")) == {1}
    assert numbers() == (3, 3, 1)


@pytest.mark.slow
def test_closing_killed_at_any_write_comes_to_the_same(database: str) -> None:
    for number, township in enumerate((SANYANG, XIAPU)):
        see(make_elder(number, township), MORNING)
    with Killable("tests.integration_targets:close_months", database, CLOSING) as target:
        for point in target.points(every=7):
            done = close_visit_months(None, CLOSING, "")  # type: ignore[arg-type]
            assert numbers() == (2, 2, 1), point
            found = list(collection(Observation).find(CITY_RATE))
            assert [(each["value"], each["revision"]) for each in found] == [(100, 1)], (point, done)
            for record in (VisitMonth, Observation, MonthMark):
                collection(record).delete_many({})


def test_the_indicator_reads_the_frozen_numbers_and_follows_a_revision() -> None:
    elder = make_elder()
    made = [close_visit_months(None, at, "")["observed"] for at in (CLOSING - timedelta(hours=1), CLOSING)]  # type: ignore[arg-type]
    rates = list(collection(Observation).find(CITY_RATE))
    assert made[1] and [(each["numerator"], each["denominator"]) for each in rates] == [(0, 1)]
    see(elder, LAST_SECOND, uploaded_at=CLOSING + timedelta(hours=1))
    assert closed_rate(MONTH) is not None and numbers() == (0, 1, 1), "frozen is frozen"
    close_visit_months(None, CLOSING + timedelta(days=1), "")  # type: ignore[arg-type]
    rates = list(collection(Observation).find(CITY_RATE))
    assert sorted((each["revision"], each["value"]) for each in rates) == [(1, 0), (2, 100)]


def test_over_http_numbers_revisions_and_people_are_for_their_readers(
    call: Call, staff: Headers, clock: FixedClock
) -> None:
    seen, unseen = make_elder(1), make_elder(2)
    visit = see(seen, MORNING)
    clock.advance(seconds=(CLOSING - MORNING).total_seconds())
    city, county = staff("planner", district_code=None), staff("supervisor")
    before = call("GET", f"/staff/visit-rate?month={MONTH}", city).json
    assert (before["status"], before["revision"], before["closes_at"]) == (
        "provisional", None, "2026-12-03T00:00:00+08:00",
    )  # fmt: skip
    nightly(CLOSING)
    see(unseen, LAST_SECOND, uploaded_at=CLOSING + timedelta(minutes=5))
    nightly(CLOSING + timedelta(days=1))
    after = call("GET", f"/staff/visit-rate?month={MONTH}&township_id={SANYANG}&community=幸福村", county).json
    assert (after["status"], after["revision"], after["numerator"], after["value"]) == ("frozen", 2, 2, 100)
    areas = call("GET", f"/staff/visit-rate/areas?month={MONTH}&level=county", city).json["items"]
    assert len(areas) == 10 and {each["name"] for each in areas} >= {"袁州区", "奉新县"}
    history = call("GET", f"/staff/visit-rate/revisions?month={MONTH}&township_id={SANYANG}", city).json["items"]
    assert [(each["revision"], each["numerator"]) for each in history] == [(1, 1), (2, 2)]
    assert history[1]["why_labels"] == {"late_upload": "探访记录补传"}
    path = f"/staff/visit-rate/people?month={MONTH}&township_id={SANYANG}"
    people = call("GET", f"{path}&revision=1&limit=1", county)
    rest = call("GET", f"{path}&revision=1&limit=1&cursor={people.json['next']}", county).json
    listed = {each["id"]: each for each in (*people.json["items"], *rest["items"])}
    assert (listed[seen["_id"]]["visit_id"], listed[seen["_id"]]["seen_on"]) == (visit["_id"], "2026-11-23")
    assert listed[unseen["_id"]]["seen"] is False and rest["next"] is None and NAME not in people.text
    assert call("GET", f"{path}&seen=false", county).json["items"] == []
    assert call("GET", f"{path}&revision=7", county).status_code == 404
    changes = call("GET", f"/staff/visit-rate/changes?month={MONTH}&township_id={SANYANG}&revision=2", county)
    assert [(each["elder_id"], each["seen_after"]) for each in changes.json["items"]] == [(unseen["_id"], True)]
    assert NAME not in changes.text
    for refused in (city, staff("visitor"), staff("supervisor", district_code="360921")):
        assert call("GET", path, refused).status_code == 403
    looks = {"visit_rate_people_read": 3, "visit_rate_changes_read": 1}
    for action, count in looks.items():
        assert database()["audit_entries"].count_documents({"action": action}) == count


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["seen", "missed", "died", "late", "correct", "close"])),
    min_size=4, max_size=14,
)  # fmt: skip


@settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_whatever_happens_the_last_number_is_what_the_visits_say(steps: list[tuple[int, str]]) -> None:
    """Any order of visits, deaths, late uploads, corrections and closings: the frozen number follows, the old ones stay."""
    for record in (Elder, Visit, VisitMonth, MonthMark):
        collection(record).delete_many({})
    elders = [make_elder(number) for number in range(4)]
    at, kept = MORNING, dict[str, Any]()
    for who, what in steps:
        at += timedelta(hours=9)
        elder = collection(Elder).find_one({"_id": elders[who]["_id"]})
        assert elder is not None
        if what in ("seen", "missed", "late") and elder["state"] == "active":
            back = min(at, LAST_SECOND) if what == "late" and at - LAST_SECOND < timedelta(hours=70) else at
            see(elder, back, "not_at_home" if what == "missed" else "seen_well", uploaded_at=at)
        elif what == "died" and elder["state"] == "active":
            end(elder, date(2026, 11, 23), at)
        elif what == "correct":
            visit = collection(Visit).find_one({"elder_id": elder["_id"], "state": "completed"})
            if visit is not None:
                to = "not_at_home" if visit["seen_at"] else "seen_well"
                visit_corrections.correct_outcome(
                    visit["_id"], visit_corrections.Correction("x", to), by=SUPERVISOR, at=at, key=new_id(),
                    version=visit["version"],
                )  # fmt: skip
        elif what == "close":
            at = max(at, CLOSING)
            nightly(at)
            kept |= {each["_id"]: each for each in collection(VisitMonth).find() if each["_id"] not in kept}
    nightly(max(at, CLOSING) + timedelta(days=1))
    start, following = month_bounds(MONTH)
    expected = {
        each["elder_id"]
        for each in collection(Visit).find({"state": "completed"})
        if each.get("seen_at") and start <= each["seen_at"] < following
    }
    assert numbers(at=at + timedelta(days=5))[:2] == (len(expected), 4)
    for record_id, record in kept.items():
        assert collection(VisitMonth).find_one({"_id": record_id}) == record, "a frozen number never changes"
