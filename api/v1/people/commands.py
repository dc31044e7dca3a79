"""Commands: `flask --app wsgi staff create | reset | disable`, `flask --app wsgi erase RESIDENT`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from api.endpoint import EXTENSION
from api.errors import domain_problem
from models.kernel.actors import STAFF_ROLES, SYSTEM
from models.kernel.errors import DomainError
from models.people import erasure
from models.people import staff as accounts
from models.platform import Platform

PASSWORD_VARIABLE = "STAFF_PASSWORD"  # noqa: S105  the name of a variable

staff = AppGroup("staff", help="Accounts of caseworkers.")
password_from = click.option(
    "--password-stdin", is_flag=True, help=f"Read the password from standard input; else {PASSWORD_VARIABLE}, else ask."
)
second_factor = click.option(
    "--otp/--no-otp", "with_otp", default=True, show_default=True, help="Set up the second factor at once."
)


def _told(command: Callable[..., None]) -> Callable[..., None]:
    """A domain error ends the command with its sentence instead of a trace."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except DomainError as error:
            told = domain_problem(error).get_json()
            faults = [f"{fault['field']}: {fault['detail']}" for fault in told.get("faults", [])]
            raise click.ClickException("\n".join([told["detail"], *faults])) from None

    return run


@staff.command("create")
@click.argument("username")
@click.option("--display-name", help="As colleagues know them; the user name where not given.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(STAFF_ROLES))
@click.option("--district", help="Six digits of the county; none means the whole city.")
@click.option("--township", "townships", multiple=True, help="Id of a township; none means the whole county.")
@click.option("--visitor-kind", default="caseworker", show_default=True,
              help="As what a visitor visits: caseworker, village_cadre or volunteer.")  # fmt: skip
@password_from
@second_factor
@_told
def create(
    username: str, display_name: str | None, roles: tuple[str, ...], district: str | None, townships: tuple[str, ...],
    visitor_kind: str, password_stdin: bool, with_otp: bool,
) -> None:  # fmt: skip
    """Make an account and print the enrolment address of its second factor, once."""
    made = accounts.create_caseworker(
        username, display_name or username, roles, _password(password_stdin), at=_platform().clock.now(),
        district_code=district, township_ids=townships, with_otp=_checked(with_otp), visitor_kind=visitor_kind,
    )  # fmt: skip
    _print(username, made)


@staff.command("reset")
@click.argument("username")
@password_from
@second_factor
@_told
def reset(username: str, password_stdin: bool, with_otp: bool) -> None:
    """A new password and second factor for someone who lost theirs; ends their tokens and their lock."""
    secret = _password(password_stdin)
    _print(username, accounts.reset(username, secret, SYSTEM, _platform().clock.now(), with_otp=_checked(with_otp)))


@staff.command("disable")
@click.argument("username")
@_told
def disable(username: str) -> None:
    """Close an account; its tokens end at once."""
    accounts.disable(username, SYSTEM, _platform().clock.now())
    click.echo(f"{username}: disabled")


@click.command("erase")
@click.argument("resident")
@with_appcontext
@_told
def erase(resident: str) -> None:
    """Erase a resident by id; again: completes it. Exit 1 while some part could not be erased."""
    state = erasure.erase_resident(resident, SYSTEM, _platform().clock.now())
    click.echo(f"{resident}: {state}")
    if state != "erased":
        click.echo("the job people.erasures goes on with it", err=True)
        sys.exit(1)


COMMANDS = (staff, erase)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return os.environ.get(PASSWORD_VARIABLE) or str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _checked(with_otp: bool) -> bool:
    if not with_otp and _platform().settings.production:
        raise click.ClickException("in production nobody signs in without a second factor")
    return with_otp


def _print(username: str, made: accounts.NewCaseworker) -> None:
    click.echo(f"{username}: {made.id}")
    if made.enrolment_uri:
        click.echo("Enrolment address for the authenticator app, shown once:")
        click.echo(made.enrolment_uri)


def _platform() -> Platform:
    platform: Platform = current_app.extensions[EXTENSION]
    return platform
