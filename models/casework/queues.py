"""Queues of the office: what is open in a place and stage, the soonest due first; and what was escalated.

A page reads one window of due dates after the other and stops when it is full. A server that follows the index's order
then examines about as many keys as it gives; one that matches before it sorts has only a small window to match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from config.loading import rule
from models.casework.documents import ACCEPTED, APPEALED, CORRECTION, ON_NOTICE, REVIEWED, SUBMITTED, Application
from models.casework.queries import LIST_FIELDS
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import EPOCH
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, beyond, decode_cursor, encode_cursor

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
    place = place_filter(by, district_code, township_id)
    wanted: dict[str, Any] = {"state": stage, **({"programme": programme} if programme else {})}
    after = _position(cursor, QUEUE)
    if assignee_id is not None:
        found = _of_caseworker(assignee_id, {**place, **wanted}, after, due_before, at)
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

    windows = list(_windows("escalated_at", at, past, after, None))
    return _page(_read(read, windows, limit, at), limit, ESCALATED, "escalated_at")


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
    wanted: dict[str, Any], after: Mapping[str, Any] | None, before: datetime | None, limit: int, at: datetime
) -> list[Raw]:  # fmt: skip
    """A page of a queue and one more, read by windows; several townships each by themselves, for a server may use an
    index for one of them only."""
    townships = _townships(wanted)
    places = [{**wanted, "township_id": each} for each in townships] if townships else [wanted]

    def read(window: Mapping[str, Any]) -> list[Raw]:
        rows = [row for place in places for row in _rows({**place, **window}, "due_at", limit + 1)]
        return sorted(rows, key=lambda each: (each["due_at"], each["_id"]))

    return _read(read, list(_windows("due_at", at, _days(wanted), after, before)), limit, at)


def _read(
    read: Callable[[Mapping[str, Any]], list[Raw]], windows: list[dict[str, Any]], limit: int, at: datetime
) -> list[Raw]:  # fmt: skip
    """One window after the other until there is a page and one more. Where little is found the next look takes twice as
    many windows together, but never goes on over the present moment, behind which most is due."""
    found: list[Raw] = []
    begin, together = 0, 1
    while begin < len(windows) and len(found) <= limit:
        last = begin
        while last + 1 < min(begin + together, len(windows)) and _may_join(windows[last], at):
            last += 1
        rows = read(_joined(windows[begin], windows[last]))
        found += rows
        together = 2 * together if len(rows) < limit // 2 and _may_join(windows[last], at) else 1
        begin = last + 1
    return found


def _may_join(window: Mapping[str, Any], at: datetime) -> bool:
    """False for a position's own moment, and for the window that ends now."""
    (limits,) = (each for name, each in window.items() if name != "_id")
    return isinstance(limits, dict) and limits.get("$lt") != at


def _joined(first: Mapping[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
    """From where the first begins to where the last ends."""
    if first is last:
        return dict(first)
    ((order, limits),) = first.items()
    ends = {name: each for name, each in last[order].items() if name == "$lt"}
    return {order: {**{name: each for name, each in limits.items() if name != "$lt"}, **ends}}


def _of_caseworker(
    assignee_id: str, wanted: Mapping[str, Any], after: Mapping[str, Any] | None, before: datetime | None, at: datetime
) -> list[Raw]:  # fmt: skip
    """All that a caseworker has in a stage: few, so what else is wanted of them is looked at here."""
    townships = _townships(wanted)
    others = {name: wanted[name] for name in ("district_code", "programme") if name in wanted}
    mine = {"assignee_id": assignee_id, "state": wanted["state"]}
    return [
        row
        for window in _windows("due_at", at, [], after, before)
        for row in _rows({**mine, **window}, "due_at")
        if all(row.get(name) == value for name, value in others.items())
        and (townships is None or row.get("township_id") in townships)
    ]


def _counted(wanted: dict[str, Any], edges: Mapping[str, datetime | None], at: datetime) -> dict[str, Any]:
    """Counted window by window, the earliest first, until more than enough is known of every edge."""
    most, marks = rule("casework.count_most"), [each for each in edges.values() if each is not None]
    townships = _townships(wanted)
    places = [{**wanted, "township_id": each} for each in townships] if townships else [wanted]
    found = dict.fromkeys(edges, 0)
    for window in _windows("due_at", at, rule("casework.count_windows_days"), None, None, marks):
        end = window["due_at"].get("$lt")
        counted = sum(collection(Application).count_documents({**place, **window}) for place in places)
        open_ones = [name for name, edge in edges.items() if edge is None or (end is not None and end <= edge)]
        found.update({name: found[name] + counted for name in open_ones})
        if all(found[name] > most for name in open_ones):
            # What is counted now is in every later edge, too.
            break
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


def _windows(
    order: str, at: datetime, days: list[int], after: Mapping[str, Any] | None, before: datetime | None,
    marks: Sequence[datetime] = (),
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Filters on a moment, earliest first, from the cursor on and up to `before`; each a contiguous range. No range
    goes over one of `marks`.

    Half-open: the embedded server leaves the end of a closed range out where the index goes on behind its field.
    """
    begin: dict[str, Any] = {"$gt": EPOCH}
    if after is not None:
        same, rest = beyond(order, datetime.fromisoformat(after["at"]), after["id"])
        yield same
        begin = rest[order]
    for edge in [*sorted({*(at + timedelta(days=each) for each in days), *marks}), None]:
        end = min((each for each in (edge, before) if each is not None), default=None)
        if end is not None and any(end <= start for start in begin.values()):
            continue
        yield {order: begin | ({"$lt": end} if end is not None else {})}
        if before is not None and end == before:
            return
        begin = {"$gte": end}


def _rows(wanted: Mapping[str, Any], order: str, most: int = 0) -> list[Raw]:
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
