"""Who counts in which month: China's calendar days, both ends of a period within."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.eldercare.periods import closed, days_of, is_active, opened
from models.eldercare.visiting import moment
from models.kernel.clock import at_local, month_of
from models.kernel.errors import Conflict, InvalidInput

LATE = at_local(date(2029, 1, 1))


def period(since: str, until: str | None = None) -> dict[str, str | None]:
    return {"from": since, "until": until, "reason": None}


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2028-02", "2028-02-01", "2028-02-29"),
    ],
)
def test_a_month_has_its_own_last_day(month: str, first: str, last: str) -> None:
    assert days_of(month, LATE) == (first, last)


def test_the_present_month_ends_today_in_china() -> None:
    # 16:30 UTC on the 14th is 00:30 on the 15th in China.
    assert days_of("2026-11", datetime(2026, 11, 14, 16, 30, tzinfo=UTC)) == ("2026-11-01", "2026-11-15")


def test_the_first_moment_of_a_month_is_midnight_in_china() -> None:
    midnight = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert days_of("2026-12", midnight) == ("2026-12-01", "2026-12-01")
    with pytest.raises(InvalidInput, match="month_not_begun"):
        days_of("2026-12", midnight - timedelta(seconds=1))


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "0000-01", "9999-12", "2026-1", "", "\u0662026-01", "2026-11x"]
)
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(InvalidInput):
        days_of(month, LATE)


@pytest.mark.parametrize(
    ("since", "until", "october", "november"),
    [
        ("2026-01-01", None, True, True),
        ("2026-01-01", "2026-11-01", True, True),  # died on the 1st: on the register that day
        ("2026-01-01", "2026-10-31", True, False),  # died on the 31st: not in the next month
        ("2026-10-31", None, True, True),
        ("2026-11-01", None, False, True),
        ("2026-11-30", "2026-11-30", False, True),  # entered and left on the last day
        ("2026-12-01", None, False, False),
        ("2026-01-01", "2026-09-30", False, False),
    ],
)
def test_a_day_within_the_month_is_enough(since: str, until: str | None, october: bool, november: bool) -> None:
    periods = [period(since, until)]
    assert is_active(periods, *days_of("2026-10", LATE)) is october
    assert is_active(periods, *days_of("2026-11", LATE)) is november


def test_a_person_of_the_leap_day_counts_in_that_february() -> None:
    periods = [period("2028-02-29", "2028-02-29")]
    assert is_active(periods, *days_of("2028-02", LATE))
    assert not is_active(periods, *days_of("2028-03", LATE))
    assert not is_active(periods, *days_of("2028-01", LATE))


def test_a_month_spent_wholly_in_hospital_does_not_count() -> None:
    periods = [period("2026-01-01", "2026-10-20"), period("2026-12-02")]
    assert not is_active(periods, *days_of("2026-11", LATE))
    assert is_active(periods, *days_of("2026-10", LATE))
    assert is_active(periods, *days_of("2026-12", LATE))


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(since=DAYS, length=st.integers(0, 500), month=st.sampled_from([f"2026-{m:02d}" for m in range(1, 13)]))
def test_active_means_some_day_of_the_month_lies_in_the_period(since: date, length: int, month: str) -> None:
    """The short rule against counting days one by one."""
    until = since + timedelta(days=length)
    days = {since + timedelta(days=n) for n in range(length + 1)}
    expected = any(f"{day:%Y-%m}" == month for day in days)
    assert is_active([period(since.isoformat(), until.isoformat())], *days_of(month, LATE)) is expected


def test_a_period_may_not_end_before_it_began_nor_tomorrow() -> None:
    at = at_local(date(2026, 11, 23), 9)
    periods = opened([], date(2026, 11, 20), at)
    for until in (date(2026, 11, 19), date(2026, 11, 24)):
        with pytest.raises(InvalidInput):
            closed(periods, until, "moved", at)
    ended = closed(periods, date(2026, 11, 23), "moved", at)
    assert ended[-1] == {"from": "2026-11-20", "until": "2026-11-23", "reason": "moved"}
    with pytest.raises(Conflict):
        closed(ended, date(2026, 11, 23), "died", at)
    with pytest.raises(InvalidInput):
        opened(ended, date(2026, 11, 22), at)
    with pytest.raises(InvalidInput):
        opened(ended, date(2026, 11, 24), at)


def test_the_phones_time_counts_while_it_is_plausible() -> None:
    midnight = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    evening = midnight - timedelta(seconds=1)
    uploaded = midnight + timedelta(hours=10)
    seen, trusted = moment(evening, uploaded)
    assert (month_of(seen), trusted) == ("2026-11", True)
    assert month_of(moment(None, midnight)[0]) == "2026-12"
    assert month_of(moment(None, evening)[0]) == "2026-11"


@pytest.mark.parametrize("off", [timedelta(hours=-73), timedelta(minutes=11), timedelta(days=-400)])
def test_a_phone_whose_clock_is_wrong_does_not_choose_the_month(off: timedelta) -> None:
    at = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    assert moment(at + off, at) == (at, False)


def test_a_phone_a_little_ahead_cannot_reach_into_the_next_month() -> None:
    at = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    assert moment(at + timedelta(minutes=5), at) == (at, True)
