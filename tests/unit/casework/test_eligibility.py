"""The first answer: rule by rule, with its reason, and honest about what it does not know."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.programmes import programmes
from models.casework.eligibility import age_in_months, assess, basis
from models.childcare.ages import age_group, group_of_form

VERSION = programmes()["childcare_place"].versions[0]
TODAY = date(2026, 11, 23)
GOOD = {"child_birth_date": "2025-03-10", "start_month": "2026-12", "residence": "residence_permit", "choices": ["x"]}


def outcomes(**answers: object) -> dict[str, str]:
    found = assess(VERSION, {**GOOD, **answers}, TODAY)
    return {each.rule.token: each.outcome for each in found.findings}


def test_a_toddler_of_yichun_may_qualify() -> None:
    assert assess(VERSION, GOOD, TODAY).answer == "may_qualify"


def test_beside_a_rule_stands_what_it_looked_at_with_the_limit() -> None:
    housing = programmes()["public_rental_housing"].versions[0]
    rule = next(each for each in housing.eligibility if each.fact.household and each.holds.at_most is not None)
    limit = f"{rule.holds.at_most:g}"
    said = basis(housing, rule, {}, TODAY, {str(rule.fact.household): 8.5})
    assert "：8.5（标准：不超过" in said and limit in said
    assert basis(housing, rule, {}, TODAY, {}) == "", "not known"
    chosen = [basis(VERSION, each, GOOD, TODAY, {}) for each in VERSION.eligibility if each.fact.field == "residence"]
    assert chosen and all("标准" not in each and "居住证" in each for each in chosen)


def test_what_is_not_answered_is_unknown() -> None:
    found = assess(VERSION, {"residence": "residence_permit"}, TODAY)
    assert found.answer == "incomplete"
    assert found.decisive_faults == []


@pytest.mark.parametrize(
    ("born", "old_enough", "under_three"),
    [
        ("2026-06-01", "met", "met"),
        ("2026-06-02", "not_met", "met"),
        ("2023-12-02", "met", "met"),
        ("2023-12-01", "met", "not_met"),
        ("2026-12-24", "not_met", "met"),
    ],
)
def test_age_counts_on_the_first_of_the_month_asked_for(born: str, old_enough: str, under_three: str) -> None:
    found = outcomes(child_birth_date=born)
    assert (found["old_enough"], found["under_three"]) == (old_enough, under_three)


def test_who_lives_elsewhere_may_still_hand_in() -> None:
    found = assess(VERSION, {**GOOD, "residence": "elsewhere"}, TODAY)
    assert found.answer == "unlikely"
    assert found.decisive_faults == []


@pytest.mark.parametrize(
    ("born", "group"),
    [("2026-06-02", None), ("2026-06-01", "infant"), ("2025-12-02", "infant"), ("2025-12-01", "toddler"),
     ("2024-12-02", "toddler"), ("2024-12-01", "preschool"), ("2023-12-02", "preschool"), ("2023-12-01", None)],
)  # fmt: skip
def test_the_age_group_of_a_day(born: str, group: str | None) -> None:
    assert age_group(date.fromisoformat(born), date(2026, 12, 1)) == group


def test_a_month_that_is_past_counts_as_today() -> None:
    form = {"child_birth_date": "2025-12-20", "start_month": "2026-12"}
    assert group_of_form(form, date(2026, 11, 23)) == "infant"
    assert group_of_form(form, date(2026, 12, 20)) == "toddler"


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_months_of_age_never_fall_and_agree_with_the_calendar(born: date, on: date) -> None:
    months = age_in_months(born, on)
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    assert (year, month + 1, born.day) <= (on.year, on.month, on.day)
    year, month = divmod(born.year * 12 + born.month + months, 12)
    assert (year, month + 1, born.day) > (on.year, on.month, on.day)
