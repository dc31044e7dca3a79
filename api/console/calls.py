"""The API's own routes, called by pages: same access, same models, same operations, same trace.

`ask` gives what a GET would answer, as plain data. `perform` carries out what a form asks for, as if it had been sent
as JSON with an idempotency key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_origin
from urllib.parse import urlencode

from flask import Response, current_app, g, request
from pydantic import BaseModel
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from api.endpoint import EXTENSION, FORM, Call, Endpoint, Reply, Route, carry_out, parse_pairs
from api.errors import answer_error
from models.kernel.actors import Actor
from models.kernel.errors import Forbidden
from models.people.staff_sessions import Session

API = "/api/v1"
CHINA = "+08:00"
# What `<input type="datetime-local">` gives: no zone, for the person means China's clock.
LOCAL_TIME_CHARS = len("2026-11-26T09:00")


def ask(session: Session, path: str, at: datetime, /, **query: Any) -> Any:
    """What `GET /api/v1{path}` answers this caseworker. Raises what it raises, Forbidden where it is not theirs."""
    endpoint, spec, work, named = _route("GET", path)
    _demand(spec, session.actor)
    pairs = [(name, value) for name, value in query.items() if value not in (None, "", False)]
    asked = parse_pairs(spec.query, urlencode(pairs, doseq=True)) if spec.query else None
    answered = work(endpoint, Call(session.actor, at, current_app.extensions[EXTENSION], named, asked))
    if isinstance(answered, Reply):
        answered = answered.data
    return _plain(answered)


def perform(session: Session, path: str, fields: MultiDict[str, str], key: str, at: datetime) -> Response:
    """The answer to `POST /api/v1{path}` with the form's fields; a fault comes as a problem response."""
    endpoint, spec, work, named = _route("POST", path)
    try:
        _demand(spec, session.actor)
        if spec.upload is None:
            g.setdefault(FORM, values_of(fields, spec.body))
        else:  # the route takes exactly its own parts; the form's own are not for it
            request.form = ImmutableMultiDict(fields)
        return carry_out(spec, lambda call: work(endpoint, call), session.actor, at, named, key)
    except Exception as error:  # the one place where a form's errors become answers
        return answer_error(error)


def may(session: Session, method: str, path: str) -> bool:
    """True where the caseworker's role may call the route; for links and buttons that would only be refused."""
    _, spec, _, _ = _route(method, path)
    return not spec.access.roles or session.actor.has_role(*spec.access.roles)


def values_of(fields: MultiDict[str, str], model: type[BaseModel] | None) -> dict[str, Any]:
    """A form's fields as a JSON body would have them: `a.b` inside `a`, lists where the model has lists, no blanks."""
    lists = {name for name, each in (model.model_fields if model else {}).items() if _is_list(each.annotation)}
    found: dict[str, Any] = {}
    for name, texts in fields.lists():
        given = [_text(each) for each in texts if each.strip()]
        if not given:
            continue
        outer, _, inner = name.partition(".")
        if inner:
            found.setdefault(outer, {})[inner] = given[-1]
        else:
            found[outer] = given if outer in lists else given[-1]
    return found


def _route(method: str, path: str) -> tuple[Endpoint, Route, Any, Mapping[str, Any]]:
    matched, named = current_app.url_map.bind("").match(API + path, method)
    view: type[Endpoint] = vars(current_app.view_functions[matched])["view_class"]
    served = getattr(view, method.lower())
    return view(), served.route, served.work, named


def _demand(spec: Route, actor: Actor) -> None:
    if spec.access.kind == "resident" or (spec.access.roles and not actor.has_role(*spec.access.roles)):
        raise Forbidden()


def _is_list(annotation: Any) -> bool:
    """True for `list[…]`, also within a union or an annotation."""
    if get_origin(annotation) is list:
        return True
    return any(_is_list(each) for each in getattr(annotation, "__args__", ()))


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
