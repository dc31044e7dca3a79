"""Two families and one place: approved, offered, accepted, given back, offered on and accepted, with the jobs between.

Run again after a crash it only completes what is missing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models.casework import followups, offers, operations
from models.casework.documents import ACCEPTED, Application
from models.childcare import placing
from models.childcare.operations import follow_up_handler, reconcile_places
from models.kernel.actors import COUNTY_REVIEWER, Actor
from models.kernel.database import collection
from models.kernel.lifecycle import Raw
from models.kernel.outbox import deliver, relay
from models.people.documents import Resident

COUNTY = Actor("staff", "county", frozenset([COUNTY_REVIEWER]), "360902")


def both() -> list[Raw]:
    """The applications, in a fixed order."""
    return list(collection(Application).find().sort("_id", 1))


def jobs(at: datetime) -> None:
    """What the jobs do of it, some minutes later."""
    later = at + timedelta(minutes=10)
    handlers = {
        followups.CHANNEL: followups.follow_up_handler(lambda: later),
        placing.CHANNEL: follow_up_handler(lambda: later),
        offers.CHANNEL: offers.follow_up_handler(lambda: later),
    }
    for _ in range(2):  # what one effect causes is delivered after it
        relay(later)
        deliver(later + timedelta(hours=2), handlers)
    reconcile_places(later)


def whole_way(at: datetime) -> None:
    """Every step, each with a key of its own."""
    for raw in both():
        version = raw["version"] if raw["state"] == ACCEPTED else 1
        operations.approve(raw["_id"], version=version, reason=None, by=COUNTY, at=at, key=f"approve {raw['_id']}")
        jobs(at)
    for raw in both():
        offer = offers.offer_id(placing.KIND, raw["_id"], 1)
        by = Resident.actor(raw["resident_id"])
        offers.accept(offer, by=by, at=at, key=f"accept {raw['_id']}")
        jobs(at)
        operations.withdraw(raw["_id"], version=None, by=by, at=at, key=f"withdraw {raw['_id']}")
        jobs(at)
