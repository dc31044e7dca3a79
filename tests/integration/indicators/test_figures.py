"""Departments' own figures: each bad row is refused with its reason, the rest is kept, and revisions keep the old."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.loading import catalogue
from models.indicators.documents import Observation
from models.indicators.figures import FigureFile, FigureReport, Sending, import_figures
from models.indicators.observations import observe
from models.indicators.queries import observations_of
from models.indicators.series import SeriesValue, base_of, values_of
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.errors import InvalidInput
from models.kernel.ids import new_id
from models.kernel.sheets import write_sheet

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
GOOD = {"indicator": "学前教育毛入园率", "area": "宜春市", "period": "2026-10", "value": "93.1", "unit": "%"}
Rows = list[dict[str, str]]


def sheet(rows: Rows, form: str = "csv") -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return write_sheet(form, [names, *([row.get(name, "") for name in names] for row in rows)])


def bring(rows: Rows, period: str = "2026-10", form: str = "csv", *, dry_run: bool = False) -> FigureReport:
    sending = Sending(sheet(rows, form), f"报送.{form}", "市教育局", date(2026, 11, 5), period)
    return import_figures(sending, by=SYSTEM, at=NOW, dry_run=dry_run)


def kept(
    indicator: str = "preschool_gross_enrolment", area: str = "3609", period: str = "2026-10"
) -> list[dict[str, Any]]:
    wanted = {"indicator": indicator, "area": area, "period": period}
    return sorted(collection(Observation).find(wanted), key=lambda each: each["revision"])


BAD = {
    "wrong_unit": {"unit": "人"}, "over_100": {"value": "100.5"}, "another_period": {"period": "2025-10"},
    "unknown_indicator": {"indicator": "幸福指数"}, "unknown_area": {"area": "南昌市"}, "no_number": {"value": "约93"},
    "negative": {"value": "-1"}, "does_not_compute": {"numerator": "900", "denominator": "1000"},
    "denominator_empty": {"numerator": "0", "denominator": "0"}, "unknown_word": {"coverage": "大概"},
}  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_each_bad_row_is_refused_with_its_reason_and_the_rest_is_kept(database: str, form: str) -> None:
    counties = [each.name_zh for each in catalogue().districts.values()]
    rows = [GOOD, {**GOOD, "area": ""}, {**GOOD, "value": "", "area": counties[9]}]
    rows += [{**GOOD, "area": counties[n % 9], **change} for n, change in enumerate(BAD.values())]
    rows += [{**GOOD, "area": "袁州区", "value": "92"}, GOOD]
    report = bring(rows, form=form)
    faults = {each.line: each.code for each in report.faults}
    assert faults == {
        3: "missing", 4: "missing", **dict(enumerate(BAD, 5)), 5 + len(BAD) + 1: "repeated"
    }  # fmt: skip
    assert (report.accepted, report.unchanged, report.rejected) == (2, 0, len(BAD) + 3)
    assert [each["value"] for each in kept()] == [93.1]
    assert [each["value"] for each in kept(area="360902")] == [92]


def test_a_figure_tells_its_file_sender_and_date(database: str) -> None:
    report = bring([{**GOOD, "numerator": "93100", "denominator": "100000", "finality": "最终"}])
    found = kept()[0]
    assert (found["origin"], found["finality"], found["file_id"]) == ("department", "final", report.file_id)
    assert "市教育局" in found["source"] and "2026-11-05" in found["source"]
    assert found["inputs"] == {"preschool_children": 93100, "children_aged_3_to_5": 100000}
    assert found["coverage"]["status"] == "partial", "nobody has said that it is complete"
    assert len(found["outbox"]) == 1
    file = collection(FigureFile).find_one({"_id": report.file_id})
    assert file is not None and (file["sender"], file["sent_on"], file["name"]) == (
        "市教育局",
        "2026-11-05",
        "报送.csv",
    )


def test_only_a_declared_coverage_is_published_as_the_citys_value(database: str) -> None:
    bring([GOOD])
    shown = observations_of("preschool_gross_enrolment").items[0]
    assert (shown["status"], shown["value"], shown["partial_value"]) == ("partial", None, 93.1)
    bring([{**GOOD, "coverage": "完整"}])
    shown = observations_of("preschool_gross_enrolment").items[0]
    assert (shown["status"], shown["value"], shown["revision"]) == ("complete", 93.1, 2)


def test_the_city_is_not_complete_where_the_file_leaves_counties_out(database: str) -> None:
    some = [{**GOOD, "area": code} for code in sorted(catalogue().districts)[:8]]
    report = bring([{**GOOD, "coverage": "complete"}, *some])
    assert [(each.line, each.code) for each in report.faults] == [(2, "counties_missing")]
    assert report.accepted == 8
    rest = [{**GOOD, "area": code} for code in sorted(catalogue().districts)[8:]]
    assert bring([{**GOOD, "coverage": "complete"}, *some, *rest]).faults == []


def test_a_value_far_from_the_last_is_confirmed_or_refused(database: str) -> None:
    life = {"indicator": "人均预期寿命", "area": "3609", "unit": "岁"}
    assert bring([{**life, "period": "2024", "value": "77.9"}], "2024").accepted == 1
    report = bring([{**life, "period": "2025", "value": "7.8"}], "2025")
    assert [(each.code, each.detail) for each in report.faults] == [("far_from_last", "77.9")]
    assert bring([{**life, "period": "2025", "value": "7.8", "confirmed": "是"}], "2025").accepted == 1
    assert [each["period"] for each in collection(Observation).find({"indicator": "life_expectancy"})] == [
        "2024-12", "2025-12",
    ]  # fmt: skip


def test_a_gross_rate_over_100_must_be_confirmed_others_never(database: str) -> None:
    assert bring([{**GOOD, "value": "101", "confirmed": "yes"}]).accepted == 1
    pension = {**GOOD, "indicator": "basic_pension_insurance_rate", "value": "101", "confirmed": "yes"}
    assert [each.code for each in bring([pension]).faults] == ["over_100"]


def test_an_empty_denominator_is_not_observable(database: str) -> None:
    families = {**GOOD, "indicator": "zero_employment_families_cleared", "value": "", "numerator": "0",
                "denominator": "0"}  # fmt: skip
    assert bring([families]).accepted == 1
    shown = observations_of("zero_employment_families_cleared").items[0]
    assert (shown["status"], shown["value"], shown["partial_value"]) == ("not_observable", None, None)


def test_few_people_are_not_shown(database: str) -> None:
    families = {**GOOD, "indicator": "zero_employment_families_cleared", "numerator": "4", "denominator": "4",
                "value": "100", "area": "袁州区"}  # fmt: skip
    bring([families])
    [shown] = observations_of("zero_employment_families_cleared", level="county").items
    assert (shown["status"], shown["partial_value"], shown["numerator"]) == ("suppressed", None, None)
    [exact] = observations_of("zero_employment_families_cleared", level="county", exact=True).items
    assert (exact["partial_value"], exact["numerator"]) == (100, 4)


def test_a_trial_writes_nothing_and_a_repeat_changes_nothing(database: str) -> None:
    assert bring([GOOD], dry_run=True).accepted == 1
    assert kept() == []
    assert bring([GOOD]).accepted == 1
    again = bring([GOOD])
    assert (again.repeated, again.accepted, len(kept())) == (True, 1, 1)
    other = bring([GOOD, {**GOOD, "area": "袁州区"}])
    assert (other.accepted, other.unchanged, len(kept())) == (1, 1, 1), "the same figure in another file"


def test_what_a_department_answers_for_the_platform_does_not_revise(
    database: str, directory: Callable[..., str]
) -> None:
    beds = {"indicator": "elder_care_beds", "area": "3609", "period": "2026-10", "unit": "万张", "value": "3.1"}
    bring([{**beds, "coverage": "complete"}])
    observe("2026-10", NOW)
    [found] = kept("elder_care_beds")
    assert (found["value"], found["origin"]) == (3.1, "department")
    assert kept("elder_care_beds", "360902")[0]["origin"] == "platform", "of a county they have said nothing"
    bring([{**beds, "value": "3.15", "coverage": "complete", "finality": "final"}])
    assert [each["value"] for each in kept("elder_care_beds")] == [3.1, 3.15]


def test_populations_are_a_dated_series_with_revisions(database: str, directory: Callable[..., str]) -> None:
    people = {"indicator": "常住人口", "unit": "人", "period": "2025", "area": "3609", "value": "4900000"}
    yuanzhou = {**people, "area": "袁州区", "value": "1000000"}
    assert bring([people, yuanzhou], "2025").accepted == 2
    assert bring([{**people, "value": "4950000", "finality": "核定数"}], "2025").accepted == 1
    assert [(each["area"], each["revision"], each["value"]) for each in values_of("permanent_residents")] == [
        ("3609", 1, 4_900_000), ("3609", 2, 4_950_000), ("360902", 1, 1_000_000),
    ]  # fmt: skip
    base = base_of("permanent_residents", "3609", date(2026, 10, 31))
    assert base is not None and (base.value, base.status, base.as_of) == (4_950_000, "final", date(2025, 12, 31))
    older = base_of("permanent_residents", "3609", date(2025, 12, 30))
    assert older is not None and older.status == "assumption"
    observe("2026-10", NOW)
    assert kept("childcare_places_per_thousand", "360902")[0]["value"] == 4.45
    wrong = bring([{**people, "unit": "万人", "value": "490"}, {**people, "area": "樟树市", "value": ""}], "2025")
    assert [each.code for each in wrong.faults] == ["wrong_unit", "missing"]
    assert collection(SeriesValue).count_documents({}) == 3


@pytest.mark.parametrize(
    ("period", "content", "name"),
    [
        ("2026-12", sheet([GOOD]), "a.csv"), ("2026-11", sheet([GOOD]), "a.csv"), ("10月", sheet([GOOD]), "a.csv"),
        ("2026-10", b"", "a.csv"), ("2026-10", "名称,数\n甲,1\n".encode(), "a.csv"), ("2026-10", b"PK\x03\x04x", "a.xlsx"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_refused_whole(database: str, period: str, content: bytes, name: str) -> None:
    with pytest.raises(InvalidInput):
        import_figures(Sending(content, name, "x", date(2026, 11, 5), period), by=SYSTEM, at=NOW)
    assert collection(FigureFile).count_documents({}) == 0


def test_planners_send_files_through_the_api(
    client: FlaskClient, staff: Callable[..., dict[str, str]], clock: FixedClock
) -> None:
    def post(path: str, rows: Rows, **query: str) -> Any:
        asked = {"sender": "市教育局", "sent_on": "2026-11-05", "period": "2026-10", **query}
        return client.post(
            f"/api/v1/staff/indicators/figures{path}", query_string=asked,
            data={"file": (io.BytesIO(sheet(rows)), "报送.csv")},
            headers={**staff("planner", district_code=None), "Idempotency-Key": new_id()},
        )  # fmt: skip

    tried = post("/trials", [GOOD, {**GOOD, "area": "袁州区", "unit": "人"}]).get_json()
    assert (tried["dry_run"], tried["accepted"], tried["rejected"]) == (True, 1, 1)
    assert tried["faults"][0]["detail"] == "单位不对，应为「%」。"
    assert kept() == []
    assert post("", [GOOD]).get_json()["accepted"] == 1
    headers = staff("planner", district_code=None)
    [file] = client.get("/api/v1/staff/indicators/figure-files", headers=headers).get_json()["items"]
    assert (file["sender"], file["sent_on"], file["period"], file["accepted"]) == (
        "市教育局",
        "2026-11-05",
        "2026-10",
        1,
    )
    exact = client.get("/api/v1/staff/indicators/preschool_gross_enrolment/observations", headers=headers).get_json()
    assert exact["items"][0]["inputs"] == {}
    series = client.get("/api/v1/staff/indicators/series/permanent_residents", headers=headers).get_json()["items"]
    assert series[0]["status"] == "assumption"
    assert client.get("/api/v1/staff/indicators/series/x", headers=headers).status_code == 404
    assert post("", [GOOD], period="2026-13").status_code == 422
    assert post("", [GOOD], period="2026-12").get_json()["code"] == "month_not_ended"
    assert post("", [GOOD], sent_on="2027-01-01").status_code == 422


def test_a_file_is_read_by_command(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "报送.csv"
    path.write_bytes(sheet([GOOD, {**GOOD, "area": "袁州区", "value": "193"}]))
    run = ["indicators", "import", str(path), "--sender", "市教育局", "--sent-on", "2026-11-05", "--period", "2026-10"]
    runner = app.test_cli_runner()
    assert "试运行" in runner.invoke(args=[*run, "--dry-run"]).output and kept() == []
    said = runner.invoke(args=run)
    assert said.exit_code == 0 and "接受1行" in said.output and "第3行「数值」：百分比超过100" in said.output
    assert [each["value"] for each in kept()] == [93.1]
    assert runner.invoke(args=[*run[:-1], "2026-12"]).exit_code == 1


def test_the_exact_export_of_rows_reads_back(database: str) -> None:
    """What the planner is told of a file can be mended in the file: the header takes labels and tokens."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(
        [["指标", "地区", "月份", "数值", "计量单位"], ["每千人口拥有注册护士数", "3609", "2026-10", "3.5", "人"]]
    )
    sending = Sending(text.getvalue().encode("gb18030"), "a.csv", "市卫健委", date(2026, 11, 5), "2026-10")
    assert import_figures(sending, by=SYSTEM, at=NOW).accepted == 1


