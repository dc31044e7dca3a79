"""What the tests carry out in processes of their own, to kill them."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.settings import Settings
from jobs.running import Runner
from jobs.timetable import TIMETABLE
from models.indicators import observations, usage
from models.kernel.clock import FixedClock
from models.platform import Platform


def write_two_events(at: datetime) -> None:
    """Two hours of counted uses, written at once."""
    events = [
        usage._event(("facility_view", int((at - timedelta(hours=back)).timestamp()) // 3600, "360902", ""), 2)
        for back in (0, 1)
    ]
    usage.write_events(events)


def observe_last_month(at: datetime) -> None:
    """The month that has ended."""
    observations.observe(observations.last_ended(at), at)


def run_all_due(at: datetime) -> None:
    """Everything of the timetable that is due."""
    Runner(Platform(Settings(), FixedClock(at)), TIMETABLE).run_all_due()
