"""What surrounds every request: its id, security headers, the access log and the metrics.

It wraps the WSGI application rather than hooking into Flask, because it touches every request: a list of ready-made
headers is appended in one step, where Flask's hooks would search and set them one by one.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from prometheus_client import Counter, Histogram

REQUEST_ID_HEADER = "X-Request-Id"
REQUEST_ID_KEY = "HTTP_X_REQUEST_ID"
MAX_REQUEST_ID_CHARS = 64
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
UNMATCHED = "unmatched"
STANDARD_ERROR = 2
# Ids of this process: a random beginning, then a count.
_PROCESS = secrets.token_hex(8)
_COUNT = itertools.count(1)

POLICY = "Content-Security-Policy"
SECURITY_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)"),
]
STRICT_POLICY = (POLICY, "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
# The interactive API page of the framework starts from an inline script.
API_PAGE_POLICY = (
    POLICY,
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
)
NOT_KEPT = ("Cache-Control", "no-store")
TRANSPORT_SECURITY = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")

REQUESTS = Counter("yixiang_http_requests_total", "Requests answered", ("route", "method", "status"))
SECONDS = Histogram("yixiang_http_request_seconds", "Seconds to answer", ("route", "method"), buckets=BUCKETS)

Headers = list[tuple[str, str]]


class Surroundings:
    """A WSGI application around another. `api_page`: path of the interactive API page; `logs`: write the access log."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], *, production: bool, api_page: str, logs: bool) -> None:
        self._inner = inner
        self._headers = SECURITY_HEADERS + ([TRANSPORT_SECURITY] if production else [])
        self._api_page = api_page
        self._logs = logs
        self._measures: dict[tuple[str, str, str], tuple[Any, Any]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.perf_counter()
        request_id = _request_id(environ)

        def start(status: str, headers: Headers, fault: Any = None) -> Any:
            headers.extend(self._headers)
            headers.append((REQUEST_ID_HEADER, request_id))
            names = {name for name, _ in headers}
            if POLICY not in names:
                headers.append(API_PAGE_POLICY if environ.get("PATH_INFO") == self._api_page else STRICT_POLICY)
            if NOT_KEPT[0] not in names:
                headers.append(NOT_KEPT)
            self._note(environ, request_id, status[:3], time.perf_counter() - started)
            return start_response(status, headers, fault) if fault else start_response(status, headers)

        return self._inner(environ, start)

    def _note(self, environ: dict[str, Any], request_id: str, status: str, seconds: float) -> None:
        route, method = _route(environ), environ["REQUEST_METHOD"]
        key = (route, method, status)
        measures = self._measures.get(key)
        if measures is None:
            measures = self._measures[key] = (REQUESTS.labels(*key), SECONDS.labels(route, method))
        measures[0].inc()
        measures[1].observe(seconds)
        if self._logs:
            line = {"event": "request", "level": "info", "id": request_id, "method": method, "route": route,
                    "status": int(status), "ms": round(seconds * 1000, 1), "timestamp": time.time()}  # fmt: skip
            # One ready-made line and one write; the log's own pipeline costs as much as finding what is near.
            os.write(STANDARD_ERROR, orjson.dumps(line) + b"\n")


def _request_id(environ: dict[str, Any]) -> str:
    given: str = environ.get(REQUEST_ID_KEY, "")
    if 0 < len(given) <= MAX_REQUEST_ID_CHARS and given.isascii() and given.isalnum():
        return given
    return f"{_PROCESS}{next(_COUNT):x}"


def _route(environ: dict[str, Any]) -> str:
    """The rule that matched, never the path itself: ids and names in paths stay out of logs and metrics."""
    request = environ.get("werkzeug.request")
    rule = getattr(request, "url_rule", None)
    return rule.rule if rule is not None else UNMATCHED
