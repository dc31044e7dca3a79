"""A draw through the API: two people, once, public from the first moment; the same whatever dies in between."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.housing import operations, queries, waiting_list
from models.housing.documents import LotteryDraw, LotteryOrder
from models.housing.draw import canonical
from models.housing.draw_results import follow_draw
from models.housing.draw_verification import verify
from models.housing.operations import Plan
from models.housing.ordering import list_key
from models.housing.waiting_list import Place
from models.kernel import audit
from models.kernel.actors import SYSTEM
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.database import database as connected
from models.kernel.errors import Conflict, DomainError, Duplicate, Forbidden, InvalidInput
from models.kernel.ids import new_id
from tests.integration.housing.lottery_steps import AFTER, ANNA, AT, BEN, CARL, OTHER_SEED, PLAN, SEED, all_steps

ROOT = Path(__file__).resolve().parents[3]
LIST = list_key("public_rental_housing", "360902")
BODY = {
    "programme": "public_rental_housing", "round": "2026-1", "district_code": "360902", "places": 3,
    "seed_source": "welfare_double_ball", "issue": "2026137", "announced_on": "2026-11-29",
}  # fmt: skip


def application(number: int) -> str:
    return "A" + hashlib.sha256(str(number).encode()).hexdigest()[:25].upper()


@pytest.fixture
def ten_waiting(database: str) -> None:
    for number in range(10):
        place = Place("public_rental_housing", application(number), "360902")
        values = {"priority": "ordinary", "applied_on": "2026-03-01"}
        waiting_list.join(place, values, reason="approved", by=SYSTEM, at=AT)


class Office:
    """Staff at their desks."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def post(self, path: str, who: dict[str, str], body: dict[str, Any]) -> Any:
        headers = {**who, "Idempotency-Key": new_id()}
        return self.client.post(f"/api/v1/staff/lottery-draws{path}", json=body, headers=headers)


@pytest.fixture
def office(client: FlaskClient) -> Office:
    return Office(client)


