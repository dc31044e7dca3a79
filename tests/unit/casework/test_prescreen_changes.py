"""What would change a first answer: limits with what was said, the month it will be met, and what is still untold."""

from __future__ import annotations

from datetime import date

from config.programmes import programmes
from models.casework.eligibility import Assessment, assess

TODAY = date(2026, 11, 23)
WORKER = {"applicant_kind": "migrant_worker", "residence": "residence_permit", "owns_home": False, "hardship": "none"}
POOR = {"per_capita_income": 1800, "per_capita_floor_area": 9.5}


def told(programme: str, form: dict[str, object], household: dict[str, float] | None = None) -> Assessment:
    return assess(programmes()[programme].versions[0], form, TODAY, household)


def changes(found: Assessment) -> dict[str, tuple[str, ...]]:
    return {each.rule.token: each.changes for each in found.findings if each.changes}


def test_a_limit_is_said_with_what_was_told() -> None:
    found = told("public_rental_housing", {**WORKER, "work_months": 4}, {**POOR, "per_capita_income": 2600})
    assert found.answer == "unlikely"
    assert changes(found) == {
        "income_limit": ("家庭人均月收入（元）现为2600，需要不超过2500。",),
        "stable_work": ("在本地连续就业的月数现为4，需要不少于12。",),
    }
    assert found.turns_on is None


def test_the_one_rule_that_alone_stands_in_the_way_is_named() -> None:
    found = told("public_rental_housing", {**WORKER, "work_months": 20, "owns_home": True}, POOR)
    assert found.turns_on is not None
    assert found.turns_on.token == "no_home"
    assert changes(found) == {"no_home": ("家庭在本县（市、区）有自有住房现为“是”，需要是：否。",)}


def test_a_rule_about_others_does_not_count() -> None:
    found = told("public_rental_housing", {**WORKER, "work_months": 20}, POOR)
    outcomes = {each.rule.token: each.outcome for each in found.findings}
    assert (found.answer, outcomes["hardship_known"]) == ("may_qualify", "not_applicable")
    urban = told("public_rental_housing", {**WORKER, "applicant_kind": "urban_hardship"}, POOR)
    assert {each.rule.token: each.outcome for each in urban.findings}["hardship_known"] == "not_met"


def test_what_is_not_told_is_asked_for() -> None:
    found = told("public_rental_housing", {"applicant_kind": "urban_hardship", "hardship": "low_income"})
    assert found.answer == "incomplete"
    assert changes(found)["income_limit"] == ("请补充“家庭人均月收入（元）”。",)
    assert changes(found)["lives_here"] == ("请补充“户籍和居住情况”。",)


def test_an_age_says_from_which_month() -> None:
    found = told("elder_home_admission", {"elder_birth_date": "1967-03-10", "residence": "residence_permit"})
    assert changes(found) == {"old_enough": ("从2027年3月起符合这一条。",)}
