"""The indicators' jobs: roll up counted uses, observe the month that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.indicators.observations import observe
from models.indicators.rollups import roll_up
from models.platform import Platform


def roll_up_usage(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Count the uses of the hours that have new events."""
    return roll_up(at)


def observe_month(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Observe the month; the pushes go out through the outbox."""
    observed = observe(period, at)
    return {"made": len(observed.made), "unchanged": observed.unchanged}
