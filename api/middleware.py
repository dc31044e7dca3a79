"""What surrounds every request: its id, security headers, the access log and the metrics."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from models.kernel.ids import new_id

REQUEST_ID_HEADER = "X-Request-Id"
MAX_REQUEST_ID_CHARS = 64
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
}
TRANSPORT_SECURITY = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
# The interactive API page of the framework starts from an inline script.
API_PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)

REQUESTS = Counter("yixiang_http_requests_total", "Requests answered", ("route", "method", "status"))
SECONDS = Histogram("yixiang_http_request_seconds", "Seconds to answer", ("route", "method"), buckets=BUCKETS)

log = structlog.get_logger("http")


def install_middleware(app: Flask, *, production: bool, api_page: str) -> None:
    """Attach the hooks to the app. `api_page` is the endpoint of the interactive API page."""
    headers = list(SECURITY_HEADERS.items()) + ([TRANSPORT_SECURITY] if production else [])

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        given = request.headers.get(REQUEST_ID_HEADER, "")
        g.request_id = given if 0 < len(given) <= MAX_REQUEST_ID_CHARS and given.isalnum() else new_id()

    @app.after_request
    def finish(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unmatched"
        for name, value in headers:
            response.headers.setdefault(name, value)
        if request.endpoint == api_page:
            response.headers["Content-Security-Policy"] = API_PAGE_POLICY
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        response.headers[REQUEST_ID_HEADER] = g.get("request_id", "")
        _measure(route, response, time.perf_counter() - g.get("started", time.perf_counter()))
        return response


def _measure(route: str, response: Response, seconds: float) -> None:
    REQUESTS.labels(route, request.method, str(response.status_code)).inc()
    SECONDS.labels(route, request.method).observe(seconds)
    log.info(
        "request", id=g.get("request_id"), method=request.method, route=route, status=response.status_code,
        ms=round(seconds * 1000, 1),
    )  # fmt: skip
