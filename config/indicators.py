"""The plan's 25 indicators, and what their observations rest on: denominators, declared coverage, measures of use.

All of it is data that a planner edits in `config/catalogue`; a bad row stops the start with its file and line.
Source of the indicators: the plan's table of main indicators. The plan names no numerators, denominators or owners:
those columns are proposals.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from config.loading import CATALOGUE, Entry, catalogue, load_csv
from config.text import say
from config.yaml_lines import CatalogueFault

CITY = "3609"
PERCENT = "%"
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
NAME = r"^[a-z0-9_]+$"
# Official series that others divide by.
POPULATIONS = ("permanent_residents", "resident_households", "disability_allowance_eligible")


class Statistic(Entry):
    """A named measure that formulas are made of. `about` people: small numbers of it are never shown."""

    token: str = Field(pattern=NAME)
    label_zh: str = Field(min_length=1)
    unit_zh: str = Field(min_length=1)
    about: Literal["people", "things"]


class Indicator(Entry):
    """One indicator of the plan as it is defined from the month `since` on, until a later version of it.

    `numerator`, `denominator` name statistics; `numerator_per`, `denominator_per`: by what the counted number is
    divided. `plan_baseline`, `plan_target` are the plan's own words; `{}` there marks a sum over five years.
    """

    token: str = Field(pattern=NAME)
    since: str = Field(pattern=MONTH)
    domain_zh: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    unit_zh: str = Field(min_length=1)
    baseline_2020: Decimal | None = None
    target_2025: str = Field(min_length=1)
    target_comparison: Literal["at_least", "more_than", "all"]
    binding: bool
    cumulative_five_years: bool
    observed_by: Literal["platform", "platform_partial", "department"]
    numerator: str = Field(pattern=NAME)
    denominator: str | None = Field(default=None, pattern=NAME)
    numerator_per: int = Field(ge=1)
    denominator_per: int | None = Field(default=None, ge=1)
    plan_baseline: str = Field(min_length=1)
    plan_target: str = Field(min_length=1)
    owner: str | None = None
    method: str = Field(min_length=1)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _target_fits_its_comparison(self) -> Indicator:
        if (self.target_comparison == "all") is not (self.target is None):
            raise ValueError("a target is a number, except where all who qualify are to be reached")
        if (self.denominator is None) is not (self.denominator_per is None):
            raise ValueError("a denominator goes with denominator_per")
        return self

    @property
    def target(self) -> Decimal | None:
        """The target as a number; None where the plan wants all who qualify."""
        try:
            return Decimal(self.target_2025)
        except InvalidOperation:
            return None

    @property
    def key(self) -> tuple[str, str]:
        """What may not repeat."""
        return (self.token, self.since)

    @property
    def of_the_plan(self) -> tuple[object, ...]:
        """What the plan itself says: the same in every version."""
        return (
            self.domain_zh, self.name_zh, self.unit_zh, self.baseline_2020, self.target_2025, self.target_comparison,
            self.binding, self.cumulative_five_years, self.plan_baseline, self.plan_target, self.source,
        )  # fmt: skip

    @property
    def about_people(self) -> bool:
        """True where numerator or denominator counts people, so that small numbers must not be shown.

        An official population is no secret: it does not make the beds per resident a matter of single persons.
        """
        counted = {self.numerator, self.denominator} - {None, *POPULATIONS}
        return any(statistics()[token].about == "people" for token in counted if token)

    @property
    def divides_people(self) -> bool:
        """True where the denominator counts people of whom the numerator are some: both must not be small."""
        below = self.denominator
        return below is not None and below not in POPULATIONS and statistics()[below].about == "people"

    @property
    def formula_zh(self) -> str:
        """The formula in the labels of its measures."""
        if self.denominator is None or self.denominator_per is None:
            return _part(self.numerator, self.numerator_per, "alone")
        percent = say("indicators.formula.percent") if self.factor != 1 else ""
        below = _part(self.denominator, self.denominator_per)
        made = _part(self.numerator, self.numerator_per)
        return say("indicators.formula.ratio", numerator=made, denominator=below) + percent

    @property
    def factor(self) -> int:
        """What numerator / denominator is multiplied by to stand in the indicator's unit."""
        return 100 if self.unit_zh == PERCENT else 1


class Denominator(Entry):
    """One value of a dated series, such as permanent residents of the city or a county."""

    measure: str = Field(pattern=NAME)
    area: str = Field(pattern=r"^3609(\d\d)?$")
    as_of: date
    value: int = Field(gt=0)
    status: Literal["assumption", "provisional", "final"]
    source: str = Field(min_length=1)

    @property
    def key(self) -> tuple[str, str, date]:
        """What may not repeat."""
        return (self.measure, self.area, self.as_of)


