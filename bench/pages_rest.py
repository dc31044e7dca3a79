"""What stands beside applications, register and visits in the city of `bench.pages`: made by hand where the demo has
none, and multiplied to what a year leaves behind."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from config.loading import Place
from jobs import runs
from jobs.schedules import Due
from jobs.timetable import TIMETABLE
from models.casework import objections, phone_tasks
from models.casework.notice_documents import PublicNotice
from models.casework.phone_tasks import PhoneTask
from models.childcare import rounds
from models.childcare.documents import ChildcareMessage, ChildcarePlacement
from models.conversations import handovers, learned, unanswered
from models.conversations.documents import HandOver, UnansweredQuestion
from models.eldercare.concern_records import Concern
from models.eldercare.documents import ElderLink, VisitSlot
from models.eldercare.referral_records import Referral
from models.eldercare.waiting_documents import VisitWait
from models.feedback.documents import Feedback
from models.housing.flat_documents import Flat, RentEntry, Tenancy
from models.indicators.documents import Observation
from models.kernel import outbox
from models.kernel.actors import ADMINISTRATOR, PLANNER, SUPERVISOR, Actor
from models.kernel.audit import AuditEntry
from models.kernel.database import collection
from models.kernel.document import Record
from models.kernel.ids import id_from_key
from models.kernel.job_runs import JobRun
from models.kernel.outbox import OutboxMessage
from models.people import staff_notices
from models.people.documents import Caseworker, Resident
from models.people.messages import Message, store_message
from models.people.staff_notices import StaffNotice
from models.reports import freezing
from models.reports.documents import DRAFT
from models.reports.inputs import service_gap_inputs
from models.running import rule_proposals

Raw = dict[str, Any]
Clones = Callable[..., Iterator[Raw]]
Made = tuple[type[Record], Iterator[Raw]]
# How many of each a whole city has after a year; an estimate, as `docs/` says.
HOW_MANY = {
    Resident: 50_000, Message: 50_000, OutboxMessage: 60_000, AuditEntry: 80_000, Feedback: 20_000,
    HandOver: 20_000, UnansweredQuestion: 5_000, PhoneTask: 5_000, PublicNotice: 8_000, Tenancy: 8_000, Flat: 10_000,
    RentEntry: 60_000, ChildcarePlacement: 10_000, ChildcareMessage: 20_000, Concern: 20_000, Referral: 20_000,
    ElderLink: 20_000, VisitSlot: 20_000, VisitWait: 2_000, JobRun: 40_000, StaffNotice: 40_000, Observation: 6_000,
    Caseworker: 1_500,
}  # fmt: skip
YEAR_DAYS = 365
# Of what an office answers, so many in a hundred still wait.
OPEN_PERCENT = 5


def make_by_hand(at: datetime, district: str) -> None:
    """One of each kind of thing that no demo data show."""
    staff = {each["username"]: each for each in collection(Caseworker).find({})}
    template = staff["supervisor"]
    county = {"username": f"supervisor-{district}", "district_code": district}
    collection(Caseworker).insert_one({**template, **county, "_id": id_from_key("bench", "supervisor")})
    reviewer = _actor(staff[f"reviewer-{district}"])
    supervisor, admin = _actor(template), _actor(staff["admin"])
    store_message("bench", next(iter(collection(Resident).find({})))["_id"], "x", None, at)
    notice = next(each for each in collection(PublicNotice).find({"state": "published"}))
    other = next(each for each in collection(Resident).find({"_id": {"$ne": notice["resident_id"]}}))
    objections.file_objection(id_from_key("bench", "objection"), notice["_id"], "x" * 40,
                              by=Resident.actor(other["_id"]), at=at)  # fmt: skip
    objections.complete(id_from_key("bench", "objection"), at)
    handovers.ask_for_person("bench", "x" * 30, "bench", at, district_code=district, resident_id=None)
    for number in range(3):
        unanswered.note_unanswered("bench", "how to" * (number + 1), "none", 0.1, f"bench {number}", at)
    content = learned.Content("answer", ("how to find the hall of the county",), "x" * 40)
    learned.propose(content, by=reviewer, at=at, key="bench")
    plan = rounds.RoundPlan("bench", district, f"{at:%Y}-12")
    rounds.open_round(plan, by=reviewer, at=at)
    report = freezing.freeze(service_gap_inputs(at), by=supervisor, at=at).report
    if report["state"] == DRAFT:
        freezing.publish(report["_id"], by=supervisor, at=at, key="bench")
    text = rule_proposals.template_of("childcare_place")
    begins = next(line for line in text.splitlines() if line.startswith("in_force_from"))
    later = text.replace(begins, f"in_force_from: {date(at.year + 1, 7, 1)}")
    rule_proposals.propose("childcare_place", later, "x" * 20, by=admin, at=at, key="bench")
    told = {
        "staff": [supervisor.id],
        "text_key": "concerns.notice.told",
        "values": {"number": "1", "township": "x", "cause": "x"},
        "about": "concern:x",
    }
    staff_notices.store(told, "bench", at)
    call = {"notice": "bench", "handover_id": id_from_key("bench", "handover"), "district_code": district,
            "resident_id": None, "phone": "19000000009", "text": "x" * 40}  # fmt: skip
    phone_tasks.phone_handler(lambda: at).send(call, "bench")
    for job in TIMETABLE:
        held = runs.claim(job.name, Due(at, "bench"), "bench", at)
        if held is not None:
            runs.finish(held, at, 0.1, {"done": 1})
    while outbox.relay(at):
        pass


def multiplied(share: float, at: datetime, clones: Clones) -> Iterator[Made]:
    """Every other collection that grows, as large as after a year."""
    chance = random.Random(11)
    for record, count in HOW_MANY.items():
        templates = list(collection(record).find({}).limit(200))
        name = record._get_collection_name()
        if not templates:
            raise RuntimeError(f"the demo has no {name}")
        change = CHANGES.get(record, _nothing)

        def changed(
            number: int, template: Raw, place: Place, record: type[Record] = record, change: Any = change
        ) -> Raw:  # fmt: skip
            then = at - timedelta(days=chance.randrange(1, YEAR_DAYS), seconds=number % 3600)
            kept = {"created_at": then, "updated_at": then} if template.get("created_at") else {}
            return kept | _unique(record, template, number) | change(number, then, chance)

        yield record, clones(name, templates, max(20, round(count * share)), changed)


def _nothing(number: int, then: datetime, chance: random.Random) -> Raw:
    return {}


def _unique(record: type[Record], template: Raw, number: int) -> Raw:
    """Fields that no two may share are another text, where the template has them."""
    fields = [spec["keys"][-1][0] for spec in record.index_specs if spec.get("unique")]
    return {field: f"bench {number}" for field in fields if isinstance(template.get(field), str)}


def _actor(worker: Raw) -> Actor:
    return Actor("staff", worker["_id"], frozenset([*worker["roles"], SUPERVISOR, ADMINISTRATOR, PLANNER]),
                 worker.get("district_code"))  # fmt: skip


def _waits(chance: random.Random) -> bool:
    return chance.randrange(100) < OPEN_PERCENT


def _message(number: int, then: datetime, chance: random.Random) -> Raw:
    return {"state": "dead" if number % 1000 == 0 else "delivered", "next_attempt_at": then,
            "subject_id": id_from_key("bench resident", str(number)), "order_key": f"bench {number // 4}"}  # fmt: skip


def _concern(number: int, then: datetime, chance: random.Random) -> Raw:
    waits = _waits(chance)
    return {"open": waits, "since": then, "elder_id": f"E{number:025d}", "alarm_at": None, "owed": [],
            "open_key": f"bench {number}" if waits else None, "state": "told" if waits else "resolved"}  # fmt: skip


def _feedback(number: int, then: datetime, chance: random.Random) -> Raw:
    waits = _waits(chance)
    state = {"state": "submitted"} if waits else {"state": "closed", "closed_at": then, "alarm_at": None}
    return {**state, "queue_at": then, "month": f"{then:%Y-%m}", "owner_id": f"bench {number}"}


def _handover(number: int, then: datetime, chance: random.Random) -> Raw:
    waits = _waits(chance)
    return {"state": "waiting" if waits else "closed", "open_index": f"bench {number}" if waits else None,
            "alarm_at": None, "expires_at": then + timedelta(days=2 * YEAR_DAYS)}  # fmt: skip


def _placement(number: int, then: datetime, chance: random.Random) -> Raw:
    return {"state": "placed" if number % 3 else "ended", "family_index": f"bench {number}", "ended_at": None,
            "resident_id": f"bench {number}", "release_due": None}  # fmt: skip


def _owned(number: int, then: datetime, chance: random.Random) -> Raw:
    return {"resident_id": id_from_key("bench resident", str(number // 4))}


def _referral(number: int, then: datetime, chance: random.Random) -> Raw:
    return {"state": "open" if _waits(chance) else "done", "elder_id": f"E{number:025d}", "visit_id": f"bench {number}"}


def _link(number: int, then: datetime, chance: random.Random) -> Raw:
    return {"state": "requested" if _waits(chance) else "confirmed", "resident_id": f"bench {number}",
            "id_number_index": f"bench {number}"}  # fmt: skip


def _slot(number: int, then: datetime, chance: random.Random) -> Raw:
    return {"visitor_id": f"bench {number}", "starts_at": then, "ends_at": then, "bookings": [], "pending": [],
            "held": [], "holds": []}  # fmt: skip


CHANGES: dict[type[Record], Any] = {
    OutboxMessage: _message, Concern: _concern, Feedback: _feedback, HandOver: _handover, Referral: _referral,
    ElderLink: _link, VisitSlot: _slot, ChildcarePlacement: _placement, Message: _owned,
    AuditEntry: lambda number, then, chance: {"at": then, "subject": f"bench:{number}", "chain": "bench"},
    JobRun: lambda number, then, chance: {"due_at": then, "state": "done", "period": f"bench {number}",
                                          "expires_at": then + timedelta(days=2 * YEAR_DAYS)},
    StaffNotice: lambda number, then, chance: {"staff_id": f"bench {number // 100}",
                                               "expires_at": then + timedelta(days=2 * YEAR_DAYS)},
    PhoneTask: lambda number, then, chance: {"state": "waiting" if _waits(chance) else "reached"},
    PublicNotice: lambda number, then, chance: {"state": "published" if _waits(chance) else "ended",
                                                "published_on": f"{then:%Y-%m-%d}"},
    Tenancy: lambda number, then, chance: {"resident_id": f"bench {number}", "batch_id": f"bench {number // 40}"},
    Flat: lambda number, then, chance: {"estate_id": f"bench {number // 200}", "number": str(number), "held_at": None,
                                        "batch_id": f"bench {number // 100}"},
    RentEntry: lambda number, then, chance: {"tenancy_id": f"bench {number // 12}", "resident_id": f"bench {number}"},
    ChildcareMessage: lambda number, then, chance: {"placement_id": f"bench {number // 4}",
                                                    "resident_id": f"bench {number}"},
    VisitWait: lambda number, then, chance: {"state": "booked", "resident_id": f"bench {number}"},
    UnansweredQuestion: lambda number, then, chance: {"alike": f"bench {number % 900}", "month": f"{then:%Y-%m}",
                                                      "expires_at": then + timedelta(days=2 * YEAR_DAYS)},
    Observation: lambda number, then, chance: {"period": f"{2024 - number // 300}-{1 + number % 12:02d}",
                                               "area": f"bench {number % 25}", "outbox_waiting": False},
}  # fmt: skip
