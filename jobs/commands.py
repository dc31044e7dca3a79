"""`flask --app wsgi jobs list | run NAME [--at TIME] | start`, and `outbox list | retry KEY`."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from config.text import say
from jobs import runs
from jobs.process import start
from jobs.running import Job, Runner
from jobs.timetable import TIMETABLE, job_named
from models.kernel import outbox
from models.kernel.clock import SHANGHAI, shown, to_storage
from models.kernel.database import collection
from models.platform import Platform

EXTENSION = "yixiang"
LISTED_MOST = 200
jobs_group = AppGroup("jobs", help="The timetable: what runs when, one job now, the process.")
outbox_group = AppGroup("outbox", help="Messages to the outside that are stuck.")


@jobs_group.command("list")
def list_jobs() -> None:
    """Print the timetable: job, when, the latest period and what became of it, the next time, what it does."""
    now = _platform().clock.now()
    for job in TIMETABLE:
        click.echo("\t".join([job.name, job.schedule.described(), *_latest(job, now), say(f"jobs.job.{job.name}")]))


@jobs_group.command("run")
@click.argument("name")
@click.option("--at", "moment", help="The moment to act at, ISO 8601; Asia/Shanghai where no offset is given.")
def run_job(name: str, moment: str | None) -> None:
    """Run one job now, at most once a period; exit 1 when it fails."""
    job = job_named(name)
    if job is None:
        raise click.ClickException(f"no job {name}; there are: {', '.join(each.name for each in TIMETABLE)}")
    platform = _platform()
    at = _moment(moment, platform) if moment is not None else platform.clock.now()
    if job.is_pulse:
        click.echo(f"{name}: {dict(job.work(platform, at, ''))}")
        return
    due = job.schedule.latest(at, 1)[0]
    result = Runner(platform, TIMETABLE).run(job, due, at, at_once=True)
    record = runs.known(name, [due])[due.period]
    click.echo(f"{name} {due.period}: {_told(result, record)}")
    sys.exit(1 if result == "failed" else 0)


@jobs_group.command("start")
def start_process() -> None:
    """Run the timetable until it is told to end."""
    start(_platform(), TIMETABLE)


@outbox_group.command("list")
@click.option("--state", type=click.Choice([outbox.DEAD, outbox.UNCERTAIN, outbox.FAILED, outbox.PENDING]),
              default=outbox.DEAD, show_default=True)  # fmt: skip
def list_messages(state: str) -> None:
    """Print messages in a state: key, attempts, when last tried, why. No contents."""
    fields = {"attempts": 1, "updated_at": 1, "outcome": 1}
    for found in collection(outbox.OutboxMessage).find({"state": state}, fields).limit(LISTED_MOST):
        tried = [str(found["attempts"]), shown(found["updated_at"]), found.get("outcome") or "-"]
        click.echo("\t".join([found["_id"], *tried]))


@outbox_group.command("retry")
@click.argument("key")
def retry_message(key: str) -> None:
    """Send a dead, uncertain or refused message again."""
    if not outbox.retry(key, _platform().clock.now()):
        raise click.ClickException(f"no stuck message {key}")
    click.echo(f"{key}: pending")


def _latest(job: Job, now: datetime) -> list[str]:
    """The latest due period and its state, and the next time."""
    following = job.schedule.trigger().get_next_fire_time(None, now)
    if job.is_pulse:
        return ["-", say("jobs.state.pulse"), "-"]
    due = job.schedule.latest(now, 1)[0]
    record = runs.known(job.name, [due]).get(due.period)
    state = record["state"] if record else "none"
    return [due.period, say(f"jobs.state.{state}"), shown(following)]


def _told(result: str, record: dict[str, object]) -> str:
    if result != "taken":
        return f"{result} {record.get('outcome', '')}"
    if record["state"] == runs.DONE:
        return f"already done {record.get('outcome', '')}"
    return "another process is at it"


def _moment(text: str, platform: Platform) -> datetime:
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("not an ISO 8601 time", param_hint="--at") from None
    at = to_storage(given if given.tzinfo else given.replace(tzinfo=SHANGHAI))
    if platform.settings.production and at > platform.clock.now():
        raise click.BadParameter("a time to come: its period would count as done", param_hint="--at")
    return at


def _platform() -> Platform:
    platform: Platform = current_app.extensions[EXTENSION]
    return platform
