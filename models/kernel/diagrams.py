"""The page of all lifecycles, made from their tables: what the documentation shows is what the code does."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import models
from models.kernel.lifecycle import LIFECYCLES, SAME, Lifecycle

HEAD = """# Lifecycles

Made from the tables in the code by `flask --app wsgi docs lifecycles`; edit those, not this page.
"""


def lifecycles_page() -> str:
    """The page as Markdown: for each lifecycle its diagram (Mermaid), then who may do what from where."""
    for found in pkgutil.walk_packages(models.__path__, f"{models.__name__}."):
        import_module(found.name)
    return "\n".join([HEAD, *(_section(LIFECYCLES[name]) for name in sorted(LIFECYCLES))])


def _section(lifecycle: Lifecycle) -> str:
    rows = [
        f"| {row.action} | {', '.join(row.source)} | {'(stays)' if row.target == SAME else row.target} "
        f"| {', '.join(row.roles)} | "
        f"{row.guard.__name__ if row.guard else ''} |"
        for row in lifecycle.rows
    ]
    table = "\n".join(["| action | from | to | who | only if |", "|---|---|---|---|---|", *rows])
    return f"## {lifecycle.name}\n\n```mermaid\n{lifecycle.mermaid()}\n```\n\n{table}\n"
