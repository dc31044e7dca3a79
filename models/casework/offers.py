"""Offers of a flat or a childcare place: made to one application, answered or expired once.

What is offered is held by its giver on its own document before the offer exists, and is free again only when the giver
releases it. The answer is one write of the offer; the giver follows at once, and again by the outbox, so that nothing
is lost where a process dies in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from pymongo.errors import DuplicateKeyError

from config.loading import rule
from models.casework.notices import CHANNEL as NOTICE
from models.casework.notices import PAGE, day_in_words
from models.casework.offer_documents import ACCEPTED, OFFER_LIFECYCLE, OFFERED, Offer
from models.casework.queries import programme_of
from models.indicators.usage import note_use
from models.kernel.actors import SYSTEM, Actor
from models.kernel.database import collection
from models.kernel.errors import DomainError, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.outbox import Handler, OutboxEntry, Receipt
from models.kernel.paging import Page, page_of_few
from models.people import proxies
from models.people.proxy_documents import OFFER

CHANNEL = "offer_follow_up"
# An offer that ends at midnight is to be answered on the day before.
JUST_BEFORE = timedelta(milliseconds=1)


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
    made = offer_id(kind, application["_id"], attempt)
    told = [*outbox, *_proxies_told(made, application, expires_at, at)]
    fresh = Offer(
        id=made, created_at=at, updated_at=at, kind=kind, state=OFFERED,
        application_id=application["_id"], resident_id=application["resident_id"], programme=application["programme"],
        district_code=application.get("district_code"), township_id=application.get("township_id"),
        subject=dict(subject), attempt=attempt, expires_at=expires_at, open=True, outbox_waiting=bool(told),
        outbox=[each.stored(at) for each in told], history=[history_entry("offer", None, OFFERED, by, at)],
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
    """One of the resident's own offers. Raises NotFound, also where a proxy's authorisation is for other programmes."""
    found = read(offer)
    if by.kind != "resident" or found.get("resident_id") != by.id or not by.may_act_on(found["programme"]):
        raise NotFound()
    return found


def offers_of(resident_id: str, cursor: str | None, limit: int) -> Page:
    """A resident's offers, the newest first; a handful each, so all are read. Raises InvalidInput."""
    return page_of_few(list(collection(Offer).find({"resident_id": resident_id})), cursor, limit)


def _answer(
    offer: str, action: str, by: Actor, at: datetime, version: int | None, key: str | None, note: str | None = None
) -> Raw:
    entry = OutboxEntry(key=f"offer:{offer}:answered", channel=CHANNEL, payload={"offer_id": offer})
    told = [_applicant_told(read(offer), action)] if by.proxy else []
    change = Change(set={"open": False}, note=note, outbox=[entry, *told])
    done = OFFER_LIFECYCLE.perform(offer, action, by=by, at=at, version=version, key=key, change=change)
    follow_up(offer, at)
    return done


def _proxies_told(offer: str, application: Raw, expires_at: datetime, at: datetime) -> list[OutboxEntry]:
    """Who may answer for the applicant hears of it, without a name; a staff member sees it at the desk."""
    page, programme = f"{PAGE}?id={application['_id']}", application["programme"]
    values = {"programme": programme_of(programme).label, "due": day_in_words(expires_at - JUST_BEFORE)}
    told = []
    for raw in proxies.proxies_who_may(application["resident_id"], OFFER, programme, at):
        if raw["proxy_kind"] != "resident":
            continue
        payload = {
            "resident_id": raw["proxy_id"], "text_key": "offers.notice.for_another", "values": values,
            "page": f"{page}&for={raw['_id']}", "authorisation_id": raw["_id"],
        }  # fmt: skip
        told.append(OutboxEntry(f"offer:{offer}:proxy:{raw['_id']}", NOTICE, payload, subject_id=raw["proxy_id"]))
    return told


def _applicant_told(offer: Raw, action: str) -> OutboxEntry:
    """What a proxy answered is told to the applicant, who did not do it."""
    payload = {
        "resident_id": offer["resident_id"], "text_key": f"offers.notice.proxy_{action}",
        "values": {"programme": programme_of(offer["programme"]).label},
        "page": f"{PAGE}?id={offer['application_id']}", "application_id": offer["application_id"],
    }  # fmt: skip
    return OutboxEntry(
        f"offer:{offer['_id']}:told_proxy", NOTICE, payload, subject_id=offer["resident_id"],
        order_key=f"application:{offer['application_id']}",
    )  # fmt: skip
