"""The first answer: a form and a household against the programme's eligibility table, rule by rule, with reasons.

The table and its sources are in the catalogue. The answer binds nobody; what is `decisive` there is refused at
submission because it could not be carried out. What would change the answer is said beside each rule that is not met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from config.programmes import Condition, EligibilityRule, Fact, Version
from config.text import label, say

MONTHS_A_YEAR = 12
Outcome = Literal["met", "not_met", "unknown", "not_applicable"]
Answer = Literal["may_qualify", "unlikely", "incomplete"]
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """One rule and what became of it; `unknown` where too little is said, `not_applicable` where it is about others.

    `changes`: sentences that say what would have to be otherwise, or what has to be said.
    """

    rule: EligibilityRule
    outcome: Outcome
    changes: tuple[str, ...] = ()


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

    @property
    def turns_on(self) -> EligibilityRule | None:
        """The one rule that alone stands between this and the better answer; None where others do, or are unknown."""
        open_rules = [each for each in self.findings if each.outcome in ("not_met", "unknown")]
        return open_rules[0].rule if [each.outcome for each in open_rules] == ["not_met"] else None


def assess(version: Version, form: Facts, day: date, household: Mapping[str, float] | None = None) -> Assessment:
    """Hold the form, whose given fields are valid, and the household's facts against the table as of `day`."""
    return Assessment(tuple(_finding(version, rule, form, day, household or {}) for rule in version.eligibility))


def age_in_months(birth: date, on: date) -> int:
    """Whole months of age; negative before birth."""
    months = (on.year - birth.year) * MONTHS_A_YEAR + on.month - birth.month
    return months - (on.day < birth.day)


def first_of(month: str) -> date:
    """The first day of `2026-12`."""
    return date.fromisoformat(f"{month}-01")


def value_of(fact: Fact, form: Facts, day: date, household: Mapping[str, float]) -> Any:
    """What a fact is; None where it is not known."""
    if fact.household is not None:
        return household.get(fact.household)
    if any(form.get(name) is None for name in fact.fields):
        return None
    if fact.field is not None:
        return form[fact.field]
    if fact.count is not None:
        return len(form[fact.count])
    on = first_of(form[fact.at]) if fact.at is not None else day
    return age_in_months(date.fromisoformat(form[fact.age_in_months or ""]), on)


def holds(condition: Condition, value: Any) -> bool:
    """True where the value meets all that the condition says."""
    return all((
        condition.at_least is None or value >= condition.at_least,
        condition.at_most is None or value <= condition.at_most,
        condition.below is None or value < condition.below,
        condition.one_of is None or value in condition.one_of,
    ))  # fmt: skip


def basis(version: Version, rule: EligibilityRule, form: Facts, day: date, household: Mapping[str, float]) -> str:
    """What a rule looked at, and the limits of a number beside it; empty where it is not known."""
    value = value_of(rule.fact, form, day, household)
    if value is None:
        return ""
    said = say("casework.basis.value", what=_name_of(version, rule.fact), now=_words(version, rule.fact, value))
    limits = [
        say(f"casework.basis.{name}", limit=_number(limit))
        for name in ("at_least", "at_most", "below") if (limit := getattr(rule.holds, name)) is not None
    ]  # fmt: skip
    return (
        said if not limits else say("casework.basis.limited", said=said, limits=say("casework.change.or").join(limits))
    )


def _finding(
    version: Version, rule: EligibilityRule, form: Facts, day: date, household: Mapping[str, float]
) -> Finding:
    if rule.applies is not None:
        concerns = value_of(rule.applies.fact, form, day, household)
        if concerns is None:
            return Finding(rule, "unknown", _to_be_said(version, rule.applies.fact, form))
        if not holds(rule.applies.holds, concerns):
            return Finding(rule, "not_applicable")
    value = value_of(rule.fact, form, day, household)
    if value is None:
        return Finding(rule, "unknown", _to_be_said(version, rule.fact, form))
    if holds(rule.holds, value):
        return Finding(rule, "met")
    return Finding(rule, "not_met", tuple(_needed(version, rule, form, day, value)))


def _to_be_said(version: Version, fact: Fact, form: Facts) -> tuple[str, ...]:
    """Which answers are missing."""
    if fact.household is not None:
        return (say("casework.change.tell", what=label("casework.household_fact", fact.household)),)
    missing = [name for name in fact.fields if form.get(name) is None]
    return tuple(say("casework.change.tell", what=version.form.properties[name].title) for name in missing)


def _needed(version: Version, rule: EligibilityRule, form: Facts, day: date, value: Any) -> list[str]:
    """What would have to be otherwise for this rule to be met: limits with what was said, or the day it will be met."""
    condition, fact = rule.holds, rule.fact
    what, now = _name_of(version, fact), _words(version, fact, value)
    if fact.age_in_months is not None and fact.at is None and _only_at_least(condition):
        when = _month_of_age(date.fromisoformat(form[fact.age_in_months]), int(condition.at_least or 0))
        return [say("casework.change.from_month", year=when.year, month=when.month)]
    found = []
    if condition.at_least is not None and value < condition.at_least:
        found.append(say("casework.change.at_least", what=what, now=now, limit=_number(condition.at_least)))
    if condition.at_most is not None and value > condition.at_most:
        found.append(say("casework.change.at_most", what=what, now=now, limit=_number(condition.at_most)))
    if condition.below is not None and value >= condition.below:
        found.append(say("casework.change.below", what=what, now=now, limit=_number(condition.below)))
    if condition.one_of is not None and value not in condition.one_of:
        accepted = say("casework.change.or").join(_words(version, fact, each) for each in condition.one_of)
        found.append(say("casework.change.one_of", what=what, now=now, accepted=accepted))
    return found


def _name_of(version: Version, fact: Fact) -> str:
    if fact.household is not None:
        return label("casework.household_fact", fact.household)
    name = fact.field or fact.count or fact.age_in_months or ""
    title = version.form.properties[name].title
    return say("casework.change.age_of", what=title) if fact.age_in_months else title


def _words(version: Version, fact: Fact, value: Any) -> str:
    """A value as the form shows it."""
    if isinstance(value, bool):
        return say("casework.change.yes" if value else "casework.change.no")
    if isinstance(value, str):
        choices = version.form.properties[fact.field].oneOf if fact.field else None
        return next((each.title for each in choices or () if each.const == value), value)
    return _number(value)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _only_at_least(condition: Condition) -> bool:
    return condition.at_least is not None and condition.model_fields_set == {"at_least"}


def _month_of_age(birth: date, months: int) -> date:
    """The first day of the month in which the age is reached."""
    later = birth.month - 1 + months
    return date(birth.year + later // MONTHS_A_YEAR, later % MONTHS_A_YEAR + 1, 1)
