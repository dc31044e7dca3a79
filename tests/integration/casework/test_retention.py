"""Copies, erasure and retention: what a resident gets, what goes when, and what stays without the person."""

from __future__ import annotations

from datetime import timedelta

import pytest

import models.casework.retention as retention
from bot.dialogues.cases import Cases
from models.casework import operations
from models.casework.documents import WITHDRAWN, Application, PaperChunk
from models.casework.endings import end_what_is_over
from models.casework.files import clean_file
from models.casework.papers import add_paper, sweep_papers
from models.casework.queries import form_of, version_of
from models.childcare import placing
from models.childcare.operations import reconcile_places
from models.kernel.database import collection, database
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people import operations as people
from models.people.erasure import erase_resident, export_resident
from tests.factories.casework import (
    CHILD_BORN,
    CHILD_NAME,
    GUARDIAN_NAME,
    MORNING,
    PHONE,
    approve,
    assert_places_agree,
    id_number,
    jpeg,
    make_accepted,
    make_centre,
    make_draft,
    make_guardian,
    make_submitted,
    now,
    reviewer,
)

pytestmark = pytest.mark.usefixtures("database")


def refuse(raw: Raw) -> Raw:
    return operations.refuse(
        raw["_id"], version=raw["version"], reason=f"{CHILD_NAME}不符合", by=reviewer(), at=MORNING, key=new_id()
    )


def test_the_copy_holds_the_whole_application() -> None:
    guardian = make_guardian()
    raw = refuse(make_accepted(guardian, [make_centre()]))
    (copy,) = export_resident(guardian.id, guardian, MORNING)["data"]["applications"]
    assert copy["form"] == form_of(raw)
    assert [each["paper"] for each in copy["papers"]] == ["residence_proof", "birth_certificate"]
    assert copy["reason"] == f"{CHILD_NAME}不符合"
    assert [each["action"] for each in copy["history"]] == ["create", "submit", "accept", "refuse"]


def test_erasure_deletes_drafts_gives_back_what_was_given_and_takes_the_person_out_of_the_rest() -> None:
    guardian, centre = make_guardian(), make_centre(toddler=3)
    refused = refuse(make_accepted(guardian, [centre]))
    placed = approve(make_accepted(guardian, [centre]))
    second = {"child_name": "欧阳小贝", "child_id": new_id()}
    people.add_child(
        guardian, second["child_id"], name=second["child_name"], id_kind="resident_id_card",
        id_number=id_number(CHILD_BORN), birth_date=None, relation="father", consent_version=1, at=MORNING,
    )  # fmt: skip
    waiting = make_submitted(guardian, [centre], **second)
    draft = make_draft(guardian, [centre])
    assert erase_resident(guardian.id, guardian, MORNING) == "erased"
    assert collection(Application).find_one({"_id": draft["_id"]}) is None
    assert collection(PaperChunk).count_documents({}) == 0
    assert (now(refused)["state"], now(placed)["state"], now(waiting)["state"]) == ("refused", WITHDRAWN, WITHDRAWN)
    for raw in (refused, placed, waiting):
        assert (form_of(now(raw)), now(raw)["papers"], now(raw)["outbox"]) == ({}, [], [])
        assert now(raw)["anonymised_at"] is not None
    for name in ("applications", "paper_chunks", "outbox_messages"):
        for document in database()[name].find():
            assert guardian.id not in str(document), name
    reconcile_places(MORNING + timedelta(hours=1))
    assert_places_agree()
    before = list(collection(Application).find())
    retention.erase_applications(guardian.id, MORNING)
    assert list(collection(Application).find()) == before


