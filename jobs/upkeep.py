"""Upkeep: finish what crashed requests left behind, and let go of what need not be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework.papers import sweep_papers
from models.casework.proxy_papers import delete_old_authorisations
from models.casework.retention import apply_retention
from models.conversations import inbound
from models.eldercare.choices import reconcile_choices
from models.eldercare.settling import reconcile_bookings
from models.feedback import erasing as feedback
from models.housing import positions, waiting_list
from models.indicators.observations import PUSH_CHANNEL
from models.kernel.database import collection
from models.kernel.outbox import DELIVERED, OutboxMessage
from models.people.erasure import continue_erasures
from models.platform import Platform

ANSWER_LATE = "answer_late_messages"


def answer_late_messages(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Answer messages to the chat whose worker died before it could; the bot's errand."""
    errand = platform.errands.get(ANSWER_LATE)
    return {"answered": errand(at)} if errand else {}


def reconcile_visits(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Visits and slots: what a committed booking or visit owes other documents."""
    return {**reconcile_bookings(at), "choices": reconcile_choices(at)}


def reconcile_waiting_lists(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Waiting lists: entries not yet shown, counts not yet told."""
    return asdict(waiting_list.reconcile(at))


def erasures(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Complete erasures that a crash or a busy holder left unfinished."""
    done = continue_erasures(at)
    return {"done": len(done.done), "waiting": done.waiting}


def nightly_sweep(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Compare what is cheap to compare only at night: whole waiting lists, pieces of uploads without application."""
    lists = [waiting_list.sweep(key, at) for key in positions.all_lists()]
    return {"waiting_lists": len(lists), "papers": sweep_papers(at)}


def retention(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Remove messages, applications and authorisations whose time is over; receipts of the planning office stay."""
    oldest = at - timedelta(days=rule("jobs.delivered_kept_days"))
    over = {"state": DELIVERED, "next_attempt_at": {"$lt": oldest}, "channel": {"$ne": PUSH_CHANNEL}}
    gone = collection(OutboxMessage).delete_many({**over, "order_key": None}).deleted_count
    # Messages of one order belong to a case: how its applicant was told is looked up for longer.
    over["next_attempt_at"] = {"$lt": at - timedelta(days=rule("jobs.tellings_kept_days"))}
    gone += collection(OutboxMessage).delete_many(over).deleted_count
    counts = {"delivered_messages": gone, "inbound_messages": sum(inbound.purge(at))}
    counts |= {**apply_retention(at), **feedback.apply_retention(at)}
    return {**counts, "authorisations": delete_old_authorisations(at)}
