"""Import and export through the commands, on real files, hostile ones too."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook

from api.v1.facilities.commands import facilities_cli
from models.facilities.datum import from_wgs84
from models.facilities.documents import Facility
from models.facilities.geodesy import distance_m
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from tests.factories.facilities import give_away
from tests.integration.facilities.conftest import CENTRE, HEADER

Write = Callable[[str, str | bytes], Path]
GOOD = f"a,甲图书馆,library,{CENTRE[0]},{CENTRE[1]},wgs84"


@pytest.fixture
def run(app: Flask) -> Callable[..., Any]:
    """`run("import", path)` → the command's result."""
    return lambda *arguments: app.test_cli_runner().invoke(facilities_cli, [str(each) for each in arguments])


def stored() -> dict[str, dict[str, Any]]:
    return {raw["external_id"]: raw for raw in collection(Facility).find()}


def test_good_rows_land_and_bad_ones_are_named_by_line_field_and_reason(run: Any, write: Write) -> None:
    path = write("f.csv", "\n".join([
        f"{HEADER},opening_hours,beds,beds_nursing",
        f"{GOOD},Mo-Fr 09:00-17:00; PH off,,",
        "b,南昌图书馆,library,115.86,28.68,wgs84,,,",
        "c,反图书馆,library,27.808,114.39,wgs84,,,",
        "d,丁,palace,114.39,27.808,mars,,,",
        "e,戊养老院,elder_care_home,114.39,27.808,wgs84,every day,10,11",
        "a,重复,library,114.39,27.808,wgs84,,,",
        ",无编号,library,114.39,27.808,wgs84,,,",
        'f,"没有关上的引号,library,114.39,27.808,wgs84,,,',
        "g,=cmd|'/c calc'!A1,library,114.39,27.808,wgs84,,,",
        f"h,{'长' * 101},library,abc,27.808,wgs84,,,",
        "i,最后图书馆,library,114.39,27.808,wgs84,,,",
    ]))  # fmt: skip
    result = run("import", path)
    assert result.exit_code == 0, result.output
    assert set(stored()) == {"a", "i"}
    said = result.output
    assert "新增 2 行，更新 0 行，未变 0 行，拒收 9 行" in said
    for line, field, reason in [
        (3, "longitude", "不在宜春市范围内"), (4, "longitude", "写反"), (5, "category", "没有这个服务分类"),
        (5, "datum", "不在可选"), (6, "opening_hours", "OSM"), (6, "beds_nursing", "多于"), (7, "external_id", "相同"),
        (8, "external_id", "必须填写"), (9, "", "引号"), (10, "name", "公式"), (11, "longitude", "数字"), (11, "name", "太长"),
    ]:  # fmt: skip
        (sentence,) = [each for each in said.splitlines() if each.startswith(f"第 {line} 行")]
        assert field in sentence and reason in sentence, sentence


def test_a_second_run_changes_nothing_and_a_changed_cell_changes_one(run: Any, write: Write) -> None:
    rows = [f"n{i},第{i}图书馆,library,{CENTRE[0]},{CENTRE[1]},gcj02,路{i}号" for i in range(1200)]
    path = write("f.csv", "\n".join([f"{HEADER},address", *rows]))
    assert "新增 1200 行" in run("import", path).output
    before = stored()
    assert "新增 0 行，更新 0 行，未变 1200 行" in run("import", path).output
    assert stored() == before
    rows[7] = rows[7].replace("路7号", "路8号")
    assert "更新 1 行，未变 1199 行" in run("import", write("f.csv", "\n".join([f"{HEADER},address", *rows]))).output
    after = stored()
    assert (after["n7"]["address"], after["n7"]["version"]) == ("路8号", 2)
    assert {k: v for k, v in after.items() if k != "n7"} == {k: v for k, v in before.items() if k != "n7"}


