"""A backup is of one moment and whole; a restore brings everything back, but nobody who was erased since."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import integrity
from models.kernel import backup, outbox
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.outbox import OutboxEntry, OutboxMessage
from models.people import erasure_list
from models.people.documents import Resident
from models.people.erasure import erase_resident
from tests.factories import eldercare, housing
from tests.factories.casework import make_centre, make_guardian, make_submitted
from tests.quick import empty_database

Headers = dict[str, str]


def everything() -> dict[str, list[dict[str, object]]]:
    names = sorted(name for name in database().list_collection_names() if name != backup.MARKS)
    return {name: found for name in names if (found := list(database()[name].find().sort("_id", 1)))}


def code_of(client: FlaskClient) -> str:
    """Why the product is not ready; empty where it is. Its directory may still be loading."""
    return str((client.get("/health/ready").json or {}).get("code", ""))


def wipe() -> None:
    empty_database()


def test_what_was_backed_up_comes_back_and_who_was_erased_since_does_not(
    app: Flask, tmp_path: Path, clock: FixedClock, resident: Callable[..., Headers]
) -> None:
    make_submitted(make_guardian(), [make_centre()])
    eldercare.make_elder()
    housing.make_household(1)
    erased = resident(name="王小明")["X-Resident-Id"]
    outbox.enqueue(OutboxEntry("k1", "wechat_custom", {"openid": "o", "text": "x"}), clock.now())
    before = everything()
    folder = tmp_path / "yixiang-2026-11-23"
    made = backup.create(folder, clock.now())
    assert made.documents == sum(len(each) for each in before.values()) and not (tmp_path / "x.partial").exists()
    erase_resident(erased, SYSTEM, clock.now())
    assert erasure_list.write(tmp_path) == 1
    wipe()
    ran = app.test_cli_runner().invoke(args=["backup", "restore", str(folder)])
    assert ran.exit_code == 0, ran.output
    assert "1 erasures repeated" in ran.output and " 0 messages wait" not in ran.output
    after = everything()
    changed = {"residents", "erasure_tombstones", "outbox_messages"}
    for name in (name for name in before if name not in changed):
        # What waits to go out has been moved into the collection of messages, to be looked at there.
        kept = [[{k: v for k, v in each.items() if not k.startswith("outbox")} for each in found[name]]
                for found in (before, after)]  # fmt: skip
        assert kept[0] == kept[1], name
    stored = collection(Resident).find_one({"_id": erased})
    assert stored is not None and stored["erasure"] == "erased" and "name" not in stored
    message = collection(OutboxMessage).find_one({"_id": "k1"})
    assert message is not None and message["state"] == outbox.UNCERTAIN


def test_a_backup_taken_while_others_write_is_of_one_moment(app: Flask, tmp_path: Path, clock: FixedClock) -> None:
    ledger = database()["ledger"]
    ledger.insert_many([{"_id": number, "amount": 100} for number in range(400)])
    moved = threading.Event()

    def told(name: str, count: int) -> None:
        # Between two collections money moves from the last account, not yet read, to a new collection read later.
        if not moved.is_set():
            moved.set()
            ledger.update_one({"_id": 399}, {"$set": {"amount": 0}})
            database()["zz_ledger"].insert_one({"_id": 1, "amount": 100})

    folder = tmp_path / "b"
    backup.create(folder, clock.now(), told)
    wipe()
    database().drop_collection("ledger")
    database().drop_collection("zz_ledger")
    backup.restore(folder, clock.now())
    backup.restored()
    total = sum(each["amount"] for name in ("ledger", "zz_ledger") for each in database()[name].find())
    database().drop_collection("ledger")
    database().drop_collection("zz_ledger")
    assert moved.is_set() and total == 40_000


def test_a_changed_file_a_full_database_and_a_second_folder_are_refused(
    app: Flask, tmp_path: Path, clock: FixedClock
) -> None:
    eldercare.make_elder()
    folder = tmp_path / "b"
    backup.create(folder, clock.now())
    with pytest.raises(backup.BackupFault, match="something already"):
        backup.create(folder, clock.now())
    with pytest.raises(backup.BackupFault, match="not empty"):
        backup.restore(folder, clock.now())
    wipe()
    victim = folder / "elders.bson.gz"
    victim.write_bytes(victim.read_bytes()[:-9] + b"123456789")
    with pytest.raises(backup.BackupFault, match="missing or changed"):
        backup.restore(folder, clock.now())
    assert not backup.is_restoring()
    (folder / backup.MANIFEST).write_text("{}")
    ran = app.test_cli_runner().invoke(args=["backup", "check", str(folder)])
    assert ran.exit_code == 1 and "Traceback" not in ran.output


def test_a_restore_that_was_broken_off_is_not_ready_and_begins_anew(
    app: Flask, client: FlaskClient, tmp_path: Path, clock: FixedClock
) -> None:
    eldercare.make_elder()
    make_submitted(make_guardian(), [make_centre()])
    folder = tmp_path / "b"
    backup.create(folder, clock.now())
    before = everything()
    wipe()

    def die(name: str, count: int) -> None:
        if name == "elders":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.restore(folder, clock.now(), die)
    assert code_of(client) == "restore_unfinished"
    backup.restore(folder, clock.now())
    backup.restored()
    assert everything() == before and code_of(client) != "restore_unfinished"


def test_the_nightly_backup_is_made_once_a_day_and_the_oldest_go(
    app: Flask, settings: object, tmp_path: Path, clock: FixedClock
) -> None:
    run = app.test_cli_runner()
    for _ in range(2):
        assert run.invoke(args=["jobs", "run", "backup"]).exit_code == 0
    folder = tmp_path / "backups"
    assert [each.name for each in folder.iterdir() if each.is_dir()] == ["yixiang-2026-11-23"]
    for day in range(1, 5):
        backup.create(folder / f"yixiang-2026-11-0{day}", clock.now())
    assert backup.delete_old(folder, 2) == ["yixiang-2026-11-01", "yixiang-2026-11-02", "yixiang-2026-11-03"]


def test_what_must_never_be_is_found(app: Flask, clock: FixedClock) -> None:
    elder = eldercare.make_elder()
    raw = make_submitted(make_guardian(), [make_centre()])
    housing.make_household(1)
    slot = eldercare.make_slot()
    assert integrity.look().total == 0
    database()["visit_slots"].update_one({"_id": slot["_id"]}, {"$inc": {"free": 1}})
    database()["elders"].update_one({"_id": elder["_id"]}, {"$set": {"state": "inactive"}})
    database()["applications"].update_one({"_id": raw["_id"]}, {"$set": {"state": "accepted"}})
    database()["waiting_leaves"].update_many({}, {"$set": {"items": []}})
    found = integrity.look()
    assert {name for name, count in found.counts.items() if count} == {
        "visit_slots", "register", "applications", "waiting_lists",
    }  # fmt: skip
    assert any(slot["_id"] in fault for fault in found.faults)
    ran = app.test_cli_runner().invoke(args=["integrity"])
    assert ran.exit_code == 1
