"""Finding those whom nobody sees: by schedule from register and plan, and from what a visit found.

Everything found is an occasion with an id of its own, so that a run repeated, late or killed opens nothing twice. The
nightly run looks at this month and the one before, for it may be the first after a downtime over the month's end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from config.loading import catalogue, rule
from models.eldercare.concern_chain import (
    WITHOUT_CONTENTS,
    Found,
    Staffing,
    follow_concern,
    open_concern,
    open_concerns,
)
from models.eldercare.concern_evidence import settle
from models.eldercare.concern_records import Concern
from models.eldercare.concern_timers import due_day
from models.eldercare.documents import ACTIVE, COMPLETED, Elder, Visit
from models.eldercare.notices import ATTEMPTED, STAFF_CHANNEL
from models.eldercare.plan_inputs import days_of_month
from models.eldercare.plan_records import WITHDRAWN, PlannedVisit
from models.eldercare.planning import MET, PLANNED, UNCOVERED
from models.kernel.clock import as_utc, day_bounds, day_of, month_of, previous_month
from models.kernel.database import collection
from models.kernel.lifecycle import Raw
from models.kernel.outbox import Handler, Receipt

CHANNEL = STAFF_CHANNEL
# A visit is handed over as often as the person moves, and may lack a substitute on each of its days: the message's key
# tells which time it is.
MANY_TIMES = ("handed_over", "no_substitute")
ELDER_FIELDS = {"state": 1, "periods": 1, "risk_level": 1, "seen_months": 1, "created_at": 1}
ROW_FIELDS = {"elder_id": 1, "state": 1, "day": 1, "missed": 1}


def find_concerns(at: datetime) -> dict[str, int]:
    """Open what register and plan show, and resolve what is answered; returns how many of each."""
    counts = {"opened": 0, "answered": 0}
    for district_code in sorted(catalogue().districts):
        waiting = list(collection(Concern).find({"open": True, "district_code": district_code}, WITHOUT_CONTENTS))
        is_open, staffing = {(each["elder_id"], each["cause"]) for each in waiting}, Staffing(district_code, at)
        for month in (previous_month(month_of(at)), month_of(at)):
            found = (
                each for each in _of_county(district_code, month, at) if (each.elder_id, each.cause) not in is_open
            )
            while batch := list(islice(found, rule("concerns.batch"))):
                counts["opened"] += open_concerns(batch, at, staffing)
        counts["answered"] += _settle_open(waiting, at)
    return counts


def concern_handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler for what a visit calls for; a repeat does no harm."""
    return Handler(lambda payload, key: follow_visit(payload, key, now()), idempotent=True)


def follow_visit(payload: Mapping[str, Any], key: str, at: datetime) -> Receipt:
    """Open the concern that a visit calls for: `{visit_id, kind}`, the kind a cause."""
    visit = collection(Visit).find_one({"_id": payload["visit_id"]})
    if visit is None:
        return Receipt("final", "visit_gone")
    kind = payload["kind"]
    about_at = at if kind in MANY_TIMES else _made_at(visit)
    if kind == "attempts_failed" and not _enough_attempts(visit, about_at):
        return Receipt("delivered", "first_attempt")
    occasion = key if kind in MANY_TIMES else visit["_id"]
    opened = open_concern(Found(visit["elder_id"], kind, occasion, about_at, visit["_id"]), at)
    return Receipt("delivered", "opened" if opened else "known_or_answered")


def _of_county(district_code: str, month: str, at: datetime) -> Iterator[Found]:
    """What a county's register and plan of a month show as yet unseen."""
    month_days, today = days_of_month(month), day_of(at).isoformat()
    later_month, begins = month_of(at), day_bounds(date.fromisoformat(month_days[0]))[0]
    unseen: set[str] = set()
    for elder in list(collection(Elder).find({"district_code": district_code}, ELDER_FIELDS)):
        # An entry may be dated back: before it was written nobody could plan a visit.
        since = max(elder["periods"][-1]["from"], day_of(elder["created_at"]).isoformat())
        seen = {month, later_month} & set(elder.get("seen_months", ()))
        if elder["state"] != ACTIVE or seen or since > month_days[-1]:
            continue
        unseen.add(elder["_id"])
        due = due_day(
            month_days, since, rule("concerns.due_day_by_risk")[elder["risk_level"]],
            rule("concerns.due_days_left_least"), rule("concerns.entry_grace_days"),
        )  # fmt: skip
        if due < today:
            yield Found(elder["_id"], "not_seen", month, begins)
    if month == later_month:  # the plan of a month that is over cannot be mended
        yield from _of_plan(district_code, month, unseen, begins, today)


def _of_plan(district_code: str, month: str, unseen: set[str], begins: datetime, today: str) -> Iterator[Found]:
    """Who has no day in the plan and was not seen yet this month; whose planned day passed without a visit."""
    for row in list(collection(PlannedVisit).find({"of": f"{month} {district_code}"}, ROW_FIELDS)):
        if row["state"] == UNCOVERED and row["elder_id"] in unseen:
            yield Found(row["elder_id"], "plan_uncovered", month, begins)
        missed = list(row.get("missed") or ())
        if row["state"] == PLANNED and row["day"] < today:
            missed.append(row["day"])
        if missed and row["state"] not in (MET, WITHDRAWN):
            day = max(missed)
            about_at = day_bounds(date.fromisoformat(day))[0]
            yield Found(row["elder_id"], "planned_missed", f"{row['_id']} {day}", about_at)


def _settle_open(waiting: Iterable[Raw], at: datetime) -> int:
    """Resolve what is answered; what is about a person who lives elsewhere now goes there."""
    answered = 0
    for concern in waiting:
        if settle(concern, at):
            answered += 1
        else:
            follow_concern(concern, at)
    return answered


def _enough_attempts(visit: Raw, last: datetime) -> bool:
    """True where this and earlier attempts of the last days are as many as call for help, nobody seen in between."""
    since = last - timedelta(days=rule("concerns.attempts_days"))
    looked_at = collection(Concern).find(
        {"elder_id": visit["elder_id"], "cause": "attempts_failed"}, {"resolved_at": 1}
    )
    since = max([since, *(as_utc(each["resolved_at"]) for each in looked_at if each.get("resolved_at"))])
    made = sorted(
        (_made_at(each), each["_id"], each["outcome"])
        for each in collection(Visit).find({"elder_id": visit["elder_id"]})
        if each["state"] == COMPLETED and since < _made_at(each) <= last
    )
    in_a_row = 0
    for *_, outcome in made:
        in_a_row = in_a_row + 1 if outcome in ATTEMPTED else 0
    return in_a_row >= int(rule("concerns.attempts"))


def _made_at(visit: Raw) -> datetime:
    """When a completed visit was made: the phone's time where it was trusted."""
    trusted = visit.get("device_time") if visit.get("device_time_trusted") else None
    return as_utc(visit.get("seen_at") or trusted or visit["completed_at"])
