"""Deadlines in working days: make-up workdays count, holidays do not, and a stage's clock stands still outside it.

A stage of the office warns before its last day and is escalated after it; a correction is reminded of before its last
day and lapses after it. The next of these is the application's `alarm`, which a job sounds once (`escalation.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from config.loading import rule
from config.programmes import Version
from models.casework.documents import CORRECTION, OFFICE_STATES
from models.kernel.clock import as_utc, day_bounds, day_of
from models.kernel.workdays import add_workdays, is_assumed, is_workday

ONE_SECOND = timedelta(seconds=1)
RUNNING = (*OFFICE_STATES, CORRECTION)
WARN, ESCALATE, LAPSE = "warn", "escalate", "lapse"


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


def workdays_before(day: date, count: int) -> date:
    """The day from which `count` working days are left up to and with `day`."""
    found = day
    while count > 0:
        count -= is_workday(found)
        if count:
            found -= timedelta(days=1)
    return found


def clock_of(raw: Mapping[str, Any], version: Version, target: str, at: datetime) -> dict[str, Any]:
    """What a change of stage writes about time: days used, the new stage's deadline, and its first alarm.

    A correction starts anew each time; the stages of the office go on where they were interrupted.
    """
    used = dict(raw.get("days_used") or {})
    source, since = raw["state"], raw.get("stage_since")
    if source in OFFICE_STATES and since is not None:
        used[source] = used.get(source, 0) + workdays_between(day_of(since), day_of(at))
    found: dict[str, Any] = {
        "stage_since": at, "days_used": used, "due_at": None, "due_assumed": False, "alarm": None, "alarm_at": None,
        "warned_at": None, "escalated_at": None,
    }  # fmt: skip
    # A stage that the programme does not have has no deadline either; its lifecycle refuses the step.
    if target in RUNNING and target in version.deadlines:
        limit = version.deadlines[target].working_days
        ends = due(day_of(at), limit - used.get(target, 0))
        found |= {"due_at": ends.at, "due_assumed": ends.assumed, **first_alarm(target, ends.at, at)}
    return found


def first_alarm(stage: str, due_at: datetime, at: datetime) -> dict[str, Any]:
    """The alarm that a stage begins with: the warning, or where it is too late for one what comes after it."""
    warns = day_bounds(workdays_before(day_of(due_at), rule("casework.warn_working_days")))[0]
    return {"alarm": WARN, "alarm_at": warns} if warns > at else next_alarm(stage, due_at)


def next_alarm(stage: str, due_at: datetime) -> dict[str, Any]:
    """The alarm after the warning: what happens when the deadline is over."""
    return {"alarm": LAPSE if stage == CORRECTION else ESCALATE, "alarm_at": as_utc(due_at) + ONE_SECOND}
