"""WeChat on loopback, and residents who have come as far as a test needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer

from api.endpoint import EXTENSION
from bot.wechat.service import Wechat
from models.kernel.clock import FixedClock
from models.people import staff as accounts
from tests.factories.people import PASSWORD, Caller, WechatStandIn, id_number


@pytest.fixture(autouse=True)
def cheap(quick_hashes: None) -> None:
    """Passwords are hashed by many of these."""


@pytest.fixture
def point_at(app: Flask, clock: FixedClock) -> Callable[[str], None]:
    """Let the product call WeChat at this address, through its real client."""

    def point(base: str) -> None:
        platform = app.extensions[EXTENSION]
        settings = platform.settings.model_copy(update={"wechat_api_base": base})
        app.extensions[EXTENSION] = dataclasses.replace(platform, settings=settings, wechat=Wechat(settings, clock))

    return point


@pytest.fixture
def wechat(point_at: Callable[[str], None], httpserver: HTTPServer) -> WechatStandIn:
    """A WeChat that answers."""
    point_at(httpserver.url_for("").rstrip("/"))
    return WechatStandIn(httpserver)


@pytest.fixture
def call(app: Flask) -> Callable[[dict[str, str]], Caller]:
    """`call(headers)` → a caller with a client of its own."""
    return lambda headers: Caller(app.test_client(), headers)


@pytest.fixture
def person(call: Callable[..., Caller], resident: Callable[..., dict[str, str]]) -> Callable[..., Caller]:
    """`person()` → a resident; `person(identity=True)` → one who has agreed and given a real name."""

    def make(identity: bool = False, **fields: Any) -> Caller:
        caller = call(resident(**fields))
        if identity:
            assert caller("POST", "/me/consents", {"purpose": "identity", "version": 1}).status_code == 201
            given = {"name": "张三丰", "id_number": id_number()}
            assert caller("PUT", "/me/identity", given).status_code == 200
        return caller

    return make


@pytest.fixture
def anyone(call: Callable[..., Caller], database: str) -> Caller:
    """A caller who has not signed in."""
    return call({})


@pytest.fixture
def account(database: str, clock: FixedClock) -> str:
    """A caseworker `reviewer` without a second factor; the value is the id."""
    return accounts.create_caseworker(
        "reviewer", "王审核", ["county_reviewer"], PASSWORD, at=clock.now(), district_code="360902", with_otp=False
    ).id
