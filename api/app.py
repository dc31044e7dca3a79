"""The API as a Flask app: routes of each domain under /api/v1, health, and the surroundings of every request."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from flask_restx import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from api.commands import install_commands
from api.console.blueprint import console_blueprint
from api.endpoint import EXTENSION, Limiter
from api.errors import answer_error
from api.express import Express
from api.health import blueprint as health
from api.logs import configure_logs
from api.middleware import Surroundings
from api.openapi import complete, describe
from api.public.blueprint import public_blueprint
from api.v1 import namespaces
from api.v1.facilities.routes import EXPRESS
from models.platform import Platform

PREFIX = "/api/v1"
# Room for a file of 10 MB with its form around it; JSON bodies have their own, smaller limit.
MAX_REQUEST_BYTES = 11 * 1024 * 1024


class YixiangApi(Api):
    """flask-restx with our error table: its own handlers would catch what is not theirs."""

    def handle_error(self, e: Exception) -> Response:
        return answer_error(e)

    @property
    def __schema__(self) -> dict[str, Any]:
        """The OpenAPI document, every model that it names in it. Made when it is first asked for: it takes a while."""
        if not self._schema:
            for route in (each for namespace in self.namespaces for each in namespace.resources):
                describe(self, route.resource)
        return complete(super().__schema__, self)


def create_app(platform: Platform) -> Flask:
    """The Flask app over a connected database; installs logs, routes and middleware."""
    configure_logs(platform.settings.log_level)
    app = Flask("yixiang", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES, RESTX_MASK_SWAGGER=False, PROPAGATE_EXCEPTIONS=False)
    app.extensions[EXTENSION] = platform
    app.extensions["limiter"] = Limiter(platform.settings.rate_limit_scale)
    _add_api(app)
    app.register_blueprint(health)
    app.register_blueprint(console_blueprint())
    app.register_blueprint(public_blueprint())
    app.register_error_handler(Exception, answer_error)
    install_commands(app)
    lanes = {f"{PREFIX}{path}": endpoint for path, endpoint in EXPRESS.items()}
    surrounded = Surroundings(
        Express(app.wsgi_app, platform, app.extensions["limiter"], lanes),
        production=platform.settings.production,
        api_page=f"{PREFIX}/",
        logs=platform.settings.log_level in ("DEBUG", "INFO"),
    )
    app.wsgi_app = surrounded  # type: ignore[method-assign]
    if platform.settings.trusted_proxies:
        count = platform.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _add_api(app: Flask) -> None:
    authorizations: dict[str, Any] = {"bearer": {"type": "apiKey", "in": "header", "name": "Authorization"}}
    api = YixiangApi(
        app, prefix=PREFIX, doc=f"{PREFIX}/", title="Yixiang", version="1", authorizations=authorizations,
        default_mediatype="application/json", catch_all_404=False,
    )  # fmt: skip
    for namespace in namespaces():
        api.add_namespace(namespace)
