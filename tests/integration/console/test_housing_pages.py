"""The housing pages' promises: each place sees its own, forms do what they say, files are read and written safely."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from openpyxl import load_workbook

from models.casework import drafts, objections, review
from models.casework.documents import FORM_CONTEXT, Application
from models.housing import list_queries, waiting_list
from models.housing.documents import LotteryDraw, WaitingEntry
from models.housing.flat_documents import Flat, Tenancy
from models.housing.waiting_list import Place
from models.kernel.actors import SYSTEM, TOWNSHIP_INTAKE, Actor
from models.kernel.clock import FixedClock
from models.kernel.database import collection, database
from models.kernel.encryption import seal_json
from models.kernel.ids import id_from_key, new_id
from tests.factories import casework, housing, notices
from tests.factories.console import Browser

Open = Callable[..., Browser]
LIST = "public_rental_housing:360902"
OTHER = "360981"
NAME = "钱<b>二"


@pytest.fixture
def waiting(app: Flask) -> list[str]:
    """Three households on the county's list; their applications, in order."""
    made = [housing.case_of(housing.make_household(number)) for number in (1, 2, 3)]
    form = seal_json({"applicant_name": NAME}, FORM_CONTEXT)
    collection(Application).update_many({"_id": {"$in": made}}, {"$set": {"form": form}})
    return made


def entry_of(application_id: str) -> dict:  # type: ignore[type-arg]
    found = collection(WaitingEntry).find_one({"application_id": application_id})
    assert found is not None
    return found


def test_a_list_says_why_each_stands_where_it_does_and_names_nobody(browser: Open, waiting: list[str]) -> None:
    page = browser("county_reviewer").get(f"/console/housing/lists/{LIST}")
    shown = [page.index(entry_of(each)["_id"]) for each in waiting]
    assert shown == sorted(shown)
    assert NAME not in page and "钱" in page and "<b>二" not in page
    assert '<span class="tag blue">申请日期早的在前：' in page
    other = browser("county_reviewer", district_code=OTHER)
    refused = other.get(f"/console/housing/lists/{LIST}")
    assert other.status == 403 and waiting[0] not in refused and "钱" not in refused
    elsewhere = other.get(f"/console/housing/entries/{entry_of(waiting[0])['_id']}")
    assert other.status == 403 and "钱" not in elsewhere


def test_a_list_is_read_page_by_page_without_losing_anybody(waiting: list[str]) -> None:
    cursor, seen = None, list[tuple[int, str]]()
    for _ in range(3):
        page = list_queries.page_of_list(LIST, housing.REVIEWER, state="waiting", cursor=cursor, limit=1)
        seen += [(each["position"], each["application_id"]) for each in page.items]
        cursor = page.next
    assert cursor is None and seen == list(enumerate(waiting, 1))


def test_pausing_and_resuming_from_the_page_keeps_the_place(browser: Open, waiting: list[str]) -> None:
    worker, entry = browser("county_reviewer"), entry_of(waiting[1])
    path, action = f"/console/housing/entries/{entry['_id']}", f"/console/do/staff/waiting-entries/{entry['_id']}"
    assert "决定先后" in worker.get(path)
    assert worker.send(f"{action}/pause", reason="own_request").status_code == 303
    assert "已暂停轮候" in worker.get(path) and entry_of(waiting[1])["state"] == "paused"
    assert waiting[1] not in browser("county_reviewer").get(f"/console/housing/lists/{LIST}")
    worker.get(path)
    assert worker.send(f"{action}/resume", reason="own_request").status_code == 303
    assert '<b class="number">2</b> / 3' in worker.get(path)
    worker.get(path)
    refused = worker.send(f"{action}/end", reason="no_such_reason", note="请留着这句话")
    assert refused.status_code == 422 and "请留着这句话" in worker.page


def test_a_township_worker_sees_only_own_households_at_their_places(browser: Open, waiting: list[str]) -> None:
    collection(WaitingEntry).update_one({"application_id": waiting[0]}, {"$set": {"township_id": casework.XIAPU}})
    actor = Actor("staff", "t", frozenset({TOWNSHIP_INTAKE}), housing.DISTRICT, (housing.TOWNSHIP,))
    page = list_queries.page_of_list(LIST, actor, state="waiting", cursor=None, limit=20)
    assert [each["position"] for each in page.items] == [2, 3]


