"""What the routes of visits to old people give: plain views of stored documents, each for its reader."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from api.v1.eldercare import visit_views as parts
from api.v1.eldercare.visit_views import ArrivalView, VisitCorrectionView, VisitReportView
from config.loading import rule
from config.text import label, say
from models.eldercare import queries
from models.eldercare.documents import COMPLETED, CONFIRMED, ELDER_NAME, LINK_NAME, Elder, ElderLink
from models.eldercare.lifecycle import ELDER_LIFECYCLE, HEALTH_READERS, LINK_LIFECYCLE
from models.eldercare.notices import ATTEMPTED, township_name
from models.eldercare.settling import masked_name
from models.eldercare.wishes import wishes_of
from models.kernel.actors import SUPERVISOR, Actor
from models.kernel.clock import month_of
from models.kernel.encryption import open_json, open_text
from models.kernel.lifecycle import Raw
from models.kernel.masking import mask_id_number

# Grave outcomes are told to the family by a person; the page only says that somebody will call.
TOLD_BY_A_PERSON = "contact"


class ElderLinkItem(BaseModel):
    """A resident's link to an old person; while it is requested it says only what the resident said."""

    id: str
    version: int
    elder_id: str | None
    name: str
    id_number: str
    relation: str
    relation_label: str
    state: str
    state_label: str
    district_code: str | None = None
    township_id: str | None = None
    township: str | None = None
    on_register: bool | None = None
    seen_this_month: bool | None = None
    actions: list[str]


class SlotItem(BaseModel):
    """An hour with free places."""

    id: str
    district_code: str
    township_id: str
    township: str
    starts_at: datetime
    ends_at: datetime
    free: int


class StaffSlotItem(SlotItem):
    """As its publisher sees it."""

    capacity: int
    visitor_id: str


class VisitItem(BaseModel):
    """A visit as the family sees it; while it is booked, until when it can be moved and cancelled."""

    id: str
    version: int
    state: str
    state_label: str
    elder_id: str
    elder_name: str
    district_code: str
    township_id: str
    township: str
    slot_id: str | None
    starts_at: datetime
    ends_at: datetime | None
    wishes: str | None
    wish_list: list[dict[str, str]]
    outcome: str | None
    outcome_label: str | None
    completed_at: datetime | None
    move_until: datetime | None
    cancel_until: datetime | None
    actions: list[str]
    cancel_reason_label: str | None = None


class StaffVisitItem(VisitItem):
    """A visit as the staff of its place see it; the name is masked, the outcome is the visitor's."""

    community: str | None
    risk_level: str | None
    visitor_id: str | None
    booked: bool
    started_at: datetime | None
    seen_at: datetime | None
    device_time: datetime | None
    device_time_trusted: bool | None
    planned: bool
    arrival: ArrivalView | None
    report_id: str | None
    conflict: str | None
    conflict_label: str | None
    instead_of: str | None


class StaffVisitDetail(StaffVisitItem):
    """With notes and answers, for those who may read them; all reports and corrections for the supervisor."""

    notes: str | None
    checklist: list[dict[str, Any]]
    reports: list[VisitReportView]
    corrections: list[VisitCorrectionView]


class StaffElderItem(BaseModel):
    """A register entry in a list: masked."""

    id: str
    version: int
    state: str
    name: str
    categories: list[str]
    category_labels: list[str]
    risk_level: str
    risk_label: str
    district_code: str
    township_id: str
    township: str
    community: str
    on_register: bool
    seen_this_month: bool


class StaffLinkItem(BaseModel):
    """A family's request or link in a list: masked."""

    id: str
    version: int
    resident_id: str
    elder_id: str | None
    name: str
    id_number: str
    relation: str
    relation_label: str
    state: str
    state_label: str
    township_id: str | None
    created_at: datetime
    actions: list[str]


class StaffLinkDetail(StaffLinkItem):
    """What the township compares: the names in full."""

    resident_name: str | None


class Period(BaseModel):
    """Days on the register, both ends within."""

    since: date
    until: date | None
    reason: str | None
    reason_label: str | None


class StaffElderDetail(StaffElderItem):
    """A register entry; health notes only for those who need them."""

    full_name: str
    id_number: str
    birth_date: date
    address: str
    contacts: list[dict[str, Any]]
    point: dict[str, float] | None
    health_notes: str | None
    legal_basis: dict[str, Any]
    language_label: str | None
    risk_from_label: str
    places: list[dict[str, str]]
    periods: list[Period]
    seen_months: list[str]
    links: list[StaffLinkItem]
    actions: list[str]


