"""Concerns: the list that must be empty, one with its chain, and what the staff answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, Query, route
from api.v1.eldercare.schemas import Cursor, Day, District, Id, Readable, Version
from config.loading import catalogue, rule
from config.text import label, say
from models.eldercare import concern_answers, concern_queries, queries
from models.eldercare.concern_records import CONCERN_LIFECYCLE, READERS, RESOLVERS, Cause, Resolution
from models.eldercare.notices import township_name
from models.eldercare.settling import masked_name
from models.kernel.actors import SUPERVISOR, Actor
from models.kernel.lifecycle import Raw, note_of

Note = Annotated[str, Field(min_length=1, max_length=500), Readable]
LAST_STEP = len(rule("concerns.steps")) - 1


class ConcernQuery(Query):
    """A place, all of one's own where none is named; and which of its concerns."""

    district_code: District | None = None
    township_id: Id | None = None
    cause: Cause | None = None
    step: Annotated[int, Field(ge=0, le=LAST_STEP)] | None = None
    overdue: bool = False
    limit: Annotated[int, Field(ge=1, le=rule("concerns.list_most"))] = rule("eldercare.page_size")
    cursor: Cursor | None = None


class AcknowledgeConcernBody(Body):
    """What is going to be done, if there is something to say; kept encrypted."""

    note: Note | None = None


class ReportConcernBody(Body):
    """What was done; kept encrypted."""

    note: Note


class ResolveConcernBody(Body):
    """Why it is over, with the evidence (who saw the person, when); kept encrypted. `until`: the last day on the
    register, where the reason is a step of the register; today unless named."""

    reason: Resolution
    evidence: Note
    until: Day | None = None
    version: Version | None = None


class ConcernItem(BaseModel):
    """A concern in the list: the name masked, who is asked, and by when they must act."""

    id: str
    number: str
    version: int
    state: str
    state_label: str
    cause: str
    cause_label: str
    elder_id: str
    name_masked: str
    visit_id: str | None
    district_code: str
    township_id: str
    township: str
    since: datetime
    step: int
    step_label: str
    asked: list[str]
    act_by: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    overdue_at: datetime | None
    resolution: str | None
    resolution_label: str | None
    actions: list[str]


class PlaceCount(BaseModel):
    code: str
    name: str
    count: int


class ConcernCounts(BaseModel):
    """Of the whole list, not the page; each part adds up to the total."""

    total: int
    overdue: int
    by_cause: dict[str, int]
    by_step: dict[str, int]
    by_place: list[PlaceCount]


class ConcernPage(BaseModel):
    items: list[ConcernItem]
    next: str | None
    counts: ConcernCounts


class ChainStep(BaseModel):
    """A step as it was told. `nobody`: nobody held its role in the place, so the next was told at once."""

    round: int
    step: int
    step_label: str
    at: datetime
    told: list[str]
    nobody: bool


class ConcernEvent(BaseModel):
    """What happened, by whom, with what they said."""

    action: str
    action_label: str
    at: datetime
    by: str
    note: str | None


class ConcernDetail(ConcernItem):
    about_at: datetime
    resolved_at: datetime | None
    evidence_visit_id: str | None
    steps: list[ChainStep]
    events: list[ConcernEvent]


