"""Facility files: what they really are, whatever their name says, and their rows one by one.

A file that cannot be trusted as a whole (its name and content differ, it unpacks to far more than it weighs, its
header lacks a column) is refused with a `FileFault`; a bad row is handed on as such and the rows around it live.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from config.loading import rule
from models.facilities.rows import ALL_COLUMNS, REQUIRED, Fault, RawRow

Form = Literal["csv", "xlsx", "geojson"]
SUFFIXES: dict[str, Form] = {".csv": "csv", ".xlsx": "xlsx", ".geojson": "geojson", ".json": "geojson"}
ZIP_MAGIC = b"PK\x03\x04"
WORKBOOK = "xl/workbook.xml"
# A quoted cell may hold line breaks; one that runs on for longer is a quote that was never closed.
MOST_LINES_A_ROW = 20
MOST_COLUMNS = 100
# What no text file holds: its first bytes are looked at.
LOOKED_AT = 65_536


class FileFault(ValueError):
    """A file that is refused as a whole; the sentence is `facilities.import.files.<code>` with `params`."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class FacilityFile:
    """An opened file: its form, its rows in order, and the columns it has that mean nothing to us."""

    form: Form
    rows: Iterator[RawRow]
    ignored: list[str] = field(default_factory=list)


def open_file(path: Path) -> FacilityFile:
    """Look at the content, then read. Raises FileFault; OSError for a file that cannot be read."""
    if path.stat().st_size > rule("facilities.import_file_bytes_most"):
        raise FileFault("too_large")
    with path.open("rb") as stream:
        form = _form(stream.read(LOOKED_AT), path)
    said = SUFFIXES.get(path.suffix.lower())
    if said is None:
        raise FileFault("unknown_suffix", suffix=path.suffix)
    if said != form:
        raise FileFault("lying_suffix", suffix=path.suffix, form=form)
    return {"csv": _open_csv, "xlsx": _open_xlsx, "geojson": _open_geojson}[form](path)


def _form(first: bytes, path: Path) -> Form:
    if not first.strip():
        raise FileFault("empty")
    if first.startswith(ZIP_MAGIC):
        return "xlsx"
    if b"\x00" in first:
        raise FileFault("unknown_content")
    if first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return "geojson"
    return "csv"


def _columns(header: list[Any]) -> tuple[dict[int, str], list[str]]:
    """Position → column name, and the names that mean nothing to us. Raises FileFault."""
    known: dict[int, str] = {}
    ignored: list[str] = []
    for place, cell in enumerate(header[:MOST_COLUMNS]):
        name = str(cell).strip().lower() if cell is not None else ""
        if name in known.values():
            raise FileFault("repeated_column", column=name)
        if name in ALL_COLUMNS:
            known[place] = name
        elif name:
            ignored.append(name[:40] if name.isprintable() else "?")
    missing = [name for name in REQUIRED if name not in known.values()]
    if missing:
        raise FileFault("missing_columns", columns=", ".join(missing))
    return known, ignored


# --- CSV ---------------------------------------------------------------------------------------------------------


def _open_csv(path: Path) -> FacilityFile:
    text = _decoded(path)
    records = _records(text)
    try:
        _, _, header = next(records)
    except StopIteration:
        raise FileFault("empty") from None
    if header is None:
        raise FileFault("missing_columns", columns=", ".join(REQUIRED))
    columns, ignored = _columns(header)
    return FacilityFile("csv", _csv_rows(records, columns, len(header)), ignored)