def test_a_figure_of_the_same_month_is_compared_as_well(database: str) -> None:
    bring([GOOD])
    assert [each.code for each in bring([{**GOOD, "value": "9.31"}]).faults] == ["far_from_last"]


def test_a_countys_planner_sends_and_sees_its_county_only(
    client: FlaskClient, staff: Callable[..., dict[str, str]]
) -> None:
    mine = staff("planner", district_code="360902")
    rows = [GOOD, {**GOOD, "area": "袁州区"}, {**GOOD, "area": "樟树市"}]
    answer = client.post(
        "/api/v1/staff/indicators/figures",
        query_string={"sender": "区教体局", "sent_on": "2026-11-05", "period": "2026-10"},
        data={"file": (io.BytesIO(sheet(rows)), "报送.csv")}, headers={**mine, "Idempotency-Key": new_id()},
    ).get_json()  # fmt: skip
    assert [(each["line"], each["code"]) for each in answer["faults"]] == [(2, "other_place"), (4, "other_place")]
    url = "/api/v1/staff/indicators/preschool_gross_enrolment/observations"
    own = client.get(url, headers=mine, query_string={"level": "county"}).get_json()["items"]
    assert [each["area"] for each in own] == ["360902"]
    for area in ("3609", "360982"):
        assert client.get(url, headers=mine, query_string={"level": "county", "area": area}).status_code == 404
    files = "/api/v1/staff/indicators/figure-files"
    assert len(client.get(files, headers=mine).get_json()["items"]) == 1
    assert client.get(files, headers=staff("planner", district_code="360982")).get_json()["items"] == []
