"""Closing a month: its numbers are frozen with the evidence; what is learnt later becomes a revision that says why.

The nightly job closes a month some time after its end (rule, for phones that were off the network), and counts closed
months again that somebody marked (`month_marks`). The same facts found again change nothing; killed at any point and
run again, the same numbers come about. Townships are written first, then counties, then the city.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from pymongo.errors import DuplicateKeyError

from config.indicators import CITY
from config.loading import catalogue, rule
from models.eldercare.month_changes import changes_between
from models.eldercare.month_counting import by_township, count_month, rate_of, townships_of
from models.eldercare.month_marks import marked, unmark
from models.eldercare.month_records import (
    CITY_LEVEL,
    COUNTY,
    TOWNSHIP,
    Counted,
    VisitMonth,
    is_closed,
    record_id,
)
from models.kernel.clock import month_bounds, month_of, previous_month
from models.kernel.database import collection
from models.kernel.errors import InvalidInput
from models.kernel.lifecycle import Raw

MAX_CONTENTION = 10
_Latest = dict[tuple[str, str], Raw]


def close_due(at: datetime, then: Callable[[str], None]) -> dict[str, list[str]]:
    """Close every month that is due, and count closed months again that are marked, and the latest one in any case.

    `then` is called with every month counted, before the marks are taken away: what rests on the numbers follows also
    after a crash. Returns the months that were closed, and those whose number or evidence has a further revision.
    """
    marks = {each["_id"]: each for each in marked()}
    due = [month for month in _months_back(at) if not is_closed(month) and closes_at(month) <= at]
    again = [month for month in sorted({*marks, _months_back(at)[-1]}) if is_closed(month)]
    revised: list[str] = []
    for month in sorted({*due, *again}):
        if close_month(month, at) and month in again:
            revised.append(month)
        then(month)
    # Those too that are too long ago to be closed at all: there is no number that could change.
    for month in {*due, *again, *(each for each in marks if each < _months_back(at)[0])} & set(marks):
        unmark(marks[month], at)
    return {"closed": due, "revised": revised}


def closes_at(month: str) -> datetime:
    """From when on the month is closed. Raises ValueError for what is not YYYY-MM."""
    return month_bounds(month)[1] + timedelta(hours=rule("eldercare.close_after_hours"))


def close_month(month: str, at: datetime) -> bool:
    """Freeze a month's numbers, or revise them; True where the city's record is new.

    Raises InvalidInput before the month's end. Townships and counties without anybody have no record, unless
    they had somebody in an earlier revision.
    """
    if month_bounds(month)[1] > at:
        raise InvalidInput("month_not_ended")
    people = count_month(month, at)
    known = _latest_of(month)
    found = by_township(people)
    had = {area for level, area in known if level == TOWNSHIP}
    evidence = {
        township: _store_township(month, township, found.get(township, []), known.get((TOWNSHIP, township)), at)[1]
        for township in sorted({*found, *had})
    }
    counties: dict[str, str] = {}
    for district in sorted(catalogue().districts):
        here = [each for each in people if each.district_code == district]
        parts = [[each, evidence[each]] for each in townships_of(district) if each in evidence]
        if not parts and (COUNTY, district) not in known:
            continue
        counties[district] = _store_sum(month, COUNTY, district, here, parts, known.get((COUNTY, district)), at)[1]
    parts = [[district, mark] for district, mark in counties.items()]
    return _store_sum(month, CITY_LEVEL, CITY, people, parts, known.get((CITY_LEVEL, CITY)), at)[0]


def _months_back(at: datetime) -> list[str]:
    """The last ended months that are closed even after an outage, the oldest first."""
    months = [previous_month(month_of(at))]
    while len(months) < rule("eldercare.close_months_back"):
        months.insert(0, previous_month(months[0]))
    return months


def _latest_of(month: str) -> _Latest:
    """The latest revision of every area, without people and changes."""
    found: _Latest = {}
    for each in collection(VisitMonth).find({"month": month}, {"level": 1, "area": 1, "revision": 1, "evidence": 1}):
        key = (each["level"], each["area"])
        if key not in found or found[key]["revision"] < each["revision"]:
            found[key] = each
    return found


def _store_township(
    month: str, township: str, people: list[Counted], known: Raw | None, at: datetime
) -> tuple[bool, str]:
    stored = [each.stored() for each in people]
    facts = {
        **_numbers(people, month, 1), "people": stored, "communities": _communities(people), "parts": [],
        "evidence": _hash(stored),
    }  # fmt: skip
    return _store(month, TOWNSHIP, township, facts, known, at)


def _store_sum(
    month: str, level: str, area: str, people: list[Counted], parts: list[list[str]], known: Raw | None, at: datetime
) -> tuple[bool, str]:  # fmt: skip
    townships = len(townships_of(None if level == CITY_LEVEL else area))
    facts = {
        **_numbers(people, month, townships), "people": [], "communities": [], "parts": parts, "evidence": _hash(parts),
    }  # fmt: skip
    return _store(month, level, area, facts, known, at)


def _numbers(people: list[Counted], month: str, townships: int) -> dict[str, Any]:
    rate = rate_of(people, month, townships)
    return {"numerator": rate.numerator, "denominator": rate.denominator, "coverage": rate.coverage}


def _communities(people: Iterable[Counted]) -> list[dict[str, Any]]:
    """Each community's number, by name."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in people:
        counts[each.community][0] += each.seen_on is not None
        counts[each.community][1] += 1
    return [
        {"community": name, "numerator": seen, "denominator": total} for name, (seen, total) in sorted(counts.items())
    ]


def _store(
    month: str, level: str, area: str, facts: Mapping[str, Any], known: Raw | None, at: datetime
) -> tuple[bool, str]:  # fmt: skip
    """Insert the next revision; nothing where the latest one rests on the same. Returns whether, and the evidence."""
    evidence = str(facts["evidence"])
    for _ in range(MAX_CONTENTION):
        if known is not None and known["evidence"] == evidence:
            return False, evidence
        revision = known["revision"] + 1 if known else 1
        changes = changes_between(_whole(known), facts["people"]) if known else []
        document = {
            **facts, "_id": record_id(month, level, area, revision), "version": 1, "created_at": at, "updated_at": at,
            "month": month, "level": level, "area": area, "revision": revision, "as_of": at, "changes": changes,
            "why": dict(Counter(reason for each in changes for reason in each["why"])),
        }  # fmt: skip
        try:
            collection(VisitMonth).insert_one(document)
        except DuplicateKeyError:  # another process counted in between: compare with what it found
            known = _latest_of(month).get((level, area))
            continue
        return True, evidence
    raise RuntimeError(f"no place for a revision of {month} {level} {area}")


def _whole(known: Raw) -> Raw:
    found = collection(VisitMonth).find_one({"_id": known["_id"]})
    return found or known


def _hash(facts: Any) -> str:
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()
