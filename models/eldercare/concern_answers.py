"""What the staff answer to a concern: I take it, this was done, it is over, it is not over after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args

from config.loading import rule
from models.eldercare.concern_chain import act_until, begin_again, is_asked
from models.eldercare.concern_endings import end_on_register
from models.eldercare.concern_evidence import resolved
from models.eldercare.concern_records import CONCERN_LIFECYCLE, Concern, Resolution
from models.eldercare.documents import ACTIVE, Elder, EndReason
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.errors import Conflict, NotFound
from models.kernel.lifecycle import Change, Raw

OF_THE_REGISTER = frozenset(get_args(EndReason))


@dataclass(frozen=True)
class Ending:
    """How a concern ends: why, the evidence in words, and of a step of the register the last day there."""

    reason: Resolution
    evidence: str
    until: date | None = None


def concern_of_place(concern_id: str, by: Actor) -> Raw:
    """The concern, within the place of this member of staff. Raises NotFound otherwise."""
    concern = collection(Concern).find_one({"_id": concern_id})
    if concern is None or not by.covers(concern["district_code"], concern["township_id"]):
        raise NotFound()
    return concern


def open_file(concern_id: str, *, by: Actor, at: datetime) -> Raw:
    """A concern whose chain and notes the caller is about to see; the look is recorded. Raises NotFound."""
    concern = concern_of_place(concern_id, by)
    audit.record(by, "concern.read", f"concern:{concern_id}", at, district_code=concern["district_code"])
    return concern


def acknowledge(concern_id: str, note: str | None, *, by: Actor, at: datetime, key: str) -> Raw:
    """Take it on: the chain waits until the time to act is over. Only those may whom the present step or a later one
    asks. Raises NotFound, Conflict (`concern_passed_on`), and what the lifecycle raises."""
    concern = concern_of_place(concern_id, by)

    def change(now: Raw) -> Change:
        place = now["district_code"], now["township_id"]
        if not any(is_asked(by, step, *place) for step in range(now["step"], len(rule("concerns.steps")))):
            raise Conflict("concern_passed_on")
        taken = {"acknowledged_at": at, "acknowledged_by": by.id,
                 "alarm_at": act_until(now["cause"], now["step"], at)}  # fmt: skip
        return Change(set=taken, note=note)

    done = CONCERN_LIFECYCLE.perform(concern_id, "acknowledge", by=by, at=at, key=key, change=change)
    audit.record(by, "concern.acknowledged", f"concern:{concern_id}", at, district_code=concern["district_code"])
    return done


def report(concern_id: str, note: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """Say what was done; the chain goes on by its time. Raises NotFound, and what the lifecycle raises."""
    concern = concern_of_place(concern_id, by)
    done = CONCERN_LIFECYCLE.perform(concern_id, "report", by=by, at=at, key=key, change=Change(note=note))
    audit.record(by, "concern.reported", f"concern:{concern_id}", at, district_code=concern["district_code"])
    return done


def resolve(concern_id: str, ending: Ending, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """End it. Moved, in hospital, died, left: the person's time on the register ends, and with it the concern.

    The decision is written first, with its evidence: where the request dies afterwards, a job carries it out.
    Raises NotFound, InvalidInput for a day that cannot be, and what the lifecycles raise.
    """
    concern = concern_of_place(concern_id, by)
    if not concern["open"] and any(entry.get("key") in (key, f"{key} evidence") for entry in concern["history"]):
        return concern
    CONCERN_LIFECYCLE.check(concern, "resolve", by=by, at=at, version=version)
    if ending.reason in OF_THE_REGISTER:
        reason: Any = ending.reason
        end_on_register(concern, reason, ending.until or day_of(at), ending.evidence, by=by, at=at, key=key)
    else:
        kept: dict[str, Any] = {"kind": ending.reason, "by": by.id}
        change = Change(set=resolved(kept, at), note=ending.evidence)
        CONCERN_LIFECYCLE.perform(concern_id, "resolve", by=by, at=at, key=key, change=change)
    audit.record(by, "concern.resolved", f"concern:{concern_id}", at, district_code=concern["district_code"],
                 detail={"reason": ending.reason})  # fmt: skip
    return concern_of_place(concern_id, by)


def reopen(concern_id: str, reason: str, *, by: Actor, at: datetime, key: str) -> Raw:
    """It was resolved wrongly: the chain begins anew, and only a later visit that sees the person answers it.

    Raises NotFound, Conflict (`concern_person_left`, `concern_open_already`), and what the lifecycle raises.
    """
    concern = concern_of_place(concern_id, by)
    if not any(entry.get("key") == key for entry in concern["history"]):
        elder = collection(Elder).find_one({"_id": concern["elder_id"]}, {"state": 1})
        if elder is None or elder["state"] != ACTIVE:
            raise Conflict("concern_person_left")
        if not begin_again(concern, by, at, at, reason, key):
            raise Conflict("concern_open_already")
        audit.record(by, "concern.reopened", f"concern:{concern_id}", at, district_code=concern["district_code"])
    return concern_of_place(concern_id, by)
