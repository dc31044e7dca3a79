"""Check-ins at cultural facilities by the code on their wall: one use a person, facility and day, and no trace of who.

That a person has checked in is kept as a keyed hash until the day is over, only so that a repeat counts nothing. The
event itself is found through a random key that goes with it, so that nothing ties the event to a person afterwards.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from mongoengine import DateTimeField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.facilities.documents import OPEN, Facility
from models.indicators.usage import note_use
from models.kernel.clock import day_bounds, day_of
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.encryption import blind_index
from models.kernel.errors import Conflict, FieldFault, InvalidInput, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw

MEASURE = "cultural_facility_use"
TEXT = "YX-CHECKIN:{facility}:{code}"


class CheckIn(Record):
    """Somebody has checked in at a facility today; the id is a keyed hash, `use` the random key of what was counted."""

    use = StringField(required=True)
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "check_ins"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
    ]


def check_in(facility_id: str, code: str, *, resident_id: str, at: datetime) -> Raw:
    """Count a visit to the facility whose code was scanned; the same person again that day counts nothing more.

    Returns the facility. Raises NotFound, InvalidInput (`checkin_code_wrong`), Conflict (`checkin_not_counted`) for a
    facility that is closed or of another kind.
    """
    facility = counted_facility(facility_id)
    if code != code_of(facility_id):
        raise InvalidInput(faults=[FieldFault("code", "checkin_code_wrong")])
    day = day_of(at)
    mark = blind_index("check-in", f"{resident_id} {facility_id} {day.isoformat()}")
    until = day_bounds(day)[1] + timedelta(days=rule("indicators.checkin_kept_days") - 1)
    fresh = CheckIn(id=mark, created_at=day_bounds(day)[0], updated_at=day_bounds(day)[0], use=new_id(),
                    expires_at=until)  # fmt: skip
    try:
        collection(CheckIn).insert_one(fresh.raw())
        use = fresh.use
    except DuplicateKeyError:
        # A repeat, perhaps of a request that died before it was counted: the same use again counts nothing more.
        use = (collection(CheckIn).find_one({"_id": mark}) or {"use": fresh.use})["use"]
    note_use(MEASURE, use, at, facility["district_code"], facility["township_id"])
    return facility


def counted_facility(facility_id: str) -> Raw:
    """A facility at which people check in. Raises NotFound, Conflict (`checkin_not_counted`)."""
    fields = {"name": 1, "category": 1, "district_code": 1, "township_id": 1, "status": 1}
    facility = collection(Facility).find_one({"_id": facility_id}, fields)
    if facility is None:
        raise NotFound()
    if facility["status"] != OPEN or facility["category"] not in rule("indicators.checkin_categories"):
        raise Conflict("checkin_not_counted")
    return facility


def code_of(facility_id: str) -> str:
    """What stands in a facility's code beside its id: nobody can make one up."""
    return blind_index("check-in code", facility_id)[: rule("indicators.checkin_code_chars")]


def text_of(facility_id: str) -> str:
    """What the printed code says."""
    return TEXT.format(facility=facility_id, code=code_of(facility_id))
