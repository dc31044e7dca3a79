"""Version 1 of the API: a namespace a domain."""

from __future__ import annotations

from importlib import import_module

from flask_restx import Namespace

DOMAINS: tuple[str, ...] = (
    "people",
    "facilities",
    "casework",
    "eldercare",
    "indicators",
    "conversations",
    "housing",
    "childcare",
    "feedback",
    "reports",
    "running",
)


def namespaces() -> list[Namespace]:
    """The namespace of every domain, in the order of the documentation."""
    found = [import_module(f"api.v1.{domain}.routes").namespace for domain in DOMAINS]
    for namespace in found:
        # Paths are written whole in the routes; the framework would put the namespace's name before them.
        namespace._path = "/"
    return found
