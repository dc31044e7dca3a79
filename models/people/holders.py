"""Who in the product holds data of residents: asked for a copy, told to erase, and asked what rests on a consent.

Each domain registers its own at import; `models.people` knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Export = Callable[[str], Any]
Erase = Callable[[str, datetime], int]
RestsOn = Callable[[str, str, str | None], bool]


@dataclass(frozen=True)
class Holder:
    """One domain's part. Source: PIPL articles 45 (copy) and 47 (erasure)."""

    name: str
    export: Export
    erase: Erase
    rests_on: RestsOn | None = None


_holders: dict[str, Holder] = {}


def register_holder(name: str, *, export: Export, erase: Erase, rests_on: RestsOn | None = None) -> None:
    """Register what a domain holds of residents, under a name of its own.

    `export(resident_id)` gives all of it as JSON values and times, personal data in clear. `erase(resident_id, at)`
    deletes it, or takes the person out of what the law keeps (and what is still in its outbox), and returns how many
    documents it changed. It is called again after a crash and once more some minutes later, so a second call must do
    no harm. `rests_on(resident_id, purpose, child_id)`: True while open cases need that consent. ValueError for a
    name that is taken.
    """
    if name in _holders:
        raise ValueError(f"two holders are named {name}")
    _holders[name] = Holder(name, export, erase, rests_on)


def all_holders() -> list[Holder]:
    """Every holder, by name."""
    return [_holders[name] for name in sorted(_holders)]


def rests_on(resident_id: str, purpose: str, child_id: str | None = None) -> bool:
    """True where some domain has an open case that needs the consent."""
    return any(each.rests_on is not None and each.rests_on(resident_id, purpose, child_id) for each in all_holders())
