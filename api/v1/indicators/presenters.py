"""An indicator of the catalogue as the public sees it."""

from __future__ import annotations

from typing import Any

from config.indicators import Indicator


def version_view(indicator: Indicator) -> dict[str, Any]:
    """The fields of `DefinitionView`."""
    same = ("since", "observed_by", "owner", "numerator", "denominator", "numerator_per", "denominator_per", "method")
    return {**{name: getattr(indicator, name) for name in same}, "formula": indicator.formula_zh}


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
