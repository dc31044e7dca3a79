"""`flask elders import FILE [--dry-run]`: a list into the register; `flask elders plan`: the month's plan, now."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.endpoint import EXTENSION
from api.v1.eldercare.list_schemas import fault_view
from config.text import say, sentences
from models.eldercare.documents import Category
from models.eldercare.importing import ListReport, import_elders
from models.eldercare.plan_building import plan_present_month
from models.kernel.actors import SYSTEM
from models.kernel.errors import InvalidInput

elders = AppGroup("elders", help="The register of old people in special difficulty.")


@elders.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--category", type=click.Choice(get_args(Category)), help="The list is all of this kind.")
def import_list(file: Path, dry_run: bool, category: str | None) -> None:
    """Read a CSV or XLSX list into the register. Exit 1 when the file itself is refused."""
    at = current_app.extensions[EXTENSION].clock.now()
    try:
        with _progress() as bar:
            task = bar.add_task(say("eldercare.list.progress"), total=None)
            report = import_elders(
                file.read_bytes(), file.name, by=SYSTEM, at=at, category=category, dry_run=dry_run,
                progress=lambda rows: bar.advance(task, rows),
            )  # fmt: skip
    except InvalidInput as refused:
        for fault in refused.faults:
            key = f"errors.fields.{fault.code}"
            click.echo(say(key if key in sentences() else "errors.fields.other"), err=True)
        sys.exit(1)
    _print(report)


@elders.command("plan")
def plan_now() -> None:
    """Plan the present month now, as the nightly repair does; for after a large list."""
    counts = plan_present_month(current_app.extensions[EXTENSION].clock.now())
    click.echo(say("eldercare.plan_report", **counts))


def _progress() -> Progress:
    # On standard error, so that the report can be kept apart.
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True),
    )  # fmt: skip


def _print(report: ListReport) -> None:
    for said in ("dry_run", "repeated"):
        if getattr(report, said):
            click.echo(say(f"eldercare.list.{said}"))
    click.echo(say("eldercare.list.report", **asdict(report.counts)))
    for fault in map(fault_view, report.faults):
        words = {"line": fault["line"], "column": fault["column_label"], "reason": fault["detail"]}
        click.echo(say("eldercare.list.fault", **words))
