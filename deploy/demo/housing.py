"""Invented flats, a waiting list with a draw, batches, leases and rent; and what was found at a centre."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.loading import CATALOGUE, Entry, load_yaml
from deploy.demo.people import FIRST_DISTRICT, SCOPE, demo_staff
from models.casework import followups, offers
from models.casework.documents import Application
from models.casework.notice_settling import settle
from models.casework.public_notices import end_due, notice_id, publish
from models.childcare import supervision, threads
from models.childcare.documents import OFFERED, ChildcarePlacement
from models.facilities.documents import Facility
from models.housing import draw_results, estates, operations, rents, tenancies
from models.housing.flat_documents import Flat, Tenancy
from models.housing.operations import Plan
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import day_of
from models.kernel.database import collection
from models.kernel.ids import id_from_key

COLUMNS = (
    "estate_id", "estate", "address", "programme", "township_id", "number", "layout", "floor", "area_sqm", "rent_yuan",
)  # fmt: skip
LONG_AGO_DAYS, LISTED_DAYS, DRAWN_DAYS, FIRST_BATCH_DAYS = 50, 40, 30, 25
FIRST_FLATS = 2


class DemoEstate(Entry):
    """An estate with so many flats."""

    id: str
    name: str
    address: str
    flats: int


class DemoDraw(Entry):
    """A draw whose seed is made up, and says so."""

    round: str
    seed: str
    issue: str


class DemoHousing(Entry):
    """The file `config/catalogue/demo/housing.yaml`."""

    township: str
    programme: str
    estates: list[DemoEstate]
    layouts: list[str]
    rent_yuan: list[str]
    area_sqm: list[str]
    draw: DemoDraw
    batches: list[str]
    finding: str
    suspension: str
    message: str


def load_housing(at: datetime) -> int:
    """Make all of it, by the operations; a second run changes nothing. Returns how many flats there are."""
    written = load_yaml(CATALOGUE / "demo" / "housing.yaml", DemoHousing)
    reviewer = demo_staff(f"reviewer-{FIRST_DISTRICT}")
    _onto_the_list(at - timedelta(days=LISTED_DAYS))
    content = "\n".join(",".join(row) for row in (COLUMNS, *_rows(written)))
    estates.import_flats(content.encode(), "demo.csv", by=reviewer, at=at - timedelta(days=LISTED_DAYS))
    _draw(written, at - timedelta(days=DRAWN_DAYS))
    ids = [each["_id"] for each in sorted(collection(Flat).find(), key=lambda each: str(each["_id"]))]
    began = at - timedelta(days=FIRST_BATCH_DAYS)
    _open(written, 0, ids[:FIRST_FLATS], reviewer, began)
    _move_in(began)
    _open(written, 1, ids[FIRST_FLATS : 2 * FIRST_FLATS], reviewer, at - timedelta(days=1))
    rents.charge_months(at)
    return len(ids)


def load_supervision(at: datetime) -> None:
    """A centre with a published finding, one that is suspended, and a child who has a place."""
    written = load_yaml(CATALOGUE / "demo" / "housing.yaml", DemoHousing)
    intake, reviewer = demo_staff(f"intake-{FIRST_DISTRICT}"), demo_staff(f"reviewer-{FIRST_DISTRICT}")
    _take_up(written, at)
    placed = {each for raw in collection(ChildcarePlacement).find({}, {"choices": 1}) for each in raw["choices"]}
    found = collection(Facility).find({"district_code": FIRST_DISTRICT, "category": "childcare_centre"}, {"_id": 1})
    free = sorted(each["_id"] for each in found if each["_id"] not in placed)
    for number, centre in enumerate(free[:2]):
        finding = supervision.Finding("inspection", day_of(at - timedelta(days=9)), "serious", written.finding)
        key = id_from_key(SCOPE, f"inspection {number}")
        supervision.record(key, centre, finding, by=intake, at=at - timedelta(days=9))
        supervision.publish(key, version=None, by=reviewer, at=at - timedelta(days=8), key=f"{key}-public")
    if free:
        until = day_of(at + timedelta(days=30))
        measure = supervision.Measure("suspension", written.suspension, until, id_from_key(SCOPE, "inspection 0"))
        supervision.suspend(id_from_key(SCOPE, "suspension"), free[0], measure, by=reviewer, at=at - timedelta(days=2))


def _onto_the_list(at: datetime) -> None:
    """Whose notice is long over waits from then on."""
    decided = {"district_code": FIRST_DISTRICT, "state": "on_notice"}
    old = [
        raw for raw in collection(Application).find(decided)
        if raw["decided_at"].replace(tzinfo=at.tzinfo) < at - timedelta(days=LONG_AGO_DAYS - LISTED_DAYS)
    ]  # fmt: skip
    for raw in old:
        publish(raw["_id"], raw["decided_at"].replace(tzinfo=at.tzinfo))
    end_due(at)
    for raw in old:
        settle(notice_id(raw), at)
        followups.follow_up(raw["_id"], at)


def _rows(written: DemoHousing) -> list[tuple[str, ...]]:
    return [
        (
            each.id, each.name, each.address, written.programme, written.township, f"{1 + n // 4}-{101 + n % 4}",
            written.layouts[n % 3], str(1 + n // 4), written.area_sqm[n % 3], written.rent_yuan[n % 3],
        )
        for each in written.estates for n in range(each.flats)
    ]  # fmt: skip


def _draw(written: DemoHousing, at: datetime) -> None:
    """Three steps by two people, as it must be."""
    reviewer, other = demo_staff(f"reviewer-{FIRST_DISTRICT}"), demo_staff("supervisor")
    plan = Plan(
        programme=written.programme, round=written.draw.round, district_code=FIRST_DISTRICT, places=3,
        seed_source="demonstration", issue=written.draw.issue, announced_on=day_of(at), demonstrations=True,
    )  # fmt: skip
    draw_id = operations.commit_draw(plan, by=reviewer, at=at)["_id"]
    operations.enter_seed(draw_id, written.draw.seed, by=other, at=at, key=f"{draw_id}-seed")
    operations.run_draw(draw_id, written.draw.seed, by=reviewer, at=at, key=f"{draw_id}-run")
    operations.publish_draw(draw_id, by=reviewer, at=at, key=f"{draw_id}-publish")
    draw_results.follow_draw(draw_id, by=SYSTEM, at=at, limit=100)


def _open(written: DemoHousing, number: int, flat_ids: list[str], by: Actor, at: datetime) -> None:
    estates.open_batch(
        id_from_key(SCOPE, f"batch {number}"), programme=written.programme, district_code=FIRST_DISTRICT,
        name=written.batches[number], flat_ids=flat_ids, by=by, at=at,
    )  # fmt: skip


def _move_in(began: datetime) -> None:
    """The households of the first batch accept, sign and get their keys."""
    intake = demo_staff(f"intake-{FIRST_DISTRICT}")
    for raw in list(collection(Tenancy).find({"batch_id": id_from_key(SCOPE, "batch 0"), "state": "offered"})):
        who, key = Actor("resident", raw["resident_id"]), f"demo-{raw['_id']}"
        offers.accept(raw["offer"]["id"], by=who, at=began + timedelta(days=1), key=f"{key}-accept")
        tenancies.confirm_choice(raw["_id"], by=who, at=began + timedelta(days=2), key=f"{key}-choice")
        signed = tenancies.sign(raw["_id"], by=who, at=began + timedelta(days=3), key=f"{key}-sign")
        starts = began + timedelta(days=4)
        tenancies.hand_over(
            raw["_id"], day_of(starts), version=signed["version"], by=intake, at=starts, key=f"{key}-key"
        )


def _take_up(written: DemoHousing, at: datetime) -> None:
    """One of the children who were offered a place takes it, and the centre writes."""
    offered = sorted(collection(ChildcarePlacement).find({"state": OFFERED}), key=lambda each: str(each["_id"]))
    for raw in offered[:1]:
        who = Actor("resident", raw["resident_id"])
        offers.accept(raw["offer"]["id"], by=who, at=at - timedelta(hours=2), key=f"demo-{raw['_id']}-accept")
        intake, key = demo_staff(f"intake-{FIRST_DISTRICT}"), f"demo-{raw['_id']}-message"
        threads.write(raw["_id"], written.message, by=intake, at=at - timedelta(hours=1), key=key)