def test_papers_go_first_then_the_person() -> None:
    guardian = make_guardian()
    raw = refuse(make_accepted(guardian, [make_centre()]))
    kept = version_of(raw).retention
    assert sum(retention.apply_retention(MORNING + timedelta(days=kept.papers_days, seconds=-1)).values()) == 0
    papers_go = MORNING + timedelta(days=kept.papers_days)
    assert retention.apply_retention(papers_go) == {"papers_deleted": 1, "anonymised": 0}
    assert retention.apply_retention(papers_go) == {"papers_deleted": 0, "anonymised": 0}
    assert collection(PaperChunk).count_documents({}) == 0
    assert form_of(now(raw))["child_name"] == CHILD_NAME
    person_goes = MORNING + timedelta(days=kept.case_days)
    assert retention.apply_retention(person_goes) == {"papers_deleted": 0, "anonymised": 1}
    assert retention.apply_retention(person_goes + timedelta(days=400)) == {"papers_deleted": 0, "anonymised": 0}
    after = now(raw)
    assert (after["state"], after["district_code"], form_of(after)) == ("refused", raw["district_code"], {})
    assert not any("note" in entry for entry in after["history"])
    assert guardian.id not in str(after)


def test_an_open_case_is_never_touched_by_retention() -> None:
    raw = make_submitted(make_guardian(), [make_centre()])
    assert sum(retention.apply_retention(MORNING + timedelta(days=9999)).values()) == 0
    assert now(raw) == raw


def test_an_approval_is_kept_until_what_it_gave_has_ended() -> None:
    guardian = make_guardian()
    raw = approve(make_accepted(guardian, [make_centre()]))
    years = MORNING + timedelta(days=9999)
    assert sum(retention.apply_retention(years).values()) == 0
    assert end_what_is_over(MORNING) == 0
    placing.end(raw["_id"], "stay_over", MORNING)
    assert [end_what_is_over(MORNING), end_what_is_over(MORNING)] == [1, 0]
    done = now(raw)
    assert (done["state"], done["end_reason"], done["open_for"]) == ("ended", "stay_over", None)
    assert done["retention_due_at"] == MORNING + timedelta(days=version_of(raw).retention.papers_days)


def test_a_discarded_draft_goes_at_once() -> None:
    guardian = make_guardian()
    raw = make_draft(guardian, [make_centre()])
    operations.withdraw(raw["_id"], version=None, by=guardian, at=MORNING, key=new_id())
    assert retention.apply_retention(MORNING)["anonymised"] == 1
    assert (form_of(now(raw)), collection(PaperChunk).count_documents({})) == ({}, 0)


def test_pieces_of_a_killed_upload_are_swept_and_others_stay() -> None:
    guardian = make_guardian()
    raw = make_draft(guardian, [make_centre()])
    kept = collection(PaperChunk).count_documents({})
    left = {"application_id": raw["_id"], "document_id": "left", "position": 0, "data": b"x", "pending": True}
    times = {"version": 1, "created_at": MORNING, "updated_at": MORNING}
    collection(PaperChunk).insert_one({"_id": "left:0", **times, **left})
    # A file whose list was written, but whose process died before it could say so.
    collection(PaperChunk).update_one({"document_id": raw["papers"][0]["id"]}, {"$set": {"pending": True}})
    assert sweep_papers(MORNING + timedelta(hours=23)) == 0
    assert sweep_papers(MORNING + timedelta(hours=25)) == 1
    assert collection(PaperChunk).count_documents({}) == kept
    assert collection(PaperChunk).count_documents({"pending": True}) == 0


def test_the_chat_is_told_where_things_stand() -> None:
    guardian = make_guardian()
    waiting = make_submitted(guardian, [make_centre()])
    dropped = make_draft(guardian, [make_centre()])
    operations.withdraw(dropped["_id"], version=None, by=guardian, at=MORNING, key=new_id())
    (told,) = Cases(guardian.id, str, MORNING).standing()
    assert (told["id"], told["state"], told["label"]) == (waiting["_id"], "submitted", "托位申请")
    assert "11月30日" in told["next_step"]
    assert not any(secret in str(told) for secret in (CHILD_NAME, GUARDIAN_NAME, PHONE))
    assert Cases(new_id(), str, MORNING).standing() == []


def test_a_broken_upload_is_found_by_its_retry() -> None:
    guardian = make_guardian()
    raw = make_draft(guardian, [make_centre()])
    file, key = clean_file(jpeg(), "a.jpg", "image/jpeg"), new_id()
    first = add_paper(raw, version_of(raw), "health_check", file, document_id=key, at=MORNING)
    again = add_paper(raw, version_of(raw), "health_check", file, document_id=key, at=MORNING)
    assert again["papers"] == first["papers"]