def test_a_draw_from_list_to_publication(
    office: Office, client: FlaskClient, staff: Callable[..., dict[str, str]], clock: FixedClock, ten_waiting: None
) -> None:
    first, second, third = staff("county_reviewer"), staff("county_reviewer"), staff("supervisor")
    made = office.post("", first, BODY)
    assert made.status_code == 201, made.json
    path = f"/{made.json['id']}"
    public = client.get(f"/api/v1/lottery-draws{path}")
    assert (public.json["state"], public.json["seed"], public.json["result"]) == ("committed", None, None)
    assert len(public.json["committed"]["entries"]) == 10

    assert office.post(f"{path}/seed", second, {"seed": SEED}).json["code"] == "draw_seed_not_announced"
    clock.advance(days=6, hours=13)
    first, second, third = staff("county_reviewer"), staff("county_reviewer"), staff("supervisor")
    assert office.post(f"{path}/seed", second, {"seed": "3-7"}).status_code == 422
    assert office.post(f"{path}/seed", second, {"seed": "07-03-12-19-25-31-08"}).json["code"] == "draw_seed_form"
    assert office.post(f"{path}/seed", second, {"seed": SEED}).json["state"] == "seeded"
    assert office.post(f"{path}/run", second, {"seed": SEED}).json["code"] == "draw_needs_second_reader"
    assert office.post(f"{path}/run", third, {"seed": OTHER_SEED}).json["code"] == "draw_seed_differs"
    assert office.post(f"{path}/run", third, {"seed": SEED}).json["state"] == "drawn"
    assert client.get(f"/api/v1/lottery-draws{path}").json["result"] is None
    assert office.post(f"{path}/publish", first, {}).json["state"] == "published"

    response = client.get(f"/api/v1/lottery-draws{path}")
    assert verify(response.data, public.json["commitment"]["sha256"]).faults == ()
    again = client.get(f"/api/v1/lottery-draws{path}", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert [each["id"] for each in client.get("/api/v1/lottery-draws").json["items"]] == [made.json["id"]]
    for action, body in (("run", {"seed": SEED}), ("seed", {"seed": SEED}), ("publish", {})):
        assert office.post(f"{path}/{action}", third, body).status_code in (403, 409)
    assert audit.verify().faults == []
    assert connected()["audit_entries"].count_documents({"subject": f"lottery_draw:{made.json['id']}"}) == 4


def test_the_record_holds_no_id_of_an_application_or_of_staff(ten_waiting: None, client: FlaskClient) -> None:
    draw_id = all_steps()
    text = client.get(f"/api/v1/lottery-draws/{draw_id}").text
    checked = client.get(f"/api/v1/lottery-draws/{draw_id}/check").json["checked"]
    assert checked["same"] and not checked["faults"] and "seals" not in checked
    assert not any(application(number) in text for number in range(10))
    assert not any(name in text for name in ("anna", "ben", "carl"))


@pytest.mark.parametrize(
    ("roles", "district", "expected"),
    [
        (("county_reviewer",), "360902", 201), (("supervisor",), "360902", 201), (("supervisor",), None, 201),
        (("county_reviewer",), "360921", 403), (("township_intake",), "360902", 403), (("planner",), None, 403),
    ],
)  # fmt: skip
def test_who_may_commit(
    office: Office, staff: Callable[..., dict[str, str]], ten_waiting: None, roles: tuple[str, ...],
    district: str | None, expected: int,
) -> None:  # fmt: skip
    assert office.post("", staff(*roles, district_code=district), BODY).status_code == expected


def test_strangers_and_residents_may_take_no_step(
    office: Office, resident: Callable[..., dict[str, str]], staff: Callable[..., dict[str, str]], ten_waiting: None
) -> None:
    draw_id = operations.commit_draw(PLAN, by=ANNA, at=AT)["_id"]
    steps = {"seed": {"seed": SEED}, "run": {"seed": SEED}, "publish": {},
             "void": {"reason": "名单漏了三户，需要重来一次"},
             "correct-seed": {"seed": SEED, "reason": "抄错了第三个号码，现更正"}}  # fmt: skip
    for step, body in steps.items():
        assert office.post(f"/{draw_id}/{step}", {}, body).status_code == 401
        assert office.post(f"/{draw_id}/{step}", resident(), body).status_code in (401, 403)
        assert office.post(f"/{draw_id}/{step}", staff("visitor"), body).status_code == 403
        elsewhere = staff("supervisor", "county_reviewer", district_code="360921")
        assert office.post(f"/{draw_id}/{step}", elsewhere, body).status_code == 403
    assert office.post(f"/{draw_id}/void", staff("county_reviewer"), steps["void"]).status_code == 403
    assert collection(LotteryDraw).find_one({"_id": draw_id})["state"] == "committed"  # type: ignore[index]


@pytest.mark.parametrize(
    "change",
    [{"places": 0}, {"places": "3"}, {"round": "第一轮"}, {"round": "x" * 31}, {"announced_on": "2026-11-30"},
     {"announced_on": "2026-11-24T00:00:00"}, {"announced_on": "2027-11-28"}, {"issue": "20261"},
     {"seed_source": "coin"},
     {"district_code": {"$ne": None}}, {"programme": "nothing"}, {"entries": []}, {"group": "\u0000"}],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused(
    office: Office, staff: Callable[..., dict[str, str]], ten_waiting: None, change: dict[str, Any]
) -> None:
    assert office.post("", staff("supervisor"), {**BODY, **change}).status_code in (404, 422)
    assert collection(LotteryDraw).count_documents({}) == 0


@pytest.mark.parametrize("draw_id", ["x", "0" * 26, "%00", "..%2f..", "1" * 5000])
def test_an_unknown_draw_is_not_found(client: FlaskClient, draw_id: str) -> None:
    assert client.get(f"/api/v1/lottery-draws/{draw_id}").status_code == 404


def test_an_empty_list_cannot_be_drawn(database: str) -> None:
    with pytest.raises(Conflict, match="draw_list_empty"):
        operations.commit_draw(PLAN, by=ANNA, at=AT)


def test_the_seed_must_be_a_day_away(ten_waiting: None) -> None:
    announced = datetime(2026, 11, 29, 14, 0, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="draw_seed_too_soon"):
        operations.commit_draw(PLAN, by=ANNA, at=announced - timedelta(hours=23, minutes=59))
    assert operations.commit_draw(PLAN, by=ANNA, at=announced - timedelta(hours=24))["state"] == "committed"


def test_a_round_is_drawn_once_whatever_the_plan(ten_waiting: None) -> None:
    draw_id = all_steps()
    assert operations.commit_draw(PLAN, by=ANNA, at=AT)["_id"] == draw_id
    with pytest.raises(Duplicate):
        operations.commit_draw(PLAN, by=BEN, at=AT)
    with pytest.raises(Duplicate):
        operations.commit_draw(Plan(**{**PLAN.__dict__, "places": 4}), by=ANNA, at=AT)
    for step in (
        lambda: operations.run_draw(draw_id, SEED, by=CARL, at=AFTER),
        lambda: operations.void_draw(draw_id, "结果对我们不利，想再来", by=CARL, at=AFTER),
        lambda: operations.correct_seed(draw_id, OTHER_SEED, "想换一个更好的种子试试", by=CARL, at=AFTER),
    ):
        with pytest.raises(DomainError):
            step()
    assert collection(LotteryDraw).count_documents({}) == 1


def test_many_at_once_make_one_draw_and_one_result(ten_waiting: None) -> None:
    def attempt(_: int) -> str:
        return str(operations.commit_draw(PLAN, by=ANNA, at=AT)["_id"])

    with ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(attempt, range(16)))
    assert len(ids) == 1
    draw_id = ids.pop()
    operations.enter_seed(draw_id, SEED, by=BEN, at=AFTER)

    def run(_: int) -> str:
        try:
            return str(operations.run_draw(draw_id, SEED, by=CARL, at=AFTER)["state"])
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(run, range(16)))
    assert sorted(outcomes) == ["drawn"] + ["refused"] * 15
    stored = queries.draw(draw_id)
    assert [entry["action"] for entry in stored["history"]] == ["commit", "enter_seed", "run"]
    assert [step["action"] for step in stored["steps"]] == ["commit", "enter_seed", "run"]


