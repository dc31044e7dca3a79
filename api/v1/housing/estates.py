"""Estates, flats, batches, tenancies and rents for the staff of their place."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from api.access import staff
from api.endpoint import Call, Endpoint, route
from api.v1.casework.files import uploaded_bytes
from api.v1.housing import tenancy_views
from api.v1.housing.flat_schemas import (
    AdjustBody,
    BatchesQuery,
    FlatUseBody,
    HandBackBody,
    HandOverBody,
    LeaveBody,
    OpenBatchBody,
    RestoreBody,
    StepBody,
    TenanciesQuery,
)
from config.text import label
from models.housing import estates, rents, tenancies, tenancy_queries
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE

READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
HANDS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER)
COUNTY = staff(COUNTY_REVIEWER)
OVERSIGHT = staff(COUNTY_REVIEWER, SUPERVISOR)


class Estates(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """The estates of my place, with how many flats are in which state."""
        return {"items": estates.estates(call.actor), "next": None}


class ImportFlats(Endpoint):
    @route(access=COUNTY, idempotent=True, rate="upload", upload=())
    def post(self, call: Call) -> dict[str, Any]:
        """Read estates and flats from a CSV or XLSX file: good rows land, rows at fault are named with their line."""
        content, name, _ = uploaded_bytes()
        return _imported(asdict(estates.import_flats(content, name, by=call.actor, at=call.at)))


class EstateFlats(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """An estate's flats."""
        estate = estates.estate_of_place(call.path["estate_id"], call.actor)
        found = estates.flats_of(estate["_id"])
        shown = [
            {**tenancy_views.flat(each), "state_label": label("housing.flat_states", each["state"])} for each in found
        ]
        return {"items": shown, "next": None}


class FlatUse(Endpoint):
    @route(access=COUNTY, body=FlatUseBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Take a free flat out of use for a reason, or back."""
        done = estates.set_in_use(
            call.path["flat_id"], call.body.in_use, call.body.reason, by=call.actor, at=call.at
        )  # fmt: skip
        return {"id": done["_id"], "state": done["state"], "version": done["version"]}


class Batches(Endpoint):
    @route(access=READERS, query=BatchesQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """The batches of my place, the newest first, and how far each has come."""
        shown = tenancy_queries.batch_shown if call.query.counted else tenancy_queries.batch_facts
        return {"items": [shown(each) for each in estates.batches(call.actor)], "next": None}

    @route(access=COUNTY, body=OpenBatchBody, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Give out free flats in the list's order; the first households get their offers at once."""
        asked: OpenBatchBody = call.body
        made = estates.open_batch(
            call.idempotency_id or "", programme=asked.programme, district_code=asked.district_code, name=asked.name,
            flat_ids=asked.flat_ids, city_list=asked.city_list, group=asked.group,
            offers_at_once=asked.offers_at_once, by=call.actor, at=call.at,
        )  # fmt: skip
        return tenancy_queries.batch_shown(made)


class CloseBatch(Endpoint):
    @route(access=COUNTY, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """No more offers from this batch; who has one keeps it."""
        return tenancy_queries.batch_shown(estates.close_batch(call.path["batch_id"], by=call.actor, at=call.at))


class StaffTenancies(Endpoint):
    @route(access=READERS, query=TenanciesQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """The tenancies of my place in a state; no names."""
        page = tenancy_queries.tenancies_of_place(
            call.actor, call.query.state, overdue=call.query.overdue_recheck, after=call.query.after,
            limit=call.query.limit, at=call.at,
        )  # fmt: skip
        return {"items": [tenancy_views.item(each) for each in page.items], "next": page.next}


class OneStaffTenancy(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """The file of a tenancy; the look is recorded."""
        return tenancy_views.with_history(_looked_at(call, "tenancy.view"), call.actor)


class StaffRentLedger(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """The rent of a tenancy; the look is recorded."""
        return tenancy_views.ledger(_looked_at(call, "rent.view")["_id"])

    @route(access=COUNTY, body=AdjustBody, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Correct the ledger by one more line, with its reason."""
        tenancy = tenancies.tenancy_of_place(_id(call), call.actor)
        rents.adjust(
            tenancy, call.body.amount_fen, call.body.note, entry_id=_key(call), by=call.actor, at=call.at
        )  # fmt: skip
        return tenancy_views.ledger(tenancy["_id"])


class HandOver(Endpoint):
    @route(access=HANDS, body=HandOverBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The key is handed over; the lease begins."""
        return _step(call, tenancies.hand_over, call.body.starts_on)


class RenewLease(Endpoint):
    @route(access=COUNTY, body=StepBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Another term from the lease's end."""
        return _step(call, tenancies.renew)


class PassRecheck(Endpoint):
    @route(access=HANDS, body=StepBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The yearly check was passed."""
        return _step(call, tenancies.pass_recheck)


class FailRecheck(Endpoint):
    @route(access=COUNTY, body=LeaveBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The household no longer qualifies: it has to leave."""
        return _step(call, tenancies.leave, "fail_recheck", call.body.reason, call.body.note)


class Terminate(Endpoint):
    @route(access=COUNTY, body=LeaveBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """End a lease for a reason."""
        return _step(call, tenancies.leave, "terminate", call.body.reason, call.body.note)


class HandBack(Endpoint):
    @route(access=HANDS, body=HandBackBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """The key is back and the flat was looked at; only now it is free again."""
        return _step(call, tenancies.hand_back, call.body.on)


class EndSubsidy(Endpoint):
    @route(access=COUNTY, body=LeaveBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """No more money."""
        return _step(call, tenancies.end_subsidy, call.body.reason, call.body.note)


class RestoreTenancy(Endpoint):
    @route(access=OVERSIGHT, body=RestoreBody, idempotent=True, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Back among who waits, after a void allocation."""
        done = tenancies.restore(
            _id(call), version=call.body.version, note=call.body.note, by=call.actor, at=call.at, key=_key(call)
        )
        return tenancy_views.with_history(done, call.actor)


class ImportPayments(Endpoint):
    @route(access=COUNTY, idempotent=True, rate="upload", upload=())
    def post(self, call: Call) -> dict[str, Any]:
        """Enter a bank's payments from a CSV or XLSX file; each reference counts once."""
        content, name, _ = uploaded_bytes()
        return _imported(asdict(rents.import_payments(content, name, by=call.actor, at=call.at)))


def _imported(done: dict[str, Any]) -> dict[str, Any]:
    faults = [
        {**each, "column_label": label("housing.column", each["column"]),
         "detail": label("errors.fields", each["code"])}
        for each in done.pop("faults")
    ]  # fmt: skip
    return {**done, "faults": faults}


def _looked_at(call: Call, action: str) -> dict[str, Any]:
    found = tenancies.tenancy_of_place(_id(call), call.actor)
    audit.record(call.actor, action, f"tenancy:{found['_id']}", call.at, district_code=found["district_code"])
    return found


def _step(call: Call, operation: Any, *values: Any) -> dict[str, Any]:
    done = operation(_id(call), *values, version=call.body.version, by=call.actor, at=call.at, key=_key(call))
    return tenancy_views.with_history(done, call.actor)


def _id(call: Call) -> str:
    return str(call.path["tenancy_id"])


def _key(call: Call) -> str:
    return call.idempotency_id or ""
