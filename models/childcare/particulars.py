"""What a childcare application is about beyond the engine: the centres chosen, and the place that follows approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.text import say
from models.childcare import places, placing
from models.childcare.ages import group_of_form
from models.kernel.clock import day_of
from models.kernel.errors import FieldFault

Placement = Mapping[str, Any]


class ChildcarePlaces:
    """After approval the child waits for a place of its age group and is offered one as soon as there is one."""

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

    def approved(self, raw: dict[str, Any], form: dict[str, Any], at: datetime) -> None:
        """The approval is written: the child enters placement. Again: no change."""
        placing.enter(raw, form, at)

    def ended(self, raw: dict[str, Any], at: datetime) -> None:
        """The application was withdrawn or its approval undone: the place goes to the next. Again: no change."""
        placing.end(raw["_id"], "withdrawn", at)

    def shown(self, placement: Placement) -> dict[str, Any]:
        """The place in words, for the applicant and the office."""
        centre = places.centres([placement["centre_id"]]).get(placement["centre_id"])
        return {
            "centre_id": placement["centre_id"],
            "centre": centre["name"] if centre else "",
            "age_group": placement["age_group"],
            "age_group_label": say(f"childcare.age_group.{placement['age_group']}"),
            "rank": placement["rank"],
        }
