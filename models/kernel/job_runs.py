"""Runs of scheduled jobs as they are stored, and what operators ask of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, FloatField, IntField, StringField

from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

RUNNING, DONE, FAILED = "running", "done", "failed"


class JobRun(Record):
    """The run of a job for a period; `version` is the fence."""

    job = StringField(required=True)
    period = StringField(required=True)
    state = StringField(required=True)
    holder = StringField(required=True)
    lease_until = DateTimeField(required=True)
    due_at = DateTimeField(required=True)
    finished_at = DateTimeField()
    next_attempt_at = DateTimeField()
    attempts = IntField(required=True)
    seconds = FloatField()
    outcome = DictField()
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "job_runs"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("job", 1), ("due_at", -1)], "name": "job_time"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
    ]


def runs_of(job: str, cursor: str | None, limit: int) -> Page:
    """The runs of a job, the latest first. Raises InvalidInput for a wrong cursor."""
    wanted: dict[str, Any] = {"job": job}
    if cursor is not None:
        wanted["due_at"] = {"$lt": datetime.fromisoformat(decode_cursor(cursor)["at"])}
    found = list(collection(JobRun).find(wanted).sort([("due_at", -1)]).limit(limit + 1))
    following = (
        encode_cursor({"of": "job_runs", "at": found[limit - 1]["due_at"].isoformat()}) if found[limit:] else None
    )
    return Page(found[:limit], following)


def latest_run(job: str, *states: str) -> Raw | None:
    """The job's latest run, or its latest in one of these states."""
    wanted = {"job": job, **({"state": {"$in": list(states)}} if states else {})}
    return next(iter(collection(JobRun).find(wanted).sort([("due_at", -1)]).limit(1)), None)
