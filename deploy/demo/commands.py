"""`flask --app wsgi demo load`: the invented data that `make run` shows, once, and never in production."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from deploy.demo import cases, facilities, feedback, figures, housing, people, proxies, visits
from models.facilities.importing import import_rows
from models.facilities.rows import RawRow
from models.kernel.actors import SYSTEM
from models.kernel.database import database
from models.platform import Platform

demo = AppGroup("demo", help="Invented data for development.")
MARKS, MARK = "demo", "loaded"
FILE_NAME = "demo"
NO_STAFF = (
    "the demo's cases need its staff, and the staff a password: set DEMO_STAFF_PASSWORD and load again "
    "(`make run` makes one by itself and prints it); nothing was loaded"
)


@demo.command("load")
def load() -> None:
    """Load the demo data where they are not yet; the staff's password is set in any case."""
    platform: Platform = current_app.extensions["yixiang"]
    if platform.settings.production:
        raise click.ClickException("demo data do not belong in production")
    at = platform.clock.now()
    if platform.settings.demo_staff_password:
        people.load_staff(platform.settings.demo_staff_password, at)
    if database()[MARKS].find_one({"_id": MARK}):
        click.echo("the demo data are there")
        return
    if not people.has_staff():
        # Cases are accepted, reviewed and visited by somebody: without the staff half of the data could not be made.
        raise click.ClickException(NO_STAFF)
    report = import_rows(raw_rows(), by=SYSTEM, at=at, name=FILE_NAME)
    residents = people.load_residents(at)
    elders = people.load_register(residents, at)
    slots = people.load_slots(at)
    told = visits.load_visits(residents, at)
    applications = cases.load_cases(at)
    cases.load_ratings(at)
    on_paper = proxies.load_paper_proxy(residents, at)
    flats = housing.load_housing(at)
    housing.load_supervision(at)
    pieces, inhabitants = feedback.load_feedback(residents, at), feedback.load_points(at)
    told_by_offices = figures.load_figures(at)
    database()[MARKS].insert_one({"_id": MARK, "at": at})
    click.echo(
        f"demo data (invented): {report.accepted} facilities, {elders} register entries, {slots} slots, "
        f"{told} visits told of, {applications} applications, {on_paper} proxy on paper, {flats} flats, "
        f"{pieces} pieces of feedback, {inhabitants} inhabitants of villages, {told_by_offices} figures of departments"
    )


def raw_rows() -> list[RawRow]:
    """The demo directory as rows of an import file."""
    return [RawRow(line, {k: _text(v) for k, v in row.items()}) for line, row in enumerate(facilities.rows(), start=2)]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
