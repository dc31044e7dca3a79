"""Review in full, on a ninth programme that is a file and no code: two reviews, notice, clocks, appeal, transfer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.loading import Place, catalogue, rules
from models.casework import appeals, assignment, escalation, operations, public_notices, queues, retention, review
from models.casework.documents import Application, PaperChunk
from models.casework.notice_settling import run_day, settle
from models.casework.queries import correction_of, next_step, reason_of, version_of
from models.kernel.actors import COUNTY_REVIEWER, SUPERVISOR, TOWNSHIP_INTAKE, Actor
from models.kernel.clock import as_utc, day_of
from models.kernel.database import collection
from models.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import OutboxMessage
from models.people.documents import Caseworker
from tests.factories.casework import DISTRICT, MORNING, SANYANG, XIAPU, intake, now, reviewer
from tests.factories.ninth_programme import TOKEN, make_applicant, make_draft, make_submitted, ninth_programme

pytestmark = pytest.mark.usefixtures("ninth")
OTHER_DISTRICT = "360981"


@pytest.fixture
def ninth(database: str, tmp_path: Path) -> Iterator[None]:
    with ninth_programme(tmp_path):
        yield


def supervisor() -> Actor:
    return Actor("staff", new_id(), frozenset([SUPERVISOR]))


def told(raw: Raw) -> list[str]:
    entries = [OutboxMessage.open_payload(each) for each in now(raw)["outbox"] if each["channel"] == "notice"]
    return [each["text_key"].rpartition(".")[2] for each in entries]


def step(operation: Callable[..., Raw], raw: Raw, by: Actor, at: Any = MORNING, **more: Any) -> Raw:
    return operation(raw["_id"], version=now(raw)["version"], by=by, at=at, key=new_id(), **more)


def reviewed(at: Any = MORNING, by: Actor | None = None) -> Raw:
    raw = step(operations.accept, make_submitted(make_applicant(at), at), intake(), at)
    return step(review.first_review, raw, by or intake(), at, opinion="favourable", reason=None)


def refused(at: Any = MORNING, by: Actor | None = None) -> Raw:
    return step(operations.refuse, reviewed(at), by or reviewer(), at, reason="收入超过标准")


def owner(raw: Raw) -> Actor:
    return Actor("resident", raw["resident_id"])


def test_a_ninth_programme_is_carried_through_whole() -> None:
    raw = reviewed()
    raw = step(review.second_review, raw, reviewer(), reason=None)
    assert raw["state"] == "on_notice"
    notice = public_notices.read_notice(public_notices.notice_id(raw))
    assert notice["shown_name"] == "刘**"
    assert now(raw)["due_at"] == notice["ends_at"]
    run_day(notice["ends_at"] + timedelta(minutes=10))
    assert settle(notice["_id"], as_utc(notice["ends_at"]) + timedelta(minutes=10))
    done = now(raw)
    assert (done["state"], done.get("approved_at")) == ("approved", as_utc(notice["ends_at"]) + timedelta(minutes=10))
    assert [each["action"] for each in done["history"]] == [
        "create", "submit", "accept", "first_review", "second_review", "end_notice",
    ]  # fmt: skip
    assert told(raw) == ["submitted", "accepted", "reviewed", "approved"]
    # Given once, nothing lasts: its papers go when their days after the approval are over.
    assert done["retention_due_at"] - done["closed_at"] == timedelta(days=version_of(done).retention.papers_days)


def test_a_countys_rule_is_kept_with_the_version() -> None:
    young = make_draft(make_applicant(), elder_birth_date="1960-01-01")
    with pytest.raises(InvalidInput) as refusal:
        step(operations.submit, young, owner(young))
    assert [(each.field, each.detail) for each in refusal.value.faults] == [
        ("eligibility.old_enough", "本区面向七十周岁以上老人。")
    ]
    elsewhere = next(each.id for each in _places() if each.district_code == OTHER_DISTRICT)
    there = make_submitted(make_applicant(), elder_birth_date="1960-01-01", township_id=elsewhere)
    assert there.get("county_rules") is None
    here = step(operations.accept, make_submitted(make_applicant()), intake())
    assert here["county_rules"] == f"{DISTRICT}:2026-01-01"
    assert day_of(here["due_at"]).isoformat() == "2026-11-26", "three working days, not fifteen"


def test_the_second_review_is_another_persons() -> None:
    both = Actor("staff", new_id(), frozenset([TOWNSHIP_INTAKE, COUNTY_REVIEWER]), DISTRICT)
    raw = reviewed(by=both)
    with pytest.raises(Forbidden, match="same_person"):
        step(review.second_review, raw, both, reason=None)
    with pytest.raises(InvalidInput):
        accepted = step(operations.accept, make_submitted(make_applicant()), intake())
        step(review.first_review, accepted, intake(), opinion="unfavourable", reason=None)
    assert step(review.second_review, raw, reviewer(), reason=None)["state"] == "on_notice"


def test_a_correction_stops_the_clock_and_lapses_once() -> None:
    raw = step(operations.accept, make_submitted(make_applicant()), intake())
    thursday = MORNING + timedelta(days=3)
    raw = step(
        operations.request_correction, raw, intake(), thursday, reason="缺页", papers=["hardship_proof"],
        remarks={"hardship_proof": "盖章不清"},
    )  # fmt: skip
    assert raw["days_used"] == {"submitted": 0, "accepted": 3}
    correction = correction_of(raw)
    assert correction is not None
    assert correction["remarks"] == {"hardship_proof": "盖章不清"}
    due = as_utc(raw["due_at"])
    assert escalation.sound_alarms(due - timedelta(days=5)) == {"warn": 0, "escalate": 0, "lapse": 0}
    assert escalation.sound_alarms(due)["warn"] == 1
    assert escalation.sound_alarms(due) == {"warn": 0, "escalate": 0, "lapse": 0}
    assert escalation.sound_alarms(due + timedelta(seconds=1))["lapse"] == 1
    assert escalation.sound_alarms(due + timedelta(days=9)) == {"warn": 0, "escalate": 0, "lapse": 0}
    assert (now(raw)["state"], told(raw)[-2:]) == ("lapsed", ["reminder", "lapsed"])
    assert now(raw).get("open_for") is None
    # Whoever missed it may apply again, for the same person.
    again = make_submitted(owner(raw), due + timedelta(days=1))
    assert again["state"] == "submitted"


def test_a_stage_warns_then_escalates_each_once() -> None:
    raw = make_submitted(make_applicant())
    due = as_utc(raw["due_at"])
    assert escalation.sound_alarms(due)["warn"] == 1
    late = due + timedelta(days=2)
    assert escalation.sound_alarms(late) == {"warn": 0, "escalate": 1, "lapse": 0}
    assert escalation.sound_alarms(late + timedelta(days=30)) == {"warn": 0, "escalate": 0, "lapse": 0}
    found = queues.escalated(supervisor(), limit=20, at=MORNING)
    assert [each["_id"] for each in found.items] == [raw["_id"]]
    assert queues.escalated(reviewer(OTHER_DISTRICT), limit=20, at=MORNING).items == []
    # The next stage has a clock of its own, and is not escalated for the last one's delay.
    accepted = step(operations.accept, raw, intake(), late)
    assert accepted["escalated_at"] is None
    assert queues.escalated(supervisor(), limit=20, at=MORNING).items == []


def test_a_transfer_begins_the_receivers_time_and_keeps_history_and_rules() -> None:
    raw = step(operations.accept, make_submitted(make_applicant()), intake())
    sender, target = (
        intake(townships=(SANYANG,)),
        next(each for each in _places() if each.district_code == OTHER_DISTRICT),
    )
    monday = MORNING + timedelta(days=7)
    key, version = new_id(), now(raw)["version"]
    wanted: dict[str, Any] = {
        "version": version,
        "township_id": target.id,
        "reason": "户籍在丰城",
        "by": sender,
        "key": key,
    }
    moved = review.transfer(raw["_id"], at=monday, **wanted)
    assert (moved["state"], moved["district_code"], moved["days_used"]) == ("submitted", OTHER_DISTRICT, {})
    assert day_of(moved["due_at"]).isoformat() == "2026-12-07"
    assert moved["county_rules"] == raw["county_rules"]
    assert [each["township_id"] for each in moved["places"]] == [SANYANG]
    assert review.transfer(raw["_id"], at=monday, **wanted)["version"] == moved["version"], "a repeat changes nothing"
    with pytest.raises(NotFound):
        step(operations.accept, moved, sender, monday)
    assert step(operations.accept, moved, intake(OTHER_DISTRICT), monday)["state"] == "accepted"
    with pytest.raises(Conflict, match="same_place"):
        step(review.transfer, moved, intake(OTHER_DISTRICT), monday, township_id=target.id, reason="x")
    with pytest.raises(InvalidInput):
        step(review.transfer, moved, intake(OTHER_DISTRICT), monday, township_id="1", reason="x")


def test_an_appeal_is_heard_once_and_by_others() -> None:
    judge = Actor("staff", new_id(), frozenset([COUNTY_REVIEWER, SUPERVISOR]), DISTRICT)
    raw = refused(by=judge)
    assert reason_of(raw) == "收入超过标准"
    assert "复核" in next_step(raw)["text"] and "行政复议" in next_step(raw)["text"]
    with pytest.raises(Conflict, match="appeal_too_late"):
        step(appeals.appeal, raw, owner(raw), MORNING + timedelta(days=61), reason="不服")
    later = MORNING + timedelta(days=59)
    raw = step(appeals.appeal, raw, owner(raw), later, reason="收入证明有误")
    assert (raw["state"], raw["retention_due_at"]) == ("appealed", None)
    with pytest.raises(Forbidden, match="same_person"):
        step(appeals.uphold, raw, judge, later, reason="x")
    raw = step(appeals.reopen, raw, supervisor(), later, reason="重新核实收入")
    assert (raw["state"], raw.get("reason")) == ("reviewed", None)
    with pytest.raises(Forbidden, match="same_person"):
        step(review.second_review, raw, judge, later, reason=None)
    raw = step(operations.refuse, raw, reviewer(), later, reason="仍然超过标准")
    with pytest.raises(Conflict, match="appeal_is_over"):
        step(appeals.appeal, raw, owner(raw), later, reason="不服")
    other = refused()
    final = step(appeals.appeal, other, owner(other), reason="不服")
    final = step(appeals.uphold, final, supervisor(), reason="标准没有变化")
    assert (final["state"], reason_of(final)) == ("refused", "标准没有变化")
    assert told(final)[-3:] == ["refused", "appealed", "upheld"]


def test_an_appeal_finds_the_person_taken_by_a_new_application() -> None:
    raw = refused()
    form = retention.form_of(raw)
    again = make_submitted(owner(raw), elder_id_number=form["elder_id_number"])
    assert again["state"] == "submitted"
    with pytest.raises(Conflict, match="already_applied"):
        step(appeals.appeal, raw, owner(raw), reason="不服")
    assert now(raw)["state"] == "refused"


def test_papers_of_a_refusal_are_there_as_long_as_it_may_be_appealed() -> None:
    raw = refused()
    kept = collection(PaperChunk).count_documents({})
    retention.apply_retention(MORNING + timedelta(days=60))
    assert collection(PaperChunk).count_documents({}) == kept > 0
    assert now(raw)["state"] == "refused"


def test_cases_of_whoever_leaves_go_back_to_their_place() -> None:
    worker = _caseworker(TOWNSHIP_INTAKE)
    elsewhere = _caseworker(TOWNSHIP_INTAKE, townships=[XIAPU])
    raw = make_submitted(make_applicant())
    with pytest.raises(InvalidInput):
        step(assignment.assign, raw, intake(), assignee_id=elsewhere)
    raw = step(assignment.assign, raw, intake(), assignee_id=worker)
    mine: dict[str, Any] = {"stage": "submitted", "assignee_id": worker, "limit": 20, "at": MORNING}
    assert [each["_id"] for each in queues.queue(intake(), **mine).items] == [raw["_id"]]
    assert assignment.hand_over(MORNING) == 0
    collection(Caseworker).update_one({"_id": worker}, {"$set": {"active": False}})
    assert assignment.hand_over(MORNING) == 1
    assert assignment.hand_over(MORNING) == 0
    assert (now(raw)["assignee_id"], queues.queue(intake(), **mine).items) == (None, [])
    assert [each["_id"] for each in assignment.candidates(now(raw))] == []
    everyones = queues.queue(intake(), stage="submitted", limit=20, at=MORNING)
    assert [each["_id"] for each in everyones.items] == [raw["_id"]]


def test_a_queue_gives_everything_once_in_order_of_due_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = make_submitted(make_applicant())
    dues = [MORNING + timedelta(days=day, hours=number) for day in (-400, -3, 0, 1, 1, 5, 500) for number in (0, 0, 1)]
    made = [{**raw, "_id": new_id(), "open_for": new_id(), "due_at": due, "programme": TOKEN} for due in dues]
    collection(Application).delete_many({})
    collection(Application).insert_many(made)
    expected = sorted(made, key=lambda each: (each["due_at"], each["_id"]))
    for place in ({}, {"township_id": SANYANG}, {"programme": TOKEN}, {"township_id": SANYANG, "programme": TOKEN}):
        seen, cursor = [], None
        while True:
            page = queues.queue(reviewer(), stage="submitted", cursor=cursor, limit=4, at=MORNING, **place)
            seen += [each["_id"] for each in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == [each["_id"] for each in expected], place
    soon = queues.queue(reviewer(), stage="submitted", due_before=MORNING, limit=100, at=MORNING)
    assert [each["_id"] for each in soon.items] == [each["_id"] for each in expected if each["due_at"] < MORNING]
    several = Actor("staff", new_id(), frozenset([TOWNSHIP_INTAKE]), DISTRICT, (XIAPU, SANYANG))
    assert len(queues.queue(several, stage="submitted", limit=100, at=MORNING).items) == len(expected)
    counted = queues.counts(reviewer(), today_ends=MORNING + timedelta(hours=1), at=MORNING)
    assert counted["submitted"] == {"overdue": 6, "today": 8, "all": 21, "more": []}
    assert counted["accepted"] == {"overdue": 0, "today": 0, "all": 0, "more": []}
    monkeypatch.setitem(rules(), "casework.count_most", rules()["casework.count_most"].model_copy(update={"value": 7}))
    counted = queues.counts(several, today_ends=MORNING + timedelta(hours=1), at=MORNING)
    assert counted["submitted"] == {"overdue": 6, "today": 7, "all": 7, "more": ["today", "all"]}
    with pytest.raises(Forbidden):
        queues.queue(reviewer(OTHER_DISTRICT), stage="submitted", district_code=DISTRICT, limit=4, at=MORNING)


def _places() -> tuple[Place, ...]:
    return catalogue().places


def _caseworker(role: str, townships: list[str] | None = None) -> str:
    worker = Caseworker(
        id=new_id(), created_at=MORNING, updated_at=MORNING, username=new_id(), password_hash="x", display_name="甲",
        roles=[role], district_code=DISTRICT, township_ids=townships or [],
    )  # fmt: skip
    collection(Caseworker).insert_one(worker.raw())
    return str(worker.id)
