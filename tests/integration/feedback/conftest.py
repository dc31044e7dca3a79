"""Pieces of residents and followers, and staff who answer them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from bot.wechat.service import Wechat
from config.settings import Settings
from models.conversations.lifecycle import follower_actor
from models.feedback.operations import submit_feedback
from models.kernel.actors import Actor
from models.kernel.clock import FixedClock
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import deliver, relay
from models.people.documents import Resident
from models.people.tokens import issue, read
from models.platform import Platform
from tests.factories.people import Caller
from tests.integration.wechat.conftest import sandbox, wechat
from wsgi import _handlers

__all__ = ["sandbox", "wechat"]
TEXT = "我叫欧阳建国，住三阳镇，托育中心的老师态度很差，电话13907951234"
Submit = Callable[..., Raw]


class Lasting:
    """A caller who signs in anew for each call, for lives that last for weeks."""

    def __init__(self, app: Flask, clock: FixedClock, kind: str, person_id: str) -> None:
        self.id = person_id
        self._app, self._clock, self._kind = app, clock, kind

    def __call__(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        token = issue(self._kind, self.id, 1, self._clock.now()).text
        return Caller(self._app.test_client(), {"Authorization": f"Bearer {token}"})(method, path, body, key)


@pytest.fixture
def me(app: Flask, clock: FixedClock, resident: Callable[..., dict[str, str]]) -> Lasting:
    return Lasting(app, clock, "resident", resident()["X-Resident-Id"])


@pytest.fixture
def office(app: Flask, clock: FixedClock, staff: Callable[..., dict[str, str]]) -> Callable[..., Lasting]:
    """`office("township_intake", township_ids=(…))` → a caseworker who calls."""

    def make(*roles: str, **more: Any) -> Lasting:
        header = staff(*roles, **more)["Authorization"].removeprefix("Bearer ")
        return Lasting(app, clock, "staff", read(header, "staff", clock.now()).id)

    return make


@pytest.fixture
def submit(database: str, clock: FixedClock) -> Submit:
    """`submit(by=…, kind=…)` → the piece as stored; of Sanyang, Yuanzhou, unless told otherwise."""

    def run(kind: str = "complaint", text: str = TEXT, *, by: Actor | None = None, **more: Any) -> Raw:
        if "openid" in more:
            by = follower_actor(more["openid"])
        place = {} if {"facility_id", "district_code", "point"} & set(more) else {"township_id": "1796554"}
        who = by or Resident.actor(new_id())
        return submit_feedback(
            more.pop("feedback_id", new_id()), kind, text, by=who, at=clock.now(), **{**place, **more}
        )

    return run


@pytest.fixture
def outbox(settings: Settings, clock: FixedClock, wechat: Wechat) -> Callable[[], None]:
    """Relay and deliver everything, through the product's own handlers and WeChat's stand-in."""
    handlers = _handlers(Platform(settings, clock, wechat))

    def run() -> None:
        for _ in range(3):
            relay(clock.now())
            deliver(clock.now(), handlers, clock.now)

    return run
