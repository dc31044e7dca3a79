"""Callers of the casework routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models.kernel.actors import Actor
from models.people.documents import Resident
from tests.factories.casework import DISTRICT, SANYANG, make_guardian
from tests.factories.people import Caller


@pytest.fixture
def call(app: Flask) -> Callable[[dict[str, str]], Caller]:
    """`call(headers)` → a caller with a client of its own."""
    return lambda headers: Caller(app.test_client(), headers)


@pytest.fixture
def guardian(call: Callable[..., Caller], resident: Callable[..., dict[str, str]]) -> Callable[[], Caller]:
    """`guardian()` → a resident who has registered a child and agreed to what is needed."""

    def make() -> Caller:
        caller = call(resident())
        make_guardian(resident_id=caller.id)
        return caller

    return make


@pytest.fixture
def office(call: Callable[..., Caller], staff: Callable[..., dict[str, str]]) -> Callable[..., Caller]:
    """`office("county_reviewer")` → a caseworker of the county, or of one of its townships."""

    def make(role: str, district_code: str | None = DISTRICT, townships: tuple[str, ...] = ()) -> Caller:
        where: dict[str, Any] = {"district_code": district_code, "township_ids": townships}
        return call(staff(role, **where))

    return make


@pytest.fixture
def intake_here(office: Callable[..., Caller]) -> Caller:
    return office("township_intake", townships=(SANYANG,))


@pytest.fixture
def reviewer_here(office: Callable[..., Caller]) -> Caller:
    return office("county_reviewer")


def actor(caller: Caller) -> Actor:
    """The resident behind a caller."""
    return Resident.actor(caller.id)
