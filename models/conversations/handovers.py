"""Handing a follower over to a caseworker: asking, waiting, speaking, ending."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from config.loading import Place, rule
from config.text import say
from models.casework.phone_tasks import erase_call_backs
from models.conversations import inbound, timing
from models.conversations.canned import ANSWERED, close_reasons
from models.conversations.documents import FOLLOWER, OPENID_CONTEXT, STAFF, TEXT_CONTEXT, HandOver
from models.conversations.inbound import follower_index
from models.conversations.lifecycle import HANDOVER, OPEN_STATES, TAKEN, WAITING, WITHDRAWN, follower_actor
from models.kernel import audit
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import day_of
from models.kernel.counters import next_value
from models.kernel.database import collection
from models.kernel.encryption import open_text, seal_text
from models.kernel.errors import Conflict, FieldFault, IllegalTransition, InvalidInput, LimitReached, NotFound
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Change, Raw, history_entry
from models.kernel.outbox import OPEN_STATES as OUTBOX_OPEN
from models.kernel.outbox import OutboxEntry, OutboxMessage

CHANNEL = "wechat_custom"
CITY = "city"
ENCODING = "utf-8"


@dataclass(frozen=True)
class Quota:
    """How many messages a follower's acts still allow, and until when the last of them lapses (None: nothing known)."""

    left: int
    until: datetime | None

    @property
    def used_up(self) -> bool:
        """True where it is known that WeChat would refuse another message."""
        return self.until is not None and self.left == 0


def ask_for_person(
    openid: str, text: str, key: str, at: datetime, *, district_code: str | None, resident_id: str | None
) -> Raw:
    """Open a ticket with what was said, or return the follower's open one. `key` names the message that asks."""
    here = collection(HandOver)
    ticket_id = id_from_key("handover", key)
    found = here.find_one({"_id": ticket_id}) or open_ticket(openid)
    if found is not None:
        return found
    by = follower_actor(openid)
    ticket = HandOver(
        id=ticket_id, created_at=at, updated_at=at, state=WAITING, openid=openid, openid_index=by.id, open_index=by.id,
        number=queue_number(district_code, at), resident_id=resident_id,
        district_code=district_code, messages=[_message(key, FOLLOWER, text, at)],
        history=[history_entry("ask", None, WAITING, by, at, key)], ahead_at_ask=_waiting_in(district_code),
        **timing.until_answered(at),
    ).raw()  # fmt: skip
    try:
        here.insert_one(ticket)
    except DuplicateKeyError:  # the same message again, or another one that asked at the same time
        found = here.find_one({"_id": ticket_id}) or open_ticket(openid)
        if found is None:
            raise
        return found
    return ticket


def locate(ticket_id: str, place: Place, key: str, at: datetime) -> None:
    """The ticket is a call for help from this township: its staff may open it. Nothing for a ticket that is ended."""

    def change(ticket: Raw) -> Change:
        return Change(
            set={"township_id": place.id, "district_code": ticket.get("district_code") or place.district_code}
        )

    with suppress(IllegalTransition):
        HANDOVER.perform(ticket_id, "locate", by=SYSTEM, at=at, key=key, change=change)


def open_ticket(openid: str, ticket_id: str | None = None) -> Raw | None:
    """The follower's ticket that is not ended, None where there is none. `ticket_id`: which it was, where known."""
    follower = follower_index(openid)
    # By the index of all tickets of a follower: that of the open ones is unique, and serves nothing else there.
    named = {"_id": ticket_id} if ticket_id is not None else {"openid_index": follower}
    return collection(HandOver).find_one({**named, "open_index": follower}, {"history": 0})


def say_to_person(openid: str, ticket_id: str, text: str, key: str, at: datetime) -> Raw:
    """Add what the follower says. Raises LimitReached, IllegalTransition where the ticket was ended meanwhile."""

    def change(ticket: Raw) -> Change:
        if len(ticket["messages"]) >= rule("conversations.handover_messages_most"):
            raise LimitReached("handover_full")
        idle = timing.until_idle(at) if ticket["state"] == TAKEN else {}
        return Change(set=idle, push={"messages": _message(key, FOLLOWER, text, at)})

    return HANDOVER.perform(ticket_id, "say", by=follower_actor(openid), at=at, key=key, change=change)


def withdraw(openid: str, ticket_id: str, key: str, at: datetime) -> Raw:
    """The follower needs nobody any more. Raises IllegalTransition where the ticket was ended meanwhile."""
    return HANDOVER.perform(
        ticket_id, "withdraw", by=follower_actor(openid), at=at, key=key, change=Change(set=ended(at))
    )


