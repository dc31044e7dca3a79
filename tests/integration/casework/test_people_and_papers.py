"""The same child twice, a proxy who hands in, papers that serve again, and a correction answered paper by paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from config.programmes import programmes
from models.casework.claims import PersonClaim
from models.casework.documents import Application, PaperChunk
from models.casework.retention import anonymise
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.encryption import open_json, seal_json
from models.kernel.ids import new_id
from models.people.documents import CHILD_CONTEXT, Resident
from models.people.tokens import issue
from tests.factories.casework import (
    CHILD_BORN,
    CHILD_NAME,
    GUARDIAN_NAME,
    PHONE,
    REQUIRED_PAPERS,
    form,
    jpeg,
    make_centre,
    make_draft,
    make_submitted,
)
from tests.factories.people import Caller
from tests.integration.casework.conftest import actor

Guardian = Callable[[], Caller]


def renewed(caller: Caller, clock: FixedClock) -> Caller:
    """Signed in again after a while."""
    caller.headers["Authorization"] = f"Bearer {issue('resident', caller.id, 1, clock.now()).text}"
    return caller


def upload(caller: Caller, application: str, paper: str, content: bytes | None = None) -> TestResponse:
    sent = {"paper": paper, "file": (io.BytesIO(content or jpeg()), "a.jpg", "image/jpeg")}
    headers = {**caller.headers, "Idempotency-Key": new_id()}
    return caller._client.post(f"/api/v1/applications/{application}/documents", data=sent, headers=headers)


def same_child(mine: Caller, theirs: Caller, **person: str) -> None:
    """Let the second guardian's child be the first one's, or one who differs from it in `person`."""
    source = collection(Resident).find_one({"_id": mine.id})["children"][0]
    target = collection(Resident).find_one({"_id": theirs.id})["children"][0]
    other = open_json(target["person"], CHILD_CONTEXT)
    said = {**open_json(source["person"], CHILD_CONTEXT), **person} if not person else {**other, **person}
    collection(Resident).update_one({"_id": theirs.id}, {"$set": {
        "children.0.person": seal_json(said, CHILD_CONTEXT),
        "children.0.id_number_index": source["id_number_index"] if not person else target["id_number_index"],
    }})  # fmt: skip


def test_a_child_is_applied_for_once_whoever_applies(guardian: Guardian, intake_here: Caller) -> None:
    mine, theirs = guardian(), guardian()
    same_child(mine, theirs)
    centre = make_centre()
    first = make_submitted(actor(mine), [centre])
    draft = make_draft(actor(theirs), [centre])
    refused = theirs("POST", f"/applications/{draft['_id']}/submit")
    assert (refused.status_code, refused.json["code"]) == (409, "people_in_another_case")
    told = refused.get_data(as_text=True)
    for word in (first["_id"], mine.id, GUARDIAN_NAME, CHILD_NAME, PHONE, "childcare_place"):
        assert word not in told
    assert theirs("GET", f"/applications/{draft['_id']}").json["state"] == "draft"
    mine("POST", f"/applications/{first['_id']}/withdraw")
    assert theirs("POST", f"/applications/{draft['_id']}/submit").status_code == 200
    assert collection(PersonClaim).count_documents({"application_id": draft["_id"]}) == 1


def test_a_refusal_is_the_same_whoever_the_other_is(guardian: Guardian) -> None:
    """What an applicant is told does not depend on the other: not on name, place, state or programme's particulars."""
    answers = set()
    for state, note in (("submitted", "甲"), ("accepted", "乙"), ("correction", "丙")):
        mine, theirs = guardian(), guardian()
        same_child(mine, theirs)
        other = make_submitted(actor(mine), [make_centre()], note=note)
        collection(Application).update_one({"_id": other["_id"]}, {"$set": {"state": state}})
        draft = make_draft(actor(theirs), [make_centre()])
        answers.add(theirs("POST", f"/applications/{draft['_id']}/submit").data.replace(draft["_id"].encode(), b""))
    assert len(answers) == 1


def test_a_caseworker_sees_who_may_be_the_same_and_why(guardian: Guardian, intake_here: Caller) -> None:
    mine, theirs, third = guardian(), guardian(), guardian()
    same_child(mine, theirs, name="歐陽小寶", birth_date=CHILD_BORN.isoformat())
    same_child(mine, third, name="欧阳晓保", birth_date=CHILD_BORN.isoformat())
    centre = make_centre()
    first = make_submitted(actor(mine), [centre])
    make_submitted(actor(theirs), [centre], child_name="歐陽小寶")
    make_submitted(actor(third), [centre], child_name="欧阳晓保")
    path = f"/staff/applications/{first['_id']}/duplicates"
    found = intake_here("GET", path).json["items"]
    assert [(each["reason"], each["strength"]) for each in found] == [
        ("same_name_and_birth", "medium"), ("same_sound_and_birth", "weak"),
    ]  # fmt: skip
    assert all(each["person"] == "欧***" and each["other"]["yours"] for each in found)
    assert theirs("GET", path).status_code in (401, 403)
    looks = [each["action"] for each in database()["audit_entries"].find()]
    assert looks.count("application.duplicates_read") == 1
    collection(Application).update_many({"_id": {"$ne": first["_id"]}}, {"$set": {"state": "withdrawn"}})
    assert intake_here("GET", path).json["items"] == []


