"""Passing a hand-over on: to another county's queue, to a colleague, back to the queue; and what the clock does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter

from config.loading import catalogue, rule
from config.text import say
from models.casework import phone_tasks
from models.conversations import timing
from models.conversations.canned import IDLE, NOBODY
from models.conversations.documents import HandOver
from models.conversations.handovers import ended, outbox_key, queue_number, tell, text_of, visible
from models.conversations.lifecycle import HANDOVER, HANDOVER_ROLES, WAITING, follower_actor
from models.conversations.masking import mask_text
from models.kernel import audit
from models.kernel.actors import SYSTEM, Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import up_to
from models.kernel.errors import DomainError, FieldFault, InvalidInput
from models.kernel.lifecycle import Change, Raw
from models.kernel.outbox import OutboxEntry
from models.people.documents import Caseworker

ALARMS = Counter("yixiang_handover_alarms_total", "Hand-overs that the clock acted on, by what it did", ("alarm",))
log = structlog.get_logger("handovers")


def transfer(
    ticket_id: str, district_code: str | None, *, by: Actor, at: datetime, key: str, note: str | None = None,
    version: int | None = None,
) -> Raw:  # fmt: skip
    """Into another county's queue (None: the city's), where it keeps its place by when it was asked.

    Raises InvalidInput for a county that is none or the same, and what `perform` raises.
    """
    if district_code is not None and district_code not in catalogue().districts:
        raise InvalidInput(faults=[FieldFault("district_code", "unknown")])

    def change(ticket: Raw) -> Change:
        if ticket.get("district_code") == district_code:
            raise InvalidInput(faults=[FieldFault("district_code", "same")])
        number = queue_number(district_code, at)
        place = catalogue().districts[district_code].name_zh if district_code else say("bot.city")
        told = tell(ticket, f"transfer:{ticket['version']}", say("conversations.passed", place=place, number=number))
        waits = {"district_code": district_code, "number": number, "taken_by": None, "taken_at": None}
        return Change(set={**waits, "escalated_at": None, **timing.until_answered(at)}, note=note, outbox=[told])

    return _done("transfer", ticket_id, by, at, key, version, change, to=district_code)


def pass_on(
    ticket_id: str, colleague_id: str, *, by: Actor, at: datetime, key: str, note: str | None = None,
    version: int | None = None,
) -> Raw:  # fmt: skip
    """Into a colleague's hands. Raises InvalidInput for one who may not answer this county's residents."""

    def change(ticket: Raw) -> Change:
        able = {each["id"] for each in colleagues(ticket.get("district_code"))}
        if colleague_id not in able or colleague_id == by.id:
            raise InvalidInput(faults=[FieldFault("colleague_id", "unknown")])
        return Change(set={"taken_by": colleague_id, "read_count": 0, **timing.until_idle(at)}, note=note)

    return _done("pass_on", ticket_id, by, at, key, version, change, to=colleague_id)


def give_back(
    ticket_id: str, *, by: Actor, at: datetime, key: str, note: str | None = None, version: int | None = None
) -> Raw:
    """Back to the queue, at its old place; the follower is told that they wait again."""

    def change(ticket: Raw) -> Change:
        told = tell(ticket, f"given_back:{ticket['version']}", say("conversations.given_back"))
        waits = {"taken_by": None, "taken_at": None, **timing.until_answered(at)}
        return Change(set=waits, note=note, outbox=[told])

    return _done("give_back", ticket_id, by, at, key, version, change)


def take_over(ticket_id: str, *, by: Actor, at: datetime, key: str, version: int | None = None) -> Raw:
    """A supervisor takes a ticket out of a colleague's hands."""

    def change(ticket: Raw) -> Change:
        return Change(set={"taken_by": by.id, "read_count": 0, **timing.until_idle(at)})

    return _done("take_over", ticket_id, by, at, key, version, change)


