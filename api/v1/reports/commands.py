"""`flask --app wsgi reports …`: where people live, the yearly report, the evaluation, the service-circle gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn

from api.endpoint import EXTENSION
from config.text import label, say
from models.kernel.actors import SYSTEM
from models.kernel.clock import at_local
from models.kernel.errors import DomainError, InvalidInput
from models.kernel.ids import new_id
from models.kernel.sheets import write_sheet
from models.platform import Platform
from models.reports import freezing
from models.reports.documents import STATUSES
from models.reports.gap_chapters import gap_rows
from models.reports.inputs import midterm_inputs, service_gap_inputs, yearly_inputs
from models.reports.population import import_points
from models.reports.rendering import chinese_font

reports_group = AppGroup("reports", help="Reports frozen with what they were made of.")
Say = Callable[[str], None]
FOLDER = click.Path(file_okay=False, path_type=Path)
into = click.option("--to", type=FOLDER, help="Folder for the page, the paper and the inputs.")
publishing = click.option("--publish", is_flag=True, help="Publish it at once.")
as_of_option = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day at whose end things stand; now by default."
)


@reports_group.command("yearly")
@click.option("--year", type=click.IntRange(2021, 2100), required=True)
@into
@publishing
def yearly(year: int, to: Path | None, publish: bool) -> None:
    """Make the yearly report, or find it where nothing has changed."""
    with steps() as step:
        _freeze(yearly_inputs(year, _now(), step), to, publish, step)


@reports_group.command("midterm")
@as_of_option
@into
@publishing
def midterm(as_of: datetime | None, to: Path | None, publish: bool) -> None:
    """Make the evaluation of the plan."""
    with steps() as step:
        _freeze(midterm_inputs(_moment(as_of), step), to, publish, step)


@reports_group.command("gaps")
@as_of_option
@into
@publishing
def gaps(as_of: datetime | None, to: Path | None, publish: bool) -> None:
    """Make the service-circle gap report, with its table of all townships as CSV."""
    with steps() as step:
        inputs = service_gap_inputs(_moment(as_of), step)
        report = _freeze(inputs, to, publish, step)
    if to is not None and inputs["gaps"] is not None:
        (to / f"{_name(report)}.csv").write_bytes(write_sheet("csv", gap_rows(inputs["gaps"])))


@reports_group.command("population")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day that the numbers describe.")
@click.option("--status", type=click.Choice(STATUSES), required=True, help="How sure they are.")
def population(file: Path, as_of: datetime, status: str) -> None:
    """Import where people live: CSV or XLSX with longitude, latitude (WGS-84), people, source, and a name."""
    try:
        done = import_points(file.read_bytes(), file.name, as_of.date(), status, by=SYSTEM, at=_now())
    except InvalidInput as fault:
        raise click.ClickException(", ".join([fault.code, *(f"{f.field}: {f.code}" for f in fault.faults)])) from None
    for line, code in done.refused:
        click.echo(say("reports.told.refused_line", line=line, reason=say(f"reports.refused.{code}")))
    click.echo(say("reports.told.kept", kept=done.kept, people=done.people, refused=len(done.refused)))


@reports_group.command("list")
def list_reports() -> None:
    """Every revision with its state and its hash."""
    for raw in freezing.reports(public=False):
        click.echo(f"{raw['_id']}  {raw['kind']:<12}  {raw['period']:<8}  {raw['revision']:>3}  {raw['state']:<10}  "
                   f"{raw['inputs_hash'][:16]}")  # fmt: skip


@reports_group.command("publish")
@click.argument("report_id")
def publish_report(report_id: str) -> None:
    """Publish a revision; the one before stays readable."""
    try:
        _tell("published", freezing.publish(report_id, by=SYSTEM, at=_now(), key=new_id()))
    except DomainError as fault:
        raise click.ClickException(say(f"errors.{fault.code}")) from None


@contextmanager
def steps() -> Iterator[Say]:
    """A progress bar that names what is being done."""
    with Progress(SpinnerColumn(), "{task.description}", TimeElapsedColumn(), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what: bar.update(task, description=say("reports.told.step", what=label("reports.step", what)))


def _freeze(inputs: Mapping[str, Any], to: Path | None, publish: bool, step: Say) -> Mapping[str, Any]:
    step("render")
    frozen = freezing.freeze(inputs, by=SYSTEM, at=_now())
    report = frozen.report
    if publish:
        report = freezing.publish(report["_id"], by=SYSTEM, at=_now(), key=f"with {report['_id']}")
    _tell("made" if frozen.made else "found", report)
    if report.get("font") is None and chinese_font() is None:
        click.echo(say("reports.told.no_font"), err=True)
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        for form, ending in (("html", "html"), ("pdf", "pdf"), ("inputs", "json")):
            if form != "pdf" or report.get("font"):
                (to / f"{_name(report)}.{ending}").write_bytes(freezing.content(report["_id"], form, public=False))
    return report


def _name(report: Mapping[str, Any]) -> str:
    return f"{report['kind']}-{report['period']}-{report['revision']}"


def _tell(what: str, report: Mapping[str, Any]) -> None:
    click.echo(say(
        f"reports.told.{what}", kind=say(f"reports.kind.{report['kind']}"), period=report["period"],
        revision=report["revision"], state=say(f"reports.state.{report['state']}"), hash=report["inputs_hash"],
    ))  # fmt: skip


def _moment(as_of: datetime | None) -> datetime:
    return _now() if as_of is None else min(at_local(date(as_of.year, as_of.month, as_of.day), 23, 59), _now())


def _now() -> datetime:
    platform: Platform = current_app.extensions[EXTENSION]
    return platform.clock.now()