def test_a_draw_from_commitment_to_a_check_in_the_page(browser: Open, waiting: list[str]) -> None:
    anna, ben, carl = (browser("county_reviewer") for _ in range(3))
    anna.get("/console/housing/draws")
    given = {
        "programme": "public_rental_housing", "district_code": "360902", "round": "2026-1", "places": "2",
        "seed_source": "demonstration", "issue": "2026001", "announced_on": "2026-11-23",
    }  # fmt: skip
    answer = anna.send("/console/do/staff/lottery-draws", **given)
    stored = collection(LotteryDraw).find_one()
    assert answer.status_code == 303 and stored is not None
    path, base = f"/console/housing/draws/{stored['_id']}", f"/console/do/staff/lottery-draws/{stored['_id']}"
    assert answer.headers["Location"] == path
    seed = "03-07-12-19-25-31-08"
    anna.get(path)
    assert anna.send(f"{base}/seed", seed=seed).status_code == 403  # who committed does not bring the seed
    ben.get(path)
    assert ben.send(f"{base}/seed", seed=seed).status_code == 303
    assert "这次摇号还没有公布结果" in ben.get(f"{path}/check")
    carl.get(path)
    assert carl.send(f"{base}/run", seed=seed).status_code == 303
    carl.get(path)
    assert carl.send(f"{base}/publish").status_code == 303
    page = carl.get(f"{path}/check")
    assert "核验通过" in page and stored["commitment"]["sha256"] in page
    collection(LotteryDraw).update_one({"_id": stored["_id"]}, {"$set": {"places": 3}})
    assert "核验未通过" in carl.get(f"{path}/check")
    other = browser("county_reviewer", district_code=OTHER)
    other.get(path)
    assert other.status == 403


def test_a_draw_of_the_whole_city_is_committed_from_its_page(browser: Open) -> None:
    for number in (1, 2):
        who = housing.make_household(number)
        place = Place(housing.PROGRAMME, id_from_key("city case", str(number)), None, None, housing.TOWNSHIP, who.id)
        waiting_list.join(place, {"priority": "ordinary", "applied_on": "2026-01-01"}, reason="approved", by=SYSTEM,
                          at=housing.AT)  # fmt: skip
    city, county = browser("supervisor", district_code=None), browser("county_reviewer", district_code=OTHER)
    city.get("/console/housing/draws")
    given = {
        "programme": housing.PROGRAMME, "district_code": "~none", "round": "2026-all", "places": "1",
        "seed_source": "demonstration", "issue": "2026001", "announced_on": "2026-11-23",
    }  # fmt: skip
    answer = city.send("/console/do/staff/lottery-draws", **given)
    assert answer.status_code == 303, city.page
    assert "全市" in city.get(answer.headers["Location"]) and "<dd>2</dd>" in city.page
    assert "2026-all" in county.get("/console/housing/draws"), "it is about the county's people, too"
    assert county.send("/console/do/staff/lottery-draws", **{**given, "round": "x"}).status_code == 403


def test_estates_and_batches_of_another_county_are_neither_seen_nor_changed(browser: Open, waiting: list[str]) -> None:
    flats = housing.make_flats(1)
    batch = housing.open_batch(flats)
    estate = collection(Flat).find_one({})["estate_id"]  # type: ignore[index]
    own, other = browser("county_reviewer"), browser("county_reviewer", district_code=OTHER)
    for path, absent in ((f"estates/{estate}", 404), (f"batches/{batch}", 404)):
        assert "1-001" in own.get(f"/console/housing/{path}") and own.status == 200
        hidden = other.get(f"/console/housing/{path}")
        assert other.status in (403, absent) and "1-001" not in hidden and "幸福家园" not in hidden
    for path in ("estates", "batches", "tenancies", "arrears"):
        hidden = other.get(f"/console/housing/{path}")
        assert other.status == 200 and "幸福家园" not in hidden and batch not in hidden and waiting[0] not in hidden
    before = collection(Flat).find_one({"_id": flats[0]})
    for action, given in (
        (f"flats/{flats[0]}/use", {"reason": "x"}), (f"flat-batches/{batch}/close", {}),
        ("flat-batches", {"name": "x", "flat_ids": flats}),
    ):  # fmt: skip
        fields = {**other.fields("/console/sign-out"), "_page": "/console/housing", **given}
        assert other.post(f"/console/do/staff/{action}", fields).status_code in (403, 404, 409, 422), action
    assert collection(Flat).find_one({"_id": flats[0]}) == before


