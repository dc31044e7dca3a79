"""From one township to another of the city: the entry keeps its history, and its work goes over the same day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from config.loading import Place
from models.eldercare.documents import ELDER_NAME, Elder
from models.eldercare.lifecycle import ELDER_LIFECYCLE
from models.eldercare.likeness import person_index
from models.eldercare.settling import HAND_OVER, settle_elder
from models.facilities.areas import in_yichun
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.encryption import open_json, open_text, seal_json
from models.kernel.errors import Conflict, FieldFault, InvalidInput, NotFound
from models.kernel.lifecycle import Change, Raw


@dataclass(frozen=True)
class NewHome:
    """Where the person lives now; `point` WGS-84, None where it is not known."""

    place: Place
    community: str
    address: str
    point: dict[str, float] | None


def transfer(elder_id: str, home: NewHome, reason: str, *, by: Actor, at: datetime, key: str, version: int) -> Raw:
    """Hand a person on the register to another township, or community, from today on.

    Booked visits to come keep their hour and go over; those whose visitor does not work there wait for one, and the
    new township is alerted. A visit under way is ended by who began it. Raises NotFound outside the actor's place,
    Conflict (`elder_same_place`), InvalidInput, what the lifecycle raises.
    """
    elder = collection(Elder).find_one({"_id": elder_id})
    if elder is None:
        raise NotFound()
    if not any(entry.get("key") == key for entry in elder["history"]):
        if not by.covers(elder["district_code"], elder["township_id"]):
            raise NotFound()
        ELDER_LIFECYCLE.check(elder, "transfer", by=by, at=at, version=version)
        if (elder["township_id"], elder["community"]) == (home.place.id, home.community):
            raise Conflict("elder_same_place")
        if home.point is not None and not in_yichun(home.point["longitude"], home.point["latitude"]):
            raise InvalidInput(faults=[FieldFault("point", "outside_yichun")])
        left = {"district_code": elder["district_code"], "detail": {"from": elder["township_id"], "to": home.place.id}}
        elder = ELDER_LIFECYCLE.perform(
            elder_id, "transfer", by=by, at=at, key=key, version=version,
            change=lambda now: _moved(now, home, reason, at),
        )  # fmt: skip
        audit.record(by, "elder_transferred", f"elder:{elder_id}", at, **left)
    settle_elder(elder, at)
    return elder


def _moved(elder: Raw, home: NewHome, reason: str, at: datetime) -> Change:
    """The entry at its new place; where it was is kept."""
    private = open_json(elder["private"], Elder.private.context)
    born = date.fromisoformat(open_text(elder["birth_date"], Elder.birth_date.context))
    name = open_text(elder["name"], ELDER_NAME)
    left = {"district_code": elder["district_code"], "township_id": elder["township_id"],
            "community": elder["community"], "until": day_of(at).isoformat()}  # fmt: skip
    moved = {
        "district_code": home.place.district_code, "township_id": home.place.id, "community": home.community,
        "private": seal_json({**private, "address": home.address, "point": home.point}, Elder.private.context),
        "person_index": person_index(name, born, home.place.id, home.community),
    }  # fmt: skip
    return Change(set=moved, push={"places": left, "owed": HAND_OVER}, note=reason)
