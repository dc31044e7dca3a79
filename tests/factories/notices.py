"""Applications on public notice, and residents who may object, without the steps before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from config.programmes import Programme, Version, programmes
from models.casework import public_notices
from models.casework.documents import Application
from models.kernel.actors import COUNTY_REVIEWER, Actor
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw, history_entry
from models.kernel.outbox import Handler, deliver, relay
from models.people import operations as people
from models.people.documents import Resident
from tests.factories.casework import DISTRICT, MORNING, SANYANG, id_number

APPLICANT, APPLICANT_PHONE = "欧阳建国", "13907951234"
OBJECTOR, OBJECTOR_PHONE = "司马光明", "13807955678"


def with_notice() -> tuple[Programme, Version]:
    """A programme whose newest version has a public notice and which gives out nothing more."""
    return next(
        (each, version)
        for each in programmes().values()
        for version in each.versions[-1:]
        if version.public_notice and each.particulars is None
    )


def resident_named(name: str, at: datetime = MORNING, resident_id: str | None = None) -> Actor:
    """A resident with a real name."""
    person_id = resident_id or new_id()
    if resident_id is None:
        collection(Resident).insert_one(Resident(id=person_id, created_at=at, updated_at=at).raw())
    people.record_consent(person_id, "identity", 1, True, at)
    people.set_identity(person_id, name, id_number(date(1980, 1, 1)), "resident_id_card", at)
    return Resident.actor(person_id)


def make_approved_so_far(
    applicant: Actor, reviewer_id: str = "", at: datetime = MORNING, district_code: str = DISTRICT,
    township_id: str = SANYANG,
) -> Raw:  # fmt: skip
    """An application that waits for its public notice; `reviewer_id` did the last review."""
    programme, version = with_notice()
    by = Actor("staff", reviewer_id or new_id(), frozenset([COUNTY_REVIEWER]), district_code)
    fields = {each.format: name for name, each in version.form.properties.items() if each.format}
    answers: dict[str, Any] = dict.fromkeys(programme.people.identifies, "x")
    answers |= {programme.people.applicant: APPLICANT, programme.people.township: township_id}
    if "mobile-phone" in fields:
        answers[fields["mobile-phone"]] = APPLICANT_PHONE
    raw = Application(
        id=new_id(), created_at=at, updated_at=at, resident_id=applicant.id, programme=programme.token,
        programme_version=version.version, state="on_notice", stage_since=at, form=answers, submitted_at=at,
        district_code=district_code, township_id=township_id, decided_at=at, decided_by=by.id, open_for=new_id(),
        history=[
            history_entry("create", None, "draft", applicant, at),
            history_entry("submit", "draft", "submitted", applicant, at),
            history_entry("second_review", "reviewed", "on_notice", by, at),
        ],
    ).raw()  # fmt: skip
    collection(Application).insert_one(raw)
    return raw


def make_on_notice(applicant: Actor, reviewer_id: str = "", at: datetime = MORNING, **more: Any) -> tuple[Raw, str]:
    """An application on public notice; with the notice's id."""
    raw = make_approved_so_far(applicant, reviewer_id, at, **more)
    assert public_notices.publish(raw["_id"], at)
    return raw, public_notices.notice_id(raw)


def carry_out(handlers: dict[str, Handler], at: datetime) -> None:
    """Relay and deliver until nothing is left for these channels."""
    for _ in range(10):
        moved = relay(at)
        if not deliver(at, handlers) and not moved:
            return