class ElderLinkPage(BaseModel):
    items: list[ElderLinkItem]
    next: str | None = None


class SlotPage(BaseModel):
    items: list[SlotItem]
    next: str | None = None


class VisitPage(BaseModel):
    items: list[VisitItem]
    next: str | None = None


class StaffVisitPage(BaseModel):
    items: list[StaffVisitItem]
    next: str | None = None


class StaffElderPage(BaseModel):
    items: list[StaffElderItem]
    next: str | None = None


class StaffLinkPage(BaseModel):
    items: list[StaffLinkItem]
    next: str | None = None


def link_item(link: Raw, elder: Raw | None, by: Actor, at: datetime) -> ElderLinkItem:
    """The resident's own view. What the register says is shown only once the township has confirmed."""
    known = elder if link["state"] == CONFIRMED else None
    return ElderLinkItem(
        id=link["_id"], version=link["version"], elder_id=known["_id"] if known else None,
        name=open_text(link["name"], LINK_NAME), id_number=_masked_number(link, ElderLink), relation=link["relation"],
        relation_label=label("eldercare.relation", link["relation"]), state=link["state"],
        state_label=label("eldercare.link_state", link["state"]),
        district_code=known["district_code"] if known else None,
        township_id=known["township_id"] if known else None,
        township=township_name(known["township_id"]) if known else None,
        on_register=queries.on_register(known, at) if known else None,
        seen_this_month=queries.seen_in(known, month_of(at)) if known else None,
        actions=LINK_LIFECYCLE.actions_for(link, by),
    )  # fmt: skip


def slot_item(slot: Raw) -> SlotItem:
    """A slot for families: no visitor, no bookings."""
    return SlotItem(**_slot(slot))


def staff_slot_item(slot: Raw) -> StaffSlotItem:
    """A slot for its publisher."""
    return StaffSlotItem(**_slot(slot), capacity=slot["capacity"], visitor_id=slot["visitor_id"])


def visit_item(visit: Raw, elder: Raw | None, by: Actor) -> VisitItem:
    """A visit for the family that booked it."""
    outcome = _told(visit["outcome"]) if visit["state"] == COMPLETED else None
    return VisitItem(**_visit(visit, elder, by, outcome))


def staff_visit_item(visit: Raw, elder: Raw | None, by: Actor) -> StaffVisitItem:
    """A visit in a list of the staff."""
    return StaffVisitItem(**_staff_visit(visit, elder, by))


def staff_visit_detail(visit: Raw, elder: Raw | None, by: Actor) -> StaffVisitDetail:
    """A visit with its notes."""
    health, supervisor = may_read_health(by), by.has_role(SUPERVISOR)
    return StaffVisitDetail(
        **_staff_visit(visit, elder, by), notes=parts.notes_of(visit) if health else None,
        checklist=parts.answers_of(visit, health=health),
        reports=[parts.report_view(each, visit) for each in visit.get("reports", ())] if supervisor else [],
        corrections=[parts.correction_view(each) for each in visit.get("corrections", ())] if supervisor else [],
    )  # fmt: skip


def staff_elder_item(elder: Raw, at: datetime) -> StaffElderItem:
    """A register entry in a list."""
    return StaffElderItem(**_elder(elder, at))


def staff_elder_detail(elder: Raw, links: list[Raw], by: Actor, at: datetime) -> StaffElderDetail:
    """A register entry in full, for the staff of its place."""
    private = open_json(elder["private"], Elder.private.context)
    health = open_text(elder["health_notes"], Elder.health_notes.context) if elder.get("health_notes") else None
    return StaffElderDetail(
        **_elder(elder, at), full_name=open_text(elder["name"], ELDER_NAME), id_number=_masked_number(elder, Elder),
        birth_date=date.fromisoformat(open_text(elder["birth_date"], Elder.birth_date.context)),
        address=private["address"], contacts=private["contacts"], point=private["point"],
        health_notes=health if may_read_health(by) else None, legal_basis=elder["legal_basis"],
        language_label=label("eldercare.language", elder["language"]) if elder.get("language") else None,
        risk_from_label=label("eldercare.risk_from", elder.get("risk_from", "staff")), places=elder.get("places", []),
        periods=[_period(each) for each in elder["periods"]],
        seen_months=sorted(elder.get("seen_months", ())), links=[staff_link_item(each, by) for each in links],
        actions=ELDER_LIFECYCLE.actions_for(elder, by),
    )  # fmt: skip


