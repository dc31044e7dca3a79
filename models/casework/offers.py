"""Offers of a flat or a childcare place: made to one application, answered or expired once.

What is offered is held by its giver on its own document before the offer exists, and is free again only when the giver
releases it. The answer is one write of the offer; the giver follows at once, and again by the outbox, so that nothing
is lost where a process dies in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.casework.offer_documents import ACCEPTED, OFFER_LIFECYCLE, OFFERED, Offer
from models.indicators.usage import note_use
from models.kernel.actors import SYSTEM, Actor
from models.kernel.database import collection
from models.kernel.errors import DomainError, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.outbox import Handler, OutboxEntry, Receipt
from models.kernel.paging import Page, page_of_few

CHANNEL = "offer_follow_up"


class OfferGiver(Protocol):
    """The part of the domain that gives what is offered. Both are idempotent and may be called late."""

    def accepted(self, offer: Mapping[str, Any], at: datetime) -> None:
        """The offer was accepted: what it holds is the applicant's."""
        ...

    def released(self, offer: Mapping[str, Any], at: datetime) -> None:
        """It was declined, expired or withdrawn: what it holds goes to the next."""
        ...


_givers: dict[str, OfferGiver] = {}


def register_giver(kind: str, giver: OfferGiver) -> None:
    """Name who gives this kind; each domain registers its own at import. ValueError for a kind that is taken."""
    if kind in _givers and _givers[kind] is not giver:
        raise ValueError(f"two givers of {kind}")
    _givers[kind] = giver


def offer_id(kind: str, application_id: str, attempt: int) -> str:
    """The id of an application's offer; the giver holds its thing under it before the offer exists."""
    return id_from_key(f"offer {kind}", f"{application_id} {attempt}")


def make_offer(
    kind: str, application: Raw, subject: Mapping[str, Any], *, attempt: int, expires_at: datetime, by: Actor,
    at: datetime, outbox: Sequence[OutboxEntry] = (),
) -> Raw:  # fmt: skip
    """Make the offer; a repeat finds the first one, whatever became of it."""
    fresh = Offer(
        id=offer_id(kind, application["_id"], attempt), created_at=at, updated_at=at, kind=kind, state=OFFERED,
        application_id=application["_id"], resident_id=application["resident_id"], programme=application["programme"],
        district_code=application.get("district_code"), township_id=application.get("township_id"),
        subject=dict(subject), attempt=attempt, expires_at=expires_at, open=True, outbox_waiting=bool(outbox),
        outbox=[each.stored(at) for each in outbox], history=[history_entry("offer", None, OFFERED, by, at)],
    )  # fmt: skip
    with suppress(DuplicateKeyError):
        collection(Offer).insert_one(fresh.raw())
    return read(fresh.id)


def read(offer: str) -> Raw:
    """An offer as stored. Raises NotFound."""
    found = collection(Offer).find_one({"_id": offer})
    if found is None:
        raise NotFound()
    return found


def accept(offer: str, *, version: int | None = None, by: Actor, at: datetime, key: str) -> Raw:
    """The applicant accepts. Raises Conflict (`offer_expired`) and as the lifecycle does."""
    return _answer(offer, "accept", by, at, version, key)


def decline(offer: str, *, version: int | None = None, by: Actor, at: datetime, key: str) -> Raw:
    """The applicant declines; what was offered goes to the next at once. Raises as the lifecycle does."""
    return _answer(offer, "decline", by, at, version, key)


def withdraw(
    offer: str, *, version: int | None = None, by: Actor, at: datetime, key: str | None = None, note: str | None = None
) -> Raw:
    """Take an offer back that has no answer yet. Raises as the lifecycle does."""
    return _answer(offer, "withdraw", by, at, version, key, note)


def expire_due(at: datetime) -> int:
    """Let the offers expire whose time is over; a job calls it. Returns how many did."""
    due = collection(Offer).find({"open": True, "expires_at": {"$lt": at}}, {"_id": 1})
    expired = 0
    for each in list(due.sort("expires_at", 1).limit(rule("offers.expired_at_once"))):
        with suppress(DomainError):  # answered in between
            _answer(each["_id"], "expire", SYSTEM, at, None, None)
            expired += 1
    return expired


def follow_up(offer: str, at: datetime) -> None:
    """Let the giver take the answer over, any number of times. Raises NotFound."""
    found = read(offer)
    giver = _givers.get(found["kind"])
    if giver is None:
        raise RuntimeError(f"nobody gives {found['kind']}")  # a composition without its giver: stays in the outbox
    if found["state"] == OFFERED or found["followed"]:
        return
    (giver.accepted if found["state"] == ACCEPTED else giver.released)(found, at)
    if found["state"] == ACCEPTED:
        note_use("placement_made", offer, at, found.get("district_code"), found.get("township_id"))
    collection(Offer).update_one({"_id": offer}, {"$set": {"followed": True, "updated_at": at}})


def follow_up_handler(now: Callable[[], datetime]) -> Handler:
    """The outbox's handler of the channel; a repeat does no harm."""

    def send(payload: dict[str, Any], key: str) -> Receipt:
        follow_up(payload["offer_id"], now())
        return Receipt("delivered", "followed")

    return Handler(send, idempotent=True)


def own_offer(offer: str, by: Actor) -> Raw:
    """One of the resident's own offers. Raises NotFound."""
    found = read(offer)
    if by.kind != "resident" or found.get("resident_id") != by.id:
        raise NotFound()
    return found


def offers_of(resident_id: str, cursor: str | None, limit: int) -> Page:
    """A resident's offers, the newest first; a handful each, so all are read. Raises InvalidInput."""
    return page_of_few(list(collection(Offer).find({"resident_id": resident_id})), cursor, limit)


def _answer(
    offer: str, action: str, by: Actor, at: datetime, version: int | None, key: str | None, note: str | None = None
) -> Raw:
    entry = OutboxEntry(key=f"offer:{offer}:answered", channel=CHANNEL, payload={"offer_id": offer})
    change = Change(set={"open": False}, note=note, outbox=[entry])
    done = OFFER_LIFECYCLE.perform(offer, action, by=by, at=at, version=version, key=key, change=change)
    follow_up(offer, at)
    return done
