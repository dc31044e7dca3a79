"""Deadlines in working days: make-up workdays count, holidays do not, and a stage's clock stands still outside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from config.programmes import Version
from models.kernel.clock import day_bounds, day_of
from models.kernel.workdays import add_workdays, is_assumed, is_workday

ONE_SECOND = timedelta(seconds=1)
RUNNING = ("submitted", "accepted", "correction")


@dataclass(frozen=True)
class Due:
    """When a stage must be over: the last second of its last day in China.

    `assumed`: the holidays of that year are not announced yet, so the day may move.
    """

    at: datetime
    assumed: bool


def due(day: date, working_days: int) -> Due:
    """The deadline that is `working_days` after `day`, which itself does not count; none left means that day."""
    last = add_workdays(day, max(working_days, 0))
    return Due(day_bounds(last)[1] - ONE_SECOND, is_assumed(last))


def workdays_between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`; 0 where `last` is not later."""
    return sum(is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def clock_of(raw: Mapping[str, Any], version: Version, target: str, at: datetime) -> dict[str, Any]:
    """What a change of stage writes about time: the days the old stage has used, and the new one's deadline.

    A correction starts anew each time; the stages of the office go on where they were interrupted.
    """
    used = dict(raw.get("days_used") or {})
    source, since = raw["state"], raw.get("stage_since")
    if source in RUNNING and source != "correction" and since is not None:
        used[source] = used.get(source, 0) + workdays_between(day_of(since), day_of(at))
    found: dict[str, Any] = {"stage_since": at, "days_used": used, "due_at": None, "due_assumed": False}
    if target in RUNNING:
        limit = version.deadlines[target].working_days  # type: ignore[index]
        ends = due(day_of(at), limit - used.get(target, 0))
        found |= {"due_at": ends.at, "due_assumed": ends.assumed}
    return found
