"""What surrounds every request: its id, security headers, the access log and the metrics.

It wraps the WSGI application rather than hooking into Flask, because it touches every request: a list of ready-made
headers is appended in one step, where Flask's hooks would search and set them one by one.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from api.access_notes import Note, access_notes
from api.express import ROUTE_KEY

REQUEST_ID_HEADER = "X-Request-Id"
REQUEST_ID_KEY = "HTTP_X_REQUEST_ID"
MAX_REQUEST_ID_CHARS = 64
UNMATCHED = "unmatched"
# Ids of this process: a random beginning, then a count.
_PROCESS = secrets.token_hex(8)
_COUNT = itertools.count(1)

POLICY = "Content-Security-Policy"
# Only a paper that a page of the console shows inside itself says another value.
FRAMES = "X-Frame-Options"
SECURITY_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    (FRAMES, "DENY"),
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

Headers = list[tuple[str, str]]


class Surroundings:
    """A WSGI application around another. `api_page`: path of the interactive API page; `logs`: write the access log."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], *, production: bool, api_page: str, logs: bool) -> None:
        self._inner = inner
        self._headers = SECURITY_HEADERS + ([TRANSPORT_SECURITY] if production else [])
        self._api_page = api_page
        self._logs = logs

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.perf_counter()
        request_id = _request_id(environ)

        def start(status: str, headers: Headers, fault: Any = None) -> Any:
            names = {name for name, _ in headers}
            headers.extend(self._headers if FRAMES not in names else [h for h in self._headers if h[0] != FRAMES])
            headers.append((REQUEST_ID_HEADER, request_id))
            if POLICY not in names:
                headers.append(API_PAGE_POLICY if environ.get("PATH_INFO") == self._api_page else STRICT_POLICY)
            if NOT_KEPT[0] not in names:
                headers.append(NOT_KEPT)
            method, seconds = environ["REQUEST_METHOD"], time.perf_counter() - started
            note = Note(request_id, method, _route(environ), status[:3], seconds, time.time() if self._logs else None)
            access_notes.add(note)
            return start_response(status, headers, fault) if fault else start_response(status, headers)

        return self._inner(environ, start)


def _request_id(environ: dict[str, Any]) -> str:
    given: str = environ.get(REQUEST_ID_KEY, "")
    if 0 < len(given) <= MAX_REQUEST_ID_CHARS and given.isascii() and given.isalnum():
        return given
    return f"{_PROCESS}{next(_COUNT):x}"


def _route(environ: dict[str, Any]) -> str:
    """The rule that matched, never the path itself: ids and names in paths stay out of logs and metrics."""
    express: str | None = environ.get(ROUTE_KEY)
    if express is not None:
        return express
    request = environ.get("werkzeug.request")
    rule = getattr(request, "url_rule", None)
    return rule.rule if rule is not None else UNMATCHED
