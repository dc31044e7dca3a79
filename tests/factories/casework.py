"""Centres, guardians with a child, and childcare applications at any step, made through the operations themselves."""

from __future__ import annotations

import io
import itertools
from datetime import UTC, date, datetime
from typing import Any

import pikepdf
from PIL import Image

from models.casework import drafts, operations, papers
from models.casework.documents import FORM_CONTEXT, Application
from models.casework.files import CleanFile
from models.casework.queries import form_of
from models.facilities.documents import Facility
from models.kernel.actors import COUNTY_REVIEWER, TOWNSHIP_INTAKE, Actor
from models.kernel.database import collection
from models.kernel.encryption import seal_json
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.people import operations as people
from models.people.documents import Resident
from tests.factories.childcare import assert_places_agree  # noqa: F401  others take it from here
from tests.factories.people import WEIGHTS

MORNING = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
SANYANG, XIAPU, DISTRICT = "1796554", "1789833", "360902"
CHILD_NAME, GUARDIAN_NAME, PHONE = "欧阳小宝", "欧阳建国", "13907951234"
CHILD_BORN = date(2025, 3, 10)
REQUIRED_PAPERS = ("residence_proof", "birth_certificate")
_numbers = itertools.count(1)


def id_number(born: date) -> str:
    """A valid invented ID number, another one at each call."""
    number = next(_numbers)
    head = f"3609{number // 1000 % 80 + 10:02d}{born:%Y%m%d}{number % 1000:03d}"
    return head + "10X98765432"[sum(int(d) * w for d, w in zip(head, WEIGHTS, strict=True)) % 11]


def make_centre(*, toddler: int = 1, infant: int = 1, preschool: int = 1, at: datetime = MORNING, **more: Any) -> str:
    """A childcare centre of the directory; its id."""
    made = Facility(**{
        "id": new_id(), "created_at": at, "updated_at": at, "changed_at": at, "external_id": new_id(), "source": "test",
        "name": "阳光托育中心", "category": "childcare_centre", "longitude": 114.39, "latitude": 27.92,
        "given_longitude": 114.39, "given_latitude": 27.92, "datum": "wgs84", "district_code": DISTRICT,
        "township_id": SANYANG, "places_infant": infant, "places_toddler": toddler, "places_preschool": preschool,
        "free_infant": infant, "free_toddler": toddler, "free_preschool": preschool,
        "registration_valid_until": "2029-12-31", "search_terms": {"pinyin": "yangguang", "initials": "yg"}, **more,
    })  # fmt: skip
    collection(Facility).insert_one(made.raw())
    return str(made.id)


def make_guardian(at: datetime = MORNING, resident_id: str | None = None, born: date = CHILD_BORN) -> Actor:
    """A resident with real name and the consents, who has registered a child born then: `child_of(guardian)`."""
    person_id = resident_id or new_id()
    if resident_id is None:
        collection(Resident).insert_one(Resident(id=person_id, created_at=at, updated_at=at).raw())
    people.record_consent(person_id, "identity", 1, True, at)
    people.set_identity(person_id, GUARDIAN_NAME, id_number(date(1990, 1, 1)), "resident_id_card", at)
    people.add_child(
        Resident.actor(person_id), new_id(), name=CHILD_NAME, id_kind="resident_id_card", id_number=id_number(born),
        birth_date=None, relation="father", consent_version=1, at=at,
    )  # fmt: skip
    return Resident.actor(person_id)


def child_of(guardian: Actor) -> str:
    """The id of the guardian's registered child."""
    stored = collection(Resident).find_one({"_id": guardian.id}, {"children": 1})
    assert stored is not None
    return str(stored["children"][0]["id"])


def form(guardian: Actor, choices: list[str], **more: Any) -> dict[str, Any]:
    """A whole form."""
    return {
        "applicant_name": GUARDIAN_NAME, "applicant_phone": PHONE, "relation": "father",
        "child_id": child_of(guardian), "child_name": CHILD_NAME, "child_birth_date": CHILD_BORN.isoformat(),
        "residence": "household_registration", "township_id": SANYANG, "start_month": "2026-12",
        "choices": choices, **more,
    }  # fmt: skip


def intake(district_code: str | None = DISTRICT, townships: tuple[str, ...] = ()) -> Actor:
    """A caseworker of a township."""
    return Actor("staff", new_id(), frozenset([TOWNSHIP_INTAKE]), district_code, townships)


def reviewer(district_code: str | None = DISTRICT) -> Actor:
    """A caseworker of a county."""
    return Actor("staff", new_id(), frozenset([COUNTY_REVIEWER]), district_code)


def make_draft(guardian: Actor, choices: list[str], at: datetime = MORNING, **answers: Any) -> Raw:
    """A draft with its whole form and the papers it needs."""
    raw = drafts.create_draft(new_id(), "childcare_place", by=guardian, at=at)
    raw = drafts.edit_form(
        raw["_id"], form(guardian, choices, **answers), version=raw["version"], by=guardian, at=at
    )  # fmt: skip
    for paper in REQUIRED_PAPERS:
        file = CleanFile("a.jpg", "image/jpeg", b"content of " + paper.encode(), 1)
        raw = papers.add_paper(raw, drafts.edited_under(raw, at), paper, file, document_id=new_id(), at=at)
    return raw


def make_submitted(guardian: Actor, choices: list[str], at: datetime = MORNING, **answers: Any) -> Raw:
    """Handed in."""
    raw = make_draft(guardian, choices, at, **answers)
    return operations.submit(raw["_id"], version=raw["version"], by=guardian, at=at, key=new_id())


def make_accepted(guardian: Actor, choices: list[str], at: datetime = MORNING, **answers: Any) -> Raw:
    """Accepted by the township."""
    raw = make_submitted(guardian, choices, at, **answers)
    return operations.accept(raw["_id"], version=raw["version"], by=intake(), at=at, key=new_id())


def copies_of(raw: Raw, count: int, choices: list[list[str]] | None = None) -> list[Raw]:
    """The same application as if others had brought it there; each with choices of its own where they are named."""
    made = [{**raw, "_id": new_id(), "resident_id": new_id(), "open_for": new_id()} for _ in range(count)]
    for copy, chosen in zip(made, choices or [], strict=False):
        copy["form"] = seal_json({**form_of(raw), "choices": chosen}, FORM_CONTEXT)
    collection(Application).insert_many(made)
    return made


def approve(raw: Raw, by: Actor | None = None, at: datetime = MORNING, key: str | None = None) -> Raw:
    """Approved by the county."""
    return operations.approve(
        raw["_id"], version=raw["version"], reason=None, by=by or reviewer(), at=at, key=key or new_id()
    )  # fmt: skip


def now(raw: Raw) -> Raw:
    """The application as it stands."""
    found = collection(Application).find_one({"_id": raw["_id"]})
    assert found is not None
    return found


def jpeg(size: tuple[int, int] = (40, 30), note: str | None = None) -> bytes:
    """A photo; with `note` among its EXIF data."""
    image, exif, kept = Image.new("RGB", size, "teal"), Image.Exif(), io.BytesIO()
    if note is not None:
        exif[0x010E] = note
    image.save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    """A drawing."""
    kept = io.BytesIO()
    Image.new("RGBA", size, (1, 2, 3, 4)).save(kept, "PNG")
    return kept.getvalue()


def pdf(pages: int = 1, **save: Any) -> bytes:
    """A PDF of empty pages."""
    made, kept = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        made.add_blank_page()
    made.save(kept, **save)
    return kept.getvalue()
