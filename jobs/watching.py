"""What the metrics tell of jobs: when each was last done, and which are overdue. Read from the records of runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Gauge

from config.loading import rule
from jobs import runs
from jobs.running import Job
from models.kernel.clock import as_utc
from models.kernel.job_runs import DONE, latest_run

LAST_DONE = Gauge("yixiang_job_last_done_timestamp_seconds", "When a job was last done", ("job",),
                  multiprocess_mode="mostrecent")  # fmt: skip
OVERDUE = Gauge("yixiang_job_overdue", "1 while a run is due and not done", ("job",), multiprocess_mode="mostrecent")


def watch(jobs: Iterable[Job], at: datetime) -> Mapping[str, Any]:
    """Set the gauges of all recorded jobs; returns the names of those overdue."""
    late = []
    for job in jobs:
        if job.is_pulse:
            continue
        done = latest_run(job.name, at, DONE)
        if done is not None:
            LAST_DONE.labels(job.name).set(as_utc(done["finished_at"]).timestamp())
        overdue = is_overdue(job, at)
        OVERDUE.labels(job.name).set(overdue)
        late += [job.name] if overdue else []
    return {"overdue": late}


def is_overdue(job: Job, at: datetime) -> bool:
    """True where the latest run that is due for a while has not been done; a job never run here is not."""
    if latest_run(job.name, at) is None:
        return False
    due = job.schedule.latest(at - timedelta(minutes=rule("jobs.overdue_minutes")), 1)[0]
    record = runs.known(job.name, [due]).get(due.period)
    return record is None or record["state"] != DONE
