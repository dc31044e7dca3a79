"""The chain of a concern: visitor, township, county, each told once, each with its time to answer.

A step is one compare-and-set on the concern with round, step and alarm in its filter; who is told goes out with the
same write. However many processes advance it, and wherever one dies, each step fires once. After a downtime the next
step begins when somebody is told, never in the past: nobody is passed over who could not have known.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from config.text import say
from models.eldercare.concern_evidence import seen_since, settle
from models.eldercare.concern_records import (
    BY_SEEN,
    CONCERN_LIFECYCLE,
    TOLD,
    Cause,
    Concern,
    concern_id,
    open_key,
)
from models.eldercare.concern_timers import later
from models.eldercare.documents import ACTIVE, Elder
from models.eldercare.notices import township_name
from models.eldercare.plan_records import VisitorAbsence
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import as_utc, day_of, local
from models.kernel.counters import next_value
from models.kernel.database import collection
from models.kernel.errors import Conflict
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.outbox import OutboxEntry
from models.people.documents import Caseworker, staff_actor
from models.people.staff_notices import CHANNEL

WITHOUT_CONTENTS = {"history": 0, "outbox": 0}
STAFF_FIELDS = {"roles": 1, "district_code": 1, "township_ids": 1}
log = structlog.get_logger("concerns")


class Staffing:
    """Who of a county holds which role where on a day; read once for many concerns."""

    def __init__(self, district_code: str, at: datetime) -> None:
        today = day_of(at).isoformat()
        away = collection(VisitorAbsence).find({"district_code": district_code, "last_day": {"$gte": today}})
        absent = {
            each["visitor_id"] for each in away if each["first_day"] <= today and each.get("withdrawn_at") is None
        }
        wanted = {"active": True, "district_code": {"$in": [district_code, None]}}
        workers = [staff_actor(each) for each in collection(Caseworker).find(wanted, STAFF_FIELDS)]
        self.district_code = district_code
        self._present = sorted((each for each in workers if each.id not in absent), key=lambda each: each.id)

    def holders(self, step: int, township_id: str) -> list[str]:
        """Ids of whom a step asks about a person of a township."""
        return [each.id for each in self._present if is_asked(each, step, self.district_code, township_id)]


@dataclass(frozen=True)
class Found:
    """Why a person becomes a concern. `occasion`: what only one concern is about; `about_at`: see `Concern`."""

    elder_id: str
    cause: Cause
    occasion: str
    about_at: datetime
    visit_id: str | None = None


def is_asked(by: Actor, step: int, district_code: str, township_id: str) -> bool:
    """True where this member of staff is one of those whom a step asks about a township's person."""
    if not by.covers(district_code, township_id):
        return False
    reaches = {"place"} | ({"township"} if by.township_ids else {"county"})
    return any(
        by.has_role(each["role"]) and each["reach"] in reaches for each in rule("concerns.steps")[step]["holders"]
    )


def open_concern(found: Found, at: datetime, staffing: Staffing | None = None) -> bool:
    """Open a concern and tell its first step; False where it is known, or one of its kind is open, or it is answered.

    One that was resolved by a visit which does not count any more is opened again.
    """
    elder = collection(Elder).find_one({"_id": found.elder_id})
    if elder is None or elder["state"] != ACTIVE or seen_since(found.elder_id, found.about_at) is not None:
        return False
    # By person: the embedded server looks through all concerns for an open key, though its index is unique.
    theirs = list(collection(Concern).find({"elder_id": found.elder_id, "cause": found.cause}, WITHOUT_CONTENTS))
    if any(each["open"] for each in theirs):
        return False
    known = next((each for each in theirs if each["occasion"] == found.occasion), None)
    if known is not None:
        was_seen = (known.get("resolution") or {}).get("kind") == BY_SEEN
        return was_seen and begin_again(known, SYSTEM, at, known["about_at"])
    concern = _fresh(found, elder, at, staffing)
    try:
        collection(Concern).insert_one(concern)
    except DuplicateKeyError:  # another process was first
        return False
    log.info("concern_opened", number=concern["number"], cause=found.cause, district_code=concern["district_code"])
    settle(concern, at)  # who was seen in between is found here
    return True


