"""Upkeep: finish what crashed requests left behind, and let go of what need not be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Gauge

from config.loading import rule
from models import integrity
from models.casework.papers import sweep_papers
from models.casework.proxy_papers import delete_old_authorisations
from models.casework.retention import apply_retention
from models.conversations import inbound
from models.eldercare.choices import reconcile_choices
from models.eldercare.concern_endings import reconcile_endings
from models.eldercare.settling import reconcile_bookings
from models.feedback import erasing as feedback
from models.housing import positions, waiting_list
from models.indicators import pushed_list
from models.indicators.observations import PUSH_CHANNEL
from models.kernel import backup, outbox_retention
from models.people import erasure_list
from models.people.erasure import continue_erasures
from models.platform import Platform
from models.running.overview import note_keys

ANSWER_LATE = "answer_late_messages"
FAULTS = Gauge("yixiang_integrity_faults", "Faults that the nightly look found", ("check",),
               multiprocess_mode="mostrecent")  # fmt: skip
log = structlog.get_logger("jobs")


def answer_late_messages(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Answer messages to the chat whose worker died before it could; the bot's errand."""
    errand = platform.errands.get(ANSWER_LATE)
    return {"answered": errand(at)} if errand else {}


def reconcile_visits(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Visits and slots: what a committed booking, visit or decision owes other documents."""
    return {**reconcile_bookings(at), "choices": reconcile_choices(at), "endings": reconcile_endings(at)}


def reconcile_waiting_lists(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Waiting lists: entries not yet shown, counts not yet told."""
    return asdict(waiting_list.reconcile(at))


def erasures(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Complete erasures that a crash or a busy holder left unfinished."""
    done = continue_erasures(at)
    return {"done": len(done.done), "waiting": done.waiting}


def nightly_sweep(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Look at what is cheap to look at only at night: whole waiting lists, pieces of uploads without application, under
    which keys values lie."""
    lists = [waiting_list.sweep(key, at) for key in positions.all_lists()]
    return {"waiting_lists": len(lists), "papers": sweep_papers(at), "key_samples": note_keys(at)}


def note_beside_backups(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Keep beside the backups what a restored database would not know: erasures, and what the office has taken."""
    folder = platform.settings.backups
    return {"erasures": erasure_list.write(folder), "pushed": pushed_list.write(folder)}


def make_backup(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Write the day's backup, compare it with its manifest, and delete the oldest; a repeat finds it there."""
    folder = platform.settings.backups
    folder.mkdir(parents=True, exist_ok=True)
    today = folder / f"yixiang-{period}"
    made = backup.check(today) if today.exists() else backup.create(today, at)
    backup.check(today)
    note_beside_backups(platform, at, period)
    gone = backup.delete_old(folder, rule("jobs.backups_kept"))
    return {"documents": made.documents, "bytes": sum(each.bytes for each in made.parts), "deleted": len(gone)}


def look_for_faults(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Invariants across documents; what is found is told in the run's record, the metrics and the log."""
    report = integrity.look()
    for name, count in report.counts.items():
        FAULTS.labels(name).set(count)
    if report.total:
        log.error("integrity_faults", counts=report.counts, faults=report.faults)
    return {"faults": report.total, **report.counts}


def refresh_tokens(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Renew WeChat's token in time, so that no resident waits for it."""
    return {"accounts": platform.wechat.refresh_tokens()} if platform.wechat is not None else {}


def retention(platform: Platform, at: datetime, period: str) -> Mapping[str, Any]:
    """Remove messages, applications and authorisations whose time is over; receipts of the planning office stay."""
    # Messages of one order belong to a case: how its applicant was told is looked up for longer.
    oldest, oldest_told = (at - timedelta(days=rule(f"jobs.{each}_kept_days")) for each in ("delivered", "tellings"))
    days = rule("jobs.delivered_looked_through_days")
    gone = outbox_retention.delete_delivered(oldest, oldest_told, {PUSH_CHANNEL}, days)
    counts = {"delivered_messages": gone, "inbound_messages": sum(inbound.purge(at))}
    counts |= {**apply_retention(at), **feedback.apply_retention(at)}
    return {**counts, "authorisations": delete_old_authorisations(at)}
