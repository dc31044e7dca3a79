"""A stand-in for WeChat and for the planning office, served on loopback in development.

`granian --interface wsgi --factory bot.wechat.sandbox:create_app`, one process: its state is in memory and in a journal
under DATA_DIR/sandbox. It touches no database of the product.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from bot.wechat.sandbox import accounts, faults, mini, office, phone
from bot.wechat.sandbox.state import State
from config.settings import Settings, SettingsError, load_settings

WEBHOOK_URL = "WEBHOOK_URL"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
MAX_BYTES = 1024 * 1024
log = structlog.get_logger("sandbox")


def create_app(settings: Settings | None = None, webhook_url: str | None = None) -> Flask:
    """The sandbox as a Flask app. Raises SettingsError in production, where it must never start.

    `webhook_url` is the product's webhook: WEBHOOK_URL, else this machine at PORT.
    """
    settings = settings or load_settings()
    if settings.production:
        raise SettingsError("ENVIRONMENT: the sandbox never starts in production")
    app = Flask(__name__, static_url_path="/sandbox/static")
    app.config.update(MAX_CONTENT_LENGTH=MAX_BYTES)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    state = State(settings.data_dir / "sandbox")
    target = webhook_url or os.environ.get(WEBHOOK_URL) or f"http://127.0.0.1:{settings.port}/wechat"
    switch = faults.Switch()
    app.register_blueprint(faults.blueprint(switch))
    app.register_blueprint(accounts.blueprint(settings, state))
    app.register_blueprint(office.blueprint(settings, state))
    app.register_blueprint(phone.blueprint(settings, state, target))
    app.register_blueprint(mini.blueprint(_origin(target)))
    app.extensions["sandbox"] = state

    @app.before_request
    def interfere() -> Response | None:
        return switch.answer(request.path)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[dict[str, object], int]:
        return {"errcode": -1, "errmsg": error.name}, error.code or 500

    return app


def _origin(url: str) -> str:
    """Where the product is: scheme and host of its webhook."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
