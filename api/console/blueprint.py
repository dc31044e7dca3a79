"""`/console`: the pages, the one handler of their forms, files, signing in and out.

No page carries a script of its own; each works without one. The cookie holds the session's secret, the token in each
form is derived from it, and a form names the page it stands on, to which its sender comes back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_from_directory, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response as AnyResponse

from api.console import calls, faults, formats, resume, sheets, views
from api.console.menu import menu_of
from api.console.pages import PAGES, Look, Page, Shown, Trouble
from api.endpoint import EXTENSION
from api.v1.casework.files import sheet as spreadsheet
from config.loading import rule
from config.text import say, sentences
from models.kernel import audit
from models.kernel.clock import day_of
from models.kernel.errors import NotFound, Unauthenticated
from models.kernel.sheets import MEDIA_TYPES
from models.people import staff_sessions
from models.people.staff_sessions import Session

PREFIX = "/console"
HOME = f"{PREFIX}/"
SIGN_IN = f"{PREFIX}/sign-in"
STATIC = Path(__file__).parent / "static"
SESSION_COOKIE, DONE_COOKIE = "yixiang_console", "yixiang_done"
# Fields of the form itself, not of what it asks for.
TOKEN_FIELD, KEY_FIELD, PAGE_FIELD = "_token", "_key", "_page"
# After success: the sentence that is shown, the place on the page, another page, or the template that shows the answer
# itself; and as of when the page was.
DONE_FIELD, ANCHOR_FIELD, NEXT_FIELD, SHOWN_FIELD, SEEN_FIELD = "_done", "_anchor", "_next", "_shown", "_seen"
OWN_FIELDS = (TOKEN_FIELD, KEY_FIELD, PAGE_FIELD, DONE_FIELD, ANCHOR_FIELD, NEXT_FIELD, SHOWN_FIELD, SEEN_FIELD)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STATIC_SECONDS = 365 * 24 * 3600
TOKEN_PURPOSE = b"console form"


def console_blueprint() -> Blueprint:
    """The console as a Flask blueprint."""
    table = _table()
    blueprint = Blueprint("console", __name__, url_prefix=PREFIX, template_folder="templates")
    blueprint.add_url_rule("/static/<path:name>", "static", _static)
    blueprint.add_url_rule("/sign-in", "sign_in", _sign_in_page)
    blueprint.add_url_rule("/sign-in", "sign_in_now", _sign_in, methods=["POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", _sign_out, methods=["POST"])
    blueprint.add_url_rule("/files/<path:path>", "files", _file)
    blueprint.add_url_rule("/sheets/<form>/<path:path>", "sheet", lambda form, path: _sheet(form, path, table))
    blueprint.add_url_rule("/do/<path:path>", "do", lambda path: _do(path, table), methods=["POST"])
    blueprint.add_url_rule("/", "home", lambda: _page("", table))
    blueprint.add_url_rule("/<path:path>", "page", lambda path: _page(path, table))
    formats.install(blueprint, asset)
    return blueprint


@cache
def _table() -> Map:
    """Every page by its address."""
    views.load_all()
    return Map([Rule(each.path, endpoint=number) for number, each in enumerate(PAGES)])


def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it for a year."""
    return url_for("console.static", name=name, v=digest_of(STATIC / name))


def form_token(session: Session) -> str:
    """The token that every form of this session carries."""
    return hmac.new(session.secret.encode(), TOKEN_PURPOSE, hashlib.sha256).hexdigest()


def _page(path: str, table: Map) -> AnyResponse:
    at = _now()
    try:
        session = _session(at)
    except Unauthenticated:
        return redirect(url_for("console.sign_in", next=_whole_path()))
    return _rendered(_look(session, at, _whole_path()), table)


def _rendered(look: Look, table: Map) -> Response:
    """The page at the look's path; of what is refused, a page that says why and where to go."""
    try:
        html = _shown(look, table)[1]
        answer = Response(html, look.trouble.status if look.trouble else 200)
    except Exception as error:
        if look.trouble is not None and not isinstance(error, HTTPException):
            # The page is gone (passed on, perhaps): what was typed is shown on a page of its own.
            shown = Shown("typed.html", {"typed": faults.typed(look.trouble.values)})
            answer = Response(_html(shown, look, ""), look.trouble.status)
        else:
            fault = faults.read(error)
            answer = Response(_html(Shown("fault.html", {"fault": fault}), look, ""), fault.status)
    answer.delete_cookie(DONE_COOKIE, path=PREFIX)
    return _closed(answer)


