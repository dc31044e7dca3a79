"""Runs of scheduled jobs as they are stored, and what operators ask of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, FloatField, IntField, StringField

from models.kernel.database import collection
from models.kernel.document import EPOCH, Record
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor, read_on

RUNNING, DONE, FAILED = "running", "done", "failed"
# How far back a look goes at first, and then, in days.
RECENT_DAYS = (2, 40)


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
        {"keys": [("due_at", 1)], "name": "time"},
        {"keys": [("state", 1), ("due_at", 1)], "name": "state_time"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
    ]


def runs_of(job: str, cursor: str | None, limit: int, at: datetime) -> Page:
    """The runs of a job, the latest first. Raises InvalidInput for a wrong cursor."""
    before = datetime.fromisoformat(decode_cursor(cursor)["at"]) if cursor is not None else None
    stretches = [{"due_at": each} for each in _stretches(before, at)]
    found = read_on(collection(JobRun), {"job": job}, stretches, [("due_at", -1)], limit + 1)
    following = (
        encode_cursor({"of": "job_runs", "at": found[limit - 1]["due_at"].isoformat()}) if found[limit:] else None
    )
    return Page(found[:limit], following)


def latest_run(job: str, at: datetime, *states: str) -> Raw | None:
    """The job's latest run, or its latest in one of these states."""
    for stretch in _stretches(None, at):
        found = collection(JobRun).find({"job": job, "due_at": stretch}).sort([("due_at", -1)])
        latest = next((each for each in found if not states or each["state"] in states), None)
        if latest is not None:
            return latest
    return None


def latest_runs(jobs: Iterable[str], at: datetime) -> dict[str, Raw]:
    """Each job's latest run, of those that have one; most of them are read at once."""
    found: dict[str, Raw] = {}
    since = at - timedelta(days=RECENT_DAYS[0])
    for each in collection(JobRun).find({"due_at": {"$gte": since}}).sort([("due_at", 1)]):
        found[each["job"]] = each
    rarely = {job: latest_run(job, at) for job in jobs if job not in found}
    return {**found, **{job: run for job, run in rarely.items() if run is not None}}


def latest_failures() -> dict[str, Raw]:
    """The latest run that has failed and was not made good, by job."""
    failed = collection(JobRun).find({"state": FAILED}).sort([("due_at", 1)])
    return {each["job"]: each for each in failed}


def _stretches(before: datetime | None, at: datetime) -> list[dict[str, Any]]:
    """Ranges of moments, the latest first: of a job that runs every hour a year's runs are not read for the last."""
    end: dict[str, Any] = {"$lt": before} if before is not None else {}
    begin, found = before or at, list[dict[str, Any]]()
    for days in RECENT_DAYS:
        edge = begin - timedelta(days=days)
        found.append({"$gte": edge, **end})
        end = {"$lt": edge}
    return [*found, {"$gt": EPOCH, **end}]
