"""Small pictures of numbers as SVG: how far an indicator is on its way, and its course over the months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, EDGE = 320.0, 90.0, 8.0
FULL = 100.0


@dataclass(frozen=True)
class Bar:
    """How far from the 2020 value to the target, in per cent of the bar; None where it cannot be said."""

    percent: float | None


def progress(indicator: Mapping[str, Any]) -> Bar:
    """The way from 2020 to 2025 that the city's latest complete observation has gone, between 0 and 100."""
    latest, begun, target = indicator["latest"], indicator["baseline_2020"], indicator["target_2025"]
    value = latest["value"] if latest else None
    if value is None or target is None:
        return Bar(None)
    if begun is None or begun == target:
        return Bar(FULL if value >= target else max(0.0, min(FULL, value / target * FULL)) if target else None)
    return Bar(round(max(0.0, min(FULL, (value - begun) / (target - begun) * FULL)), 1))


def line(observed: Sequence[Mapping[str, Any]]) -> str:
    """The points of a polyline through the known values, the oldest first; empty for fewer than two."""
    values = [each["value"] for each in reversed(observed) if each["value"] is not None]
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    points = (
        (EDGE + number * step, HEIGHT - EDGE - (value - low) / spread * (HEIGHT - 2 * EDGE))
        for number, value in enumerate(values)
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