def test_columns_that_are_absent_stay_and_empty_cells_clear(run: Any, write: Write) -> None:
    run("import", write("f.csv", f"{HEADER},phone,address\n{GOOD},0795-1234567,甲路1号"))
    assert "未变 1 行" in run("import", write("f.csv", f"{HEADER}\n{GOOD}")).output
    run("import", write("f.csv", f"{HEADER},phone\n{GOOD},"))
    assert "phone" not in stored()["a"] and stored()["a"]["address"] == "甲路1号"


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_the_three_datums_end_at_the_same_point(run: Any, write: Write, datum: Any) -> None:
    longitude, latitude = from_wgs84(*CENTRE, datum)
    run("import", write("f.csv", f"{HEADER}\na,甲,library,{longitude},{latitude},{datum}"))
    raw = stored()["a"]
    assert distance_m(raw["longitude"], raw["latitude"], *CENTRE) < 0.01
    assert (raw["district_code"], raw["datum"]) == ("360902", datum)


def test_xlsx_with_typed_cells_and_a_formula(run: Any, write: Write, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEADER.split(","), "inclusive", "places_toddler", "beds"])
    sheet.append([1001, "甲托育园", "childcare_centre", CENTRE[0], CENTRE[1], "wgs84", True, 20, None])
    sheet.append(["x", "乙", "library", CENTRE[0], CENTRE[1], "wgs84", None, None, "=1+1"])
    book.save(tmp_path / "f.xlsx")
    result = run("import", tmp_path / "f.xlsx")
    assert "新增 1 行" in result.output and "第 3 行：床位（beds）：含有表格公式" in result.output
    raw = stored()["1001"]
    assert (raw["inclusive"], raw["places_toddler"], raw["free_toddler"]) == (True, 20, 20)


def test_geojson_in_wgs84_by_its_own_rules(run: Any, write: Write) -> None:
    point = {"type": "Point", "coordinates": list(CENTRE)}
    features: list[Any] = [
        {"type": "Feature", "id": "a", "geometry": point, "properties": {"name": "甲", "category": "museum"}},
        {"type": "Feature", "id": "b", "geometry": {"type": "LineString", "coordinates": []}, "properties": {}},
        {"type": "Feature", "id": "c", "geometry": point, "properties": {"name": {"$ne": None}, "category": "museum"}},
        None,
    ]
    result = run("import", write("f.geojson", json.dumps({"type": "FeatureCollection", "features": features})))
    assert "新增 1 行" in result.output and "拒收 3 行" in result.output
    assert (stored()["a"]["longitude"], stored()["a"]["latitude"]) == CENTRE


def test_a_spreadsheet_from_chinese_excel_in_gbk(run: Any, write: Write) -> None:
    run("import", write("f.csv", f"{HEADER}\r\n{GOOD}\r\n".encode("gbk")))
    assert stored()["a"]["name"] == "甲图书馆"


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


