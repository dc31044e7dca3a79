"""The month's visit rate: numbers for those who plan and answer, the people behind for those who may know them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.access import staff
from api.endpoint import Call, Endpoint, Query, route
from api.v1.eldercare.schemas import Cursor, Id, Limit, Month, StaffPlaceQuery
from api.v1.eldercare.views import StaffElderItem, staff_elder_item
from config.loading import catalogue, rule
from config.text import label
from models.eldercare import month_queries, queries
from models.eldercare.month_closing import closes_at
from models.eldercare.month_queries import Area
from models.eldercare.month_records import MonthRate
from models.eldercare.notices import township_name
from models.eldercare.settling import masked_name
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, PLANNER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.lifecycle import Raw

READERS = (PLANNER, SUPERVISOR, COUNTY_REVIEWER)
DAY_CHARS = len("2026-11-01")
Community = Annotated[str, Field(min_length=1, max_length=60)]
Revision = Annotated[int, Field(ge=1, le=10_000)]


class RateQuery(StaffPlaceQuery):
    """A month of China's calendar; a community only with its township."""

    month: Month
    community: Community | None = None


class AreasQuery(StaffPlaceQuery):
    """The parts of a place: its counties, townships or communities."""

    month: Month
    level: Literal["county", "township", "community"]


class RatePeopleQuery(Query):
    """The people behind a township's rate: those seen, or all; of a closed month also an earlier revision."""

    month: Month
    township_id: Id
    community: Community | None = None
    seen: bool | None = None
    revision: Revision | None = None
    limit: Limit = rule("eldercare.page_size_most")
    cursor: Cursor | None = None


class ChangesQuery(Query):
    """What a revision of a township's number changed."""

    month: Month
    township_id: Id
    revision: Revision


class RateView(BaseModel):
    """The month's visit rate: `value` in per cent, `coverage` from 0 to 1.

    `status`: provisional until the month is closed (`closes_at`), then frozen; `revision` and `as_of` of what is shown.
    """

    month: str
    district_code: str | None
    township_id: str | None
    community: str | None
    name: str | None
    numerator: int
    denominator: int
    value: float | None
    coverage: float
    status: Literal["provisional", "frozen"]
    status_label: str
    revision: int | None
    closes_at: datetime
    as_of: datetime


class AreasView(BaseModel):
    items: list[RateView]
    next: str | None = None


class RevisionView(BaseModel):
    """One revision of a number; `why`: how many people's entries changed for which reason; `evidence`: the mark of all
    that stands behind it."""

    revision: int
    numerator: int
    denominator: int
    value: float | None
    as_of: datetime
    why: dict[str, int]
    why_labels: dict[str, str]
    evidence: str


class RevisionsView(BaseModel):
    items: list[RevisionView]
    next: str | None = None


class RatePerson(StaffElderItem):
    """Somebody who counts in a month: masked; since when and until when in the month, and by which visit seen."""

    counted_in: str
    counted_from: date
    counted_until: date
    end_reason: str | None
    seen: bool
    seen_on: date | None
    visit_id: str | None


class RatePeoplePage(BaseModel):
    items: list[RatePerson]
    next: str | None


class ChangeView(BaseModel):
    """One person's entry before and after a revision, and why; None where there was or is none."""

    elder_id: str
    name: str
    why: list[str]
    why_labels: list[str]
    seen_before: bool | None
    seen_after: bool | None
    visit_before: str | None
    visit_after: str | None
    until_before: str | None
    until_after: str | None


class ChangesView(BaseModel):
    items: list[ChangeView]
    next: str | None = None


class VisitRate(Endpoint):
    @route(access=staff(*READERS), query=RateQuery, response=RateView)
    def get(self, call: Call) -> RateView:
        """The month's visit rate of a community, a township, a county, or the whole city; numbers only."""
        area = _area(call, call.query.community)
        return _rate(month_queries.month_rate(call.query.month, call.at, area), area, None, call)


class VisitRateAreas(Endpoint):
    @route(access=staff(*READERS), query=AreasQuery, response=AreasView)
    def get(self, call: Call) -> AreasView:
        """The rates of the parts of a place."""
        asked, area = call.query, _area(call, None)
        if asked.level == "community" and area.township_id is None:
            raise InvalidInput(faults=[FieldFault("township_id", "missing")])
        found = month_queries.parts_of(asked.month, call.at, asked.level, area)
        return AreasView(items=[_rate(rate, *_named(asked.level, name, area), call) for name, rate in found])


class VisitRateRevisions(Endpoint):
    @route(access=staff(*READERS), query=RateQuery, response=RevisionsView)
    def get(self, call: Call) -> RevisionsView:
        """Every number that a closed month has had, and why it changed; numbers only."""
        area = _area(call, None)
        return RevisionsView(items=[_revision(each) for each in month_queries.revisions_of(call.query.month, area)])


