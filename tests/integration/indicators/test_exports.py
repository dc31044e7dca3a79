"""What is exported reads back: by pysdmx, by a spreadsheet, by a catalogue's reader; and tells of nobody."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pysdmx.io import read_sdmx

from config.text import say
from models.indicators import usage
from models.indicators.exporting import export
from models.indicators.observations import observe
from models.indicators.rollups import roll_up

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
NOVEMBER = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
IN_OCTOBER = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
USES = "/api/v1/open-data/uses-2026-10"


@pytest.fixture
def month(directory: Callable[..., str]) -> None:
    """October: the plan's figures, and uses of which some are few."""
    for county, count in (("360902", 300), ("360981", 57), ("360921", 4), ("360922", 42)):
        usage.record_use("facility_search", IN_OCTOBER, county, count=count)
    usage.record_use("facility_view", IN_OCTOBER, "360902", count=3)
    usage.flush()
    roll_up(NOVEMBER)
    observe("2026-10", NOVEMBER)


def test_pysdmx_reads_the_export_back(month: None, tmp_path: Path) -> None:
    content, rows = export("sdmx-csv", "2026-10")
    [dataset] = read_sdmx(content.decode()).data
    table = dataset.data
    assert str(dataset.structure) == "Dataflow=YICHUN:DF_PLAN_INDICATORS(1.0)"
    assert len(table) == rows
    beds = table[(table.INDICATOR == "nursing_bed_share") & (table.REF_AREA == "3609")].iloc[0]
    assert (float(beds.PARTIAL_VALUE), float(beds.NUMERATOR), float(beds.DENOMINATOR)) == (45, 13050, 29000)
    assert (beds.OBS_STATUS, beds.TIME_PERIOD, beds.COVERAGE) == ("O", "2026-10", "partial")
    assert not beds.OBS_VALUE or beds.OBS_VALUE != beds.OBS_VALUE, "a part's value is never the city's"


def test_the_workbook_has_charts_a_method_sheet_and_numbers(month: None) -> None:
    content, _ = export("xlsx", "2026-10")
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == [say(f"indicators.sheet.{name}") for name in ("city", "trend", "areas", "methods")]
    city = book[book.sheetnames[0]]
    assert len([row for row in city.iter_rows(min_row=3, max_row=27) if row[0].value]) == 25
    beds = next(row for row in city.iter_rows(min_row=3, values_only=True) if row[0] == "养老服务床位总量")
    assert beds[4:7] == (2.9, 3.2, 2.9 / 3.2)
    assert city["F3"].number_format != "General" and city.freeze_panes == "B3"
    method = book[book.sheetnames[3]]
    assert (
        next(row for row in method.iter_rows(min_row=3, values_only=True))[3]
        == "托育机构开放的托位数 ÷ （常住人口 ÷ 1000）"
    )
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 2


def test_json_is_what_the_table_says(month: None) -> None:
    found = json.loads(export("json", "2026-10")[0])
    rows = list(csv.DictReader(io.StringIO(export("csv", "2026-10")[0].decode())))
    assert [each["indicator"] for each in found["observations"]] == [each["indicator"] for each in rows]
    assert {each["level"] for each in rows} == {"city", "county"}


@pytest.mark.parametrize("form", ["csv", "json", "sdmx-csv", "xlsx"])
def test_every_form_is_exported_by_command(app: Flask, month: None, form: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    run = ["indicators", "export", "--format", form, "--period", "2026-10", "--output", str(path)]
    assert app.test_cli_runner().invoke(args=run).exit_code == 0
    assert path.stat().st_size > 1000


def test_uses_are_open_without_their_small_numbers(client: FlaskClient, month: None) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{USES}.csv").get_data(as_text=True))))
    searches = {each["area"]: each["count"] for each in rows if each["measure"] == "facility_search"}
    assert (searches["3609"], searches["360902"], searches["360981"]) == ("400", "300", "60")
    assert searches["360921"] == "", "four are too few"
    assert {each["count"] for each in rows if each["measure"] == "facility_view"} == {""}
    told = client.get(f"{USES}.json").get_json()
    assert [each["count"] for each in told["uses"]] == [int(each["count"]) if each["count"] else None for each in rows]


def test_the_catalogue_names_files_that_are_there(client: FlaskClient, month: None) -> None:
    answer = client.get("/api/v1/open-data")
    assert answer.mimetype == "application/ld+json"
    found = json.loads(answer.data)
    assert found["@type"] == "dcat:Catalog"
    sets = {each["dct:identifier"]: each for each in found["dcat:dataset"]}
    assert set(sets) == {"facilities", "definitions", "observations", "uses"}
    for each in sets.values():
        assert each["dct:title"] and each["dcat:distribution"]
        for file in each["dcat:distribution"]:
            got = client.get(file["dcat:downloadURL"]["@id"])
            assert (got.status_code, got.mimetype) == (200, file["dcat:mediaType"]), file
            assert got.data
    assert client.get("/api/v1/open-data", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    geojson = client.get("/api/v1/open-data/facilities.geojson").get_json()
    assert len(geojson["features"]) == 3


@pytest.mark.parametrize(
    "name", ["uses-2026-09.csv", "uses-2026-13.csv", "uses-2026-10.xlsx", "observations-2020-01.csv", "x", "x-2026-10.csv",
             "observations-2026-10", "facilities.xml", "facilities."],
)  # fmt: skip
def test_a_file_that_is_not_there_is_not_found(client: FlaskClient, database: str, name: str) -> None:
    assert client.get(f"/api/v1/open-data/{name}").status_code == 404


def test_an_indicator_shows_its_versions(client: FlaskClient, month: None) -> None:
    found = client.get("/api/v1/indicators/nursing_bed_share").get_json()
    assert [each["since"] for each in found["versions"]] == ["2020-12"]
    assert found["formula"] == found["versions"][0]["formula"] == "养老机构护理型床位数 ÷ 养老机构床位数 × 100%"
    assert found["latest"]["partial_value"] == 45
    assert client.get("/api/v1/indicators/happiness").status_code == 404
