"""Opening hours on ordinary days, public holidays and make-up workdays."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from models.facilities.opening_hours import BadHours, Schedule, day_kind, is_assumed, normal_hours
from models.kernel.clock import SHANGHAI

OFFICE = "Mo-Fr 09:00-17:00; PH off"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(("hours", "moment", "is_open", "until"), [
    (OFFICE, "2026-11-23 10:00", True, "2026-11-23 17:00"),
    (OFFICE, "2026-11-21 10:00", False, "2026-11-23 09:00"),
    # Spring Festival 2026: off 15 to 23 February, made up on Saturdays 14 and 28.
    (OFFICE, "2026-02-14 10:00", True, "2026-02-14 17:00"),
    (OFFICE, "2026-02-16 10:00", False, "2026-02-24 09:00"),
    (OFFICE, "2026-02-28 12:00", True, "2026-02-28 17:00"),
    # National Day: off to 7 October, made up on Saturday the 10th.
    (OFFICE, "2026-10-05 10:00", False, "2026-10-08 09:00"),
    (OFFICE, "2026-10-10 18:00", False, "2026-10-12 09:00"),
    ("Sa,Su,PH 10:00-16:00", "2026-10-05 11:00", True, "2026-10-05 16:00"),
    ("PH,Mo-Fr 10:00-16:00", "2026-10-05 11:00", True, "2026-10-05 16:00"),
    ("Sa,Su 10:00-16:00", "2026-02-14 11:00", False, "2026-02-15 10:00"),
    ("Tu-Su 09:00-17:00", "2026-01-04 10:00", True, "2026-01-04 17:00"),
    ("Mo-Fr 08:00-18:00; Sa 09:00-12:00", "2026-02-14 15:00", True, "2026-02-14 18:00"),
    (f"{OFFICE}; 2026 Feb 14 off", "2026-02-14 10:00", False, "2026-02-24 09:00"),
    (f"{OFFICE}; 2026 Oct 05 10:00-11:00", "2026-10-05 10:30", True, "2026-10-05 11:00"),
    ("24/7", "2026-10-05 03:00", True, None), ("off", "2026-11-23 10:00", False, None),
    ("22:00-02:00", "2026-11-23 23:00", True, "2026-11-24 02:00"),
    ("Mo-Fr 09:00-17:00 unknown", "2026-11-23 10:00", None, "2026-11-23 17:00"),
    ("Mo-Fr 08:30-11:30,14:30-17:30", "2026-11-23 12:00", False, "2026-11-23 14:30"),
])  # fmt: skip
def test_state_and_next_change(hours: str, moment: str, is_open: bool | None, until: str | None) -> None:
    state = Schedule(hours).state(at(moment))
    assert state.open is is_open
    assert state.until == (None if until is None else at(until))


def test_a_year_without_a_notice_is_said_to_be_assumed() -> None:
    assert day_kind(date(2026, 2, 14)) == "makeup" and not is_assumed(date(2026, 12, 31))
    state = Schedule(OFFICE).state(at("2031-01-01 10:00"))
    assert (state.open, state.assumed) == (False, True)
    assert Schedule(OFFICE).state(at("2031-01-02 10:00")).open is True


def test_full_width_signs_are_read() -> None:
    assert normal_hours("Mo-Fr  09：00-17：00； PH off") == OFFICE


@pytest.mark.parametrize(("text", "code"), [
    ("every day", "not_osm"), ("周一至周五 9:00-17:00", "not_osm"), ("", "not_osm"), ("Mo-Fr 25:00-26:00", "not_osm"),
    ("\x00", "not_osm"), ("PH -1 day 10:00-11:00", "holiday_offset"), ("Mo" * 300, "too_long"),
])  # fmt: skip
def test_what_is_not_opening_hours_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadHours) as refused:
        normal_hours(text)
    assert refused.value.code == code
