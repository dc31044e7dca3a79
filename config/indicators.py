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
from config.yaml_lines import CatalogueFault

CITY = "3609"
PERCENT = "%"
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
NAME = r"^[a-z_]+$"


class Indicator(Entry):
    """One indicator of the plan. `numerator_per`, `denominator_per`: by what the counted number is divided.

    `plan_baseline`, `plan_target` are the plan's own words; `{}` there marks a sum over five years.
    """

    token: str = Field(pattern=NAME)
    domain_zh: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    unit_zh: str = Field(min_length=1)
    baseline_2020: Decimal | None = None
    target_2025: str = Field(min_length=1)
    target_comparison: Literal["at_least", "more_than", "all"]
    binding: bool
    cumulative_five_years: bool
    observed_by: Literal["platform", "platform_partial", "department"]
    numerator: str | None = None
    denominator: str | None = None
    numerator_per: int | None = Field(default=None, ge=1)
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
        if (self.numerator is None) is not (self.numerator_per is None):
            raise ValueError("a numerator goes with numerator_per")
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
    def factor(self) -> int:
        """What numerator / denominator is multiplied by to stand in the indicator's unit."""
        return 100 if self.unit_zh == PERCENT else 1


class Denominator(Entry):
    """One value of a dated series, such as permanent residents of the city or a county."""

    measure: Literal["permanent_residents", "resident_households"]
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
def indicators() -> dict[str, Indicator]:
    """The indicators by token, in the plan's order. Raises CatalogueFault with file and line."""
    return {each.token: each for each in load_indicators(CATALOGUE / "indicators.csv")}


@lru_cache(maxsize=1)
def denominators() -> tuple[Denominator, ...]:
    """All values of the series, the latest first. Raises CatalogueFault with file and line."""
    areas = {CITY, *catalogue().districts}
    found = load_csv(
        CATALOGUE / "denominators.csv", Denominator, unique="key",
        check=lambda row: None if row.area in areas else f"no area {row.area}",
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
    indicators(), denominators(), declared_coverage(), measures()


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
    return load_csv(path, Indicator, unique="token")


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
