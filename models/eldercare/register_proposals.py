"""Endings of register periods that visits propose: in hospital, moved, died. The registrar decides, nothing else does.

A proposal is made once for a visit and reason. It goes away when the outcome turns out otherwise, and is settled when
the period ends, whether by it or in another way.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from mongoengine import StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.eldercare.documents import INACTIVE, Elder
from models.kernel.actors import SUPERVISOR, SYSTEM, TOWNSHIP_INTAKE
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.errors import Conflict
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import SYSTEM_ROLE, Change, Lifecycle, Raw, Transition, history_entry
from models.kernel.outbox import OUTBOX_INDEX, Causing

OPEN, ACCEPTED, DISMISSED, WITHDRAWN = "open", "accepted", "dismissed", "withdrawn"


class RegisterProposal(Causing):
    """The ending of a period that a visit proposes. `reason`: see `EndReason`; `found_on`: the day of the finding."""

    state = StringField(required=True, default=OPEN)
    elder_id = StringField(required=True)
    visit_id = StringField(required=True)
    reason = StringField(required=True)
    found_on = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    decided_by = StringField()

    meta: ClassVar[dict[str, Any]] = {"collection": "register_proposals"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("township_id", 1), ("state", 1)], "name": "township"},
        {"keys": [("district_code", 1), ("state", 1)], "name": "district"},
        {"keys": [("elder_id", 1), ("state", 1)], "name": "elder"},
        OUTBOX_INDEX,
    ]


PROPOSAL_LIFECYCLE = Lifecycle(
    "register_proposal",
    RegisterProposal,
    OPEN,
    [
        Transition("dismiss", (OPEN,), DISMISSED, (TOWNSHIP_INTAKE, SUPERVISOR)),
        # Accepting is the ending of the period itself; the proposal follows it.
        Transition("accept", (OPEN,), ACCEPTED, (SYSTEM_ROLE,)),
        Transition("withdraw", (OPEN,), WITHDRAWN, (SYSTEM_ROLE,)),
    ],
)


def ending_key(proposal_id: str) -> str:
    """The key under which the register's history names the ending that a proposal led to."""
    return f"proposal:{proposal_id}"


def propose(visit: Raw, report_id: str, at: datetime) -> None:
    """Propose the ending that a report's outcome speaks of, once."""
    report = next((each for each in visit.get("reports", ()) if each["id"] == report_id), None)
    if report is not None:
        propose_outcome(visit, report["outcome"], report_id, as_utc(report["found_at"]), at)


def propose_outcome(visit: Raw, outcome: str, cause: str, found_at: datetime, at: datetime) -> None:
    """Propose what an outcome speaks of; `cause`, a report or a correction, names it. None is made for a person who is
    off the register already, or for whom the same is proposed."""
    reason = rule("eldercare.outcomes_ending").get(outcome)
    fields = {"state": 1, "district_code": 1, "township_id": 1}
    elder = collection(Elder).find_one({"_id": visit["elder_id"]}, fields)
    if reason is None or elder is None or elder["state"] == INACTIVE:
        return
    if any(each["reason"] == reason for each in _open_of(elder["_id"])):
        return
    proposal = RegisterProposal(
        id=id_from_key("register_proposal", f"{cause} {reason}"), created_at=at, updated_at=at,
        elder_id=elder["_id"], visit_id=visit["_id"], reason=reason, found_on=day_of(found_at).isoformat(),
        district_code=elder["district_code"], township_id=elder["township_id"],
    ).raw()  # fmt: skip
    proposal["history"] = [history_entry("propose", None, OPEN, SYSTEM, at, key=proposal["_id"])]
    with suppress(DuplicateKeyError):
        collection(RegisterProposal).insert_one(proposal)
    # Whoever ends the period settles the proposals it finds; one made in between is found here instead.
    now = collection(Elder).find_one({"_id": elder["_id"]}, {"state": 1, "history": 1})
    if now is not None:
        follow_register(now, at)


def withdraw_of_visit(visit: Raw, kept_outcome: str, at: datetime) -> None:
    """Take back what the visit proposed for an outcome that it no longer has."""
    kept = rule("eldercare.outcomes_ending").get(kept_outcome)
    for each in _open_of(visit["elder_id"]):
        if each["visit_id"] == visit["_id"] and each["reason"] != kept:
            _end(each["_id"], "withdraw", None, at)


def follow_register(elder: Raw, at: datetime) -> None:
    """Settle the open proposals of a person off the register: accepted where they led to it, else withdrawn."""
    if elder["state"] != INACTIVE:
        return
    endings = {entry.get("key"): entry["by"]["id"] for entry in elder["history"] if entry["action"] == "end_period"}
    for each in _open_of(elder["_id"]):
        decided_by = endings.get(ending_key(each["_id"]))
        _end(each["_id"], "accept" if decided_by else "withdraw", decided_by, at)


def follow_person(elder_id: str, place: Mapping[str, str], at: datetime) -> None:
    """Hand the open proposals to the registrar of the township where the person is now."""
    collection(RegisterProposal).update_many(
        {"elder_id": elder_id, "state": OPEN, "township_id": {"$ne": place["township_id"]}},
        {"$set": {**place, "updated_at": at}, "$inc": {"version": 1}},
    )


def _open_of(elder_id: str) -> list[Raw]:
    return list(collection(RegisterProposal).find({"elder_id": elder_id, "state": OPEN}))


def _end(proposal_id: str, action: str, decided_by: str | None, at: datetime) -> None:
    with suppress(Conflict):  # decided in between
        PROPOSAL_LIFECYCLE.perform(
            proposal_id, action, by=SYSTEM, at=at, change=Change(set={"decided_by": decided_by})
        )  # fmt: skip
