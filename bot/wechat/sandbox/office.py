"""The planning office's receiver: takes signed, idempotent pushes of indicators and shows what arrived."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from bot.wechat.sandbox.state import State
from config.loading import rule
from config.settings import Settings
from config.text import say, sentences
from models.kernel.clock import shown
from models.kernel.ids import id_from_key

PATH = "/planning-office/observations"
TIMESTAMP_HEADER, SIGNATURE_HEADER, KEY_HEADER = "X-Yixiang-Timestamp", "X-Yixiang-Signature", "Idempotency-Key"
KEY_CHARS = 200
FIELDS = (
    "indicator", "period", "value", "numerator", "denominator", "coverage", "source", "as_of", "method", "revision",
)  # fmt: skip


def sign(key: str, timestamp: str, body: bytes) -> str:
    """`sha256=` and the hex HMAC-SHA-256 over timestamp, a full stop, and the exact body."""
    return "sha256=" + hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def blueprint(settings: Settings, state: State) -> Blueprint:
    """The receiver and its page."""
    routes = Blueprint("office", __name__)

    @routes.post(PATH)
    def receive() -> tuple[Response, int]:
        body = request.get_data()
        refused = _check(settings.indicator_key, body, state)
        if refused:
            return _refuse(*refused)
        return _take(state, request.headers[KEY_HEADER], body)

    @routes.get(PATH)
    def listed() -> Response:
        return jsonify({"items": _rows(state)})

    @routes.get("/planning-office")
    def page() -> str:
        text = {key.removeprefix("sandbox."): value for key, value in sentences().items() if key.startswith("sandbox.")}
        return render_template("office.html", rows=_rows(state), fields=FIELDS, text=text)

    return routes


def _check(key: str, body: bytes, state: State) -> tuple[int, str] | None:
    timestamp = request.headers.get(TIMESTAMP_HEADER, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return 401, "timestamp_missing"
    given = request.headers.get(SIGNATURE_HEADER, "")
    if not hmac.compare_digest(given.encode(), sign(key, timestamp, body).encode()):
        return 401, "signature_invalid"
    if abs(state.now().timestamp() - int(timestamp)) > rule("sandbox.signature_seconds"):
        return 401, "stale"
    if not 0 < len(request.headers.get(KEY_HEADER, "")) <= KEY_CHARS:
        return 400, "idempotency_key_missing"
    return None


def _take(state: State, key: str, body: bytes) -> tuple[Response, int]:
    try:
        observation = json.loads(body)
    except ValueError:
        observation = None
    if not isinstance(observation, dict) or not isinstance(observation.get("indicator"), str):
        return _refuse(422, "observation_malformed")
    digest = hashlib.sha256(body).hexdigest()
    with state.lock:
        before = state.observations.get(key)
        if before is not None and before["digest"] != digest:
            return _refuse(409, "idempotency_key_reused")
        fact = before or state.record("observation", key=key, digest=digest, observation=observation)
    receipt = {"receipt": id_from_key("planning office", key), "received_at": _time(fact, state)}
    return jsonify(receipt), 200 if before else 201


def _rows(state: State) -> list[dict[str, Any]]:
    with state.lock:
        facts = sorted(state.observations.values(), key=lambda fact: fact["at"], reverse=True)
        return [{"key": f["key"], "received_at": _time(f, state), **f["observation"]} for f in facts]


def _time(fact: dict[str, Any], state: State) -> str:
    return shown(state.now().fromtimestamp(fact["at"], tz=state.now().tzinfo))


def _refuse(status: int, code: str) -> tuple[Response, int]:
    return jsonify({"code": code, "detail": say(f"sandbox.office.faults.{code}")}), status
