"""The register, for the staff of its place: entries, and families' requests."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.eldercare.schemas import (
    AmendElderBody,
    BeginPeriodBody,
    ConfirmLinkBody,
    CorrectPeriodBody,
    EndPeriodBody,
    RefuseLinkBody,
    RegisterElderBody,
    StaffElderQuery,
    StaffPlaceQuery,
)
from api.v1.eldercare.views import (
    StaffElderDetail,
    StaffElderPage,
    StaffLinkDetail,
    StaffLinkItem,
    StaffLinkPage,
    may_read_health,
    staff_elder_detail,
    staff_elder_item,
    staff_link_detail,
    staff_link_item,
)
from config.loading import Place, catalogue
from models.eldercare import amending, operations, queries
from models.eldercare.lifecycle import REGISTER_ROLES, REGISTRARS
from models.kernel import audit
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.clock import day_of
from models.kernel.errors import FieldFault, InvalidInput
from models.kernel.lifecycle import Raw


class StaffElders(Endpoint):
    @route(access=staff(*REGISTRARS), query=StaffElderQuery, response=StaffElderPage)
    def get(self, call: Call) -> dict[str, Any]:
        """A township's register, masked."""
        queries.scope_of(call.actor, None, call.query.township_id)
        page = queries.page_of_elders(call.query.township_id, call.query.cursor, call.query.limit)
        return {"items": [staff_elder_item(elder, call.at) for elder in page.items], "next": page.next}

    @route(access=staff(*REGISTER_ROLES), body=RegisterElderBody, response=StaffElderDetail,
           idempotent=True, status=201)  # fmt: skip
    def post(self, call: Call) -> StaffElderDetail:
        """Write a person into the register of one's township."""
        elder = operations.register_elder(call.idempotency_id or "", _entry(call), by=call.actor, at=call.at)
        return _detail(elder, call)


class OneStaffElder(Endpoint):
    @route(access=staff(*REGISTRARS), response=StaffElderDetail)
    def get(self, call: Call) -> StaffElderDetail:
        """One person; every look is recorded. Health notes only for visitors and supervisors."""
        elder = operations.elder_of_place(call.path["elder_id"], call.actor)
        health = may_read_health(call.actor) and bool(elder.get("health_notes"))
        audit.record(call.actor, "elder_read", f"elder:{elder['_id']}", call.at, district_code=elder["district_code"],
                     detail={"health_notes": health})  # fmt: skip
        return _detail(elder, call)

    @route(access=staff(*REGISTRARS), body=AmendElderBody, response=StaffElderDetail, rate="write")
    def patch(self, call: Call) -> StaffElderDetail:
        """Put right what an entry says: risk, categories, address, contacts, what else a visit has shown. Health notes
        only by who may read them."""
        asked = call.body
        elder = amending.amend(
            call.path["elder_id"], asked.facts(), asked.reason, by=call.actor, at=call.at, version=asked.version
        )
        return _detail(elder, call)


class ConfirmLink(Endpoint):
    @route(access=staff(*REGISTRARS), body=ConfirmLinkBody, response=StaffLinkItem, idempotent=True)
    def post(self, call: Call) -> StaffLinkItem:
        """Confirm that a resident belongs to the family."""
        elder = operations.elder_of_place(call.path["elder_id"], call.actor)
        link = queries.link_asked_for(elder, call.body.link_id, call.body.resident_id)
        done = operations.confirm_link(
            elder["_id"], link, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )  # fmt: skip
        return staff_link_item(done, call.actor)


class EndPeriod(Endpoint):
    @route(access=staff(*REGISTRARS), body=EndPeriodBody, response=StaffElderDetail, idempotent=True)
    def post(self, call: Call) -> StaffElderDetail:
        """End a person's time on the register; visits booked for later are cancelled."""
        asked = call.body
        elder = operations.end_period(
            call.path["elder_id"], asked.until or day_of(call.at), asked.reason, by=call.actor, at=call.at,
            key=call.idempotency_id or "", version=asked.version,
        )  # fmt: skip
        return _detail(elder, call)


