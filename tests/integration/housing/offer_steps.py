"""What the test of killed processes carries out: an offer expires, and its flat goes to the next household."""

from __future__ import annotations

from datetime import datetime

import wsgi  # noqa: F401  everybody who serves a channel is known
from models.casework import offers


def expire(at: datetime) -> None:
    """Let every offer expire whose time is over, as the job does."""
    offers.expire_due(at)
