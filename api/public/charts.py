"""A small picture of numbers as SVG: an indicator's course over the months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, EDGE = 320.0, 90.0, 8.0


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
