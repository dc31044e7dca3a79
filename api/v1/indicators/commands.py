"""`flask --app wsgi indicators …`: observe a month by hand, export observations and counted uses."""

from __future__ import annotations

import csv
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import click
import orjson
from flask import current_app
from flask.cli import AppGroup

from api.endpoint import EXTENSION
from api.v1.indicators.staff_schemas import fault_view
from config.text import say, sentences
from models.indicators import pushes
from models.indicators.exporting import FORMS, ExportForm, export
from models.indicators.figures import Sending, import_figures
from models.indicators.observations import observe, preview
from models.indicators.rollups import rebuild, uses
from models.indicators.storing import PUSH_CHANNEL, idempotency_key
from models.kernel import outbox
from models.kernel.actors import SYSTEM
from models.kernel.clock import day_of, month_bounds
from models.kernel.errors import InvalidInput
from models.platform import Platform

indicators_group = AppGroup("indicators", help="The plan's indicators and counted uses.")
USE_COLUMNS = ("day", "district_code", "township_id", "measure", "count")


@indicators_group.command("export")
@click.option("--format", "form", type=click.Choice(FORMS), default="csv", show_default=True)
@click.option("--period", required=True, help="Month, such as 2026-10.")
@click.option("--output", type=click.File("wb"), default="-", help="File; standard output by default.")
@click.option("--exact", is_flag=True, help="With small numbers of people: for the planning office only.")
def export_file(form: ExportForm, period: str, output: IO[bytes], exact: bool) -> None:
    """Write a month's observations, the last revision of each."""
    _month(period)
    content, rows = export(form, period, exact=exact)
    output.write(content)
    click.echo(f"{rows} observations of {period}", err=True)


@indicators_group.command("uses")
@click.option("--period", required=True, help="Month, such as 2026-10.")
def export_uses(period: str) -> None:
    """Write a month's counted uses by day, county, township and measure as CSV."""
    first, following = _month(period)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(USE_COLUMNS)
    for use in uses(day_of(first).isoformat(), day_of(following - timedelta(seconds=1)).isoformat()):
        writer.writerow([getattr(use, name) for name in USE_COLUMNS])


@indicators_group.command("observe")
@click.option("--period", required=True, help="Month that has ended, such as 2026-10.")
def observe_by_hand(period: str) -> None:
    """Observe a month again; other facts than before become a revision and are pushed."""
    try:
        observed = observe(period, _platform().clock.now())
    except InvalidInput as fault:
        raise click.ClickException(f"{period}: {fault.code}") from None
    for each in observed.made:
        click.echo(each)
    click.echo(f"{len(observed.made)} revisions made, {observed.unchanged} unchanged")


@indicators_group.command("push")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, one JSON a line; send nothing.")
@click.option("--period", default=None, help="With --dry-run: also what observing this month now would send.")
def push(dry_run: bool, period: str | None) -> None:
    """Send what waits for the planning office now, besides what the job sends by itself."""
    at = _platform().clock.now()
    if not dry_run:
        outbox.relay(at)
        done = outbox.deliver(at, {PUSH_CHANNEL: _platform().handlers[PUSH_CHANNEL]}, _platform().clock.now)
        click.echo(", ".join(f"{count} {kind}" for kind, count in sorted(done.items())) or "nothing is due")
        return
    bodies = pushes.waiting()
    if period is not None:
        try:
            bodies += preview(period, at)
        except InvalidInput as fault:
            raise click.ClickException(f"{period}: {fault.code}") from None
    for body in bodies:
        click.echo(orjson.dumps({"idempotency_key": idempotency_key(body), **body}).decode())
    click.echo(f"{len(bodies)} observations", err=True)


@indicators_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sender", required=True, help="The department that sent the file.")
@click.option("--sent-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it was sent.")
@click.option("--period", required=True, help="Month (2026-10) or year (2025) of all its rows.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
def import_file(file: Path, sender: str, sent_on: datetime, period: str, dry_run: bool) -> None:
    """Read a department's own figures (CSV or XLSX). Exit 1 when the file itself is refused."""
    sending = Sending(file.read_bytes(), file.name, sender, sent_on.date(), period)
    try:
        report = import_figures(sending, by=SYSTEM, at=_platform().clock.now(), dry_run=dry_run)
    except InvalidInput as refused:
        for fault in refused.faults:
            key = f"errors.fields.{fault.code}"
            click.echo(say(key if key in sentences() else "errors.fields.other"), err=True)
        raise click.ClickException(say(f"errors.{refused.code}")) from None
    for said in ("dry_run", "repeated"):
        if getattr(report, said):
            click.echo(say(f"indicators.figures.{said}"))
    click.echo(say("indicators.figures.report", **report.counts()))
    for row in map(fault_view, report.faults):
        words = {"line": row["line"], "column": row["column_label"], "reason": row["detail"]}
        click.echo(say("indicators.figures.fault", **words))


@indicators_group.command("rebuild-uses")
def rebuild_uses() -> None:
    """Count all hours again that still have their raw events."""
    click.echo(rebuild(_platform().clock.now()))


def _month(period: str) -> tuple[datetime, datetime]:
    try:
        return month_bounds(period)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from None


def _platform() -> Platform:
    platform: Platform = current_app.extensions[EXTENSION]
    return platform
