"""Public notice and objections: once, in time, one at a time, and nobody learns who objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from models.casework import appeals, notice_settling, objections, operations, public_notices, review
from models.casework.documents import Application
from models.casework.notice_documents import Objection, PublicNotice
from models.kernel.actors import Actor
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.errors import DomainError
from models.kernel.ids import new_id
from models.kernel.outbox import OutboxMessage
from models.people import operations as people
from models.people.documents import Resident
from models.people.erasure import erase_resident, export_resident
from tests.factories.casework import DISTRICT, MORNING, jpeg
from tests.factories.eldercare import Crash, crash_before_write
from tests.factories.notices import (
    APPLICANT,
    OBJECTOR,
    OBJECTOR_PHONE,
    carry_out,
    make_approved_so_far,
    make_on_notice,
    resident_named,
)
from tests.factories.people import Caller

STATEMENT = "申请人在樟树市另有一套住房，不符合条件。"
AFTER = MORNING + timedelta(days=60)


def state(raw: dict[str, Any]) -> str:
    found = collection(Application).find_one({"_id": raw["_id"]})
    assert found is not None
    return str(found["state"])


def handlers(at: Any) -> dict[str, Any]:
    return {
        public_notices.CHANNEL: notice_settling.handler(lambda: at),
        objections.CHANNEL: objections.handler(lambda: at),
    }


@pytest.fixture
def objector(call: Callable[..., Caller], resident: Callable[..., dict[str, str]]) -> Caller:
    caller = call(resident())
    resident_named(OBJECTOR, resident_id=caller.id)
    people.record_consent(caller.id, "phone", 1, True, MORNING)
    people.set_phone(caller.id, OBJECTOR_PHONE, MORNING)
    return caller


def told(resident_id: str) -> set[str]:
    found = collection(OutboxMessage).find({"subject_id": resident_id, "channel": "notice"})
    return {OutboxMessage.open_payload(each)["text_key"].rpartition(".")[2] for each in found}


def test_what_waits_is_published_once_and_ends_once(database: str) -> None:
    applicant = resident_named(APPLICANT)
    waiting = [make_approved_so_far(applicant) for _ in range(3)]
    assert notice_settling.run_day(MORNING) == {"ended": 0, "published": 3}
    assert notice_settling.run_day(MORNING) == {"published": 0, "ended": 0}
    notice = public_notices.read_notice(public_notices.notice_id(waiting[0]))
    last_moment = notice["ends_at"]
    assert notice_settling.run_day(last_moment) == {"published": 0, "ended": 0}
    assert notice_settling.run_day(AFTER) == {"published": 0, "ended": 3}
    assert notice_settling.run_day(AFTER) == {"published": 0, "ended": 0}
    carry_out(handlers(AFTER), AFTER)
    assert [state(raw) for raw in waiting] == ["approved"] * 3
    assert {"published", "approved"} <= told(applicant.id)


def test_the_public_sees_masked_names_by_pages(app: Flask, call: Callable[..., Caller]) -> None:
    applicant, everybody = resident_named(APPLICANT), call({})
    for day in range(3):
        for _ in range(2):
            make_on_notice(applicant, at=MORNING - timedelta(days=day))
    make_on_notice(applicant, district_code="360921", township_id="1791416")
    found, cursor = [], ""
    while cursor is not None:
        page = everybody("GET", f"/public-notices?limit=3&district_code={DISTRICT}{cursor}").json
        found += page["items"]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert len({each["id"] for each in found}) == len(found) == 6
    assert [each["published_on"] for each in found] == sorted((e["published_on"] for e in found), reverse=True)
    assert {each["applicant"] for each in found} == {"欧***"}
    assert APPLICANT not in everybody("GET", "/public-notices").text
    assert everybody("GET", f"/public-notices/{found[0]['id']}").json == found[0]
    answer = everybody("GET", "/public-notices")
    client = app.test_client()
    again = client.get("/api/v1/public-notices", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert everybody("GET", "/public-notices?cursor=AAAA").json["code"] == "bad_cursor"
    assert everybody("GET", "/public-notices/unknown").status_code == 404


def test_an_objection_pauses_one_and_is_dismissed(
    clock: FixedClock, objector: Caller, call: Callable[..., Caller], office: Callable[..., Caller],
    resident: Callable[..., dict[str, str]],
) -> None:  # fmt: skip
    applicant = call(resident())
    resident_named(APPLICANT, resident_id=applicant.id)
    first_reviewer = office("county_reviewer")
    reviewed_by = collection_id(first_reviewer)
    raw, notice = make_on_notice(Resident.actor(applicant.id), reviewed_by, MORNING - timedelta(days=3))
    other, other_notice = make_on_notice(Resident.actor(applicant.id))
    ends_before = public_notices.read_notice(notice)["ends_at"]

    filed = objector("POST", f"/public-notices/{notice}/objections", {"statement": STATEMENT}, key="file-once")
    assert filed.status_code == 201
    assert filed.json["state"] == "open"
    assert (
        objector("POST", f"/public-notices/{notice}/objections", {"statement": STATEMENT}, key="file-once").json
        == filed.json
    )
    again = objector("POST", f"/public-notices/{notice}/objections", {"statement": STATEMENT + "。"})
    assert (again.status_code, again.json["code"]) == (409, "objected_already")
    own = applicant("POST", f"/public-notices/{notice}/objections", {"statement": STATEMENT})
    assert (own.status_code, own.json["code"]) == (409, "own_notice")
    assert (state(raw), state(other)) == ("objected", "on_notice")
    assert public_notices.read_notice(other_notice)["state"] == "published"

    added = upload(objector, f"/objections/{filed.json['id']}/evidence")
    assert added.status_code == 201
    document = added.json["document"]["id"]
    assert objector("GET", f"/objections/{filed.json['id']}/evidence/{document}").status_code == 200
    assert applicant("GET", f"/objections/{filed.json['id']}").status_code == 404
    assert applicant("GET", f"/objections/{filed.json['id']}/evidence/{document}").status_code == 404

    (listed,) = objector("GET", "/objections").json["items"]
    assert (listed["applicant"], listed["township"], listed["unread"]) == ("欧***", "三阳镇", False)
    assert objector("PUT", f"/objections/{filed.json['id']}/read").json["unread"] is False
    assert applicant("GET", "/objections").json == {"items": [], "next": None}

    mine = applicant("GET", f"/applications/{raw['_id']}").text + applicant("GET", "/applications").text
    for secret in (OBJECTOR, OBJECTOR_PHONE, objector.id, STATEMENT, filed.json["id"]):
        assert secret not in mine

    reviewer = office("county_reviewer")
    path = f"/staff/objections/{filed.json['id']}"
    assert [each["id"] for each in reviewer("GET", "/staff/objections").json["items"]] == [filed.json["id"]]
    assert office("county_reviewer", "360921")("GET", path).status_code == 404
    assert office("township_intake")("GET", path).status_code == 403
    seen = reviewer("GET", path).json
    assert seen["objector"] == {"name": OBJECTOR, "phone": OBJECTOR_PHONE}
    assert reviewer("GET", f"{path}/evidence/{document}").status_code == 200

    ruling = {"version": seen["version"], "decision": "dismissed", "reason": "经核实，该住房已于去年出售。"}
    assert first_reviewer("POST", f"{path}/ruling", ruling).json["code"] == "same_person"
    named = reviewer("POST", f"{path}/ruling", {**ruling, "reason": f"{OBJECTOR}反映的情况不属实。"})
    assert [each["code"] for each in named.json["faults"]] == ["names_objector"]
    stale = reviewer("POST", f"{path}/ruling", {**ruling, "version": 99})
    assert (stale.status_code, stale.json["current"]["state"]) == (409, "open")
    assert reviewer("POST", f"{path}/ruling", ruling).json["state"] == "dismissed"
    assert state(raw) == "on_notice"
    resumed = public_notices.read_notice(notice)
    assert resumed["state"] == "published"
    assert resumed["ends_at"] > ends_before
    (listed,) = objector("GET", "/objections").json["items"]
    assert (listed["ruling"], listed["unread"]) == (ruling["reason"], True)
    assert listed == objector("GET", f"/objections/{filed.json['id']}").json
    assert applicant("PUT", f"/objections/{filed.json['id']}/read").status_code == 404
    assert objector("PUT", f"/objections/{filed.json['id']}/read").json == {**listed, "unread": False}
    carry_out(handlers(clock.now()), clock.now())
    assert {"objection_filed", "objection_dismissed"} <= told(objector.id)
    assert {"published", "paused", "resumed"} <= told(applicant.id)


def collection_id(caller: Caller) -> str:
    """The caseworker behind a caller."""
    return str(caller("GET", "/staff/me").json["id"])


def upload(caller: Caller, path: str) -> Any:
    headers = {**caller.headers, "Idempotency-Key": new_id()}
    data = {"file": (BytesIO(jpeg()), "证据.jpg")}
    return caller._client.post(f"/api/v1{path}", data=data, headers=headers)


def test_ones_own_objections_come_by_pages_and_name_nobody_once_it_is_over(
    objector: Caller, call: Callable[..., Caller], resident: Callable[..., dict[str, str]]
) -> None:
    applicant = resident_named(APPLICANT)
    filed: list[dict[str, Any]] = []
    for day in (2, 1, 0):
        raw, notice = make_on_notice(applicant)
        at = MORNING + timedelta(days=day)
        filed.append(objections.file_objection(new_id(), notice, STATEMENT, by=Resident.actor(objector.id), at=at))
    operations.withdraw(raw["_id"], version=None, by=applicant, at=MORNING, key=new_id())
    carry_out(handlers(MORNING), MORNING)
    first = objector("GET", "/objections?limit=2").json
    rest = objector("GET", f"/objections?limit=2&cursor={first['next']}").json
    assert [each["id"] for each in first["items"] + rest["items"]] == [each["_id"] for each in filed]
    assert rest["next"] is None
    assert [each["applicant"] for each in first["items"]] == ["欧***", "欧***"]
    (over,) = rest["items"]
    assert (over["applicant"], over["state"], over["unread"]) == (None, "moot", True)
    assert objector("GET", "/objections?cursor=AAAA").json["code"] == "bad_cursor"
    assert call(resident())("GET", "/objections").json["items"] == []


def test_an_objection_that_holds_ends_the_case_and_the_others(database: str) -> None:
    raw, notice = make_on_notice(resident_named(APPLICANT))
    filed = [new_id(), new_id()]
    for each in filed:
        objections.file_objection(each, notice, STATEMENT, by=resident_named(OBJECTOR), at=MORNING)
    ruler = reviewer_of(DISTRICT)
    done = objections.rule_on(
        filed[0], "sustained", "名下确有住房。", version=2, by=ruler, at=MORNING, key=new_id()
    )  # fmt: skip
    assert done["state"] == "sustained"
    assert state(raw) == "refused"
    assert public_notices.read_notice(notice)["state"] == "stopped"
    left = collection(Objection).find_one({"_id": filed[1]})
    assert left is not None
    assert left["state"] == "moot"
    with pytest.raises(DomainError) as over:
        objections.file_objection(new_id(), notice, STATEMENT, by=resident_named("张三丰"), at=MORNING)
    assert over.value.code == "notice_over"


def reviewer_of(district_code: str) -> Any:
    from tests.factories.casework import reviewer

    return reviewer(district_code)


def test_a_case_reopened_on_appeal_comes_on_notice_anew(database: str) -> None:
    applicant, city = resident_named(APPLICANT), Actor("staff", new_id(), frozenset(["supervisor"]), None)
    raw = make_approved_so_far(applicant)
    collection(Application).update_one(
        {"_id": raw["_id"]}, {"$set": {"state": "reviewed", "decided_by": None, "history": raw["history"][:2]}}
    )

    def review_again(version: int) -> str:
        done = review.second_review(
            raw["_id"], version=version, reason=None, by=reviewer_of(DISTRICT), at=MORNING, key=new_id()
        )
        notice = public_notices.read_notice(public_notices.notice_id(done))
        assert (done["state"], notice["state"], done["due_at"]) == ("on_notice", "published", notice["ends_at"])
        return str(notice["_id"])

    first, objection = review_again(1), new_id()
    objections.file_objection(objection, first, STATEMENT, by=resident_named(OBJECTOR), at=MORNING)
    objections.rule_on(
        objection, "sustained", "名下确有住房。", version=2, by=reviewer_of(DISTRICT), at=MORNING, key=new_id()
    )
    appealed = appeals.appeal(raw["_id"], reason="已出售。", version=None, by=applicant, at=MORNING, key=new_id())
    again = appeals.reopen(
        raw["_id"], version=appealed["version"], reason="再审。", by=city, at=MORNING, key=new_id()
    )  # fmt: skip
    second = review_again(again["version"])
    assert second != first
    assert public_notices.read_notice(first)["state"] == "stopped"
    notice_settling.run_day(AFTER)
    carry_out(handlers(AFTER), AFTER)
    assert state(raw) == "approved"
    assert notice_settling.reconcile(AFTER) == 0


def test_too_late_is_said_and_changes_nothing(database: str) -> None:
    raw, notice = make_on_notice(resident_named(APPLICANT))
    with pytest.raises(DomainError) as over:
        objections.file_objection(new_id(), notice, STATEMENT, by=resident_named(OBJECTOR), at=AFTER)
    assert over.value.code == "notice_over"
    assert public_notices.read_notice(notice)["state"] == "published"
    notice_settling.run_day(AFTER)
    carry_out(handlers(AFTER), AFTER)
    assert state(raw) == "approved"


def test_a_withdrawn_application_is_no_longer_shown(database: str) -> None:
    applicant = resident_named(APPLICANT)
    raw, notice = make_on_notice(applicant)
    objection = new_id()
    objections.file_objection(objection, notice, STATEMENT, by=resident_named(OBJECTOR), at=MORNING)
    operations.withdraw(raw["_id"], version=None, by=applicant, at=MORNING, key=new_id())
    carry_out(handlers(MORNING), MORNING)
    assert public_notices.read_notice(notice)["state"] == "stopped"
    left = collection(Objection).find_one({"_id": objection})
    assert left is not None
    assert left["state"] == "moot"


@pytest.mark.parametrize("decision", ["sustained", "dismissed", "withdrawn"])
def test_an_objection_cut_before_each_of_its_writes(database: str, decision: str) -> None:
    """Wherever the process dies, the outbox brings objection, notice and application into line."""
    then = {"sustained": ("stopped", "refused"), "dismissed": ("published", "on_notice")}
    objector, ruler = resident_named(OBJECTOR), reviewer_of(DISTRICT)
    for number in range(1, 40):
        raw, notice = make_on_notice(resident_named(APPLICANT))
        objection, cut = new_id(), False
        try:
            with crash_before_write(number):
                objections.file_objection(objection, notice, STATEMENT, by=objector, at=MORNING)
                if decision == "withdrawn":
                    objections.withdraw(objection, by=objector, at=MORNING, key="withdraw")
                else:
                    objections.rule_on(objection, decision, "已核实。", version=2, by=ruler, at=MORNING, key="rule")  # type: ignore[arg-type]
        except Crash:
            cut = True
        carry_out(handlers(MORNING), MORNING)
        stored = collection(Objection).find_one({"_id": objection})
        shown = public_notices.read_notice(notice)
        if stored is None:
            assert (shown["state"], state(raw)) == ("published", "on_notice")
        elif stored["state"] == "open":
            assert (shown["state"], shown["objections"], state(raw)) == ("paused", [objection], "objected")
        else:
            assert stored["state"] == decision
            assert (shown["state"], state(raw)) == then.get(decision, ("published", "on_notice"))
        if not cut:
            assert number > 6
            return
        objections_of_nobody(objection)
    raise AssertionError("an objection takes fewer writes than that")


def objections_of_nobody(objection: str) -> None:
    """Make room for the next one of the same objector."""
    collection(Objection).delete_one({"_id": objection})


def test_a_copy_and_an_erasure_reach_notices_and_objections(database: str) -> None:
    applicant, objector = resident_named(APPLICANT), resident_named(OBJECTOR)
    raw, notice = make_on_notice(applicant)
    objection = new_id()
    objections.file_objection(objection, notice, STATEMENT, by=objector, at=MORNING)
    copy = export_resident(objector.id, objector, MORNING)["data"]
    assert copy["objections"][0]["statement"] == STATEMENT
    assert erase_resident(objector.id, objector, MORNING) == "erased"
    stored = collection(Objection).find_one({"_id": objection})
    assert stored is not None
    assert stored["state"] == "withdrawn"
    assert not {"objector", "statement", "objector_index"} & set(stored)
    assert state(raw) == "on_notice"
    assert erase_resident(applicant.id, applicant, MORNING) == "erased"
    gone = collection(PublicNotice).find_one({"_id": notice})
    assert gone is not None
    assert gone["state"] == "stopped"
    assert not {"shown_name", "resident_id"} & set(gone)
