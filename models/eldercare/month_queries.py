"""Reads of the month's numbers: frozen where the month is closed, else as they look now; and the people behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.indicators import CITY
from config.loading import catalogue
from models.eldercare.month_counting import count_now, rate_of, townships_of
from models.eldercare.month_records import (
    CITY_LEVEL,
    COUNTY,
    HEAD,
    TOWNSHIP,
    Counted,
    Level,
    MonthRate,
    VisitMonth,
    is_closed,
    latest,
    rate_of_record,
)
from models.eldercare.month_standing import standing, sum_of
from models.eldercare.periods import days_of
from models.kernel.database import collection
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.paging import Page, decode_cursor, encode_cursor

PEOPLE = "rate_people"


@dataclass(frozen=True)
class Area:
    """What a number is about; None: wider. A community is one of its township."""

    district_code: str | None = None
    township_id: str | None = None
    community: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Level and area of its record; a community's stands in its township's."""
        if self.township_id is not None:
            return TOWNSHIP, self.township_id
        return (COUNTY, self.district_code) if self.district_code is not None else (CITY_LEVEL, CITY)


def closed_rate(month: str) -> MonthRate | None:
    """The city's frozen rate, for the indicator; None while the month is not closed."""
    record = latest(month, CITY_LEVEL, CITY)
    return rate_of_record(record) if record is not None else None


def closed_rates_below(month: str) -> list[tuple[str, str, MonthRate]]:
    """(level, area, frozen rate) of every county and township, the last revision each; none while it is not closed."""
    found: dict[tuple[str, str], Raw] = {}
    for each in collection(VisitMonth).find({"month": month, "level": {"$in": [COUNTY, TOWNSHIP]}}, HEAD):
        area = (each["level"], each["area"])
        if area not in found or found[area]["revision"] < each["revision"]:
            found[area] = each
    # The city's record is written last: until then the month is not closed.
    return [(*area, rate_of_record(each)) for area, each in sorted(found.items())] if is_closed(month) else []


def month_rate(month: str, at: datetime, area: Area = Area()) -> MonthRate:
    """The rate of a month and area: the latest revision where the month is closed, else provisional, up to today; of
    a large county or city as it stood some minutes ago (`as_of`).

    Raises InvalidInput for what is no month or has not begun.
    """
    days_of(month, at)
    if not is_closed(month):
        stands = standing(month, at, area.district_code) if area.township_id is None else None
        if stands is not None:
            return sum_of(stands.values(), month)
        people = count_now(month, at, area.district_code, area.township_id)
        here = [each for each in people if area.community in (None, each.community)]
        return rate_of(here, month, len(townships_of(area.district_code, area.township_id)))
    record = latest(month, *area.key)
    if record is None:
        return MonthRate(month, 0, 0, 0.0, 1, None)
    return rate_of_record(record) if area.community is None else _of_community(record, area.community)


def parts_of(month: str, at: datetime, level: Level, area: Area) -> list[tuple[str, MonthRate]]:
    """The rates of an area's counties, townships or communities, each with its code, id or name.

    Every county and township is there, also with nobody; communities are those that have somebody.
    """
    days_of(month, at)
    closed = is_closed(month)
    if level == "community":
        return _communities(month, at, area, closed)
    if level == COUNTY:
        names = [each for each in sorted(catalogue().districts) if area.district_code in (None, each)]
    else:
        names = sorted(townships_of(area.district_code, area.township_id))
    if closed:
        wanted = {"month": month, "level": level, "area": {"$in": names}}
        records: dict[str, Raw] = {}
        for each in sorted(collection(VisitMonth).find(wanted, HEAD), key=lambda each: int(each["revision"])):
            records[each["area"]] = each
        empty = MonthRate(month, 0, 0, 0.0, 1)
        return [(name, rate_of_record(records[name]) if name in records else empty) for name in names]
    stands = standing(month, at, area.district_code) if area.township_id is None else None
    if stands is not None:
        return [(name, sum_of([stands[each] for each in townships_of(name)], month) if level == COUNTY
                 else stands[name]) for name in names]  # fmt: skip
    grouped: dict[str, list[Counted]] = {name: [] for name in names}
    for person in count_now(month, at, area.district_code, area.township_id):
        name = person.district_code if level == COUNTY else person.township_id
        grouped.setdefault(name, []).append(person)
    counts = {name: len(townships_of(name)) if level == COUNTY else 1 for name in grouped}
    return [(name, rate_of(people, month, counts[name])) for name, people in grouped.items()]


def revisions_of(month: str, area: Area) -> list[Raw]:
    """Every revision of an area's number, the first one first, with how often each reason; without people."""
    level, name = area.key
    found = collection(VisitMonth).find({"month": month, "level": level, "area": name}, HEAD)
    return sorted(found, key=lambda each: int(each["revision"]))


def changes_of(month: str, township_id: str, revision: int) -> Raw:
    """One revision of a township with its changes. Raises NotFound."""
    record = latest(month, TOWNSHIP, township_id, revision=revision, whole=True)
    if record is None:
        raise NotFound()
    return record


def page_of_people(
    month: str, at: datetime, area: Area, seen: bool | None, revision: int | None, cursor: str | None, limit: int
) -> Page:  # fmt: skip
    """The people behind a township's rate, by id: entries as in the record (see `Counted`).

    Raises NotFound for a revision there is none of, InvalidInput for a cursor of another list.
    """
    days_of(month, at)
    entries = _entries(month, at, area, revision)
    wanted = [
        each
        for each in entries
        if seen in (None, each["seen_on"] is not None) and area.community in (None, each["community"])
    ]
    after = ""
    if cursor is not None:
        position = decode_cursor(cursor)
        if position.get("of") != PEOPLE:
            raise InvalidInput("bad_cursor")
        after = position["id"]
    rest = sorted((each for each in wanted if each["elder_id"] > after), key=lambda each: str(each["elder_id"]))
    items = rest[:limit]
    return Page(items, encode_cursor({"of": PEOPLE, "id": items[-1]["elder_id"]}) if len(rest) > limit else None)


def _entries(month: str, at: datetime, area: Area, revision: int | None) -> list[dict[str, Any]]:
    township_id = area.township_id or ""
    if not is_closed(month):
        if revision is not None:
            raise NotFound()
        return [each.stored() for each in count_now(month, at, area.district_code, township_id)]
    record = latest(month, TOWNSHIP, township_id, revision=revision, whole=True)
    if record is None:
        if revision is not None:
            raise NotFound()
        return []
    people: list[dict[str, Any]] = record["people"]
    return people


def _communities(month: str, at: datetime, area: Area, closed: bool) -> list[tuple[str, MonthRate]]:
    if closed:
        record = latest(month, *area.key)
        names = [each["community"] for each in record["communities"]] if record else []
        return [(name, _of_community(record or {}, name)) for name in names]
    people = count_now(month, at, area.district_code, area.township_id)
    names = sorted({each.community for each in people})
    return [(name, rate_of([each for each in people if each.community == name], month, 1)) for name in names]


def _of_community(record: Raw, name: str) -> MonthRate:
    found = next((each for each in record["communities"] if each["community"] == name), None)
    seen, total = (found["numerator"], found["denominator"]) if found else (0, 0)
    return MonthRate(record["month"], seen, total, float(bool(total)), record["revision"], record["as_of"])