class BeginPeriod(Endpoint):
    @route(access=staff(*REGISTRARS), body=BeginPeriodBody, response=StaffElderDetail, idempotent=True)
    def post(self, call: Call) -> StaffElderDetail:
        """Put a person on the register again, back from hospital or elsewhere."""
        asked = call.body
        elder = operations.begin_period(
            call.path["elder_id"], asked.since or day_of(call.at), by=call.actor, at=call.at,
            key=call.idempotency_id or "", version=asked.version,
        )  # fmt: skip
        return _detail(elder, call)


class StaffLinks(Endpoint):
    @route(access=staff(*REGISTRARS), query=StaffPlaceQuery, response=StaffLinkPage)
    def get(self, call: Call) -> dict[str, Any]:
        """The families' requests that wait for an answer, masked."""
        asked = call.query
        found = queries.requests_of(queries.scope_of_requests(call.actor, asked.district_code, asked.township_id))
        return {"items": [staff_link_item(link, call.actor) for link in found], "next": None}


class OneStaffLink(Endpoint):
    @route(access=staff(*REGISTRARS), response=StaffLinkDetail)
    def get(self, call: Call) -> StaffLinkDetail:
        """A request with the names in full, to be compared with papers; every look is recorded."""
        link = operations.link_of_place(call.path["link_id"], call.actor)
        audit.record(call.actor, "elder_link_read", f"elder_link:{link['_id']}", call.at,
                     district_code=link.get("district_code"))  # fmt: skip
        return staff_link_detail(link, queries.resident_name(link["resident_id"]), call.actor)


class RefuseLink(Endpoint):
    @route(access=staff(*REGISTRARS), body=RefuseLinkBody, response=StaffLinkItem, idempotent=True)
    def post(self, call: Call) -> StaffLinkItem:
        """Refuse a family's request."""
        done = operations.refuse_link(
            call.path["link_id"], call.body.reason, by=call.actor, at=call.at, key=call.idempotency_id or ""
        )
        return staff_link_item(done, call.actor)


class EndStaffLink(Endpoint):
    @route(access=staff(*REGISTRARS), response=StaffLinkItem, idempotent=True)
    def post(self, call: Call) -> StaffLinkItem:
        """End a link that should not be."""
        key = call.idempotency_id or ""
        return staff_link_item(
            operations.end_link(call.path["link_id"], by=call.actor, at=call.at, key=key), call.actor
        )


class CorrectPeriod(Endpoint):
    @route(access=staff(SUPERVISOR, TOWNSHIP_INTAKE), body=CorrectPeriodBody, response=StaffElderDetail,
           idempotent=True, rate="write")  # fmt: skip
    def post(self, call: Call) -> StaffElderDetail:
        """Put the end of a person's last period right; what it was is kept, and numbers of ended months are revised."""
        asked = call.body
        elder = operations.correct_period(
            call.path["elder_id"], asked.until, asked.reason, asked.why, by=call.actor, at=call.at,
            key=call.idempotency_id or "", version=asked.version,
        )  # fmt: skip
        return _detail(elder, call)


def _detail(elder: Raw, call: Call) -> StaffElderDetail:
    return staff_elder_detail(elder, queries.links_to(elder), call.actor, call.at)


def _known(township_id: str) -> Place:
    place = catalogue().place(township_id)
    if place is None:
        raise InvalidInput(faults=[FieldFault("township_id", "unknown_place")])
    return place


def _entry(call: Call) -> operations.Entry:
    asked = call.body
    private = {
        "address": asked.address,
        "contacts": [contact.model_dump() for contact in asked.contacts],
        "point": asked.point.model_dump() if asked.point else None,
    }
    basis = {"kind": asked.legal_basis.kind, "reference": asked.legal_basis.reference,
             "on": asked.legal_basis.on.isoformat()}  # fmt: skip
    return operations.Entry(
        name=asked.name, id_number=asked.id_number, birth_date=asked.birth_date, categories=list(asked.categories),
        risk_level=asked.risk_level, place=_known(asked.township_id), community=asked.community, private=private,
        health_notes=asked.health_notes, legal_basis=basis, since=asked.active_from or day_of(call.at),
        language=asked.language,
    )  # fmt: skip
