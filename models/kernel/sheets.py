"""Small tables that offices exchange: CSV and XLSX, read by the names of their columns and written without formulas.

A file that cannot be trusted as a whole is refused; a bad row is the caller's to name, with its line.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, Literal

from config.loading import rule
from models.kernel.errors import FieldFault, InvalidInput

ZIP_MAGIC = b"PK\x03\x04"
CSV, XLSX = "csv", "xlsx"
Form = Literal["csv", "xlsx"]
MEDIA_TYPES = {CSV: "text/csv", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
# A spreadsheet would run a cell that begins so.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
ESCAPE = "'"
MOST_COLUMNS = 60


@dataclass(frozen=True)
class SheetRow:
    """A row: its line in the file, and the text of its cells by column; an empty cell is absent."""

    line: int
    cells: Mapping[str, str]


def read_sheet(
    content: bytes, name: str, columns: Mapping[str, Collection[str]], required: Collection[str]
) -> list[SheetRow]:
    """The rows of a file. `columns`: the names under which each may stand in the header, beside its own.

    Raises InvalidInput (`file_refused`) with a fault of the field `file`: `file_empty`, `file_too_large`,
    `file_type_refused`, `file_type_differs`, `file_unreadable`, `file_too_complex`, `columns_missing`.
    """
    if not content.strip():
        raise _refused("file_empty")
    if len(content) > rule("kernel.sheet_bytes_most"):
        raise _refused("file_too_large")
    real = XLSX if content.startswith(ZIP_MAGIC) else CSV
    said = PurePath(name).suffix.lower().lstrip(".")
    if said and said != real:
        raise _refused("file_type_differs" if said in MEDIA_TYPES else "file_type_refused")
    lines = _xlsx(content) if real == XLSX else _csv(content)
    if not lines:
        raise _refused("file_empty")
    return _named(lines, columns, required)


def write_sheet(form: str, rows: Sequence[Sequence[str]]) -> bytes:
    """Rows, the header first, as `csv` (UTF-8 with its mark, as spreadsheets want it) or `xlsx`; all cells are text."""
    safe = [[ESCAPE + cell if cell.startswith(FORMULA_STARTS) else cell for cell in row] for row in rows]
    if form == CSV:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(safe)
        return text.getvalue().encode("utf-8-sig")
    from openpyxl import Workbook  # takes long to load; most processes write no sheets

    book, kept = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in safe:
        sheet.append(row)
    book.save(kept)
    return kept.getvalue()


def _named(
    lines: list[tuple[int, list[str]]], columns: Mapping[str, Collection[str]], required: Collection[str]
) -> list[SheetRow]:
    by_title = {title.lower(): token for token, titles in columns.items() for title in (token, *titles)}
    header = [by_title.get(cell.strip().lower()) for cell in lines[0][1]]
    missing = [token for token in required if token not in header]
    if missing:
        titles = [next(iter(columns[token]), token) for token in missing]
        raise _refused("columns_missing", ", ".join(titles))
    rows = []
    for number, cells in lines[1:]:
        given = {token: cell for token, cell in zip(header, cells, strict=False) if token and cell}
        if given:
            rows.append(SheetRow(number, given))
    if len(rows) > rule("kernel.sheet_rows_most"):
        raise _refused("file_too_complex")
    return rows


def _csv(content: bytes) -> list[tuple[int, list[str]]]:
    """UTF-8, or what spreadsheets in China write otherwise (GB 18030)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _refused("file_unreadable")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [(reader.line_num, [_text(cell) for cell in row[:MOST_COLUMNS]]) for row in reader]
    except csv.Error:
        raise _refused("file_unreadable") from None


def _xlsx(content: bytes) -> list[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # takes long to load; most processes read no sheets

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            unpacked = sum(each.file_size for each in package.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise _refused("file_unreadable") from None
    if unpacked > rule("kernel.sheet_unpacked_bytes_most"):
        raise _refused("file_too_complex")
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False).worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=MOST_COLUMNS, max_row=rule("kernel.sheet_rows_most") + 2, values_only=True)
        return [(number, [_text(cell) for cell in row]) for number, row in enumerate(rows, 1)]
    except Exception:  # XML parsers raise classes of their own
        raise _refused("file_unreadable") from None


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(str(cell).split())
    return text[1:] if text.startswith(ESCAPE) and text[1:].startswith(FORMULA_STARTS) else text


def _refused(code: str, detail: str = "") -> InvalidInput:
    return InvalidInput("file_refused", faults=[FieldFault("file", code, detail)])
