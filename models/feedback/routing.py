"""Whose it is: the township or county responsible, else the city; and by when it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.loading import catalogue, rule
from config.text import say
from models.casework.deadlines import ONE_SECOND, due
from models.facilities.areas import district_of, own_point, township_of
from models.facilities.datum import Datum
from models.facilities.documents import Facility
from models.feedback.documents import CITY_DESK
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.errors import FieldFault, InvalidInput

ESCALATE = "escalate"


@dataclass(frozen=True)
class Point:
    """A point in the caller's datum, degrees."""

    longitude: float
    latitude: float
    datum: Datum


@dataclass(frozen=True)
class Office:
    """Who is responsible: a township, else a county, else the city (both None)."""

    district_code: str | None = None
    township_id: str | None = None

    def desks(self, escalations: int = 0) -> list[str]:
        """Whose queues show it; what is late for the second time stands on the city's desk, too."""
        found = [f"township:{self.township_id}"] if self.township_id else []
        if self.district_code:
            found.append(f"county:{self.district_code}")
        if not self.district_code or escalations >= rule("feedback.escalations_most"):
            found.append(CITY_DESK)
        return found

    def in_words(self) -> str:
        """Its name for people."""
        if not self.district_code:
            return say("feedback.office.city")
        township = catalogue().place(self.township_id) if self.township_id else None
        return catalogue().districts[self.district_code].name_zh + (township.name_zh if township else "")


def office_of(raw: Mapping[str, Any]) -> Office:
    """The office of a stored piece."""
    return Office(raw.get("district_code"), raw.get("township_id"))


def facility_named(facility_id: str) -> dict[str, Any]:
    """Name, category and place of a facility, also of a closed one. Raises InvalidInput (`unknown_facility`)."""
    wanted = {"name": 1, "category": 1, "district_code": 1, "township_id": 1}
    found = collection(Facility).find_one({"_id": facility_id}, wanted)
    if found is None:
        raise InvalidInput(faults=[FieldFault("facility_id", "unknown_facility")])
    return found


def routed(
    facility: Mapping[str, Any] | None, township_id: str | None, point: Point | None, district_code: str | None
) -> Office:
    """The office for what was told of the place: the facility's, else the named township's, else the one around the
    point, else the county's, else the city.

    Raises InvalidInput (`unknown_township`, `unknown_place`, `outside_yichun`), also where township and county differ.
    """
    if district_code is not None and district_code not in catalogue().districts:
        raise InvalidInput(faults=[FieldFault("district_code", "unknown_place")])
    place = catalogue().place(township_id) if township_id is not None else None
    if township_id is not None and (place is None or district_code not in (None, place.district_code)):
        raise InvalidInput(faults=[FieldFault("township_id", "unknown_township")])
    if facility is not None:
        return Office(facility["district_code"], facility["township_id"])
    if place is not None:
        return Office(place.district_code, place.id)
    if point is not None:
        east, north = own_point(point.longitude, point.latitude, point.datum)
        code = district_of(east, north)
        return Office(code, township_of(east, north, code)) if code else Office(district_code)
    return Office(district_code)


def deadline(kind: str, at: datetime) -> dict[str, Any]:
    """Deadline, place in the queue and alarm of what begins at `at`; kinds that ask for no reply have only a place."""
    days = rule("feedback.working_days").get(kind)
    if days is None:
        later = at + timedelta(days=rule("feedback.idle_rank_days"))
        return {"due_at": None, "due_assumed": False, "queue_at": later, "alarm": None, "alarm_at": None}
    return _until(days, at)


def deadline_after_transfer(raw: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What was promised stays, but the new office has some days at least."""
    if raw.get("due_at") is None:
        return {}
    least = _until(rule("feedback.transfer_working_days_least"), at)
    return least if least["due_at"] > as_utc(raw["due_at"]) else {}


def next_escalation(at: datetime) -> datetime:
    """When what stays unanswered is late once more."""
    return due(day_of(at), rule("feedback.escalate_again_working_days")).at + ONE_SECOND


def _until(days: int, at: datetime) -> dict[str, Any]:
    ends = due(day_of(at), days)
    return {
        "due_at": ends.at, "due_assumed": ends.assumed, "queue_at": ends.at, "alarm": ESCALATE,
        "alarm_at": ends.at + ONE_SECOND,
    }  # fmt: skip
