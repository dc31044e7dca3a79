"""Batches for other departments: only who agreed, every export recorded, answers taken row by row and once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest

from models.casework.check_documents import CheckBatch, CheckResult
from models.casework.check_results import evidence_of, import_results, results_of
from models.casework.checks import batch_file, make_batch
from models.casework.documents import Application
from models.kernel import audit
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.sheets import read_sheet, write_sheet
from models.people import operations as people
from tests.factories.casework import (
    DISTRICT,
    GUARDIAN_NAME,
    MORNING,
    SANYANG,
    id_number,
    make_centre,
    make_guardian,
    make_submitted,
    reviewer,
)
from tests.factories.notices import resident_named
from tests.factories.people import Caller

CHECK = "minimum_living_allowance"
COLUMNS = {"reference": ("编号",), "name": ("姓名",), "id_number": ("证件号码",), "result": ("核查结果",),
           "source": ("结果来源",), "checked_on": ("核查日期",), "valid_until": ("有效期至",)}  # fmt: skip
HEADER = ["编号", "核查结果", "结果来源", "核查日期", "有效期至", "备注"]


@pytest.fixture
def asked(database: str) -> Callable[..., dict[str, Any]]:
    """`asked()` → an application whose applicant agreed to the exchange."""
    centre = make_centre(toddler=9)

    def make(agree: bool = True) -> dict[str, Any]:
        guardian = make_guardian()
        if agree:
            people.record_consent(guardian.id, "verification", 1, True, MORNING)
        return make_submitted(guardian, [centre])

    return make


def upload(caller: Caller, path: str, content: bytes, name: str, key: str | None = None) -> Any:
    headers = {**caller.headers, "Idempotency-Key": key or new_id()}
    return caller._client.post(f"/api/v1{path}", data={"file": (BytesIO(content), name)}, headers=headers)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_from_the_batch_to_the_file_and_back(
    form: str, asked: Callable[..., dict[str, Any]], office: Callable[..., Caller], clock: FixedClock
) -> None:
    raw, other, _ = asked(), asked(), asked(agree=False)
    here, elsewhere = office("county_reviewer"), office("county_reviewer", "360921")
    made = here("POST", "/staff/check-batches", {"check": CHECK}, key="make-once")
    assert made.status_code == 201
    assert (made.json["rows"], [(e["reason"], e["count"]) for e in made.json["left_out"]]) == (2, [("no_consent", 1)])
    assert here("POST", "/staff/check-batches", {"check": CHECK}, key="make-once").json == made.json
    assert here("POST", "/staff/check-batches", {"check": CHECK}).json["rows"] == 0
    assert office("township_intake")("GET", "/staff/check-batches").status_code == 403
    assert GUARDIAN_NAME not in here("GET", "/staff/check-batches").text

    path = f"/staff/check-batches/{made.json['id']}"
    assert elsewhere("GET", f"{path}/file").status_code == 404
    file = here("GET", f"{path}/file?format={form}")
    rows = read_sheet(file.data, f"x.{form}", COLUMNS, ("reference", "name", "id_number"))
    assert [each.cells["name"] for each in rows] == [GUARDIAN_NAME] * 2
    assert all(len(each.cells["id_number"]) == 18 for each in rows)
    exports = database()["audit_entries"].count_documents({"action": "check_batch.exported"})
    assert exports == 1

    answers = [
        [rows[0].cells["reference"], "是", "低保系统", "2026-11-20", "", "一家三口"],
        [rows[1].cells["reference"], "也许", "", "2026-13-01", "", ""],
        ["0000000000000000", "否", "低保系统", "2026/11/20", "2026-11-19", ""],
        ["", "", "", "", "", ""],
    ]
    content = write_sheet(form, [HEADER, *answers])
    taken = upload(here, f"{path}/results", content, f"答复.{form}").json
    assert (taken["accepted"], taken["updated"], taken["unchanged"]) == (1, 0, 0)
    assert [(each["line"], each["field"], each["code"]) for each in taken["rejected"]] == [
        (3, "result", "literal_error"), (3, "source", "missing"), (3, "checked_on", "date_type"),
        (4, "reference", "unknown_reference"), (4, "valid_until", "before_period"),
    ]  # fmt: skip
    again = upload(here, f"{path}/results", content, f"答复.{form}").json
    assert (again["accepted"], again["unchanged"], len(again["rejected"])) == (0, 1, 5)
    assert again["batch"]["answered"] == 1

    owner = raw if collection(CheckResult).count_documents({"application_id": raw["_id"]}) else other
    (result,) = results_of(owner, MORNING)
    assert (result["result"], result["source"], result["person"]) == ("yes", "低保系统", "欧***")
    assert str(result["valid_until"]) == "2027-05-19"
    assert not result["expired"]
    assert results_of(owner, MORNING + timedelta(days=400))[0]["expired"]
    assert "一家三口" not in repr(collection(CheckResult).find_one())
    shown = here("GET", f"/staff/applications/{owner['_id']}").json
    assert [(each["check"], each["result_label"]) for each in shown["checks"]] == [(CHECK, "是")]

    corrected = write_sheet(form, [HEADER, [rows[0].cells["reference"], "否", "低保系统", "2026-11-21", "", ""]])
    assert upload(here, f"{path}/results", corrected, f"更正.{form}").json["updated"] == 1
    closed = here("POST", f"{path}/close", {"version": here("GET", path).json["version"]})
    assert closed.json["state"] == "closed"
    assert upload(here, f"{path}/results", content, f"x.{form}").status_code == 409
    assert here("POST", "/staff/check-batches", {"check": CHECK}).json["rows"] == 1
    assert audit.verify().faults == []


def test_hostile_files_change_nothing(asked: Callable[..., dict[str, Any]], office: Callable[..., Caller]) -> None:
    asked()
    here = office("county_reviewer")
    path = f"/staff/check-batches/{here('POST', '/staff/check-batches', {'check': CHECK}).json['id']}/results"
    for content, name in ((b"", "a.csv"), (b"PK\x03\x04", "a.xlsx"), (b"a,b\n1,2\n", "a.csv"), (b"\xff\x00", "a.csv")):
        assert upload(here, path, content, name).status_code == 422
    assert here("POST", path, {"file": "x"}).status_code == 415
    assert here("POST", "/staff/check-batches", {"check": "unknown"}).status_code == 404
    assert here("POST", "/staff/check-batches", {"check": CHECK, "district_code": "360921"}).status_code == 403
    assert here("GET", "/staff/check-batches/x/file?format=exe").status_code == 422
    assert collection(CheckResult).count_documents({}) == 0


def test_an_import_that_died_is_completed_by_the_next(asked: Callable[..., dict[str, Any]]) -> None:
    for _ in range(3):
        asked()
    by, batch = reviewer(), new_id()
    made = make_batch(batch, CHECK, programme=None, district_code=None, by=by, at=MORNING)
    references = [row["reference"] for row in made["rows"]]
    rows = [HEADER, *([each, "否", "低保系统", "2026-11-20", "", ""] for each in references)]
    half = write_sheet("csv", rows[:3])
    assert import_results(batch, half, "a.csv", by=by, at=MORNING, key=new_id())[1].accepted == 2
    report = import_results(batch, write_sheet("csv", rows), "a.csv", by=by, at=MORNING, key=new_id())[1]
    assert (report.accepted, report.unchanged, report.rejected) == (1, 2, [])
    _, content = batch_file(batch, "csv", by=by, at=MORNING)
    assert content.decode("utf-8-sig").count("低保系统") == 3
    stored = repr(list(collection(CheckBatch).find()))
    assert GUARDIAN_NAME not in stored


def test_an_answer_is_evidence_for_the_rule_while_it_holds(database: str) -> None:
    applicant, by, batch = resident_named("王小明"), reviewer(), new_id()
    people.record_consent(applicant.id, "verification", 1, True, MORNING)
    raw = Application(
        id=new_id(), created_at=MORNING, updated_at=MORNING, resident_id=applicant.id, state="accepted",
        programme="disability_allowances", programme_version=1, stage_since=MORNING, submitted_at=MORNING,
        district_code=DISTRICT, township_id=SANYANG, due_at=MORNING,
        form={"applicant_name": "王小明", "person_name": "王大山", "person_id_number": id_number(date(1970, 1, 1))},
    ).raw()  # fmt: skip
    collection(Application).insert_one(raw)
    check = "hardship_of_person"
    made = make_batch(batch, check, programme=None, district_code=None, by=by, at=MORNING)
    _, content = batch_file(batch, "csv", by=by, at=MORNING)
    assert "王大山" in content.decode("utf-8-sig")
    assert "王小明" not in content.decode("utf-8-sig")
    answer = [HEADER, [made["rows"][0]["reference"], "是", "低保系统", "2026-11-20", "2026-12-31", ""]]
    import_results(batch, write_sheet("xlsx", answer), "a.xlsx", by=by, at=MORNING, key=new_id())
    for at, outcome in ((MORNING, "met"), (MORNING + timedelta(days=60), "unknown")):
        found = evidence_of(raw, results_of(raw, at))
        assert {rule: [each["outcome"] for each in all_of] for rule, all_of in found.items()} == {
            "living_in_hardship": [outcome]
        }
