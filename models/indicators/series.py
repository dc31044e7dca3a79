"""Official series that indicators are divided by, such as the permanent residents of the city or of a county.

A value read from a department's file goes before the catalogue's of the same day or earlier; a correction is the next
revision, and what it corrects stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from mongoengine import FloatField, IntField, StringField
from pymongo.errors import DuplicateKeyError

from config.indicators import denominator
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.lifecycle import Raw


@dataclass(frozen=True)
class Base:
    """A value of a series, since when it holds, and how sure it is: assumption, provisional or final."""

    value: float
    as_of: date
    status: str
    source: str


class SeriesValue(Record):
    """One value of an official series for an area and a day, never changed: a correction is a further revision."""

    measure = StringField(required=True)
    area = StringField(required=True)
    as_of = StringField(required=True)
    revision = IntField(required=True, min_value=1)
    value = FloatField(required=True)
    status = StringField(required=True, choices=("provisional", "final"))
    source = StringField(required=True)
    file_id = StringField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "series_values"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("measure", 1), ("area", 1), ("as_of", 1)], "name": "series"},
    ]


def bases_on(measure: str, day: date) -> Callable[[str], Base | None]:
    """By area the latest value known for `day`, None where there is none; the series is read once for all areas."""
    latest: dict[str, Raw] = {}
    for each in values_of(measure):  # of one area the latest day and revision come last
        if each["as_of"] <= day.isoformat():
            latest[each["area"]] = each

    def base(area: str) -> Base | None:
        stored, listed = latest.get(area), denominator(measure, area, day)
        kept = Base(listed.value, listed.as_of, listed.status, listed.source) if listed else None
        if stored is None or (kept is not None and kept.as_of > date.fromisoformat(stored["as_of"])):
            return kept
        return Base(stored["value"], date.fromisoformat(stored["as_of"]), stored["status"], stored["source"])

    return base


def base_of(measure: str, area: str, day: date) -> Base | None:
    """The latest value known for `day`; None where there is none for this area."""
    return bases_on(measure, day)(area)


def latest_value(measure: str, area: str, day: date) -> Raw | None:
    """The stored value of the latest day up to `day`, its last revision."""
    wanted = {"measure": measure, "area": area, "as_of": {"$lte": day.isoformat()}}
    found = collection(SeriesValue).find(wanted)
    return max(found, key=lambda each: (each["as_of"], each["revision"]), default=None)


def values_of(measure: str) -> list[Raw]:
    """Every value of a series with its revisions, by area and day."""
    found = collection(SeriesValue).find({"measure": measure}, {"version": 0})
    return sorted(found, key=lambda each: (each["area"], each["as_of"], each["revision"]))


def add_value(facts: Raw, at: datetime) -> bool:
    """Keep a value as the next revision of its day; False where the last one says the same."""
    series = {name: facts[name] for name in ("measure", "area", "as_of")}
    while True:
        known = list(collection(SeriesValue).find(series))
        last = max(known, key=lambda each: each["revision"], default=None)
        if last is not None and (last["value"], last["status"]) == (facts["value"], facts["status"]):
            return False
        revision = last["revision"] + 1 if last else 1
        made = SeriesValue(
            id=f"{facts['measure']}:{facts['area']}:{facts['as_of']}:{revision}", created_at=at, updated_at=at,
            revision=revision, **facts,
        )  # fmt: skip
        try:
            collection(SeriesValue).insert_one(made.raw())
        except DuplicateKeyError:
            continue  # another file was read in between: compare with what it says
        return True
