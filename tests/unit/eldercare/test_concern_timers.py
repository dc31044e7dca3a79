"""Clocks that stand still outside office hours, and the day by which somebody must have been seen."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.loading import rule
from config.text import sentences
from models.eldercare.campaign_records import CAMPAIGN_LIFECYCLE, Kind
from models.eldercare.concern_records import CONCERN_LIFECYCLE, Cause, Resolution
from models.eldercare.concern_timers import due_day, later
from models.eldercare.documents import Outcome, RiskLevel
from models.eldercare.plan_inputs import days_of_month
from models.kernel.actors import STAFF_ROLES
from models.kernel.clock import at_local

HOURS = rule("concerns.working_hours")


def on(day: int, clock: str, month: int = 11) -> datetime:
    hour, minute = clock.split(":")
    return at_local(date(2026, month, day), int(hour), int(minute))


@pytest.mark.parametrize(
    ("start", "minutes", "clock", "ends"),
    [
        (on(23, "09:00"), 120, "working", on(23, "11:00")),
        (on(23, "11:00"), 120, "working", on(23, "15:30")),  # the noon rest
        (on(23, "01:45"), 120, "working", on(23, "10:30")),  # by night
        (on(27, "17:00"), 60, "working", on(30, "09:00")),  # Friday evening to Monday
        (on(27, "17:00"), 60, "daily", on(28, "09:00")),
        (on(30, "16:30", 9), 120, "working", on(8, "09:30", 10)),  # the National Day week
        (on(28, "23:50"), 15, "always", on(29, "00:05")),
    ],
)
def test_when_the_time_is_over(start: datetime, minutes: int, clock: str, ends: datetime) -> None:
    assert later(start, minutes, clock, HOURS) == ends  # type: ignore[arg-type]


@given(
    st.integers(0, 20_000), st.integers(1, 600), st.integers(1, 600), st.sampled_from(["always", "working", "daily"])
)
def test_one_time_after_another_is_both_together(start: int, one: int, other: int, clock: str) -> None:
    begins = on(1, "00:00")
    begins = begins.fromtimestamp(begins.timestamp() + start * 60, tz=begins.tzinfo)
    both = later(later(begins, one, clock, HOURS), other, clock, HOURS)  # type: ignore[arg-type]
    assert both == later(begins, one + other, clock, HOURS)  # type: ignore[arg-type]
    assert both > begins


def test_the_higher_the_risk_the_earlier_and_always_within_the_month() -> None:
    days = rule("concerns.due_day_by_risk")
    assert set(days) == set(get_args(RiskLevel))
    assert days["high"] < days["raised"] < days["ordinary"]
    for month, last in (("2026-11", "2026-11-28"), ("2026-02", "2026-02-26"), ("2028-02", "2028-02-27")):
        assert due_day(days_of_month(month), "2020-01-01", days["ordinary"], 2, 7) == last
    november = days_of_month("2026-11")
    assert due_day(november, "2026-11-08", days["high"], 2, 7) == "2026-11-15"
    assert due_day(november, "2026-11-30", days["high"], 2, 7) == "2026-11-30"


def test_every_cause_has_its_timers_and_every_token_its_words() -> None:
    steps, timers = rule("concerns.steps"), rule("concerns.timers")
    assert set(timers) == set(get_args(Cause))
    for timer in timers.values():
        assert len(timer["acknowledge"]) == len(timer["act"]) == len(steps)
        assert min(*timer["acknowledge"], *timer["act"]) > 0
    assert timers["emergency"]["clock"] == "always", "an emergency waits for no office"
    assert max(timers["emergency"]["acknowledge"]) <= 15
    assert {each["role"] for step in steps for each in step["holders"]} <= set(STAFF_ROLES)
    assert set(rule("concerns.outcomes_at_once")) <= set(get_args(Outcome))
    assert set(rule("concerns.outcomes_at_once").values()) <= set(get_args(Cause))
    tokens = {"cause": get_args(Cause), "state": CONCERN_LIFECYCLE.states, "step": [each["name"] for each in steps],
              "action": ["open", *(each.action for each in CONCERN_LIFECYCLE.rows)],
              "resolution": [*get_args(Resolution), "seen", "register", "covered", "arranged"]}  # fmt: skip
    missing = [f"{kind}.{each}" for kind, all_of in tokens.items() for each in all_of
               if f"concerns.{kind}.{each}" not in sentences()]  # fmt: skip
    assert not missing
    assert all("{name" not in text for key, text in sentences().items() if key.startswith("concerns."))


def test_every_kind_of_campaign_has_its_days_and_its_word() -> None:
    kinds = rule("campaigns.kinds")
    assert set(kinds) == set(get_args(Kind))
    assert all(each["days_most"] > 0 for each in kinds.values())
    assert rule("campaigns.visits_a_day") > rule("eldercare.visits_a_day"), "else a full month leaves nothing"
    words = [*(f"kind.{each}" for each in kinds), *(f"state.{each}" for each in CAMPAIGN_LIFECYCLE.states)]
    assert not [each for each in words if f"campaigns.{each}" not in sentences()]


def test_a_chain_that_begins_in_the_morning_reaches_the_county_on_the_same_day() -> None:
    for cause, timer in rule("concerns.timers").items():
        at = morning = on(23, "09:00")
        for minutes in timer["acknowledge"][:-1]:
            at = later(at, minutes, timer["clock"], HOURS)
        assert at < on(23, "17:30"), cause
        assert at > morning


def test_office_hours_are_in_order() -> None:
    ends = [clock for span in HOURS for clock in span]
    assert all(one < other for one, other in pairwise(ends))
