"""Register entries get the index by which a list finds the same person without their number."""

from __future__ import annotations

from datetime import datetime

from models.eldercare.likeness import index_earlier_entries


def run(at: datetime) -> str:
    """Index the entries that have none."""
    return f"{index_earlier_entries(at)} register entries indexed"
