"""What caseworkers see of the chat: the queue, masked, and one ticket in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models.conversations import timing
from models.conversations.documents import FOLLOWER, STAFF, HandOver
from models.conversations.handovers import ahead_of, outbox_key, quota_of, text_of
from models.conversations.lifecycle import HANDOVER, OPEN_STATES, TAKEN, WAITING
from models.conversations.masking import mask_text
from models.kernel import audit, windows
from models.kernel.actors import Actor
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.errors import InvalidInput, NotFound
from models.kernel.lifecycle import Raw
from models.kernel.outbox import PENDING, OutboxMessage
from models.kernel.paging import Page, decode_cursor, encode_cursor
from models.kernel.windows import Position

SECONDS_PER_MINUTE = 60
ORDER = "created_at"


def queue(
    by: Actor, states: Sequence[str], limit: int, cursor: str | None, at: datetime, *, mine: bool = False,
    escalated: bool = False,
) -> Page:  # fmt: skip
    """Open tickets of the caseworker's county (of all, for the whole city's staff), the longest waiting first.

    `mine`: only those one has taken; `escalated`: only those that nobody took in time. The queue is the county's: staff
    of single townships see the calls for help from there, which are all that they could open.
    """
    place = {"district_code": by.district_code} if by.district_code is not None else {}
    # Each state by itself: an index serves several at once only on some servers. Who took a ticket works on it.
    wanted = [{**place, "state": state} for state in ((TAKEN,) if mine else OPEN_STATES) if state in states]

    def read(window: Mapping[str, Any]) -> list[Raw]:
        rows = [row for each in wanted for row in collection(HandOver).find({**each, **window})
                if _listed(row, by, mine=mine, escalated=escalated)]  # fmt: skip
        return sorted(rows, key=lambda each: windows.place_of(each, ORDER))

    # Of what is taken there is never much.
    edges, after = [] if mine else windows.ages(at), _after(cursor) if cursor is not None else None
    found = windows.read(read, windows.windows(ORDER, edges, after=after), limit)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor({"at": as_utc(last[ORDER]).isoformat(), "id": last["_id"]})
    return Page([_item(each, by, at) for each in found[:limit]], following)


def ticket(ticket_id: str, by: Actor, at: datetime) -> dict[str, Any]:
    """One ticket with all that was said. The look is recorded. Raises NotFound outside one's county."""
    found = collection(HandOver).find_one({"_id": ticket_id})
    if found is None or not by.covers(found.get("district_code"), found.get("township_id")):
        raise NotFound()
    audit.record(by, "handover.read", f"handover:{ticket_id}", at, district_code=found.get("district_code"))
    return shown(found, by, at)


def news(ticket_id: str, since: int, by: Actor, at: datetime) -> dict[str, Any]:
    """What was said after the first `since` messages, and how each reply of the ticket was delivered.

    For an inbox that asks every few seconds: a look is recorded only where it shows something new.
    Raises NotFound outside one's county.
    """
    found = collection(HandOver).find_one({"_id": ticket_id})
    if found is None or not by.covers(found.get("district_code"), found.get("township_id")):
        raise NotFound()
    whole = shown(found, by, at)
    fresh = whole["messages"][since:]
    if fresh:
        audit.record(by, "handover.read", f"handover:{ticket_id}", at, district_code=found.get("district_code"))
    deliveries = [
        {"number": number, "delivery": said["delivery"]}
        for number, said in enumerate(whole["messages"], 1)
        if said["delivery"]
    ]
    # `waited_minutes` would make every minute a change of what has not changed.
    standing = {key: whole[key] for key in ("state", "version", "taken_by_me", "unread", "quota_left", "quota_until")}
    return {**standing, "messages": fresh, "since": len(whole["messages"]), "deliveries": deliveries}


def shown(found: Raw, by: Actor, at: datetime) -> dict[str, Any]:
    """A ticket as its caseworker sees it."""
    messages = found.get("messages", [])
    deliveries = _deliveries([outbox_key(found["_id"], m["id"]) for m in messages if m["from"] == STAFF])
    said = [
        {
            "number": number, "at": as_utc(m["at"]), "from": m["from"], "text": text_of(m),
            "delivery": deliveries.get(outbox_key(found["_id"], m["id"]), PENDING) if m["from"] == STAFF else None,
        }
        for number, m in enumerate(messages, 1)
    ]  # fmt: skip
    quota = quota_of(found, at)
    return {
        **facts(found, by, at), "messages": said, "quota_left": quota.left, "quota_until": quota.until,
        "likely_wait_minutes": _likely_wait(found, at),
    }  # fmt: skip


def _likely_wait(found: Raw, at: datetime) -> int | None:
    if found["state"] != WAITING:
        return None
    return timing.likely_minutes(found.get("district_code"), ahead_of(found), at)


def _unread(found: Raw) -> int:
    seen = found.get("read_count") or 0
    return sum(each["from"] == FOLLOWER for each in found.get("messages", [])[seen:])


def _item(found: Raw, by: Actor, at: datetime) -> dict[str, Any]:
    messages = found.get("messages", [])
    return {**facts(found, by, at), "last_text": mask_text(text_of(messages[-1])) if messages else ""}


def facts(found: Raw, by: Actor, at: datetime) -> dict[str, Any]:
    """A ticket without what was said: for whoever may not, or need not, read it."""
    until = as_utc(found.get("taken_at") or found.get("closed_at") or at)
    return {
        "id": found["_id"], "number": found["number"], "state": found["state"],
        "district_code": found.get("district_code"), "asked_at": as_utc(found["created_at"]),
        "waited_minutes": int((until - as_utc(found["created_at"])).total_seconds() // SECONDS_PER_MINUTE),
        "taken_by_me": found.get("taken_by") == by.id, "known_resident": bool(found.get("resident_id")),
        "messages_count": len(found.get("messages", [])), "unread": _unread(found),
        "escalated": bool(found.get("escalated_at")), "close_reason": found.get("close_reason"),
        "actions": HANDOVER.actions_for(found, by),
        "version": found["version"],
    }  # fmt: skip


def _deliveries(keys: list[str]) -> dict[str, str]:
    if not keys:
        return {}
    found = collection(OutboxMessage).find({"_id": {"$in": keys}}, {"state": 1})
    return {each["_id"]: each["state"] for each in found}


def _listed(row: Raw, by: Actor, *, mine: bool, escalated: bool) -> bool:
    return (
        (not by.township_ids or row.get("township_id") in by.township_ids)
        and (not mine or row.get("taken_by") == by.id)
        and (not escalated or row.get("escalated_at") is not None)
    )


def _after(cursor: str) -> Position:
    position = decode_cursor(cursor)
    try:
        return datetime.fromisoformat(position["at"]), str(position["id"])
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("bad_cursor") from None
