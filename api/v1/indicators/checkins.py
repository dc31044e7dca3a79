"""Checking in at a cultural facility, and the code to print for its wall."""

from __future__ import annotations

import io
from typing import Annotated, Any

import segno
from pydantic import BaseModel, Field

from api.access import RESIDENT, staff
from api.endpoint import Body, Call, Endpoint, route
from config.text import say
from models.indicators import checkins
from models.kernel.actors import PLANNER, SUPERVISOR, TOWNSHIP_INTAKE
from models.kernel.errors import NotFound

CODE_CHARS = 64
PRINT_SCALE = 8


class CheckInBody(Body):
    """The code that was scanned: what follows the facility's id."""

    code: Annotated[str, Field(min_length=1, max_length=CODE_CHARS, pattern=r"^[0-9a-f]+$")]


class CheckInView(BaseModel):
    """Where somebody has checked in, and what becomes of it."""

    facility_id: str
    name: str
    text: str


class CodeView(BaseModel):
    """A facility's code: its text, and a picture of it (SVG) to print."""

    facility_id: str
    name: str
    text: str
    svg: str


class CheckIns(Endpoint):
    @route(access=RESIDENT, body=CheckInBody, response=CheckInView, idempotent=True, status=201, rate="write")
    def post(self, call: Call) -> dict[str, Any]:
        """Check in by the code on the wall; once a day and facility counts, and who it was is not kept."""
        facility = checkins.check_in(call.path["facility_id"], call.body.code, resident_id=call.actor.id, at=call.at)
        return {"facility_id": facility["_id"], "name": facility["name"], "text": say("indicators.checked_in")}


class CheckInCode(Endpoint):
    @route(access=staff(TOWNSHIP_INTAKE, SUPERVISOR, PLANNER), response=CodeView)
    def get(self, call: Call) -> dict[str, Any]:
        """The code to print for a cultural facility of one's place."""
        facility = checkins.counted_facility(call.path["facility_id"])
        if not call.actor.covers(facility["district_code"], facility["township_id"]):
            raise NotFound()
        text, picture = checkins.text_of(facility["_id"]), io.BytesIO()
        segno.make(text, error="m").save(picture, kind="svg", scale=PRINT_SCALE)
        return {"facility_id": facility["_id"], "name": facility["name"], "text": text,
                "svg": picture.getvalue().decode()}  # fmt: skip
