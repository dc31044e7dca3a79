"""The filters of queues that a caseworker keeps."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from api.access import staff
from api.endpoint import Body, Call, Endpoint, route
from api.v1.casework.schemas import Token, readable
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE
from models.people import saved_filters

CASEWORK = staff(TOWNSHIP_INTAKE, COUNTY_REVIEWER, SUPERVISOR)


class SavedFilterBody(Body):
    """A filter of the applications' queue under a name; what is left out is not filtered."""

    name: Annotated[str, Field(min_length=1, max_length=30), AfterValidator(readable)]
    stage: Literal["submitted", "accepted", "reviewed", "correction", "on_notice", "appealed"]
    programme: Token | None = None
    township_id: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")] | None = None
    district_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    due: Literal["overdue", "today", "week"] | None = None
    mine: Literal["1"] | None = None


class SavedFilters(Endpoint):
    @route(access=CASEWORK)
    def get(self, call: Call) -> dict[str, Any]:
        """Mine, in the order in which I saved them."""
        return {"items": saved_filters.saved(call.actor), "next": None}

    @route(access=CASEWORK, body=SavedFilterBody, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Keep one."""
        query = call.body.model_dump(exclude={"name"}, exclude_none=True)
        number = call.idempotency_id or ""
        return {"items": saved_filters.save(number, call.body.name, query, by=call.actor, at=call.at), "next": None}


class RemoveSavedFilter(Endpoint):
    @route(access=CASEWORK, idempotent=True, rate="write", status=204)
    def post(self, call: Call) -> None:
        """Forget one of mine."""
        saved_filters.remove(call.path["number"], by=call.actor, at=call.at)
