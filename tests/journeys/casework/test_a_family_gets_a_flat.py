"""A family of low income, whole way: pre-screen, household, papers, two reviews, notice, objection, list, draw, flat."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from jobs import housing, notices
from models.housing.draw_verification import verify
from models.kernel.clock import FixedClock
from models.kernel.ids import new_id
from models.kernel.outbox import deliver, relay
from models.people.tokens import issue
from models.platform import Platform
from tests.factories.casework import SANYANG, jpeg
from tests.factories.housing import DISTRICT, HEADER, PROGRAMME, assert_flats_agree, flat_row, make_household
from tests.factories.people import Caller, id_number

Headers = Callable[..., dict[str, str]]
SEED = "03-07-12-19-25-31-08"
ANSWERS = {"applicant_kind": "urban_hardship", "residence": "household_registration", "owns_home": False}
PAPERS = ("id_card", "household_register", "income_proof", "housing_proof")
INCOME = {"per_capita_income": 1333, "per_capita_floor_area": 9.5}


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.get_data(as_text=True)
    return response.json


class Journey:
    """The product with its clock: who acts signs in anew, and time passes with what the jobs do in it."""

    def __init__(self, app: Flask, clock: FixedClock, resident: Headers, staff: Headers) -> None:
        self.app, self.clock, self._resident, self._staff = app, clock, resident, staff
        self.platform: Platform = app.extensions["yixiang"]

    def office(self, *roles: str, **where: Any) -> Caller:
        return Caller(self.app.test_client(), self._staff(*roles, **where))

    def someone(self, name: str, born: str, **who: Any) -> Caller:
        """A resident with a real name."""
        caller = Caller(self.app.test_client(), self._resident(**who))
        ok(caller("POST", "/me/consents", {"purpose": "identity", "version": 1}), 201)
        ok(caller("PUT", "/me/identity", {"name": name, "id_number": id_number(born)}))
        return caller

    def upload(self, caller: Caller, path: str, content: bytes, name: str, **fields: str) -> Any:
        headers = {**caller.headers, "Idempotency-Key": new_id()}
        sent = {**fields, "file": (io.BytesIO(content), name)}
        return self.app.test_client().post(f"/api/v1{path}", data=sent, headers=headers)

    def causes(self) -> None:
        """What the steps so far cause."""
        for _ in range(4):
            relay(self.clock.now())
            deliver(self.clock.now(), self.platform.handlers)

    def days_pass(self, days: float, *callers: Caller) -> None:
        at = self.clock.advance(days=days)
        for each in callers:
            each.headers["Authorization"] = f"Bearer {issue('resident', each.id, 1, at).text}"


@pytest.fixture
def journey(app: Flask, clock: FixedClock, resident: Headers, staff: Headers) -> Journey:
    return Journey(app, clock, resident, staff)


def test_a_family_of_low_income_gets_a_flat(journey: Journey) -> None:
    mine = journey.someone("吴秀梅", "19881120")
    path = applied(journey, mine)
    reviewed(journey, path)
    on_notice_with_an_objection(journey, mine, path)

    # Another family has waited since years before: by date it stands in front, until the draw.
    other = make_household(1, journey.clock.now())
    place = ok(mine("GET", f"{path}/waiting-place"))
    assert (place["position"], place["ahead"], place["total"]) == (2, 1, 2)
    record = drawn(journey, mine)
    own = ok(mine("GET", f"{path}/lottery-draws/{record['committed']['draw_id']}"))
    rank = record["result"].index(own["number"]) + 1
    assert ok(mine("GET", f"{path}/waiting-place"))["position"] == rank

    # Flats: offered in the order drawn; the other family takes money, so that this one's turn comes.
    flats_for_two(journey)
    if rank == 2:
        theirs = Caller(journey.app.test_client(), journey._resident(id=other.id))
        (first,) = ok(theirs("GET", "/offers"))["items"]
        assert ok(mine("GET", "/offers"))["items"] == []
        ok(theirs("POST", f"/tenancies/{first['application_id']}/choose-subsidy"))
    (offer,) = ok(mine("GET", "/offers"))["items"]
    assert (offer["subject"]["estate"], offer["state"]) == ("幸福家园", "offered")
    assert ok(mine("POST", f"/offers/{offer['id']}/accept"))["state"] == "accepted"
    lived_in(journey, mine, path.replace("/applications", "/tenancies"))
    assert_flats_agree()


def applied(journey: Journey, mine: Caller) -> str:
    """From the first question to the submitted application; its path."""
    prescreen = f"/programmes/{PROGRAMME}/prescreen"
    told = {"form": {**ANSWERS, "hardship": "none"}, "household": INCOME}
    unlikely = ok(mine("POST", prescreen, told))
    assert (unlikely["answer"], unlikely["turns_on"]) == ("unlikely", "hardship_known")
    told["form"]["hardship"] = "low_income"
    assert ok(mine("POST", prescreen, told))["answer"] == "may_qualify"

    ok(mine("POST", "/me/consents", {"purpose": "verification", "version": 1}), 201)
    home = {"yearly_income": 48000, "floor_area": 28.5, "support": "low_income"}
    household = ok(mine("POST", "/me/household", home), 201)["id"]
    for relation, name, born in (("spouse", "黄国强", "19860203"), ("child", "黄小雨", "20150607")):
        member = {"relation": relation, "name": name, "id_number": id_number(born), "agreed": True}
        facts = ok(mine("POST", "/me/household/members", member), 201)["facts"]
    assert (facts["size"], int(facts["per_capita_income"])) == (3, 1333)

    draft = ok(mine("POST", "/applications", {"programme": PROGRAMME}), 201)
    path = f"/applications/{draft['id']}"
    form = {**ANSWERS, "applicant_name": "吴秀梅", "applicant_phone": "13907951234", "hardship": "low_income",
            "household": household, "township_id": SANYANG, "wants": "either"}  # fmt: skip
    ok(mine("PATCH", path, {"version": draft["version"], "form": form}))
    assert mine("POST", f"{path}/submit").status_code == 422, "without its papers"
    for paper in PAPERS:
        ok(journey.upload(mine, f"{path}/documents", jpeg(), "a.jpg", paper=paper), 201)
    assert ok(mine("POST", f"{path}/submit"))["state"] == "submitted"
    return path


def reviewed(journey: Journey, path: str) -> None:
    """The township accepts and gives its opinion; the county, another person, decides."""
    both = journey.office("township_intake", "county_reviewer")
    version = ok(both("GET", f"/staff{path}"))["version"]
    version = ok(both("POST", f"/staff{path}/accept", {"version": version}))["version"]
    opinion = {"version": version, "opinion": "favourable"}
    version = ok(both("POST", f"/staff{path}/first-review", opinion))["version"]
    assert both("POST", f"/staff{path}/second-review", {"version": version}).status_code == 403
    county = journey.office("county_reviewer")
    assert ok(county("POST", f"/staff{path}/second-review", {"version": version}))["state"] == "on_notice"


def on_notice_with_an_objection(journey: Journey, mine: Caller, path: str) -> None:
    """Masked in public; an objection holds it up and is dismissed; its days run on to the approval."""
    journey.causes()
    notice = ok(mine("GET", path))["public_notice"]["id"]
    assert ok(mine("GET", f"/public-notices/{notice}"))["applicant"] == "吴**"
    journey.days_pass(3, mine)
    neighbour = journey.someone("周德旺", "19610101")
    doubt = {"statement": "听说这家人在城里还有一套房子，请核实。"}
    objection = ok(neighbour("POST", f"/public-notices/{notice}/objections", doubt), 201)
    assert ok(mine("GET", path))["state"] == "objected"
    ruling = {"version": objection["version"], "decision": "dismissed", "reason": "经不动产登记核查，名下无房。"}
    ok(journey.office("supervisor")("POST", f"/staff/objections/{objection['id']}/ruling", ruling))
    journey.causes()
    assert ok(mine("GET", path))["state"] == "on_notice"
    journey.days_pass(12, mine)
    notices.public_notices(journey.platform, journey.clock.now(), "")
    journey.causes()
    assert ok(mine("GET", path))["state"] == "on_notice", "the days that it was held up are made up for"
    journey.days_pass(4, mine)
    notices.public_notices(journey.platform, journey.clock.now(), "")
    journey.causes()
    assert ok(mine("GET", path))["state"] == "approved"


def drawn(journey: Journey, mine: Caller) -> dict[str, Any]:
    """The public draw with its seed of a Sunday to come; the published record, verified without a database."""
    committer, reader = journey.office("county_reviewer"), journey.office("supervisor")
    sunday = journey.clock.now().date()
    days = (6 - sunday.weekday()) % 7 or 7
    plan = {"programme": PROGRAMME, "round": "2026-1", "district_code": DISTRICT, "places": 1, "issue": "2026145",
            "seed_source": "welfare_double_ball"}  # fmt: skip
    announced = journey.clock.now().date().fromordinal(sunday.toordinal() + days)
    draw = ok(committer("POST", "/staff/lottery-draws", {**plan, "announced_on": announced.isoformat()}), 201)
    steps = f"/staff/lottery-draws/{draw['id']}"
    assert reader("POST", f"{steps}/seed", {"seed": SEED}).status_code == 409, "it is not announced yet"
    journey.days_pass(days + 1, mine)
    committer, reader = journey.office("county_reviewer"), journey.office("supervisor")
    ok(reader("POST", f"{steps}/seed", {"seed": SEED}))
    ok(committer("POST", f"{steps}/run", {"seed": SEED}))
    ok(committer("POST", f"{steps}/publish", {}))
    housing.follow_draws(journey.platform, journey.clock.now(), "")
    published = mine("GET", f"/lottery-draws/{draw['id']}")
    record: dict[str, Any] = ok(published)
    assert verify(published.data, draw["commitment"]["sha256"]).faults == ()
    return record


def flats_for_two(journey: Journey) -> None:
    county = journey.office("county_reviewer")
    sheet = "\n".join([HEADER, flat_row(1, "one_room"), flat_row(2, "one_room"), flat_row(3, "one_room")]).encode()
    assert ok(journey.upload(county, "/staff/estates/import", sheet, "flats.csv"))["added"] == 3
    (estate,) = ok(county("GET", "/staff/estates"))["items"]
    flats = [each["flat_id"] for each in ok(county("GET", f"/staff/estates/{estate['id']}/flats"))["items"]]
    batch = {
        "programme": PROGRAMME,
        "district_code": DISTRICT,
        "name": "第一批",
        "flat_ids": flats,
        "offers_at_once": 1,
    }
    ok(county("POST", "/staff/flat-batches", batch), 201)


def lived_in(journey: Journey, mine: Caller, tenancy: str) -> None:
    """Another flat chosen, lease, key, the first month's rent by its days, paid."""
    kept = ok(mine("GET", tenancy))["flat_id"]
    other = ok(mine("GET", f"{tenancy}/flats"))["items"][0]["flat_id"]
    assert ok(mine("POST", f"{tenancy}/choose", {"flat_id": other}))["flat_id"] == other != kept
    lease = ok(mine("POST", f"{tenancy}/confirm-choice"))["lease"]
    version = ok(mine("POST", f"{tenancy}/sign"))["version"]
    today = journey.clock.now().date().isoformat()
    handed = {"version": version, "starts_on": today}
    hands = journey.office("township_intake", township_ids=(SANYANG,))
    assert ok(hands("POST", f"/staff{tenancy}/hand-over", handed))["state"] == "tenant"
    housing.rent_ledger(journey.platform, journey.clock.now(), "")
    (charge,) = ok(mine("GET", f"{tenancy}/rent"))["items"]
    month_days, left = 31, 31 - int(today[8:]) + 1
    assert today.startswith("2026-12-")
    assert (charge["month"], charge["amount_fen"]) == ("2026-12", lease["rent_fen"] * left // month_days)
    paid = f"reference,lease_number,paid_on,amount_yuan\nBANK-0001,{lease['number']},{today},{charge['amount_fen'] / 100:.2f}"
    county = journey.office("county_reviewer")
    assert ok(journey.upload(county, "/staff/rent-payments/import", paid.encode(), "paid.csv"))["added"] == 1
    assert ok(mine("GET", f"{tenancy}/rent"))["balance_fen"] == 0
