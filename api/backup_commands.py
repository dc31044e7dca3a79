"""`flask --app wsgi backup create DIR | restore DIR`, and `integrity`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from api.endpoint import EXTENSION
from models import integrity
from models.indicators import pushed_list
from models.kernel import backup, outbox
from models.people import erasure, erasure_list
from models.platform import Platform

backup_group = AppGroup("backup", help="Backups of all data, and their restore into an empty database.")


@backup_group.command("create")
@click.argument("folder", type=click.Path(path_type=Path))
def create(folder: Path) -> None:
    """Write all data as they are now into a new folder; keys are not among them."""
    with _progress() as told, _said():
        made = backup.create(folder, _platform().clock.now(), told)
    click.echo(f"{folder}: {len(made.parts)} collections, {made.documents} documents of {made.made_at}")


@backup_group.command("check")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
def check(folder: Path) -> None:
    """Compare every file of a backup with its manifest."""
    with _said():
        found = backup.check(folder)
    click.echo(f"{folder}: whole, {found.documents} documents of {found.made_at}")


@backup_group.command("restore")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--erasures", type=click.Path(exists=True, path_type=Path),
              help="The list of erasures; by default the one beside the backup.")  # fmt: skip
def restore(folder: Path, erasures: Path | None) -> None:
    """Put a backup into an empty database, repeat the erasures since, and look for faults; exit 1 where there are any.

    Messages that may have gone out after the backup was made are not sent again: they wait for a person's word.
    """
    platform = _platform()
    at = platform.clock.now()
    with _progress() as told, _said():
        found = backup.restore(folder, at, told)
    repeatable = {name for name, handler in platform.handlers.items() if handler.idempotent}
    held = outbox.hold_unrepeatable(repeatable, at)
    known = set(erasure.tombstones()) | erasure_list.read(erasures or folder.parent / erasure_list.FILE)
    done = erasure.replay_erasures(sorted(known), at)
    taken = pushed_list.raise_floors(folder.parent / pushed_list.FILE, at)
    report = integrity.look()
    for fault in report.faults:
        click.echo(fault, err=True)
    backup.restored()
    click.echo(
        f"restored {found.documents} documents of {found.made_at}; {len(known)} erasures repeated, "
        f"{len(done.waiting)} go on; {taken} months are numbered above what the planning office has; "
        f"{held} messages wait for a person's word; {report.total} faults"
    )
    sys.exit(1 if report.total else 0)


@click.command("integrity")
def integrity_command() -> None:
    """Look for what must never be: places given twice, broken chains, lists that disagree; exit 1 where found."""
    report = integrity.look()
    for fault in report.faults:
        click.echo(fault, err=True)
    click.echo(", ".join(f"{name}: {count}" for name, count in report.counts.items()))
    sys.exit(1 if report.total else 0)


@contextmanager
def _said() -> Iterator[None]:
    """A fault of a backup as the command's own message."""
    try:
        yield
    except backup.BackupFault as fault:
        raise click.ClickException(str(fault)) from None


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """A line a collection, on standard error and only for a person who looks."""
    console = Console(stderr=True)
    with Progress(SpinnerColumn(), TextColumn("{task.description} {task.completed}"), console=console,
                  disable=not console.is_terminal) as shown:  # fmt: skip
        tasks = {}

        def told(name: str, count: int) -> None:
            if name not in tasks:
                tasks[name] = shown.add_task(name, total=None)
            shown.update(tasks[name], completed=count)

        yield told


def _platform() -> Platform:
    platform: Platform = current_app.extensions[EXTENSION]
    return platform
