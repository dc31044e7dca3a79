"""Needs that visits found, as a list for the township's staff; and endings that visits propose, for the registrar."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, route
from api.v1.eldercare.schemas import Day, PageQuery, Reason, StaffPlaceQuery, Version
from config.programmes import programmes
from config.text import label
from models.eldercare import proposals, queries, referrals
from models.eldercare.documents import EndReason
from models.eldercare.lifecycle import REGISTRARS
from models.eldercare.notices import township_name
from models.eldercare.referral_records import NOTE, REFERRAL_LIFECYCLE
from models.eldercare.register_proposals import PROPOSAL_LIFECYCLE
from models.eldercare.settling import masked_name
from models.kernel import audit
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.encryption import open_text
from models.kernel.lifecycle import Raw, note_of

DECIDERS = (TOWNSHIP_INTAKE, SUPERVISOR)


class ReferralQuery(PageQuery, StaffPlaceQuery):
    """The referrals of a place in one state."""

    state: Literal["open", "taken", "done", "declined"] = "open"


class VersionBody(Body):
    """The version that was read."""

    version: Version


class ReasonBody(VersionBody):
    """Why; kept encrypted."""

    reason: Reason


class CaseBody(Body):
    """What came of it: an application's id, or the number of a feedback or a clinic."""

    kind: referrals.CaseKind
    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")] | None = None


class FinishBody(VersionBody):
    """What was done, in words (kept encrypted), and the case that came of it."""

    note: Reason
    case: CaseBody


class AcceptBody(VersionBody):
    """The last day on the register and why it ends; as the visit found unless named."""

    until: Day | None = None
    reason: EndReason | None = None


class ReferralItem(BaseModel):
    """A need in a list: masked, without what was said of it."""

    id: str
    version: int
    state: str
    state_label: str
    kind: str
    kind_label: str
    programme: str | None
    programme_label: str | None
    elder_id: str
    elder_name: str
    visit_id: str
    district_code: str
    township_id: str
    township: str
    found_by: str
    taken_by: str | None
    case: dict[str, str | None] | None
    created_at: datetime
    actions: list[str]


class ReferralDetail(ReferralItem):
    """With what the visitor said, and what was done; of a medical need for visitors and supervisors alone."""

    note: str | None
    steps: list[dict[str, Any]]


class ReferralPage(BaseModel):
    items: list[ReferralItem]
    next: str | None


class ProposalItem(BaseModel):
    """An ending that a visit proposes: masked; `until` and `reason` as the visit found."""

    id: str
    version: int
    state: str
    state_label: str
    elder_id: str
    elder_name: str
    visit_id: str
    reason: str
    reason_label: str
    until: str
    district_code: str
    township_id: str
    township: str
    created_at: datetime
    actions: list[str]


class ProposalList(BaseModel):
    items: list[ProposalItem]
    next: str | None = None


