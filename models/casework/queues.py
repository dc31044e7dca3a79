"""Queues of the office: what is open in a place and stage, the soonest due first; and what was escalated.

A page reads one window of due dates after the other and stops when it is full (`models.kernel.windows`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.loading import rule
from models.casework.documents import ACCEPTED, APPEALED, CORRECTION, ON_NOTICE, REVIEWED, SUBMITTED, Application
from models.casework.queries import LIST_FIELDS
from models.kernel import windows
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor
from models.kernel.windows import Position

QUEUE, ESCALATED = "queue", "escalated"
# As many at once as a window of a count may hold, so that one answer brings it.
COUNT_BATCH = 1000
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
    place = place_filter(by, district_code, township_id)
    wanted: dict[str, Any] = {"state": stage, **({"programme": programme} if programme else {})}
    after = _position(cursor, QUEUE)
    if assignee_id is not None:
        found = _of_caseworker(assignee_id, {**place, **wanted}, after, due_before, limit, at)
    else:
        found = _of_place({**place, **wanted}, after, due_before, limit, at)
    return _page(found, limit, QUEUE, "due_at")


def counts(
    by: Actor, *, district_code: str | None = None, township_id: str | None = None, today_ends: datetime, at: datetime
) -> dict[str, dict[str, Any]]:
    """By stage how many of a place's applications are open: all, overdue, due by the end of today (overdue included).

    Each is as many as `queue` lists with the same place, stage and `due_before`; `more` names those of which there are
    more than the rule `casework.count_most`, up to which is counted. Raises as `queue` does.
    """
    place = place_filter(by, district_code, township_id)
    edges = {"overdue": at, "today": today_ends, "all": None}
    return {stage: _counted({**place, "state": stage}, edges, at) for stage in STAGES}


def escalated(
    by: Actor,
    *,
    district_code: str | None = None,
    township_id: str | None = None,
    cursor: str | None = None,
    limit: int,
    at: datetime,
) -> Page:
    """The applications of a place whose stage took too long, the longest escalated first.

    Raises as `queue` does; whoever works for the whole city sees all of it.
    """
    place = {} if _is_city(by, district_code, township_id) else place_filter(by, district_code, township_id)
    townships = _townships(place)
    wanted = {name: value for name, value in place.items() if name != "township_id"}
    after, past = _position(cursor, ESCALATED), [each for each in _days({}) if each <= 0]

    def read(window: Mapping[str, Any]) -> list[Raw]:
        rows = _rows({**wanted, **window}, "escalated_at")
        return [each for each in rows if townships is None or each.get("township_id") in townships]

    found = windows.read(read, windows.windows("escalated_at", windows.edges(at, past), after=after), limit, at)
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


def _of_place(
    wanted: dict[str, Any], after: Position | None, before: datetime | None, limit: int, at: datetime
) -> list[Raw]:  # fmt: skip
    """A page of a queue and one more, read by windows; several townships each by themselves, for a server may use an
    index for one of them only."""
    townships = _townships(wanted)
    places = [{**wanted, "township_id": each} for each in townships] if townships else [wanted]

    def read(window: Mapping[str, Any]) -> list[Raw]:
        rows = [row for place in places for row in _rows({**place, **window}, "due_at", limit + 1)]
        return sorted(rows, key=lambda each: (each["due_at"], each["_id"]))

    ranges = windows.windows("due_at", windows.edges(at, _days(wanted)), after=after, before=before)
    return windows.read(read, ranges, limit, at)


def _of_caseworker(
    assignee_id: str, wanted: Mapping[str, Any], after: Position | None, before: datetime | None, limit: int,
    at: datetime,
) -> list[Raw]:  # fmt: skip
    """As `_of_place`, of what a caseworker has in a stage: few, so what else is wanted of them is looked at here."""
    townships = _townships(wanted)
    mine = {"assignee_id": assignee_id, "district_code": wanted["district_code"], "state": wanted["state"]}

    def read(window: Mapping[str, Any]) -> list[Raw]:
        return [
            row for row in _rows({**mine, **window}, "due_at")
            if wanted.get("programme") in (None, row["programme"])
            and (townships is None or row.get("township_id") in townships)
        ]  # fmt: skip

    return windows.read(read, windows.windows("due_at", [at], after=after, before=before), limit, at)


def _counted(wanted: dict[str, Any], edges: Mapping[str, datetime | None], at: datetime) -> dict[str, Any]:
    """Counted window by window, the earliest first, until more than enough is known of every edge: what is counted of
    one is in every later one, too."""
    most = rule("casework.count_most")
    townships = _townships(wanted)
    places = [{**wanted, "township_id": each} for each in townships] if townships else [wanted]

    def read(window: Mapping[str, Any]) -> list[Raw]:
        return [
            row for place in places
            for row in collection(Application).find({**place, **window}, {"due_at": 1}).batch_size(COUNT_BATCH)
        ]  # fmt: skip

    ranges = windows.windows("due_at", windows.edges(at, rule("casework.count_windows_days")))
    moments = [as_utc(each["due_at"]) for each in windows.read(read, ranges, most)]
    found = {name: sum(edge is None or each < edge for each in moments) for name, edge in edges.items()}
    return {**{name: min(count, most) for name, count in found.items()},
            "more": [name for name, count in found.items() if count > most]}  # fmt: skip


def _days(wanted: Mapping[str, Any]) -> list[int]:
    found: list[int] = rule(
        "casework.queue_windows_township_days" if "township_id" in wanted else "casework.queue_windows_days"
    )
    return found


def _townships(wanted: Mapping[str, Any]) -> list[str] | None:
    """Which townships are wanted; None: those of the whole place, or one."""
    asked = wanted.get("township_id")
    if asked is None:
        return None
    return list(asked["$in"]) if isinstance(asked, dict) else [asked]


def _rows(wanted: Mapping[str, Any], order: str, most: int = 0) -> list[Raw]:
    found = collection(Application).find(wanted, dict.fromkeys(LIST_FIELDS, 1))
    return list(found.sort([(order, 1), ("_id", 1)]).limit(most))


def _page(found: list[Raw], limit: int, name: str, order: str) -> Page:
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor({"list": name, "at": as_utc(last[order]).isoformat(), "id": last["_id"]})
    return Page(found[:limit], following)


def _position(cursor: str | None, name: str) -> Position | None:
    """What a cursor of this list says. Raises InvalidInput (`bad_cursor`) for another's."""
    if cursor is None:
        return None
    found = decode_cursor(cursor)
    if found.get("list") != name or not isinstance(found.get("id"), str):
        raise InvalidInput("bad_cursor")
    return datetime.fromisoformat(found["at"]), found["id"]
