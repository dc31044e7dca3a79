"""`/`: find a service, one facility, what is within reach, notices and draws, indicators, open data, statements.

Nothing is kept of who looks. Addresses hold what was searched for and a place's name, never a position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, render_template, request, send_from_directory, url_for

from api.console import calls, faults
from api.console.blueprint import STATIC_SECONDS, digest_of
from api.console.formats import link
from api.endpoint import EXTENSION
from api.public import charts
from config.loading import catalogue, rule
from config.programmes import programmes
from models.facilities.price_words import grouped

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
CHILDCARE = "childcare_centre"
NEEDED = ("q", "place", "category", "open_now", "cursor")
Values = dict[str, Any]


def public_blueprint() -> Blueprint:
    """The public pages as a Flask blueprint."""
    blueprint = Blueprint("public", __name__, template_folder="templates")
    blueprint.add_url_rule("/static/<path:name>", "static", _static)
    for path, (name, make) in PAGES.items():
        blueprint.add_url_rule(path, name, _shown(name, make))
    blueprint.add_app_template_global(asset, "public_asset")
    return blueprint


def asset(name: str) -> str:
    """The address of a static file, which changes with the file."""
    return url_for("public.static", name=name, v=digest_of(STATIC / name))


def home(at: datetime) -> Values:
    """Search by words, kind and place; without any, the large entries."""
    asked = {name: request.args.get(name, "").strip()[: rule("public.asked_chars")] for name in NEEDED}
    categories = calls.ask_publicly("/service-categories", at)["items"]
    values: Values = {"asked": asked, "categories": categories, "items": None, "place": None}
    values["first"] = rule("public.first_categories")
    if not any(asked[name] for name in ("q", "place", "category")):
        return values
    query: Values = {
        "q": asked["q"], "category": asked["category"], "cursor": asked["cursor"], "limit": rule("public.page_size"),
        "open_now": "true" if asked["open_now"] else "",
    }  # fmt: skip
    if asked["place"]:
        found = calls.ask_publicly("/places", at, q=asked["place"], limit=1)["items"]
        values["place"] = found[0] if found else None
        if not found:
            return {**values, "items": []}
        query |= {"lat": found[0]["location"]["latitude"], "lng": found[0]["location"]["longitude"], "datum": "wgs84"}
    elif not asked["q"]:
        return {**values, "items": [], "needs_place": True}
    page = calls.ask_publicly("/facilities", at, **query)
    kept = {name: asked[name] for name in NEEDED if name != "cursor"}
    following = link("/", **kept, cursor=page["next"]) if page["next"] else ""
    return {**values, "items": page["items"], "next_link": following}


def facility(at: datetime, facility_id: str) -> Values:
    """One facility: hours today, places, prices, ratings, what was found in inspections."""
    shown = calls.ask_publicly(f"/facilities/{facility_id}", at)
    rating = calls.ask_publicly(f"/facilities/{facility_id}/rating", at)
    values: Values = {"it": shown, "rating": rating, "centre": None, "prices": grouped(shown["prices"] or [])}
    if shown["category"] != CHILDCARE:
        return values
    centre = calls.ask_publicly(f"/childcare/centres/{facility_id}", at)
    return {**values, "rating": centre["rating"] or rating, "centre": centre}


def circles(at: datetime) -> Values:
    """What lies within the plan's minutes of a place, and what is missing."""
    name = request.args.get("place", "").strip()[: rule("public.asked_chars")]
    found = calls.ask_publicly("/places", at, q=name, limit=1)["items"] if name else []
    if not found:
        return {"asked": name, "found": None, "place": None}
    point = found[0]["location"]
    around = calls.ask_publicly("/service-circles", at, lat=point["latitude"], lng=point["longitude"], datum="wgs84")
    return {"asked": name, "found": around, "place": found[0]}


def notices(at: datetime) -> Values:
    """What is on public notice now."""
    asked = {name: request.args.get(name, "") for name in ("district_code", "programme", "cursor")}
    page = calls.ask_publicly("/public-notices", at, **asked)
    kept = {name: asked[name] for name in ("district_code", "programme")}
    following = link("/notices", **kept, cursor=page["next"]) if page["next"] else ""
    return {"asked": asked, "items": page["items"], "next_link": following,
            "districts": list(catalogue().districts.values()), "programmes": list(programmes().values())}  # fmt: skip


def notice(at: datetime, notice_id: str) -> Values:
    """One notice, and how to object."""
    return {"it": calls.ask_publicly(f"/public-notices/{notice_id}", at)}


def draws(at: datetime) -> Values:
    """The public draws, the newest first."""
    cursor = request.args.get("cursor", "")
    page = calls.ask_publicly("/lottery-draws", at, cursor=cursor)
    return {"items": page["items"], "next_link": link("/draws", cursor=page["next"]) if page["next"] else ""}


def draw(at: datetime, draw_id: str) -> Values:
    """One draw, computed again from its published record."""
    path = f"/lottery-draws/{draw_id}/check"
    calls.check_rate(path, request.remote_addr or "")  # it costs more than other pages
    checked: Values = calls.ask_publicly(path, at)
    return checked


def indicators(at: datetime) -> Values:
    """The plan's 25 indicators against their targets."""
    return {"items": calls.ask_publicly("/indicators", at)["items"]}


def indicator(at: datetime, token: str) -> Values:
    """One indicator with its method and what was observed."""
    it = calls.ask_publicly(f"/indicators/{token}", at)
    observed = calls.ask_publicly(f"/indicators/{token}/observations", at)["items"]
    return {"it": it, "observed": observed, "line": charts.line(observed)}


def open_data(at: datetime) -> Values:
    """The catalogue of data sets, to be read by people."""
    catalogue_of_data = orjson.loads(calls.ask_publicly("/open-data", at).get_data())
    return {"catalogue": catalogue_of_data, "reports": calls.ask_publicly("/reports", at)["items"]}


def statement(at: datetime) -> Values:
    """A page of words alone."""
    return {}


PAGES: Mapping[str, tuple[str, Callable[..., Values]]] = {
    "/": ("home", home), "/facility/<facility_id>": ("facility", facility), "/circles": ("circles", circles),
    "/notices": ("notices", notices), "/notices/<notice_id>": ("notice", notice), "/draws": ("draws", draws),
    "/draws/<draw_id>": ("draw", draw), "/indicators": ("indicators", indicators),
    "/indicators/<token>": ("indicator", indicator), "/open-data": ("open_data", open_data),
    "/accessibility": ("accessibility", statement), "/privacy": ("privacy", statement),
}  # fmt: skip


def _shown(name: str, make: Callable[..., Values]) -> Callable[..., Response]:
    def view(**named: str) -> Response:
        at = current_app.extensions[EXTENSION].clock.now()
        try:
            current_app.extensions["limiter"].check("default", request.remote_addr or "")
            answer = Response(render_template(f"public/{name}.html", section=name, **make(at, **named)))
        except Exception as error:  # the one place where a page's errors become a page
            fault = faults.read(error)
            answer = Response(render_template("public/fault.html", section="", fault=fault), fault.status)
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    return view


def _static(name: str) -> Response:
    answer = send_from_directory(STATIC, name, max_age=STATIC_SECONDS)
    answer.headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}, immutable"
    return answer