def take(ticket_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """A caseworker takes the ticket; the follower is told. Raises what `Lifecycle.perform` raises."""

    def change(ticket: Raw) -> Change:
        told = tell(ticket, f"taken:{ticket['version']}", say("conversations.taken"))
        return Change(set={"taken_by": by.id, "taken_at": at, **timing.until_idle(at)}, outbox=[told])

    done = HANDOVER.perform(visible(ticket_id, by), "take", by=by, at=at, key=key, version=version, change=change)
    timing.note_pace(done, at)
    audit.record(by, "handover.take", f"handover:{ticket_id}", at, district_code=done.get("district_code"))
    return done


def reply(ticket_id: str, text: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """Say something to the follower. Raises InvalidInput `reply_too_long`, LimitReached, Conflict
    `handover_no_quota` where WeChat would take no more, and as `perform`."""
    if len(text.encode(ENCODING)) > rule("conversations.reply_bytes"):
        raise InvalidInput("reply_too_long")

    def change(ticket: Raw) -> Change:
        if len(ticket["messages"]) >= rule("conversations.handover_messages_most"):
            raise LimitReached("handover_full")
        if quota_of(ticket, at).used_up:
            raise Conflict("handover_no_quota")
        said, seen = _message(key, STAFF, text, at, by.id), len(ticket["messages"]) + 1
        return Change(
            set={"read_count": seen, **timing.until_idle(at)}, push={"messages": said}, outbox=[tell(ticket, key, text)]
        )

    return HANDOVER.perform(visible(ticket_id, by), "reply", by=by, at=at, key=key, version=version, change=change)


def close(
    ticket_id: str,
    *,
    by: Actor,
    at: datetime,
    key: str,
    reason: str = ANSWERED,
    note: str | None = None,
    version: int | None = None,
) -> Raw:
    """End the ticket for one of the catalogue's reasons; the bot answers again, and the follower is told so."""
    if reason not in close_reasons():
        raise InvalidInput(faults=[FieldFault("reason", "unknown")])

    def change(ticket: Raw) -> Change:
        told = tell(ticket, "closed", say("conversations.closed"))
        return Change(set={**ended(at), "close_reason": reason}, note=note, outbox=[told])

    done = HANDOVER.perform(visible(ticket_id, by), "close", by=by, at=at, key=key, version=version, change=change)
    audit.record(by, "handover.close", f"handover:{ticket_id}", at, district_code=done.get("district_code"))
    return done


def ahead_of(ticket: Raw) -> int:
    """How many wait longer in the same queue."""
    return _waiting_in(ticket.get("district_code"), ticket["created_at"])


def staffed_until(at: datetime) -> tuple[bool, datetime | None]:
    """Whether caseworkers answer the chat now, and when that changes next."""
    return timing.office_state(at)


def erase_tickets(where: dict[str, Any], at: datetime) -> int:
    """Take the person out of the matching tickets; numbers and times stay for the statistics. Returns how many."""
    here = collection(HandOver)
    ids = [each["_id"] for each in here.find(where, {"_id": 1})]
    erase_call_backs(ids, at)
    here.update_many({**where, "state": {"$in": list(OPEN_STATES)}}, {"$set": {"state": WITHDRAWN, **ended(at)}})
    erased = here.update_many(
        {**where, "messages": {"$exists": True}},
        {
            "$set": {"openid_index": "", "history": [], "outbox": [], "outbox_waiting": False, "updated_at": at},
            "$unset": {"openid": 1, "resident_id": 1, "messages": 1},
            "$inc": {"version": 1},
        },
    )  # fmt: skip
    return int(erased.modified_count)


def outbox_key(ticket_id: str, key: str) -> str:
    """The key of the message that carries a caseworker's reply, by which its delivery is looked up."""
    return f"{ticket_id}:{key}"


def text_of(message: dict[str, Any]) -> str:
    """What was said, decrypted."""
    return open_text(message["text"], TEXT_CONTEXT)


def quota_of(ticket: Raw, at: datetime) -> Quota:
    """What WeChat still lets us say to the follower, less what waits to be sent."""
    if not ticket.get("openid"):
        return Quota(0, None)
    allowed = inbound.allowance(open_text(ticket["openid"], OPENID_CONTEXT), at)
    waiting = {"order_key": _order(ticket), "state": {"$in": list(OUTBOX_OPEN)}}
    pending = collection(OutboxMessage).count_documents(waiting) + len(ticket.get("outbox", []))
    return Quota(max(0, allowed.left - pending), allowed.until)


def visible(ticket_id: str, by: Actor) -> str:
    """The id, where the ticket lies in the caseworker's county. Raises NotFound: others may not know of it."""
    found = collection(HandOver).find_one({"_id": ticket_id}, {"district_code": 1, "township_id": 1})
    if found is None or not by.covers(found.get("district_code"), found.get("township_id")):
        raise NotFound()
    return ticket_id


def _message(key: str, sender: str, text: str, at: datetime, by: str | None = None) -> dict[str, Any]:
    kept = text[: rule("conversations.handover_chars_most")]
    return {"id": key, "at": at, "from": sender, "by": by, "text": seal_text(kept, TEXT_CONTEXT)}


def tell(ticket: Raw, key: str, text: str) -> OutboxEntry:
    """A message to the ticket's follower; `key` is unique within the ticket."""
    openid = open_text(ticket["openid"], OPENID_CONTEXT)
    return OutboxEntry(
        key=outbox_key(ticket["_id"], key), channel=CHANNEL, payload={"openid": openid, "text": text},
        subject_id=ticket["openid_index"], order_key=_order(ticket),
    )  # fmt: skip


def ended(at: datetime) -> dict[str, Any]:
    """What the end of a ticket writes, whatever ends it."""
    return {
        "open_index": None, "closed_at": at, "alarm": None, "alarm_at": None,
        "expires_at": at + timedelta(days=rule("conversations.handover_keep_days")),
    }  # fmt: skip


def queue_number(district_code: str | None, at: datetime) -> int:
    """The next number of the day in a county's queue."""
    return next_value(f"handover {district_code or CITY} {day_of(at)}")


def _waiting_in(district_code: str | None, before: datetime | None = None) -> int:
    earlier = {"created_at": {"$lt": before}} if before else {}
    return int(collection(HandOver).count_documents({"district_code": district_code, "state": WAITING, **earlier}))


def _order(ticket: Raw) -> str:
    return f"follower {ticket['openid_index']}"
