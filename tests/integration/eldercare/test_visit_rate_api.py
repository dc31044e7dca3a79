"""The month's visit rate over HTTP: China's months, whom it counts, and who may see the people behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from config.loading import rules
from models.eldercare import month_standing
from models.eldercare.documents import Elder
from models.kernel.clock import FixedClock, shown
from models.kernel.database import collection, database
from models.kernel.lifecycle import Raw
from tests.factories.eldercare import (
    DISTRICT,
    FENGXIN,
    MORNING,
    NAME,
    SANYANG,
    TOMORROW,
    XIAPU,
    make_elder,
)

Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]


def test_the_month_is_china_s_at_its_last_second(
    call: Call, staff: Headers, family: tuple[Raw, dict[str, str]], clock: FixedClock
) -> None:
    """Seen at 23:59:59 on the 30th counts for November, at 00:00 for December."""
    clock.advance(seconds=(MORNING.replace(month=11, day=30, hour=15, minute=59, second=59) - MORNING).total_seconds())
    elder, _ = family
    second = make_elder(2)
    for person, step in ((elder, 0), (second, 1)):
        clock.advance(seconds=step)
        visitor = staff("visitor")
        visit = call("POST", "/staff/visits", visitor, json={"elder_id": person["_id"]}).json
        body = {"version": 1, "outcome": "seen_well"}
        assert call("POST", f"/staff/visits/{visit['id']}/complete", visitor, json=body).status_code == 200
    planner = staff("planner", district_code=None)
    rates = [call("GET", f"/staff/visit-rate?month={month}", planner).json for month in ("2026-11", "2026-12")]
    assert [(rate["numerator"], rate["denominator"], rate["value"]) for rate in rates] == [(1, 2, 50.0), (1, 2, 50.0)]


def test_the_rate_counts_people_on_the_register_on_any_day_of_the_month(call: Call, staff: Headers) -> None:
    make_elder(1)
    gone, came, far = make_elder(2), make_elder(3, since=TOMORROW - timedelta(days=1)), make_elder(4, FENGXIN.id)
    visitor = staff("visitor")
    body = {"version": 1, "reason": "died", "until": "2026-11-01"}
    assert call("POST", f"/staff/elders/{gone['_id']}/end-period", visitor, json=body).status_code == 200
    visit = call("POST", "/staff/visits", visitor, json={"elder_id": came["_id"]}).json
    seen = {"version": 1, "outcome": "seen_with_need"}
    for _ in range(2):  # seen twice is one person seen
        call("POST", f"/staff/visits/{visit['id']}/complete", visitor, json=seen)
        visit = call("POST", "/staff/visits", visitor, json={"elder_id": came["_id"]}).json
    city, county = staff("planner", district_code=None), staff("supervisor")

    def rate(query: str, who: dict[str, str]) -> tuple[int, int]:
        answer = call("GET", f"/staff/visit-rate?{query}", who)
        assert answer.status_code == 200, answer.text
        return answer.json["numerator"], answer.json["denominator"]

    assert rate("month=2026-11", city) == (1, 4)
    assert rate(f"month=2026-11&district_code={DISTRICT}", county) == (1, 3)
    assert rate(f"month=2026-11&township_id={XIAPU}", county) == (0, 0)
    assert rate("month=2026-10", city) == (0, 3)
    assert call("GET", "/staff/visit-rate?month=2026-11", county).status_code == 403
    assert call("GET", "/staff/visit-rate?month=2026-11&district_code=360921", county).status_code == 403
    assert call("GET", "/staff/visit-rate?month=2026-12", city).json["code"] == "month_not_begun"
    assert call("GET", "/staff/visit-rate?month=2026-13", city).status_code == 422
    assert call("GET", "/staff/visit-rate?month=2026-11", visitor).status_code == 403
    assert far["township_id"] == FENGXIN.id


def test_the_people_behind_the_rate_are_for_those_who_answer_for_them(call: Call, staff: Headers) -> None:
    seen, unseen = make_elder(1), make_elder(2)
    collection(Elder).update_one({"_id": seen["_id"]}, {"$set": {"seen_months": ["2026-11"]}})
    path = f"/staff/visit-rate/people?month=2026-11&township_id={SANYANG}"
    missing = call("GET", f"{path}&seen=false", staff("supervisor"))
    assert [each["id"] for each in missing.json["items"]] == [unseen["_id"]]
    assert NAME not in missing.text
    assert len(call("GET", path, staff("township_intake")).json["items"]) == 2
    callers = (staff("planner"), staff("visitor"), staff("supervisor", district_code="360921"))
    assert [call("GET", path, who).status_code for who in callers] == [403, 403, 403]
    assert database()["audit_entries"].count_documents({"action": "visit_rate_people_read"}) == 2


def test_a_large_county_is_shown_as_it_stood_some_minutes_ago(
    call: Call, staff: Headers, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of few people, and where nobody has counted lately, as it is now."""
    least = rules()["eldercare.standing_people_least"]
    monkeypatch.setitem(rules(), "eldercare.standing_people_least", least.model_copy(update={"value": 2}))
    make_elder(1), make_elder(2)
    month_standing.note_standings(clock.now())
    make_elder(3), make_elder(4, FENGXIN.id)
    city, place = staff("planner", district_code=None), f"month=2026-11&district_code={DISTRICT}"

    def people(query: str) -> list[int]:
        parts = call("GET", f"/staff/visit-rate/areas?{query}&level=township", city).json["items"]
        return [call("GET", f"/staff/visit-rate?{query}", city).json["denominator"],
                sum(each["denominator"] for each in parts)]  # fmt: skip

    assert people(place) == [2, 2] and people(f"month=2026-11&district_code={FENGXIN.district_code}") == [1, 1]
    told = call("GET", f"/staff/visit-rate?{place}", city).json
    assert (told["status"], told["as_of"]) == ("provisional", shown(MORNING))
    assert call("GET", f"/staff/visit-rate?{place}&township_id={SANYANG}", city).json["denominator"] == 3
    clock.advance(minutes=31)
    assert people(place) == [3, 3]
