"""What follows from a household's members and circumstances: the facts that rules of eligibility and order look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from config.loading import rule
from models.people.identity import age_on

MONTHS_A_YEAR = 12
CENTS = 2
SIZE, ADULTS, CHILDREN, ELDERS, DISABLED = "size", "adults", "children", "elders", "disabled"
PER_CAPITA_INCOME, PER_CAPITA_FLOOR_AREA = "per_capita_income", "per_capita_floor_area"
FACTS = (SIZE, ADULTS, CHILDREN, ELDERS, DISABLED, PER_CAPITA_INCOME, PER_CAPITA_FLOOR_AREA)


def derived(people: Sequence[Mapping[str, Any]], circumstances: Mapping[str, Any], day: date) -> dict[str, float]:
    """The facts on `day`; one that was not told is absent.

    `size`, `adults` (18 and over, elders among them), `children`, `elders` (60 and over), `disabled` are people;
    `per_capita_income` is yuan a month, `per_capita_floor_area` square metres, both rounded to two places.
    """
    ages = [age_on(date.fromisoformat(each["birth_date"]), day) for each in people]
    of_age, old = rule("people.adult_years"), rule("people.elder_years")
    found: dict[str, float] = {
        SIZE: len(ages),
        ADULTS: sum(age >= of_age for age in ages),
        CHILDREN: sum(age < of_age for age in ages),
        ELDERS: sum(age >= old for age in ages),
        DISABLED: sum(bool(each.get("disabled")) for each in people),
    }
    income, area = circumstances.get("yearly_income"), circumstances.get("floor_area")
    if income is not None and ages:
        found[PER_CAPITA_INCOME] = round(income / MONTHS_A_YEAR / len(ages), CENTS)
    if area is not None and ages:
        found[PER_CAPITA_FLOOR_AREA] = round(area / len(ages), CENTS)
    return found
