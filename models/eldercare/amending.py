"""An entry of the register kept right: what a visit or a telephone call has shown to be different.

Who somebody is (the ID number), where they live (a transfer) and when they are on the register (periods) have steps of
their own. A higher or lower risk changes the month's plan in the following night.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from models.eldercare.documents import ELDER_NAME, Elder
from models.eldercare.lifecycle import ELDER_LIFECYCLE, HEALTH_READERS
from models.eldercare.likeness import person_index
from models.eldercare.operations import elder_of_place
from models.facilities.areas import in_yichun
from models.kernel import audit
from models.kernel.actors import Actor
from models.kernel.encryption import open_json, open_text, seal_json, seal_text
from models.kernel.errors import FieldFault, Forbidden, InvalidInput
from models.kernel.lifecycle import Change, Raw
from models.people.identity import read_name

PLAIN = ("categories", "language")
PRIVATE = ("address", "contacts", "point")


def amend(
    elder_id: str, facts: Mapping[str, Any], reason: str, *, by: Actor, at: datetime, version: int
) -> Raw:  # fmt: skip
    """Put facts of an entry right: `name`, `risk_level`, `categories`, `language`, `address`, `contacts`, `point`
    (WGS-84), `health_notes`; None empties one of the last two or the language. Why is kept encrypted.

    Raises NotFound outside the actor's place, Forbidden for health notes of who may not read them, InvalidInput where
    nothing is named or a point lies elsewhere, and what the lifecycle raises.
    """
    elder_of_place(elder_id, by)
    if not facts:
        raise InvalidInput("nothing_to_change")
    if "health_notes" in facts and not by.has_role(*HEALTH_READERS):
        raise Forbidden()
    point = facts.get("point")
    if point is not None and not in_yichun(point["longitude"], point["latitude"]):
        raise InvalidInput(faults=[FieldFault("point", "outside_yichun")])
    elder = ELDER_LIFECYCLE.perform(
        elder_id, "amend", by=by, at=at, version=version,
        change=lambda now: Change(set=_as_stored(now, facts), note=reason),
    )  # fmt: skip
    audit.record(by, "elder_amended", f"elder:{elder_id}", at, district_code=elder["district_code"],
                 detail={"fields": sorted(facts)})  # fmt: skip
    return elder


def _as_stored(elder: Raw, facts: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: facts[name] for name in PLAIN if name in facts}
    if "risk_level" in facts:
        found |= {"risk_level": facts["risk_level"], "risk_from": "staff"}
    if "health_notes" in facts:
        notes = facts["health_notes"]
        found["health_notes"] = seal_text(notes, Elder.health_notes.context) if notes else None
    private = {name: facts[name] for name in PRIVATE if name in facts}
    if private:
        kept = open_json(elder["private"], Elder.private.context)
        found["private"] = seal_json({**kept, **private}, Elder.private.context)
    if "name" in facts:
        name = read_name(facts["name"])
        born = date.fromisoformat(open_text(elder["birth_date"], Elder.birth_date.context))
        found["name"] = seal_text(name, ELDER_NAME)
        found["person_index"] = person_index(name, born, elder["township_id"], elder["community"])
    return found
