"""Feedback by schedule: late pieces go up, answered ones are asked about once and closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.feedback import alarms, theme_standing
from models.platform import Platform


def deadlines(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Sound every alarm that is due."""
    return alarms.sound_alarms(at)


def count_themes(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Count the months' themes, which would take too long at every look."""
    return theme_standing.note_themes(at)
