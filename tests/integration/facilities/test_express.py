"""The express lane answers as the ordinary way does, and leaves whatever is refused to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from api.access_notes import access_notes
from api.endpoint import Limiter
from tests.integration.facilities.conftest import CENTRE, row

ADDRESS = "/api/v1/facilities"
NEAR = f"{ADDRESS}?lat={CENTRE[1]}&lng={CENTRE[0]}&limit=2"
# Differ from one request to the next.
OWN = {"X-Request-Id"}


@pytest.fixture
def express(app: Flask, bring: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`express(path)` → the answers of the lane and of the ordinary way."""
    bring([row(str(number)) for number in range(3)])
    lane = app.wsgi_app._inner  # type: ignore[attr-defined]
    client = app.test_client()

    def ask(path: str, **how: Any) -> tuple[Any, Any]:
        quick = client.get(path, **how)
        with monkeypatch.context() as patch:
            patch.setattr(lane, "_lanes", {})
            return quick, client.get(path, **how)

    return ask


@pytest.mark.parametrize(
    "query",
    ["", "?q=测试", f"?lat={CENTRE[1]}&lng={CENTRE[0]}&limit=2", f"?lat={CENTRE[1]}", "?lat=x&lng=y", "?lat=0&lng=0",
     "?colour=red", "?limit=1&limit=2", "?cursor=nonsense", "?q=%00", "?lat=%ff&lng=1", "?" + "a=1&" * 200],
)  # fmt: skip
def test_the_lane_says_what_the_ordinary_way_says(express: Callable[..., Any], query: str) -> None:
    quick, ordinary = express(ADDRESS + query)
    assert quick.status_code == ordinary.status_code
    assert quick.json == ordinary.json
    headers = [{k: v for k, v in each.headers.items() if k not in OWN} for each in (quick, ordinary)]
    assert headers[0] == headers[1]


def test_only_a_get_takes_the_lane(client: FlaskClient, bring: Callable[..., Any]) -> None:
    bring([row("1")])
    assert client.post(NEAR).status_code == 405
    head = client.head(NEAR)
    assert (head.status_code, head.data) == (200, b"")


def test_the_lane_keeps_the_rate(client: FlaskClient, app: Flask, bring: Callable[..., Any]) -> None:
    bring([row("1")])
    strict = Limiter(1)
    strict._rates["nearby"] = (2, 3600)
    app.wsgi_app._inner._limiter = app.extensions["limiter"] = strict  # type: ignore[attr-defined]
    answers = [client.get(NEAR) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_the_lane_is_counted_under_its_route(client: FlaskClient, bring: Callable[..., Any]) -> None:
    bring([row("1")])
    labels = {"route": ADDRESS, "method": "GET", "status": "200"}
    access_notes.settle()
    before = REGISTRY.get_sample_value("yixiang_http_requests_total", labels) or 0
    client.get(NEAR)
    access_notes.settle()
    assert REGISTRY.get_sample_value("yixiang_http_requests_total", labels) == before + 1