def test_flats_are_read_from_a_file_and_rows_at_fault_are_named(browser: Open) -> None:
    worker = browser("county_reviewer")
    worker.get("/console/housing/estates")
    rows = [housing.HEADER, housing.flat_row(1), housing.flat_row(2, layout="palace")]
    action = "/console/do/staff/estates/import"
    sent = {**worker.fields(action), "file": (io.BytesIO("\n".join(rows).encode()), "flats.csv")}
    answer = worker.post(action, sent)
    assert answer.status_code == 200, worker.page
    assert "<b>1</b>新增" in worker.page and 'data-label="行">3<' in worker.page and "户型" in worker.page
    assert collection(Flat).count_documents({}) == 1
    assert "幸福家园" not in browser("county_reviewer", district_code=OTHER).get("/console/housing/estates")


def test_a_batch_offers_in_order_and_the_household_moves_in(
    browser: Open, waiting: list[str], clock: FixedClock
) -> None:
    housing.make_flats(2)
    worker = browser("county_reviewer")
    estate_id = collection(Flat).find_one({})["estate_id"]  # type: ignore[index]
    page = worker.get(f"/console/housing/estates/{estate_id}")
    flats = [each["_id"] for each in collection(Flat).find()]
    assert all(each in page for each in flats)
    worker.get(f"/console/housing/estates/{estate_id}?flat={flats[0]}")
    for state in ("closed", "free"):
        assert worker.send(f"/console/do/staff/flats/{flats[0]}/use", reason="维修").status_code == 303
        assert [each["state"] for each in collection(Flat).find({"_id": flats[0]})] == [state]
        worker.get(f"/console/housing/estates/{estate_id}?flat={flats[0]}")
    answer = worker.send("/console/do/staff/flat-batches", name="第一批", flat_ids=flats)
    assert answer.status_code == 303
    page = worker.get(answer.headers["Location"])
    assert waiting[0] in page and waiting[1] in page and waiting[2] not in page
    tenancy = worker.get(f"/console/housing/tenancies/{waiting[0]}")
    assert "等待这家答复" in tenancy
    other = browser("county_reviewer", district_code=OTHER)
    other.get(f"/console/housing/tenancies/{waiting[0]}")
    assert other.status == 404
    collection(Tenancy).update_one(
        {"_id": waiting[0]},
        {"$set": {"state": "signed", "lease": {"number": "L-1", "rent_fen": 30000, "signed_at": clock.now(),
                                               "flat": collection(Tenancy).find_one({"_id": waiting[0]})["offer"]["subject"]}}},  # type: ignore[index]
    )  # fmt: skip
    worker.get(f"/console/housing/tenancies/{waiting[0]}")
    done = worker.send(f"/console/do/staff/tenancies/{waiting[0]}/hand-over", starts_on=clock.now().date().isoformat())
    assert done.status_code == 303, worker.page
    worker.get(f"/console/housing/tenancies/{waiting[0]}")
    adjust = f"/console/do/staff/tenancies/{waiting[0]}/rent"
    assert worker.send(adjust, amount_fen="45000", note="=SUM(A1)").status_code == 303
    assert "450.00" in worker.get("/console/housing/arrears") and "L-1" in worker.page
    sheet = worker.client.get(f"/console/files/staff/tenancies/{waiting[0]}/rent/file?form=xlsx")
    rows = list(load_workbook(io.BytesIO(sheet.get_data())).active.values)  # type: ignore[union-attr]
    assert any("450.00" in row for row in rows)
    assert database()["audit_entries"].count_documents({"action": "rent.exported"}) == 1


