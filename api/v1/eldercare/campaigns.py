"""Campaigns: an extra round for a chosen group, its progress by township, and what it leaves uncovered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, Query, route
from api.v1.eldercare.plan import PlannedVisitView, planned_visit_view
from api.v1.eldercare.schemas import Day, District, Id, PageQuery, Reason, without_repeats
from config.loading import rule
from config.text import say
from models.eldercare import campaigns, queries
from models.eldercare.campaign_records import CAMPAIGN_LIFECYCLE, Kind
from models.eldercare.documents import Category, RiskLevel
from models.eldercare.lifecycle import REGISTRARS
from models.eldercare.notices import township_name
from models.kernel.actors import SUPERVISOR, Actor
from models.kernel.clock import day_of
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.lifecycle import Raw

Age = Annotated[int, Field(ge=0, le=rule("campaigns.age_most"))]
Townships = Annotated[list[Id], Field(max_length=60), AfterValidator(without_repeats)]


class StartCampaignBody(Body):
    """`first_day` is today unless named. No township named: the caller's, or the whole county. What is left out of
    the group counts as any."""

    kind: Kind
    last_day: Day
    first_day: Day | None = None
    district_code: District | None = None
    township_ids: Townships = Field(default_factory=list)
    categories: Annotated[list[Category], Field(max_length=7), AfterValidator(without_repeats)] = Field(
        default_factory=list
    )
    risk_levels: Annotated[list[RiskLevel], Field(max_length=3), AfterValidator(without_repeats)] = Field(
        default_factory=list
    )
    age_from: Age | None = None
    age_to: Age | None = None
    reason: Reason | None = None


class EndCampaignBody(Body):
    """Why; kept encrypted."""

    reason: Reason


class CampaignQuery(Query):
    """A county; one's own where none is named."""

    district_code: District | None = None


class CampaignVisitQuery(PageQuery):
    """The extra visits of a township, all of one's own where none is named; with `uncovered` only those without a
    day."""

    township_id: Id | None = None
    uncovered: bool = False


class CampaignItem(BaseModel):
    """A campaign: whom, where, and from when to when. Empty lists and nulls of the group mean any."""

    id: str
    version: int
    kind: str
    kind_label: str
    state: str
    state_label: str
    district_code: str
    township_ids: list[str]
    categories: list[str]
    risk_levels: list[str]
    age_from: int | None
    age_to: int | None
    first_day: str
    last_day: str
    planned: bool
    started_at: datetime
    actions: list[str]


class CampaignList(BaseModel):
    items: list[CampaignItem]
    next: str | None


class ReasonCount(BaseModel):
    reason: str
    label: str
    count: int


class ProgressView(BaseModel):
    """Of the people it is about: seen, planned, and without a day with the reasons."""

    people: int
    met: int
    planned: int
    uncovered: int
    reasons: list[ReasonCount]


class TownshipProgress(ProgressView):
    township_id: str
    township: str


class CampaignDetail(CampaignItem):
    """`as_of`: when the progress was counted, of a campaign too large to be counted at every look."""

    as_of: datetime | None = None
    progress: ProgressView
    townships: list[TownshipProgress]


class TownshipPeople(BaseModel):
    township_id: str
    township: str
    people: int


class TrialView(BaseModel):
    """What was asked, and how many people of the register it would be about."""

    kind: str
    district_code: str
    township_ids: list[str]
    categories: list[str]
    risk_levels: list[str]
    age_from: int | None
    age_to: int | None
    first_day: date
    last_day: date
    reason: str | None
    people: int
    townships: list[TownshipPeople]


class CampaignVisitPage(BaseModel):
    items: list[PlannedVisitView]
    next: str | None


class Campaigns(Endpoint):
    @route(access=staff(*REGISTRARS), query=CampaignQuery, response=CampaignList)
    def get(self, call: Call) -> dict[str, Any]:
        """The campaigns of one's place, those that run first."""
        found = campaigns.campaigns_of(call.actor, call.query.district_code)
        return {"items": [_item(each, call.actor) for each in found], "next": None}

    @route(access=staff(SUPERVISOR), body=StartCampaignBody, response=CampaignItem, idempotent=True, status=201,
           rate="write")  # fmt: skip
    def post(self, call: Call) -> dict[str, Any]:
        """Begin an extra round; its visits are planned within seconds."""
        return _item(campaigns.start(call.idempotency_id or "", _order(call), by=call.actor, at=call.at), call.actor)


