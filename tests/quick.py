"""What makes many small tests cheap without changing what they see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo import DeleteMany
from werkzeug.routing import Rule

from bot.understanding import trained
from models.kernel.database import database

# What migrations have done to the tests' database stays done.
KEPT = frozenset({"migrations"})


class LateRule(Rule):
    """A route that compiles how its address is written when one is first asked for; most tests never ask.

    Compiling took two thirds of the time of composing the app, which each test does anew.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        compile_now, made = super()._compile_builder, []

        def build(rule: Rule, **values: Any) -> Any:
            if not made:
                made.append(compile_now(append_unknown))
            return made[0](rule, **values)

        return build


def empty_database() -> None:
    """Delete every document of the connected database, in one command."""
    here = database()
    names = [name for name in here.list_collection_names() if name not in KEPT]
    here.client.bulk_write([DeleteMany({}, namespace=f"{here.name}.{name}") for name in names], ordered=False)


def loaded_once(load: Callable[[Path], trained.Trained | None]) -> Callable[[Path], trained.Trained | None]:
    """What the bot has learned, read once from each file: each test composes the app anew, and none changes it."""
    known: dict[tuple[Path, int, str], trained.Trained | None] = {}

    def read(path: Path) -> trained.Trained | None:
        if not path.exists():
            return None
        key = (path, path.stat().st_mtime_ns, trained.fingerprint())
        if key not in known:
            known[key] = load(path)
        return known[key]

    return read
