"""A month's observations as files: CSV, JSON, SDMX-CSV 2.0 (ISO 17369's successor format of sdmx.org) and XLSX.

They show what the public may see, unless `exact` numbers are asked for, which are for the planning office alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import orjson

from config.indicators import definition
from config.text import say
from models.indicators.queries import observations_for
from models.indicators.workbook import workbook
from models.kernel.clock import shown
from models.kernel.lifecycle import Raw
from models.kernel.sheets import FORMULA_STARTS

ExportForm = Literal["csv", "json", "sdmx-csv", "xlsx"]
FORMS: tuple[ExportForm, ...] = ("csv", "json", "sdmx-csv", "xlsx")
MEDIA_TYPES: Mapping[ExportForm, str] = {
    "csv": "text/csv; charset=utf-8", "json": "application/json",
    "sdmx-csv": "application/vnd.sdmx.data+csv; version=2.0.0",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
COLUMNS = (
    "indicator", "name", "period", "level", "area", "area_name", "revision", "status", "value", "partial_value", "unit",
    "numerator", "denominator", "coverage", "origin", "finality", "source", "as_of", "formula", "method",
)  # fmt: skip
FLOW = "YICHUN:DF_PLAN_INDICATORS(1.0)"
SDMX_COLUMNS = (
    "STRUCTURE", "STRUCTURE_ID", "ACTION", "INDICATOR", "REF_AREA", "FREQ", "TIME_PERIOD", "OBS_VALUE", "PARTIAL_VALUE",
    "NUMERATOR", "DENOMINATOR", "UNIT_MEASURE", "OBS_STATUS", "CONF_STATUS", "COVERAGE", "REVISION", "AS_OF", "SOURCE",
)  # fmt: skip
# Codes of SDMX's cross-domain code lists CL_OBS_STATUS and CL_CONF_STATUS.
NORMAL, PROVISIONAL, MISSING, CANNOT_EXIST = "A", "P", "O", "M"
FREE, CONFIDENTIAL = "F", "C"
MONTHLY = "M"


def export(form: ExportForm, period: str, *, exact: bool = False) -> tuple[bytes, int]:
    """The file, and how many observations are in it. Raises ValueError for what is no month."""
    rows = [described(each) for each in observations_for(period, exact=exact)]
    makers: Mapping[ExportForm, Callable[[Sequence[Raw], str], bytes]] = {
        "csv": _csv, "json": _json, "sdmx-csv": _sdmx, "xlsx": workbook,
    }  # fmt: skip
    return makers[form](rows, period), len(rows)


def described(observation: Raw) -> Raw:
    """An observation with the names and the formula that a table shows."""
    indicator = definition(observation["indicator"], observation["period"])
    return {**observation, "name": indicator.name_zh, "formula": indicator.formula_zh}


def _csv(rows: Sequence[Raw], period: str) -> bytes:
    return _table(COLUMNS, ({**each, **_cells(each)} for each in rows))


def _cells(row: Raw) -> Raw:
    return {"coverage": f"{row['coverage']['status']}: {row['coverage']['basis']}", "as_of": shown(row["as_of"])}


def _json(rows: Sequence[Raw], period: str) -> bytes:
    items = [{**each, "as_of": shown(each["as_of"])} for each in rows]
    licence = say("indicators.open_data.licence")
    return orjson.dumps({"period": period, "licence": licence, "observations": items}, option=orjson.OPT_INDENT_2)


def _sdmx(rows: Sequence[Raw], period: str) -> bytes:
    return _table(SDMX_COLUMNS, (_sdmx_row(each) for each in rows))


def _sdmx_row(row: Raw) -> Raw:
    hidden, unknown = row["status"] == "suppressed", row["status"] == "not_observable"
    status = PROVISIONAL if row["finality"] == "provisional" else NORMAL
    if row["value"] is None:
        status = CANNOT_EXIST if unknown else MISSING
    return {
        "STRUCTURE": "dataflow", "STRUCTURE_ID": FLOW, "ACTION": "I", "INDICATOR": row["indicator"],
        "REF_AREA": row["area"], "FREQ": MONTHLY, "TIME_PERIOD": row["period"], "OBS_VALUE": row["value"],
        "PARTIAL_VALUE": row["partial_value"], "NUMERATOR": row["numerator"], "DENOMINATOR": row["denominator"],
        "UNIT_MEASURE": row["unit"], "OBS_STATUS": status, "CONF_STATUS": CONFIDENTIAL if hidden else FREE,
        "COVERAGE": row["coverage"]["status"], "REVISION": row["revision"], "AS_OF": shown(row["as_of"]),
        "SOURCE": row["source"],
    }  # fmt: skip


def _table(columns: Sequence[str], rows: Iterable[Raw]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _safe(row.get(name)) for name in columns})
    return stream.getvalue().encode()


def _safe(value: Any) -> Any:
    # A spreadsheet would run such a cell as a formula; a department's words may begin with anything.
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
