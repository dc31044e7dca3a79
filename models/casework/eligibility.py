"""The first answer: a form against the programme's eligibility table, rule by rule, with reasons.

The table and its sources are in the catalogue. The answer binds nobody; what is `decisive` there is refused at
submission because it could not be carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from config.programmes import Condition, EligibilityRule, Fact, Version

MONTHS_A_YEAR = 12
Outcome = Literal["met", "not_met", "unknown"]
Answer = Literal["may_qualify", "unlikely", "incomplete"]


@dataclass(frozen=True)
class Finding:
    """One rule and what became of it; `unknown` where the form does not say enough."""

    rule: EligibilityRule
    outcome: Outcome


@dataclass(frozen=True)
class Assessment:
    """All findings, in the table's order."""

    findings: tuple[Finding, ...]

    @property
    def answer(self) -> Answer:
        outcomes = {each.outcome for each in self.findings}
        if "not_met" in outcomes:
            return "unlikely"
        return "incomplete" if "unknown" in outcomes else "may_qualify"

    @property
    def decisive_faults(self) -> list[EligibilityRule]:
        """The rules not met without which the application cannot be carried out."""
        return [each.rule for each in self.findings if each.outcome == "not_met" and each.rule.decisive]


def assess(version: Version, form: Mapping[str, Any], day: date) -> Assessment:
    """Hold the form, whose given fields are valid, against the table as of `day`."""
    return Assessment(tuple(Finding(rule, _outcome(rule, form, day)) for rule in version.eligibility))


def age_in_months(birth: date, on: date) -> int:
    """Whole months of age; negative before birth."""
    months = (on.year - birth.year) * MONTHS_A_YEAR + on.month - birth.month
    return months - (on.day < birth.day)


def first_of(month: str) -> date:
    """The first day of `2026-12`."""
    return date.fromisoformat(f"{month}-01")


def _outcome(rule: EligibilityRule, form: Mapping[str, Any], day: date) -> Outcome:
    value = _value(rule.fact, form, day)
    if value is None:
        return "unknown"
    return "met" if _holds(rule.holds, value) else "not_met"


def _value(fact: Fact, form: Mapping[str, Any], day: date) -> Any:
    if any(form.get(name) is None for name in fact.fields):
        return None
    if fact.field is not None:
        return form[fact.field]
    if fact.count is not None:
        return len(form[fact.count])
    on = first_of(form[fact.at]) if fact.at is not None else day
    return age_in_months(date.fromisoformat(form[fact.age_in_months or ""]), on)


def _holds(condition: Condition, value: Any) -> bool:
    return all((
        condition.at_least is None or value >= condition.at_least,
        condition.at_most is None or value <= condition.at_most,
        condition.below is None or value < condition.below,
        condition.one_of is None or value in condition.one_of,
    ))  # fmt: skip
