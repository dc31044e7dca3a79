"""The chat by schedule: hand-overs that nobody takes or goes on with, calls for help that nobody answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.conversations import distress, passing
from models.platform import Platform


def handover_alarms(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Tell further up of calls for help, escalate what waits too long, end what nobody goes on with."""
    calls = distress.sound_alarms(at)
    return {**passing.sound_alarms(at), **{f"distress_{name}": count for name, count in calls.items()}}
