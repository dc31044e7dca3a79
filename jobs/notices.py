"""Jobs of telling: public notices, alerts, calls, and what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.casework import alerts, checks, notice_retention, notice_settling, phone_tasks
from models.platform import Platform


def public_notices(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """End the notices whose days are over, publish what waits for it; each at most once."""
    return notice_settling.run_day(at)


def settle_notices(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Compare every notice that is open with its application."""
    return {"settled": notice_settling.reconcile(at)}


def opt_in_alerts(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Tell those who asked for it of programmes for which they have come to qualify."""
    return alerts.run(at)


def needless_calls(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Close calls whose words were read in the mini-program meanwhile."""
    return {"closed": phone_tasks.close_needless(at)}


def notice_keeping(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Let go of names of old notices, old objections, calls and answers of other departments."""
    counts = notice_retention.apply_notice_retention(at)
    return {**counts, "calls": phone_tasks.forget_old_tasks(at), "check_results": checks.forget_old_results(at)}
