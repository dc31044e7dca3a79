"""What every route shares: who may call, limits, parsing, idempotency, the answer's form.

A route is declared on the method of an `Endpoint`:

    class BookVisit(Endpoint):
        @route(access=RESIDENT, body=BookVisitBody, idempotent=True, status=201)
        def post(self, call): ...
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, wraps
from typing import Any, TypeVar, cast, get_origin
from urllib.parse import parse_qsl

import orjson
from flask import Response, current_app, g, request
from flask_restx import Resource
from pydantic import BaseModel, ConfigDict
from werkzeug.exceptions import MethodNotAllowed

from api.access import Access
from api.errors import PROBLEM, answer_error
from config.loading import rule
from models.kernel import idempotency
from models.kernel.actors import Actor
from models.kernel.clock import shown
from models.kernel.errors import FieldFault, InvalidInput, LimitReached
from models.platform import Platform

EXTENSION = "yixiang"
IDEMPOTENCY_HEADER = "Idempotency-Key"
RATE_UNITS = {"second": 1, "minute": 60, "hour": 3600}
MAX_QUERY_FIELDS = 100
KEY_MIN_CHARS, KEY_MAX_CHARS = 8, 128
JSON_TYPE = "application/json"
# Where the console leaves the fields of a form for `parse_body`.
FORM = "form_fields"
JSON_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS
# Answers worth replaying: done, or refused by the domain. A 5xx or a lost sign-in is not.
REPLAYED = range(200, 500)

Method = TypeVar("Method", bound=Callable[..., Any])
AnyModel = TypeVar("AnyModel", bound=BaseModel)


class Body(BaseModel):
    """The base of request bodies: strict types, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_max_length=20_000)


class Query(BaseModel):
    """The base of query strings: text is converted, unknown and repeated parameters are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=600, allow_inf_nan=False)


@dataclass(frozen=True)
class Call:
    """One request, checked and parsed. `idempotency_id` names what the request creates; the same for each retry."""

    actor: Actor
    at: datetime
    platform: Platform
    path: Mapping[str, Any]
    query: Any = None
    body: Any = None
    idempotency_id: str | None = None


@dataclass(frozen=True)
class Reply:
    """An answer that needs more than data: another status, headers."""

    data: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """What a method declares about itself; read by the OpenAPI document and by tests."""

    access: Access
    query: type[Query] | None = None
    body: type[BaseModel] | None = None
    response: type[BaseModel] | None = None
    idempotent: bool = False
    status: int = 200
    etag: bool = False
    rate: str = "default"
    upload: tuple[str, ...] | None = None
    summary: str = ""
    proxy: str | None = None
    media: tuple[str, ...] = ()
    may_lack: bool = False


class Endpoint(Resource):
    """A resource whose methods all carry a `Route`, and answer with a `Response` of their own."""

    def dispatch_request(self, *args: Any, **path: Any) -> Any:
        """Call the method; the framework's own validation and marshalling have nothing to do here."""
        name = request.method.lower()
        method = getattr(self, name, None) or (getattr(self, "get", None) if name == "head" else None)
        if method is None:
            raise MethodNotAllowed()
        return method(*args, **path)