def staff_link_item(link: Raw, by: Actor) -> StaffLinkItem:
    """A family's request in a list."""
    return StaffLinkItem(
        **_link(link, by), name=masked_name(link, LINK_NAME), id_number=_masked_number(link, ElderLink)
    )


def staff_link_detail(link: Raw, resident_name: str | None, by: Actor) -> StaffLinkDetail:
    """A family's request as the township compares it with papers."""
    number = open_text(link["id_number"], ElderLink.id_number.context)
    name = open_text(link["name"], LINK_NAME)
    return StaffLinkDetail(**_link(link, by), name=name, id_number=number, resident_name=resident_name)


def may_read_health(by: Actor) -> bool:
    """Need to know: those who visit, and those who answer for it."""
    return by.has_role(*HEALTH_READERS)


def _told(outcome: str) -> str:
    told = outcome in rule("eldercare.outcomes_seen") or outcome in ATTEMPTED
    return outcome if told else TOLD_BY_A_PERSON


def _masked_number(stored: Raw, record: type[Elder] | type[ElderLink]) -> str:
    return mask_id_number(open_text(stored["id_number"], record.id_number.context))


def _slot(slot: Raw) -> dict[str, Any]:
    kept = {name: slot[name] for name in ("district_code", "township_id", "starts_at", "ends_at", "free")}
    return {**kept, "id": slot["_id"], "township": township_name(slot["township_id"])}


def _visit(visit: Raw, elder: Raw | None, by: Actor, outcome: str | None) -> dict[str, Any]:
    kept = ("version", "state", "elder_id", "district_code", "township_id", "starts_at")
    maybe = ("slot_id", "ends_at", "completed_at")
    wished, reason = wishes_of(visit), visit.get("cancel_reason")
    return {
        **{name: visit[name] for name in kept},
        **{name: visit.get(name) for name in maybe},
        "id": visit["_id"],
        "state_label": label("eldercare.visit_state", visit["state"]),
        "elder_name": masked_name(elder),
        "township": township_name(visit["township_id"]),
        "wishes": wished.words,
        "wish_list": [{"token": each, "label": say(f"visitors.wish.{each}")} for each in wished.ticked],
        "outcome": outcome,
        "outcome_label": label("eldercare.outcome", outcome) if outcome else None,
        **parts.limits(visit),
        "actions": parts.actions_of(visit, by),
        "cancel_reason_label": label("eldercare.cancel_reason", reason) if reason else None,
    }


def _staff_visit(visit: Raw, elder: Raw | None, by: Actor) -> dict[str, Any]:
    maybe = ("visitor_id", "started_at", "seen_at", "device_time", "device_time_trusted")
    return {
        **_visit(visit, elder, by, visit.get("outcome")),
        **{name: visit.get(name) for name in maybe},
        "community": elder["community"] if elder else None,
        "risk_level": elder["risk_level"] if elder else None,
        "booked": visit.get("booking_id") is not None,
        "planned": visit.get("planned_id") is not None,
        "arrival": parts.arrival_view(visit["arrival"]) if visit.get("arrival") else None,
        "report_id": visit.get("report_id"),
        "conflict": visit.get("conflict"),
        "conflict_label": label("eldercare.conflict", visit["conflict"]) if visit.get("conflict") else None,
        "instead_of": visit.get("instead_of"),
    }


def _elder(elder: Raw, at: datetime) -> dict[str, Any]:
    kept = ("version", "state", "categories", "risk_level", "district_code", "township_id", "community")
    return {
        **{name: elder[name] for name in kept},
        "id": elder["_id"],
        "name": masked_name(elder),
        "category_labels": [label("eldercare.category", each) for each in elder["categories"]],
        "risk_label": label("eldercare.risk", elder["risk_level"]),
        "township": township_name(elder["township_id"]),
        "on_register": queries.on_register(elder, at),
        "seen_this_month": queries.seen_in(elder, month_of(at)),
    }


def _period(period: Raw) -> Period:
    reason = period["reason"]
    told = label("eldercare.end_reason", reason) if reason else None
    return Period(since=period["from"], until=period["until"], reason=reason, reason_label=told)


def _link(link: Raw, by: Actor) -> dict[str, Any]:
    kept = ("version", "resident_id", "relation", "state", "created_at")
    return {
        **{name: link[name] for name in kept},
        "id": link["_id"],
        "elder_id": link.get("elder_id"),
        "relation_label": label("eldercare.relation", link["relation"]),
        "state_label": label("eldercare.link_state", link["state"]),
        "township_id": link.get("township_id"),
        "actions": LINK_LIFECYCLE.actions_for(link, by),
    }