def leave_phone(openid: str, ticket_id: str, phone: str, key: str, at: datetime) -> Raw:
    """The follower would rather be called: the ticket ends, and a call appears among the county's telephone tasks.

    The number lies encrypted in the task alone. Raises IllegalTransition where somebody has just taken the ticket.
    """

    def change(ticket: Raw) -> Change:
        said = mask_text(text_of(ticket["messages"][-1])) if ticket.get("messages") else ""
        words = say("conversations.call_back", number=ticket["number"], said=said)
        payload = {
            "notice": f"handover:{ticket_id}", "handover_id": ticket_id, "district_code": ticket.get("district_code"),
            "resident_id": ticket.get("resident_id"), "phone": phone, "text": words,
        }  # fmt: skip
        task = OutboxEntry(
            key=outbox_key(ticket_id, "call"), channel=phone_tasks.CHANNEL, payload=payload,
            subject_id=ticket["openid_index"],
        )  # fmt: skip
        return Change(set=ended(at), outbox=[task])

    return HANDOVER.perform(ticket_id, "leave_phone", by=follower_actor(openid), at=at, key=key, change=change)


def mark_read(ticket_id: str, through: int, *, by: Actor) -> None:
    """The first `through` messages have been seen. Only whoever holds the ticket moves the mark, only onward."""
    collection(HandOver).update_one(
        {"_id": visible(ticket_id, by), "taken_by": by.id, f"messages.{max(through, 1) - 1}": {"$exists": True}},
        {"$max": {"read_count": through}},
    )


def colleagues(district_code: str | None) -> list[dict[str, Any]]:
    """Who may answer a county's residents: its own staff and the city's. Of the city's queue only the city's."""
    places = [None] if district_code is None else [district_code, None]
    wanted = {"active": True, "district_code": {"$in": places}, "roles": {"$in": list(HANDOVER_ROLES)}}
    found = collection(Caseworker).find(wanted, {"display_name": 1, "district_code": 1})
    people = [
        {"id": each["_id"], "name": each["display_name"], "district_code": each.get("district_code")} for each in found
    ]
    return sorted(people, key=lambda each: (each["name"], each["id"]))


def sound_alarms(at: datetime) -> dict[str, int]:
    """What the clock does: escalate what nobody took, end what nobody goes on with. Safe to repeat and to run twice."""
    counts = {timing.ESCALATE: 0, timing.LAPSE: 0}
    due = collection(HandOver).find({"alarm_at": up_to(at)}).limit(rule("conversations.alarm_batch"))
    for ticket in list(due):
        try:
            (_escalate if ticket["alarm"] == timing.ESCALATE else _lapse)(ticket, at)
        except DomainError:
            continue  # taken, answered or ended in between: the alarm was of what is past
        counts[ticket["alarm"]] += 1
        ALARMS.labels(ticket["alarm"]).inc()
    return counts


def _escalate(ticket: Raw, at: datetime) -> None:
    """Nobody took it in time: in sight of the supervisors, and the follower hears what else they can do."""
    told = tell(ticket, f"waits:{ticket['version']}", say("conversations.still_waiting"))
    facts = {"escalated_at": at, **timing.until_given_up(as_utc(ticket["created_at"]))}
    HANDOVER.perform(
        ticket["_id"], "escalate", by=SYSTEM, at=at, version=ticket["version"], change=Change(set=facts, outbox=[told])
    )
    log.warning("handover_waits", ticket=ticket["_id"], district=ticket.get("district_code"))


def _lapse(ticket: Raw, at: datetime) -> None:
    reason = NOBODY if ticket["state"] == WAITING else IDLE
    told = tell(ticket, "lapsed", say(f"conversations.lapsed_{reason}"))
    change = Change(set={**ended(at), "close_reason": reason}, outbox=[told])
    HANDOVER.perform(ticket["_id"], "lapse", by=SYSTEM, at=at, version=ticket["version"], change=change)


def _done(
    action: str, ticket_id: str, by: Actor, at: datetime, key: str, version: int | None,
    change: Callable[[Raw], Change], to: str | None = None,
) -> Raw:  # fmt: skip
    before = collection(HandOver).find_one({"_id": visible(ticket_id, by)}, {"district_code": 1}) or {}
    done = HANDOVER.perform(ticket_id, action, by=by, at=at, key=key, version=version, change=change)
    place = before.get("district_code")
    audit.record(by, f"handover.{action}", f"handover:{ticket_id}", at, district_code=place, detail={"to": to})
    return done
