"""A row that may be about somebody on the register waits for a person, and what they decide is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.eldercare import choices
from models.eldercare.documents import Elder
from models.eldercare.erasing import export_resident_visits
from models.eldercare.import_documents import ElderChoice
from models.eldercare.importing import import_elders
from models.kernel.database import collection, database
from models.kernel.lifecycle import Raw
from models.people.documents import Resident
from tests.factories.elder_lists import ILLNESS, row, sheet
from tests.factories.eldercare import (
    MORNING,
    NAME,
    SANYANG,
    XIAPU,
    Crash,
    crash_before_write,
    id_number,
    make_elder,
    make_resident,
    staff_actor,
)

pytestmark = pytest.mark.usefixtures("database")
Call = Callable[..., TestResponse]
Headers = Callable[..., dict[str, str]]
BORN = "19400203"


def ask(**changes: str) -> tuple[Raw, Raw]:
    """An entry, and the row of a list that may be about the same person: another number, unless changed."""
    elder = make_elder(1)
    given = {"name": NAME, "number": id_number(2, BORN), "community": "幸福村委会", **changes}
    report = import_elders(sheet([row(1, **given)]), "l.csv", by=staff_actor(), at=MORNING)
    assert (report.counts.unsure, report.faults) == (1, [])
    (choice,) = collection(ElderChoice).find()
    return elder, choice


def people() -> int:
    return collection(Elder).count_documents({})


def choice_now(choice: Raw) -> Raw:
    found = collection(ElderChoice).find_one({"_id": choice["_id"]})
    assert found is not None
    return found


def decide(choice: Raw, decision: Any, key: str = "k") -> Raw:
    return choices.decide(choice["_id"], decision, by=staff_actor(), at=MORNING, key=key, version=1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({}, "other_number"), ({"number": id_number(1), "name": "赵明德"}, "other_name")],
)
def test_a_doubt_waits_with_its_reason(changes: dict[str, str], reason: str) -> None:
    elder, choice = ask(**changes)
    assert (choice["reason"], choice["candidates"], people()) == (reason, [elder["_id"]], 1)
    assert NAME not in repr(choice)


def test_a_row_without_number_waits_where_somebody_is_like_it() -> None:
    elder = make_elder(1)
    header = ("姓名", "身份证号", "乡镇", "村", "住址", "类别", "出生日期")
    cells = [NAME, "", "三阳镇", "幸福", "幸福路", "独居", "1940.2.3"]
    report = import_elders(sheet([cells, ["赵明德", *cells[1:]]], "csv", header), "l.csv", by=staff_actor(), at=MORNING)
    assert (report.counts.unsure, [(each.line, each.code) for each in report.faults]) == (1, [(3, "missing")])
    (choice,) = collection(ElderChoice).find()
    assert (choice["reason"], choice["candidates"]) == ("no_number", [elder["_id"]])


@pytest.mark.parametrize(("decision", "entries"), [("same", 1), ("other", 2), ("drop", 1)])
def test_what_is_decided_is_done_once_also_when_the_process_dies(decision: str, entries: int) -> None:
    elder, choice = ask()
    for number in range(1, 9):
        try:
            with crash_before_write(number):
                decide(choice, decision)
            break
        except Crash:
            continue
    choices.reconcile_choices(MORNING)
    decide(choice, decision)
    now = choice_now(choice)
    assert (now["owed"], "row" in now, people()) == ([], False, entries)
    kept = collection(Elder).find_one({"_id": elder["_id"]})
    assert kept is not None
    assert ("very_old" in kept["categories"]) == (decision == "same")
    assert kept["id_number_index"] == elder["id_number_index"]


def test_a_crash_between_decision_and_effect_is_made_good_by_the_job() -> None:
    _, choice = ask()
    with pytest.raises(Crash), crash_before_write(2):
        decide(choice, "other")
    assert people() == 1
    assert choices.reconcile_choices(MORNING) == 1
    assert people() == 2
    assert choices.reconcile_choices(MORNING) == 0


def test_over_http_the_township_compares_and_decides(call: Call, staff: Headers) -> None:
    elder, choice = ask()
    intake = staff("township_intake", township_ids=(SANYANG,))
    (listed,) = call("GET", "/staff/elder-choices", intake).json["items"]
    assert (listed["id"], listed["name"]) == (choice["_id"], "欧***")
    path = f"/staff/elder-choices/{choice['_id']}"
    seen = call("GET", path, intake).json
    assert (seen["row"]["id_number"], seen["entries"][0]["id_number"]) == (id_number(2, BORN), id_number(1))
    assert database()["audit_entries"].count_documents({"action": "elder_choice_read"}) == 1
    for headers in (staff("visitor", township_ids=(XIAPU,)), staff("visitor", district_code="360921")):
        assert call("GET", path, headers).status_code == 404
    body = {"version": 1, "decision": "same", "elder_id": "0" * 26}
    assert call("POST", f"{path}/decide", intake, json=body).json["faults"][0]["code"] == "unknown_candidate"
    done = call("POST", f"{path}/decide", intake, json={"version": 1, "decision": "same", "elder_id": elder["_id"]})
    assert (done.status_code, done.json["state"], done.json["row"]) == (200, "same_person", None)
    late = call("POST", f"{path}/decide", intake, json={"version": 2, "decision": "drop"})
    assert (late.status_code, late.json["code"]) == (409, "illegal_transition")
    assert call("GET", "/staff/elder-choices", intake).json["items"] == []


def test_the_same_number_cannot_be_another_person(call: Call, staff: Headers) -> None:
    _, choice = ask(number=id_number(1), name="赵明德")
    body = {"version": 1, "decision": "other"}
    refused = call("POST", f"/staff/elder-choices/{choice['_id']}/decide", staff("visitor"), json=body)
    assert (refused.status_code, refused.json["faults"][0]["code"]) == (422, "not_possible")
    assert people() == 1


def test_the_row_is_in_the_copy_of_whom_it_is_about() -> None:
    _, choice = ask()
    me = make_resident()
    index = choice["id_number_index"]
    collection(Resident).update_one({"_id": me.id}, {"$set": {"id_number_index": index}})
    (mine,) = export_resident_visits(me.id)["list_rows"]
    assert (mine["name"], mine["health_notes"]) == (NAME, ILLNESS)
    assert export_resident_visits(make_resident().id)["list_rows"] == []
