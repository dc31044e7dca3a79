"""The page that plays the phone, and the little server behind it."""

from __future__ import annotations

from typing import Any, Literal

from flask import Blueprint, Response, jsonify, render_template, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.wechat.sandbox.carrier import Carrier
from bot.wechat.sandbox.mini import is_built
from bot.wechat.sandbox.people import NAME, Person, cast
from bot.wechat.sandbox.state import State
from bot.wechat.templates import templates
from config.loading import catalogue
from config.settings import Settings
from config.text import sentences
from models.facilities.datum import from_wgs84
from models.kernel.clock import shown

_NAME = rf"^{NAME.pattern}$"


class Outgoing(BaseModel):
    """What the phone does: a message, or an event (`event`: subscribe, unsubscribe, click, scan)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(pattern=_NAME)
    kind: Literal["text", "voice", "location", "image", "event"]
    text: str = Field(default="", max_length=3000)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    label: str = Field(default="", max_length=200)
    event: Literal["", "subscribe", "unsubscribe", "CLICK", "SCAN", "LOCATION"] = ""
    event_key: str = Field(default="", max_length=64)


class Consent(BaseModel):
    """One prompt for a one-time subscription, accepted or not."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(pattern=_NAME)
    template: str
    accept: bool = True


def blueprint(settings: Settings, state: State, webhook_url: str) -> Blueprint:
    """The page at /phone and what it calls."""
    routes = Blueprint("phone", __name__)
    carrier = Carrier(settings, state, webhook_url)

    @routes.get("/")
    @routes.get("/phone")
    def page() -> str:
        text = {key.removeprefix("sandbox."): value for key, value in sentences().items() if key.startswith("sandbox.")}
        menu = _menu(state)
        labels = {
            "menu": {each["key"]: each["name"] for button in menu for each in (button.get("sub_button") or [button])},
            "templates": {template.template_id: name for name, template in templates().items()},
        }
        return render_template(
            "phone.html",
            text=text,
            cast=cast(),
            menu=menu,
            templates=list(templates()),
            places=_places(),
            labels=labels,
            mini=is_built(),
        )

    @routes.get("/sandbox/phone")
    def look() -> tuple[Response, int]:
        name = request.args.get("name", "")
        since = request.args.get("since", "0")
        if not NAME.fullmatch(name) or not (since.isascii() and since.isdigit() and len(since) < 18):
            return jsonify({"errors": ["name or since"]}), 422
        return jsonify(_chat(state, name, int(since))), 200

    @routes.post("/sandbox/phone/messages")
    def send() -> tuple[Response, int]:
        try:
            sent = Outgoing.model_validate(request.get_json(silent=True))
        except ValidationError as fault:
            return _invalid(fault)
        return jsonify({"id": carrier.send(sent.name, sent.model_dump(exclude={"name"}))}), 202

    @routes.post("/sandbox/phone/consents")
    def consent() -> tuple[Response, int]:
        try:
            given = Consent.model_validate(request.get_json(silent=True))
        except ValidationError as fault:
            return _invalid(fault)
        template = templates().get(given.template)
        if template is None:
            return jsonify({"errors": ["template"]}), 422
        return jsonify({"id": carrier.consent(given.name, template, given.accept)}), 202

    return routes


def _invalid(fault: ValidationError) -> tuple[Response, int]:
    return jsonify({"errors": fault.errors(include_input=False, include_url=False, include_context=False)}), 422


def _chat(state: State, name: str, since: int) -> dict[str, Any]:
    with state.lock:
        chat, now = state.chat(name), state.now()
        entries = [entry for entry in chat.entries.values() if entry["rev"] > since]
        person = Person(name)
        return {
            "revision": state.revision,
            "following": chat.following,
            "entries": [{**e, "time": shown(now.fromtimestamp(e["at"], tz=now.tzinfo))[11:16]} for e in entries],
            "allowances": {
                w: max(0, int(left)) for w, (until, left) in chat.allowances.items() if until > now.timestamp()
            },
            "credits": {key: count for key, count in chat.credits.items() if count > 0},
            "openids": {"official": person.official_openid, "mini": person.mini_openid},
        }


def _menu(state: State) -> list[dict[str, Any]]:
    """The account's menu once one was pushed, else the sandbox's own, as WeChat keeps it."""
    own = [{"key": item.key, "name": item.label} for item in cast().menu]
    return list(state.menu.get("button") or own)


def _places() -> list[dict[str, Any]]:
    """The townships by county, in the datum a phone sends."""
    known = catalogue()
    groups: dict[str, list[dict[str, Any]]] = {code: [] for code in known.districts}
    for place in known.places:
        east, north = from_wgs84(place.longitude, place.latitude, "gcj02")
        groups[place.district_code].append(
            {"name": place.name_zh, "latitude": round(north, 6), "longitude": round(east, 6)}
        )
    return [{"name": known.districts[code].name_zh, "places": places} for code, places in groups.items() if places]
