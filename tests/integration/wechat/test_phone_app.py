"""The sandbox's phone shows the mini-program's H5 build from the origin of the API, which it forwards to the product."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer

from bot.wechat.sandbox import create_app, mini
from config.settings import Settings
from tests.running import free_port


@pytest.fixture
def sandbox(tmp_path: Path, httpserver: HTTPServer) -> FlaskClient:
    return create_app(Settings(data_dir=tmp_path), httpserver.url_for("/wechat")).test_client()


def test_a_call_is_forwarded_with_what_it_carries_and_nothing_else(
    sandbox: FlaskClient, httpserver: HTTPServer
) -> None:
    httpserver.expect_ordered_request(
        "/api/v1/visits", method="POST", query_string="a=%E5%AE%9C", json={"slot_id": "s"},
        headers={"Authorization": "Bearer t", "Idempotency-Key": "12345678"},
    ).respond_with_json({"id": "V"}, status=201, headers={"Retry-After": "3", "Set-Cookie": "a=b"})  # fmt: skip
    answer = sandbox.post(
        "/api/v1/visits?a=%E5%AE%9C", json={"slot_id": "s"},
        headers={"Authorization": "Bearer t", "Idempotency-Key": "12345678", "Cookie": "c=d"},
    )  # fmt: skip
    assert (answer.status_code, answer.json, answer.headers["Retry-After"]) == (201, {"id": "V"}, "3")
    assert "Set-Cookie" not in answer.headers and "Access-Control-Allow-Origin" not in answer.headers
    (asked, _), *more = httpserver.log
    assert not more and "Cookie" not in asked.headers


def test_faults_on_demand_meet_the_api_and_a_product_that_is_down_says_so(sandbox: FlaskClient, tmp_path: Path) -> None:
    sandbox.post("/sandbox/faults", json={"fault": "down", "path": "/api/v1/visits", "times": 1})
    assert sandbox.get("/api/v1/visits").status_code == 503
    alone = create_app(Settings(data_dir=tmp_path), f"http://127.0.0.1:{free_port()}/wechat").test_client()
    assert alone.get("/api/v1/facilities").status_code == 502


def test_the_build_is_served_under_a_strict_policy_and_nothing_outside_it(tmp_path: Path) -> None:
    folder = tmp_path / "h5"
    (folder / "js").mkdir(parents=True)
    (folder / "index.html").write_text("<title>h5</title>")
    (folder / "js" / "app.1a2b.js").write_text("1")
    (tmp_path / "secret").write_text("no")
    app = Flask("h5")
    app.register_blueprint(mini.blueprint("http://127.0.0.1:9", folder))
    client = app.test_client()
    page = client.get("/phone/app/")
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-cache"
    assert "immutable" in client.get("/phone/app/js/app.1a2b.js").headers["Cache-Control"]
    (folder / "js" / "app.1a2b.js.br").write_bytes(b"compressed")
    small = client.get("/phone/app/js/app.1a2b.js", headers={"Accept-Encoding": "gzip, br"})
    assert (small.data, small.headers["Content-Encoding"], small.mimetype) == (b"compressed", "br", "text/javascript")
    plain = client.get("/phone/app/js/app.1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert (plain.data, plain.headers["Vary"]) == (b"1", "Accept-Encoding")
    assert [client.get(f"/phone/app/{name}").status_code for name in ("../secret", "%2e%2e/secret", "none.js")] == [
        404
    ] * 3