def test_who_committed_may_not_enter_the_seed(ten_waiting: None) -> None:
    draw_id = operations.commit_draw(PLAN, by=ANNA, at=AT)["_id"]
    with pytest.raises(Forbidden):
        operations.enter_seed(draw_id, SEED, by=ANNA, at=AFTER)
    with pytest.raises(Conflict):
        operations.enter_seed(draw_id, SEED, by=BEN, at=datetime(2026, 11, 29, 13, 59, 59, tzinfo=UTC))


def test_a_corrected_seed_stays_in_the_record(ten_waiting: None) -> None:
    draw_id = operations.commit_draw(PLAN, by=ANNA, at=AT)["_id"]
    operations.enter_seed(draw_id, OTHER_SEED, by=BEN, at=AFTER)
    operations.correct_seed(draw_id, SEED, "蓝球抄错，应为08", by=BEN, at=AFTER)
    with pytest.raises(Conflict, match="draw_seed_differs"):
        operations.run_draw(draw_id, OTHER_SEED, by=CARL, at=AFTER)
    operations.run_draw(draw_id, SEED, by=CARL, at=AFTER)
    operations.publish_draw(draw_id, by=ANNA, at=AFTER)
    record = queries.public_record(queries.draw(draw_id))
    assert [(e["action"], e["seed"], e["reason"]) for e in record["events"]][1:3] == [
        ("enter_seed", OTHER_SEED, None), ("correct_seed", SEED, "蓝球抄错，应为08"),
    ]  # fmt: skip


def test_a_void_draw_stays_with_its_reason_and_is_replaced_once(ten_waiting: None, client: FlaskClient) -> None:
    draw_id = operations.commit_draw(PLAN, by=ANNA, at=AT)["_id"]
    second = Plan(**{**PLAN.__dict__, "round": "2026-2", "replaces": draw_id})
    with pytest.raises(Conflict, match="draw_replaces_nothing"):
        operations.commit_draw(second, by=ANNA, at=AT)
    with pytest.raises(InvalidInput):
        operations.void_draw(draw_id, "   错了     ", by=CARL, at=AT)
    operations.void_draw(draw_id, "名单漏了三户，需要重来一次", by=CARL, at=AT)
    shown = client.get(f"/api/v1/lottery-draws/{draw_id}")
    assert shown.json["void"]["reason"] == "名单漏了三户，需要重来一次"
    in_short = client.get(f"/api/v1/lottery-draws/{draw_id}/check").json
    assert (in_short["it"]["state"], in_short["checked"]) == ("void", None)
    assert [fault.code for fault in verify(shown.data).faults] == ["void"]
    with pytest.raises(Duplicate):
        operations.commit_draw(PLAN, by=BEN, at=AT)
    new = operations.commit_draw(second, by=ANNA, at=AT)
    assert queries.public_record(new)["committed"]["replaces"] == draw_id
    with pytest.raises(Duplicate, match="draw_replaced_already"):
        operations.commit_draw(Plan(**{**PLAN.__dict__, "round": "2026-3", "replaces": draw_id}), by=ANNA, at=AT)


