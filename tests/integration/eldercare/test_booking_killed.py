"""`kill -9` between the two writes of a booking: the hour that was taken gets its visit from the job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from models.eldercare import booking
from models.eldercare.documents import Visit, VisitSlot
from models.eldercare.settling import reconcile_bookings
from models.kernel.database import collection
from models.kernel.ids import new_id
from tests.factories.eldercare import MORNING, assert_consistent, make_elder, make_link, make_slot
from tests.running import ROOT

# The process kills itself in the moment in which its second write would go out.
CHILD = """
import os, signal, sys
from datetime import datetime
from pymongo import monitoring
from config.settings import DEVELOPMENT_DEFAULTS

class Killer(monitoring.CommandListener):
    writes = 0
    def started(self, event):
        if event.command_name in ("insert", "update", "findAndModify"):
            Killer.writes += 1
            if Killer.writes == 2:
                os.kill(os.getpid(), signal.SIGKILL)
    def succeeded(self, event): pass
    def failed(self, event): pass

monitoring.register(Killer())
from models.eldercare import booking
from models.kernel.database import connect
from models.kernel.encryption import install_keyring
from models.people.documents import Resident

uri, action, first, second, resident, at = sys.argv[1:]
install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
connect(uri)
by, at = Resident.actor(resident), datetime.fromisoformat(at)
if action == "book":
    booking.book_visit("K" * 26, first, second, None, by=by, at=at)
else:
    booking.reschedule_visit(first, second, by=by, at=at, key="K" * 26)
"""


def run_and_die(*arguments: str) -> None:
    ended = subprocess.run([sys.executable, "-c", CHILD, *arguments, MORNING.isoformat()], cwd=ROOT,
                           env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=60)  # fmt: skip
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("action", ["book", "move"])
def test_a_killed_process_leaves_a_booking_that_is_completed(database: str, action: str) -> None:
    elder, new = make_elder(), make_slot(hour=10)
    daughter = make_link(elder, 1)
    old = make_slot()
    visit = booking.book_visit(new_id(), elder["_id"], old["_id"], None, by=daughter, at=MORNING)
    run_and_die(database, action, elder["_id"] if action == "book" else visit["_id"], new["_id"], daughter.id)

    left = collection(VisitSlot).find_one({"_id": new["_id"]})
    assert left is not None
    assert (left["free"], len(left["pending"])) == (0, 1), "the hour was taken, and its visit is not there yet"
    assert reconcile_bookings(MORNING)["slots"] == 1
    assert_consistent()
    visits = {each["_id"]: each["slot_id"] for each in collection(Visit).find({"state": "booked"})}
    expected = {visit["_id"]: old["_id"], "K" * 26: new["_id"]} if action == "book" else {visit["_id"]: new["_id"]}
    assert visits == expected
    assert reconcile_bookings(MORNING) == {"slots": 0, "visits": 0, "elders": 0}
