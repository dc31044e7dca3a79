"""The express lane: plain GETs of a hot public route, answered before the framework builds its request.

The framework's request, routing and response cost as much as finding what is near. A route named here is served by the
same method with the same query model, rate limit and surroundings; only success is answered in the lane. Whatever is
refused or fails goes the ordinary way, which says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from api.endpoint import JSON_TYPE, Call, Endpoint, Limiter, Route, parse_pairs
from models.kernel.actors import ANONYMOUS
from models.platform import Platform

ROUTE_KEY = "yixiang.route"
OK = f"{HTTPStatus.OK.value} {HTTPStatus.OK.phrase}"
Inner = Callable[..., Iterable[bytes]]


class Express:
    """A WSGI application before another. `lanes`: by path, the endpoint whose GET gives ready JSON as bytes."""

    def __init__(self, inner: Inner, platform: Platform, limiter: Limiter, lanes: Mapping[str, type[Endpoint]]) -> None:
        self._inner = inner
        self._platform = platform
        self._limiter = limiter
        self._lanes = {path: _lane(endpoint) for path, endpoint in lanes.items()}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        lane = self._lanes.get(path)
        if lane is None or environ["REQUEST_METHOD"] != "GET":
            return self._inner(environ, start_response)
        try:
            body = self._answer(*lane, environ)
        except Exception:  # the ordinary way meets the same fault and answers it
            return self._inner(environ, start_response)
        environ[ROUTE_KEY] = path
        start_response(OK, [("Content-Type", JSON_TYPE), ("Content-Length", str(len(body)))])
        return (body,)

    def _answer(self, endpoint: Endpoint, spec: Route, environ: Mapping[str, Any]) -> bytes:
        assert spec.query is not None  # noqa: S101  `_lane` says so
        at = self._platform.clock.now()
        query = parse_pairs(spec.query, environ["QUERY_STRING"])
        self._limiter.check(spec.rate, environ.get("REMOTE_ADDR", ""))
        body: bytes = endpoint.get.work(endpoint, Call(ANONYMOUS, at, self._platform, {}, query))
        return body


def _lane(endpoint: type[Endpoint]) -> tuple[Endpoint, Route]:
    spec: Route = endpoint.get.route
    if spec.access.kind != "public" or spec.query is None or spec.etag or spec.idempotent:
        raise ValueError(f"{endpoint.__name__}: only public GETs with a query, without ETag, have an express lane")
    return endpoint(), spec
