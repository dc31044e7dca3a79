"""A row of a department's file: what it says, and everything that may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from config.indicators import CITY, PERCENT, POPULATIONS, Indicator, definition, indicators, statistics
from config.loading import catalogue, rule
from config.text import say
from models.indicators.documents import COMPLETE, FINAL, PARTIAL, PROVISIONAL
from models.kernel.sheets import SheetRow

COLUMNS = ("indicator", "area", "period", "value", "unit", "numerator", "denominator", "coverage", "coverage_basis",
           "finality", "confirmed")  # fmt: skip
REQUIRED = ("indicator", "area", "period", "unit")
YEAR, DECEMBER = re.compile(r"\d{4}", re.ASCII), "12"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
TITLES_BETWEEN = "|"
YES = frozenset({"yes", "true", "1"})


@dataclass(frozen=True)
class RowFault:
    """Why a row is refused: its line, the column, and a stable code; `detail` names what the sentence needs."""

    line: int
    column: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Figure:
    """A row that can be read: a value of an indicator, or (`measure`) of an official series, for an area.

    `numerator`, `denominator` are counts, not yet divided. `value` None: the denominator is empty, not observable.
    """

    line: int
    area: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    coverage: str
    coverage_basis: str | None
    finality: str
    confirmed: bool
    indicator: Indicator | None = None
    measure: str | None = None

    @property
    def subject(self) -> str:
        """The token of the indicator or of the series."""
        return self.indicator.token if self.indicator else str(self.measure)


def column_titles() -> dict[str, list[str]]:
    """The names under which each column may stand in the header."""
    return {name: say(f"indicators.figures.titles.{name}").split(TITLES_BETWEEN) for name in COLUMNS}


def month_meant(text: str) -> str | None:
    """The month of a period: of a whole year its December; None for what is no period."""
    if YEAR.fullmatch(text):
        return f"{text}-{DECEMBER}"
    return text if MONTH.fullmatch(text) else None


def read_figure(row: SheetRow, period: str) -> Figure | list[RowFault]:
    """What a row says of the month `period`, or its faults."""
    cells = row.cells
    faults = [RowFault(row.line, name, "missing") for name in REQUIRED if name not in cells]
    subject = _subjects().get(cells.get("indicator", ""))
    area = _areas().get(cells.get("area", ""))
    if "indicator" in cells and subject is None:
        faults.append(RowFault(row.line, "indicator", "unknown_indicator"))
    if "area" in cells and area is None:
        faults.append(RowFault(row.line, "area", "unknown_area"))
    if "period" in cells and month_meant(cells["period"]) != period:
        faults.append(RowFault(row.line, "period", "another_period", period))
    numbers, bad = _numbers(row)
    faults += bad
    if subject is not None and not bad:
        faults += _number_faults(row, subject, period, numbers)
    words, unknown = _words(row)
    faults += unknown
    if faults or subject is None or area is None:
        return faults
    indicator = definition(subject, period) if subject in indicators() else None
    return Figure(
        row.line, area, numbers["value"], numbers["numerator"], numbers["denominator"], words["coverage"],
        cells.get("coverage_basis"), words["finality"], words["confirmed"] == "yes", indicator,
        None if indicator else subject,
    )  # fmt: skip


def _numbers(row: SheetRow) -> tuple[dict[str, Decimal | None], list[RowFault]]:
    found: dict[str, Decimal | None] = {}
    faults = []
    for name in ("value", "numerator", "denominator"):
        text = row.cells.get(name, "").replace(",", "").removesuffix(PERCENT)
        try:
            found[name] = Decimal(text) if text else None
        except InvalidOperation:
            faults.append(RowFault(row.line, name, "no_number"))
            continue
        number = found[name]
        if number is not None and not number.is_finite():
            faults.append(RowFault(row.line, name, "no_number"))
        elif number is not None and number < 0:
            faults.append(RowFault(row.line, name, "negative"))
    return found, faults


def _number_faults(row: SheetRow, subject: str, period: str, numbers: Mapping[str, Decimal | None]) -> list[RowFault]:
    indicator = definition(subject, period) if subject in indicators() else None
    unit = indicator.unit_zh if indicator else statistics()[subject].unit_zh
    faults = []
    if row.cells.get("unit", unit) != unit:
        faults.append(RowFault(row.line, "unit", "wrong_unit", unit))
    value, empty = numbers["value"], numbers["denominator"] == 0
    if value is None and not (empty and indicator and indicator.denominator):
        faults.append(RowFault(row.line, "value", "missing"))
    elif value is not None and empty:
        faults.append(RowFault(row.line, "value", "denominator_empty"))
    elif value is not None and indicator is not None:
        faults += _value_faults(row, indicator, value, numbers)
    return faults


def _value_faults(
    row: SheetRow, indicator: Indicator, value: Decimal, numbers: Mapping[str, Decimal | None]
) -> list[RowFault]:
    if indicator.unit_zh == PERCENT and value > 100:
        gross = indicator.token in rule("indicators.gross_rates") and _confirmed(row)
        if not gross:
            return [RowFault(row.line, "value", "over_100")]
    numerator, denominator = numbers["numerator"], numbers["denominator"]
    if numerator is None or (denominator is None and indicator.denominator):
        return []
    made = numerator / indicator.numerator_per
    if denominator:
        made = made / (denominator / (indicator.denominator_per or 1)) * indicator.factor
    apart = abs(made - value)
    if apart > max(Decimal(str(rule("indicators.figure_tolerance"))), made / 1000):
        return [RowFault(row.line, "value", "does_not_compute", f"{made:.2f}")]
    return []


def _words(row: SheetRow) -> tuple[dict[str, str], list[RowFault]]:
    """Tokens of the columns that have a choice, by token or label; the careful choice where nothing is said."""
    choices = {"coverage": (PARTIAL, COMPLETE), "finality": (PROVISIONAL, FINAL), "confirmed": ("no", "yes")}
    found, faults = {}, []
    for name, tokens in choices.items():
        known = {label: token for token in tokens
                 for label in (token, *say(f"indicators.figures.words.{token}").split(TITLES_BETWEEN))}  # fmt: skip
        said = row.cells.get(name)
        if said is not None and said.lower() not in known:
            faults.append(RowFault(row.line, name, "unknown_word"))
        found[name] = known.get((said or tokens[0]).lower(), tokens[0])
    return found, faults


def _confirmed(row: SheetRow) -> bool:
    return _words(row)[0]["confirmed"] == "yes"


@lru_cache(maxsize=1)
def _subjects() -> dict[str, str]:
    named = {each.name_zh: token for token, each in indicators().items()}
    series = {statistics()[token].label_zh: token for token in POPULATIONS}
    return {**named, **series, **{token: token for token in (*indicators(), *POPULATIONS)}}


@lru_cache(maxsize=1)
def _areas() -> dict[str, str]:
    counties = {each.name_zh: code for code, each in catalogue().districts.items()}
    townships = {f"{each.district_zh}{each.name_zh}": each.id for each in catalogue().places}
    codes = {code: code for code in (CITY, *catalogue().districts, *(each.id for each in catalogue().places))}
    return {say("indicators.city"): CITY, **townships, **counties, **codes}
