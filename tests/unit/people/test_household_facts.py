"""What follows from a household: counted by the law's ages, never from what was not told."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from models.people.household_facts import FACTS, derived

DAY = date(2026, 11, 23)
BIRTHS = st.dates(date(1920, 1, 1), DAY)


def person(born: date, disabled: bool = False) -> dict[str, object]:
    return {"birth_date": born.isoformat(), "disabled": disabled}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(BIRTHS, st.booleans()), min_size=1, max_size=8), st.integers(0, 10**7), st.integers(0, 900))
def test_the_counts_add_up(people: list[tuple[date, bool]], income: int, area: int) -> None:
    facts = derived([person(*each) for each in people], {"yearly_income": income, "floor_area": area}, DAY)
    assert set(facts) == set(FACTS)
    assert facts["adults"] + facts["children"] == facts["size"] == len(people)
    assert facts["elders"] <= facts["adults"]
    assert facts["disabled"] == sum(disabled for _, disabled in people)
    assert abs(facts["per_capita_income"] * 12 * len(people) - income) <= 0.061 * len(people)
    assert abs(facts["per_capita_floor_area"] * len(people) - area) <= 0.005 * len(people) + 1e-9


def test_ages_turn_on_the_day_after_the_birthday() -> None:
    eighteen, sixty = date(2008, 11, 23), date(1966, 11, 23)
    assert derived([person(eighteen), person(sixty)], {}, DAY)["children"] == 1
    assert derived([person(eighteen), person(sixty)], {}, DAY)["elders"] == 0
    tomorrow = derived([person(eighteen), person(sixty)], {}, date(2026, 11, 24))
    assert (tomorrow["children"], tomorrow["elders"]) == (0, 1)


def test_what_was_not_told_is_absent() -> None:
    facts = derived([person(date(1980, 1, 1))], {}, DAY)
    assert "per_capita_income" not in facts
    assert "per_capita_floor_area" not in facts
