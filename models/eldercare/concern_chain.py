"""The chain of a concern: visitor, township, county, each told once, each with its time to answer.

A step is one compare-and-set on the concern with round, step and alarm in its filter; who is told goes out with the
same write. However many processes advance it, and wherever one dies, each step fires once. After a downtime the next
step begins when somebody is told, never in the past: nobody is passed over who could not have known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pymongo.errors import BulkWriteError, DuplicateKeyError

from config.loading import rule
from config.text import say
from models.eldercare.concern_evidence import settle
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
from models.eldercare.documents import ACTIVE, Elder, Visit
from models.eldercare.notices import township_name
from models.eldercare.plan_records import VisitorAbsence
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import as_utc, day_of, local, month_of
from models.kernel.counters import next_values
from models.kernel.database import collection
from models.kernel.document import up_to
from models.kernel.errors import Conflict
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.outbox import OutboxEntry
from models.people.documents import Caseworker, staff_actor
from models.people.staff_notices import CHANNEL

DUPLICATE_KEY = 11000
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
        self._holders: dict[tuple[int, str], list[str]] = {}

    def holders(self, step: int, township_id: str) -> list[str]:
        """Ids of whom a step asks about a person of a township."""
        if (step, township_id) not in self._holders:
            asked = [each.id for each in self._present if is_asked(each, step, self.district_code, township_id)]
            self._holders[step, township_id] = asked
        return self._holders[step, township_id]


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
    """Open one concern; see `open_concerns`."""
    return open_concerns([found], at, staffing) == 1


def open_concerns(founds: Sequence[Found], at: datetime, staffing: Staffing | None = None) -> int:
    """Open a concern for each and tell its first step; returns how many. None is opened where it is known, or one of
    its kind is open, or it is answered. One that was resolved by a visit which does not count any more is opened again.

    `staffing`: where all are of one county. What is known of all of them is read at once.
    """
    elders = _people(each.elder_id for each in founds)
    concerns, seen = _concerns(sorted(elders)), _seen(elders, ((each.elder_id, each.about_at) for each in founds))
    opened, fresh = 0, dict[tuple[str, str], Found]()
    for found in founds:
        elder, kind = elders.get(found.elder_id), (found.elder_id, found.cause)
        if elder is None or elder["state"] != ACTIVE or _was_seen(seen, found.elder_id, found.about_at):
            continue
        theirs = [each for each in concerns[found.elder_id] if each["cause"] == found.cause]
        if any(each["open"] for each in theirs):
            continue
        known = next((each for each in theirs if each["occasion"] == found.occasion), None)
        if known is None:
            fresh.setdefault(kind, found)
        elif kind not in fresh and (known.get("resolution") or {}).get("kind") == BY_SEEN:
            again = begin_again(known, SYSTEM, at, known["about_at"])
            opened, known["open"] = opened + again, again
    return opened + _insert(list(fresh.values()), elders, at, staffing)


def _insert(fresh: list[Found], elders: Mapping[str, Raw], at: datetime, staffing: Staffing | None) -> int:
    """Write new concerns; what another process was first with is not counted."""
    if not fresh:
        return 0
    year = local(at).year
    numbers = next_values(f"concerns {year}", len(fresh))
    made = [
        _fresh(found, elders[found.elder_id], f"{year}{number:06d}", at, staffing)
        for found, number in zip(fresh, numbers, strict=True)
    ]
    try:
        collection(Concern).insert_many(made, ordered=False)
    except BulkWriteError as error:
        faults = error.details["writeErrors"]
        if any(each["code"] != DUPLICATE_KEY for each in faults):
            raise
        lost = {each["index"] for each in faults}
        made = [concern for number, concern in enumerate(made) if number not in lost]
    for concern in made:
        log.info("concern_opened", number=concern["number"], cause=concern["cause"],
                 district_code=concern["district_code"])  # fmt: skip
    _settle_made(made, at)
    return len(made)


def _settle_made(made: list[Raw], at: datetime) -> None:
    """Who was seen or left in between is found here; whoever ended the visit cannot have found the concern."""
    elders = _people(each["elder_id"] for each in made)
    seen = _seen(elders, ((each["elder_id"], each["about_at"]) for each in made))
    for concern in made:
        elder = elders.get(concern["elder_id"])
        gone = elder is None or elder["state"] != ACTIVE
        about_visit = concern.get("visit_id") is not None
        if gone or about_visit or _was_seen(seen, concern["elder_id"], concern["about_at"]):
            settle(concern, at)


def _people(ids: Iterable[str]) -> dict[str, Raw]:
    fields = {"state": 1, "district_code": 1, "township_id": 1, "seen_months": 1}
    return {each["_id"]: each for each in collection(Elder).find({"_id": {"$in": sorted(set(ids))}}, fields)}


def _seen(elders: Mapping[str, Raw], since: Iterable[tuple[str, datetime]]) -> dict[str, list[datetime]]:
    """When people were seen, ever; read only of those who were seen at all in or after the month of the moment."""
    ids = {
        elder_id for elder_id, moment in since
        if max(elders.get(elder_id, {}).get("seen_months") or [""]) >= month_of(moment)
    }  # fmt: skip
    found: dict[str, list[datetime]] = defaultdict(list)
    if ids:
        for each in collection(Visit).find({"elder_id": {"$in": sorted(ids)}}, {"elder_id": 1, "seen_at": 1}):
            if each.get("seen_at"):
                found[each["elder_id"]].append(as_utc(each["seen_at"]))
    return found


def _was_seen(seen: Mapping[str, list[datetime]], elder_id: str, since: datetime) -> bool:
    return any(each >= as_utc(since) for each in seen.get(elder_id, ()))


def _concerns(ids: Sequence[str]) -> dict[str, list[Raw]]:
    """By person: the embedded server looks through all concerns for an open key, though its index is unique."""
    found: dict[str, list[Raw]] = defaultdict(list)
    for each in collection(Concern).find({"elder_id": {"$in": ids}}, WITHOUT_CONTENTS):
        found[each["elder_id"]].append(each)
    return found


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
    due = list(collection(Concern).find({"alarm_at": up_to(at)}, {"alarm_at": 1, "cause": 1}))
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


def _fresh(found: Found, elder: Raw, number: str, at: datetime, staffing: Staffing | None) -> Raw:
    """A new concern as stored, its first step told in the same write."""
    concern = Concern(
        id=concern_id(found.elder_id, found.cause, found.occasion), created_at=at, updated_at=at, cause=found.cause,
        occasion=found.occasion, elder_id=found.elder_id, visit_id=found.visit_id,
        district_code=elder["district_code"], township_id=elder["township_id"], about_at=found.about_at, since=at,
        number=number, open_key=open_key(found.elder_id, found.cause),
    ).raw()  # fmt: skip
    made = _telling(concern, 0, at, staffing)
    concern.update(made.set)
    concern["steps"] = made.push["steps"]["$each"]
    concern["outbox"] = [each.stored(at) for each in made.outbox]
    concern["outbox_waiting"] = bool(made.outbox)
    concern["history"] = [history_entry("open", None, TOLD, SYSTEM, at, key="open")]
    return concern


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