# What a process does that is killed with -9 at one place: `before` or `after` a function of a module.
DYING = """
import os, signal, sys
from datetime import date, datetime, timezone
from config.settings import DEVELOPMENT_DEFAULTS
from models.housing import operations, seeded_steps
from models.kernel.database import connect
from models.kernel.encryption import install_keyring
from tests.integration.housing import lottery_steps as steps

uri, name, when, number = sys.argv[1:]
install_keyring(DEVELOPMENT_DEFAULTS["secret_keys"])
connect(uri)
real, calls = getattr(seeded_steps, name), []

def deadly(*given, **named):
    calls.append(name)
    if len(calls) < int(number):
        return real(*given, **named)
    if when == "after":
        real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)

for module in (operations, seeded_steps):
    setattr(module, name, deadly)
steps.all_steps()
"""


@pytest.mark.parametrize(
    ("name", "when", "number"),
    [
        ("insert_once", "before", 1), ("insert_once", "after", 1), ("note", "before", 1),
        ("note", "before", 2), ("insert_once", "before", 2), ("insert_once", "after", 2), ("note", "before", 3),
        ("note", "before", 4),
    ],
)  # fmt: skip
def test_a_draw_killed_at_any_step_comes_out_the_same(
    ten_waiting: None, database: str, name: str, when: str, number: int
) -> None:
    command = [sys.executable, "-c", DYING, database, name, when, str(number)]
    died = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    draw_id = all_steps()
    assert collection(LotteryOrder).count_documents({}) == 1
    stored = queries.draw(draw_id)
    assert [entry["action"] for entry in stored["history"]] == ["commit", "enter_seed", "run", "publish"]
    assert [step["action"] for step in stored["steps"]] == ["commit", "enter_seed", "run", "publish"]
    assert verify(canonical(queries.public_record(stored))).same


def test_an_applicant_finds_the_own_entry_and_rank(ten_waiting: None) -> None:
    draw_id = all_steps()
    record = queries.public_record(queries.draw(draw_id))
    for number in range(10):
        mine = queries.my_entry(draw_id, application(number))
        assert hashlib.sha256(f"{application(number)}|{mine['salt']}".encode()).hexdigest() == mine["seal"]
        assert {"number": mine["number"], "seal": mine["seal"]} in record["committed"]["entries"]
        assert record["result"][mine["rank"] - 1] == mine["number"]
        assert mine["chosen"] == (mine["rank"] <= 3)


def test_the_waiting_list_follows_the_published_draw(ten_waiting: None) -> None:
    draw_id = all_steps()
    ranks = {application(n): queries.my_entry(draw_id, application(n))["rank"] for n in range(10)}
    gone = next(each for each, rank in ranks.items() if rank == 2)
    waiting_list.act(waiting_list.entry_id(LIST, gone), "end", reason="withdrawn", by=SYSTEM, at=AFTER)
    assert follow_draw(draw_id, by=SYSTEM, at=AFTER, limit=6) == 4
    assert follow_draw(draw_id, by=SYSTEM, at=AFTER, limit=6) == 0
    assert queries.head(LIST, 10) == [each for each in sorted(ranks, key=ranks.__getitem__) if each != gone]
    moved = queries.position(LIST, queries.head(LIST, 1)[0])["moves"]
    assert [(each["action"], each["reason"]) for each in moved] == [("join", "approved"), ("move", "draw_result")]


def test_draws_are_paged_newest_first(ten_waiting: None, client: FlaskClient) -> None:
    made = []
    for number in range(5):
        plan = Plan(**{**PLAN.__dict__, "round": f"2026-{number}"})
        made.append(operations.commit_draw(plan, by=ANNA, at=AT + timedelta(minutes=number))["_id"])
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = client.get(f"/api/v1/lottery-draws?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
    assert seen == made[::-1]
    assert client.get("/api/v1/lottery-draws?state=void").json["items"] == []
    assert client.get("/api/v1/lottery-draws?state=lost").status_code == 422
