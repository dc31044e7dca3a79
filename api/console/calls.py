"""The API's own routes, called by pages: same access, same models, same operations, same trace.

`ask` gives what a GET would answer, as plain data. `perform` carries out what a form asks for, as if it had been sent
as JSON with an idempotency key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args, get_origin
from urllib.parse import urlencode

import orjson
from flask import Response, current_app, g, request
from pydantic import BaseModel
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import MethodNotAllowed

from api.endpoint import EXTENSION, FORM, Call, Endpoint, Reply, Route, carry_out, parse_pairs
from api.errors import answer_error
from models.kernel.actors import ANONYMOUS, Actor
from models.kernel.errors import Forbidden
from models.people.staff_sessions import Session

API = "/api/v1"
CHINA = "+08:00"
# What `<input type="datetime-local">` gives: no zone, for the person means China's clock.
LOCAL_TIME_CHARS = len("2026-11-26T09:00")
MOST_DIGITS = 9
# The choice that says "none of them", where a route wants to be told so.
NOTHING = "~none"


def ask(session: Session, path: str, at: datetime, /, **query: Any) -> Any:
    """What `GET /api/v1{path}` answers this caseworker. Raises what it raises, Forbidden where it is not theirs."""
    return _answer(session.actor, path, at, query)


def fetch(session: Session, path: str, at: datetime, /, **query: Any) -> Any:
    """As `ask`, for a file that the browser asks for by itself: it counts against the route's rate, as in the API.

    Raises LimitReached too.
    """
    check_rate(path, session.actor.id)
    return ask(session, path, at, **query)


def ask_publicly(path: str, at: datetime, /, **query: Any) -> Any:
    """What `GET /api/v1{path}` answers everybody. Raises what it raises, Forbidden for a route that is not public."""
    return _answer(ANONYMOUS, path, at, query)


def perform(session: Session, path: str, fields: MultiDict[str, str], key: str, at: datetime) -> Response:
    """The answer to `POST /api/v1{path}` (PUT, where that is what the route takes) with the form's fields; a fault
    comes as a problem response."""
    try:
        endpoint, spec, work, named = _route_of_form(path)
        _demand(spec, session.actor)
        if spec.upload is None:
            g.setdefault(FORM, values_of(fields, spec.body))
        else:
            _send_as_upload(spec, fields)
        return carry_out(spec, lambda call: work(endpoint, call), session.actor, at, named, key)
    except Exception as error:  # the one place where a form's errors become answers
        return answer_error(error)


def check_rate(path: str, caller: str) -> None:
    """Count a question against the rate of `GET /api/v1{path}`. Raises LimitReached."""
    _, spec, _, _ = _route("GET", path)
    current_app.extensions["limiter"].check(spec.rate, caller)


def may(session: Session, method: str, path: str) -> bool:
    """True where the caseworker's role may call the route; for links and buttons that would only be refused."""
    _, spec, _, _ = _route(method, path)
    return not spec.access.roles or session.actor.has_role(*spec.access.roles)


def values_of(fields: MultiDict[str, str], model: type[BaseModel] | None) -> dict[str, Any]:
    """A form's fields as a JSON body would have them: `a.b` inside `a`, lists where the model has lists, no blanks.

    Of a list of objects `a.0.b` belongs to the first of them; one field may also hold a whole object as JSON. In a
    mapping to answers of several types, `true`, `false` and numbers are what they look like.
    """
    annotations = {name: each.annotation for name, each in (model.model_fields if model else {}).items()}
    lists = {name for name, each in annotations.items() if _is_list(each)}
    answers = {name for name, each in annotations.items() if _is_answers(each)}
    ticks = {name for name, each in annotations.items() if get_origin(each) is Literal and True in get_args(each)}
    found: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for name, texts in fields.lists():
        given = [_text(each) for each in texts if each.strip()]
        outer, _, inner = name.partition(".")
        if not given:
            if name in lists:
                found[name] = []  # a list that was emptied
            continue
        number, _, column = inner.partition(".")
        if column and outer in lists and number.isdecimal():
            rows.setdefault(outer, {}).setdefault(int(number), {})[column] = given[-1]
        elif inner:
            found.setdefault(outer, {})[inner] = _scalar(given[-1]) if outer in answers else given[-1]
        elif outer in ticks:
            found[outer] = _scalar(given[-1])
        else:
            found[outer] = [_object(each) for each in given] if outer in lists else _chosen(given[-1])
    return found | {name: [each for _, each in sorted(numbered.items())] for name, numbered in rows.items()}


