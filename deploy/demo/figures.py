"""Invented figures of departments with the coverage they declare, the month that the platform counts itself, and a
public report of gaps: read in, observed and published by the product's own operations, the same at every run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from pydantic import Field

from config.indicators import CITY, PERCENT, definition
from config.loading import CATALOGUE, Entry, catalogue, load_yaml
from deploy.demo.people import SEED, demo_staff
from models.indicators.figure_rows import COLUMNS, column_titles
from models.indicators.figures import Sending, import_figures
from models.indicators.observations import last_ended, observe
from models.kernel.actors import SYSTEM
from models.kernel.clock import at_local, day_of, month_bounds, month_of, previous_month
from models.kernel.sheets import CSV, write_sheet
from models.reports import freezing
from models.reports.inputs import service_gap_inputs

MONTHS_OF_A_QUARTER = 3
LAST_HOUR = 17
WHOLE = Decimal(100)
DECIMALS = 2
Row = dict[str, str]


class DemoFigures(Entry):
    """The file `config/catalogue/demo/figures.yaml`: values by indicator, the latest period last.

    A value that is null was not reported.
    """

    sender: str
    basis: str
    sent_after_days: int = Field(gt=0)
    quarters: dict[str, list[Decimal | None]]
    years: dict[str, list[Decimal | None]]
    denominators: dict[str, int]
    counties: list[str]
    apart: Decimal


def load_figures(at: datetime) -> int:
    """Read the figures in, observe the month that has ended, publish the gaps; returns how many figures.

    A second run changes nothing.
    """
    written = load_yaml(CATALOGUE / "demo" / "figures.yaml", DemoFigures)
    accepted = 0
    for values, ends in ((written.years, _years(at)), (written.quarters, _quarters(at))):
        periods = list(zip(range(-1, -1 - len(next(iter(values.values()))), -1), ends, strict=False))
        for place, period in reversed(periods):
            told = {token: each[place] for token, each in values.items()}
            counties = written.counties if place == -1 else []
            accepted += _read_in(period, list(_rows(written, period, told, counties)), written, at)
    observe(last_ended(at), at)
    gaps = freezing.freeze(service_gap_inputs(at), by=SYSTEM, at=at).report
    freezing.publish(gaps["_id"], by=demo_staff("planner"), at=at, key="demo")
    return accepted


def _read_in(period: str, rows: list[Row], written: DemoFigures, at: datetime) -> int:
    end = day_of(month_bounds(period)[1])
    sent_on = min(end + timedelta(days=written.sent_after_days), day_of(at))
    titles = [column_titles()[name][0] for name in COLUMNS]
    content = write_sheet(CSV, [titles, *([row.get(name, "") for name in COLUMNS] for row in rows)])
    sending = Sending(content, f"demo-{period}.csv", written.sender, sent_on, period)
    report = import_figures(sending, by=demo_staff("planner"), at=min(at_local(sent_on, LAST_HOUR), at))
    if report.faults:
        raise ValueError(f"{sending.name}: {report.faults[0]}")
    return report.accepted


def _rows(written: DemoFigures, period: str, told: Mapping[str, Decimal | None], counties: list[str]) -> Iterator[Row]:
    for token, value in told.items():
        if value is None:
            continue
        chance = random.Random(f"{SEED} {token} {period}")  # noqa: S311  invented data, not secrets
        yield _row(written, token, period, CITY, value)
        for area in sorted(catalogue().districts) if token in counties else ():
            share = 1 + written.apart * (2 * Decimal(chance.random()) - 1)
            yield _row(written, token, period, area, value * share)


def _row(written: DemoFigures, token: str, period: str, area: str, value: Decimal) -> Row:
    indicator = definition(token, period)
    most = WHOLE if indicator.unit_zh == PERCENT else value
    shown = round(min(value, most), DECIMALS)
    row = {
        "indicator": indicator.name_zh, "area": area, "period": period, "value": f"{shown}", "unit": indicator.unit_zh,
        "coverage": "complete", "coverage_basis": written.basis, "finality": "final",
    }  # fmt: skip
    below = written.denominators.get(token)
    if below is None or area != CITY or indicator.denominator_per is None:
        return row
    counted = shown * below / indicator.denominator_per * indicator.numerator_per / indicator.factor
    return {**row, "numerator": f"{counted:.0f}", "denominator": f"{below}"}


def _quarters(at: datetime) -> Iterator[str]:
    """The last months of the quarters that have ended, the latest first."""
    month = last_ended(at)
    while True:
        if int(month[-2:]) % MONTHS_OF_A_QUARTER == 0:
            yield month
        month = previous_month(month)


def _years(at: datetime) -> Iterator[str]:
    """The Decembers that have ended, the latest first."""
    year = date.fromisoformat(f"{month_of(at)}-01").year
    while True:
        year -= 1
        yield f"{year}-12"
