"""A month's observations as a workbook: the city against its targets, its last year, every area, and the methods."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from config.indicators import CITY, definition, indicators
from config.text import say
from models.indicators.documents import CITY_LEVEL
from models.indicators.queries import observations_of
from models.kernel.clock import previous_month, shown
from models.kernel.lifecycle import Raw

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    Formats = Mapping[str, Format]

TREND_MONTHS = 12
WIDE, NARROW, TEXT = 34, 14, 60
CITY_COLUMNS = ("name", "unit", "status", "value", "partial_value", "target", "progress", "coverage", "note")
AREA_COLUMNS = ("name", "level", "area_name", "status", "value", "partial_value", "unit", "numerator", "denominator",
                "origin", "finality", "revision", "source", "as_of")  # fmt: skip
METHOD_COLUMNS = ("indicator", "name", "unit", "formula", "since", "method", "owner", "plan_baseline", "plan_target",
                  "source")  # fmt: skip


def workbook(rows: Sequence[Raw], period: str) -> bytes:
    """The workbook of `rows` (`exporting.described`), observations of the month `period`."""
    import xlsxwriter  # takes long to load; most processes write no workbooks

    kept = io.BytesIO()
    # Texts stay texts: a department's words may begin as a formula does.
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.####", "valign": "top"}),
        "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
    }
    _city(book, formats, [each for each in rows if each["level"] == CITY_LEVEL], period)
    _trend(book, formats, period)
    _areas(book, formats, rows, period)
    _methods(book, formats, period)
    book.close()
    return kept.getvalue()


def _city(book: Workbook, formats: Formats, rows: Sequence[Raw], period: str) -> None:
    sheet = _sheet(book, formats, "city", CITY_COLUMNS, period)
    by_indicator = {each["indicator"]: each for each in rows}
    measured = []
    for line, (token, indicator) in enumerate(indicators().items(), 2):
        row = by_indicator.get(token, {})
        known = row.get("value") if row.get("value") is not None else row.get("partial_value")
        target = None if indicator.target is None else float(indicator.target)
        progress = known / target if known is not None and target else None
        if progress is not None:
            measured.append(line)
        status = say(f"indicators.status_label.{row['status']}") if row else say("indicators.not_reported")
        coverage = row["coverage"]["basis"] if row else ""
        cells = (indicator.name_zh, indicator.unit_zh, status, row.get("value"), row.get("partial_value"), target,
                 progress, coverage, row.get("note"))  # fmt: skip
        _write(sheet, formats, line, CITY_COLUMNS, cells)
    if measured:
        _progress_chart(book, sheet, measured, line)


def _progress_chart(book: Workbook, sheet: Worksheet, lines: list[int], last: int) -> None:
    chart = book.add_chart({"type": "bar"})
    name, column = sheet.get_name(), CITY_COLUMNS.index("progress")
    # One range a chart takes, so all lines are drawn; those without a value have no bar.
    chart.add_series({
        "name": say("indicators.column.progress"), "categories": [name, min(lines), 0, max(lines), 0],
        "values": [name, min(lines), column, max(lines), column], "data_labels": {"value": True},
    })  # fmt: skip
    chart.set_title({"name": say("indicators.chart.progress")})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"num_format": "0%", "min": 0})
    chart.set_legend({"none": True})
    chart.set_size({"width": 900, "height": 520})
    sheet.insert_chart(last + 2, 0, chart, {"description": say("indicators.chart.progress")})


def _trend(book: Workbook, formats: Formats, period: str) -> None:
    months = [period]
    while len(months) < TREND_MONTHS:
        months.insert(0, previous_month(months[0]))
    sheet = book.add_worksheet(say("indicators.sheet.trend"))
    sheet.write(0, 0, say("indicators.sheet.trend"), formats["title"])
    sheet.set_column(0, 0, WIDE)
    sheet.write_row(1, 0, [say("indicators.column.name"), *months], formats["head"])
    sheet.freeze_panes(2, 1)
    line = 1
    for token in indicators():
        page = observations_of(token, area=CITY, first=months[0], last=period, limit=TREND_MONTHS)
        known = {each["period"]: each["partial_value"] if each["value"] is None else each["value"]
                 for each in page.items}  # fmt: skip
        if not any(value is not None for value in known.values()):
            continue
        line += 1
        sheet.write(line, 0, definition(token, period).name_zh, formats["text"])
        for column, month in enumerate(months, 1):
            if known.get(month) is not None:
                sheet.write_number(line, column, known[month], formats["number"])
        _trend_chart(book, sheet, line)


def _trend_chart(book: Workbook, sheet: Worksheet, line: int) -> None:
    """A small chart a line, beside the table: units differ too much for one."""
    name = sheet.get_name()
    chart = book.add_chart({"type": "line"})
    chart.add_series({
        "name": [name, line, 0], "categories": [name, 1, 1, 1, TREND_MONTHS],
        "values": [name, line, 1, line, TREND_MONTHS], "marker": {"type": "circle"},
    })  # fmt: skip
    chart.set_legend({"none": True})
    chart.set_size({"width": 480, "height": 220})
    sheet.insert_chart(1 + (line - 2) * 12, TREND_MONTHS + 2, chart)


def _areas(book: Workbook, formats: Formats, rows: Sequence[Raw], period: str) -> None:
    sheet = _sheet(book, formats, "areas", AREA_COLUMNS, period)
    for line, row in enumerate(rows, 2):
        words = {
            "level": say(f"indicators.level.{row['level']}"), "status": say(f"indicators.status_label.{row['status']}"),
            "origin": say(f"indicators.origin.{row['origin']}"), "as_of": shown(row["as_of"]),
            "finality": say(f"indicators.finality.{row['finality']}"),
        }  # fmt: skip
        _write(sheet, formats, line, AREA_COLUMNS, [words.get(name, row.get(name)) for name in AREA_COLUMNS])
    sheet.autofilter(1, 0, max(len(rows) + 1, 1), len(AREA_COLUMNS) - 1)


def _methods(book: Workbook, formats: Formats, period: str) -> None:
    sheet = _sheet(book, formats, "methods", METHOD_COLUMNS, period)
    for line, token in enumerate(indicators(), 2):
        each = definition(token, period)
        owner = each.owner or say("indicators.no_owner")
        cells = (token, each.name_zh, each.unit_zh, each.formula_zh, each.since, each.method, owner,
                 each.plan_baseline, each.plan_target, each.source)  # fmt: skip
        _write(sheet, formats, line, METHOD_COLUMNS, cells)
    notes = ("partial_note", "not_observable", "suppressed_note", "rounded_note")
    for line, note in enumerate(notes, len(indicators()) + 3):
        sheet.write(line, 0, say(f"indicators.{note}"), formats["text"])


def _sheet(book: Workbook, formats: Formats, token: str, columns: Sequence[str], period: str) -> Worksheet:
    title = say(f"indicators.sheet.{token}")
    sheet = book.add_worksheet(title)
    sheet.write(0, 0, say("indicators.sheet.title", title=title, period=period), formats["title"])
    for column, name in enumerate(columns):
        sheet.write(1, column, say(f"indicators.column.{name}"), formats["head"])
        width = WIDE if name in ("name", "source") else TEXT if name in ("formula", "method", "coverage") else NARROW
        sheet.set_column(column, column, width)
    sheet.freeze_panes(2, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    return sheet


def _write(sheet: Worksheet, formats: Formats, line: int, columns: Sequence[str], cells: Sequence[Any]) -> None:
    for column, (name, cell) in enumerate(zip(columns, cells, strict=True)):
        if isinstance(cell, int | float):
            sheet.write_number(line, column, cell, formats["share" if name == "progress" else "number"])
        elif cell is not None:
            sheet.write_string(line, column, str(cell), formats["text"])