def test_no_mark_stays_of_whom_a_case_was_about(guardian: Guardian, clock: FixedClock) -> None:
    mine = guardian()
    raw = make_submitted(actor(mine), [make_centre()])
    stored = collection(Application).find_one({"_id": raw["_id"]})
    assert stored is not None and stored["people"]
    assert anonymise(stored, clock.now())
    after = collection(Application).find_one({"_id": raw["_id"]})
    assert after is not None and "people" not in after
    assert collection(PersonClaim).count_documents({}) == 0


def test_a_proxy_hands_in_and_the_file_says_so(guardian: Guardian, person: Any, intake_here: Caller) -> None:
    parent, child = guardian(), person()
    code = parent("POST", "/me/proxies", {"relation": "relative", "programmes": ["childcare_place"]}).json["code"]
    authorisation = child("POST", "/me/principals", {"code": code}).json["id"]
    acting = Caller(child._client, {**child.headers, "On-Behalf-Of": authorisation})
    draft = acting("POST", "/applications", {"programme": "childcare_place"}).json
    filled = acting("PATCH", f"/applications/{draft['id']}",
                    {"version": 1, "form": form(actor(parent), [make_centre()])})  # fmt: skip
    assert filled.status_code == 200
    for paper in REQUIRED_PAPERS:
        assert upload(acting, draft["id"], paper).status_code == 201
    sent = acting("POST", f"/applications/{draft['id']}/submit")
    assert sent.status_code == 200
    assert parent("GET", f"/applications/{draft['id']}").json["timeline"][-1]["by"] == "代办人代申请人"
    assert child("GET", f"/applications/{draft['id']}").status_code == 404, "not without saying for whom"
    refused = acting("POST", f"/applications/{draft['id']}/withdraw")
    assert (refused.status_code, refused.json["code"]) == (403, "proxy_not_allowed")
    steps = [each["action"] for each in database()["audit_entries"].find({"subject": f"authorisation:{authorisation}"})]
    assert steps == ["proxy.draft", "proxy.draft", "proxy.papers", "proxy.papers", "proxy.submit"]
    assert intake_here("GET", f"/staff/applications/{draft['id']}").json["timeline"][-1]["by"] == "代办人代申请人"


@pytest.fixture
def person(call: Callable[..., Caller], resident: Callable[..., dict[str, str]]) -> Callable[[], Caller]:
    """`person()` → a resident with a real name."""
    from tests.factories.people import id_number

    def make() -> Caller:
        caller = call(resident())
        caller("POST", "/me/consents", {"purpose": "identity", "version": 1})
        caller("PUT", "/me/identity", {"name": "李四", "id_number": id_number()})
        return caller

    return make


def test_a_correction_is_answered_paper_by_paper(guardian: Guardian, intake_here: Caller, clock: FixedClock) -> None:
    mine = guardian()
    application = make_submitted(actor(mine), [make_centre()])["_id"]
    path, staff_path = f"/applications/{application}", f"/staff/applications/{application}"
    version = intake_here("GET", staff_path).json["version"]
    clock.advance(minutes=1)
    asked = {"version": version, "reason": "材料不清楚", "papers": list(REQUIRED_PAPERS),
             "remarks": {"birth_certificate": "第二页缺失"}}  # fmt: skip
    assert intake_here("POST", f"{staff_path}/request-correction", asked).status_code == 200
    clock.advance(minutes=1)
    refused = mine("POST", f"{path}/submit")
    assert {each["field"]: each["code"] for each in refused.json["faults"]} == {
        f"papers.{paper}": "correction_unanswered" for paper in REQUIRED_PAPERS
    }
    before = mine("GET", path).json
    old = next(each for each in before["papers"] if each["paper"] == "birth_certificate")
    assert upload(mine, application, "birth_certificate", jpeg((60, 50))).status_code == 201
    assert mine("DELETE", f"{path}/documents/{old['id']}").status_code == 200
    assert upload(mine, application, "vaccination_record").status_code == 201
    new = mine("GET", path).json
    mistake = next(each for each in new["papers"] if each["paper"] == "vaccination_record")
    mine("DELETE", f"{path}/documents/{mistake['id']}")
    assert collection(PaperChunk).count_documents({"document_id": mistake["id"]}) == 0, "the office never saw it"
    version = mine("GET", path).json["version"]
    answer = mine("PUT", f"{path}/correction/residence_proof", {"version": version, "text": "户口簿正在补办"})
    assert [(each["paper"], each["answered"], each["remark"]) for each in answer.json["items"]] == [
        ("residence_proof", "text", None), ("birth_certificate", "file", "第二页缺失"),
    ]  # fmt: skip
    unasked = mine("PUT", f"{path}/correction/guardianship", {"version": version + 1, "text": "无"})
    assert unasked.status_code == 404
    assert mine("POST", f"{path}/submit").status_code == 200
    kept = intake_here("GET", f"{staff_path}/replaced-papers").json["items"]
    assert [each["id"] for each in kept] == [old["id"]]
    assert intake_here("GET", f"{staff_path}/documents/{old['id']}").data.startswith(b"content of")
    assert intake_here("GET", f"{staff_path}/correction").json["items"][0]["answer"] == "户口簿正在补办"


