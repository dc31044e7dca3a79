"""When a person answers: office hours, how long one is likely to wait, and what the clock does where nobody does.

The likely wait is estimated from what recent followers of the same county waited; with too few of them it is unknown
and said to be so.
"""

from __future__ import annotations

import statistics
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import ListField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.facilities.opening_hours import schedule
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import Record

CITY = "city"
ESCALATE, LAPSE = "escalate", "lapse"
MINUTE = 60
# Office hours change at most four times a day; a horizon beyond which nothing is looked for.
STRETCHES_MOST = 400


class HandOverPace(Record):
    """How fast a county's queue has moved lately; the id is the county's code.

    `recent` are `{"ticket", "at", "seconds"}`: office seconds from asking to being taken, for each who was before, and
    oneself.
    """

    recent = ListField()

    meta: ClassVar[dict[str, Any]] = {"collection": "handover_paces"}


def office_state(at: datetime) -> tuple[bool, datetime | None]:
    """Whether caseworkers answer the chat now, and when that changes next."""
    state = schedule(rule("conversations.handover_hours")).state(at)
    return bool(state.open), state.until


def office_after(at: datetime, minutes: float) -> datetime:
    """The moment by which so many minutes of office time have passed."""
    left = timedelta(minutes=minutes)
    for _ in range(STRETCHES_MOST):
        is_open, until = office_state(at)
        if until is None or (is_open and at + left <= until):
            return at + left
        left -= until - at if is_open else timedelta(0)
        at = until
    return at


def office_seconds(since: datetime, until: datetime) -> float:
    """Seconds of office time between two moments."""
    seconds, moment = 0.0, since
    for _ in range(STRETCHES_MOST):
        is_open, changes = office_state(moment)
        end = until if changes is None else min(changes, until)
        seconds += (end - moment).total_seconds() if is_open else 0.0
        if end >= until:
            break
        moment = end
    return seconds


def until_answered(at: datetime) -> dict[str, Any]:
    """The alarm of a ticket that begins to wait."""
    return {"alarm": ESCALATE, "alarm_at": office_after(at, rule("conversations.handover_answer_minutes"))}


def until_given_up(asked_at: datetime) -> dict[str, Any]:
    """The alarm of a ticket that has been escalated: its end, where nobody ever comes."""
    return {"alarm": LAPSE, "alarm_at": asked_at + timedelta(days=rule("conversations.handover_wait_days_most"))}


def until_idle(at: datetime) -> dict[str, Any]:
    """The alarm of a ticket in somebody's hands: it ends when nobody says anything any more."""
    return {"alarm": LAPSE, "alarm_at": at + timedelta(hours=rule("conversations.handover_idle_hours"))}


def note_pace(ticket: dict[str, Any], at: datetime) -> None:
    """Remember how long this follower waited, once a ticket. A crash in between loses one observation, nothing else."""
    place, here = ticket.get("district_code") or CITY, collection(HandOverPace)
    waited = office_seconds(as_utc(ticket["created_at"]), as_utc(ticket["taken_at"]))
    seen = {"ticket": ticket["_id"], "at": at, "seconds": waited / (ticket.get("ahead_at_ask", 0) + 1)}
    with suppress(DuplicateKeyError):
        if here.find_one({"_id": place}, {"_id": 1}) is None:
            here.insert_one({"_id": place, "version": 1, "created_at": at, "updated_at": at, "recent": []})
    kept = {"$each": [seen], "$slice": -rule("conversations.pace_kept")}
    here.update_one(
        {"_id": place, "recent.ticket": {"$ne": ticket["_id"]}},
        {"$push": {"recent": kept}, "$set": {"updated_at": at}, "$inc": {"version": 1}},
    )


def likely_minutes(district_code: str | None, ahead: int, at: datetime) -> int | None:
    """Office minutes that one with `ahead` others before them is likely to wait, rounded up; None where not known."""
    found = collection(HandOverPace).find_one({"_id": district_code or CITY}) or {}
    since = at - timedelta(days=rule("conversations.pace_days"))
    lately = [each["seconds"] for each in found.get("recent", []) if as_utc(each["at"]) >= since]
    if len(lately) < rule("conversations.pace_least"):
        return None
    step = rule("conversations.pace_step_minutes")
    minutes = statistics.median(lately) * (ahead + 1) / MINUTE
    return int(step * max(1, -(-minutes // step)))
