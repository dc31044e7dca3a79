"""The month's numbers as they were frozen: never changed; what is learnt later is a further revision.

A township's record holds the evidence, one entry a person; counties and the city hold sums and the marks of what they
sum. The month is closed once the city's record stands, which is written last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from mongoengine import DateTimeField, DictField, FloatField, IntField, ListField, StringField

from config.indicators import CITY
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.lifecycle import Raw

Level = Literal["community", "township", "county", "city"]
TOWNSHIP, COUNTY, CITY_LEVEL = "township", "county", "city"
HEAD: dict[str, int] = {"people": 0, "changes": 0}


class VisitMonth(Record):
    """One area's number of a month. `people`: see `Counted.stored`; `communities`: `{community, numerator,
    denominator}`; `parts`: `[area, evidence]` of what was summed; `evidence`: the hash of all that stands behind.

    `changes`: `{elder_id, why, before, after}` against the revision before; `why`: how often each reason.
    `coverage`: the share of the area's townships with somebody on the register.
    """

    month = StringField(required=True)
    level = StringField(required=True)
    area = StringField(required=True)
    revision = IntField(required=True)
    numerator = IntField(required=True)
    denominator = IntField(required=True)
    coverage = FloatField(required=True)
    people = ListField(DictField())
    communities = ListField(DictField())
    parts = ListField(ListField(StringField()))
    evidence = StringField(required=True)
    changes = ListField(DictField())
    why = DictField()
    as_of = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "visit_months"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("month", 1), ("level", 1), ("area", 1), ("revision", 1)], "name": "unique_revision", "unique": True},
    ]


@dataclass(frozen=True)
class Counted:
    """One person's part in a month's number: where they count, their days on the register, who saw them and when."""

    elder_id: str
    district_code: str
    township_id: str
    community: str
    since: str
    until: str
    reason: str | None
    visit_id: str | None
    seen_on: str | None

    def stored(self) -> dict[str, Any]:
        """As it stands in the township's record; no name, no address."""
        return {"elder_id": self.elder_id, "community": self.community, "from": self.since, "until": self.until,
                "reason": self.reason, "visit_id": self.visit_id, "seen_on": self.seen_on}  # fmt: skip


@dataclass(frozen=True)
class MonthRate:
    """The month's visit rate: distinct people seen, of all who were on the register on any day of the month.

    Source: indicator monthly_welfare_visit_rate. `coverage`: the share of the scope's townships that have somebody on
    the register in the month, 0 to 1; it says how far the register reaches, not how well people were visited.
    `revision` and `as_of`: of the frozen number; None while it is provisional.
    """

    month: str
    numerator: int
    denominator: int
    coverage: float
    revision: int | None = None
    as_of: datetime | None = None

    @property
    def value(self) -> float | None:
        """Per cent, two decimals; None where nobody was on the register."""
        return round(100 * self.numerator / self.denominator, 2) if self.denominator else None


def record_id(month: str, level: str, area: str, revision: int) -> str:
    """The id of a revision."""
    return f"{month}:{level}:{area}:{revision:04d}"


def latest(month: str, level: str, area: str, *, revision: int | None = None, whole: bool = False) -> Raw | None:
    """An area's latest revision, or the one asked for; without people and changes unless `whole`."""
    wanted: dict[str, Any] = {"month": month, "level": level, "area": area}
    if revision is not None:
        wanted["revision"] = revision
    found = list(collection(VisitMonth).find(wanted, {"revision": 1}))
    last = max(found, key=lambda each: int(each["revision"]), default=None)
    return collection(VisitMonth).find_one({"_id": last["_id"]}, None if whole else HEAD) if last else None


def is_closed(month: str) -> bool:
    """True once the month's numbers are frozen."""
    return collection(VisitMonth).find_one({"_id": record_id(month, CITY_LEVEL, CITY, 1)}, {"_id": 1}) is not None


def rate_of_record(record: Mapping[str, Any]) -> MonthRate:
    """A frozen number."""
    fields = ("month", "numerator", "denominator", "coverage", "revision", "as_of")
    return MonthRate(**{name: record[name] for name in fields})
