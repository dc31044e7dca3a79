"""Charts as SVG made here, without scripts: progress to target, trend, map of counties.

The same input gives the same bytes, so that a frozen report stays what it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from math import cos, radians

from config.loading import CATALOGUE, catalogue, rule

POLYGONS = CATALOGUE / "districts.geojson"
INK, QUIET, GRID, FULL, PART, MARK = "#222222", "#666666", "#d9d9d9", "#1f6f8b", "#9cc5d3", "#c0392b"
SHADES = ("#eef5f7", "#c9e0e7", "#94c3d0", "#5a9fb2", "#1f6f8b")
NO_DATA = "#f4f4f4"
ROW, LABEL, BAR, TEXT = 24, 250, 320, 170
WIDTH = LABEL + BAR + TEXT
TREND_WIDTH, TREND_HEIGHT, MARGIN = 360, 150, 34
MAP_WIDTH = 620


@dataclass(frozen=True)
class Progress:
    """One bar. `share` of the target reached (may exceed 1), None where it is unknown; `partial`: covers a part."""

    label: str
    words: str
    share: float | None
    partial: bool = False
    path: float | None = None


def progress_chart(title: str, rows: Sequence[Progress]) -> str:
    """Bars towards the target, which is the line at the right; a red mark where a steady way would be today."""
    top, most = 34, 1.2
    height = top + ROW * len(rows) + 12
    goal = LABEL + BAR / most
    parts = [_text(0, 16, title, size=14, bold=True)]
    parts.append(_line(goal, top - 8, goal, height - 6, INK, dash="4 3"))
    for number, row in enumerate(rows):
        y = top + ROW * number
        parts.append(_text(LABEL - 8, y + 14, _cut(row.label, 19), anchor="end", size=11))
        parts.append(_rect(LABEL, y + 4, BAR, 12, GRID, opacity=0.4))
        if row.share is not None:
            width = BAR * max(0.0, min(row.share, most)) / most
            parts.append(_rect(LABEL, y + 4, width, 12, PART if row.partial else FULL))
        if row.path is not None:
            x = LABEL + BAR * max(0.0, min(row.path, most)) / most
            parts.append(_line(x, y + 1, x, y + 19, MARK))
        parts.append(_text(LABEL + BAR + 8, y + 14, row.words, size=11, fill=INK if row.share is not None else QUIET))
    return _svg(WIDTH, height, title, parts)


def trend_chart(title: str, points: Sequence[tuple[str, float]], target: float | None) -> str:
    """A line over months, with the target where it lies within reach of the values."""
    values = [value for _, value in points]
    low, high = min(values), max(values)
    if target is not None and target <= high + 2 * max(high - low, abs(high) * 0.1, 1e-9):
        low, high = min(low, target), max(high, target)
    span = (high - low) or abs(high) or 1.0
    low, high = low - span * 0.1, high + span * 0.1
    inner_w, inner_h = TREND_WIDTH - MARGIN - 14, TREND_HEIGHT - MARGIN - 26

    def x(number: int) -> float:
        return MARGIN + inner_w * (number / max(len(points) - 1, 1))

    def y(value: float) -> float:
        return 26 + inner_h * (1 - (value - low) / (high - low))

    parts = [_text(0, 14, _cut(title, 26), size=12, bold=True)]
    for value in (low + (high - low) * step for step in (0.1, 0.5, 0.9)):
        parts.append(_line(MARGIN, y(value), TREND_WIDTH - 14, y(value), GRID))
        parts.append(_text(MARGIN - 4, y(value) + 4, f"{value:.4g}", anchor="end", size=9, fill=QUIET))
    if target is not None and low <= target <= high:
        parts.append(_line(MARGIN, y(target), TREND_WIDTH - 14, y(target), MARK, dash="4 3"))
    path = " ".join(f"{x(n):.1f},{y(value):.1f}" for n, value in enumerate(values))
    parts.append(f'<polyline points="{path}" fill="none" stroke="{FULL}" stroke-width="2"/>')
    parts += [f'<circle cx="{x(n):.1f}" cy="{y(v):.1f}" r="2.5" fill="{FULL}"/>' for n, v in enumerate(values)]
    parts.append(_text(MARGIN, TREND_HEIGHT - 8, points[0][0], size=9, fill=QUIET))
    parts.append(_text(TREND_WIDTH - 14, TREND_HEIGHT - 8, points[-1][0], anchor="end", size=9, fill=QUIET))
    return _svg(TREND_WIDTH, TREND_HEIGHT, title, parts)


def county_map(title: str, values: Mapping[str, float | None], words: Mapping[str, str], legend: str) -> str:
    """The counties, darker where the value is higher; white with a dash where there is none."""
    shapes, height = _outlines()
    known = sorted(value for value in values.values() if value is not None)
    parts = [_text(0, 16, title, size=14, bold=True)]
    for code, (path, _, _) in shapes.items():
        parts.append(f'<path d="{path}" fill="{_shade(values.get(code), known)}" stroke="{INK}" stroke-width="0.8"/>')
    for code, (_, east, south) in shapes.items():
        dark = _shade(values.get(code), known) in SHADES[3:]
        fill = "#ffffff" if dark else INK
        parts.append(_text(east, south, catalogue().districts[code].name_zh, anchor="middle", size=12, fill=fill))
        parts.append(_text(east, south + 15, words.get(code, "—"), anchor="middle", size=11, fill=fill))
    parts.append(_text(0, height - 6, legend, size=10, fill=QUIET))
    return _svg(MAP_WIDTH, height, title, parts)


def _shade(value: float | None, known: Sequence[float]) -> str:
    if value is None:
        return NO_DATA
    if known[-1] == known[0]:
        return SHADES[2]
    return SHADES[min(int((value - known[0]) / (known[-1] - known[0]) * len(SHADES)), len(SHADES) - 1)]


@lru_cache(maxsize=1)
def _outlines() -> tuple[dict[str, tuple[str, float, float]], float]:
    """By county its path and where its name stands; and the height of the map."""
    features = json.loads(POLYGONS.read_text(encoding="utf-8"))["features"]
    rings = {
        feature["properties"]["code"]: [
            polygon[0]
            for polygon in (
                feature["geometry"]["coordinates"]
                if feature["geometry"]["type"] == "MultiPolygon"
                else [feature["geometry"]["coordinates"]]
            )
        ]
        for feature in features
    }
    every = [point for each in rings.values() for ring in each for point in ring]
    west, east = min(p[0] for p in every), max(p[0] for p in every)
    south, north = min(p[1] for p in every), max(p[1] for p in every)
    across = MAP_WIDTH / (east - west)
    # A degree of longitude is shorter than one of latitude by the cosine.
    along = across / cos(radians((south + north) / 2))
    top = 28.0

    def place(point: Sequence[float]) -> tuple[float, float]:
        return (point[0] - west) * across, top + (north - point[1]) * along

    shapes = {}
    for code, found in rings.items():
        drawn = ["M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in map(place, ring)) + " Z" for ring in found]
        ring = max(found, key=len)
        middle = [sum(axis) / len(ring) for axis in zip(*[p[:2] for p in ring], strict=True)]
        shapes[code] = (" ".join(drawn), *place(middle))
    return shapes, top + (north - south) * along + 26


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    fonts = escape(", ".join(reversed(rule("reports.pdf_fonts"))), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'font-family="{fonts}, sans-serif"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 11, fill: str = INK, bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}"{weight}>'
        f"{escape(words)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}"{dashed}/>'


def _rect(x: float, y: float, width: float, height: float, fill: str, opacity: float = 1) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" '
        f'fill-opacity="{opacity:g}"/>'
    )


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"
