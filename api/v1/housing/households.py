"""Batches with their households, arrears, and the ledger as a file, for the staff of their place."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.access import staff
from api.endpoint import Call, Endpoint, Query, route
from api.v1.casework.files import SHEETS, sheet
from api.v1.housing import tenancy_views
from api.v1.housing.flat_schemas import Id
from config.text import label, sentences
from models.housing import estates, rents, tenancies, tenancy_queries
from models.kernel import audit
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.amounts import yuan
from models.kernel.sheets import Form

READERS = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)
LEDGER_COLUMNS = ("on", "kind", "month", "amount", "source", "reference")


class SheetQuery(Query):
    """As what the table is written."""

    form: Form = "xlsx"


class ArrearsQuery(Query):
    """The next stretch begins after the id in `next`."""

    after: Id | None = None


class OneBatch(Endpoint):
    @route(access=READERS)
    def get(self, call: Call) -> dict[str, Any]:
        """A batch and who got an offer of it; no names."""
        batch = estates.batch_of_place(call.path["batch_id"], call.actor)
        households = tenancy_queries.households_of(batch["_id"])
        shown = [
            {**each, "flat": tenancy_views.flat(each["flat"]) if each["flat"] else None} for each in households
            if not call.actor.township_ids or each["township_id"] in call.actor.township_ids
        ]  # fmt: skip
        return {**tenancy_queries.batch_shown(batch), "items": shown}


class Arrears(Endpoint):
    @route(access=READERS, query=ArrearsQuery)
    def get(self, call: Call) -> dict[str, Any]:
        """Who owes rent in my place: how much, since when, for how many months; no names."""
        page = tenancy_queries.in_arrears(call.actor, after=call.query.after)
        items = [{**each, "tenancy": tenancy_views.item(each["tenancy"])} for each in page.items]
        return {"items": items, "next": page.next}


class LedgerFile(Endpoint):
    @route(access=READERS, query=SheetQuery, media=SHEETS)
    def get(self, call: Call) -> Response:
        """The whole ledger of a tenancy as a table; recorded."""
        tenancy = tenancies.tenancy_of_place(str(call.path["tenancy_id"]), call.actor)
        audit.record(
            call.actor, "rent.exported", f"tenancy:{tenancy['_id']}", call.at, district_code=tenancy["district_code"]
        )
        rows = [
            [each["on"], label("housing.rent_kinds", each["kind"]), each.get("month") or "", yuan(each["amount_fen"]),
             label("housing.rent_sources", each["source"]), each.get("reference") or ""]
            for each in rents.ledger(tenancy["_id"])
        ]  # fmt: skip
        header = [sentences()[f"housing.ledger.{name}"] for name in LEDGER_COLUMNS]
        return sheet(call.query.form, f"rent-{tenancy['_id']}", [header, *rows])
