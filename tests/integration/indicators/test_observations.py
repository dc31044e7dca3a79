"""Monthly observations: the plan's own 2020 values come out, revisions keep the old, empty is not observable."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config import indicators as catalogue
from config.indicators import DeclaredCoverage, indicators
from config.loading import catalogue as all_places
from models.eldercare import month_queries as eldercare
from models.eldercare.month_closing import close_month
from models.eldercare.month_records import MonthRate, VisitMonth, record_id
from models.indicators import sources
from models.indicators.documents import Observation
from models.indicators.observations import PUSH_CHANNEL, last_ended, observe
from models.indicators.queries import observations_for, observations_of
from models.kernel import outbox
from models.kernel.database import collection
from models.kernel.errors import InvalidInput
from models.kernel.outbox import OutboxMessage
from tests.failpoints import Killable

NOVEMBER = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)  # the 1st of November, 2:30 in China
MONTH = "2026-10"


def stored(token: str, area: str = "3609", period: str = MONTH) -> list[dict[str, Any]]:
    wanted = {"indicator": token, "area": area, "period": period}
    return sorted(collection(Observation).find(wanted), key=lambda each: each["revision"])


def latest(token: str, area: str = "3609", period: str = MONTH) -> dict[str, Any]:
    return stored(token, area, period)[-1]


def rate_is(monkeypatch: pytest.MonkeyPatch, rates: dict[str, MonthRate]) -> None:
    empty = MonthRate("", 0, 0, 0.0)
    monkeypatch.setattr(sources, "closed_rate", lambda month: rates.get(month, empty))


def test_the_plans_2020_figures_come_out(directory: Callable[..., str]) -> None:
    observe(MONTH, NOVEMBER)
    places, beds, share = (
        latest(name) for name in ("childcare_places_per_thousand", "elder_care_beds", "nursing_bed_share")
    )
    assert (places["value"], places["numerator"], places["denominator"]) == (0.89, 4450, 5000)
    assert (beds["value"], beds["numerator"], beds["denominator"]) == (2.9, 2.9, None)
    assert (share["value"], share["numerator"], share["denominator"]) == (45, 13050, 29000)
    for token, found in (("childcare_places_per_thousand", places), ("nursing_bed_share", share)):
        assert found["value"] == found["numerator"] / found["denominator"] * indicators()[token].factor
        assert found["method"] and found["source"] and found["as_of"] == NOVEMBER


def test_counties_are_observed_where_there_is_something_to_divide_by(directory: Callable[..., str]) -> None:
    observe(MONTH, NOVEMBER)
    assert latest("nursing_bed_share", "360902")["value"] == 50
    assert latest("nursing_bed_share", "360981")["value"] == pytest.approx(33.8889)
    assert latest("nursing_bed_share", "360921")["value"] is None, "no beds: not observable, never 0 or 100"
    assert latest("childcare_places_per_thousand", "360902")["value"] is None, "no county's residents are known"
    assert latest("elder_care_beds", "360921")["value"] == 0, "no beds are no beds: nothing is divided"


def test_only_open_centres_with_a_valid_registration_count(directory: Callable[..., str]) -> None:
    directory("childcare_centre", places_infant=1000, registration_valid_until="2026-10-30")
    directory("childcare_centre", places_infant=1000)
    directory("childcare_centre", places_infant=1000, registration_valid_until="2030-01-01", status="closed")
    directory("kindergarten", places_infant=1000, registration_valid_until="2030-01-01")
    observe(MONTH, NOVEMBER)
    assert latest("childcare_places_per_thousand")["numerator"] == 4450
    directory("childcare_centre", places_infant=50, registration_valid_until="2026-10-31")
    observe(MONTH, NOVEMBER)
    assert latest("childcare_places_per_thousand")["numerator"] == 4500


def test_an_empty_register_is_not_observable_and_not_pushed(directory: Callable[..., str]) -> None:
    observe(MONTH, NOVEMBER)
    assert stored("monthly_welfare_visit_rate") == [], "nothing is said of a month that is not closed"
    close_month(MONTH, NOVEMBER)
    observe(MONTH, NOVEMBER)
    found = latest("monthly_welfare_visit_rate")
    assert (found["value"], found["numerator"], found["denominator"]) == (None, 0, 0)
    assert found["outbox"] == []


def test_the_same_facts_again_make_no_revision(directory: Callable[..., str]) -> None:
    first = observe(MONTH, NOVEMBER)
    again = observe(MONTH, NOVEMBER + timedelta(days=3))
    assert again.made == ()
    assert again.unchanged == len(first.made) > 0
    assert latest("elder_care_beds")["as_of"] == NOVEMBER


def test_other_facts_are_the_next_revision_and_the_old_one_stays(directory: Callable[..., str]) -> None:
    observe(MONTH, NOVEMBER)
    directory("elder_care_home", beds=1000, beds_nursing=1000)
    observe(MONTH, NOVEMBER + timedelta(days=1))
    first, second = stored("elder_care_beds")
    assert (first["revision"], first["value"], second["revision"], second["value"]) == (1, 2.9, 2, 3)
    assert [each["revision"] for each in stored("childcare_places_per_thousand")] == [1]


def test_late_notes_of_visits_revise_the_month_before(
    directory: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rate_is(monkeypatch, {MONTH: MonthRate(MONTH, 80, 100, 1.0)})
    observe(MONTH, NOVEMBER)
    rate_is(monkeypatch, {MONTH: MonthRate(MONTH, 90, 100, 1.0), "2026-11": MonthRate("2026-11", 70, 100, 1.0)})
    observe("2026-11", NOVEMBER + timedelta(days=30))
    assert [each["value"] for each in stored("monthly_welfare_visit_rate")] == [80, 90]
    assert latest("monthly_welfare_visit_rate", period="2026-11")["value"] == 70
    assert stored("elder_care_beds")[-1]["revision"] == 1, "the directory of October cannot be read in December"


def test_the_register_itself_is_asked(database: str) -> None:
    assert sources.closed_rate is eldercare.closed_rate


def test_what_is_no_longer_observable_is_reported(
    directory: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rate_is(monkeypatch, {MONTH: MonthRate(MONTH, 80, 100, 1.0)})
    observe(MONTH, NOVEMBER)
    rate_is(monkeypatch, {})
    observe(MONTH, NOVEMBER + timedelta(days=1))
    found = latest("monthly_welfare_visit_rate")
    assert found["value"] is None
    assert len(found["outbox"]) == 1


@pytest.mark.parametrize("period", ["2026-11", "2026-12", "2026-13", "october", ""])
def test_a_month_that_has_not_ended_is_refused(database: str, period: str) -> None:
    with pytest.raises(InvalidInput):
        observe(period, NOVEMBER)


def test_the_month_ends_at_midnight_in_china(database: str) -> None:
    midnight = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    assert last_ended(midnight - timedelta(milliseconds=1)) == "2026-09"
    assert last_ended(midnight) == MONTH
    with pytest.raises(InvalidInput, match="month_not_ended"):
        observe(MONTH, midnight - timedelta(milliseconds=1))
    assert observe(MONTH, midnight).made


def declare_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    made = tuple(
        DeclaredCoverage(indicator=token, since="2021-01", coverage="complete", declared_by="某局", basis="全部收录")
        for token in sources.SOURCES
    )
    monkeypatch.setattr(catalogue, "declared_coverage", lambda: made)


def test_a_part_is_never_published_as_the_citys_value(directory: Callable[..., str]) -> None:
    observe(MONTH, NOVEMBER)
    for token in sources.SOURCES:
        for found in observations_of(token).items:
            assert found["value"] is None
            assert found["status"] in ("partial", "not_observable")
            assert found["coverage"]["status"] == "partial" and found["coverage"]["basis"]
    assert observations_of("elder_care_beds").items[0]["partial_value"] == 2.9
    assert observations_of("elder_care_beds").items[0]["coverage"]["counties"] == 2


def test_declared_complete_is_published_only_when_every_county_has_records(
    directory: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    declare_complete(monkeypatch)
    observe(MONTH, NOVEMBER)
    assert observations_of("nursing_bed_share").items[0]["status"] == "partial"
    for code in ("360921", "360922", "360923", "360924", "360925", "360926", "360982", "360983"):
        directory("elder_care_home", code, beds=10, beds_nursing=5)
    observe(MONTH, NOVEMBER + timedelta(days=1))
    found = observations_of("nursing_bed_share").items[0]
    assert (found["status"], found["value"], found["partial_value"]) == ("complete", 45.0138, None)


def test_a_directory_read_too_late_no_longer_speaks_for_the_month(
    directory: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    declare_complete(monkeypatch)
    for code in ("360921", "360922", "360923", "360924", "360925", "360926", "360982", "360983"):
        directory("elder_care_home", code, beds=10, beds_nursing=5)
    observe("2026-08", NOVEMBER)
    assert observations_of("nursing_bed_share").items[0]["status"] == "partial"


def test_pages_follow_each_other_and_revisions_can_be_asked_for(directory: Callable[..., str]) -> None:
    for number, month in enumerate(("2026-07", "2026-08", "2026-09", "2026-10")):
        directory("elder_care_home", beds=1000 * (number + 1))
        observe(month, NOVEMBER + timedelta(hours=number))
    directory("elder_care_home", beds=5)
    observe("2026-10", NOVEMBER + timedelta(days=1))
    seen, cursor = [], None
    while True:
        page = observations_of("elder_care_beds", all_revisions=True, limit=2, cursor=cursor)
        seen += [(each["period"], each["revision"]) for each in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [("2026-10", 2), ("2026-10", 1), ("2026-09", 1), ("2026-08", 1), ("2026-07", 1)]
    found = observations_of("elder_care_beds", first="2026-08", last="2026-10")
    assert [(each["period"], each["revision"]) for each in found.items] == [
        ("2026-10", 2), ("2026-09", 1), ("2026-08", 1),
    ]  # fmt: skip
    assert {each["revision"] for each in observations_for("2026-10") if each["indicator"] == "elder_care_beds"} == {
        1,
        2,
    }


def test_processes_that_observe_at_once_make_each_revision_once(directory: Callable[..., str]) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: observe(MONTH, NOVEMBER), range(6)))
    made = [each for one in found for each in one.made]
    assert len(made) == len(set(made)) == collection(Observation).count_documents({})
    assert set(collection(Observation).distinct("revision")) == {1}


@pytest.mark.slow
def test_observing_killed_at_any_write_pushes_each_observation_once(
    database: str, directory: Callable[..., str]
) -> None:
    with Killable("tests.integration_targets:observe_last_month", database, NOVEMBER) as target:
        for point in target.points(every=6):
            observe(MONTH, NOVEMBER + timedelta(minutes=5))
            outbox.relay(NOVEMBER + timedelta(minutes=5))
            pushed = sorted(each["_id"] for each in collection(OutboxMessage).find({"channel": PUSH_CHANNEL}))
            assert pushed == [
                f"{PUSH_CHANNEL}:{token}:{MONTH}:0001"
                for token in ("childcare_places_per_thousand", "elder_care_beds", "nursing_bed_share")
            ], point
            collection(Observation).delete_many({})
            collection(OutboxMessage).delete_many({})


def test_counties_and_townships_are_observed_and_few_people_not_shown(database: str) -> None:
    """3 of 4 seen in one township, 60 of 80 in another, 200 of 300 in another county."""
    places = {
        code: [each.id for each in all_places().places if each.district_code == code] for code in ("360902", "360981")
    }
    small, large, other = places["360902"][0], places["360902"][1], places["360981"][0]
    rows = [
        ("township", small, 3, 4), ("township", large, 60, 80), ("township", other, 200, 300),
        ("county", "360902", 63, 84), ("county", "360981", 200, 300), ("city", "3609", 263, 384),
    ]  # fmt: skip
    for level, area, seen, people in rows:
        VisitMonth(
            id=record_id(MONTH, level, area, 1), created_at=NOVEMBER, updated_at=NOVEMBER, month=MONTH, level=level,
            area=area, revision=1, numerator=seen, denominator=people, coverage=1.0, evidence="x", as_of=NOVEMBER,
        ).save()  # fmt: skip
    observe(MONTH, NOVEMBER)
    assert [latest("monthly_welfare_visit_rate", area)["numerator"] for _, area, _, _ in rows] == [
        3,
        60,
        200,
        63,
        200,
        263,
    ]
    shown = {
        each["area"]: (each["status"], each["numerator"], each["denominator"], each["partial_value"])
        for each in observations_for(MONTH) if each["indicator"] == "monthly_welfare_visit_rate"
    }  # fmt: skip
    hidden = ("suppressed", None, None, None)
    assert shown[small] == hidden
    assert shown[large] == hidden, "it would tell the other's number"
    assert shown["360981"] == shown[other] == ("partial", 200, 300, 66.7)
    assert shown["360902"] == ("partial", 60, 80, 75.0)
    assert shown["3609"] == ("partial", 260, 380, 68.4)