def test_an_objection_is_ruled_on_from_its_page_by_the_county_only(browser: Open, clock: FixedClock) -> None:
    applicant = notices.resident_named(notices.APPLICANT)
    _, notice_id = notices.make_on_notice(applicant)
    objector = notices.resident_named("赵六")
    filed = objections.file_objection(new_id(), notice_id, "家里另有一套房，请核实", by=objector, at=clock.now())
    path, action = f"/console/housing/objections/{filed['_id']}", f"/console/do/staff/objections/{filed['_id']}/ruling"
    intake = browser("township_intake")
    assert "待裁决的异议" not in intake.get("/console/housing/notices")
    intake.get(path)
    assert intake.status == 403 and "赵六" not in intake.page
    other = browser("county_reviewer", district_code=OTHER)
    other.get(path)
    assert other.status == 404 and "赵六" not in other.page
    ruler = browser("supervisor")
    assert filed["_id"] in ruler.get("/console/housing/notices")
    assert "赵六" in ruler.get(path)
    done = ruler.send(action, decision="dismissed", reason="经实地核查，情况不属实。")
    assert done.status_code == 303 and "裁决已作出" in ruler.get(path)


def test_a_queue_is_exported_masked_and_recorded_and_its_filter_kept(browser: Open) -> None:
    guardian = casework.make_guardian()
    raw = casework.make_submitted(guardian, [casework.make_centre()])
    worker = browser("township_intake")
    assert "form=xlsx" in worker.get("/console/applications?stage=submitted")
    for form in ("csv", "xlsx"):
        answer = worker.client.get(f"/console/files/staff/applications/export?stage=submitted&form={form}")
        assert answer.status_code == 200
        text = (
            answer.get_data().decode("utf-8-sig")
            if form == "csv"
            else str(
                list(load_workbook(io.BytesIO(answer.get_data())).active.values)  # type: ignore[union-attr]
            )
        )
        assert raw["_id"] in text and casework.GUARDIAN_NAME not in text
    assert database()["audit_entries"].count_documents({"action": "applications.exported"}) == 2
    action = "/console/do/staff/me/saved-filters"
    worker.get("/console/applications?stage=submitted&due=week")
    assert worker.send(action, name="本周<到期>").status_code == 303
    page = worker.get("/console/applications?stage=submitted")
    assert "本周&lt;到期&gt;" in page and "stage=submitted&amp;due=week" in page
    assert "本周" not in browser("township_intake").get("/console/applications")
    number = page.partition("saved-filters/")[2].partition("/")[0]
    assert worker.send(f"{action}/{number}/remove").status_code == 303
    assert "本周" not in worker.get("/console/applications")


def test_what_was_corrected_is_shown_against_what_was_handed_in(browser: Open, clock: FixedClock) -> None:
    guardian = casework.make_guardian()
    raw = casework.make_submitted(guardian, [casework.make_centre()])
    review.request_correction(
        raw["_id"], version=raw["version"], reason="电话不对", papers=[], by=casework.intake(), at=clock.now(), key="k" * 8
    )  # fmt: skip
    now = casework.now(raw)
    drafts.edit_form(
        raw["_id"], {"applicant_phone": "13907950000"}, version=now["version"], by=guardian, at=clock.now()
    )
    page = browser("county_reviewer").get(f"/console/applications/{raw['_id']}")
    assert "与最初提交的不同" in page and "<ins>13907950000</ins>" in page and "<del>13" in page and "电话不对" in page


def test_an_assignment_is_taken_back(browser: Open) -> None:
    raw = casework.make_submitted(casework.make_guardian(), [casework.make_centre()])
    worker = browser("township_intake", name="holder")
    worker.get(f"/console/applications/{raw['_id']}")
    holder = worker.page.partition('name="assignee_id"')[2].partition('<option value="')[2].partition('"')[0]
    action = f"/console/do/staff/applications/{raw['_id']}/assign"
    assert worker.send(action, assignee_id=holder).status_code == 303
    assert casework.now(raw)["assignee_id"] == holder
    assert "分派可以随时收回" in worker.get(f"/console/applications/{raw['_id']}")
    assert worker.send(action).status_code == 303
    assert casework.now(raw)["assignee_id"] is None
