"""Queues of the office: what is open in a place and stage, the soonest due first; and what was escalated.

A page reads one window of due dates after the other and stops when it is full. A server that follows the index's order
then examines about as many keys as it gives; one that matches before it sorts has only a small window to match.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework.documents import ACCEPTED, APPEALED, CORRECTION, ON_NOTICE, REVIEWED, SUBMITTED, Application
from models.casework.queries import LIST_FIELDS
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

QUEUE, ESCALATED = "queue", "escalated"
# The stages of open cases, in the order of their way.
STAGES = (SUBMITTED, ACCEPTED, REVIEWED, CORRECTION, ON_NOTICE, APPEALED)


def queue(
    by: Actor, *, stage: str, district_code: str | None = None, township_id: str | None = None,
    programme: str | None = None, assignee_id: str | None = None, due_before: datetime | None = None,
    cursor: str | None = None, limit: int, at: datetime,
) -> Page:  # fmt: skip
    """The applications of a place in one stage, the soonest due first; of one caseworker where `assignee_id` is given.

    Raises Forbidden for a place that is not the caseworker's, InvalidInput for none or a wrong cursor.
    """
    wanted: dict[str, Any] = {**place_filter(by, district_code, township_id), "state": stage}
    if programme is not None:
        wanted["programme"] = programme
    days = rule(
        "casework.queue_windows_days" if "township_id" not in wanted else "casework.queue_windows_township_days"
    )
    if assignee_id is not None:
        wanted["assignee_id"], days = assignee_id, []
    after = _position(cursor, QUEUE)
    found: list[Raw] = []
    for window in _windows(at, days, after, due_before):
        found += _page_of({**wanted, **window}, "due_at", limit + 1 - len(found))
        if len(found) > limit:
            break
    return _page(found, limit, QUEUE, "due_at")


def counts(
    by: Actor, *, district_code: str | None = None, township_id: str | None = None, today_ends: datetime, at: datetime
) -> dict[str, dict[str, int]]:
    """By stage how many of a place's applications are open: all, overdue, due by the end of today (overdue included).

    Each is as many as `queue` lists with the same place, stage and `due_before`. Raises as `queue` does.
    """
    place = place_filter(by, district_code, township_id)
    here = collection(Application)
    found: dict[str, dict[str, int]] = {}
    for stage in STAGES:
        wanted = {**place, "state": stage}
        limits = {"overdue": at, "today": today_ends}
        counted = {name: here.count_documents({**wanted, "due_at": {"$lt": until}}) for name, until in limits.items()}
        found[stage] = {"all": here.count_documents(wanted), **counted}
    return found


def escalated(
    by: Actor,
    *,
    district_code: str | None = None,
    township_id: str | None = None,
    cursor: str | None = None,
    limit: int,
) -> Page:
    """The applications of a place whose stage took too long, the longest escalated first.

    Raises as `queue` does; whoever works for the whole city sees all of it.
    """
    place = {} if _is_city(by, district_code, township_id) else place_filter(by, district_code, township_id)
    after = _position(cursor, ESCALATED)
    found: list[Raw] = []
    for window in _after(after, "escalated_at") if after else [{"escalated_at": {"$type": "date"}}]:
        found += _page_of({**place, **window}, "escalated_at", limit + 1 - len(found))
        if len(found) > limit:
            break
    return _page(found, limit, ESCALATED, "escalated_at")


def place_filter(by: Actor, district_code: str | None, township_id: str | None) -> dict[str, Any]:
    """What a caseworker asks for, within the caseworker's own place. Raises Forbidden, InvalidInput (no county)."""
    district = district_code or by.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("district_code", "missing")])
    if by.district_code not in (None, district):
        raise Forbidden("not_your_place")
    if township_id is not None:
        if not by.covers(district, township_id):
            raise Forbidden("not_your_place")
        return {"district_code": district, "township_id": township_id}
    if by.township_ids:
        townships = list(by.township_ids)
        return {"district_code": district, "township_id": townships[0] if len(townships) == 1 else {"$in": townships}}
    return {"district_code": district}


def _is_city(by: Actor, district_code: str | None, township_id: str | None) -> bool:
    return district_code is None and township_id is None and by.district_code is None and not by.township_ids


def _windows(
    at: datetime, days: list[int], after: Mapping[str, Any] | None, before: datetime | None
) -> Iterator[dict[str, Any]]:
    """Filters on the due date, earliest first, from the cursor on and up to `before`; each a contiguous range.

    Half-open: the embedded server leaves the end of a closed range out where the index goes on behind its field.
    """
    begin: dict[str, Any] = {}
    if after is not None:
        same, rest = _after(after, "due_at")
        yield same
        begin = rest["due_at"]
    for edge in [*(at + timedelta(days=each) for each in days), None]:
        end = min((each for each in (edge, before) if each is not None), default=None)
        if end is not None and any(end <= start for start in begin.values()):
            continue
        yield {"due_at": (begin | ({"$lt": end} if end is not None else {})) or {"$type": "date"}}
        if before is not None and end == before:
            return
        begin = {"$gte": end}


def _after(after: Mapping[str, Any], order: str) -> list[dict[str, Any]]:
    """What follows a position: the rest of its own moment, then what is later."""
    at = datetime.fromisoformat(after["at"])
    return [{order: at, "_id": {"$gt": after["id"]}}, {order: {"$gt": at}}]


def _page_of(wanted: Mapping[str, Any], order: str, most: int) -> list[Raw]:
    found = collection(Application).find(wanted, dict.fromkeys(LIST_FIELDS, 1))
    return list(found.sort([(order, 1), ("_id", 1)]).limit(most))


def _page(found: list[Raw], limit: int, name: str, order: str) -> Page:
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor({"list": name, "at": as_utc(last[order]).isoformat(), "id": last["_id"]})
    return Page(found[:limit], following)


def _position(cursor: str | None, name: str) -> dict[str, Any] | None:
    """What a cursor of this list says. Raises InvalidInput (`bad_cursor`) for another's."""
    if cursor is None:
        return None
    found = decode_cursor(cursor)
    if found.get("list") != name or not isinstance(found.get("id"), str):
        raise InvalidInput("bad_cursor")
    return found
