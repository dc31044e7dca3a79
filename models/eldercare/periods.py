"""Who was on the register when, in China's calendar days. Pure functions over stored periods.

A day is text, `2026-11-23`, so that order of text is order of time. Both ends of a period lie within it: a person who
died on the 1st was on the register on the 1st, hence in that month; one who died on the 31st was not in the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from models.kernel.clock import day_of, month_bounds, month_of
from models.kernel.errors import Conflict, FieldFault, InvalidInput

Period = Mapping[str, Any]


def days_of(month: str, at: datetime) -> tuple[str, str]:
    """First and last day of the month; of the present month the last is today.

    Raises InvalidInput for what is no month or has not begun: nobody can know who will be on the register.
    """
    try:
        start, following = month_bounds(month)
    except (ValueError, OverflowError):
        raise InvalidInput(faults=[FieldFault("month", "string_pattern_mismatch")]) from None
    if month > month_of(at):
        raise InvalidInput("month_not_begun")
    last = min(day_of(following - timedelta(seconds=1)), day_of(at))
    return day_of(start).isoformat(), last.isoformat()


def is_active(periods: Sequence[Period], first: str, last: str) -> bool:
    """True where one of the periods holds at least one day from `first` to `last`, both within."""
    return any(p["from"] <= last and (p["until"] is None or p["until"] >= first) for p in periods)


def opened(periods: Sequence[Period], since: date, at: datetime, field: str = "from") -> list[Period]:
    """The periods with a new one from `since`. Raises InvalidInput for a day to come or before the last one's end."""
    if since > day_of(at):
        raise InvalidInput(faults=[FieldFault(field, "in_the_future")])
    if periods and since.isoformat() < str(periods[-1]["until"]):
        raise InvalidInput(faults=[FieldFault(field, "before_last_period")])
    return [*periods, {"from": since.isoformat(), "until": None, "reason": None}]


def closed(periods: Sequence[Period], until: date, reason: str, at: datetime) -> list[Period]:
    """The periods with the last one ended on `until`, its last day within."""
    *earlier, last = periods
    if last["until"] is not None:
        raise Conflict("illegal_transition")
    if until > day_of(at):
        raise InvalidInput(faults=[FieldFault("until", "in_the_future")])
    if until.isoformat() < last["from"]:
        raise InvalidInput(faults=[FieldFault("until", "before_period")])
    return [*earlier, {**last, "until": until.isoformat(), "reason": reason}]
