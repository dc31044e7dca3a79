"""`flask --app wsgi indicators …`: observe a month by hand, export observations and counted uses."""

from __future__ import annotations

import csv
import sys
from datetime import datetime, timedelta
from typing import TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from api.endpoint import EXTENSION
from api.v1.indicators.presenters import write_csv
from models.indicators.observations import observe
from models.indicators.queries import observations_for
from models.indicators.rollups import rebuild, uses
from models.kernel.clock import day_of, month_bounds
from models.kernel.errors import InvalidInput
from models.platform import Platform

indicators_group = AppGroup("indicators", help="The plan's indicators and counted uses.")
USE_COLUMNS = ("day", "district_code", "township_id", "measure", "count")


@indicators_group.command("export")
@click.option("--format", "form", type=click.Choice(["csv"]), default="csv", show_default=True)
@click.option("--period", required=True, help="Month, such as 2026-10.")
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="File; standard output by default.")
def export(form: str, period: str, output: TextIO) -> None:
    """Write a month's observations, the last revision of each."""
    _month(period)
    rows = write_csv(observations_for(period), output)
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