HOSTILE = {
    "lying.csv": (zipped(xl__workbook_xml=b"<x/>"), "内容却是 xlsx"), "lying.xlsx": (b"a,b,c\n", "内容却是 csv"),
    "lying.geojson": (b"external_id,name\n", "内容却是 csv"), "empty.csv": (b"", "空的"), "blank.csv": (b"\n\n", "空的"),
    "binary.csv": (b"\x00\x01\x02", "既不是"), "other.pdf": (b"%PDF-1.7", "不认识后缀"),
    "half.xlsx": (b"PK\x03\x04 not a zip", "不是完好的 XLSX"), "plain.xlsx": (zipped(a=b"b"), "不是完好的 XLSX"),
    "junk.xlsx": (zipped(xl__workbook_xml=b"<x/>"), "不是完好的 XLSX"),
    "bomb.xlsx": (zipped(xl__workbook_xml=b"<x/>", xl__worksheets__sheet1_xml=b"0" * 50_000_000), "大得不合常理"),
    "header.csv": (b"external_id,name\n1,2\n", "缺少必需的列"), "twice.csv": (f"{HEADER},name\n".encode(), "出现了两次"),
    "half.json": (b'{"type": "FeatureCollection", "features": [', "不是完整的 JSON"), "list.json": (b"[]", "FeatureCollection"),
    "deep.json": (b"[" * 100_000, "不是完整的 JSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_a_sentence_and_change_nothing(run: Any, write: Write, name: str) -> None:
    content, reason = HOSTILE[name]
    result = run("import", write(name, content))
    assert result.exit_code == 1
    assert reason in result.output
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    assert stored() == {}


def test_entities_in_a_workbook_are_not_expanded(run: Any, write: Write) -> None:
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    result = run("import", write("laughs.xlsx", zipped(xl__workbook_xml=laughs)))
    assert result.exit_code == 1 and "XLSX" in result.output


def test_huge_cells_are_rejected_and_their_neighbours_live(run: Any, write: Write) -> None:
    path = write("f.csv", f"{HEADER},description\nx,乙,library,114.39,27.808,wgs84,{'长' * 1_000_000}\n{GOOD},短\n")
    result = run("import", path)
    assert "新增 1 行" in result.output and "第 2 行" in result.output
    assert set(stored()) == {"a"}


def test_what_was_given_away_stays_given_away_when_places_change(run: Any, write: Write, clock: FixedClock) -> None:
    file = lambda places: write("f.csv", f"{HEADER},places_toddler\na,甲,childcare_centre,114.39,27.808,wgs84,{places}")  # noqa: E731
    run("import", file(10))
    give_away(stored()["a"]["_id"], "toddler")
    run("import", file(12))
    assert stored()["a"]["free_toddler"] == 11
    run("import", file(0))
    assert stored()["a"]["free_toddler"] == 0


FULL = (
    f"{HEADER},address,phone,opening_hours,inclusive,ownership,places_infant,beds,beds_nursing,area_sqm,"
    "registration_number,registration_valid_until,accessibility,description,source,prices,prices_valid_from\n"
    'a,"甲,""园""",childcare_centre,114.39,27.808,wgs84,一路1号,+86 795 1234567,"Mo-Fr 08:00-18:00; PH off",true,public,'
    "5,,,320.5,备001,2027-12-31,坡道,两行\u3000说明,census,"
    "保育费 乳儿班 1800.00元/月 政府指导价 备注：含被褥；伙食费 15.5元/天,2026-09-01\n"
    "b,乙院,elder_care_home,114.395,27.81,bd09,,,,false,private,,100,45,,,,,,registry,免费,\n"
)
PRICES = [
    {"item": "childcare_fee", "age_group": "infant", "amount_fen": 180000, "per": "month", "basis": "government_guided",
     "note": "含被褥"},
    {"item": "board_fee", "amount_fen": 1550, "per": "day"},
]  # fmt: skip


def test_csv_goes_round_through_import(run: Any, write: Write) -> None:
    run("import", write("f.csv", FULL))
    before = stored()
    exported = run("export", "--format", "csv").output
    rows = list(csv.DictReader(io.StringIO(exported.removeprefix("\ufeff"))))
    assert [row["phone"] for row in rows if row["external_id"] == "a"] == ["'+86 795 1234567"]
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert before["a"]["prices"] == PRICES and before["a"]["prices_valid_from"] == "2026-09-01"
    assert {row["prices"] for row in rows} == {
        "保育费 乳儿班 1800元/月 政府指导价 备注：含被褥；伙食费 15.5元/日", "全部服务 免费"
    }  # fmt: skip
    assert "未变 2 行" in run("import", write("g.csv", exported)).output
    assert stored() == before
    collection(Facility).delete_many({})
    run("import", write("g.csv", exported))
    lasting = {"changed_at": None}
    assert {k: v | lasting for k, v in stored().items()} == {k: v | lasting for k, v in before.items()}


def test_geojson_is_in_wgs84_and_can_be_read_again(run: Any, write: Write) -> None:
    run("import", write("f.csv", FULL))
    exported = run("export", "--format", "geojson").output
    tree = json.loads(exported)
    by_id = {feature["properties"]["external_id"]: feature for feature in tree["features"]}
    east, north = by_id["b"]["geometry"]["coordinates"]
    assert distance_m(east, north, stored()["b"]["longitude"], stored()["b"]["latitude"]) < 0.02
    assert by_id["b"]["properties"]["datum"] == "wgs84"
    assert by_id["a"]["properties"]["prices"] == PRICES
    collection(Facility).delete_many({})
    assert "新增 2 行" in run("import", write("g.geojson", exported)).output
    assert (stored()["a"]["prices"], stored()["a"]["prices_valid_from"]) == (PRICES, "2026-09-01")


def test_prices_come_go_and_stay_by_what_the_file_says(run: Any, write: Write, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEADER.split(","), "prices", "prices_valid_from"])
    place = [CENTRE[0], CENTRE[1], "wgs84"]
    sheet.append(["a", "甲托育园", "childcare_centre", *place, "保育费 1800元/月\n伙食费 15元/日", date(2026, 9, 1)])
    sheet.append(["b", "乙馆", "museum", *place, "门票 -5元/次", None])
    sheet.append(["c", "丙馆", "museum", *place, "门票 5.005元/次", None])
    book.save(tmp_path / "f.xlsx")
    said = run("import", tmp_path / "f.xlsx").output
    assert "新增 1 行" in said
    assert (
        "第 3 行：价格（prices）：“门票 -5元/次”的金额是负数" in said
        and "第 4 行：价格（prices）：“门票 5.005元/次”" in said
    )
    named = f"a,甲托育园,childcare_centre,{CENTRE[0]},{CENTRE[1]},wgs84"
    assert "未变 1 行" in run("import", write("f.csv", f"{HEADER}\n{named}")).output
    # New prices without a day do not take over the old prices' day; an empty cell says that nobody knows them.
    run("import", write("f.csv", f"{HEADER},prices\n{named},保育费 1900元/月"))
    assert stored()["a"]["prices"][0]["amount_fen"] == 190000 and "prices_valid_from" not in stored()["a"]
    run("import", write("f.csv", f"{HEADER},prices\n{named},"))
    assert "prices" not in stored()["a"]


def test_hsds_services_with_what_the_standard_requires(run: Any, write: Write) -> None:
    run("import", write("f.csv", FULL))
    services = json.loads(run("export", "--format", "hsds").output)
    assert len(services) == 2
    for service in services:
        assert uuid.UUID(service["id"]) and service["name"] and service["status"] == "active"
        assert {"id", "name", "description"} <= set(service["organization"])
        (there,) = service["service_at_locations"]
        location = there["location"]
        assert location["location_type"] == "physical" and 114 < location["longitude"] < 116
        needed = {"id", "address_1", "city", "state_province", "postal_code", "country", "address_type"}
        assert needed <= set(location["addresses"][0])
        assert {"id", "name", "description"} <= set(service["attributes"][0]["taxonomy_term"])
        for cost in service["cost_options"]:
            assert uuid.UUID(cost["id"]) and cost["service_id"] == service["id"] and cost["currency"] == "CNY"
    said = ("option", "amount", "amount_description", "valid_from")
    costs = [[tuple(each.get(name) for name in said) for each in service["cost_options"]] for service in services]
    assert [
        ("保育费（乳儿班）", 1800, "1,800 元/月；政府指导价；含被褥", "2026-09-01"), ("伙食费", 15.5, "15.5 元/日", "2026-09-01")
    ] in costs  # fmt: skip
    assert [("全部服务", 0, "免费", None)] in costs
    ids = [service["id"] for service in services]
    assert ids == [service["id"] for service in json.loads(run("export", "--format", "hsds").output)]
