"""Cursors, working days, months, ids, masks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kernel.actors import ANONYMOUS, SYSTEM, Actor
from models.kernel.clock import FixedClock, day_of, month_bounds, month_of, previous_month, shown, to_storage
from models.kernel.errors import InvalidInput
from models.kernel.ids import ID_PATTERN, id_from_key, new_id
from models.kernel.masking import mask_id_number, mask_name, mask_phone
from models.kernel.paging import decode_cursor, encode_cursor
from models.kernel.workdays import add_workdays, is_assumed, is_workday

POSITIONS = st.dictionaries(st.text("abc", min_size=1), st.integers(-1000, 1000) | st.text(max_size=10), max_size=4)


@given(POSITIONS)
def test_a_cursor_gives_its_position_back(position: dict[str, object]) -> None:
    assert decode_cursor(encode_cursor(position)) == position


@given(POSITIONS, st.data())
def test_a_changed_cursor_is_refused(position: dict[str, object], data: st.DataObject) -> None:
    cursor = encode_cursor(position)
    at = data.draw(st.integers(0, len(cursor) - 2))  # the last character has bits that carry nothing
    other = data.draw(st.sampled_from("ABCxyz019-_").filter(lambda c: c != cursor[at]))
    with pytest.raises(InvalidInput, match="bad_cursor"):
        decode_cursor(cursor[:at] + other + cursor[at + 1 :])


@given(st.text(max_size=80))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="bad_cursor"):
        decode_cursor(text)


def test_a_cursor_as_long_as_a_book_is_refused() -> None:
    with pytest.raises(InvalidInput, match="bad_cursor"):
        decode_cursor("A" * 1_000_000)


# From the State Council's notice for 2026: days off and make-up workdays.
@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-04", True), ("2026-02-14", True), ("2026-02-28", True), ("2026-05-09", True), ("2026-09-20", True),
        ("2026-10-10", True), ("2026-01-01", False), ("2026-02-17", False), ("2026-10-01", False),
        ("2026-10-07", False), ("2026-11-23", True), ("2026-11-28", False),
    ],
)  # fmt: skip
def test_working_days_know_holidays_and_make_up_days(day: str, works: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is works
    assert not is_assumed(date.fromisoformat(day))


def test_twenty_working_days_around_the_national_holiday() -> None:
    assert add_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_workdays(date(2026, 9, 30), 3) == date(2026, 10, 10), "a Saturday that is worked"
    assert add_workdays(date(2026, 9, 18), 1) == date(2026, 9, 20), "a Sunday that is worked"
    assert add_workdays(date(2026, 11, 23), 0) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="below zero"):
        add_workdays(date(2026, 11, 23), -1)


def test_a_year_without_notice_is_assumed_openly() -> None:
    with pytest.warns(UserWarning, match="Monday to Friday assumed"):
        assert is_workday(date(2031, 1, 1))
    assert is_assumed(date(2031, 1, 1))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_lies_in_its_month_of_china(at: datetime) -> None:
    start, following = month_bounds(month_of(at))
    assert start <= at < following
    assert month_of(following) > month_of(at) == month_of(following - timedelta(milliseconds=1))
    assert previous_month(month_of(following)) == month_of(at)
    assert month_of(at) == f"{day_of(at):%Y-%m}"


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "26-01", "2026-01-01", "", "2026-01\n"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a month"):
        month_bounds(text)


def test_times_are_kept_in_utc_milliseconds_and_shown_in_china() -> None:
    at = to_storage(datetime(2026, 10, 31, 16, 0, 0, 123_999, tzinfo=UTC))
    assert at.microsecond == 123_000
    assert shown(at) == "2026-11-01T00:00:00+08:00"
    with pytest.raises(ValueError, match="without a zone"):
        to_storage(datetime(2026, 1, 1))  # noqa: DTZ001
    clock = FixedClock(at)
    assert clock.advance(hours=1) - at == timedelta(hours=1)
    assert clock.now() == clock.now()


def test_ids_are_new_or_belong_to_their_key() -> None:
    import re

    assert len({new_id() for _ in range(1000)}) == 1000
    assert id_from_key("scope", "key") == id_from_key("scope", "key")
    assert len({id_from_key(*pair) for pair in (("a", "bc"), ("ab", "c"), ("a", "b"), ("b", "a"))}) == 4
    assert re.match(ID_PATTERN, id_from_key("scope", "key"))


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (mask_name, "张三", "张*"), (mask_name, "欧阳修远", "欧***"), (mask_name, "张", "*"), (mask_name, "", ""),
        (mask_id_number, "110101199003072330", "110*************30"), (mask_id_number, "12345", "*****"),
        (mask_phone, "13800138000", "138******00"), (mask_phone, "110", "***"),
    ],
)  # fmt: skip
def test_masks_show_little(mask: object, text: str, masked: str) -> None:
    assert mask(text) == masked  # type: ignore[operator]


def test_who_is_responsible_for_a_place() -> None:
    def worker(district: str | None, *townships: str) -> Actor:
        return Actor("staff", "x", frozenset({"planner"}), district, townships)

    assert worker(None).covers("360902", "1")
    assert worker("360902").covers("360902", "1") and not worker("360902").covers("360981", "1")
    assert worker("360902", "1").covers("360902", "1") and not worker("360902", "1").covers("360902", "2")
    assert not worker("360902", "1").covers("360902"), "a county matter is not the township's"
    assert not any(actor.covers("360902", "1") for actor in (SYSTEM, ANONYMOUS, Actor("resident", "x")))