def _shown(look: Look, table: Map) -> tuple[Page, str]:
    """The page at the look's path, made. Raises what it raises, Forbidden where it is not theirs."""
    page, named = _found(look.path, table)
    with audit.together():
        return page, _html(page.show(look, named), look, page.section, listed=page.sheet)


def _sheet(form: str, path: str, table: Map) -> AnyResponse:
    """A list as a file; each is recorded."""
    at, here = _now(), f"{HOME}{path}"
    first = sheets.beginning(here, request.query_string.decode(errors="replace"))
    try:
        session = _session(at)
    except Unauthenticated:
        return redirect(url_for("console.sign_in", next=first))
    look = _look(session, at, first)
    try:
        if form not in MEDIA_TYPES or not _found(first, table)[0].sheet:
            raise NotFound()
        current_app.extensions["limiter"].check("export", session.actor.id)
        listed = sheets.collect(
            first, lambda each: _shown(_look(session, at, each), table)[1], rule("api.console_sheet_rows_most")
        )
        detail = {"form": form, "rows": listed.count, "whole": listed.whole}
        audit.record(session.actor, "list.exported", f"list:{path}", at, detail=detail)
        return spreadsheet(form, f"{path.replace('/', '-')}-{day_of(at)}", listed.rows())
    except Exception as error:
        fault = faults.read(error)
        return _closed(Response(_html(Shown("fault.html", {"fault": fault}), look, ""), fault.status))


def _do(path: str, table: Map) -> AnyResponse:
    at, fields = _now(), request.form
    page = _local(fields.get(PAGE_FIELD, ""))
    asked = "/" + path + (f"?{request.query_string.decode()}" if request.query_string else "")
    typed = MultiDict([(name, text) for name, text in fields.items(multi=True) if name not in OWN_FIELDS])
    try:
        session = _session(at)
    except Unauthenticated:
        return _sign_in_again(_kept(asked, page, typed))
    if not calls.same_site() or not hmac.compare_digest(fields.get(TOKEN_FIELD, ""), form_token(session)):
        trouble = Trouble(asked, 403, "form_foreign", say("console.form_foreign"), {}, typed)
        return _rendered(_look(session, at, page, trouble), table)
    answer = calls.perform(session, "/" + path, typed, fields.get(KEY_FIELD, ""), at)
    if answer.status_code >= 400:  # refused
        return _rendered(
            _look(session, at, page, faults.trouble(asked, answer, typed, fields.get(SEEN_FIELD, ""))), table
        )
    shown = fields.get(SHOWN_FIELD, "")
    if shown in views.ANSWERS:
        given = Shown(f"shown/{shown}.html", {"answer": faults.answered(answer), "typed": typed, "page": page})
        return _closed(Response(_html(given, _look(session, at, page), "")))
    onward = _local(fields.get(NEXT_FIELD) or page).replace("{id}", faults.made(answer))
    sent = redirect(onward + _anchor(fields.get(ANCHOR_FIELD, "")), 303)
    done = fields.get(DONE_FIELD, "")
    if f"console.done.{done}" in sentences():
        _cookie(sent, DONE_COOKIE, done)
    return sent


def _sign_in_page() -> AnyResponse:
    at = _now()
    try:
        _session(at)
    except Unauthenticated:
        return _sign_in_form(next=_local(request.args.get("next", "")))
    return redirect(_local(request.args.get("next", "")))


def _sign_in() -> AnyResponse:
    at, fields = _now(), request.form
    if not calls.same_site():
        return _sign_in_form(403, say("console.form_foreign"))
    try:
        worker = views.sign_in.prove(fields, at)
    except Exception as error:
        fault = faults.read(error)
        return _sign_in_form(fault.status, fault.detail, name=fields.get("username", ""),
                             next=_local(fields.get("next", "")), kept=fields.get("kept", ""))  # fmt: skip
    secret = staff_sessions.begin(worker, formats.device(request.user_agent.string), at)
    kept = resume.opened(fields.get("kept", ""), worker["_id"])
    if kept is None:
        answer: AnyResponse = redirect(_local(fields.get("next", "")), 303)
    else:
        session = staff_sessions.read(secret, at)
        look = _look(session, at, kept.page, None)
        shown = Shown("resume.html", {"kept": kept, "typed": faults.typed(kept.fields)})
        answer = _closed(Response(_html(shown, look, "")))
    _cookie(answer, SESSION_COOKIE, secret)
    return answer


