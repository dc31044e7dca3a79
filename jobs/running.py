"""Carrying jobs out: a recorded run once per period, a pulse by whoever holds its lease."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal

import structlog
from prometheus_client import Counter, Histogram

from config.loading import rule
from jobs import runs
from jobs.schedules import Due, Schedule, Seconds
from models.kernel import leases
from models.kernel.clock import Clock
from models.kernel.database import UNREACHABLE
from models.kernel.ids import new_id
from models.platform import Platform

RUNS = Counter("yixiang_job_runs_total", "Runs of jobs by what became of them", ("job", "outcome"))
SECONDS = Histogram("yixiang_job_seconds", "Seconds that a run took", ("job",), buckets=(0.01, 0.1, 1, 10, 60, 600))
log = structlog.get_logger("jobs")

Result = Literal["done", "failed", "taken", "lost"]


@dataclass(frozen=True)
class Job:
    """One job of the timetable. `work` gets the platform, the moment and the period, and says what it did.

    `catch_up`: how many missed periods are made up for after a downtime, the oldest first; 1 where the latest run
    does the work of the missed ones as well. A job with `Seconds` is a pulse: its runs are not recorded, for they
    would flood the database; a lease keeps it to one process, and its work bears being done by two.
    """

    name: str
    schedule: Schedule
    work: Callable[[Platform, datetime, str], Mapping[str, Any]]
    catch_up: int = 1

    @property
    def is_pulse(self) -> bool:
        return isinstance(self.schedule, Seconds)


class Runner:
    """Runs jobs for this process."""

    def __init__(self, platform: Platform, timetable: tuple[Job, ...]) -> None:
        self.platform = platform
        self.timetable = timetable
        self.stopping = threading.Event()
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{new_id()}"
        self._leases: dict[str, leases.Lease] = {}

    def run_due(self, job: Job) -> list[Result]:
        """Carry out every run of the job that is due and open, the oldest first."""
        found: list[Result] = []
        for due in self.due(job):
            if self.stopping.is_set():
                break
            found.append(self.run(job, due))
        return found

    def run_all_due(self) -> list[tuple[str, str, Result]]:
        """Carry out all that is due and open of all jobs in the order of their times; after a downtime, catch up."""
        waiting = [(due, job) for job in self.timetable if not job.is_pulse for due in self.due(job)]
        waiting.sort(key=lambda each: each[0].at)  # stable: of one moment in the timetable's order
        found: list[tuple[str, str, Result]] = []
        for due, job in waiting:
            if self.stopping.is_set():
                break
            found.append((job.name, due.period, self.run(job, due)))
        return found

    def due(self, job: Job) -> list[Due]:
        """The job's runs that are due and open. Periods before the first one known here are not made up for."""
        now = self.platform.clock.now()
        latest = job.schedule.latest(now, job.catch_up)
        known = runs.known(job.name, latest)
        first = next((number for number, due in enumerate(latest) if due.period in known), len(latest) - 1)
        return [due for due in latest[max(first, 0) :] if runs.is_open(known.get(due.period), now)]

    def run(self, job: Job, due: Due, at: datetime | None = None, *, at_once: bool = False) -> Result:
        """Carry out one run unless it is done or somebody has it. `at`: the moment it is told; by default now."""
        clock = self.platform.clock
        held = runs.claim(job.name, due, self._holder, clock.now(), at_once=at_once)
        if held is None:
            return "taken"
        started = time.perf_counter()
        try:
            with Heartbeat(held, clock):
                outcome = dict(job.work(self.platform, at or clock.now(), due.period))
        except UNREACHABLE:
            raise  # the outcome cannot be noted; the lease's end opens the run again
        except Exception as fault:
            # The message may quote personal data: only its kind is kept.
            log.error("job_failed", job=job.name, period=due.period, error=type(fault).__name__, exc_info=False)
            runs.fail(held, clock.now(), _since(started), type(fault).__name__)
            return self._note(job, "failed", started)
        noted = runs.finish(held, clock.now(), _since(started), outcome)
        log.info("job_done", job=job.name, period=due.period, outcome=outcome)
        return self._note(job, "done" if noted else "lost", started)

    def pulse(self, job: Job) -> bool:
        """One tick of a pulse, where this process holds its lease; False where another does."""
        if not self._holds(job):
            return False
        started = time.perf_counter()
        job.work(self.platform, self.platform.clock.now(), "")
        SECONDS.labels(job.name).observe(_since(started))
        return True

    def release(self) -> None:
        """Give back the leases, so that another process need not wait for their end."""
        for lease in self._leases.values():
            leases.release(lease)
        self._leases.clear()

    def _holds(self, job: Job) -> bool:
        now, seconds = self.platform.clock.now(), rule("jobs.pulse_lease_seconds")
        held = self._leases.get(job.name)
        if held is not None and held.expires_at - now > timedelta(seconds=seconds / 2):
            return True
        granted = leases.acquire(f"job:{job.name}", self._holder, now, seconds)
        if granted is None:
            self._leases.pop(job.name, None)
            return False
        self._leases[job.name] = granted
        return True

    def _note(self, job: Job, result: Result, started: float) -> Result:
        RUNS.labels(job.name, result).inc()
        SECONDS.labels(job.name).observe(_since(started))
        return result


class Heartbeat:
    """Renews a run's lease while its work lasts; ends by itself when the run was taken over."""

    def __init__(self, held: runs.Claim, clock: Clock) -> None:
        self._held, self._clock = held, clock
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat {held.id}", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._ended.wait(rule("jobs.heartbeat_seconds")):
            try:
                if not runs.renew(self._held, self._clock.now()):
                    return
            except UNREACHABLE as fault:
                log.warning("heartbeat_missed", run=self._held.id, error=type(fault).__name__)


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 3)
