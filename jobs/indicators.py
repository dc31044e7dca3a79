"""The indicators' jobs: roll up counted uses, observe the month that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.indicators.approvals import count_approvals
from models.indicators.observations import observe
from models.indicators.rollups import forget_raw, roll_up
from models.platform import Platform


def roll_up_usage(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Count the uses of the hours that have new events; let go of raw events that need not be kept."""
    return {**roll_up(at), "forgotten": forget_raw(at)}


def count_trainings(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Count the approvals that stand for a use, such as a completed training."""
    return {"approvals": count_approvals(at)}


def observe_month(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Observe the month, once what belongs to it is counted; the pushes go out through the outbox."""
    count_approvals(at)
    roll_up(at)
    observed = observe(period, at)
    return {"made": len(observed.made), "unchanged": observed.unchanged}
