"""Reports: frozen with their inputs, the same again, published by a planner, emptied of words taken back."""

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask

from config.loading import CATALOGUE
from models.feedback import handling, operations, publishing
from models.feedback.documents import Feedback
from models.indicators.observations import observe
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.errors import NotFound
from models.kernel.ids import new_id
from models.people.documents import Resident
from models.reports import freezing, rendering
from models.reports.documents import Report
from models.reports.inputs import service_gap_inputs, yearly_inputs
from models.reports.population import import_points, population_at
from models.reports.rendering import chinese_font
from tests.factories.casework import MORNING, SANYANG, intake, make_centre
from tests.factories.people import Caller

DEMO = CATALOGUE / "demo" / "population_points.csv"


@pytest.fixture
def known(database: str) -> None:
    """A little to report: a centre, an observed month, where people live."""
    make_centre()
    observe("2026-10", MORNING)
    done = import_points(DEMO.read_bytes(), DEMO.name, date(2026, 11, 1), "invented", by=SYSTEM, at=MORNING)
    assert done.kept > 400 and not done.refused


def public_piece(text: str = "希望三阳镇也有图书馆") -> str:
    owner = Resident.actor(new_id())
    raw = operations.submit_feedback(
        new_id(), "need", text, by=owner, at=MORNING, township_id=SANYANG, may_publish=True
    )  # fmt: skip
    handling.reply(raw["_id"], "明年建设。", by=intake(), at=MORNING, key=new_id())
    publishing.propose(
        raw["_id"], publishing.PublicText(text, "已列入明年计划。"), by=intake(), at=MORNING, key="proposal"
    )  # fmt: skip
    publishing.settle_check(raw["_id"], "proposal", "pass", MORNING)
    return str(raw["_id"])


def operations_owner(piece: str) -> Any:
    found = collection(Feedback).find_one({"_id": piece})
    assert found is not None
    return Resident.actor(found["owner_id"])


def test_the_same_inputs_give_the_same_report_and_others_a_further_revision(known: None) -> None:
    first = freezing.freeze(yearly_inputs(2026, MORNING), by=SYSTEM, at=MORNING)
    again = freezing.freeze(yearly_inputs(2026, MORNING), by=SYSTEM, at=MORNING)
    assert (first.made, again.made, again.report["_id"]) == (True, False, first.report["_id"])
    page = freezing.content(first.report["_id"], "html", public=False)
    # Made anew from what is stored, it is the same to the byte.
    inputs = orjson.loads(freezing.content(first.report["_id"], "inputs", public=False))
    assert freezing.hash_of(inputs) == first.report["inputs_hash"]
    collection(Report).delete_many({})
    anew = freezing.freeze(inputs, by=SYSTEM, at=datetime(2027, 1, 1, tzinfo=UTC)).report
    assert anew["html_hash"] == first.report["html_hash"] == hashlib.sha256(page).hexdigest()
    public_piece()
    later = freezing.freeze(yearly_inputs(2026, MORNING), by=SYSTEM, at=MORNING).report
    assert (later["revision"], later["inputs_hash"] != anew["inputs_hash"]) == (2, True)


def test_a_paper_is_added_once_there_is_a_font(known: None, monkeypatch: pytest.MonkeyPatch) -> None:
    if chinese_font() is None:
        pytest.skip("no Chinese font is installed here, so there is no paper")
    inputs = service_gap_inputs(MORNING)
    with monkeypatch.context() as without:
        for module in (freezing, rendering):
            without.setattr(module, "chinese_font", lambda: None)
        bare = freezing.freeze(inputs, by=SYSTEM, at=MORNING).report
        assert freezing.freeze(inputs, by=SYSTEM, at=MORNING).report.get("font") is None
    with pytest.raises(NotFound):
        freezing.content(bare["_id"], "pdf", public=False)
    again = freezing.freeze(inputs, by=SYSTEM, at=MORNING)
    assert (again.made, again.report["html_hash"]) == (False, bare["html_hash"])
    assert freezing.content(bare["_id"], "pdf", public=False).startswith(b"%PDF-")


def test_it_says_what_is_known_unknown_and_why(known: None) -> None:
    public_piece()
    report = freezing.freeze(yearly_inputs(2026, MORNING), by=SYSTEM, at=MORNING).report
    page = freezing.content(report["_id"], "html", public=False).decode()
    for words in (
        "每千人口拥有3岁以下婴幼儿托位数（预期性", "不能当作全市数", "由主管部门按其统计制度提供，平台尚未收到本期数据",
        "希望三阳镇也有图书馆", "虚构的", "<svg", "袁州区",
    ):  # fmt: skip
        assert words in page, words
    assert "<script" not in page
    if chinese_font() is None:
        pytest.skip("no Chinese font is installed here, so there is no paper")
    paper = freezing.content(report["_id"], "pdf", public=False)
    assert paper.startswith(b"%PDF-")


