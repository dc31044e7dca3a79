"""Browsers in which somebody of the staff has signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from models.kernel.clock import FixedClock
from models.people import staff
from tests.factories.console import PASSWORD, Browser


@pytest.fixture
def browser(app: Flask, clock: FixedClock, quick_hashes: None) -> Callable[..., Browser]:
    """`browser("county_reviewer")` → a browser in which such a caseworker has just signed in."""
    count = iter(range(100))

    def make(*roles: str, district_code: str | None = "360902", name: str = "") -> Browser:
        name = name or f"worker-{next(count)}"
        staff.create_caseworker(
            name, "某工作人员", roles, PASSWORD, at=clock.now(), district_code=district_code, with_otp=False
        )
        made = Browser(app.test_client())
        made.get("/console/sign-in")
        answer = made.post("/console/sign-in", {"username": name, "password": PASSWORD, "next": "/console/"})
        assert answer.status_code == 303, made.page
        return made

    return make
