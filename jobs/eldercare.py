"""Visits to old people: the month's plan and its numbers, campaigns, and those whom nobody sees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args

import structlog
from prometheus_client import Gauge

from models.eldercare import campaign_standing, campaigns, concern_chain, concern_finding, concern_queries
from models.eldercare.concern_records import Cause
from models.eldercare.month_closing import close_due
from models.eldercare.month_standing import note_standings
from models.eldercare.plan_building import plan_present_month
from models.eldercare.reminders import remind
from models.eldercare.slot_opening import open_all
from models.eldercare.substitutes import hand_over_all
from models.eldercare.waiting import settle_holds
from models.indicators.observations import observe
from models.platform import Platform

CONCERNS = Gauge("yixiang_concerns_open", "Old people not seen or helped yet, by cause, and whether the last step of "
                 "the chain let its time pass", ("cause", "overdue"), multiprocess_mode="mostrecent")  # fmt: skip
log = structlog.get_logger("concerns")
VISIT_RATE = "monthly_welfare_visit_rate"


def open_hours(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Hours of visitors' weeks opened to families some weeks ahead, and closed where they no longer hold."""
    return open_all(at)


def settle_waits(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Waiting requests: what is free goes to who is first, what was not answered for to the next."""
    return settle_holds(at)


def remind_of_visits(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Families and visitors are reminded of the next day's booked visits; the period is the evening."""
    return {"reminded": remind(date.fromisoformat(period), at)}


def stand_in(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """What absent visitors were to do today and tomorrow goes to others."""
    return hand_over_all(at)


def plan_visits(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """The plan of the present month; where it stands already it is repaired, so a repeat does no harm."""
    return plan_present_month(at)


def follow_campaigns(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Plan campaigns just begun, end those whose days are over, make concerns of who was not seen; count how far each
    is."""
    return {**campaigns.follow_campaigns(at), "counted": campaign_standing.note_progress(at)}


def repair_campaigns(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Running campaigns take in who has come, and plan anew what does not hold any more."""
    return campaigns.repair_campaigns(at)


def find_concerns(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Open what register and plan show as unseen, resolve what is answered; a run makes up for missed ones."""
    return concern_finding.find_concerns(at)


def advance_concerns(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Tell the next step of every concern whose time is over."""
    return concern_chain.advance(at)


def watch_concerns(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Count what is open, for the metrics; what the last step left unanswered is said again, aloud."""
    counts = concern_queries.open_everywhere()
    for cause in get_args(Cause):
        for overdue in (False, True):
            CONCERNS.labels(cause, str(overdue).lower()).set(counts[(cause, overdue)])
    unanswered = sum(count for (_, overdue), count in counts.items() if overdue)
    if unanswered:
        log.error("concerns_unanswered", count=unanswered)
    return {"open": counts.total(), "unanswered": unanswered}


def note_visit_months(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Count how the months stand that are not closed, for counties where a look should not count thousands."""
    return note_standings(at)


def close_visit_months(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Freeze the months that are due, count marked ones again, and observe the indicator of every month counted."""
    observed: list[str] = []
    done = close_due(at, lambda month: observed.extend(observe(month, at, only=[VISIT_RATE]).made))
    return {**done, "observed": observed}
