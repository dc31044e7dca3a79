"""Age groups of childcare: a child's group on a day (source: the standard named at `childcare.age_groups`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from config.loading import rule
from models.casework.eligibility import age_in_months, first_of
from models.facilities.documents import AgeGroup


def age_group(birth: date, on: date) -> AgeGroup | None:
    """The group of a child of that birth date; None for one who is too young or too old."""
    months = age_in_months(birth, on)
    for group, (first, below) in rule("childcare.age_groups").items():
        if first <= months < below:
            found: AgeGroup = group
            return found
    return None


def group_of_form(form: dict[str, Any], day: date) -> AgeGroup | None:
    """The group at the first day of the month asked for; on `day` where that is past."""
    return age_group(date.fromisoformat(form["child_birth_date"]), max(first_of(form["start_month"]), day))
