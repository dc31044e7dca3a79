"""Hours that visitors gave, from the start and the end of their visits, each bounded by the rules; by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config.loading import rule
from config.text import say
from models.eldercare.documents import COMPLETED, Visit
from models.eldercare.notices import township_name
from models.eldercare.plan_inputs import days_of_month
from models.eldercare.visitors import visitors_of
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.lifecycle import Raw
from models.kernel.sheets import CSV, write_sheet

FIELDS = {"visitor_id": 1, "completed_by": 1, "state": 1, "started_at": 1, "completed_at": 1, "device_time": 1,
          "device_time_trusted": 1, "day": 1, "township_id": 1}  # fmt: skip
COLUMNS = ("month", "name", "username", "township", "visits", "minutes", "hours")


@dataclass(frozen=True)
class Given:
    """What somebody gave in a month: visits ended, and whole minutes."""

    visits: int = 0
    minutes: int = 0

    @property
    def hours(self) -> float:
        """Hours, two decimals."""
        return round(self.minutes / 60, 2)


def minutes_of(visit: Raw) -> int:
    """Whole minutes from start to end of a visit that was ended; by the phone's clock where that was trusted. Nothing
    for one whose start nobody noted, and no more than the rules allow."""
    if visit.get("started_at") is None or visit.get("completed_at") is None:
        return 0
    trusted = visit.get("device_time_trusted") and visit.get("device_time")
    ended = visit["device_time"] if trusted else visit["completed_at"]
    minutes = int((as_utc(ended) - as_utc(visit["started_at"])).total_seconds() // 60)
    most: int = rule("visitors.volunteer_visit_minutes_most")
    return max(0, min(minutes, most))


def given_by(visitor_id: str, month: str) -> Given:
    """What one visitor gave in a month of China's calendar."""
    days = days_of_month(month)
    wanted = {"visitor_id": visitor_id, "day": {"$gte": days[0], "$lte": days[-1]}}
    return _sum([each for each in collection(Visit).find(wanted, FIELDS) if _counts(each)])


def export_month(month: str, kind: str, district_code: str | None, *, by: Actor, at: datetime) -> bytes:
    """What the visitors of one kind gave in a month, one row each, as CSV; of the actor's place. It is recorded.

    Raises InvalidInput where the whole city's staff name no county, Forbidden for another county.
    """
    district = district_code or by.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("district_code", "missing")])
    if by.district_code not in (None, district):
        raise Forbidden()
    days = days_of_month(month)
    wanted = {"district_code": district, "day": {"$gte": days[0], "$lte": days[-1]}}
    by_visitor: dict[str, list[Raw]] = {}
    for visit in collection(Visit).find(wanted, FIELDS):
        if _counts(visit):
            by_visitor.setdefault(visit["visitor_id"], []).append(visit)
    rows = [[say(f"visitors.export.{column}") for column in COLUMNS]]
    people = [each for each in visitors_of(district) if each.get("visitor_kind", "caseworker") == kind]
    rows += [_row(month, each, _sum(by_visitor.get(each["_id"], []))) for each in people if _of_place(each, by)]
    audit.record(by, "volunteer_hours_exported", f"district:{district}", at, district_code=district,
                 detail={"month": month, "kind": kind, "people": len(rows) - 1})  # fmt: skip
    return write_sheet(CSV, rows)


def _counts(visit: Raw) -> bool:
    """Ended, and by whose visit it is."""
    return visit["state"] == COMPLETED and visit.get("completed_by") == visit.get("visitor_id")


def _sum(visits: list[Raw]) -> Given:
    return Given(len(visits), sum(minutes_of(each) for each in visits))


def _of_place(worker: Raw, by: Actor) -> bool:
    return not by.township_ids or bool(set(worker.get("township_ids") or by.township_ids) & set(by.township_ids))


def _row(month: str, worker: Raw, given: Given) -> list[str]:
    places = " ".join(township_name(each) for each in worker.get("township_ids") or ())
    return [month, worker["display_name"], worker["username"], places, str(given.visits), str(given.minutes),
            f"{given.hours:.2f}"]  # fmt: skip
