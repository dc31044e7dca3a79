"""What the tests of elder care over HTTP share: callers, and requests with their keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from tests.factories.eldercare import (
    ADDRESS,
    HEALTH,
    NAME,
    PHONE,
    SANYANG,
    headers_of,
    id_number,
    make_elder,
    make_link,
)

BASE = "/api/v1"
Call = Callable[..., TestResponse]


def register_body(number: int = 1, **more: Any) -> dict[str, Any]:
    """A valid body of `POST /staff/elders`."""
    return {
        "name": NAME, "id_number": id_number(number), "categories": ["living_alone", "very_old"],
        "risk_level": "high", "township_id": SANYANG, "community": "幸福村", "address": ADDRESS,
        "contacts": [{"name": "王小明", "phone": PHONE, "relation": "child"}], "health_notes": HEALTH,
        "point": {"longitude": 114.39, "latitude": 27.92},
        "legal_basis": {"kind": "consent", "reference": "同意书", "on": "2026-01-01"}, "active_from": "2026-01-01",
        **more,
    }  # fmt: skip


@pytest.fixture
def call(client: FlaskClient) -> Call:
    """`call("POST", "/visits", headers, json=…)`; a POST gets a key of its own unless it brings one."""

    def make(method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        sent = dict(headers or {})
        if method == "POST":
            sent.setdefault("Idempotency-Key", new_id())
        return client.open(BASE + path, method=method, headers=sent, **more)

    return make


@pytest.fixture
def family(database: str) -> tuple[Raw, dict[str, str]]:
    elder = make_elder()
    return elder, headers_of(make_link(elder, 1))
