"""The catalogue says what the plan's table of main indicators says (宜府发〔2022〕14号)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from config import indicators as catalogue
from config.indicators import (
    DeclaredCoverage,
    coverage_of,
    declared_coverage,
    denominator,
    denominators,
    indicators,
    load_indicators,
    measures,
)
from config.loading import CATALOGUE, CatalogueFault
from models.indicators.sources import SOURCES

# The plan's table, row by row as printed: name with unit, 2020, 2025, kind.
PLAN = """
每千人口拥有3岁以下婴幼儿托位数(个)|0.89|4.5|预期性
孤儿和事实无人抚养儿童保障覆盖率|—|应保尽保|约束性
学前教育毛入园率(%)|92.47|93|预期性
九年义务教育巩固率(%)|96.8|97|约束性
高中阶段教育毛入学率(%)|92.12|95|预期性
劳动年龄人口平均受教育年限(年)|10.22|10.6|约束性
参加各类补贴性职业技能培训人数(万人次)|{27.71}|{25.6}|预期性
零就业家庭动态清零率(%)|100|100|预期性
人均预期寿命(岁)|—|78|预期性
每千人口拥有执业（助理）医师数(人)|2.27|3|预期性
每千人口拥有注册护士数(人)|2.8|3.8|预期性
基本医疗保险参保率(%)|92.7|95 以上|预期性
适龄儿童免疫规划疫苗接种率(%)|—|90|预期性
养老机构护理型床位占比(%)|45|60|约束性
新建城区、居住（小）区配套建设养老服务设施达标率(%)|—|100|约束性
养老服务床位总量(万张)|2.9|3.2|预期性
基本养老保险参保率(%)|87|95.5|预期性
符合条件的城镇户籍低保、低收入家庭申请公租房的保障率|—|应保尽保|约束性
符合条件的农村低收入群体住房安全保障率|—|应保尽保|预期性
城镇老旧小区改造(万户)|{4.03}|{12.6}|预期性
困难残疾人生活补贴和重度残疾人护理补贴目标人群覆盖率(%)|100|100|约束性
特殊困难老人月探访率(%)|100|100|预期性
每万人接受公共文化设施服务次数(万次)|—|3.4|预期性
人均体育场地面积(平方米)|2.19|2.6|预期性
每百户居民拥有社区综合服务设施面积(平方米)|—|>30|预期性
"""
ROWS = [line.split("|") for line in PLAN.strip().splitlines()]


def number(text: str) -> Decimal | None:
    """The number in a cell of the plan; None for a dash or words."""
    kept = text.strip("{}>").removesuffix("以上").strip()
    return Decimal(kept) if kept.replace(".", "").isdigit() else None


def test_there_are_25_indicators_7_binding_18_anticipated() -> None:
    found = list(indicators().values())
    assert len(found) == 25
    assert sum(each.binding for each in found) == 7
    assert sum(not each.binding for each in found) == 18


@pytest.mark.parametrize(("position", "row"), list(enumerate(ROWS)), ids=[row[0] for row in ROWS])
def test_each_row_is_the_plans(position: int, row: list[str]) -> None:
    name, baseline, target, kind = row
    found = list(indicators().values())[position]
    printed = f"{found.name_zh}({found.unit_zh})" if "(" in name else found.name_zh
    assert printed == name
    assert (found.plan_baseline, found.plan_target) == (baseline, target)
    assert found.baseline_2020 == number(baseline)
    assert found.target == number(target)
    assert found.binding is (kind == "约束性")
    assert found.cumulative_five_years is target.startswith("{")
    assert found.target_comparison == (
        "all" if number(target) is None else "more_than" if ">" in target else "at_least"
    )
    assert "宜府发〔2022〕14号" in found.source


def test_what_is_observed_here_is_declared_so_and_the_rest_is_the_departments() -> None:
    assert set(SOURCES) <= {token for token, each in indicators().items() if each.observed_by != "department"}
    assert all(each.owner is None for each in indicators().values()), "the plan names no owners"


def bad_file(folder: Path, change: dict[str, str], *, row: int = 3) -> Path:
    """The catalogue's file with some cells of one line changed."""
    path = folder / "indicators.csv"
    with (CATALOGUE / "indicators.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[row - 2].update(change)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    "change",
    [
        {"binding": "perhaps"}, {"target_comparison": "at_least"}, {"numerator_per": ""}, {"denominator": ""},
        {"token": "Orphans"}, {"token": "childcare_places_per_thousand"}, {"observed_by": "nobody"},
        {"baseline_2020": "many"}, {"numerator_per": "0"},
    ],
)  # fmt: skip
def test_a_bad_row_stops_the_start_with_its_line(tmp_path: Path, change: dict[str, str]) -> None:
    path = bad_file(tmp_path, change)
    with pytest.raises(CatalogueFault, match=rf"{path}:3: "):
        load_indicators(path)


def test_a_shifted_row_stops_the_start_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "indicators.csv"
    lines = (CATALOGUE / "indicators.csv").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:4], lines[4] + ",more", *lines[5:]]), encoding="utf-8")
    with pytest.raises(CatalogueFault, match=rf"{path}:5: .*columns"):
        load_indicators(path)


def test_the_denominators_are_dated_and_sourced() -> None:
    found = denominator("permanent_residents", "3609", denominators()[0].as_of)
    assert found is not None
    assert 4_500_000 < found.value < 5_500_000
    assert found.status == "assumption" and found.source
    before_all = min(each.as_of for each in denominators()).replace(year=1990)
    assert denominator("permanent_residents", "3609", before_all) is None
    assert denominator("permanent_residents", "360902", found.as_of) is None, "no county's residents are known yet"


def test_nothing_is_declared_complete_without_somebody_answering_for_it() -> None:
    assert {each.indicator for each in declared_coverage()} >= set(SOURCES)
    with pytest.raises(ValueError, match="declared"):
        DeclaredCoverage(indicator="elder_care_beds", since="2026-01", coverage="complete", basis="x")


def test_the_latest_declaration_up_to_the_month_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    def declared(since: str, coverage: str) -> DeclaredCoverage:
        return DeclaredCoverage.model_validate(
            {
                "indicator": "elder_care_beds",
                "since": since,
                "coverage": coverage,
                "declared_by": "民政局",
                "basis": "x",
            }
        )

    series = (declared("2026-10", "partial"), declared("2026-03", "complete"), declared("2021-01", "partial"))
    monkeypatch.setattr(catalogue, "declared_coverage", lambda: series)
    months = ("2020-12", "2026-02", "2026-03", "2026-09", "2026-10", "2027-01")
    found = [each.coverage if (each := coverage_of("elder_care_beds", month)) else None for month in months]
    assert found == [None, "partial", "complete", "complete", "partial", "partial"]


def test_every_measure_has_a_label() -> None:
    assert {"facility_search", "application_submitted", "visit_completed"} <= set(measures())
    assert all(each.label_zh for each in measures().values())