class DeclaredCoverage(Entry):
    """From which month on an indicator's data are declared to cover all of the city, or only a part, and by whom."""

    indicator: str = Field(pattern=NAME)
    since: str = Field(pattern=MONTH)
    coverage: Literal["complete", "partial"]
    declared_by: str | None = None
    basis: str = Field(min_length=1)

    @model_validator(mode="after")
    def _somebody_answers_for_completeness(self) -> DeclaredCoverage:
        if self.coverage == "complete" and not self.declared_by:
            raise ValueError("complete coverage names who declared it")
        return self

    @property
    def key(self) -> tuple[str, str]:
        """What may not repeat."""
        return (self.indicator, self.since)


class Measure(Entry):
    """One thing whose use is counted, without anything about the person."""

    token: str = Field(pattern=NAME)
    label_zh: str = Field(min_length=1)


@lru_cache(maxsize=1)
def statistics() -> dict[str, Statistic]:
    """The named measures of the formulas by token. Raises CatalogueFault with file and line."""
    return {each.token: each for each in load_csv(CATALOGUE / "statistics.csv", Statistic, unique="token")}


@lru_cache(maxsize=1)
def indicator_versions() -> dict[str, tuple[Indicator, ...]]:
    """Every version of each indicator, the oldest first. Raises CatalogueFault with file and line."""
    found: dict[str, list[Indicator]] = {}
    for each in load_indicators(CATALOGUE / "indicators.csv"):
        found.setdefault(each.token, []).append(each)
    return {token: tuple(sorted(versions, key=lambda each: each.since)) for token, versions in found.items()}


@lru_cache(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """The latest version of each indicator by token, in the plan's order. Raises CatalogueFault with file and line."""
    return {token: versions[-1] for token, versions in indicator_versions().items()}


def definition(token: str, period: str) -> Indicator:
    """The version of an indicator that holds in a month; before the first one the first. Raises KeyError."""
    versions = indicator_versions()[token]
    return next((each for each in reversed(versions) if each.since <= period), versions[0])


@lru_cache(maxsize=1)
def denominators() -> tuple[Denominator, ...]:
    """All values of the series, the latest first. Raises CatalogueFault with file and line."""
    areas = {CITY, *catalogue().districts}
    found = load_csv(
        CATALOGUE / "denominators.csv", Denominator, unique="key",
        check=lambda row: None if row.area in areas and row.measure in POPULATIONS
        else f"no area {row.area} or measure {row.measure}",
    )  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.as_of, reverse=True))


@lru_cache(maxsize=1)
def declared_coverage() -> tuple[DeclaredCoverage, ...]:
    """All declarations, the latest first. Raises CatalogueFault with file and line."""
    found = load_csv(
        CATALOGUE / "coverage.csv", DeclaredCoverage, unique="key",
        check=lambda row: None if row.indicator in indicators() else f"no indicator {row.indicator}",
    )  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.since, reverse=True))


@lru_cache(maxsize=1)
def measures() -> dict[str, Measure]:
    """The measures of use by token. Raises CatalogueFault with file and line."""
    return {each.token: each for each in load_csv(CATALOGUE / "measures.csv", Measure, unique="token")}


def check_indicators() -> None:
    """Read all files of this part, so that a fault stops the start."""
    indicators(), denominators(), declared_coverage(), measures(), statistics()


def denominator(measure: str, area: str, day: date) -> Denominator | None:
    """The latest value of the series known for `day`; None where there is none for this area."""
    wanted = (each for each in denominators() if each.measure == measure and each.area == area)
    return next((each for each in wanted if each.as_of <= day), None)


def coverage_of(indicator: str, period: str) -> DeclaredCoverage | None:
    """What was declared for the month; None where nobody declared anything."""
    return next((each for each in declared_coverage() if each.indicator == indicator and each.since <= period), None)


def load_indicators(path: Path) -> list[Indicator]:
    """Read a file of indicators. Raises CatalogueFault with file and line."""
    _no_row_too_long(path)
    first: dict[str, Indicator] = {}

    def fault(row: Indicator) -> str | None:
        unknown = [name for name in (row.numerator, row.denominator) if name and name not in statistics()]
        if unknown:
            return f"no statistic {unknown[0]}"
        if first.setdefault(row.token, row).of_the_plan != row.of_the_plan:
            return f"{row.token}: a later version may not change what the plan says"
        return None

    return load_csv(path, Indicator, unique="key", check=fault)


def _part(measure: str, per: int, divided: str = "per") -> str:
    label = statistics()[measure].label_zh
    return label if per == 1 else say(f"indicators.formula.{divided}", measure=label, per=per)


def _no_row_too_long(path: Path) -> None:
    """A stray comma in a method note would silently shift the columns behind it."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        width: int | None = None
        row: list[Any]
        for row in reader:
            width = width or len(row)
            if row and len(row) != width:
                raise CatalogueFault(f"{path}:{reader.line_num}: {len(row)} columns instead of {width}")