def test_a_paper_serves_again_while_it_is_valid(
    guardian: Guardian, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _valid_for(monkeypatch, residence_proof=30)
    mine, stranger = guardian(), guardian()
    first = make_submitted(actor(mine), [make_centre()])
    foreign = make_submitted(actor(stranger), [make_centre()])
    mine("POST", f"/applications/{first['_id']}/withdraw")
    draft = mine("POST", "/applications", {"programme": "childcare_place"}).json
    path = f"/applications/{draft['id']}"
    assert mine("GET", f"{path}/reusable-papers").json["items"] == [], "whom it is for is not said yet"
    mine("PATCH", path, {"version": 1, "form": form(actor(mine), [make_centre()])})
    offered = mine("GET", f"{path}/reusable-papers").json["items"]
    assert [each["paper"] for each in offered] == ["residence_proof"]
    source = {"application_id": first["_id"], "document_id": offered[0]["document"]["id"]}
    kept = mine("POST", f"{path}/documents/reuse", source, key="reuse-key-1")
    assert kept.status_code == 201
    assert mine("POST", f"{path}/documents/reuse", source, key="reuse-key-1").json == kept.json
    got = mine("GET", f"{path}/documents/{kept.json['document']['id']}").data
    assert got == b"content of residence_proof"
    assert mine("GET", f"{path}/reusable-papers").json["items"] == []
    birth = next(each["id"] for each in first["papers"] if each["paper"] == "birth_certificate")
    never = mine("POST", f"{path}/documents/reuse", {"application_id": first["_id"], "document_id": birth})
    assert (never.status_code, never.json["code"]) == (409, "paper_not_reusable")
    theirs = {"application_id": foreign["_id"], "document_id": foreign["papers"][0]["id"]}
    assert mine("POST", f"{path}/documents/reuse", theirs).status_code == 404


def test_a_reused_paper_does_not_become_younger(
    guardian: Guardian, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _valid_for(monkeypatch, residence_proof=30)
    mine = guardian()
    first = make_submitted(actor(mine), [make_centre()])
    mine("POST", f"/applications/{first['_id']}/withdraw")
    clock.advance(days=20)
    renewed(mine, clock)
    second = make_draft(actor(mine), [make_centre()], clock.now())
    fresh = next(each for each in second["papers"] if each["paper"] == "residence_proof")
    mine("DELETE", f"/applications/{second['_id']}/documents/{fresh['id']}")
    old = next(each["id"] for each in first["papers"] if each["paper"] == "residence_proof")
    source = {"application_id": first["_id"], "document_id": old}
    assert mine("POST", f"/applications/{second['_id']}/documents/reuse", source).status_code == 201
    assert mine("POST", f"/applications/{second['_id']}/submit").status_code == 200
    clock.advance(days=11)
    renewed(mine, clock)
    mine("POST", f"/applications/{second['_id']}/withdraw")
    third = mine("POST", "/applications", {"programme": "childcare_place"}).json["id"]
    mine("PATCH", f"/applications/{third}", {"version": 1, "form": form(actor(mine), [make_centre()])})
    assert mine("GET", f"/applications/{third}/reusable-papers").json["items"] == []


def _valid_for(monkeypatch: pytest.MonkeyPatch, **days: int) -> None:
    """Let kinds of papers of the programme be valid for so many days."""
    place = programmes()["childcare_place"]
    versions = [
        each.model_copy(update={"papers": [kind.model_copy(update={"valid_days": days.get(kind.token)})
                                           for kind in each.papers]})
        for each in place.versions
    ]  # fmt: skip
    monkeypatch.setitem(programmes(), "childcare_place", place.model_copy(update={"versions": versions}))