def begin_again(concern: Raw, by: Actor, at: datetime, about_at: datetime, note: str | None = None,
                key: str | None = None) -> bool:  # fmt: skip
    """Open a resolved concern again, from the first step; False where another of its kind is open meanwhile."""

    def change(now: Raw) -> Change:
        fresh = {"open": True, "open_key": open_key(now["elder_id"], now["cause"]), "since": at, "about_at": about_at,
                 "resolution": None, "resolved_at": None}  # fmt: skip
        return _beginning(now, at, fresh, note)

    try:
        CONCERN_LIFECYCLE.perform(concern["_id"], "reopen", by=by, at=at, change=change,
                                  key=key or f"reopen:{concern['round']}")  # fmt: skip
    except DuplicateKeyError:
        return False
    return True


def follow_person(elder_id: str, at: datetime) -> None:
    """A person lives in another township now: their open concerns begin anew with those who answer for it."""
    for concern in list(collection(Concern).find({"elder_id": elder_id}, WITHOUT_CONTENTS)):
        if concern["open"]:
            follow_concern(concern, at)


def follow_concern(concern: Raw, at: datetime) -> bool:
    """Begin anew where the person is now; False where the concern is there already."""
    elder = collection(Elder).find_one({"_id": concern["elder_id"]}, {"district_code": 1, "township_id": 1})
    if elder is None or elder["township_id"] == concern["township_id"]:
        return False
    place = {"district_code": elder["district_code"], "township_id": elder["township_id"]}

    def change(now: Raw) -> Change:
        made = _beginning({**now, **place}, at, place)
        return Change(set=made.set, push=made.push, outbox=made.outbox, where={"round": concern["round"]})

    with suppress(Conflict):  # another process was first
        CONCERN_LIFECYCLE.perform(concern["_id"], "hand_over", by=SYSTEM, at=at, change=change,
                                  key=f"hand_over:{concern['round']}")  # fmt: skip
    return True


def advance(at: datetime) -> dict[str, int]:
    """Go on with every concern whose time is over, what waits for no office first, then the longest due; returns what
    became of them."""
    counts = {"escalated": 0, "overdue": 0, "answered": 0}
    due = list(collection(Concern).find({"alarm_at": {"$lte": at}}, {"alarm_at": 1, "cause": 1}))
    due.sort(
        key=lambda each: (rule("concerns.timers")[each["cause"]]["clock"] != "always", each["alarm_at"], each["_id"])
    )
    here: dict[str, Staffing] = {}
    for each in due[: rule("concerns.batch")]:
        concern = collection(Concern).find_one({"_id": each["_id"]}, WITHOUT_CONTENTS)
        if concern is None or concern.get("alarm_at") is None or as_utc(concern["alarm_at"]) > at:
            continue  # another process was first
        if settle(concern, at):
            counts["answered"] += 1
        elif not follow_concern(concern, at):
            district = concern["district_code"]
            staffing = here[district] = here.get(district) or Staffing(district, at)
            with suppress(Conflict):  # acknowledged, resolved or advanced by another in between
                counts[_go_on(concern, staffing, at)] += 1
    return counts


def act_until(cause: str, step: int, at: datetime) -> datetime:
    """Until when somebody who has acknowledged at `at` must have brought it to an end."""
    return _timer(cause, "act", step, at)


def _fresh(found: Found, elder: Raw, at: datetime, staffing: Staffing | None) -> Raw:
    """A new concern as stored, its first step told in the same write."""
    concern = Concern(
        id=concern_id(found.elder_id, found.cause, found.occasion), created_at=at, updated_at=at, cause=found.cause,
        occasion=found.occasion, elder_id=found.elder_id, visit_id=found.visit_id,
        district_code=elder["district_code"], township_id=elder["township_id"], about_at=found.about_at, since=at,
        number=_next_number(at), open_key=open_key(found.elder_id, found.cause),
    ).raw()  # fmt: skip
    made = _telling(concern, 0, at, staffing)
    concern.update(made.set)
    concern["steps"] = made.push["steps"]["$each"]
    concern["outbox"] = [each.stored(at) for each in made.outbox]
    concern["outbox_waiting"] = bool(made.outbox)
    concern["history"] = [history_entry("open", None, TOLD, SYSTEM, at, key="open")]
    return concern


