"""How a month that is not closed stands: counted some times an hour where counting at every look would take too long.

Counting reads every entry of a county's register. A small county is counted at each look and has no standing here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, DictField, StringField

from config.loading import catalogue, rule
from models.eldercare.month_counting import by_township, count_now, townships_of
from models.eldercare.month_records import MonthRate, is_closed
from models.kernel.clock import as_utc, month_of, previous_month
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.lifecycle import Raw


class MonthStanding(Record):
    """A county's month as it stood at `as_of`. `townships`: by id `[seen, all]`, of those that have somebody."""

    month = StringField(required=True)
    district_code = StringField(required=True)
    as_of = DateTimeField(required=True)
    townships = DictField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "visit_month_standings"}
    index_specs: ClassVar[list[dict[str, Any]]] = [{"keys": [("month", 1)], "name": "month"}]


def note_standings(at: datetime) -> dict[str, int]:
    """Count the months that are not closed, county by county; a job calls it some times an hour."""
    months = [each for each in (previous_month(month_of(at)), month_of(at)) if not is_closed(each)]
    for month in months:
        for district in catalogue().districts:
            _note(month, district, at)
    return {"months": len(months)}


def standing(month: str, at: datetime, district_code: str | None) -> dict[str, MonthRate] | None:
    """The rates of a county's townships, or of the whole city's, by id, those without anybody too; each says as of
    when it is. None where it is better counted now: few people, or nobody has counted lately."""
    districts = [district_code] if district_code is not None else list(catalogue().districts)
    oldest = at - timedelta(minutes=rule("eldercare.standing_minutes_most"))
    found = {each["district_code"]: each for each in collection(MonthStanding).find({"month": month})}
    stored = [found[each] for each in districts if each in found]
    fresh = len(stored) == len(districts) and all(oldest <= as_utc(each["as_of"]) <= at for each in stored)
    people = sum(total for each in stored for _, total in each["townships"].values())
    if not fresh or people < rule("eldercare.standing_people_least"):
        return None
    return {
        township: _rate(month, each["townships"].get(township, [0, 0]), as_utc(each["as_of"]))
        for each in stored
        for township in townships_of(each["district_code"])
    }


def sum_of(rates: Iterable[MonthRate], month: str) -> MonthRate:
    """The rate of several townships together, as of the oldest of them."""
    listed = list(rates)
    seen, people = sum(each.numerator for each in listed), sum(each.denominator for each in listed)
    reached = sum(each.denominator > 0 for each in listed)
    as_of = min((each.as_of for each in listed if each.as_of is not None), default=None)
    return MonthRate(month, seen, people, reached / len(listed) if listed else 0.0, None, as_of)


def _note(month: str, district: str, at: datetime) -> None:
    people = by_township(count_now(month, at, district, None))
    counts = {
        township: [sum(each.seen_on is not None for each in listed), len(listed)] for township, listed in people.items()
    }
    fresh: Raw = {"version": 1, "created_at": at, "month": month, "district_code": district}
    collection(MonthStanding).update_one(
        {"_id": f"{month}:{district}"},
        {"$set": {"as_of": at, "townships": counts, "updated_at": at}, "$setOnInsert": fresh},
        upsert=True,
    )


def _rate(month: str, counted: list[int], as_of: datetime) -> MonthRate:
    seen, people = counted
    return MonthRate(month, seen, people, float(people > 0), None, as_of)
