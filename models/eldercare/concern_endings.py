"""A concern that ends with a step of the register: decided in one write, then taken, also where the request dies.

The decision lies on the concern until it is carried out. What cannot be carried out (the person moved to another
township in between, say) is let go of: the concern stays open, its chain goes on, and the evidence is kept.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Any

import structlog

from config.loading import rule
from models.eldercare import operations
from models.eldercare.concern_evidence import settle_person
from models.eldercare.concern_records import CONCERN_LIFECYCLE, Concern
from models.eldercare.documents import ACTIVE, EndReason
from models.eldercare.periods import closed
from models.kernel.actors import Actor
from models.kernel.database import collection
from models.kernel.document import SOME_TEXT
from models.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, StaleVersion
from models.kernel.lifecycle import Change, Raw
from models.people.documents import Caseworker, staff_actor

REGISTER = "register"
REFUSALS: tuple[type[DomainError], ...] = (InvalidInput, NotFound, Forbidden, Conflict)
log = structlog.get_logger("concerns")


def end_on_register(
    concern: Raw, reason: EndReason, until: date, evidence: str, *, by: Actor, at: datetime, key: str
) -> None:  # fmt: skip
    """End the person's time on the register, and with it the concern; `until` is the last day there.

    Raises NotFound, InvalidInput for a day that cannot be, and what the lifecycles raise.
    """
    elder = operations.elder_of_place(concern["elder_id"], by)
    if elder["state"] == ACTIVE:
        closed(elder["periods"], until, reason, at)  # refused before anything is written
    decided = {"reason": reason, "until": until.isoformat(), "key": key, "by": by.id}
    change = Change(set={"ending": decided}, push={"owed": REGISTER}, note=evidence)
    decided_on = CONCERN_LIFECYCLE.perform(
        concern["_id"], "report", by=by, at=at, key=f"{key} evidence", change=change
    )  # fmt: skip
    _carry_out(decided_on, by, at)


def reconcile_endings(at: datetime) -> int:
    """Carry out what crashed requests had decided; returns how many there were."""
    found = list(collection(Concern).find({"owed": SOME_TEXT}, {"outbox": 0}).limit(rule("eldercare.reconcile_batch")))
    for concern in found:
        worker = collection(Caseworker).find_one({"_id": concern["ending"]["by"]})
        if worker is None:
            _let_go(concern)
            continue
        with suppress(*REFUSALS):
            _carry_out(concern, staff_actor(worker), at)
    return len(found)


def _carry_out(concern: Raw, by: Actor, at: datetime) -> None:
    """Take the register's step, where the person is on it still, and resolve what that answers. Safe to repeat."""
    try:
        _end_period(concern["elder_id"], concern["ending"], by, at)
    except StaleVersion:
        raise  # somebody else wrote in between: it is taken the next time
    except REFUSALS as refused:
        log.warning("concern_ending_refused", number=concern["number"], code=refused.code)
        _let_go(concern)
        raise
    settle_person(concern["elder_id"], at)
    _let_go(concern)


def _end_period(elder_id: str, ending: dict[str, Any], by: Actor, at: datetime) -> None:
    elder = operations.elder_of_place(elder_id, by)
    if elder["state"] != ACTIVE:
        return
    try:
        operations.end_period(
            elder_id, date.fromisoformat(ending["until"]), ending["reason"], by=by, at=at,
            key=f"{ending['key']} register", version=elder["version"],
        )  # fmt: skip
    except Conflict:
        if operations.elder_of_place(elder_id, by)["state"] == ACTIVE:
            raise


def _let_go(concern: Raw) -> None:
    here = {"_id": concern["_id"], "ending.key": concern["ending"]["key"]}
    collection(Concern).update_one(here, {"$pull": {"owed": REGISTER}})
