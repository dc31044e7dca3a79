"""Commands of operation: `flask --app wsgi prepare | indexes sync | migrations run | audit verify | keys …`."""

from __future__ import annotations

import sys
import time

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from api.backup_commands import backup_group, integrity_command
from api.endpoint import EXTENSION
from models import migrations
from models.kernel import audit
from models.kernel.database import UNREACHABLE, ping, sync_indexes
from models.platform import Platform

indexes = AppGroup("indexes", help="Database indexes.")
migration_group = AppGroup("migrations", help="Dated changes of stored data.")
audit_group = AppGroup("audit", help="The audit trail.")
PAUSE_SECONDS = 0.1


def install_commands(app: Flask) -> None:
    """Add the commands to the app."""
    for command in (indexes, migration_group, audit_group, backup_group, integrity_command, prepare):
        app.cli.add_command(command)


@click.command("prepare")
@click.option("--wait", default=60.0, show_default=True, help="Seconds to wait for the database.")
def prepare(wait: float) -> None:
    """Wait for the database, then bring indexes and stored data up to this version."""
    end = time.monotonic() + wait
    while not _answers():
        if time.monotonic() > end:
            raise click.ClickException("the database does not answer")
        time.sleep(PAUSE_SECONDS)
    sync_indexes()
    for ran in migrations.run_pending(_platform().clock.now()):
        click.echo(f"{ran.name}: {ran.outcome}")


@indexes.command("sync")
def indexes_sync() -> None:
    """Create every declared index that is missing, drop what is declared no longer (shown with a minus)."""
    for name, made in sync_indexes().items():
        click.echo(f"{name}: {', '.join(made) or '-'}")


@migration_group.command("run")
def migrations_run() -> None:
    """Run the migrations not yet recorded, in order."""
    ran = migrations.run_pending(_platform().clock.now())
    for each in ran:
        click.echo(f"{each.name}: {each.outcome}")
    if not ran:
        click.echo("nothing pending")


@audit_group.command("verify")
def audit_verify() -> None:
    """Check every hash chain; exit 1 when one was changed or cut."""
    report = audit.verify()
    for fault in report.faults:
        click.echo(fault, err=True)
    click.echo(f"{report.entries} entries, {len(report.faults)} faults")
    sys.exit(1 if report.faults else 0)


def _answers() -> bool:
    try:
        ping()
    except UNREACHABLE:
        return False
    return True


def _platform() -> Platform:
    platform: Platform = current_app.extensions[EXTENSION]
    return platform
