"""An indicator of the catalogue as the public sees it."""

from __future__ import annotations

from typing import Any

from config.indicators import Indicator


def version_view(indicator: Indicator) -> dict[str, Any]:
    """The fields of `DefinitionView`."""
    same = ("since", "observed_by", "owner", "numerator", "denominator", "numerator_per", "denominator_per", "method")
    return {**{name: getattr(indicator, name) for name in same}, "formula": indicator.formula_zh}


def progress_of(latest: dict[str, Any] | None, begun: float | None, target: float | None) -> float | None:
    """How much of the way from 2020 to the target is gone, in per cent from 0 to 100, one decimal.

    None where the plan has no number, or nothing is known of the whole city. Where 2020 had none, or had reached the
    target, the value is measured by the target alone.
    """
    value = latest["value"] if latest else None
    if value is None or target is None:
        return None
    if begun is None or begun == target:
        share = 1.0 if value >= target else value / target if target else 0.0
    else:
        share = (value - begun) / (target - begun)
    return round(100 * max(0.0, min(1.0, share)), 1)


def indicator_view(indicator: Indicator, latest: dict[str, Any] | None) -> dict[str, Any]:
    """The fields of `IndicatorView`."""
    same = (
        "token", "binding", "cumulative_five_years", "target_comparison", "plan_baseline", "plan_target",
        "observed_by", "owner", "since", "numerator", "denominator", "method", "source",
    )  # fmt: skip
    begun = None if indicator.baseline_2020 is None else float(indicator.baseline_2020)
    target = None if indicator.target is None else float(indicator.target)
    return {
        **{name: getattr(indicator, name) for name in same},
        "name": indicator.name_zh,
        "formula": indicator.formula_zh,
        "domain": indicator.domain_zh,
        "unit": indicator.unit_zh,
        "baseline_2020": begun,
        "target_2025": target,
        # A five-year total begins at nothing: that of the five years before is no start.
        "progress": progress_of(latest, None if indicator.cumulative_five_years else begun, target),
        "latest": latest,
    }
