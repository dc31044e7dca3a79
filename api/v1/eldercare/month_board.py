"""What the office of a place looks over: its visitors, their month, who waits for an hour, the visits to one person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from api.access import staff
from api.endpoint import Call, Endpoint, Query, route
from api.v1.eldercare.schemas import Day, District, Id, Month, StaffPlaceQuery
from api.v1.eldercare.views import StaffVisitPage, staff_visit_item
from api.v1.eldercare.visitor_schemas import WordsOf
from api.v1.eldercare.waits import labelled
from config.loading import catalogue, rule
from config.text import label, say
from models.eldercare import operations, plan_inputs, plan_queries, queries
from models.eldercare.lifecycle import REGISTRARS
from models.eldercare.notices import township_name
from models.eldercare.settling import masked_name
from models.eldercare.visitors import visitors_of
from models.eldercare.waiting import queue_of
from models.eldercare.waiting_documents import OPEN_STATES
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.lifecycle import Raw
from models.kernel.workdays import is_workday


class VisitorsQuery(Query):
    """A county; one's own where none is named."""

    district_code: District | None = None


class LoadQuery(Query):
    """A township's month of China's calendar."""

    month: Month
    township_id: Id


class OneVisitor(BaseModel):
    """Who visits, which townships (none named: the whole county), and as what."""

    id: str
    display_name: str
    kind: str
    kind_label: str
    township_ids: list[str]


class VisitorList(BaseModel):
    items: list[OneVisitor]
    next: str | None = None


class BoardDay(BaseModel):
    day: Day
    workday: bool


class BoardRow(BaseModel):
    """A visitor's month: planned visits of the township by day, and the days away."""

    visitor_id: str
    display_name: str
    loads: dict[str, int]
    absent: list[str]


class BoardReason(BaseModel):
    reason: str
    label: str
    count: int


class LoadView(BaseModel):
    """A township's month: visits by state, why some have no day, and days × visitors."""

    month: str
    township_id: str
    planned: int
    met: int
    uncovered: int
    reasons: list[BoardReason]
    days: list[BoardDay]
    visitors: list[BoardRow]


class StaffWait(BaseModel):
    """A family's waiting request: the person masked; `position` in the township's queue from one."""

    id: str
    elder_id: str
    elder_name: str
    township_id: str
    township: str
    state: str
    state_label: str
    days: list[str]
    half_days: list[WordsOf]
    position: int
    offered_until: datetime | None
    starts_at: datetime | None
    queued_at: datetime


class StaffWaitList(BaseModel):
    items: list[StaffWait]
    next: str | None = None


class Visitors(Endpoint):
    @route(access=staff(*REGISTRARS), query=VisitorsQuery, response=VisitorList)
    def get(self, call: Call) -> VisitorList:
        """The visitors who serve one's place."""
        found = _visitors(call, call.query.district_code)
        kinds = rule("visitors.visitor_kinds")
        items = [
            OneVisitor(
                id=each["_id"], display_name=each["display_name"], kind=each.get("visitor_kind") or kinds[0],
                kind_label=label("visitors.kind", each.get("visitor_kind") or kinds[0]),
                township_ids=each.get("township_ids") or [],
            )
            for each in found
        ]  # fmt: skip
        return VisitorList(items=items)


class VisitLoad(Endpoint):
    @route(access=staff(*REGISTRARS), query=LoadQuery, response=LoadView)
    def get(self, call: Call) -> LoadView:
        """A township's month at a glance: days × visitors with how many visits."""
        asked = call.query
        queries.scope_of(call.actor, None, asked.township_id)
        place = catalogue().place(asked.township_id)
        district = place.district_code if place else None
        load = plan_queries.load_of_month(asked.month, asked.township_id)
        days = plan_inputs.days_of_month(asked.month)
        away = plan_queries.absences_of(call.actor, date.fromisoformat(days[0]), district)
        serving = [each for each in _visitors(call, district) if _serves(each, asked.township_id)]
        reasons = [
            BoardReason(reason=each, label=say(f"eldercare.plan_reason.{each}"), count=count)
            for each, count in sorted(load.reasons.items())
            if each
        ]
        return LoadView(
            month=asked.month, township_id=asked.township_id, reasons=reasons,
            **{state: load.states.get(state, 0) for state in ("planned", "met", "uncovered")},
            days=[BoardDay(day=each, workday=is_workday(each)) for each in map(date.fromisoformat, days)],
            visitors=[_row(each, load, days, away) for each in serving],
        )  # fmt: skip


class StaffWaits(Endpoint):
    @route(access=staff(*REGISTRARS), query=StaffPlaceQuery, response=StaffWaitList)
    def get(self, call: Call) -> StaffWaitList:
        """The families of one's place that wait for an hour, in the order of their turn."""
        townships = queries.townships_asked(call.actor, call.query.district_code, call.query.township_id)
        found = queue_of(townships, OPEN_STATES)[: rule("eldercare.day_list_most")]
        elders = queries.elders_by_id(each["elder_id"] for each in found)
        turns: dict[str, int] = {}
        items = []
        for each in found:
            turns[each["township_id"]] = turns.get(each["township_id"], 0) + 1
            items.append(_wait(each, elders.get(each["elder_id"]), turns[each["township_id"]]))
        return StaffWaitList(items=items)


class ElderVisits(Endpoint):
    @route(access=staff(*REGISTRARS), response=StaffVisitPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The visits to one person, the latest first."""
        elder = operations.elder_of_place(call.path["elder_id"], call.actor)
        found = queries.visits_to(elder["_id"], rule("eldercare.page_size"))
        return {"items": [staff_visit_item(each, elder, call.actor) for each in found], "next": None}


def _visitors(call: Call, district_code: str | None) -> list[Raw]:
    """Those who serve a place that the caller answers for. Raises InvalidInput and Forbidden."""
    district = district_code or call.actor.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("district_code", "missing")])
    if call.actor.district_code not in (None, district):
        raise Forbidden()
    mine = call.actor.township_ids
    return [each for each in visitors_of(district) if not mine or any(_serves(each, town) for town in mine)]


def _serves(visitor: Raw, township_id: str) -> bool:
    return not visitor.get("township_ids") or township_id in visitor["township_ids"]


def _row(visitor: Raw, load: plan_queries.Load, days: list[str], absences: list[Raw]) -> BoardRow:
    away = {day for each in absences if each["visitor_id"] == visitor["_id"] for day in _days_of(each)}
    return BoardRow(
        visitor_id=visitor["_id"], display_name=visitor["display_name"],
        loads=dict(load.by_visitor.get(visitor["_id"], {})), absent=[day for day in days if day in away],
    )  # fmt: skip


def _days_of(absence: Raw) -> list[str]:
    first, last = date.fromisoformat(absence["first_day"]), date.fromisoformat(absence["last_day"])
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def _wait(wait: Raw, elder: Raw | None, position: int) -> StaffWait:
    kept = ("elder_id", "township_id", "state", "days", "queued_at")
    return StaffWait(
        **{name: wait[name] for name in kept}, id=wait["_id"], elder_name=masked_name(elder),
        township=township_name(wait["township_id"]), state_label=say(f"visitors.wait_state_staff.{wait['state']}"),
        half_days=labelled("half_day", wait["half_days"]), position=position,
        offered_until=wait.get("offered_until"), starts_at=wait.get("starts_at"),
    )  # fmt: skip
