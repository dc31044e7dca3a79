"""An indicator of the catalogue as the public sees it, and observations as a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, TextIO

from config.indicators import Indicator, indicators
from models.kernel.clock import shown

COLUMNS = (
    "indicator", "name", "period", "level", "area", "area_name", "revision", "status", "value", "partial_value", "unit",
    "numerator", "denominator", "coverage", "origin", "finality", "source", "as_of", "formula", "method",
)  # fmt: skip


def indicator_view(indicator: Indicator, latest: dict[str, Any] | None) -> dict[str, Any]:
    """The fields of `IndicatorView`."""
    same = (
        "token", "binding", "cumulative_five_years", "target_comparison", "plan_baseline", "plan_target",
        "observed_by", "owner", "since", "numerator", "denominator", "method", "source",
    )  # fmt: skip
    return {
        **{name: getattr(indicator, name) for name in same},
        "name": indicator.name_zh,
        "formula": indicator.formula_zh,
        "domain": indicator.domain_zh,
        "unit": indicator.unit_zh,
        "baseline_2020": None if indicator.baseline_2020 is None else float(indicator.baseline_2020),
        "target_2025": None if indicator.target is None else float(indicator.target),
        "latest": latest,
    }


def write_csv(observations: Iterable[dict[str, Any]], stream: TextIO) -> int:
    """Write observations as CSV with a header of tokens; returns the number of rows."""
    writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    rows = 0
    for each in observations:
        coverage = f"{each['coverage']['status']}: {each['coverage']['basis']}"
        name = indicators()[each["indicator"]].name_zh
        writer.writerow({**each, "name": name, "coverage": coverage, "as_of": shown(each["as_of"])})
        rows += 1
    return rows
