"""What the routes of reports take and give: arrival, checklist, needs, corrections, and what phones upload."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.endpoint import Body
from api.v1.eldercare.schemas import Id, Moment, Notes, Reason, Version, _readable
from config.loading import rule
from config.text import label, say, sentences
from models.eldercare.documents import CancelReason, NeedKind, Outcome
from models.eldercare.uploads import Applied, Event, VisitRef
from models.eldercare.visiting import Nearness, Need, PhonePoint, Report
from models.facilities.datum import Datum
from models.kernel.errors import FieldFault

Answer = bool | Annotated[int, Field(ge=0, le=10_000)] | Annotated[str, Field(max_length=40)]
Checklist = Annotated[dict[Annotated[str, Field(max_length=40)], Answer], Field(max_length=60)]
ClientId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[\x21-\x7e]+$")]
Token = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]


class NeedBody(Body):
    """Something the person needs. `programme`: its token, of a programme alone; the note is kept encrypted."""

    kind: NeedKind
    programme: Token | None = None
    note: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_readable)] | None = None

    def need(self) -> Need:
        return Need(self.kind, self.programme, self.note)


Needs = Annotated[list[NeedBody], Field(max_length=rule("eldercare.needs_most"))]


class PointBody(Body):
    """Where the phone is, degrees of `datum`; compared with the home and forgotten. `accuracy_m` as the phone says."""

    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    datum: Datum
    accuracy_m: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] | None = None

    def point(self) -> PhonePoint:
        return PhonePoint(self.longitude, self.latitude, self.datum, self.accuracy_m)


class NearBody(Body):
    """What a phone found that compared its point with the home by itself, by the day's `arrival`: no point is sent."""

    within: bool | None
    band: Annotated[str, Field(min_length=1, max_length=20)]

    def near(self) -> Nearness:
        return Nearness(self.within, self.band)


class ArriveBody(Body):
    """The arrival at the home: what the phone found by itself (`near`), or its point."""

    point: PointBody | None = None
    near: NearBody | None = None
    version: Version | None = None
    device_time: Moment | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> ArriveBody:
        if (self.point is None) == (self.near is None):
            raise PydanticCustomError("one_of_both", "either point or near")
        return self

    def sight(self) -> PhonePoint | Nearness:
        return sight_of(self.point, self.near)


class ReportBody(Body):
    """What was found. Notes, checklist and needs are kept encrypted."""

    outcome: Outcome
    notes: Notes | None = None
    checklist: Checklist | None = None
    needs: Needs = Field(default_factory=list)

    def report(self, device_time: datetime | None) -> Report:
        return Report(self.outcome, self.notes, device_time, self.checklist, tuple(each.need() for each in self.needs))


class CompleteBody(ReportBody):
    """What was found, of the visit as it was read."""

    version: Version
    device_time: Moment | None = None


class CorrectBody(Body):
    """What the visit is to say: another outcome, or that another report counts, or both. Why is kept encrypted.

    `found_at`: when it was found, where the phone's and the server's time are both wrong. To confirm what stands, name
    its outcome.
    """

    version: Version
    reason: Reason
    outcome: Outcome | None = None
    report_id: Id | None = None
    found_at: Moment | None = None

    @model_validator(mode="after")
    def _something(self) -> CorrectBody:
        if self.outcome is None and self.report_id is None:
            raise PydanticCustomError("missing", "outcome or report_id")
        return self


class VisitRefBody(Body):
    """A visit that the server gave (`visit_id`), or the phone's own: `local_id` with `planned_id` or `elder_id`."""

    visit_id: Id | None = None
    local_id: ClientId | None = None
    planned_id: Id | None = None
    elder_id: Id | None = None

    @model_validator(mode="after")
    def _one_way(self) -> VisitRefBody:
        named = (self.visit_id is not None, self.planned_id is not None, self.elder_id is not None)
        if sum(named) != 1 or (self.local_id is None) != (self.visit_id is not None):
            raise PydanticCustomError("one_of_both", "visit_id, or local_id with planned_id or elder_id")
        return self


