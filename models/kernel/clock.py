"""Time: UTC in storage, Asia/Shanghai for people. Nothing in `models` reads the wall clock by itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class Clock(Protocol):
    """What gives doors the present moment."""

    def now(self) -> datetime:
        """The present, aware, UTC, whole milliseconds (what the database keeps)."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return to_storage(datetime.now(UTC))


class FixedClock:
    """A clock that stands still until it is told to move; for tests and simulated runs."""

    def __init__(self, at: datetime) -> None:
        self._at = to_storage(at)

    def now(self) -> datetime:
        return self._at

    def advance(self, **step: float) -> datetime:
        """Move by a timedelta's keywords (days, hours, …) and return the new present."""
        self._at = to_storage(self._at + timedelta(**step))
        return self._at


def to_storage(at: datetime) -> datetime:
    """UTC with whole milliseconds, as BSON keeps it. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def as_utc(at: datetime) -> datetime:
    """A time as read from the database (naive UTC or aware) made aware."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def local(at: datetime) -> datetime:
    """The same moment on Shanghai's wall clock."""
    return as_utc(at).astimezone(SHANGHAI)


def shown(at: datetime) -> str:
    """ISO 8601 with +08:00 and whole seconds, as the API shows times."""
    return local(at).isoformat(timespec="seconds")


def day_of(at: datetime) -> date:
    """The calendar day in China."""
    return local(at).date()


def month_of(at: datetime) -> str:
    """The calendar month in China, `2026-11`."""
    return f"{local(at):%Y-%m}"


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """First moment of the month and of the next, UTC. Raises ValueError for what is not YYYY-MM."""
    match = _MONTH.fullmatch(month)
    if not match:
        raise ValueError(f"not a month: {month!r}")
    year, number = int(match[1]), int(match[2])
    following = (year + number // 12, number % 12 + 1)
    return _midnight(date(year, number, 1)), _midnight(date(*following, 1))


def previous_month(month: str) -> str:
    """The month before `month`."""
    return month_of(month_bounds(month)[0] - timedelta(days=1))


def next_month(month: str) -> str:
    """The month after `month`."""
    return month_of(month_bounds(month)[1])


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of China's day and of the next, UTC."""
    return _midnight(day), _midnight(day + timedelta(days=1))


def at_local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The moment, UTC, at which Shanghai's clocks show this."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def _midnight(day: date) -> datetime:
    return at_local(day)
