"""Alerts of the staff become concerns with a chain; those acknowledged become concerns that are over."""

from __future__ import annotations

from datetime import datetime

from models.eldercare.concern_moving import move_alerts


def run(at: datetime) -> str:
    """Move every stored alert."""
    return f"{move_alerts(at)} alerts moved"
