"""kill -9 between any two writes of an approval or a withdrawal: completed by a retry or the job, nothing stranded."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.collection import Collection

from models.casework import operations
from models.casework.documents import ACCEPTED, APPROVED, WITHDRAWN
from models.childcare.operations import reconcile_places
from models.kernel.actors import Actor
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from tests.factories.casework import (
    MORNING,
    approve,
    assert_places_agree,
    copies_of,
    make_accepted,
    make_centre,
    make_guardian,
    now,
    reviewer,
)

pytestmark = pytest.mark.usefixtures("database")
ROOT = Path(__file__).resolve().parents[3]
LATER = MORNING + timedelta(minutes=10)
WRITES = ("insert_one", "update_one", "find_one_and_update", "delete_one")
CHILD = """
import os, signal, sys
from datetime import datetime
from pymongo.collection import Collection
from config.settings import DEVELOPMENT_DEFAULTS
from models.kernel.database import connect
from models.kernel.encryption import install_keyring
from models.kernel.actors import Actor
uri, action, application, version, by, key, at, survives = sys.argv[1:]
install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"]); connect(uri)
from models.casework import operations
WRITES = ("insert_one", "update_one", "find_one_and_update", "delete_one")
left = [int(survives)]
def counted(name):
    whole = getattr(Collection, name)
    def write(self, *args, **options):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return whole(self, *args, **options)
    setattr(Collection, name, write)
for name in WRITES:
    counted(name)
moment = datetime.fromisoformat(at)
if action == "approve":
    staff = Actor("staff", by, frozenset(["county_reviewer"]), "360902")
    operations.approve(application, version=int(version), reason=None, by=staff, at=moment, key=key)
else:
    operations.withdraw(application, version=None, by=Actor("resident", by), at=moment, key=key)
"""


def run_and_die(database: str, action: str, raw: Raw, by: Actor, key: str, survives: int) -> bool:
    """Perform the action in a process that is killed before its `survives`-th write; True where it was killed."""
    told = [database, action, raw["_id"], str(raw["version"]), by.id, key, MORNING.isoformat(), str(survives)]
    done = subprocess.run([sys.executable, "-c", CHILD, *told], cwd=ROOT, capture_output=True)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode != 0


@pytest.mark.slow
@pytest.mark.parametrize(("survives", "then"), [(2, "job"), (2, "retry"), (3, "another"), (3, "retry")])
def test_an_approval_killed_between_its_writes(database: str, survives: int, then: str) -> None:
    centre, by, key = make_centre(toddler=1), reviewer(), new_id()
    raw = make_accepted(make_guardian(), [centre])
    (other,) = copies_of(raw, 1)
    assert run_and_die(database, "approve", raw, by, key, survives)
    if then == "retry":
        assert approve(raw, by=by, key=key)["state"] == APPROVED
    if then == "another" and now(raw)["state"] == ACCEPTED:
        operations.refuse(raw["_id"], version=raw["version"], reason="x", by=reviewer(), at=MORNING, key=new_id())
    reconcile_places(LATER)
    assert sum(reconcile_places(LATER).values()) == 0
    assert_places_agree()
    taken = now(raw)["state"] == APPROVED
    assert (then != "retry") or taken
    if not taken:
        assert approve(other)["state"] == APPROVED
        assert_places_agree()


@contextmanager
def failing_before(survives: int) -> Iterator[list[int]]:
    """Each write of the product beyond the first `survives` fails, as the process's death would look from outside."""
    left, originals = [survives], {name: getattr(Collection, name) for name in WRITES}

    def counted(name: str) -> Any:
        def write(self: Collection, *args: Any, **options: Any) -> Any:
            if left[0] == 0:
                raise SystemExit("killed")
            left[0] -= 1
            return originals[name](self, *args, **options)

        return write

    for name in WRITES:
        setattr(Collection, name, counted(name))
    try:
        yield left
    finally:
        for name, original in originals.items():
            setattr(Collection, name, original)


@pytest.mark.parametrize("then", ["retry", "job"])
def test_an_approval_cut_before_each_of_its_writes(then: str) -> None:
    first = make_accepted(make_guardian(), [make_centre(toddler=1)])
    for survives in range(12):
        by, key = reviewer(), new_id()
        (raw,) = copies_of(first, 1, [[make_centre(toddler=1)]])
        cut = True
        with failing_before(survives):
            try:
                approve(raw, by=by, key=key)
                cut = False
            except SystemExit:
                pass
        if then == "retry":
            assert approve(raw, by=by, key=key)["state"] == APPROVED
        reconcile_places(LATER)
        assert_places_agree()
        if not cut:
            assert survives > 3
            return
    raise AssertionError("an approval takes fewer writes than that")


@pytest.mark.parametrize("then", ["retry", "job"])
def test_a_withdrawal_cut_before_each_of_its_writes(then: str) -> None:
    first = make_accepted(make_guardian(), [make_centre(toddler=1)])
    for survives in range(12):
        raw = approve(copies_of(first, 1, [[make_centre(toddler=1)]])[0])
        by, key = Resident.actor(raw["resident_id"]), new_id()
        cut = True
        with failing_before(survives):
            try:
                operations.withdraw(raw["_id"], version=None, by=by, at=MORNING, key=key)
                cut = False
            except SystemExit:
                pass
        if then == "retry":
            operations.withdraw(raw["_id"], version=None, by=by, at=MORNING, key=key)
        reconcile_places(LATER)
        state = now(raw)["state"]
        assert state == (WITHDRAWN if then == "retry" or survives > 0 else APPROVED)
        assert_places_agree()
        if not cut:
            return
    raise AssertionError("a withdrawal takes fewer writes than that")