class UploadItem(Body):
    """One event of the phone. `complete` brings a `report`, `arrive` what it found (`near`) or a `point`, `cancel` (a
    family's booking, by its `visit_id`) a `reason`, `start` and `undo` (the beginning is taken back) none of them."""

    id: ClientId
    kind: Literal["start", "arrive", "undo", "complete", "cancel"]
    visit: VisitRefBody
    device_time: Moment
    report: ReportBody | None = None
    point: PointBody | None = None
    near: NearBody | None = None
    reason: CancelReason | None = None

    @model_validator(mode="after")
    def _fits(self) -> UploadItem:
        sights = (self.point is not None) + (self.near is not None)
        if (self.report is not None) != (self.kind == "complete") or sights != (self.kind == "arrive"):
            raise PydanticCustomError("one_of_both", "a report to complete, a point or near to arrive")
        cancels = self.kind == "cancel"
        if (self.reason is not None) != cancels or (cancels and self.visit.visit_id is None):
            raise PydanticCustomError("one_of_both", "a reason to cancel a visit that the server knows")
        return self

    def event(self) -> Event:
        ref = VisitRef(self.visit.visit_id, self.visit.local_id, self.visit.planned_id, self.visit.elder_id)
        return Event(
            self.id, self.kind, ref, self.device_time,
            self.report.report(self.device_time) if self.report else None,
            sight_of(self.point, self.near) if self.kind == "arrive" else None, self.reason,
        )  # fmt: skip


class UploadBody(Body):
    """Events of one phone, each an `UploadItem`; read one by one, so that a bad one does not hold up the others."""

    device_id: ClientId
    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=rule("eldercare.upload_items_most"))]


class EventFault(BaseModel):
    """One field of an event that cannot be as it is."""

    field: str
    code: str
    detail: str


class UploadResult(BaseModel):
    """What became of one event. `done`: it stands; `kept`: the report is kept beside the one that counts; `refused`: it
    is not here, the phone keeps it. `code` and `detail`: why, or the conflict in which the visit stands."""

    id: str | None
    result: Literal["done", "kept", "refused"]
    code: str | None
    detail: str | None
    faults: list[EventFault]
    visit_id: str | None
    version: int | None
    state: str | None
    outcome: str | None


class UploadView(BaseModel):
    """One result for each event, in the order in which they were sent."""

    results: list[UploadResult]


class ChecklistItemView(BaseModel):
    """One point of the checklist."""

    token: str
    label: str
    kind: str
    options: dict[str, str]
    most: int | None
    health: bool
    required: bool
    risk: list[str]


class ChecklistView(BaseModel):
    """The whole checklist, for the phone to keep: programmes and kinds of need beside it."""

    version: int
    items: list[ChecklistItemView]
    needs: dict[str, str]


def sight_of(point: PointBody | None, near: NearBody | None) -> PhonePoint | Nearness:
    """What an arrival tells, of which one is there. Raises ValueError where there is none."""
    if near is not None:
        return near.near()
    if point is None:
        raise ValueError("point or near")
    return point.point()


def result_view(applied: Applied) -> UploadResult:
    """One result in words."""
    visit = applied.visit or {}
    detail = None
    if applied.result == "refused":
        detail = say(f"errors.{applied.code}", **applied.params)
    elif applied.code is not None:
        detail = label("eldercare.conflict", applied.code)
    return UploadResult(
        id=applied.id, result=applied.result, code=applied.code, detail=detail,
        faults=[fault_in_words(each) for each in applied.faults], visit_id=visit.get("_id"),
        version=visit.get("version"), state=visit.get("state"), outcome=visit.get("outcome"),
    )  # fmt: skip


def fault_in_words(fault: FieldFault) -> EventFault:
    """A fault with its sentence."""
    key = f"errors.fields.{fault.code}"
    detail = fault.detail or say(key if key in sentences() else "errors.fields.other")
    return EventFault(field=fault.field, code=fault.code, detail=detail)
