"""Childcare places: what crashed requests left, what time brings about, and the rounds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.childcare import operations, supervision
from models.childcare.erasing import apply_retention
from models.childcare.round_following import follow_rounds as follow
from models.platform import Platform


def reconcile(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Between placements, offers and centres."""
    return {**operations.reconcile_places(at), "suspensions": supervision.settle_pending(at)}


def follow_rounds(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Offers of published rounds; afterwards the places that a round held up."""
    return follow(at)


def fill(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Offer what has become free other than by an answer: new months, renewed registrations, imports."""
    return operations.fill_all(at)


def pass_time(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Children who outgrew childcare, months that begin, registrations that lapsed, what need not be kept."""
    ended = supervision.pass_time(at)
    return {**operations.pass_time(at), **apply_retention(at), "suspensions_over": ended}
