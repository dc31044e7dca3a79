"""What the test of killed processes carries out: the one draft is handed in, and its applicant told.

Run again after a crash it only completes what is missing, as a client's retry and the jobs do.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.wechat import notices
from config.settings import Settings
from models.casework import operations
from models.casework.documents import Application
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.outbox import deliver, relay
from models.people.documents import Resident
from models.platform import Platform

KEY = "the phone's key"


def hand_in_and_tell(at: datetime) -> None:
    """Submit with the phone's key, then relay and deliver the notice."""
    raw = collection(Application).find_one({})
    assert raw is not None
    by = Resident.actor(raw["resident_id"])
    operations.submit(raw["_id"], version=None, by=by, at=at, key=KEY)
    later = at + timedelta(minutes=10)
    relay(later)
    deliver(later + timedelta(hours=1), notices.handlers(Platform(Settings(), FixedClock(later))))
