"""When a job runs, on China's clocks, and which period a run answers for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.text import say
from models.kernel.clock import SHANGHAI, at_local, day_of, local, month_bounds, month_of, previous_month


@dataclass(frozen=True)
class Due:
    """One scheduled run: when, and for which period. The period names the run, so it is carried out once."""

    at: datetime
    period: str


class Schedule(Protocol):
    """A recurring time."""

    def latest(self, at: datetime, count: int) -> list[Due]:
        """The last `count` runs that were due by `at`, the oldest first."""
        ...

    def trigger(self) -> BaseTrigger:
        """The same for the scheduler."""
        ...

    def described(self) -> str:
        """In words."""
        ...


@dataclass(frozen=True)
class Seconds:
    """Every so many seconds: a pulse, of which no run is recorded."""

    seconds: float

    def latest(self, at: datetime, count: int) -> list[Due]:
        return []

    def trigger(self) -> BaseTrigger:
        return IntervalTrigger(seconds=self.seconds)

    def described(self) -> str:
        return say("jobs.schedule.seconds", seconds=f"{self.seconds:g}")


@dataclass(frozen=True)
class Hourly:
    """Each hour; the period is the hour in which it runs, `2026-11-23T09`."""

    minute: int

    def latest(self, at: datetime, count: int) -> list[Due]:
        last = local(at).replace(minute=self.minute, second=0, microsecond=0)
        if last > at:
            last -= timedelta(hours=1)
        times = (last - timedelta(hours=back) for back in range(count - 1, -1, -1))
        return [Due(each, f"{each:%Y-%m-%dT%H}") for each in times]

    def trigger(self) -> BaseTrigger:
        return CronTrigger(minute=self.minute, timezone=SHANGHAI)

    def described(self) -> str:
        return say("jobs.schedule.hourly", minute=self.minute)


@dataclass(frozen=True)
class Daily:
    """Each day; the period is the day on which it runs, `2026-11-23`."""

    hour: int
    minute: int

    def latest(self, at: datetime, count: int) -> list[Due]:
        last = day_of(at)
        if self._on(last) > at:
            last -= timedelta(days=1)
        days = (last - timedelta(days=back) for back in range(count - 1, -1, -1))
        return [Due(self._on(day), day.isoformat()) for day in days]

    def trigger(self) -> BaseTrigger:
        return CronTrigger(hour=self.hour, minute=self.minute, timezone=SHANGHAI)

    def described(self) -> str:
        return say("jobs.schedule.daily", hour=self.hour, minute=self.minute)

    def _on(self, day: date) -> datetime:
        return at_local(day, self.hour, self.minute)


@dataclass(frozen=True)
class Monthly:
    """Once a month; the period is the month that has ended before it runs, `2026-10` on the 1st of November."""

    day: int
    hour: int
    minute: int

    def latest(self, at: datetime, count: int) -> list[Due]:
        month = month_of(at)
        if self._in(month) > at:
            month = previous_month(month)
        found: list[Due] = []
        for _ in range(count):
            ended = previous_month(month)
            found.insert(0, Due(self._in(month), ended))
            month = ended
        return found

    def trigger(self) -> BaseTrigger:
        return CronTrigger(day=self.day, hour=self.hour, minute=self.minute, timezone=SHANGHAI)

    def described(self) -> str:
        return say("jobs.schedule.monthly", day=self.day, hour=self.hour, minute=self.minute)

    def _in(self, month: str) -> datetime:
        return at_local(day_of(month_bounds(month)[0]).replace(day=self.day), self.hour, self.minute)
