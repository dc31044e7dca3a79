"""Casework by schedule: deadlines that come near and pass, and cases of caseworkers who have left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.casework import assignment, endings, escalation
from models.platform import Platform


def deadlines(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Warn of stages that are nearly over, escalate those that are, end corrections that were not made."""
    return escalation.sound_alarms(at)


def hand_over(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Give cases of caseworkers who have left back to their places."""
    return {"handed_back": assignment.hand_over(at)}


def end_what_is_over(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """End applications whose stay or lease is over."""
    return {"ended": endings.end_what_is_over(at)}