class VisitRateChanges(Endpoint):
    @route(access=staff(SUPERVISOR, TOWNSHIP_INTAKE), query=ChangesQuery, response=ChangesView)
    def get(self, call: Call) -> ChangesView:
        """Whose entries a revision of a township's number changed, masked, and why; every look is recorded."""
        asked = call.query
        area = _township(call, asked.township_id)
        record = month_queries.changes_of(asked.month, asked.township_id, asked.revision)
        _note(call, area, "visit_rate_changes_read", {"month": asked.month, "revision": asked.revision})
        changes = record["changes"][: rule("eldercare.changes_shown_most")]
        elders = queries.elders_by_id(each["elder_id"] for each in changes)
        return ChangesView(items=[_change(each, elders) for each in changes])


class VisitRatePeople(Endpoint):
    @route(access=staff(SUPERVISOR, TOWNSHIP_INTAKE), query=RatePeopleQuery, response=RatePeoplePage)
    def get(self, call: Call) -> dict[str, Any]:
        """The people behind a township's rate, masked, with the visit that counts; every look is recorded."""
        asked = call.query
        area = _township(call, asked.township_id, asked.community)
        page = month_queries.page_of_people(
            asked.month, call.at, area, asked.seen, asked.revision, asked.cursor, asked.limit
        )
        _note(call, area, "visit_rate_people_read", {"month": asked.month})
        elders = queries.elders_by_id(each["elder_id"] for each in page.items)
        known = [each for each in page.items if each["elder_id"] in elders]
        return {"items": [_person(each, elders[each["elder_id"]], call.at) for each in known], "next": page.next}


def _area(call: Call, community: str | None) -> Area:
    """The place asked about, checked: the whole city for its staff. Raises Forbidden and InvalidInput."""
    asked = call.query
    place = catalogue().place(asked.township_id) if asked.township_id else None
    if asked.township_id and place is None:
        raise InvalidInput(faults=[FieldFault("township_id", "unknown_place")])
    if community is not None and place is None:
        raise InvalidInput(faults=[FieldFault("township_id", "missing")])
    district = place.district_code if place else asked.district_code
    if asked.district_code not in (None, district) or district not in (None, *catalogue().districts):
        raise InvalidInput(faults=[FieldFault("district_code", "unknown_place")])
    if not call.actor.covers(district, asked.township_id):
        raise Forbidden()
    return Area(district, asked.township_id, community)


def _township(call: Call, township_id: str, community: str | None = None) -> Area:
    queries.scope_of(call.actor, None, township_id)
    place = catalogue().place(township_id)
    return Area(place.district_code if place else None, township_id, community)


def _named(level: str, name: str, area: Area) -> tuple[Area, str]:
    """The part's area and its name."""
    if level == "county":
        return Area(name), catalogue().districts[name].name_zh
    if level == "township":
        place = catalogue().place(name)
        return Area(place.district_code if place else None, name), township_name(name)
    return Area(area.district_code, area.township_id, name), name


def _note(call: Call, area: Area, action: str, detail: Mapping[str, Any]) -> None:
    audit.record(call.actor, action, f"township:{area.township_id}", call.at, district_code=area.district_code,
                 detail=detail)  # fmt: skip


def _rate(rate: MonthRate, area: Area, name: str | None, call: Call) -> RateView:
    status: Literal["provisional", "frozen"] = "provisional" if rate.revision is None else "frozen"
    return RateView(
        month=rate.month, district_code=area.district_code, township_id=area.township_id, community=area.community,
        name=name, numerator=rate.numerator, denominator=rate.denominator, value=rate.value, coverage=rate.coverage,
        status=status, status_label=label("eldercare.rate_status", status), revision=rate.revision,
        closes_at=closes_at(rate.month), as_of=rate.as_of or call.at,
    )  # fmt: skip


def _revision(record: Raw) -> RevisionView:
    kept = ("revision", "numerator", "denominator", "as_of", "why", "evidence")
    rate = MonthRate(record["month"], record["numerator"], record["denominator"], record["coverage"])
    labels = {each: label("eldercare.rate_change", each) for each in record["why"]}
    return RevisionView(**{name: record[name] for name in kept}, value=rate.value, why_labels=labels)


def _change(change: Raw, elders: Mapping[str, Raw]) -> ChangeView:
    before, after = change["before"], change["after"]
    return ChangeView(
        elder_id=change["elder_id"], name=masked_name(elders.get(change["elder_id"])), why=change["why"],
        why_labels=[label("eldercare.rate_change", each) for each in change["why"]],
        seen_before=_seen(before), seen_after=_seen(after), visit_before=(before or {}).get("visit_id"),
        visit_after=(after or {}).get("visit_id"), until_before=(before or {}).get("until"),
        until_after=(after or {}).get("until"),
    )  # fmt: skip


def _seen(entry: Raw | None) -> bool | None:
    return None if entry is None else entry["seen_on"] is not None


def _person(entry: Raw, elder: Raw, at: datetime) -> RatePerson:
    seen_on = entry["seen_on"]
    reason = entry["reason"]
    return RatePerson(
        **staff_elder_item(elder, at).model_dump(), counted_in=entry["community"], counted_from=entry["from"],
        counted_until=entry["until"], end_reason=label("eldercare.end_reason", reason) if reason else None,
        seen=seen_on is not None, seen_on=seen_on if seen_on and len(seen_on) == DAY_CHARS else None,
        visit_id=entry["visit_id"],
    )  # fmt: skip
