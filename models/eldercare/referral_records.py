"""Needs that visits found, handed to whoever can help: as stored, made once for each need, and following the person.

A referral is about a case that may come of it: an application to a programme, a word to the authorities, a doctor.
It names the person by id only; what was said of the need is encrypted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from mongoengine import DictField, IntField, StringField
from pymongo.errors import DuplicateKeyError

from models.eldercare.documents import NEEDS, Elder
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import EncryptedStringField, open_json, seal_text
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Lifecycle, Raw, Transition, history_entry
from models.kernel.outbox import OUTBOX_INDEX, Causing

OPEN, TAKEN, DONE, DECLINED = "open", "taken", "done", "declined"
PENDING = (OPEN, TAKEN)
NOTE = "referrals.note"
MEDICAL = "medical"


class Referral(Causing):
    """One need of one person. `kind`: see `NeedKind`; `programme` where it is one; `case`: `{kind, id}`, what came of
    it."""

    state = StringField(required=True, default=OPEN)
    elder_id = StringField(required=True)
    visit_id = StringField(required=True)
    report_id = StringField(required=True)
    number = IntField(required=True)
    kind = StringField(required=True)
    programme = StringField()
    note = EncryptedStringField(NOTE)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    found_by = StringField(required=True)
    taken_by = StringField()
    case = DictField()

    meta: ClassVar[dict[str, Any]] = {"collection": "referrals"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("township_id", 1), ("state", 1), ("created_at", 1), ("_id", 1)], "name": "township"},
        {"keys": [("district_code", 1), ("state", 1), ("created_at", 1), ("_id", 1)], "name": "district"},
        {"keys": [("elder_id", 1)], "name": "elder"},
        {"keys": [("visit_id", 1)], "name": "visit"},
        OUTBOX_INDEX,
    ]


REFERRAL_LIFECYCLE = Lifecycle(
    "referral",
    Referral,
    OPEN,
    [
        Transition("take", (OPEN,), TAKEN, (TOWNSHIP_INTAKE, SUPERVISOR, VISITOR)),
        Transition("give_back", (TAKEN,), OPEN, (TOWNSHIP_INTAKE, SUPERVISOR, VISITOR)),
        Transition("finish", (TAKEN,), DONE, (TOWNSHIP_INTAKE, SUPERVISOR, VISITOR)),
        Transition("decline", (OPEN, TAKEN), DECLINED, (TOWNSHIP_INTAKE, SUPERVISOR)),
    ],
)


def refer(visit: Raw, report_id: str, at: datetime) -> None:
    """Make the referrals of a report's needs; each is made once, however often this is called."""
    report = next((each for each in visit.get("reports", ()) if each["id"] == report_id), None)
    if report is None or not report.get("needs"):
        return
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, {"district_code": 1, "township_id": 1})
    # Where the person is now: a transfer since the visit takes the need along.
    place = elder or visit
    for number, need in enumerate(open_json(report["needs"], NEEDS), 1):
        _insert(visit, report, number, need, place, at)


def follow_person(elder_id: str, place: Mapping[str, str], at: datetime) -> None:
    """Hand what is still to be done for a person to the township where the person is now."""
    for each in list(collection(Referral).find({"elder_id": elder_id}, {"state": 1, "township_id": 1})):
        if each["state"] in PENDING and each["township_id"] != place["township_id"]:
            collection(Referral).update_one(
                {"_id": each["_id"], "state": each["state"]},
                {"$set": {**place, "updated_at": at}, "$inc": {"version": 1}},
            )


def referrals_about(elder_id: str) -> list[Raw]:
    """All referrals of a person, the latest first."""
    return sorted(collection(Referral).find({"elder_id": elder_id}), key=lambda each: each["created_at"], reverse=True)


def _insert(visit: Raw, report: Raw, number: int, need: Mapping[str, Any], place: Raw, at: datetime) -> None:
    found_by = Actor("staff", report["by"])
    made_at = as_utc(report["received_at"])
    referral = Referral(
        id=id_from_key("referral", f"{report['id']} {number}"), created_at=made_at, updated_at=at,
        elder_id=visit["elder_id"], visit_id=visit["_id"], report_id=report["id"], number=number, kind=need["kind"],
        programme=need.get("programme"), district_code=place["district_code"], township_id=place["township_id"],
        found_by=report["by"],
    ).raw()  # fmt: skip
    if need.get("note"):
        referral["note"] = seal_text(need["note"], NOTE)
    referral["history"] = [history_entry("refer", None, OPEN, found_by, made_at, key=referral["_id"])]
    try:
        collection(Referral).insert_one(referral)
    except DuplicateKeyError:  # made before
        return
