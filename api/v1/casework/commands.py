"""`flask docs …`: what is made from the code: the page of lifecycles, the description of the API."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from models.kernel.diagrams import lifecycles_page

docs = AppGroup("docs", help="What is made from the code: pages of the documentation, the description of the API.")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "lifecycles.md"


@docs.command("lifecycles")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), default=PAGE, show_default=False)
def write_lifecycles(to: Path) -> None:
    """Write docs/lifecycles.md from the tables of all lifecycles."""
    to.write_text(lifecycles_page(), encoding="utf-8")
    click.echo(str(to))


@docs.command("openapi")
@with_appcontext
def write_openapi() -> None:
    """Print the API's description (Swagger 2.0) without serving it; needs no database."""
    click.echo(current_app.test_client().get("/api/v1/swagger.json").get_data(as_text=True))
