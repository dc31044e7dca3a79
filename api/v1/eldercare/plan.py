"""The month's plan of visits: a township's list, what it leaves uncovered and why, and visitors' absences."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, Query, route
from api.v1.eldercare.schemas import Day, District, Id, Month, PageQuery
from config.text import say
from models.eldercare import plan_queries, queries
from models.eldercare.lifecycle import REGISTRARS
from models.eldercare.plan_records import AbsenceReason
from models.eldercare.settling import masked_name
from models.kernel.clock import day_of
from models.kernel.lifecycle import Raw


class PlanQuery(PageQuery):
    """A township's plan of a month of China's calendar."""

    month: Month
    township_id: Id


class AbsenceQuery(Query):
    """A county, one's own where none is named; absences that end on `from` (today unless named) or later."""

    district_code: District | None = None
    since: Day | None = Field(default=None, alias="from")


class AbsenceBody(Body):
    """Days, both within. `visitor_id` is the caller unless named."""

    first_day: Day
    last_day: Day
    reason: AbsenceReason
    visitor_id: Id | None = None


class PlannedVisitView(BaseModel):
    """The n-th visit that a person needs; the name masked. `visit_id` where one meets it, `reason` where none can."""

    id: str
    elder_id: str
    name_masked: str
    number: int
    state: str
    label: str
    visitor_id: str | None
    day: str | None
    stop: int | None
    visit_id: str | None
    reason: str | None
    reason_label: str | None


class PlanPage(BaseModel):
    items: list[PlannedVisitView]
    next: str | None


class AbsenceView(BaseModel):
    """When a visitor is away."""

    id: str
    visitor_id: str
    first_day: str
    last_day: str
    reason: str
    label: str
    withdrawn_at: datetime | None


class AbsenceList(BaseModel):
    items: list[AbsenceView]
    next: str | None


class VisitPlan(Endpoint):
    @route(access=staff(*REGISTRARS), query=PlanQuery, response=PlanPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The month's visits of a township, by day, visitor and stop; what is uncovered comes first."""
        return _page(call, uncovered=False)


class UncoveredVisits(Endpoint):
    @route(access=staff(*REGISTRARS), query=PlanQuery, response=PlanPage)
    def get(self, call: Call) -> dict[str, Any]:
        """Who has no day in the month's plan of a township, with the reason."""
        return _page(call, uncovered=True)


class VisitorAbsences(Endpoint):
    @route(access=staff(*REGISTRARS), query=AbsenceQuery, response=AbsenceList)
    def get(self, call: Call) -> dict[str, Any]:
        """The absences of one's place, present and to come."""
        since: date = call.query.since or day_of(call.at)
        found = plan_queries.absences_of(call.actor, since, call.query.district_code)
        return {"items": [_absence(each) for each in found], "next": None}

    @route(access=staff(*REGISTRARS), body=AbsenceBody, response=AbsenceView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Say that a visitor is away; the next night's repair gives the visits to others."""
        asked = call.body
        return _absence(
            plan_queries.enter_absence(
                call.idempotency_id or "", asked.visitor_id or call.actor.id, asked.first_day, asked.last_day,
                asked.reason, by=call.actor, at=call.at,
            )
        )  # fmt: skip


class WithdrawAbsence(Endpoint):
    @route(access=staff(*REGISTRARS), response=AbsenceView, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take an absence back."""
        return _absence(plan_queries.withdraw_absence(call.path["absence_id"], by=call.actor, at=call.at))


def _page(call: Call, uncovered: bool) -> dict[str, Any]:
    asked = call.query
    queries.scope_of(call.actor, None, asked.township_id)
    page = plan_queries.page_of_plan(asked.month, asked.township_id, uncovered, asked.cursor, asked.limit)
    elders = queries.elders_by_id(each["elder_id"] for each in page.items)
    return {"items": [planned_visit_view(each, elders.get(each["elder_id"])) for each in page.items], "next": page.next}


def planned_visit_view(planned: Raw, elder: Raw | None) -> dict[str, Any]:
    """A planned visit of the month or of a campaign."""
    reason = planned.get("reason")
    return {
        "id": planned["_id"],
        "elder_id": planned["elder_id"],
        "name_masked": masked_name(elder),
        "number": planned["number"],
        "state": planned["state"],
        "label": say(f"eldercare.plan_state.{planned['state']}"),
        "visitor_id": planned.get("visitor_id"),
        "day": planned.get("day"),
        "stop": planned.get("place"),
        "visit_id": planned.get("visit_id"),
        "reason": reason,
        "reason_label": say(f"eldercare.plan_reason.{reason}") if reason else None,
    }


def _absence(absence: Raw) -> dict[str, Any]:
    return {
        "id": absence["_id"],
        "visitor_id": absence["visitor_id"],
        "first_day": absence["first_day"],
        "last_day": absence["last_day"],
        "reason": absence["reason"],
        "label": say(f"eldercare.absence_reason.{absence['reason']}"),
        "withdrawn_at": absence.get("withdrawn_at"),
    }
