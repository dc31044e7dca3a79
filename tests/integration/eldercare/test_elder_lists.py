"""A list is read into the register: tried out first, good rows land, each bad one is named, again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from models.eldercare.documents import Elder, ElderLink
from models.eldercare.import_documents import ElderChoice, ElderList
from models.eldercare.importing import ListReport, import_elders
from models.eldercare.likeness import index_earlier_entries
from models.kernel import audit
from models.kernel.actors import SYSTEM, Actor
from models.kernel.database import collection, database
from models.kernel.encryption import open_json, open_text
from models.kernel.lifecycle import Raw
from tests.factories.elder_lists import (
    HEADER,
    ILLNESS,
    OWN_PHONE,
    STREET,
    name_of,
    row,
    sheet,
    upload,
)
from tests.factories.eldercare import (
    ADDRESS,
    HEALTH,
    MORNING,
    NAME,
    SANYANG,
    XIAPU,
    Crash,
    id_number,
    make_elder,
    make_resident,
    staff_actor,
)

pytestmark = pytest.mark.usefixtures("database")
WRONG_NUMBER = id_number(2)[:-1] + str((int(id_number(2)[-1].replace("X", "9")) + 1) % 10)
Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]
BAD = (
    ({"number": "36090219300203001"}, "id_number", "id_number_form"),
    ({"name": "=cmd|' /C calc'!A0"}, "name", "formula"),
    ({"township": "无此镇"}, "township", "unknown_place"),
    ({"categories": "富裕"}, "categories", "literal_error"),
    ({"phone": "打电话"}, "phone", "string_pattern_mismatch"),
)


def read(rows: list[list[str]], by: Actor | None = None, **more: Any) -> ListReport:
    return import_elders(sheet(rows), "list.csv", by=by or staff_actor(), at=MORNING, **more)


def counts(report: ListReport) -> tuple[int, int, int, int, int]:
    found = report.counts
    return found.added, found.updated, found.unchanged, found.unsure, found.rejected


def everything() -> list[Raw]:
    return list(collection(Elder).find().sort([("_id", 1)]))


@pytest.mark.parametrize("size", [600, pytest.param(10_000, marks=pytest.mark.slow)])
def test_of_ten_thousand_rows_with_500_bad_ones_9500_land_and_500_are_named(size: int) -> None:
    bad = range(7, size, 20)
    rows = [row(n, **(BAD[n // 20 % len(BAD)][0] if n in bad else {})) for n in range(size)]
    content = sheet(rows)
    report = import_elders(content, "list.csv", by=SYSTEM, at=MORNING)
    assert counts(report) == (size - len(bad), 0, 0, 0, len(bad))
    assert [each.line for each in report.faults] == [n + 2 for n in bad]
    assert all((each.column, each.code) == BAD[n // 20 % 5][1:] for each, n in zip(report.faults, bad, strict=True))
    assert collection(Elder).count_documents({}) == size - len(bad)
    again = import_elders(content, "list.csv", by=SYSTEM, at=MORNING)
    assert (again.repeated, again.counts, again.faults) == (True, report.counts, report.faults)
    assert collection(Elder).count_documents({}) == size - len(bad)


def test_a_trial_tells_the_same_and_writes_nothing() -> None:
    rows = [row(1), row(2, township="无此镇"), row(1), row(3, number="")]
    tried = read(rows, dry_run=True)
    assert [database()[name].count_documents({}) for name in ("elders", "elder_lists", "elder_choices")] == [0, 0, 0]
    done = read(rows)
    assert (tried.counts, tried.faults) == (done.counts, done.faults)
    assert counts(done) == (1, 0, 0, 0, 3)
    assert [(each.line, each.column, each.code) for each in done.faults] == [
        (3, "township", "unknown_place"), (4, "id_number", "repeated"), (5, "id_number", "missing"),
    ]  # fmt: skip
    assert audit.verify().faults == []
    actions = [each["action"] for each in database()["audit_entries"].find().sort([("sequence", 1)])]
    assert actions == ["elder_list_tried", "elder_list_imported"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_the_list_says_is_kept_sealed(form: str) -> None:
    import_elders(sheet([row(1)], form), f"list.{form}", by=staff_actor(), at=MORNING)
    (elder,) = everything()
    assert (elder["categories"], elder["risk_level"], elder["risk_from"]) == (
        ["living_alone", "very_old"], "raised", "rule",
    )  # fmt: skip
    assert elder["legal_basis"]["kind"] == "statutory_duty"
    assert open_text(elder["health_notes"], Elder.health_notes.context) == ILLNESS
    private = open_json(elder["private"], Elder.private.context)
    assert (private["address"], private["contacts"][0]["phone"]) == (STREET, OWN_PHONE)
    kept = "".join(repr(list(database()[name].find())) for name in database().list_collection_names())
    assert not [each for each in (STREET, ILLNESS, OWN_PHONE, name_of(1), id_number(1, "19300203")) if each in kept]


def test_all_columns_are_understood() -> None:
    header = (*HEADER, "区县", "风险等级", "方言", "联系人", "联系人电话", "与老人关系", "经度", "纬度", "依据", "依据文书",
              "依据日期", "列入日期", "出生日期")  # fmt: skip
    more = ["袁州区", "高", "客家", "李小花", "+86 13900000000", "女儿", "114.38", "27.92", "本人同意", "同意书3号",
            "2026/1/5", "2026年2月1日", "19300203"]  # fmt: skip
    report = import_elders(sheet([[*row(1), *more]], "csv", header), "l.csv", by=SYSTEM, at=MORNING)
    assert report.faults == []
    (elder,) = everything()
    assert (elder["risk_level"], elder["risk_from"], elder["language"]) == ("high", "list", "hakka")
    assert elder["legal_basis"] == {"kind": "consent", "reference": "同意书3号", "on": "2026-01-05"}
    assert elder["periods"][0]["from"] == "2026-02-01"
    private = open_json(elder["private"], Elder.private.context)
    assert private["point"] == {"longitude": 114.38, "latitude": 27.92}
    assert private["contacts"][1] == {"name": "李小花", "phone": "+86 13900000000", "relation": "child"}


def test_a_list_of_one_kind_needs_no_column_for_it() -> None:
    report = read([row(1, categories="")], category="left_behind")
    assert counts(report) == (1, 0, 0, 0, 0)
    assert everything()[0]["categories"] == ["left_behind"]


HOSTILE = [
    ({"community": "=HYPERLINK(0)"}, "community", "formula"), ({"address": "@SUM(1)"}, "address", "formula"),
    ({"address": "a\u202eb"}, "address", "control_character"), ({"health": "x\x00y"}, "health_notes", "control_character"),
    ({"health": "病" * 2001}, "health_notes", "string_too_long"), ({"name": "<script>"}, "name", "name_form"),
    ({"name": "{$ne}"}, "name", "name_form"), ({"community": ""}, "community", "missing"),
    ({"township": "$where"}, "township", "unknown_place"), ({"number": "9" * 101}, "id_number", "string_too_long"),
    ({"categories": "独居," * 20}, "categories", None), ({"phone": "１３８００１３８０００"}, "phone", "string_pattern_mismatch"),
]  # fmt: skip


def test_hostile_cells_are_named_and_the_others_land() -> None:
    rows = [row(n, **changes) for n, (changes, _, _) in enumerate(HOSTILE)]
    report = read([*rows, row(99)])
    told = {each.line: (each.column, each.code) for each in report.faults}
    assert told == {n + 2: (column, code) for n, (_, column, code) in enumerate(HOSTILE) if code}
    assert counts(report) == (2, 0, 0, 0, len(HOSTILE) - 1)


def test_who_is_known_is_completed_and_never_overwritten() -> None:
    elder = make_elder(1)
    number = id_number(1)
    rows = [row(1, name=NAME, number=number), row(2)]
    report = read(rows)
    assert counts(report) == (1, 1, 0, 0, 0)
    now = collection(Elder).find_one({"_id": elder["_id"]})
    assert now is not None
    assert now["categories"] == ["living_alone", "very_old"]
    assert now["risk_level"] == elder["risk_level"]
    assert open_text(now["health_notes"], Elder.health_notes.context) == HEALTH
    private = open_json(now["private"], Elder.private.context)
    assert (private["address"], len(private["contacts"])) == (ADDRESS, 2)
    # Another file of the same people brings nothing new.
    before = everything()
    assert counts(read([*rows, row(3, township="无此镇")])) == (0, 0, 2, 0, 1)
    assert everything() == before


def test_people_of_other_places_and_those_who_left_are_named() -> None:
    make_elder(1, XIAPU)
    report = read(
        [row(1, name=NAME, number=id_number(1)), row(2, township="下浦乡")], staff_actor(township_ids=(SANYANG,))
    )
    assert [(each.line, each.code) for each in report.faults] == [(2, "registered_elsewhere"), (3, "not_your_place")]


def test_a_list_killed_midway_is_completed_by_the_same_file(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(n) for n in range(5)] + [row(6, name=name_of(1), number=id_number(500, "19300203"))]
    whole = read(rows, dry_run=True)
    with monkeypatch.context() as patch:
        patch.setattr("models.eldercare.importing._finish", lambda reading: (_ for _ in ()).throw(Crash()))
        with pytest.raises(Crash):
            read(rows)
    assert collection(ElderList).count_documents({}) == 0
    report = read(rows)
    assert (report.counts, report.repeated) == (whole.counts, False)
    assert (len(everything()), collection(ElderChoice).count_documents({})) == (5, 1)


def test_a_familys_request_finds_the_township_of_a_person_from_a_list() -> None:
    from models.eldercare.operations import request_link

    link = request_link("l" * 26, name_of(1), id_number(1, "19300203"), "child", XIAPU, by=make_resident(), at=MORNING)
    read([row(1)])
    found = collection(ElderLink).find_one({"_id": link["_id"]})
    assert found is not None
    assert found["township_id"] == SANYANG


def test_over_http_faults_have_sentences_and_nothing_private(call: Call, staff: Headers) -> None:
    content = sheet([row(1), row(2, number=WRONG_NUMBER), row(3, categories="")])
    visitor = staff("visitor", township_ids=(SANYANG,))
    with capture_logs() as logs:
        tried = call("POST", "/staff/elder-lists/trial", visitor, **upload(content))
        done = call("POST", "/staff/elder-lists", visitor, **upload(content))
        again = call("POST", "/staff/elder-lists", visitor, **upload(content))
    assert (tried.json["dry_run"], done.json["dry_run"], again.json["repeated"]) == (True, False, True)
    assert tried.json["faults"] == done.json["faults"] == again.json["faults"]
    assert [(each["line"], each["column_label"]) for each in done.json["faults"]] == [(3, "身份证号"), (4, "类别")]
    assert all(each["detail"] and each["detail"] != "这一项填写不对。" for each in done.json["faults"])
    shown = tried.text + done.text + again.text + repr(logs)
    assert not [each for each in (STREET, ILLNESS, OWN_PHONE, name_of(1), id_number(2)[:-1]) if each in shown]
    for headers in (staff("supervisor"), staff("planner")):
        assert call("POST", "/staff/elder-lists", headers, **upload(content)).status_code == 403
    refused = call("POST", "/staff/elder-lists", visitor, **upload(b"a,b\n1,2"))
    assert (refused.status_code, refused.json["faults"][0]["code"]) == (422, "columns_missing")


def test_the_command_reads_a_list(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(sheet([row(1), row(2, township="无此镇")]))
    runner = app.test_cli_runner()
    tried = runner.invoke(args=["elders", "import", str(file), "--dry-run"])
    assert (tried.exit_code, everything()) == (0, [])
    assert "试读" in tried.output
    done = runner.invoke(args=["elders", "import", str(file)])
    assert "新增1人" in done.output
    assert "第3行 乡镇（街道）" in done.output
    assert "以前读过" in runner.invoke(args=["elders", "import", str(file)]).output
    file.write_bytes(b"a,b\n1,2")
    assert runner.invoke(args=["elders", "import", str(file)]).exit_code == 1


def test_two_runs_of_one_list_at_once_land_each_person_once() -> None:
    content = sheet([row(n) for n in range(40)])
    by = staff_actor()

    def run(_: int) -> tuple[int, ...]:
        return counts(import_elders(content, "list.csv", by=by, at=MORNING))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(run, range(4))) == {(40, 0, 0, 0, 0)}
    assert collection(Elder).count_documents({}) == 40
    assert collection(ElderList).count_documents({}) == 1


def test_health_notes_are_for_those_who_visit_and_each_look_is_recorded(call: Call, staff: Headers) -> None:
    read([row(1)])
    (elder,) = everything()
    path = f"/staff/elders/{elder['_id']}"
    assert call("GET", path, staff("township_intake")).json["health_notes"] is None
    shown = call("GET", path, staff("visitor")).json
    assert (shown["health_notes"], shown["risk_from_label"]) == (ILLNESS, "按类别推定")
    looks = database()["audit_entries"].find({"action": "elder_read"}).sort([("sequence", 1)])
    assert [each["detail"]["health_notes"] for each in looks] == [False, True]


def test_entries_of_before_the_index_are_found_as_well() -> None:
    elder = make_elder(1)
    collection(Elder).update_one({"_id": elder["_id"]}, {"$unset": {"person_index": ""}})
    assert index_earlier_entries(MORNING) == 1
    assert index_earlier_entries(MORNING) == 0
    report = read([row(1, name=NAME, number=id_number(2))])
    assert counts(report) == (0, 0, 0, 1, 0)