class Concerns(Endpoint):
    @route(access=staff(*READERS), query=ConcernQuery, response=ConcernPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The open concerns of one's place, the oldest first, with their counts; this list should be empty."""
        asked = call.query
        which = concern_queries.Asked(asked.district_code, asked.township_id, asked.cause, asked.step, asked.overdue)
        page, counts = concern_queries.open_concerns(which, asked.cursor, asked.limit, call.actor)
        elders = queries.elders_by_id(each["elder_id"] for each in page.items)
        items = [_item(each, elders.get(each["elder_id"]), call.actor) for each in page.items]
        return {"items": items, "next": page.next, "counts": _counts(counts)}


class OneConcern(Endpoint):
    @route(access=staff(*READERS), response=ConcernDetail)
    def get(self, call: Call) -> dict[str, Any]:
        """One concern with its chain and what was said; every look is recorded."""
        return _detail(concern_answers.open_file(call.path["concern_id"], by=call.actor, at=call.at), call.actor)


class AcknowledgeConcern(Endpoint):
    @route(access=staff(*READERS), body=AcknowledgeConcernBody, response=ConcernDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take it on; it must be brought to an end within the time to act."""
        done = concern_answers.acknowledge(
            call.path["concern_id"], call.body.note, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return _detail(done, call.actor)


class ReportConcern(Endpoint):
    @route(access=staff(*READERS), body=ReportConcernBody, response=ConcernDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Say what was done."""
        done = concern_answers.report(
            call.path["concern_id"], call.body.note, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return _detail(done, call.actor)


class ResolveConcern(Endpoint):
    @route(access=staff(*RESOLVERS), body=ResolveConcernBody, response=ConcernDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """End it with a reason and the evidence; moved, in hospital, died, left: on the register as well."""
        asked = call.body
        ending = concern_answers.Ending(asked.reason, asked.evidence, asked.until)
        done = concern_answers.resolve(
            call.path["concern_id"], ending, by=call.actor, at=call.at, key=call.idempotency_id or "",
            version=asked.version,
        )  # fmt: skip
        return _detail(done, call.actor)


class ReopenConcern(Endpoint):
    @route(access=staff(SUPERVISOR), body=ReportConcernBody, response=ConcernDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """It was resolved wrongly: the chain begins anew."""
        done = concern_answers.reopen(
            call.path["concern_id"], call.body.note, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return _detail(done, call.actor)


def _item(concern: Raw, elder: Raw | None, by: Actor) -> dict[str, Any]:
    kept = ("number", "version", "state", "cause", "elder_id", "district_code", "township_id", "since", "step")
    maybe = ("visit_id", "acknowledged_at", "acknowledged_by", "overdue_at")
    steps = concern.get("steps") or []
    how = (concern.get("resolution") or {}).get("kind")
    return {
        **{name: concern[name] for name in kept},
        **{name: concern.get(name) for name in maybe},
        "id": concern["_id"],
        "state_label": say(f"concerns.state.{concern['state']}"),
        "cause_label": say(f"concerns.cause.{concern['cause']}"),
        "name_masked": masked_name(elder),
        "township": township_name(concern["township_id"]),
        "step_label": _step_label(concern["step"]),
        "asked": steps[-1]["told"] if steps else [],
        "act_by": concern.get("alarm_at"),
        "resolution": how,
        "resolution_label": label("concerns.resolution", how) if how else None,
        "actions": CONCERN_LIFECYCLE.actions_for(concern, by),
    }


def _detail(concern: Raw, by: Actor) -> dict[str, Any]:
    elder = queries.elders_by_id([concern["elder_id"]]).get(concern["elder_id"])
    steps = [{**each, "step_label": _step_label(each["step"])} for each in concern.get("steps") or []]
    return {
        **_item(concern, elder, by),
        "about_at": concern["about_at"],
        "resolved_at": concern.get("resolved_at"),
        "evidence_visit_id": (concern.get("resolution") or {}).get("visit_id"),
        "steps": steps,
        "events": [_event(each) for each in concern["history"]],
    }


def _event(entry: Raw) -> dict[str, Any]:
    return {
        "action": entry["action"],
        "action_label": label("concerns.action", entry["action"]),
        "at": entry["at"],
        "by": entry["by"]["id"],
        "note": note_of(entry),
    }


def _counts(counts: concern_queries.Counts) -> dict[str, Any]:
    places = [{"code": code, "name": _place_name(code), "count": n} for code, n in sorted(counts.by_place.items())]
    by_step = {rule("concerns.steps")[step]["name"]: count for step, count in sorted(counts.by_step.items())}
    return {"total": counts.total, "overdue": counts.overdue, "by_cause": dict(counts.by_cause), "by_step": by_step,
            "by_place": places}  # fmt: skip


def _place_name(code: str) -> str:
    district = catalogue().districts.get(code)
    return district.name_zh if district else township_name(code)


def _step_label(step: int) -> str:
    return say(f"concerns.step.{rule('concerns.steps')[step]['name']}")
