"""`flask docs lifecycles`: pages of the documentation that are made from the code."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from models.kernel.diagrams import lifecycles_page

docs = AppGroup("docs", help="Pages of the documentation made from the code.")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "lifecycles.md"


@docs.command("lifecycles")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), default=PAGE, show_default=False)
def write_lifecycles(to: Path) -> None:
    """Write docs/lifecycles.md from the tables of all lifecycles."""
    to.write_text(lifecycles_page(), encoding="utf-8")
    click.echo(str(to))
