"""Applications whose stay or lease is over end with it: from then on they hold nobody, and their data's time begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework.documents import APPROVED, Application
from models.casework.operations import end
from models.childcare.documents import ENDED as STAY_OVER
from models.childcare.documents import ChildcarePlacement
from models.housing.flat_documents import ENDED as LEASE_OVER
from models.housing.flat_documents import Tenancy
from models.kernel.actors import SYSTEM
from models.kernel.database import collection
from models.kernel.errors import DomainError


def end_what_is_over(at: datetime) -> int:
    """End approved applications after what they gave; a job calls it daily. Returns how many. Safe to repeat.

    A tenancy may be restored on appeal, so its application waits for `casework.end_after_days`. Whoever gave it
    has told the applicant already.
    """
    ended = 0
    for application_id, reason in _over(at):
        raw = collection(Application).find_one({"_id": application_id, "state": APPROVED}, {"_id": 1})
        if raw is None:
            continue
        try:
            end(application_id, reason=reason, tell=False, by=SYSTEM, at=at, key=f"over:{application_id}")
        except DomainError:
            continue  # withdrawn this very moment
        ended += 1
    return ended


def _over(at: datetime) -> Iterator[tuple[str, str]]:
    since = at - timedelta(days=rule("casework.end_looks_back_days"))
    until = at - timedelta(days=rule("casework.end_after_days"))
    stays = {"state": STAY_OVER, "updated_at": {"$gte": since}}
    leases = {"state": LEASE_OVER, "updated_at": {"$gte": since, "$lt": until}}
    for record, wanted in ((ChildcarePlacement, stays), (Tenancy, leases)):
        found: list[dict[str, Any]] = list(collection(record).find(wanted, {"end_reason": 1}))
        for each in found:
            yield each["_id"], each.get("end_reason") or "no_longer_eligible"
