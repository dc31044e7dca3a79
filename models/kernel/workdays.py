"""China's working days, with holidays and make-up workdays (source: the State Council's yearly notices).

The `chinesecalendar` package carries the notices; for a year it does not know yet, Monday to Friday is assumed
and `is_assumed` says so, so that whoever shows a deadline can say that it may move.
"""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

SATURDAY = 5


def is_workday(day: date) -> bool:
    """True on a working day, make-up workdays included."""
    announced = _announced(day)
    if announced is None:
        warnings.warn(f"no holiday notice for {day.year} yet; Monday to Friday assumed", stacklevel=2)
        return day.weekday() < SATURDAY
    return announced


def is_public_holiday(day: date) -> bool:
    """True on a day that the notices name as a holiday; False for a year without notice."""
    if _announced(day) is None:
        return False
    off, name = chinese_calendar.get_holiday_detail(day)
    return bool(off) and name is not None


def is_assumed(day: date) -> bool:
    """True where the year's holiday notice is not known, so that working days are only assumed."""
    return _announced(day) is None


def add_workdays(day: date, count: int) -> date:
    """The day `count` working days after `day`; `day` itself does not count. `count` ≥ 0."""
    if count < 0:
        raise ValueError("count below zero")
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


@lru_cache(maxsize=4096)
def _announced(day: date) -> bool | None:
    """What the notices say of a day, None where there is none yet; kept, for the package looks through all its days."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
