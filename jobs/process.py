"""The timetable process: any number of them may run; leases and run records keep each run to one.

The scheduler only wakes jobs up. What is due is decided by the run records, so a wake-up that comes twice, late or
never does no harm: every `jobs.look_seconds` each process looks for runs that are due, failed or abandoned.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger

from config.loading import rule
from jobs.running import RUNS, Job, Runner
from models.kernel.clock import SHANGHAI
from models.kernel.database import UNREACHABLE
from models.platform import Platform

LOOK = "look for due runs"
log = structlog.get_logger("jobs")


def start(platform: Platform, timetable: tuple[Job, ...]) -> None:
    """Run the timetable until SIGTERM or SIGINT; running jobs are finished first."""
    # A wake-up that is late, or finds the last one at work, is no fault: what is late is seen in the run records.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    runner = Runner(platform, timetable)
    scheduler = _scheduler(runner)
    stop = _stopper(runner, scheduler)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        scheduler.start()
    finally:
        _quietly("release", runner.release)
    log.info("jobs_ended")


def _scheduler(runner: Runner) -> BlockingScheduler:
    scheduler = BlockingScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(rule("jobs.threads"))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": rule("jobs.misfire_seconds")},
    )
    # The first look is at once: after a downtime nothing waits for its next time.
    look = IntervalTrigger(seconds=rule("jobs.look_seconds"), timezone=SHANGHAI)
    scheduler.add_job(_quietly, look, args=(LOOK, runner.run_all_due), id=LOOK,
                      next_run_time=runner.platform.clock.now())  # fmt: skip
    for job in runner.timetable:
        work = runner.pulse if job.is_pulse else runner.run_due
        scheduler.add_job(_quietly, job.schedule.trigger(), args=(job.name, work, job), id=job.name)
    return scheduler


def _quietly(name: str, work: Callable[..., object], *arguments: object) -> None:
    """Do the work; what it raises is logged and counted, and the timetable goes on."""
    try:
        work(*arguments)
    except UNREACHABLE as fault:
        log.warning("job_without_database", job=name, error=type(fault).__name__)
        RUNS.labels(name, "unreachable").inc()
    except Exception as fault:
        # The message may quote personal data: only its kind goes to the log.
        log.error("job_fault", job=name, error=type(fault).__name__)
        RUNS.labels(name, "fault").inc()


def _stopper(runner: Runner, scheduler: BlockingScheduler) -> Callable[[int, FrameType | None], None]:
    def stop(number: int, frame: FrameType | None) -> None:
        if runner.stopping.is_set():
            return
        runner.stopping.set()
        # In a thread of its own: it waits for running jobs, and a signal handler must not.
        threading.Thread(target=scheduler.shutdown, name="shutdown").start()

    return stop
