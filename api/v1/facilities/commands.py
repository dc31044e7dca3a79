"""`flask facilities import FILE` and `flask facilities export --format …`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.endpoint import EXTENSION
from config.text import say, sentences
from models.facilities.exporting import FORMS, ExportForm, export
from models.facilities.importing import ImportReport, Reject, import_rows
from models.facilities.reading import FileFault, open_file
from models.kernel.actors import SYSTEM

facilities_cli = AppGroup("facilities", help="The directory of public services.")
NAMED = "facilities.import.columns"


@facilities_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default=None, help="Stands for the source of rows that name none.")
def import_file(file: Path, source: str | None) -> None:
    """Read a CSV, XLSX or GeoJSON file of facilities. Exit 1 when the file itself is refused."""
    at = current_app.extensions[EXTENSION].clock.now()
    report = ImportReport()
    try:
        opened = open_file(file)
        if opened.ignored:
            click.echo(say("facilities.import.ignored", columns=", ".join(opened.ignored)))
        with _progress() as bar:
            task = bar.add_task(say("facilities.import.progress"), total=None)
            report = import_rows(
                opened.rows, by=SYSTEM, at=at, name=file.name, source=source, progress=lambda n: bar.advance(task, n)
            )
            bar.update(task, total=report.read)
    except FileFault as fault:
        click.echo(say(f"facilities.import.files.{fault.code}", **fault.params), err=True)
        sys.exit(1)
    _print(report)


@facilities_cli.command("export")
@click.option("--format", "form", type=click.Choice(FORMS), required=True)
@click.option("--output", type=click.File("wb"), default="-", help="A file; standard output unless given.")
def export_file(form: ExportForm, output: IO[bytes]) -> None:
    """Write the open directory: geojson (WGS-84), hsds (HSDS 3, JSON) or csv (as import reads it)."""
    for piece in export(form):
        output.write(piece)


def _progress() -> Progress:
    # On standard error, so that the report can be kept apart.
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True),
    )  # fmt: skip


def _print(report: ImportReport) -> None:
    counts = {"accepted": report.accepted, "updated": report.updated, "unchanged": report.unchanged}
    click.echo(say("facilities.import.report", **counts, rejected=len(report.rejected)))
    for reject in report.rejected:
        click.echo(describe(reject))


def describe(reject: Reject) -> str:
    """A rejected row in a sentence: its line, and each field with its reason."""
    reasons = []
    for fault in reject.faults:
        reason = say(f"facilities.import.faults.{fault.code}", **fault.said)
        key = f"{NAMED}.{fault.field}"
        named = say(key) if key in sentences() else fault.field
        reasons.append(say("facilities.import.reason", field=named, reason=reason) if fault.field else reason)
    return say("facilities.import.rejected", line=reject.line, reasons=say("facilities.import.between").join(reasons))
