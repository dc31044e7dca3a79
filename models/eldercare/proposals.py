"""The registrar's list of endings that visits propose, and the decision on each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from config.loading import rule
from models.eldercare.documents import Elder, EndReason
from models.eldercare.operations import end_period
from models.eldercare.register_proposals import OPEN, PROPOSAL_LIFECYCLE, RegisterProposal, ending_key
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.errors import IllegalTransition, NotFound, StaleVersion
from models.kernel.lifecycle import Change, Raw


def open_proposals(scope: dict[str, Any]) -> list[Raw]:
    """What waits for the registrar of a place, the oldest first."""
    found = collection(RegisterProposal).find({**scope, "state": OPEN}).limit(rule("eldercare.day_list_most"))
    return sorted(found, key=lambda each: (each["created_at"], each["_id"]))


def proposal_of_place(proposal_id: str, by: Actor) -> Raw:
    """One proposal of the actor's place. Raises NotFound otherwise."""
    proposal = collection(RegisterProposal).find_one({"_id": proposal_id})
    if proposal is None or not by.covers(proposal["district_code"], proposal["township_id"]):
        raise NotFound()
    return proposal


def accept(
    proposal_id: str, until: date | None, reason: EndReason | None, *, by: Actor, at: datetime, version: int
) -> Raw:  # fmt: skip
    """End the period as proposed, or on another day and for another reason where the registrar knows better.

    Raises NotFound, StaleVersion, IllegalTransition for one that is decided already, and what `end_period` raises.
    """
    proposal = proposal_of_place(proposal_id, by)
    elder = collection(Elder).find_one({"_id": proposal["elder_id"]}, {"version": 1, "history.key": 1})
    if elder is None:
        raise NotFound()
    key = ending_key(proposal_id)
    known = any(entry.get("key") == key for entry in elder["history"])  # a repeat after a crash goes on
    if not known:
        current = {"state": proposal["state"], "version": proposal["version"]}
        if version != proposal["version"]:
            raise StaleVersion(details=current)
        if proposal["state"] != OPEN:
            raise IllegalTransition(details=current)
    end_period(
        proposal["elder_id"], until or date.fromisoformat(proposal["found_on"]), reason or proposal["reason"], by=by,
        at=at, key=key, version=elder["version"],
    )  # fmt: skip
    return proposal_of_place(proposal_id, by)


def dismiss(proposal_id: str, reason: str, *, by: Actor, at: datetime, key: str, version: int) -> Raw:
    """Keep the person on the register; why is kept encrypted. Raises NotFound, and what the lifecycle raises."""
    proposal = proposal_of_place(proposal_id, by)
    change = Change(set={"decided_by": by.id}, note=reason)
    done = PROPOSAL_LIFECYCLE.perform(proposal_id, "dismiss", by=by, at=at, key=key, version=version, change=change)
    audit.record(by, "register_proposal_dismissed", f"register_proposal:{proposal_id}", at,
                 district_code=proposal["district_code"])  # fmt: skip
    return done
