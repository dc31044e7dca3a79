"""What is true of the person who talks, by name, and what happens elsewhere while they do; made by the operations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from models.casework import drafts, papers
from models.casework.documents import Application
from models.casework.files import CleanFile
from models.indicators.documents import Observation
from models.kernel.clock import at_local, day_of
from models.kernel.database import all_records, collection
from models.kernel.ids import new_id
from models.people import operations as people
from models.people.documents import Resident
from tests.factories import casework, eldercare, housing
from tests.factories.concerns import make_staff

WENTANG = "1791416"
PLACES = {"places_infant": 4, "places_toddler": 8, "places_preschool": 8, "registration_number": "R1",
          "registration_valid_until": "2029-12-31"}  # fmt: skip


def guardian(resident_id: str, at: datetime) -> None:
    """Real name, consents, and a child of twenty months."""
    casework.make_guardian(at, resident_id)


def jobseeker(resident_id: str, at: datetime) -> None:
    """Real name and consents."""
    people.record_consent(resident_id, "identity", 1, True, at)
    people.set_identity(resident_id, "王芳", casework.id_number(date(1990, 1, 1)), "resident_id_card", at)
    people.set_phone(resident_id, "13900000000", at)


def home(resident_id: str, at: datetime) -> None:
    """A home township in the profile."""
    people.update_profile(resident_id, {"home_township_id": WENTANG}, at)


def mother(resident_id: str, at: datetime) -> None:
    """An old mother on the register of Wentang, linked."""
    elder = eldercare.make_elder(1, WENTANG, at)
    eldercare.make_link(elder, 1, Resident.actor(resident_id), at)


def hours(resident_id: str, at: datetime) -> None:
    """Three free hours in Wentang: tomorrow at nine and ten, the day after at nine."""
    tomorrow = day_of(at) + timedelta(days=1)
    for day, hour in ((tomorrow, 9), (tomorrow, 10), (tomorrow + timedelta(days=1), 9)):
        eldercare.make_slot(1, day, hour, WENTANG, at=at)


def childcare_offer(resident_id: str, at: datetime) -> None:
    """A childcare place is offered."""
    raw = casework.make_accepted(Resident.actor(resident_id), [casework.make_centre(toddler=1)], at)
    casework.approve(raw, at=at)


def waiting_list(resident_id: str, at: datetime) -> None:
    """A household that waits for a flat, two others before it."""
    for number in (1, 2, 9):
        who = housing.make_household(number, at)
    case = {"_id": housing.case_of(who)}
    collection(Application).update_one(case, {"$set": {"resident_id": resident_id, "approved_at": at}})


def observation(resident_id: str, at: datetime) -> None:
    """A month's childcare places, of which part, with its source."""
    collection(Observation).insert_one(Observation(
        id=new_id(), created_at=at, updated_at=at, indicator="childcare_places_per_thousand", period="2026-10", level="city",
        area="3609", revision=1, value=3.2, numerator=16000.0, denominator=5000.0, source="服务设施名录",
        coverage={"status": "complete", "basis": "x"}, method="x", origin="platform", finality="final", defined_since="2021-01", as_of=at, inputs={}, facts_hash="x",
    ).raw())  # fmt: skip


def staff(resident_id: str, at: datetime) -> None:
    """A supervisor of Wentang on duty."""
    make_staff("supervisor", township_ids=(WENTANG,), at=at)


def papers_added(resident_id: str, at: datetime) -> None:
    """In the mini-program the papers of the draft are photographed."""
    raw = collection(Application).find_one({"resident_id": resident_id, "state": "draft"})
    assert raw is not None
    for kind in drafts.edited_under(raw, at).papers:
        if kind.required:
            file = CleanFile("a.jpg", "image/jpeg", b"content", 1)
            raw = papers.add_paper(raw, drafts.edited_under(raw, at), kind.token, file, document_id=new_id(), at=at)


def slots_taken(resident_id: str, at: datetime) -> None:
    """Another family takes tomorrow's first hour."""
    elder, other = eldercare.make_elder(2, WENTANG, at), eldercare.make_resident(at)
    eldercare.make_link(elder, 2, other, at)
    starts = at_local(day_of(at) + timedelta(days=1), 9)
    slot = collection(eldercare.VisitSlot).find_one({"starts_at": starts, "free": 1})
    assert slot is not None
    eldercare.booking.book_visit(new_id(), elder["_id"], slot["_id"], None, by=other, at=at)


Scene = Callable[[str, datetime], None]
SCENES: dict[str, Scene] = {
    each.__name__: each
    for each in (guardian, jobseeker, home, mother, hours, childcare_offer, waiting_list, observation, staff,
                 papers_added, slots_taken)
}  # fmt: skip


def counted(wanted: dict[str, Any]) -> int:
    """How many documents of a collection fit."""
    record = next(each for each in all_records() if each._meta["collection"] == wanted["in"])
    return int(collection(record).count_documents(wanted.get("where", {})))
