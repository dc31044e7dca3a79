"""`flask staff …` and `flask erase`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from api.endpoint import EXTENSION
from api.v1.people.commands import erase
from api.v1.people.commands import staff as staff_commands
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.people import passwords, staff
from models.people.documents import Caseworker
from tests.factories.people import LOGIN, PASSWORD, Caller, signed_in


def run(app: Flask, *arguments: str, stdin: str | None = None) -> Any:
    group, *rest = arguments
    return app.test_cli_runner().invoke({"staff": staff_commands, "erase": erase}[group], rest, input=stdin)


def test_create_prints_the_enrolment_address_once(app: Flask, clock: FixedClock) -> None:
    made = run(app, "staff", "create", "planner", "--role", "planner", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert made.exit_code == 0
    secret = made.output.split("secret=")[1].split("&")[0]
    code = passwords.otp_code(secret, clock.now())
    assert staff.sign_in("planner", PASSWORD, code, clock.now(), otp_required=True)


def test_the_password_may_be_asked_for(app: Flask) -> None:
    asked = run(app, "staff", "create", "planner", "--role", "planner", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert asked.exit_code == 0
    assert PASSWORD not in asked.output


@pytest.mark.parametrize(
    "wrong", [["--district", "1"], ["--role", "king"], ["--township", "1"]], ids=lambda each: each[0]
)
def test_a_wrong_posting_makes_nobody(app: Flask, wrong: list[str]) -> None:
    refused = run(
        app, "staff", "create", "planner", "--role", "planner", *wrong, "--password-stdin", stdin=f"{PASSWORD}\n"
    )
    assert refused.exit_code != 0
    assert "Traceback" not in refused.output
    assert collection(Caseworker).count_documents({}) == 0


def test_reset_ends_lock_tokens_and_old_password(
    app: Flask, account: str, anyone: Caller, call: Callable[..., Caller], clock: FixedClock
) -> None:
    me = signed_in(anyone, call)
    for _ in range(6):
        anyone("POST", "/staff/auth/login", {**LOGIN, "password": "wrong"})
    done = run(app, "staff", "reset", "reviewer", "--no-otp", "--password-stdin", stdin="a new long password\n")
    assert done.exit_code == 0
    assert me("GET", "/staff/me").status_code == 401
    assert anyone("POST", "/staff/auth/login", {**LOGIN, "password": "a new long password"}).status_code == 200


def test_production_has_no_account_without_a_second_factor(app: Flask) -> None:
    platform = app.extensions[EXTENSION]
    production = platform.settings.model_copy(update={"environment": "production"})
    app.extensions[EXTENSION] = dataclasses.replace(platform, settings=production)
    refused = run(
        app,
        "staff",
        "create",
        "planner",
        "--role",
        "planner",
        "--no-otp",
        "--password-stdin",
        stdin=f"{PASSWORD}\n",
    )
    assert refused.exit_code != 0
    assert collection(Caseworker).count_documents({}) == 0


def test_disable(app: Flask, account: str) -> None:
    assert run(app, "staff", "disable", "reviewer").exit_code == 0
    assert collection(Caseworker).find_one({"_id": account})["active"] is False
    assert run(app, "staff", "disable", "nobody").exit_code != 0


def test_erase(app: Flask, person: Callable[..., Caller]) -> None:
    me = person(identity=True)
    assert run(app, "erase", me.id).output == f"{me.id}: erased\n"
    assert run(app, "erase", me.id).exit_code == 0
    assert me("GET", "/me").status_code == 401
    assert run(app, "erase", "nobody").exit_code != 0
