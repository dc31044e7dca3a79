"""Lists read into the register, rows that need a person's decision, and transfers; for the staff of the place."""

from __future__ import annotations

from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.casework.files import uploaded_bytes
from api.v1.eldercare.list_schemas import (
    ChoiceDetail,
    ChoiceList,
    DecideBody,
    ListQuery,
    ListView,
    TransferElderBody,
    choice_detail,
    choice_item,
    list_view,
)
from api.v1.eldercare.schemas import StaffPlaceQuery
from api.v1.eldercare.views import StaffElderItem, staff_elder_item
from config.loading import catalogue
from models.eldercare import choices, importing, queries, transfers
from models.eldercare.lifecycle import REGISTER_ROLES, REGISTRARS
from models.kernel import audit
from models.kernel.errors import FieldFault, InvalidInput


class ElderLists(Endpoint):
    @route(access=staff(*REGISTER_ROLES), query=ListQuery, response=ListView, idempotent=True, rate="upload", upload=())
    def post(self, call: Call) -> dict[str, Any]:
        """Read a list: good rows land, each bad one is named, unsure ones wait; the same file again changes nothing."""
        return _read(call, dry_run=False)


class ElderListTrials(Endpoint):
    @route(access=staff(*REGISTER_ROLES), query=ListQuery, response=ListView, idempotent=True, rate="upload", upload=())
    def post(self, call: Call) -> dict[str, Any]:
        """Say what a list would do; nothing is written to the register."""
        return _read(call, dry_run=True)


class ElderChoices(Endpoint):
    @route(access=staff(*REGISTER_ROLES), query=StaffPlaceQuery, response=ChoiceList)
    def get(self, call: Call) -> dict[str, Any]:
        """The rows of one's place that wait for a decision, masked."""
        scope = queries.scope_of(call.actor, call.query.district_code, call.query.township_id)
        return {"items": [choice_item(each, call.actor) for each in choices.open_choices(scope)], "next": None}


class OneElderChoice(Endpoint):
    @route(access=staff(*REGISTER_ROLES), response=ChoiceDetail)
    def get(self, call: Call) -> ChoiceDetail:
        """One such row beside the entries it may be about, in full, to be compared; every look is recorded."""
        choice = choices.choice_of_place(call.path["choice_id"], call.actor)
        audit.record(call.actor, "elder_choice_read", f"elder_choice:{choice['_id']}", call.at,
                     district_code=choice["district_code"])  # fmt: skip
        return choice_detail(choice, choices.candidates_of(choice), call.actor)


class DecideElderChoice(Endpoint):
    @route(access=staff(*REGISTER_ROLES), body=DecideBody, response=ChoiceDetail, idempotent=True, rate="write")
    def post(self, call: Call) -> ChoiceDetail:
        """Decide: the same person, another one, or not to be taken."""
        asked = call.body
        done = choices.decide(
            call.path["choice_id"], asked.decision, asked.elder_id, by=call.actor, at=call.at,
            key=call.idempotency_id or "", version=asked.version,
        )  # fmt: skip
        return choice_detail(done, choices.candidates_of(done), call.actor)


class TransferElder(Endpoint):
    @route(access=staff(*REGISTRARS), body=TransferElderBody, response=StaffElderItem, idempotent=True, rate="write")
    def post(self, call: Call) -> StaffElderItem:
        """Hand a person over to another township of the city, with the visits booked for later."""
        asked = call.body
        place = catalogue().place(asked.township_id)
        if place is None:
            raise InvalidInput(faults=[FieldFault("township_id", "unknown_place")])
        point = asked.point.model_dump() if asked.point else None
        home = transfers.NewHome(place, asked.community, asked.address, point)
        elder = transfers.transfer(
            call.path["elder_id"], home, asked.reason, by=call.actor, at=call.at, key=call.idempotency_id or "",
            version=asked.version,
        )  # fmt: skip
        return staff_elder_item(elder, call.at)


def _read(call: Call, *, dry_run: bool) -> dict[str, Any]:
    content, name, _ = uploaded_bytes()
    report = importing.import_elders(
        content, name, by=call.actor, at=call.at, category=call.query.category, dry_run=dry_run
    )
    return list_view(report)
