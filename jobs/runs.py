"""One run per job and period, whoever starts it: the scheduler of any process, a restart, or a person.

A run is claimed by inserting its record, whose id is job and period. It is held by a lease that a heartbeat renews;
when its process vanishes, another takes it over after the lease, with a higher fence. Only the holder of the present
fence may note the outcome. A run that is done is never done again; a failed one is tried again after a pause.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from jobs.schedules import Due
from models.kernel.clock import as_utc
from models.kernel.database import change_one, collection
from models.kernel.job_runs import DONE, FAILED, RUNNING, JobRun

MAX_DOUBLINGS = 16


@dataclass(frozen=True)
class Claim:
    """The right to carry out a run; `fence` grows with each holder."""

    id: str
    holder: str
    fence: int
    attempts: int


def run_id(job: str, period: str) -> str:
    """The id of a run's record."""
    return f"{job}:{period}"


def claim(job: str, due: Due, holder: str, at: datetime, *, at_once: bool = False) -> Claim | None:
    """Take the run if nobody has it, its holder vanished, or it failed and its pause is over; else None.

    `at_once`: a person does not wait for the pause. `at` is the real present, for the lease is real.
    """
    key = run_id(job, due.period)
    held = {"state": RUNNING, "holder": holder, "lease_until": _lease(at), "updated_at": at}
    fresh = {
        **held, "_id": key, "version": 1, "created_at": at, "job": job, "period": due.period, "due_at": due.at,
        "attempts": 1, "expires_at": at + timedelta(days=rule("jobs.runs_kept_days")),
    }  # fmt: skip
    try:
        collection(JobRun).insert_one(fresh)
    except DuplicateKeyError:
        return _take_over(key, held, at, at_once)
    return Claim(key, holder, 1, 1)


def renew(held: Claim, at: datetime) -> bool:
    """Extend the lease; False where the run was taken over."""
    found = collection(JobRun).update_one(_mine(held), {"$set": {"lease_until": _lease(at), "updated_at": at}})
    return found.matched_count == 1


def finish(held: Claim, at: datetime, seconds: float, outcome: dict[str, Any]) -> bool:
    """Note that it is done, for ever; False where the run was taken over."""
    return _end(held, {"state": DONE, "finished_at": at, "seconds": seconds, "outcome": outcome, "updated_at": at})


def fail(held: Claim, at: datetime, seconds: float, error: str) -> bool:
    """Note that it failed; it is due again after a pause that doubles. False where the run was taken over."""
    first, longest = rule("jobs.retry_first_seconds"), rule("jobs.retry_longest_seconds")
    pause = min(longest, first * 2 ** min(held.attempts - 1, MAX_DOUBLINGS))
    again = at + timedelta(seconds=pause)
    return _end(held, {"state": FAILED, "next_attempt_at": again, "seconds": seconds, "outcome": {"error": error},
                       "updated_at": at})  # fmt: skip


def known(job: str, dues: list[Due]) -> dict[str, dict[str, Any]]:
    """The records of these runs by period."""
    ids = [run_id(job, due.period) for due in dues]
    return {found["period"]: found for found in collection(JobRun).find({"_id": {"$in": ids}})}


def is_open(record: dict[str, Any] | None, at: datetime) -> bool:
    """True where the run could be claimed at `at`."""
    if record is None:
        return True
    if record["state"] == RUNNING:
        return as_utc(record["lease_until"]) <= at
    return record["state"] == FAILED and as_utc(record["next_attempt_at"]) <= at


def _take_over(key: str, held: dict[str, Any], at: datetime, at_once: bool) -> Claim | None:
    failed: dict[str, Any] = {"state": FAILED} if at_once else {"state": FAILED, "next_attempt_at": {"$lte": at}}
    for open_again in ({"state": RUNNING, "lease_until": {"$lte": at}}, failed):
        taken = {"$set": held, "$inc": {"version": 1, "attempts": 1}}
        found = change_one(collection(JobRun), {"_id": key, **open_again}, taken)
        if found is not None:
            return Claim(key, held["holder"], found["version"], found["attempts"])
    return None


def _end(held: Claim, facts: dict[str, Any]) -> bool:
    return collection(JobRun).update_one(_mine(held), {"$set": facts}).matched_count == 1


def _mine(held: Claim) -> dict[str, Any]:
    return {"_id": held.id, "version": held.fence, "holder": held.holder, "state": RUNNING}


def _lease(at: datetime) -> datetime:
    return at + timedelta(seconds=rule("jobs.run_lease_seconds"))