def _kept(asked: str, page: str, typed: MultiDict[str, str]) -> str:
    owner = staff_sessions.owner_of(request.cookies.get(SESSION_COOKIE, ""))
    return resume.sealed(owner, asked, page, typed) if owner else ""


def _sign_in_again(kept: str) -> AnyResponse:
    """The session ended while a form was filled in: what was typed goes along, sealed, and is shown again after."""
    return _sign_in_form(401, say("console.session_over_typed" if kept else "console.session_over"), kept=kept)


def _sign_in_form(status: int = 200, detail: str = "", **values: str) -> Response:
    shown = {"detail": detail, "name": "", "next": HOME, "kept": "", **values}
    required = current_app.extensions[EXTENSION].settings.production
    return _closed(Response(render_template("sign_in.html", **shown, otp_required=required), status))


def _sign_out() -> AnyResponse:
    try:
        session = _session(_now())
    except Unauthenticated:
        return redirect(SIGN_IN, 303)
    if hmac.compare_digest(request.form.get(TOKEN_FIELD, ""), form_token(session)):
        staff_sessions.end(session.secret)
    answer = redirect(SIGN_IN, 303)
    answer.delete_cookie(SESSION_COOKIE, path=PREFIX)
    return answer


def _file(path: str) -> AnyResponse:
    """A file that the API gives (papers, exports), for the browser itself; shown in the page where it is a picture."""
    at = _now()
    try:
        session = _session(at)
        answer = calls.fetch(session, "/" + path, at, **request.args.to_dict())
    except Exception as error:
        fault = faults.read(error)
        return _closed(Response(fault.detail, fault.status, mimetype="text/plain"))
    if not isinstance(answer, Response):
        raise NotFound()
    if request.args.get("inline") == "1" and answer.mimetype in ("image/jpeg", "image/png", "application/pdf"):
        disposition = answer.headers.get("Content-Disposition", "")
        answer.headers["Content-Disposition"] = disposition.replace("attachment", "inline")
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        )
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _static(name: str) -> AnyResponse:
    answer = send_from_directory(STATIC, name, max_age=STATIC_SECONDS)
    answer.headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}, immutable"
    return answer


def _found(path: str, table: Map) -> tuple[Page, Mapping[str, Any]]:
    adapter = table.bind("")
    number, named = adapter.match(urlsplit(path).path.removeprefix(PREFIX) or "/", "GET")
    return PAGES[number], named


def _look(session: Session, at: datetime, path: str, trouble: Trouble | None = None) -> Look:
    return Look(session, at, path, dict(parse_qsl(urlsplit(path).query)), trouble)


def _html(shown: Shown, look: Look, section: str, *, listed: bool = False) -> str:
    done = request.cookies.get(DONE_COOKIE, "")
    return render_template(
        shown.template, look=look, section=section, menu=menu_of(look), trouble=look.trouble,
        done=say(f"console.done.{done}") if f"console.done.{done}" in sentences() and not look.trouble else "",
        token=form_token(look.session), new_key=lambda: secrets.token_urlsafe(16), listed=listed, **shown.values,
    )  # fmt: skip


def _session(at: datetime) -> Session:
    return staff_sessions.read(request.cookies.get(SESSION_COOKIE, ""), at)


def _local(path: str) -> str:
    """A path of the console; its first page for anything else, so that nobody is sent elsewhere."""
    parts = urlsplit(path)
    inside = not parts.scheme and not parts.netloc and parts.path.startswith(HOME) and "\\" not in path
    return path if inside and path.isprintable() else HOME


def _anchor(name: str) -> str:
    return f"#{name}" if name.isascii() and name.replace("-", "").isalnum() else ""


def _whole_path() -> str:
    query = request.query_string.decode(errors="replace")
    return request.path + (f"?{query}" if query else "")


def _cookie(answer: AnyResponse, name: str, value: str) -> None:
    production = current_app.extensions[EXTENSION].settings.production
    answer.set_cookie(name, value, path=PREFIX, httponly=True, samesite="Lax", secure=production)


def _closed(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _now() -> datetime:
    at: datetime = current_app.extensions[EXTENSION].clock.now()
    return at


@cache
def digest_of(path: Path) -> str:
    """A few characters that change with a static file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
