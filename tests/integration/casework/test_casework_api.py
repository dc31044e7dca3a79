"""The routes of applications: what each caller gets, and what each is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models.casework.documents import Application, PaperChunk
from models.kernel import audit
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.outbox import OutboxMessage
from models.people.documents import Resident
from models.people.tokens import issue
from tests.factories.casework import (
    CHILD_NAME,
    DISTRICT,
    GUARDIAN_NAME,
    PHONE,
    REQUIRED_PAPERS,
    SANYANG,
    XIAPU,
    form,
    jpeg,
    make_accepted,
    make_centre,
    make_draft,
    make_submitted,
    pdf,
    png,
)
from tests.factories.people import Caller
from tests.integration.casework.conftest import actor

Office = Callable[..., Caller]
NOBODY_IS_TOLD = (CHILD_NAME, GUARDIAN_NAME, PHONE)


def upload(caller: Caller, application: str, paper: str = "residence_proof", content: bytes | None = None,
           name: str = "a.jpg", kind: str = "image/jpeg", key: str | None = None) -> TestResponse:  # fmt: skip
    sent = {"paper": paper, "file": (io.BytesIO(jpeg() if content is None else content), name, kind)}
    headers = {**caller.headers, "Idempotency-Key": key or new_id()}
    return caller._client.post(f"/api/v1/applications/{application}/documents", data=sent, headers=headers)


def faults(response: TestResponse) -> dict[str, str]:
    return {each["field"]: each["code"] for each in response.json["faults"]}


def submitted(guardian: Caller) -> str:
    return str(make_submitted(actor(guardian), [make_centre()])["_id"])


def test_anyone_reads_what_can_be_applied_for(call: Callable[..., Caller]) -> None:
    anyone = call({})
    listed = anyone("GET", "/programmes")
    assert [each["token"] for each in listed.json["items"]] == [
        "affordable_rental_housing", "childcare_place", "disability_allowances", "elder_home_admission",
        "home_adaptation", "public_rental_housing", "rental_subsidy", "training_subsidy",
    ]  # fmt: skip
    detail = anyone("GET", "/programmes/childcare_place").json
    assert detail["form"]["properties"]["child_name"]["title"] == "孩子姓名"
    assert {each["token"] for each in detail["papers"] if each["required"]} == set(REQUIRED_PAPERS)
    for group in ("papers", "eligibility", "deadlines"):
        assert all(each["source"] for each in detail[group])
    assert anyone("GET", "/programmes/nothing").status_code == 404
    again = anyone._client.get("/api/v1/programmes", headers={"If-None-Match": listed.headers["ETag"]})
    assert again.status_code == 304


def test_a_first_answer_says_why_and_stores_nothing(call: Callable[..., Caller]) -> None:
    anyone = call({})
    answer = anyone("POST", "/programmes/childcare_place/prescreen", {"form": {
        "child_birth_date": "2023-01-01", "start_month": "2026-12", "residence": "elsewhere"}}).json  # fmt: skip
    assert answer["answer"] == "unlikely"
    found = {each["token"]: each for each in answer["rules"]}
    assert found["under_three"]["outcome"] == "not_met"
    assert found["under_three"]["reason"] and found["under_three"]["advice"]
    assert found["has_choices"]["outcome"] == "unknown"
    bad = anyone("POST", "/programmes/childcare_place/prescreen", {"form": {"start_month": {"$ne": None}}})
    assert (bad.status_code, faults(bad)) == (422, {"form.start_month": "string_type"})
    assert collection(Application).count_documents({}) == 0


def test_a_draft_grows_bit_by_bit(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    begun = mine("POST", "/applications", {"programme": "childcare_place"})
    assert begun.status_code == 201
    draft = begun.json
    assert (draft["state"], draft["form"], draft["version"]) == ("draft", {}, 1)
    assert {each["code"] for each in draft["missing"]} == {"missing", "paper_missing"}
    path = f"/applications/{draft['id']}"
    child = mine("GET", "/me/children").json["items"][0]["id"]
    after = mine("PATCH", path, {"version": 1, "form": {"child_id": child, "note": " 双胞胎 "}}).json
    assert after["form"]["child_name"] == CHILD_NAME, "taken from the registered child"
    assert (after["form"]["note"], after["version"]) == ("双胞胎", 2)
    stale = mine("PATCH", path, {"version": 1, "form": {"note": "另一台手机"}})
    assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
    assert stale.json["current"] == {"state": "draft", "version": 2}
    gone = mine("PATCH", path, {"version": 2, "form": {"note": None}}).json
    assert "note" not in gone["form"]
    assert mine("GET", path).json == gone


def test_the_same_request_again_makes_one_application(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    first = mine("POST", "/applications", {"programme": "childcare_place"}, key="the-same-key")
    again = mine("POST", "/applications", {"programme": "childcare_place"}, key="the-same-key")
    assert (again.status_code, again.data) == (201, first.data)
    assert collection(Application).count_documents({}) == 1
    assert mine("POST", "/applications", {"programme": "nothing"}, key="the-same-key").status_code == 422


def test_a_file_sent_again_is_kept_once(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    draft = mine("POST", "/applications", {"programme": "childcare_place"}).json["id"]
    photo = jpeg()
    first = upload(mine, draft, content=photo, key="the-same-key")
    again = upload(mine, draft, content=photo, key="the-same-key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert len(mine("GET", f"/applications/{draft}").json["papers"]) == 1
    other = upload(mine, draft, content=png(), name="a.png", kind="image/png", key="the-same-key")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_papers_are_kept_encrypted_and_given_to_the_right_people(
    guardian: Callable[[], Caller], office: Office, intake_here: Caller
) -> None:
    mine, other = guardian(), guardian()
    raw = make_draft(actor(mine), [make_centre()])
    path = f"/applications/{raw['_id']}"
    added = upload(mine, raw["_id"], "vaccination_record", pdf(3), "接种证.pdf", "application/pdf").json
    document = added["document"]
    assert (document["pages"], document["name"]) == (3, "接种证.pdf")
    for chunk in collection(PaperChunk).find():
        assert b"%PDF" not in chunk["data"]
        assert not chunk["data"].startswith(b"content of")
    got = mine("GET", f"{path}/documents/{document['id']}")
    assert got.data.startswith(b"%PDF")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert other("GET", f"{path}/documents/{document['id']}").status_code == 404
    assert intake_here("GET", f"/staff{path}/documents/{document['id']}").status_code == 404, "a draft is nobody's"
    assert mine("POST", f"{path}/submit").status_code == 200
    assert intake_here("GET", f"/staff{path}/documents/{document['id']}").data.startswith(b"%PDF")
    elsewhere = office("township_intake", townships=(XIAPU,))
    assert elsewhere("GET", f"/staff{path}/documents/{document['id']}").status_code == 404
    assert [each["action"] for each in database()[audit.ENTRIES].find()].count("application.paper_read") == 1
    assert mine("DELETE", f"{path}/documents/{document['id']}").status_code == 409


def test_a_file_is_taken_off_with_its_content(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    draft = mine("POST", "/applications", {"programme": "childcare_place"}).json["id"]
    document = upload(mine, draft).json["document"]["id"]
    assert collection(PaperChunk).count_documents({}) == 1
    assert guardian()("DELETE", f"/applications/{draft}/documents/{document}").status_code == 404
    assert mine("DELETE", f"/applications/{draft}/documents/{document}").json["papers"] == []
    assert mine("DELETE", f"/applications/{draft}/documents/{document}").status_code == 404
    assert collection(PaperChunk).count_documents({}) == 0


@pytest.mark.parametrize(
    ("content", "name", "kind", "code"),
    [
        (b"<html>", "a.jpg", "image/jpeg", "file_type_refused"),
        (b"", "a.jpg", "image/jpeg", "file_empty"),
        (png(), "a.jpg", "image/jpeg", "file_type_differs"),
        (jpeg()[:-40], "a.jpg", "image/jpeg", "file_unreadable"),
        (jpeg() + b"\0" * (10 * 1024 * 1024), "a.jpg", "image/jpeg", "file_too_large"),
    ],
)
def test_a_file_that_lies_is_refused(
    guardian: Callable[[], Caller], content: bytes, name: str, kind: str, code: str
) -> None:
    mine = guardian()
    draft = mine("POST", "/applications", {"programme": "childcare_place"}).json["id"]
    refused = upload(mine, draft, content=content, name=name, kind=kind)
    assert (refused.status_code, faults(refused)) == (422, {"file": code})
    assert collection(PaperChunk).count_documents({}) == 0
    assert mine("GET", f"/applications/{draft}").json["version"] == 1


def test_other_bodies_than_one_file_and_its_paper_are_refused(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    draft = mine("POST", "/applications", {"programme": "childcare_place"}).json["id"]
    url = f"/api/v1/applications/{draft}/documents"

    def send(**options: Any) -> TestResponse:
        return mine._client.post(url, headers={**mine.headers, "Idempotency-Key": new_id()}, **options)

    assert send(json={"paper": "x"}).status_code == 415
    assert faults(send(data={"paper": "residence_proof"}, content_type="multipart/form-data")) == {"file": "missing"}
    assert send(data=b"--broken", content_type="multipart/form-data; boundary=x").status_code == 422
    assert send(data=b"x" * 12_000_000, content_type="multipart/form-data; boundary=x").status_code == 413
    unknown = upload(mine, draft, "passport")
    assert (unknown.status_code, faults(unknown)) == (422, {"paper": "unknown_paper"})
    for paper in ("\x00", "$ne", "a" * 70):
        assert upload(mine, draft, paper).status_code == 422
    two = [(io.BytesIO(jpeg()), "a.jpg"), (io.BytesIO(jpeg()), "b.jpg")]
    assert faults(send(data={"paper": "residence_proof", "file": two})) == {"file": "repeated"}
    assert mine("GET", f"/applications/{draft}").json["version"] == 1


def test_no_more_files_than_a_paper_may_have(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    draft = mine("POST", "/applications", {"programme": "childcare_place"}).json["id"]
    assert [upload(mine, draft, "birth_certificate").status_code for _ in range(3)] == [201, 201, 409]


def test_what_is_missing_is_named_field_by_field_and_paper_by_paper(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    draft = mine("POST", "/applications", {"programme": "childcare_place"}).json["id"]
    refused = mine("POST", f"/applications/{draft}/submit")
    assert (refused.status_code, refused.json["code"]) == (422, "application_incomplete")
    found = faults(refused)
    assert found["form.child_name"] == "missing"
    assert {field for field, code in found.items() if code == "paper_missing"} == {
        f"papers.{p}" for p in REQUIRED_PAPERS
    }
    assert mine("GET", f"/applications/{draft}").json["state"] == "draft"


@pytest.mark.parametrize(
    ("answers", "code", "fault"),
    [
        ({"child_birth_date": "2022-01-01"}, "application_incomplete", "form.child_birth_date"),
        ({"child_name": "别的名字"}, "application_incomplete", "form.child_name"),
        ({"child_id": new_id()}, "application_incomplete", "form.child_id"),
        ({"start_month": "2028-06"}, "not_eligible", "eligibility.under_three"),
        ({"start_month": "2025-04"}, "not_eligible", "eligibility.old_enough"),
        ({"choices": [new_id()]}, "application_incomplete", "form.choices.0"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(
    guardian: Callable[[], Caller], answers: dict[str, Any], code: str, fault: str
) -> None:
    mine, answers = guardian(), dict(answers)
    raw = make_draft(actor(mine), answers.pop("choices", None) or [make_centre()], **answers)
    refused = mine("POST", f"/applications/{raw['_id']}/submit")
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert fault in faults(refused)


def test_without_consent_nothing_is_handed_in(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    raw = make_draft(actor(mine), [make_centre()])
    withdrawn = {"purpose": "child", "version": 1, "state": "withdrawn", "child_id": child_id(mine), "by": "guardian"}
    collection(Resident).update_one({"_id": mine.id}, {"$push": {"consents": {**withdrawn, "at": raw["created_at"]}}})
    refused = mine("POST", f"/applications/{raw['_id']}/submit")
    assert (refused.status_code, refused.json["code"]) == (403, "consent_missing")


def child_id(mine: Caller) -> str:
    return str(mine("GET", "/me/children").json["items"][0]["id"])


def test_one_open_application_for_one_child(guardian: Callable[[], Caller]) -> None:
    mine, centre = guardian(), make_centre()
    first = make_submitted(actor(mine), [centre])
    second = make_draft(actor(mine), [centre])
    refused = mine("POST", f"/applications/{second['_id']}/submit")
    assert (refused.status_code, refused.json["code"]) == (409, "already_applied")
    assert mine("POST", f"/applications/{first['_id']}/withdraw").status_code == 200
    assert mine("POST", f"/applications/{second['_id']}/submit").status_code == 200


def test_a_child_of_an_open_application_stays_registered(guardian: Callable[[], Caller]) -> None:
    mine = guardian()
    application = submitted(mine)
    assert mine("DELETE", f"/me/children/{child_id(mine)}").json["code"] == "consent_in_use"
    mine("POST", f"/applications/{application}/withdraw")
    assert mine("DELETE", f"/me/children/{child_id(mine)}").status_code < 300


def test_a_list_pages_to_its_end_without_a_gap(guardian: Callable[[], Caller], clock: FixedClock) -> None:
    mine, made = guardian(), []
    for _ in range(5):
        made.append(mine("POST", "/applications", {"programme": "childcare_place"}).json["id"])
        clock.advance(seconds=0 if len(made) % 2 else 1)
    seen, cursor = [], ""
    while True:
        page = mine("GET", f"/applications?limit=2{cursor}").json
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == sorted(made)
    assert mine("GET", "/applications?cursor=garbage").status_code == 400
    queue = mine("GET", "/applications?limit=2").json["next"]
    assert guardian()("GET", f"/applications?cursor={queue}").json["items"] == []


def test_a_queue_shows_its_own_place_only_and_masks_names(
    guardian: Callable[[], Caller], office: Office, intake_here: Caller, reviewer_here: Caller, clock: FixedClock
) -> None:
    for days in (12, 3, 0):
        make_submitted(actor(guardian()), [make_centre()], at=clock.now() - timedelta(days=days))
    make_submitted(actor(guardian()), [make_centre()], at=clock.now(), township_id=XIAPU)
    page = intake_here("GET", "/staff/applications?stage=submitted").json
    assert len(page["items"]) == 3
    assert [each["due_at"] for each in page["items"]] == sorted(each["due_at"] for each in page["items"])
    assert page["items"][0]["overdue"] and not page["items"][-1]["overdue"]
    assert page["items"][0]["subject"] == "欧***"
    text = intake_here("GET", "/staff/applications?stage=submitted").get_data(as_text=True)
    assert not any(secret in text for secret in NOBODY_IS_TOLD)
    assert len(reviewer_here("GET", "/staff/applications?stage=submitted").json["items"]) == 4
    assert len(reviewer_here("GET", f"/staff/applications?stage=submitted&township_id={XIAPU}").json["items"]) == 1
    assert reviewer_here("GET", "/staff/applications?stage=accepted").json["items"] == []
    seen, cursor = [], ""
    for _ in range(4):
        part = reviewer_here("GET", f"/staff/applications?stage=submitted&limit=1{cursor}").json
        seen += [each["id"] for each in part["items"]]
        cursor = f"&cursor={part['next']}"
    assert part["next"] is None
    assert len(set(seen)) == 4
    assert office("county_reviewer", "360921")("GET", "/staff/applications?stage=submitted").json["items"] == []


def test_another_place_cannot_be_asked_for(office: Office, intake_here: Caller) -> None:
    assert intake_here("GET", f"/staff/applications?stage=submitted&township_id={XIAPU}").status_code == 403
    assert intake_here("GET", "/staff/applications?stage=submitted&district_code=360921").status_code == 403
    city = office("supervisor", None)
    assert city("GET", "/staff/applications?stage=submitted").status_code == 422
    assert city("GET", f"/staff/applications?stage=submitted&district_code={DISTRICT}").status_code == 200


def test_four_eyes_decide(office: Office, guardian: Callable[[], Caller], call: Callable[..., Caller],
                          staff: Callable[..., dict[str, str]]) -> None:  # fmt: skip
    both = call(staff("township_intake", "county_reviewer", district_code=DISTRICT))
    path = f"/staff/applications/{submitted(guardian())}"
    accepted = both("POST", f"{path}/accept", {"version": both("GET", path).json["version"]}).json
    refused = both("POST", f"{path}/approve", {"version": accepted["version"]})
    assert (refused.status_code, refused.json["code"]) == (403, "same_person")
    assert office("county_reviewer")("POST", f"{path}/approve", {"version": accepted["version"]}).status_code == 200


def test_stale_and_illegal_steps_change_nothing(
    guardian: Callable[[], Caller], intake_here: Caller, reviewer_here: Caller
) -> None:
    mine = guardian()
    application = submitted(mine)
    path = f"/staff/applications/{application}"
    before = collection(Application).find_one({"_id": application})
    assert before is not None
    version = before["version"]
    stale = intake_here("POST", f"{path}/accept", {"version": version - 1})
    assert (stale.status_code, stale.json["current"]) == (409, {"state": "submitted", "version": version})
    illegal = reviewer_here("POST", f"{path}/approve", {"version": version})
    assert (illegal.status_code, illegal.json["code"]) == (409, "illegal_transition")
    assert illegal.json["current"] == {"state": "submitted", "version": version}
    assert mine("POST", f"/applications/{application}/submit").status_code == 409
    assert mine("PATCH", f"/applications/{application}", {"version": version, "form": {}}).status_code == 409
    assert upload(mine, application).status_code == 409
    assert collection(Application).find_one({"_id": application}) == before


def test_a_correction_goes_back_and_forth_and_the_note_is_for_its_reader(
    guardian: Callable[[], Caller], intake_here: Caller, office: Office, clock: FixedClock
) -> None:
    mine = guardian()
    application = submitted(mine)
    path = f"/staff/applications/{application}"
    version = intake_here("GET", path).json["version"]
    wrong = intake_here(
        "POST", f"{path}/request-correction", {"version": version, "reason": "x", "papers": ["nothing"]}
    )
    assert (wrong.status_code, faults(wrong)) == (422, {"papers.0": "unknown_paper"})
    asked = {"version": version, "reason": "出生医学证明不清楚", "papers": ["birth_certificate"]}
    assert intake_here("POST", f"{path}/request-correction", asked).json["state"] == "correction"
    shown = mine("GET", f"/applications/{application}").json
    assert shown["correction"] == {"reason": "出生医学证明不清楚", "papers": ["birth_certificate"]}
    assert shown["next_step"]["turn"] == "applicant"
    assert [each["action"] for each in shown["actions"]] == ["edit", "submit", "withdraw"]
    clock.advance(days=20)
    mine.headers["Authorization"] = f"Bearer {issue('resident', mine.id, 1, clock.now()).text}"
    assert upload(mine, application, "birth_certificate").status_code == 201
    again = mine("POST", f"/applications/{application}/submit").json
    assert (again["state"], [each["action"] for each in again["timeline"]]) == (
        "submitted", ["create", "submit", "request_correction", "submit"],
    )  # fmt: skip
    colleague = office("township_intake", townships=(SANYANG,))
    assert not colleague("GET", path).json["overdue"], "the office's clock stood still"


def test_a_refusal_gives_reasons_and_the_way_to_appeal(guardian: Callable[[], Caller], reviewer_here: Caller) -> None:
    mine = guardian()
    raw = make_accepted(actor(mine), [make_centre()])
    path = f"/staff/applications/{raw['_id']}"
    assert reviewer_here("POST", f"{path}/refuse", {"version": raw["version"]}).status_code == 422
    done = reviewer_here("POST", f"{path}/refuse", {"version": raw["version"], "reason": "材料不实"}).json
    assert done["state"] == "refused"
    shown = mine("GET", f"/applications/{raw['_id']}").json
    assert shown["reason"] == "材料不实"
    assert "复议" in shown["next_step"]["text"]
    assert [each["action"] for each in shown["actions"]] == ["appeal"]
    assert shown["appeal_until"].startswith("2027-01-22")


def test_notices_name_no_child_no_number_and_no_reason(
    guardian: Callable[[], Caller], intake_here: Caller, reviewer_here: Caller
) -> None:
    mine = guardian()
    application = submitted(mine)
    path = f"/staff/applications/{application}"
    asked = {"version": 5, "reason": f"{CHILD_NAME}的材料不清楚，请致电{PHONE}", "papers": []}
    asked["version"] = intake_here("GET", path).json["version"]
    intake_here("POST", f"{path}/request-correction", asked)
    mine("POST", f"/applications/{application}/submit")
    accepted = intake_here("POST", f"{path}/accept", {"version": intake_here("GET", path).json["version"]}).json
    reviewer_here("POST", f"{path}/approve", {"version": accepted["version"], "reason": f"{CHILD_NAME}符合"})
    raw = collection(Application).find_one({"_id": application})
    assert raw is not None
    told = [OutboxMessage.open_payload(each) for each in raw["outbox"] if each["channel"] == "notice"]
    assert [each["text_key"].split(".")[-1] for each in told] == [
        "submitted", "correction", "submitted", "accepted", "approved",
    ]  # fmt: skip
    for each in told:
        assert each["resident_id"] == mine.id
        assert not any(secret in str(each["values"]) for secret in (*NOBODY_IS_TOLD, "不清楚", "符合"))


def test_nothing_personal_lies_in_the_clear(guardian: Callable[[], Caller], intake_here: Caller) -> None:
    mine = guardian()
    application = submitted(mine)
    version = intake_here("GET", f"/staff/applications/{application}").json["version"]
    asked = {"version": version, "reason": f"请{GUARDIAN_NAME}补充", "papers": []}
    assert intake_here("POST", f"/staff/applications/{application}/request-correction", asked).status_code == 200
    for name in database().list_collection_names():
        for document in database()[name].find():
            text = str(document)
            assert not any(secret in text for secret in NOBODY_IS_TOLD), name


BODIES: list[Any] = [
    None, [], "x", 1, {}, {"version": "1"}, {"version": True}, {"version": {"$ne": None}}, {"version": 0},
    {"version": 10**30}, {"version": 1, "other": 1}, {"version": 1, "reason": {"$gt": ""}},
    {"version": 1, "reason": "\x00"}, {"version": 1, "reason": "a\u0007"}, {"version": 1, "reason": "x" * 100_000},
    {"version": 1, "reason": "  "}, {"version": 1, "reason": "x", "papers": "birth_certificate"},
    {"version": 1, "reason": "x", "papers": [{"$ne": 1}]}, {"version": 1, "form": []},
    {"version": 1, "form": {"child_name": {"$ne": None}}}, {"version": 1, "form": {"$where": "1"}},
    {"programme": {"$ne": None}}, {"programme": ["childcare_place"]}, {"programme": "\x00"}, {"programme": "x" * 300_000},
]  # fmt: skip


def test_hostile_bodies_are_refused_and_change_nothing(
    guardian: Callable[[], Caller], intake_here: Caller, reviewer_here: Caller
) -> None:
    mine = guardian()
    application = submitted(mine)
    before = list(collection(Application).find())
    targets = [
        (mine, "POST", "/applications"), (mine, "PATCH", f"/applications/{application}"),
        (mine, "POST", "/programmes/childcare_place/prescreen"),
        *((intake_here, "POST", f"/staff/applications/{application}/{step}") for step in ("accept", "request-correction")),
        *((reviewer_here, "POST", f"/staff/applications/{application}/{step}") for step in ("approve", "refuse")),
    ]  # fmt: skip
    for caller, method, path in targets:
        for body in BODIES:
            answer = caller(method, path, body)
            assert 400 <= answer.status_code < 500, (method, path, str(body)[:60])
            assert answer.json["code"] and answer.json["detail"]
        raw = caller._client.open(
            f"/api/v1{path}", method=method, data=b'{"version": 1, "reason": "\\ud800"}', content_type="application/json",
            headers={**caller.headers, "Idempotency-Key": new_id()},
        )  # fmt: skip
        assert 400 <= raw.status_code < 500
    for strange in ("%00", "$ne", "x" * 500, "..", "%F0%9F%98%80"):
        assert mine("GET", f"/applications/{strange}").status_code == 404
        assert reviewer_here("GET", f"/staff/applications/{strange}").status_code == 404
    for query in ("stage=draft", "stage=submitted&stage=accepted", "stage=submitted&limit=0", "limit=5", "stage[$ne]=x",
                  "stage=submitted&cursor=x", "stage=submitted&township_id=%00"):  # fmt: skip
        assert reviewer_here("GET", f"/staff/applications?{query}").status_code in (400, 422)
    assert list(collection(Application).find()) == before


RESIDENT_ROUTES = [("GET", ""), ("PATCH", ""), ("POST", "/submit"), ("POST", "/withdraw"), ("POST", "/documents"),
                   ("GET", "/documents/{document}"), ("DELETE", "/documents/{document}")]  # fmt: skip
STAFF_ROUTES = [("GET", ""), ("GET", "/documents/{document}"), ("POST", "/accept"), ("POST", "/request-correction"),
                ("POST", "/approve"), ("POST", "/refuse")]  # fmt: skip
BODY_OF = {"": {"version": 1, "form": {}}, "/accept": {"version": 1}, "/approve": {"version": 1},
           "/request-correction": {"version": 1, "reason": "x"}, "/refuse": {"version": 1, "reason": "x"}}  # fmt: skip


def test_every_route_for_every_kind_of_caller(
    guardian: Callable[[], Caller], office: Office, call: Callable[..., Caller]
) -> None:
    mine = guardian()
    raw = make_submitted(actor(mine), [make_centre()])
    document = raw["papers"][0]["id"]
    callers = {
        "owner": mine, "other resident": guardian(), "anonymous": call({}),
        "right township": office("township_intake", townships=(SANYANG,)),
        "other township": office("township_intake", townships=(XIAPU,)),
        "right county": office("county_reviewer"), "other county": office("county_reviewer", "360921"),
        "supervisor": office("supervisor"), "visitor": office("visitor"), "planner": office("planner", None),
    }  # fmt: skip
    # The owner's steps are illegal now, and every version is stale: whoever gets 409 was let in and changed nothing.
    before = collection(Application).find_one({"_id": raw["_id"]})
    for who, caller in callers.items():
        for method, path in RESIDENT_ROUTES:
            got = ask(caller, method, f"/applications/{raw['_id']}", path, document).status_code
            expected = {"owner": 200 if method == "GET" else 409, "other resident": 404}.get(who, 401)
            assert got == expected, (who, method, path)
        for method, path in STAFF_ROUTES:
            got = ask(caller, method, f"/staff/applications/{raw['_id']}", path, document).status_code
            assert got == staff_answer(who, method, path), (who, method, path)
    assert collection(Application).find_one({"_id": raw["_id"]}) == before


def ask(caller: Caller, method: str, base: str, path: str, document: str) -> TestResponse:
    url = base + path.format(document=document)
    if path == "/documents" and method == "POST":
        headers = {**caller.headers, "Idempotency-Key": new_id()}
        sent = {"paper": "residence_proof", "file": (io.BytesIO(jpeg()), "a.jpg", "image/jpeg")}
        return caller._client.post(f"/api/v1{url}", data=sent, headers=headers)
    if path in ("/submit", "/withdraw"):
        return caller(method, url, {"version": 1})
    return caller(method, url, BODY_OF.get(path) if method in ("POST", "PATCH") else None)


def staff_answer(who: str, method: str, path: str) -> int:
    if who in ("owner", "other resident", "anonymous"):
        return 401
    if who in ("visitor", "planner"):
        return 403
    if who in ("other township", "other county"):
        return 404
    if who == "supervisor":
        return 200 if method == "GET" else 403
    if method == "GET":
        return 200
    may = {
        "right township": ("/accept", "/request-correction"),
        "right county": ("/request-correction", "/approve", "/refuse"),
    }
    return 409 if path in may[who] else 403


def test_a_look_at_a_file_is_recorded(
    guardian: Callable[[], Caller], intake_here: Caller, reviewer_here: Caller
) -> None:
    application = submitted(guardian())
    for caller in (intake_here, reviewer_here):
        caller("GET", f"/staff/applications/{application}")
    looks = list(database()[audit.ENTRIES].find({"action": "application.read"}))
    assert [each["subject"] for each in looks] == [f"application:{application}"] * 2
    assert len({each["by"]["id"] for each in looks}) == 2
    assert audit.verify().faults == []


def test_the_full_file_shows_what_is_needed_to_decide(guardian: Callable[[], Caller], intake_here: Caller) -> None:
    mine, centre = guardian(), make_centre()
    raw = make_submitted(actor(mine), [centre], residence="elsewhere")
    shown = intake_here("GET", f"/staff/applications/{raw['_id']}").json
    assert shown["form"] == form(actor(mine), [centre], residence="elsewhere")
    assert shown["choices"] == [{"id": centre, "name": "阳光托育中心"}]
    assert {each["token"]: each["outcome"] for each in shown["eligibility"]}["lives_here"] == "not_met"
    assert [each["action"] for each in shown["actions"]] == ["accept", "request_correction", "transfer", "assign"]