class Referrals(Endpoint):
    @route(access=staff(*REGISTRARS), query=ReferralQuery, response=ReferralPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The needs of one's place in one state, masked: the oldest first, of what is over the latest."""
        asked = call.query
        scope = queries.scope_of(call.actor, asked.district_code, asked.township_id)
        page = referrals.page_of_referrals(scope, asked.state, asked.cursor, asked.limit, call.at)
        elders = queries.elders_by_id(each["elder_id"] for each in page.items)
        items = [_item(each, elders.get(each["elder_id"]), call.actor) for each in page.items]
        return {"items": items, "next": page.next}


class OneReferral(Endpoint):
    @route(access=staff(*REGISTRARS), response=ReferralDetail)
    def get(self, call: Call) -> ReferralDetail:
        """One need with what was said of it; every look is recorded."""
        referral = referrals.referral_of_place(call.path["referral_id"], call.actor)
        audit.record(call.actor, "referral_read", f"referral:{referral['_id']}", call.at,
                     district_code=referral["district_code"])  # fmt: skip
        return _detail(referral, call.actor)


class TakeReferral(Endpoint):
    @route(access=staff(*REGISTRARS), body=VersionBody, response=ReferralDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> ReferralDetail:
        """See to it oneself."""
        return _detail(referrals.take(call.path["referral_id"], **_by(call)), call.actor)


class GiveBackReferral(Endpoint):
    @route(access=staff(*REGISTRARS), body=ReasonBody, response=ReferralDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> ReferralDetail:
        """Put it back on the list."""
        return _detail(referrals.give_back(call.path["referral_id"], call.body.reason, **_by(call)), call.actor)


class FinishReferral(Endpoint):
    @route(access=staff(*REGISTRARS), body=FinishBody, response=ReferralDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> ReferralDetail:
        """Say what came of it, with the case."""
        asked = call.body
        case = referrals.Case(asked.case.kind, asked.case.id)
        return _detail(referrals.finish(call.path["referral_id"], case, asked.note, **_by(call)), call.actor)


class DeclineReferral(Endpoint):
    @route(access=staff(*DECIDERS), body=ReasonBody, response=ReferralDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> ReferralDetail:
        """Say why nothing comes of it."""
        return _detail(referrals.decline(call.path["referral_id"], call.body.reason, **_by(call)), call.actor)


class Proposals(Endpoint):
    @route(access=staff(*REGISTRARS), query=StaffPlaceQuery, response=ProposalList)
    def get(self, call: Call) -> dict[str, Any]:
        """The endings that visits propose and nobody has decided on; this list should be empty."""
        scope = queries.scope_of(call.actor, call.query.district_code, call.query.township_id)
        found = proposals.open_proposals(scope)
        elders = queries.elders_by_id(each["elder_id"] for each in found)
        return {"items": [_proposal(each, elders.get(each["elder_id"]), call.actor) for each in found], "next": None}


class AcceptProposal(Endpoint):
    @route(access=staff(*DECIDERS), body=AcceptBody, response=ProposalItem, idempotent=True, rate="write")
    def post(self, call: Call) -> ProposalItem:
        """End the period as proposed, or on another day or for another reason."""
        asked = call.body
        done = proposals.accept(
            call.path["proposal_id"], asked.until, asked.reason, by=call.actor, at=call.at, version=asked.version
        )
        return _proposal(done, queries.elders_by_id([done["elder_id"]]).get(done["elder_id"]), call.actor)


class DismissProposal(Endpoint):
    @route(access=staff(*DECIDERS), body=ReasonBody, response=ProposalItem, idempotent=True, rate="write")
    def post(self, call: Call) -> ProposalItem:
        """Keep the person on the register."""
        done = proposals.dismiss(call.path["proposal_id"], call.body.reason, **_by(call))
        return _proposal(done, queries.elders_by_id([done["elder_id"]]).get(done["elder_id"]), call.actor)


def _by(call: Call) -> dict[str, Any]:
    return {"by": call.actor, "at": call.at, "key": call.idempotency_id or "", "version": call.body.version}


def _fields(referral: Raw, elder: Raw | None, by: Actor) -> dict[str, Any]:
    kept = (
        "version",
        "state",
        "kind",
        "elder_id",
        "visit_id",
        "district_code",
        "township_id",
        "found_by",
        "created_at",
    )
    programme = referral.get("programme")
    handled = referrals.may_handle(referral, by)
    return {
        **{name: referral[name] for name in kept},
        "id": referral["_id"],
        "state_label": label("eldercare.referral_state", referral["state"]),
        "kind_label": label("eldercare.need", referral["kind"]),
        "programme": programme,
        "programme_label": programmes()[programme].label if programme in programmes() else None,
        "elder_name": masked_name(elder),
        "township": township_name(referral["township_id"]),
        "taken_by": referral.get("taken_by"),
        "case": referral.get("case") or None,
        "actions": REFERRAL_LIFECYCLE.actions_for(referral, by) if handled else [],
    }


def _item(referral: Raw, elder: Raw | None, by: Actor) -> ReferralItem:
    return ReferralItem(**_fields(referral, elder, by))


def _detail(referral: Raw, by: Actor) -> ReferralDetail:
    elder = queries.elders_by_id([referral["elder_id"]]).get(referral["elder_id"])
    may = referrals.may_handle(referral, by)
    note = open_text(referral["note"], NOTE) if referral.get("note") and may else None
    steps = [
        {"action": each["action"], "at": each["at"], "by": each["by"]["id"], "note": note_of(each) if may else None}
        for each in referral["history"]
    ]
    return ReferralDetail(**_fields(referral, elder, by), note=note, steps=steps)


def _proposal(proposal: Raw, elder: Raw | None, by: Actor) -> ProposalItem:
    kept = ("version", "state", "elder_id", "visit_id", "reason", "district_code", "township_id", "created_at")
    decides = [*(("accept",) if by.has_role(*DECIDERS) and proposal["state"] == "open" else ())]
    return ProposalItem(
        **{name: proposal[name] for name in kept}, id=proposal["_id"], elder_name=masked_name(elder),
        state_label=label("eldercare.proposal_state", proposal["state"]), until=proposal["found_on"],
        reason_label=label("eldercare.end_reason", proposal["reason"]),
        township=township_name(proposal["township_id"]),
        actions=[*decides, *PROPOSAL_LIFECYCLE.actions_for(proposal, by)],
    )  # fmt: skip
