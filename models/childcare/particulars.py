"""What a childcare application is about beyond the engine: the centres chosen, and the place an approval takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.text import say
from models.childcare import places
from models.childcare.ages import group_of_form
from models.childcare.places import Hold
from models.kernel.clock import day_of
from models.kernel.errors import Conflict, FieldFault

Placement = Mapping[str, Any]


class ChildcarePlaces:
    """Gives the place of the child's age group at the first centre of the ranked choices that has one free."""

    def faults(self, form: dict[str, Any], at: datetime) -> list[FieldFault]:
        """What is wrong with the choices as the directory stands now. The form itself is valid."""
        group = group_of_form(form, day_of(at))
        if group is None:
            return []  # the eligibility table says so, with its reason
        known = places.centres(form["choices"])
        found = []
        for number, choice in enumerate(form["choices"]):
            code = places.obstacle(known.get(choice), group, day_of(at))
            if code is not None:
                name = known[choice]["name"] if choice in known else ""
                found.append(FieldFault(f"form.choices.{number}", code, say(f"childcare.obstacle.{code}", name=name)))
        return found

    def take(self, application_id: str, attempt: int, form: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Hold a place. Raises Conflict: `child_outgrown`, or `no_free_place` at any of the choices."""
        group = group_of_form(form, day_of(at))
        if group is None:
            raise Conflict("child_outgrown")
        known = places.centres(form["choices"])
        for rank, choice in enumerate(form["choices"], start=1):
            if places.obstacle(known.get(choice), group, day_of(at)) is not None:
                continue
            hold = Hold(choice, group, attempt)
            if places.take(application_id, hold, at):
                return {"centre_id": choice, "age_group": group, "attempt": attempt, "rank": rank}
        raise Conflict("no_free_place")

    def confirm(self, application_id: str, placement: Placement, at: datetime) -> None:
        """The approval is written: the place is given."""
        places.confirm(application_id, _hold(placement), at)

    def release(self, application_id: str, placement: Placement, at: datetime) -> None:
        """Give the place back; again: no change."""
        places.release(application_id, _hold(placement), at)

    def shown(self, placement: Placement) -> dict[str, Any]:
        """The placement in words, for the applicant and the office."""
        centre = places.centres([placement["centre_id"]]).get(placement["centre_id"])
        return {
            "centre_id": placement["centre_id"],
            "centre": centre["name"] if centre else "",
            "age_group": placement["age_group"],
            "age_group_label": say(f"childcare.age_group.{placement['age_group']}"),
            "rank": placement["rank"],
        }


def _hold(placement: Placement) -> Hold:
    return Hold(placement["centre_id"], placement["age_group"], placement["attempt"])
