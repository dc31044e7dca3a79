"""What a list adds to an entry that is there already: only what the entry lacks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.loading import rule
from models.eldercare.documents import Elder
from models.eldercare.lifecycle import ELDER_LIFECYCLE
from models.eldercare.operations import Entry
from models.kernel.actors import Actor
from models.kernel.encryption import open_json, seal_json, seal_text
from models.kernel.lifecycle import Change, Raw


def lacks(elder: Raw, entry: Entry) -> dict[str, Any]:
    """The fields to be set, as stored; empty where the entry has all that the list says."""
    lacking: dict[str, Any] = {}
    categories = [*elder["categories"], *(each for each in entry.categories if each not in elder["categories"])]
    if len(categories) > len(elder["categories"]):
        lacking["categories"] = categories
    if entry.language and not elder.get("language"):
        lacking["language"] = entry.language
    if entry.health_notes and not elder.get("health_notes"):
        lacking["health_notes"] = seal_text(entry.health_notes, Elder.health_notes.context)
    private = open_json(elder["private"], Elder.private.context)
    more = _private(private, entry.private)
    if more != private:
        lacking["private"] = seal_json(more, Elder.private.context)
    return lacking


def complete(elder_id: str, entry: Entry, *, by: Actor, at: datetime, key: str) -> Raw:
    """Add to the entry what it lacks. Raises what the lifecycle raises."""
    return ELDER_LIFECYCLE.perform(
        elder_id, "complete_from_list", by=by, at=at, key=key, change=lambda elder: Change(set=lacks(elder, entry))
    )


def _private(kept: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    phones = {each["phone"] for each in kept["contacts"]}
    added = [each for each in said["contacts"] if each["phone"] not in phones]
    contacts = [*kept["contacts"], *added][: max(rule("eldercare.contacts_most"), len(kept["contacts"]))]
    return {**kept, "contacts": contacts, "point": kept["point"] or said["point"]}