def test_published_by_a_planner_and_emptied_when_words_are_taken_back(
    app: Flask, known: None, clock: FixedClock, staff: Callable[..., dict[str, str]]
) -> None:
    piece = public_piece()
    report = freezing.freeze(yearly_inputs(2026, MORNING), by=SYSTEM, at=MORNING).report
    anyone, planner = Caller(app.test_client(), {}), Caller(app.test_client(), staff("planner", district_code=None))
    path = f"/reports/{report['_id']}"
    assert anyone("GET", path).status_code == anyone("GET", f"{path}/page").status_code == 404
    assert anyone("GET", "/reports").json["items"] == []
    assert planner("GET", f"/staff{path}/page").status_code == 200
    assert planner("POST", f"/staff{path}/publish", {"version": 1}).json["state"] == "published"
    page = anyone("GET", f"{path}/page")
    assert "希望三阳镇也有图书馆" in page.text and page.headers["ETag"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    given = anyone("GET", f"{path}/inputs")
    assert hashlib.sha256(given.data).hexdigest() == anyone("GET", path).json["inputs_hash"]

    operations.allow_publication(piece, False, by=operations_owner(piece), at=MORNING, key=new_id())
    for _ in range(2):
        freezing.take_down_words(clock.advance(days=1))
    assert anyone("GET", f"{path}/page").status_code == 404
    (now,) = anyone("GET", "/reports").json["items"]
    assert (now["revision"], now["state"]) == (2, "published")
    assert "希望三阳镇也有图书馆" not in anyone("GET", f"/reports/{now['id']}/page").text
    kept = collection(Report).find_one({"_id": report["_id"]})
    assert kept is not None and kept["html"] is None and kept["inputs_hash"] == report["inputs_hash"]


def test_bad_rows_of_people_are_named_and_the_rest_is_kept(database: str, tmp_path: Path) -> None:
    rows = [
        "经度,纬度,人数,来源,名称", "114.40,27.80,120,民政局,甲村", "114.40,27.80,5,民政局,乙村", "116.4,39.9,5,民政局,远",
        "114.41,27.81,-3,民政局,丙村", f"114.41,27.82,{'9' * 5000},民政局,丁村", "x,27.82,1,民政局,", "114.42,27.80,1,,",
    ]  # fmt: skip
    content = "\n".join(rows).encode("gb18030")
    done = import_points(content, "村.csv", date(2026, 1, 1), "provisional", by=SYSTEM, at=MORNING)
    assert (done.kept, done.people) == (1, 120)
    assert [code for _, code in done.refused] == [
        "given_twice", "outside_yichun", "people_refused", "people_refused", "float_parsing", "missing",
    ]  # fmt: skip
    import_points(content, "村.csv", date(2026, 1, 1), "provisional", by=SYSTEM, at=MORNING)
    found = population_at(date(2026, 6, 1))
    assert found is not None and (found.people, found.status, found.sources) == (120, "provisional", ("民政局",))
    assert population_at(date(2025, 12, 31)) is None


def test_the_commands_make_and_find_reports(app: Flask, database: str, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    nothing = run(args=["reports", "gaps", "--to", str(tmp_path)])
    assert nothing.exit_code == 0, nothing.output
    unknown = json.loads((tmp_path / "service_gaps-2026-11-1.json").read_bytes())
    assert unknown["gaps"] is None
    made = run(args=["reports", "population", str(DEMO), "--as-of", "2026-11-01", "--status", "invented"])
    assert made.exit_code == 0 and "拒收0行" in made.output
    make_centre()
    for expected in ("已生成", "数据没有变化"):
        done = run(args=["reports", "gaps", "--to", str(tmp_path), "--publish"])
        assert done.exit_code == 0 and expected in done.output, done.output
    table = (tmp_path / "service_gaps-2026-11-2.csv").read_text("utf-8-sig").splitlines()
    assert table[0].startswith("服务圈,服务,县") and len(table) > 100
    evaluated = run(args=["reports", "midterm", "--to", str(tmp_path)])
    assert evaluated.exit_code == 0 and "中期评估2026-11第1版" in evaluated.output, evaluated.output
    assert "没有数据不等于没有做到" in (tmp_path / "midterm-2026-11-1.html").read_text("utf-8")
    assert "service_gaps" in run(args=["reports", "list"]).output


def test_a_publication_killed_midway_is_finished(known: None) -> None:
    first = freezing.freeze(service_gap_inputs(MORNING), by=SYSTEM, at=MORNING).report
    freezing.publish(first["_id"], by=SYSTEM, at=MORNING, key="a")
    make_centre(category="library")
    second = freezing.freeze(service_gap_inputs(MORNING), by=SYSTEM, at=MORNING).report
    later = datetime(2026, 11, 24, tzinfo=UTC)
    # What `publish` does first, and then the process dies.
    change = freezing.Change(set={"published_at": later})
    freezing.REPORT.perform(second["_id"], "publish", by=SYSTEM, at=later, key="b", change=change)
    assert freezing.settle(later) == 1
    assert freezing.stored(first["_id"])["state"] == "replaced"
    assert gzip.decompress(collection(Report).find_one({"_id": second["_id"]})["inputs"])  # type: ignore[index]
