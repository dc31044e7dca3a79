"""Invented visits for a visitor's day, a supervisor's month and an office's lists: made by the operations themselves,
in the first county, so that each page of the part shows something."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from config.loading import CATALOGUE, Entry, catalogue, load_yaml, rule
from deploy.demo.people import FIRST_DISTRICT, SCOPE, demo_staff, id_number
from models.eldercare import booking, campaigns, month_closing, operations, visiting, waiting_requests
from models.eldercare.concern_finding import find_concerns
from models.eldercare.documents import Elder, NeedKind, VisitSlot
from models.eldercare.importing import import_elders
from models.eldercare.plan_building import plan_present_month
from models.eldercare.plan_queries import enter_absence
from models.eldercare.slot_opening import set_hours
from models.eldercare.slot_rules import Hour
from models.kernel.actors import Actor
from models.kernel.clock import day_of, month_of, previous_month
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw
from models.kernel.sheets import CSV, write_sheet

DAUGHTER, SON = "chenguilan", "liudapeng"
DOUBTFUL_NUMBER = 320
AWAY_FROM_DAYS, AWAY_DAYS, WAIT_FROM_DAYS, WAIT_DAYS = 4, 1, 20, 3


class DemoVisits(Entry):
    """The file `config/catalogue/demo/visits.yaml`."""

    outcomes: list[str]
    notes: dict[str, str]
    needs: dict[NeedKind, str]
    header: list[str]
    campaign: str
    campaign_days: int
    wish: str


def load_visits(residents: dict[str, str], at: datetime) -> int:
    """What the pages of visits show. Returns how many visits told of something; a second run changes nothing."""
    written = load_yaml(CATALOGUE / "demo" / "visits.yaml", DemoVisits)
    visitor, volunteer = demo_staff(f"visitor-{FIRST_DISTRICT}"), demo_staff(f"volunteer-{FIRST_DISTRICT}")
    elders = _elders()
    for number, outcome in enumerate(written.outcomes):
        _visit(elders[number], number, outcome, written, visitor, at)
    _second_report(volunteer, at)
    _hours(volunteer, at)
    _families(residents, elders[-1], written, at)
    plan_present_month(at)
    _away(visitor, at)
    _doubtful(elders[-2], written, at)
    _campaign(written, at)
    find_concerns(at)
    month_closing.close_month(previous_month(month_of(at)), at)
    return len(written.outcomes)


def _elders() -> list[Raw]:
    found = collection(Elder).find({"district_code": FIRST_DISTRICT, "demo": True, "state": "active"})
    return sorted(found, key=lambda each: str(each["_id"]))


def _visit(elder: Raw, number: int, outcome: Any, written: DemoVisits, visitor: Actor, at: datetime) -> None:
    visit_id, when = id_from_key(SCOPE, f"told visit {number}"), at - timedelta(hours=3 + 20 * (number // 2))
    if elder["periods"][-1]["from"] > day_of(when).isoformat():
        return
    visit = visiting.begin_unbooked(visit_id, elder["_id"], by=visitor, at=when)
    if visit["state"] != "in_progress":
        return
    needs = tuple(visiting.Need(kind, note=note) for kind, note in written.needs.items()) \
        if outcome == "seen_with_need" else ()  # fmt: skip
    report = visiting.Report(outcome=outcome, notes=written.notes.get(outcome), needs=needs)
    visiting.complete_visit(visit_id, report, by=visitor, at=when + timedelta(minutes=25), key=f"{visit_id}-done",
                            version=visit["version"])  # fmt: skip


def _second_report(volunteer: Actor, at: datetime) -> None:
    """Another visitor's report of the same visit: a supervisor is to look at both."""
    visit_id = id_from_key(SCOPE, "told visit 0")
    report = visiting.Report(outcome="not_at_home")
    visiting.complete_visit(visit_id, report, by=volunteer, at=at - timedelta(hours=1), key=f"{visit_id}-again",
                            version=None)  # fmt: skip


def _hours(volunteer: Actor, at: datetime) -> None:
    """A volunteer's week: two mornings."""
    place, start = _first_place(), rule("eldercare.slot_starts")[0]
    rows = [Hour(weekday, start, place, 1) for weekday in (1, 3)]
    set_hours(volunteer.id, rows, None, by=volunteer, at=at)


def _families(residents: dict[str, str], elder: Raw, written: DemoVisits, at: datetime) -> None:
    """A request that waits for the township, a booked visit, and a request for a day on which no hour is free."""
    son, daughter = (Actor(kind="resident", id=residents[each]) for each in (SON, DAUGHTER))
    name, number = (open_text(elder[field], f"elders.{field}") for field in ("name", "id_number"))
    operations.request_link(id_from_key(SCOPE, "son's link"), name, number, "grandchild", None, by=son, at=at)
    mother = id_from_key(SCOPE, "mother")
    slots = collection(VisitSlot).find(
        {"demo": True, "starts_at": {"$gt": at + timedelta(hours=12)}, "free": {"$gt": 0}}
    )
    slot = min(slots, key=lambda each: (each["starts_at"], each["_id"]), default=None)
    if slot is not None:
        booking.book_visit(id_from_key(SCOPE, "booked"), mother, slot["_id"], written.wish, by=daughter, at=at)
    days = [day_of(at) + timedelta(days=WAIT_FROM_DAYS + each) for each in range(WAIT_DAYS)]
    waiting_requests.ask(id_from_key(SCOPE, "wait"), mother, days, ["afternoon"], by=daughter, at=at)


def _away(visitor: Actor, at: datetime) -> None:
    first = day_of(at) + timedelta(days=AWAY_FROM_DAYS)
    enter_absence(id_from_key(SCOPE, "away"), visitor.id, first, first + timedelta(days=AWAY_DAYS), "training",
                  by=visitor, at=at)  # fmt: skip


def _doubtful(elder: Raw, written: DemoVisits, at: datetime) -> None:
    """A list with a row about somebody of the same name, birthday and village under another number."""
    place = catalogue().place(elder["township_id"])
    name, number, born = (open_text(elder[field], f"elders.{field}") for field in ("name", "id_number", "birth_date"))
    birth = date.fromisoformat(born)
    woman = int(number[-2]) % 2 == 0
    rows = [[name, id_number(FIRST_DISTRICT, birth, DOUBTFUL_NUMBER, woman=woman), place.name_zh if place else "",
             elder["community"], elder["community"]]]  # fmt: skip
    office = demo_staff(f"intake-{FIRST_DISTRICT}")
    import_elders(write_sheet(CSV, [written.header, *rows]), "demo.csv", by=office, at=at, category="living_alone")


def _campaign(written: DemoVisits, at: datetime) -> None:
    group = {"categories": [], "risk_levels": ["high"], "age_from": None, "age_to": None}
    kind: Any = written.campaign
    last = day_of(at) + timedelta(days=written.campaign_days - 1)
    order = campaigns.Order(kind, FIRST_DISTRICT, [], group, day_of(at), last)
    campaigns.start(id_from_key(SCOPE, "campaign"), order, by=demo_staff("supervisor"), at=at)


def _first_place() -> str:
    return next(each.id for each in catalogue().places if each.district_code == FIRST_DISTRICT)
