"""Staff of a place, visits with their outcomes, and concerns as they stand, for tests of nobody forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.eldercare import visiting
from models.eldercare.concern_chain import advance
from models.eldercare.concern_finding import CHANNEL, concern_handler, find_concerns
from models.eldercare.concern_records import Concern
from models.kernel.actors import SUPERVISOR, TOWNSHIP_INTAKE, VISITOR, Actor
from models.kernel.database import collection
from models.kernel.ids import new_id
from models.kernel.lifecycle import Raw
from models.kernel.outbox import deliver, relay
from models.people import staff_notices
from models.people.documents import Caseworker
from tests.factories.eldercare import DISTRICT, MORNING, SANYANG


def make_staff(
    *roles: str, district_code: str | None = DISTRICT, township_ids: tuple[str, ...] = (), at: datetime = MORNING
) -> Actor:  # fmt: skip
    """A stored member of staff."""
    worker = Caseworker(
        id=new_id(), created_at=at, updated_at=at, username=new_id().lower(), password_hash="unused",
        display_name="x", roles=list(roles), district_code=district_code, township_ids=list(township_ids),
    )  # fmt: skip
    collection(Caseworker).insert_one(worker.raw())
    return Actor("staff", worker.id, frozenset(roles), district_code, township_ids)


def whole_chain(township_id: str = SANYANG) -> tuple[Actor, Actor, Actor]:
    """A visitor and a supervisor of a township, and the county's supervisor."""
    here = (township_id,)
    return make_staff(VISITOR, township_ids=here), make_staff(SUPERVISOR, township_ids=here), make_staff(SUPERVISOR)


def intake() -> Actor:
    return make_staff(TOWNSHIP_INTAKE)


def visited(elder: Raw, by: Actor, outcome: Any, at: datetime) -> Raw:
    """A visit without booking that ended with this outcome."""
    begun = visiting.begin_unbooked(new_id(), elder["_id"], by=by, at=at)
    return visiting.complete_visit(begun["_id"], visiting.Report(outcome), by=by, at=at, key=new_id(),
                                   version=begun["version"])  # fmt: skip


def deliver_all(at: datetime) -> None:
    """What the outbox's jobs do, until nothing is left."""
    handlers = {
        CHANNEL: concern_handler(lambda: at), staff_notices.CHANNEL: staff_notices.staff_notice_handler(lambda: at)
    }  # fmt: skip
    for _ in range(3):
        relay(at)
        deliver(at, handlers)


def concerns_of(elder: Raw) -> list[Raw]:
    return sorted(collection(Concern).find({"elder_id": elder["_id"]}), key=lambda each: (each["cause"], each["_id"]))


def only_concern(elder: Raw) -> Raw:
    (concern,) = concerns_of(elder)
    return concern


def told(by: Actor) -> list[Raw]:
    """The notices of a member of staff, the newest first."""
    return staff_notices.page_of_notices(by, None, 100).items


def minutes(at: datetime, count: float) -> datetime:
    return at + timedelta(minutes=count)


def go_on(at: datetime) -> None:
    """Advance every chain and deliver what it says; as the jobs do, in one go that can be killed anywhere."""
    advance(at)
    deliver_all(at)


def find_and_tell(at: datetime) -> None:
    """Find who is not seen and deliver what is said of them."""
    find_concerns(at)
    deliver_all(at)
