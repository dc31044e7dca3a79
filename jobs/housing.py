"""Housing's jobs: waiting lists follow published draws, offers expire, flats go on, rents, yearly checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.casework import offers
from models.housing import allocation, draw_results, rechecks, rents, tenancies
from models.platform import Platform


def expire_offers(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Offers whose time is over go to the next; of flats and of childcare places."""
    return {"expired": offers.expire_due(at)}


def follow_draws(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Waiting lists take over what published draws decided."""
    return draw_results.follow_published(at)


def allocate_flats(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Choices and signatures whose time is over, what killed processes left, and flats that wait for a household."""
    return {**tenancies.pass_time(at), **allocation.reconcile_flats(at), "offers": allocation.fill_all(at)}


def rent_ledger(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """The month's rents, once each, and the word to who is behind."""
    return {**rents.charge_months(at), **rents.notify_arrears(at)}


def yearly_checks(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Of who waits, and of who lives in a flat."""
    return {"waiting": rechecks.recheck_waiting(at), "tenancies": rechecks.recheck_tenancies(at)}