def _next_number(at: datetime) -> str:
    year = local(at).year
    return f"{year}{next_value(f'concerns {year}'):06d}"


def _go_on(concern: Raw, staffing: Staffing, at: datetime) -> str:
    """Tell the next step, or note that the last one's time is over. Raises Conflict where another was first."""
    step, where = concern["step"], {name: concern[name] for name in ("round", "step", "alarm_at")}
    seen = {"number": concern["number"], "cause": concern["cause"], "district_code": concern["district_code"]}
    if step + 1 < len(rule("concerns.steps")):
        made = _telling(concern, step + 1, at, staffing)
        CONCERN_LIFECYCLE.perform(
            concern["_id"], "escalate", by=SYSTEM, at=at, key=f"escalate:{concern['round']}:{step}",
            change=Change(set=made.set, push=made.push, outbox=made.outbox, where=where),
        )  # fmt: skip
        log.warning("concern_escalated", step=made.set["step"], **seen)
        return "escalated"
    key = f"overdue:{concern['round']}:{concern['state']}"
    told = staffing.holders(step, concern["township_id"])
    entries = [_notice(concern, "overdue", key, told)] if told else []
    over = Change(set={"overdue_at": at, "alarm_at": None}, outbox=entries, where=where)
    CONCERN_LIFECYCLE.perform(concern["_id"], "overdue", by=SYSTEM, at=at, key=key, change=over)
    log.error("concern_unanswered", **seen)
    return "overdue"


def _beginning(concern: Raw, at: datetime, facts: dict[str, Any], note: str | None = None) -> Change:
    """The change by which a concern begins anew at its first step."""
    following = concern["round"] + 1
    made = _telling({**concern, "round": following}, 0, at)
    return Change(
        set={"overdue_at": None, **facts, **made.set, "round": following}, push=made.push, outbox=made.outbox, note=note
    )


def _telling(concern: Raw, first: int, at: datetime, staffing: Staffing | None = None) -> Change:
    """Tell a step; where nobody holds its role in the place, the next one at once, and the record says so."""
    here = staffing or Staffing(concern["district_code"], at)
    told: list[dict[str, Any]] = []
    for step in range(first, len(rule("concerns.steps"))):
        holders = here.holders(step, concern["township_id"])
        told.append({"round": concern["round"], "step": step, "name": rule("concerns.steps")[step]["name"], "at": at,
                     "told": holders, "nobody": not holders})  # fmt: skip
        if holders:
            break
    last = told[-1]
    # With nobody at the top either, its time is over at once: the alarm is loud instead of silent.
    alarm_at = at if last["nobody"] else _timer(concern["cause"], "acknowledge", last["step"], at)
    key = f"told:{concern['round']}:{last['step']}"
    return Change(
        set={"step": last["step"], "alarm_at": alarm_at, "acknowledged_at": None, "acknowledged_by": None},
        push={"steps": {"$each": told}},
        outbox=[_notice(concern, "told", key, last["told"])] if last["told"] else [],
    )


def _notice(concern: Raw, kind: str, key: str, staff: list[str]) -> OutboxEntry:
    """The word to the staff: number, place and cause, never who it is about."""
    values = {"number": concern["number"], "township": township_name(concern["township_id"]),
              "cause": say(f"concerns.cause.{concern['cause']}")}  # fmt: skip
    payload = {"staff": staff, "text_key": f"concerns.notice.{kind}", "values": values,
               "about": f"concern:{concern['_id']}"}  # fmt: skip
    return OutboxEntry(key=f"concern:{concern['_id']}:{key}", channel=CHANNEL, payload=payload)


def _timer(cause: str, kind: str, step: int, at: datetime) -> datetime:
    timer = rule("concerns.timers")[cause]
    return later(at, timer[kind][step], timer["clock"], rule("concerns.working_hours"))
