"""When residents are left in peace: what is no emergency waits until the morning. The hours are rules (`notices`)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from config.loading import rule
from models.kernel.clock import at_local, day_of, local


def is_quiet(at: datetime) -> bool:
    """True in the hours, on China's clocks, in which nobody is disturbed."""
    now, begin, end = local(at).time(), _hour("notices.quiet_from"), _hour("notices.quiet_until")
    return begin <= now or now < end if begin > end else begin <= now < end


def next_waking(at: datetime) -> datetime:
    """`at` itself outside the quiet hours, else the moment at which they end."""
    if not is_quiet(at):
        return at
    end = _hour("notices.quiet_until")
    day = day_of(at)
    if local(at).time() >= end:
        day += timedelta(days=1)
    return at_local(day, end.hour, end.minute)


def _hour(name: str) -> time:
    return time.fromisoformat(rule(name))
