"""Until when somebody must answer, and by which day of a month a person must have been seen. Pure functions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from config.loading import rule
from models.kernel.clock import at_local, day_of
from models.kernel.workdays import is_workday

Clock = Literal["always", "working", "daily"]
Hours = list[list[str]]
DAYS_MOST = 400


def later(start: datetime, minutes: int, clock: Clock, hours: Hours) -> datetime:
    """The moment at which `minutes` of the clock are over: of all time, or of the hours of working days or every day.

    `hours`: spans of China's clock in order, `["08:30", "12:00"]`. A clock that stands still begins with the next span.
    """
    left = timedelta(minutes=minutes)
    if clock == "always":
        return start + left
    first = day_of(start)
    for number in range(DAYS_MOST):
        day = first + timedelta(days=number)
        if clock == "working" and not is_workday(day):
            continue
        for opens, closes in hours:
            begins, ends = max(start, _at(day, opens)), _at(day, closes)
            if begins < ends and left <= ends - begins:
                return begins + left
            left -= max(ends - begins, timedelta(0))
    raise ValueError("no working hours in a year")


def due_day(month_days: list[str], since: str, by_risk: int, left_least: int, grace: int) -> str:
    """By the end of which day of the month a person must have been seen.

    `by_risk`: the day of their risk level; `left_least`: so many days of the month come after it; who entered on
    `since`, in this month, has `grace` days, at most to the month's end.
    """
    due = month_days[max(0, min(by_risk, len(month_days) - left_least) - 1)]
    if since <= month_days[0]:
        return due
    entered = (date.fromisoformat(since) + timedelta(days=grace)).isoformat()
    return max(due, min(entered, month_days[-1]))


def last_due_day(month_days: list[str]) -> str:
    """By the end of which day of the month everybody who was there from its beginning must have been seen."""
    latest = max(rule("concerns.due_day_by_risk").values())
    return due_day(month_days, month_days[0], latest, rule("concerns.due_days_left_least"), 0)


def _at(day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return at_local(day, int(hour), int(minute))
