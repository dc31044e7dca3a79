"""Approved childcare applications in placement, without their whole way through the office."""

from __future__ import annotations

from typing import Any

from models.casework.documents import APPROVED, FORM_CONTEXT, Application
from models.casework.queries import form_of
from models.childcare.placing import enter
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.encryption import seal_json
from models.kernel.lifecycle import Raw, history_entry
from tests.factories.casework import MORNING, copies_of, make_centre


def roomy(count: int = 1, **more: Any) -> str:
    """A centre with so many places in each group, so that nobody is stopped by a later group."""
    return make_centre(toddler=count, infant=count, preschool=count, **more)


def entered(first: Raw, choices: list[str], *, at: Any = MORNING, of: Raw | None = None, **answers: Any) -> Raw:
    """Another approved application like `first`, in placement; of the same family as `of`."""
    approval = history_entry("approve", "accepted", APPROVED, SYSTEM, at)
    decided = {"state": APPROVED, "decided_at": at, "submitted_at": at, "history": [*first["history"], approval]}
    (raw,) = copies_of({**first, **decided}, 1, [choices])
    if of is not None:
        raw["resident_id"] = of["resident_id"]
    collection(Application).update_one(
        {"_id": raw["_id"]}, {"$set": {"form": seal_json({**form_of(raw), **answers}, FORM_CONTEXT)}}
    )
    enter(raw, {**form_of(raw), **answers}, at)
    return raw
