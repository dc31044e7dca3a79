"""What is kept of an arrival, what the checklist takes, and where a person counts on which day."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.loading import rule
from config.visit_checklist import visit_checklist
from models.eldercare.arrival import FARTHER, UNKNOWN, PhonePoint, band_of, compared
from models.eldercare.checklist import check_answers, shown_answers
from models.eldercare.month_marks import months_since
from models.eldercare.periods import last_day_within, place_on
from models.facilities.datum import DATUMS, Datum, from_wgs84
from models.kernel.clock import at_local
from models.kernel.errors import InvalidInput
from tests.factories.eldercare import TOMORROW

HOME = {"longitude": 114.39, "latitude": 27.92}
# A degree of latitude is 110.8 km there.
METRE = 1 / 110_800


@pytest.mark.parametrize("datum", DATUMS)
@pytest.mark.parametrize(("metres", "within", "band"), [(5, True, "50"), (140, True, "150"), (400, False, "500")])
def test_every_datum_is_compared_where_it_belongs(datum: Datum, metres: int, within: bool, band: str) -> None:
    east, north = from_wgs84(HOME["longitude"], HOME["latitude"] + metres * METRE, datum)
    assert compared(PhonePoint(east, north, datum), HOME) == {"within": within, "band": band}


def test_a_point_taken_for_another_datum_is_not_at_the_door() -> None:
    east, north = from_wgs84(HOME["longitude"], HOME["latitude"], "gcj02")
    assert compared(PhonePoint(east, north, "wgs84"), HOME)["within"] is False


def test_a_phone_that_doubts_itself_is_believed_up_to_a_bound() -> None:
    near, far = HOME["latitude"] + 200 * METRE, HOME["latitude"] + 400 * METRE
    assert compared(PhonePoint(HOME["longitude"], near, "wgs84", accuracy_m=60), HOME)["within"] is True
    assert compared(PhonePoint(HOME["longitude"], far, "wgs84", accuracy_m=5_000), HOME)["within"] is False


def test_without_the_homes_point_nothing_is_said() -> None:
    assert compared(PhonePoint(0, 0, "wgs84"), None) == {"within": None, "band": UNKNOWN}


@given(st.floats(0, 1e7))
def test_a_band_holds_its_distance_and_only_bands_come_out(metres: float) -> None:
    bands = [*map(str, rule("eldercare.arrival_bands_m")), FARTHER]
    band = band_of(metres)
    assert band in bands
    assert band == FARTHER or metres <= int(band)


def test_a_point_is_not_in_what_a_log_would_show() -> None:
    assert "114" not in repr(PhonePoint(114.4, 27.8, "wgs84"))


GOOD: dict[str, Any] = {
    item.token: True if item.kind == "yes_no" else 0 if item.kind == "number" else next(iter(item.options))
    for item in visit_checklist().items
}


@pytest.mark.parametrize("risk", ["ordinary", "raised", "high"])
def test_a_whole_checklist_is_taken_and_a_hole_is_named(risk: str) -> None:
    check_answers(GOOD, risk, whole=True)
    needed = [item.token for item in visit_checklist().items if item.required and risk in item.risk]
    assert needed
    for token in needed:
        rest = {name: answer for name, answer in GOOD.items() if name != token}
        with pytest.raises(InvalidInput) as refused:
            check_answers(rest, risk, whole=True)
        assert [fault.field for fault in refused.value.faults] == [f"checklist.{token}"]
        check_answers(rest, risk, whole=False)


@pytest.mark.parametrize(
    ("token", "answer", "code"),
    [("mood", "angry", "checklist_answer"), ("mood", True, "checklist_answer"), ("falls", -1, "checklist_answer"),
     ("falls", 32, "checklist_answer"), ("falls", True, "checklist_answer"), ("wiring_safe", "yes", "checklist_answer"),
     ("blood_pressure", 1, "unknown_checklist_item")],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_named(token: str, answer: Any, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_answers({token: answer}, "high", whole=False)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [(f"checklist.{token}", code)]


def test_answers_that_tell_of_health_are_for_few() -> None:
    health = {item.token for item in visit_checklist().items if item.health}
    assert health >= {"mood", "medicine_at_hand", "falls"}
    assert {each["token"] for each in shown_answers(GOOD, health=True)} == set(GOOD)
    assert not {each["token"] for each in shown_answers(GOOD, health=False)} & health


def test_a_person_counts_where_they_were_on_the_day() -> None:
    """On the day of a transfer they are at the new place already."""
    old = {"district_code": "360902", "township_id": "1", "community": "甲"}
    new = {"district_code": "360921", "township_id": "2", "community": "乙"}
    elder = {**new, "places": [{**old, "until": "2026-10-31"}]}
    assert [place_on(elder, day) for day in ("2026-10-30", "2026-10-31", "2026-11-01")] == [old, new, new]


@pytest.mark.parametrize(
    ("periods", "held"),
    [
        ([("2026-01-01", None, None)], ("2026-10-01", "2026-10-31", None)),
        ([("2026-01-01", "2026-10-01", "died")], ("2026-10-01", "2026-10-01", "died")),
        ([("2026-01-01", "2026-10-31", "died")], ("2026-10-01", "2026-10-31", "died")),
        ([("2026-01-01", "2026-11-01", "died")], ("2026-10-01", "2026-10-31", None)),
        ([("2026-01-01", "2026-09-30", "died")], None),
        ([("2026-11-01", None, None)], None),
        ([("2026-01-01", "2026-10-03", "in_hospital"), ("2026-10-20", None, None)], ("2026-10-01", "2026-10-31", None)),
    ],
)
def test_days_on_the_register_within_a_month(periods: list[tuple[str, Any, Any]], held: Any) -> None:
    given_periods = [{"from": since, "until": until, "reason": reason} for since, until, reason in periods]
    found = last_day_within(given_periods, "2026-10-01", "2026-10-31")
    assert (None if found is None else (found["from"], found["until"], found["reason"])) == held


def test_months_that_have_ended_since() -> None:
    now = at_local(TOMORROW)
    assert list(months_since("2026-08", now)) == ["2026-08", "2026-09", "2026-10"]
    assert list(months_since("2025-11", now))[:3] == ["2025-11", "2025-12", "2026-01"]
    assert list(months_since("2026-11", now)) == []