class Limiter:
    """Requests counted per caller and window in this process; memory only, for it guards a process from being drowned.

    Our own few lines: the `limits` package's memory storage took a third of a nearby request's time.
    """

    def __init__(self, scale: int) -> None:
        self._scale = scale
        self._rates: dict[str, tuple[int, int]] = {}
        self._windows: dict[str, tuple[int, dict[str, int]]] = {}

    def check(self, name: str, caller: str) -> None:
        """Raises LimitReached when the caller has used up the rate `name`."""
        amount, seconds = self._rates.get(name) or self._rate(name)
        now = time.monotonic()
        window = int(now // seconds)
        current, counts = self._windows.get(name, (-1, {}))
        if current != window:
            counts = {}
            self._windows[name] = (window, counts)
        counts[caller] = count = counts.get(caller, 0) + 1
        if count > amount:
            raise LimitReached(retry_after=int((window + 1) * seconds - now) + 1)

    def _rate(self, name: str) -> tuple[int, int]:
        """The rule `api.rate_NAME`, written as `COUNT/second|minute|hour`."""
        count, _, unit = rule(f"api.rate_{name}").partition("/")
        found = self._rates[name] = (int(count) * self._scale, RATE_UNITS[unit])
        return found


def route(
    *, access: Access, query: type[Query] | None = None, body: type[BaseModel] | None = None,
    response: type[BaseModel] | None = None, idempotent: bool = False, status: int = 200, etag: bool = False,
    rate: str = "default", upload: tuple[str, ...] | None = None, summary: str = "", proxy: str | None = None,
    media: tuple[str, ...] = (), may_lack: bool = False,
) -> Callable[[Method], Callable[..., Response]]:  # fmt: skip
    """Declare a method: who may call it, what it takes and gives. `upload`: the body is multipart, a
    `file` and these text fields. `proxy`: what it is among the actions that a resident may authorise another to do
    (`models.people.proxies`); None: nobody but the resident. `media`: types of answers that are no JSON.
    `may_lack`: None is an answer, too, 204: there is none yet, which is nobody's fault."""
    spec = Route(access, query, body, response, idempotent, status, etag, rate, upload, summary, proxy, media,
                 may_lack)  # fmt: skip

    def declare(method: Method) -> Callable[..., Response]:
        @wraps(method)
        def serve(self: Endpoint, **path: Any) -> Response:
            try:
                return _serve(spec, lambda call: method(self, call), path)
            except Exception as error:  # the one place where a route's errors become answers
                return answer_error(error)

        serve.route, serve.work = spec, method  # type: ignore[attr-defined]
        return serve

    return declare


def _serve(spec: Route, work: Callable[[Call], Any], path: dict[str, Any]) -> Response:
    at = _platform().clock.now()
    actor = spec.access.acting(request, spec.proxy, at)
    return carry_out(spec, work, actor, at, path, request.headers.get(IDEMPOTENCY_HEADER, ""))


def carry_out(
    spec: Route, work: Callable[[Call], Any], actor: Actor, at: datetime, path: Mapping[str, Any], key: str
) -> Response:  # fmt: skip
    """Answer the present request for an actor who may call the route; `key` is the idempotency key that was sent."""
    person = actor.proxy or actor
    caller = person.id if actor.kind != "anonymous" else request.remote_addr or ""
    current_app.extensions["limiter"].check(spec.rate, caller)
    query = parse_query(spec.query) if spec.query else None
    body = parse_body(spec.body) if spec.body else None
    call = Call(actor, at, _platform(), path, query, body)
    if spec.idempotent:
        return _once(spec, work, call, key)
    return _finish(spec, work(call))


def _platform() -> Platform:
    platform: Platform = current_app.extensions[EXTENSION]
    return platform


def _once(spec: Route, work: Callable[[Call], Any], call: Call, key: str) -> Response:
    if not key:
        raise InvalidInput("idempotency_key_missing")
    if not (KEY_MIN_CHARS <= len(key) <= KEY_MAX_CHARS and key.isascii() and key.isprintable()):
        raise InvalidInput("idempotency_key_invalid")
    owner = call.actor.id if call.actor.kind != "anonymous" else f"anonymous {request.remote_addr}"
    begun = idempotency.begin(owner, f"{request.method} {request.path}", key, _sent(spec), call.at)
    if isinstance(begun, idempotency.Replayed):
        form = JSON_TYPE if begun.status < 400 else PROBLEM
        return Response(begun.body, begun.status, {"Idempotency-Replayed": "true"}, mimetype=form)
    try:
        response = _finish(spec, work(Call(**{**call.__dict__, "idempotency_id": begun.id})))
    except Exception as error:
        response = answer_error(error)
    if response.status_code in REPLAYED:
        idempotency.finish(begun, response.status_code, response.get_data(), call.at)
    else:
        idempotency.abandon(begun)
    return response


def _sent(spec: Route) -> bytes:
    """What a repeat must have in common with the first request: of an upload its parts, whose boundary changes."""
    if FORM not in g and (spec.upload is None or request.mimetype != "multipart/form-data"):
        return request.get_data()
    digest = hashlib.sha256()
    parts = [(name, "", text.encode(errors="replace")) for name, text in request.form.items(multi=True)]
    parts += [(name, file.filename or "", file.read()) for name, file in request.files.items(multi=True)]
    for name, title, content in sorted(parts):
        for each in (name.encode(errors="replace"), title.encode(errors="replace"), content):
            digest.update(len(each).to_bytes(8, "big") + each)
    for name in request.files:
        for file in request.files.getlist(name):
            file.seek(0)
    return digest.digest()


def _finish(spec: Route, result: Any) -> Response:
    if isinstance(result, Response):
        return _tagged(spec, result)
    reply = result if isinstance(result, Reply) else Reply(result)
    status = reply.status or spec.status
    if reply.data is None and status in (200, 204):
        # Swagger 2.0 documents one list of types for all answers, so the empty one carries the type of the others.
        return Response(status=204, headers=dict(reply.headers), mimetype=JSON_TYPE)
    body = reply.data if isinstance(reply.data, bytes) else to_json(reply.data)
    return _tagged(spec, Response(body, status, dict(reply.headers), mimetype=JSON_TYPE))


def _tagged(spec: Route, response: Response) -> Response:
    if spec.etag and response.status_code == 200:
        response.add_etag(weak=True)
        response.headers.setdefault("Cache-Control", "no-cache")
        response.make_conditional(request)
    return response


def to_json(data: Any) -> bytes:
    """JSON with times shown in China's offset."""
    return orjson.dumps(data, default=_jsonable, option=JSON_OPTIONS)


def _jsonable(value: Any) -> Any:
    if isinstance(value, datetime):
        return shown(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump()
    raise TypeError(type(value).__name__)


def parse_query(model: type[Query]) -> Query:
    """The request's query string as `model`."""
    return parse_pairs(model, request.query_string.decode(errors="replace"))


def parse_pairs(model: type[Query], query_string: str) -> Query:
    """A query string as `model`; a parameter may repeat only where the model takes a list."""
    many = _lists_of(model)
    values: dict[str, Any] = {}
    for name, text in _pairs(query_string):
        if not text.isprintable():
            raise InvalidInput(faults=[FieldFault(name[:60] if name.isprintable() else "?", "control_character")])
        if name in many:
            values.setdefault(name, []).append(text)
        elif name in values:
            raise InvalidInput(faults=[FieldFault(name[:60] if name.isprintable() else "?", "repeated")])
        else:
            values[name] = text
    return model.model_validate(values)


def _pairs(query_string: str) -> list[tuple[str, str]]:
    """Names and values in their order; the framework's multi-dict costs as much again."""
    try:
        return parse_qsl(query_string, keep_blank_values=True, errors="replace", max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:
        raise InvalidInput("unknown_query") from None


@cache
def _lists_of(model: type[Query]) -> frozenset[str]:
    """The parameters of `model` that may repeat."""
    return frozenset(n for n, field in model.model_fields.items() if get_origin(field.annotation) in (list, tuple))


def optional_body(model: type[AnyModel]) -> AnyModel:
    """A body that may be left out, `model` has defaults for all; the route declares no body."""
    return cast(AnyModel, parse_body(model)) if FORM in g or request.get_data() else model()


def parse_body(model: type[BaseModel]) -> BaseModel:
    """The JSON body as `model`, or the fields of a page's form, whose values are all text.

    Raises InvalidInput with code and field.
    """
    if FORM in g:
        return model.model_validate(g.get(FORM), strict=False)
    if request.mimetype != JSON_TYPE:
        raise InvalidInput("unsupported_media_type")
    limit = rule("api.body_bytes")
    if (request.content_length or 0) > limit:
        raise InvalidInput("body_too_large")
    raw = request.get_data()
    if len(raw) > limit:
        raise InvalidInput("body_too_large")
    if b"\\u0000" in raw:
        raise InvalidInput(faults=[FieldFault("", "control_character")])
    return model.model_validate_json(raw)