def _decoded(path: Path) -> str:
    """UTF-8, or what spreadsheets in China write otherwise (GB 18030). Raises FileFault."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFault("unknown_encoding")


def _csv_rows(
    records: Iterator[tuple[int, Fault | None, list[str] | None]], columns: dict[int, str], width: int
) -> Iterator[RawRow]:
    for line, fault, cells in records:
        if cells is None:
            yield RawRow(line, fault=fault)
        elif any(cell.strip() for cell in cells[width:]):
            yield RawRow(line, fault=Fault("", "too_many_cells"))
        elif any(cell.strip() for cell in cells):
            yield RawRow(line, {name: cells[at] if at < len(cells) else None for at, name in columns.items()})


def _records(text: str) -> Iterator[tuple[int, Fault | None, list[str] | None]]:
    """(first line, fault, cells) of every record; after a line with bad quotes reading goes on with the next."""
    # The module's own limit holds for the whole process: it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    lines = io.StringIO(text, newline="").readlines()
    at = 0
    while at < len(lines):
        taken, quotes = 1, lines[at].count('"')
        while quotes % 2 and at + taken < len(lines) and taken < MOST_LINES_A_ROW:
            quotes += lines[at + taken].count('"')
            taken += 1
        cells = _cells("".join(lines[at : at + taken])) if quotes % 2 == 0 else None
        if cells is None:
            # Only this line is given up: had its quote been closed, the next would be a row again.
            yield at + 1, Fault("", "bad_quotes"), None
            at += 1
            continue
        yield at + 1, None, cells
        at += taken


def _cells(record: str) -> list[str] | None:
    try:
        return next(csv.reader([record], strict=True), [])
    except csv.Error:
        return None


# --- XLSX --------------------------------------------------------------------------------------------------------


def _open_xlsx(path: Path) -> FacilityFile:
    from openpyxl import load_workbook  # takes long to load; most processes read no sheets
    from openpyxl.utils.exceptions import InvalidFileException

    _check_package(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=MOST_COLUMNS)
        header = [_value(cell) for cell in next(rows, ())]
    except (InvalidFileException, KeyError, ValueError, IndexError, TypeError, AttributeError, SyntaxError,
            zipfile.BadZipFile, EOFError, OSError) as fault:  # fmt: skip
        raise FileFault("not_xlsx") from fault
    except Exception as fault:  # XML parsers raise classes of their own
        raise FileFault("not_xlsx") from fault
    columns, ignored = _columns(header)
    return FacilityFile("xlsx", _xlsx_rows(rows, columns), ignored)


def _check_package(path: Path) -> None:
    """Refuse what is no workbook and what unpacks to far more than it weighs. Raises FileFault."""
    try:
        with zipfile.ZipFile(path) as package:
            infos = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
        raise FileFault("not_xlsx") from fault
    if WORKBOOK not in {info.filename for info in infos}:
        raise FileFault("not_xlsx")
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    too_dense = unpacked / packed > rule("facilities.import_unpacked_ratio_most")
    if unpacked > rule("facilities.import_unpacked_bytes_most") or too_dense:
        raise FileFault("bomb")


def _xlsx_rows(rows: Iterator[Any], columns: dict[int, str]) -> Iterator[RawRow]:
    line = 1
    try:
        for cells in rows:
            line += 1
            given = {name: cells[at] for at, name in columns.items() if at < len(cells)}
            formula = next((name for name, cell in given.items() if getattr(cell, "data_type", "") == "f"), None)
            values = {name: _value(given.get(name)) for name in columns.values()}
            if formula is not None:
                yield RawRow(line, fault=Fault(formula, "formula"))
            elif any(value not in (None, "") for value in values.values()):
                yield RawRow(line, values)
    except Exception as fault:  # a sheet cut short or broken inside: what came before it stands
        raise FileFault("broken_after", line=str(line)) from fault


def _value(cell: Any) -> Any:
    return getattr(cell, "value", None)


# --- GeoJSON -----------------------------------------------------------------------------------------------------


def _open_geojson(path: Path) -> FacilityFile:
    if path.stat().st_size > rule("facilities.import_json_bytes_most"):
        raise FileFault("too_large")
    try:
        tree = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as fault:
        raise FileFault("not_json") from fault
    if not isinstance(tree, dict) or tree.get("type") != "FeatureCollection":
        raise FileFault("not_a_collection")
    features = tree.get("features")
    if not isinstance(features, list):
        raise FileFault("not_a_collection")
    names: set[str] = set()
    for feature in features:
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict):
            names.update(feature["properties"])
    ignored = sorted(name[:40] if name.isprintable() else "?" for name in names - set(ALL_COLUMNS))
    return FacilityFile("geojson", (_feature(n, f) for n, f in enumerate(features, 1)), ignored[:MOST_COLUMNS])


def _feature(number: int, feature: Any) -> RawRow:
    """A feature as a row: its geometry is the point, its id the external id, WGS-84 unless `datum` says otherwise."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return RawRow(number, fault=Fault("", "not_a_feature"))
    geometry = feature.get("geometry")
    point = geometry.get("coordinates") if isinstance(geometry, Mapping) and geometry.get("type") == "Point" else None
    if not isinstance(point, list) or len(point) not in (2, 3):
        return RawRow(number, fault=Fault("longitude", "not_a_point"))
    given = {name: value for name, value in feature["properties"].items() if name in ALL_COLUMNS}
    cells = {"external_id": feature.get("id"), "datum": "wgs84", **given}
    return RawRow(number, {**cells, "longitude": point[0], "latitude": point[1]})


def as_text(rows: list[list[Any]]) -> str:
    """Rows as CSV text, quoted where needed, with the line ends of RFC 4180."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue()
