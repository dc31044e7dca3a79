"""The yearly checks: of who waits, and of who lives in a flat. Asked in time, with what follows when nobody comes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from config.programmes import programmes
from models.casework.notices import CHANNEL, day_in_words
from models.housing import positions, queries, waiting_list
from models.housing.allocation_rules import allocation_rule, allocation_rules
from models.housing.documents import PAUSED, WaitingEntry
from models.housing.flat_documents import Tenancy
from models.housing.tenancy_lifecycle import TENANCY_LIFECYCLE
from models.housing.tenancy_notices import tenancy_notice
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import earlier_than
from models.kernel.errors import DomainError
from models.kernel.lifecycle import Change
from models.kernel.outbox import OutboxEntry, enqueue

MISSING = "recheck_missing"
AT_ONCE = 1000
PAGE = "pages/applications/application"


def recheck_waiting(at: datetime) -> dict[str, int]:
    """Ask who is due for the yearly check, let rest who missed it, and end what rested too long. Daily, idempotent."""
    counts = {"asked": 0, "paused": 0, "ended": 0}
    warn = at + timedelta(days=rule("housing.recheck_warning_days"))
    for list_key in positions.all_lists():
        for entry in queries.due_for_recheck(list_key, warn, AT_ONCE):
            due = as_utc(entry["recheck_due_at"])
            if due > at:
                _tell(entry, "recheck_due", due, at)
                counts["asked"] += 1
            else:
                counts["paused"] += _act(entry, "pause", due, at, "recheck_paused")
        oldest = at - timedelta(days=rule("housing.recheck_end_days"))
        for entry in list(collection(WaitingEntry).find(
            {"list_key": list_key, "state": PAUSED, "recheck_due_at": earlier_than(oldest)},
            {"application_id": 1, "recheck_due_at": 1, "resident_id": 1, "moves": 1, "list_key": 1},
        )):  # fmt: skip
            last: dict[str, Any] = next((m for m in reversed(entry["moves"]) if m["action"] in ("pause", "resume")), {})
            if last.get("reason") == MISSING:
                counts["ended"] += _act(entry, "end", as_utc(entry["recheck_due_at"]), at, "recheck_ended")
    return counts


def recheck_tenancies(at: datetime) -> dict[str, int]:
    """Ask tenants for their yearly check, once, before it is due. What is overdue is in the estate's list."""
    days = max(each.recheck_warning_days.value for each in allocation_rules().programmes.values())
    asked = 0
    for tenancy in list(collection(Tenancy).find({"recheck_due_at": earlier_than(at + timedelta(days=days))})):
        due = as_utc(tenancy["recheck_due_at"])
        warn = timedelta(days=allocation_rule(tenancy["programme"]).recheck_warning_days.value)
        if tenancy.get("recheck_asked_at") or at < due - warn:
            continue
        change = Change(set={"recheck_asked_at": at}, outbox=[tenancy_notice(tenancy, "recheck_asked", due_at=due)])
        with suppress(DomainError):  # it changed in between: tomorrow's run sees it
            TENANCY_LIFECYCLE.perform(
                tenancy["_id"], "ask_recheck", by=SYSTEM, at=at, version=tenancy["version"], change=change
            )
            asked += 1
    return {"asked": asked}


def _act(entry: Mapping[str, Any], action: str, due: datetime, at: datetime, step: str) -> int:
    with suppress(DomainError):  # checked, or left the list, in between
        waiting_list.act(
            entry["_id"], action, reason=MISSING, by=SYSTEM, at=at, key=f"{action} {due.isoformat()}"
        )  # fmt: skip
        _tell(entry, step, due, at)
        return 1
    return 0


def _tell(entry: Mapping[str, Any], step: str, due: datetime, at: datetime) -> None:
    if not entry.get("resident_id"):
        return
    programme = programmes().get(str(entry["list_key"]).partition(":")[0])
    application = entry["application_id"]
    enqueue(
        OutboxEntry(
            key=f"waiting:{entry['_id']}:{due.date().isoformat()}:{step}", channel=CHANNEL,
            payload={
                "resident_id": entry["resident_id"], "text_key": f"housing.notice.{step}",
                "values": {"programme": programme.label if programme else "", "due": day_in_words(due)},
                "page": f"{PAGE}?id={application}", "application_id": application,
            },
            subject_id=entry["resident_id"], order_key=f"application:{application}",
        ),
        at,
    )  # fmt: skip