class CampaignTrial(Endpoint):
    @route(access=staff(SUPERVISOR), body=StartCampaignBody, response=TrialView, idempotent=True, rate="write")
    def post(self, call: Call) -> TrialView:
        """How many people an extra round would be about, by township; nothing is begun."""
        order = _order(call)
        counts = campaigns.preview(order, by=call.actor, at=call.at)
        townships = [
            TownshipPeople(township_id=township, township=township_name(township), people=count)
            for township, count in sorted(counts.items())
        ]
        asked = {**call.body.model_dump(), "district_code": order.district_code, "first_day": order.first_day}
        return TrialView(**asked, people=sum(counts.values()), townships=townships)


class OneCampaign(Endpoint):
    @route(access=staff(*REGISTRARS), response=CampaignDetail)
    def get(self, call: Call) -> dict[str, Any]:
        """A campaign with its progress by township."""
        campaign = campaigns.campaign_of_place(call.path["campaign_id"], call.actor)
        whole, by_township, as_of = campaigns.progress(campaign["_id"], call.actor, call.at)
        townships = [
            {**_progress(each), "township_id": township, "township": township_name(township)}
            for township, each in by_township.items()
        ]
        return {**_item(campaign, call.actor), "progress": _progress(whole), "townships": townships, "as_of": as_of}


class CampaignVisits(Endpoint):
    @route(access=staff(*REGISTRARS), query=CampaignVisitQuery, response=CampaignVisitPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The extra visits, names masked; what has no day comes first, with its reason."""
        asked = call.query
        campaign = campaigns.campaign_of_place(call.path["campaign_id"], call.actor)
        if asked.township_id is not None:
            queries.scope_of(call.actor, None, asked.township_id)
        page = campaigns.visits_of(
            campaign, asked.township_id, asked.uncovered, asked.cursor, asked.limit, by=call.actor
        )
        elders = queries.elders_by_id(each["elder_id"] for each in page.items)
        return {"items": [planned_visit_view(each, elders.get(each["elder_id"])) for each in page.items],
                "next": page.next}  # fmt: skip


class EndCampaign(Endpoint):
    @route(access=staff(SUPERVISOR), body=EndCampaignBody, response=CampaignItem, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """End it today; who was not seen becomes a concern."""
        return _ended(call, "end")


class CallOffCampaign(Endpoint):
    @route(access=staff(SUPERVISOR), body=EndCampaignBody, response=CampaignItem, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """It is not needed: its visits are withdrawn, and nobody becomes a concern."""
        return _ended(call, "call_off")


def _order(call: Call) -> campaigns.Order:
    asked = call.body
    district = asked.district_code or call.actor.district_code
    if district is None:
        raise InvalidInput(faults=[FieldFault("district_code", "missing")])
    group = {"categories": asked.categories, "risk_levels": asked.risk_levels, "age_from": asked.age_from,
             "age_to": asked.age_to}  # fmt: skip
    return campaigns.Order(asked.kind, district, asked.township_ids, group, asked.first_day or day_of(call.at),
                           asked.last_day, asked.reason)  # fmt: skip


def _ended(call: Call, action: str) -> dict[str, Any]:
    done = campaigns.end(
        call.path["campaign_id"], action, call.body.reason, by=call.actor, at=call.at, key=call.idempotency_id or ""
    )
    return _item(done, call.actor)


def _item(campaign: Raw, by: Actor) -> dict[str, Any]:
    kept = ("version", "kind", "state", "district_code", "township_ids", "first_day", "last_day")
    return {
        **{name: campaign[name] for name in kept},
        **campaign["group"],
        "id": campaign["_id"],
        "kind_label": say(f"campaigns.kind.{campaign['kind']}"),
        "state_label": say(f"campaigns.state.{campaign['state']}"),
        "planned": campaign["built"],
        "started_at": campaign["created_at"],
        "actions": CAMPAIGN_LIFECYCLE.actions_for(campaign, by),
    }


def _progress(progress: campaigns.Progress) -> dict[str, Any]:
    reasons = [
        {"reason": reason, "label": say(f"eldercare.plan_reason.{reason}"), "count": count}
        for reason, count in sorted(progress.reasons.items())
    ]
    return {"people": progress.people, "met": progress.met, "planned": progress.planned,
            "uncovered": progress.uncovered, "reasons": reasons}  # fmt: skip
