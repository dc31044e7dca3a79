"""The chat by schedule: hand-overs that nobody takes or goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.conversations import passing
from models.platform import Platform


def handover_alarms(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Escalate what waits too long, end what nobody goes on with."""
    return passing.sound_alarms(at)
