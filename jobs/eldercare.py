"""Visits to old people: the month's plan, built on the month's first day and repaired by night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.eldercare.plan_building import plan_present_month
from models.platform import Platform


def plan_visits(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """The plan of the present month; where it stands already it is repaired, so a repeat does no harm."""
    return plan_present_month(at)
