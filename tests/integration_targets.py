"""What the tests carry out in processes of their own, to kill them."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.settings import Settings
from jobs.eldercare import close_visit_months
from jobs.running import Runner
from jobs.timetable import TIMETABLE
from models.eldercare import waiting_requests
from models.eldercare.plan_queries import enter_absence
from models.eldercare.waiting_documents import OFFERED, VisitWait
from models.eldercare.wishes import Wishes
from models.indicators import observations, usage
from models.kernel.clock import FixedClock, day_of
from models.kernel.database import collection
from models.people.documents import Caseworker, Resident, staff_actor
from models.platform import Platform


def write_two_events(at: datetime) -> None:
    """Two hours of counted uses, written at once."""
    events = [
        usage._event(("facility_view", int((at - timedelta(hours=back)).timestamp()) // 3600, "360902", ""), 2)
        for back in (0, 1)
    ]
    usage.write_events(events)


def observe_last_month(at: datetime) -> None:
    """The month that has ended."""
    observations.observe(observations.last_ended(at), at)


def run_all_due(at: datetime) -> None:
    """Everything of the timetable that is due."""
    Runner(Platform(Settings(), FixedClock(at)), TIMETABLE).run_all_due()


def take_the_offer(at: datetime) -> None:
    """The family that an hour is held for books it."""
    wait = collection(VisitWait).find_one({"state": OFFERED})
    assert wait is not None
    waiting_requests.take_offer(wait["_id"], Wishes(), by=Resident.actor(wait["resident_id"]), at=at)


def visitor_falls_ill(at: datetime) -> None:
    """The visitor with the user name `ill` is away today and tomorrow."""
    ill = collection(Caseworker).find_one({"username": "ill"})
    assert ill is not None
    by, today = staff_actor(ill), day_of(at)
    enter_absence("A" * 26, by.id, today, today + timedelta(days=1), "ill", by=by, at=at)


CHECKED_IN = "01HZZZZZZZZZZZZZZZZZZZZZZZ"


def check_in_once(at: datetime) -> None:
    """One resident checks in at one facility."""
    from config.settings import DEVELOPMENT_DEFAULTS
    from models.indicators.checkins import check_in, code_of
    from models.kernel.encryption import install_keyring

    install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
    check_in(CHECKED_IN, code_of(CHECKED_IN), resident_id="somebody", at=at)


def close_months(at: datetime) -> None:
    """The months that are due, with their indicator."""
    close_visit_months(Platform(Settings(), FixedClock(at)), at, "")
