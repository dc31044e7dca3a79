"""The one composition root: settings → database → doors. `flask --app wsgi …` and every server load it."""

from __future__ import annotations

from typing import Any

from flask import Flask

from api.app import create_app
from api.v1.facilities.commands import facilities_cli
from config.loading import catalogue, rules
from config.settings import Settings, load_settings
from config.text import sentences
from deploy.demo.commands import demo
from models.kernel.clock import Clock, SystemClock
from models.kernel.database import connect
from models.kernel.encryption import install_keyring
from models.platform import Platform


def compose(settings: Settings, clock: Clock | None = None) -> Flask:
    """The whole product as one Flask app. A fault in the catalogue or the settings stops it here."""
    catalogue(), rules(), sentences()
    install_keyring(settings.secret_keys)
    connect(settings.mongodb_uri)
    platform = Platform(settings, clock or SystemClock())
    app = create_app(platform)
    for group in (facilities_cli, demo):
        app.cli.add_command(group)
    return app


def __getattr__(name: str) -> Any:
    """`wsgi:app` is made when a server asks for it, so that importing `compose` composes nothing."""
    if name != "app":
        raise AttributeError(name)
    app = globals()["app"] = compose(load_settings())
    return app
