"""The catalogue of open data (W3C DCAT 3) and its files: the directory, the observations, the counted uses.

Nothing in them is personal; numbers of people are hidden where they are small, and rounded elsewhere.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from config.indicators import indicator_versions, measures
from config.text import say
from models.facilities import exporting as directory
from models.indicators import exporting
from models.indicators.open_tables import open_uses, published_months
from models.indicators.queries import area_name, observed_months
from models.kernel.clock import month_bounds, shown
from models.kernel.errors import NotFound

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
LANGUAGE = "zh-CN"
JSON, CSV_TYPE, GEOJSON = "application/json", "text/csv; charset=utf-8", "application/geo+json"
USE_FORMS = ((".csv", CSV_TYPE), (".json", JSON))
USE_COLUMNS = ("period", "measure", "label", "level", "area", "area_name", "count", "hidden")
DIRECTORY_FILES: dict[str, tuple[directory.ExportForm, str]] = {
    "facilities.geojson": ("geojson", GEOJSON), "facilities.json": ("hsds", JSON), "facilities.csv": ("csv", CSV_TYPE),
}  # fmt: skip
ENDINGS: dict[str, exporting.ExportForm] = {
    ".sdmx.csv": "sdmx-csv", ".csv": "csv", ".json": "json", ".xlsx": "xlsx",
}  # fmt: skip


@dataclass(frozen=True)
class OpenFile:
    """A file of open data."""

    content: bytes
    media_type: str


def directory_file(name: str) -> tuple[Iterator[bytes], str]:
    """A file of the directory, piece by piece, and its type. Raises NotFound."""
    if name not in DIRECTORY_FILES:
        raise NotFound()
    form, media_type = DIRECTORY_FILES[name]
    return directory.export(form), media_type


def open_file(name: str) -> OpenFile:
    """`definitions.json`, `observations-2026-10.csv` (`.json`, `.sdmx.csv`, `.xlsx`), `uses-2026-10.csv` (`.json`).

    Raises NotFound for anything else, and for a month of which nothing is published.
    """
    if name == "definitions.json":
        return OpenFile(orjson.dumps(_definitions(), option=orjson.OPT_INDENT_2), JSON)
    kind, _, rest = name.partition("-")
    ending = next((each for each in ENDINGS if rest.endswith(each)), None)
    if ending is None:
        raise NotFound()
    period, form = rest.removesuffix(ending), ENDINGS[ending]
    try:
        month_bounds(period)
    except ValueError:
        raise NotFound() from None
    if kind == "observations":
        content, rows = exporting.export(form, period)
        if not rows:
            raise NotFound()
        return OpenFile(content, exporting.MEDIA_TYPES[form])
    makers: dict[str, Callable[[str], OpenFile]] = {"csv": _uses_csv, "json": _uses_json}
    if kind == "uses" and form in makers:
        return makers[form](period)
    raise NotFound()


def catalogue_of(base: str, at: datetime) -> dict[str, Any]:
    """The catalogue as JSON-LD; `base` is the address below which the files are, ending in a slash."""
    months, used = observed_months(at), published_months()
    files = {
        "facilities": [(name, media_type) for name, (_, media_type) in DIRECTORY_FILES.items()],
        "definitions": [("definitions.json", JSON)],
        "observations": [
            (f"observations-{month}{ending}", exporting.MEDIA_TYPES[form])
            for month in months for ending, form in ENDINGS.items()
        ],
        "uses": [(f"uses-{month}{ending}", kind) for month in used for ending, kind in USE_FORMS],
    }  # fmt: skip
    publisher = {"@type": "foaf:Agent", "foaf:name": say("indicators.open_data.publisher")}
    return {
        "@context": CONTEXT, "@id": base, "@type": "dcat:Catalog", "dct:title": say("indicators.open_data.title"),
        "dct:description": say("indicators.open_data.description"), "dct:language": LANGUAGE,
        "dct:publisher": publisher, "dct:rights": say("indicators.open_data.licence"),
        "dcat:dataset": [_dataset(base, token, found, publisher, {"observations": months, "uses": used}.get(token, []))
                         for token, found in files.items()],
    }  # fmt: skip


def _dataset(
    base: str, token: str, files: Iterable[tuple[str, str]], publisher: dict[str, Any], months: list[str]
) -> dict[str, Any]:
    words = f"indicators.open_data.dataset.{token}"
    found: dict[str, Any] = {
        "@id": f"{base}#{token}", "@type": "dcat:Dataset", "dct:identifier": token,
        "dct:title": say(f"{words}.title"), "dct:description": say(f"{words}.description"), "dct:language": LANGUAGE,
        "dct:publisher": publisher, "dct:rights": say("indicators.open_data.licence"),
        "dcat:distribution": [
            {"@type": "dcat:Distribution", "dct:title": name, "dcat:downloadURL": {"@id": f"{base}/{name}"},
             "dcat:accessURL": {"@id": f"{base}/{name}"}, "dcat:mediaType": media_type.partition(";")[0]}
            for name, media_type in files
        ],
    }  # fmt: skip
    if months:
        found["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": months[-1], "@type": "xsd:gYearMonth"},
            "dcat:endDate": {"@value": months[0], "@type": "xsd:gYearMonth"},
        }
        found["dct:accrualPeriodicity"] = {"@id": "http://purl.org/cld/freq/monthly"}
    return found


def _definitions() -> list[dict[str, Any]]:
    return [
        {**each.model_dump(mode="json"), "formula": each.formula_zh}
        for versions in indicator_versions().values() for each in versions
    ]  # fmt: skip


def _uses(period: str) -> list[dict[str, Any]]:
    return [
        {**each, "period": period, "label": measures()[each["measure"]].label_zh, "area_name": area_name(each["area"]),
         "hidden": each["count"] is None}
        for each in open_uses(period)
    ]  # fmt: skip


def _uses_csv(period: str) -> OpenFile:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, USE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in _uses(period):
        writer.writerow({**row, "hidden": "true" if row["hidden"] else "false"})
    return OpenFile(stream.getvalue().encode(), CSV_TYPE)


def _uses_json(period: str) -> OpenFile:
    first, following = month_bounds(period)
    body = {"period": period, "from": shown(first), "until": shown(following), "uses": _uses(period)}
    return OpenFile(orjson.dumps(body, option=orjson.OPT_INDENT_2), JSON)