def _answer(actor: Actor, path: str, at: datetime, query: Mapping[str, Any]) -> Any:
    endpoint, spec, work, named = _route("GET", path)
    _demand(spec, actor)
    pairs = [(name, value) for name, value in query.items() if value not in (None, "", False)]
    asked = parse_pairs(spec.query, urlencode(pairs, doseq=True)) if spec.query else None
    answered = work(endpoint, Call(actor, at, current_app.extensions[EXTENSION], named, asked))
    if isinstance(answered, Reply):
        answered = answered.data
    return _plain(orjson.loads(answered) if isinstance(answered, bytes) else answered)


def _route(method: str, path: str) -> tuple[Endpoint, Route, Any, Mapping[str, Any]]:
    matched, named = current_app.url_map.bind("").match(API + path, method)
    view: type[Endpoint] = vars(current_app.view_functions[matched])["view_class"]
    served = getattr(view, method.lower())
    return view(), served.route, served.work, named


def _route_of_form(path: str) -> tuple[Endpoint, Route, Any, Mapping[str, Any]]:
    """A browser's form knows no PUT: where a route takes no POST, that is what is meant."""
    try:
        return _route("POST", path)
    except MethodNotAllowed:
        return _route("PUT", path)


def _send_as_upload(spec: Route, fields: MultiDict[str, str]) -> None:
    """What is the form's own is no part of an upload; what the route takes in its query stands in the form, too."""
    asked = [(name, text) for name, text in fields.items() if spec.query and name in spec.query.model_fields]
    if asked:
        request.query_string = urlencode(asked).encode()
    named = {name for name, _ in asked}
    request.form = ImmutableMultiDict([(name, text) for name, text in fields.items(multi=True) if name not in named])


def _demand(spec: Route, actor: Actor) -> None:
    wrong_door = spec.access.kind == "resident" or (actor is ANONYMOUS and spec.access.kind != "public")
    if wrong_door or (spec.access.roles and not actor.has_role(*spec.access.roles)):
        raise Forbidden()


def _is_list(annotation: Any) -> bool:
    """True for `list[…]` and `tuple[…]`, also within a union or an annotation."""
    if get_origin(annotation) in (list, tuple):
        return True
    return any(_is_list(each) for each in getattr(annotation, "__args__", ()))


def _is_answers(annotation: Any) -> bool:
    """True for a mapping whose values are yes, no, numbers or texts."""
    if get_origin(annotation) is dict:
        return bool in get_args(get_args(annotation)[1])
    return any(_is_answers(each) for each in getattr(annotation, "__args__", ()))


def _scalar(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else text


def _chosen(text: str) -> str | None:
    return None if text == NOTHING else text


def _object(text: str) -> Any:
    """An object that a field holds as JSON; any other text as it is."""
    if not text.startswith("{"):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _text(text: str) -> str:
    text = text.replace("\r\n", "\n")
    local = len(text) == LOCAL_TIME_CHARS and text[10] == "T" and text[4] == text[7] == "-"
    return f"{text}:00{CHINA}" if local else text


def _plain(data: Any) -> Any:
    if isinstance(data, BaseModel):
        return data.model_dump()
    if isinstance(data, Mapping):
        return {name: _plain(each) for name, each in data.items()}
    if isinstance(data, list):
        return [_plain(each) for each in data]
    return data


def same_site() -> bool:
    """True where the browser says that the request comes from a page of ours, or says nothing at all.

    Browsers that are kept up to date always say so; the token in each form guards the others.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/")
