"""What a chat keeps of a person: erased when a follower leaves or a resident asks, given out when a resident asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.conversations import credits, inbound
from models.conversations.binding import erase_code, unlink
from models.conversations.documents import OPENID_CONTEXT, Conversation, HandOver
from models.conversations.handovers import erase_tickets, text_of
from models.conversations.inbound import follower_index
from models.conversations.states import conversation_id
from models.conversations.unanswered import erase_questions
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.encryption import open_text
from models.people.holders import register_holder
from models.people.queries import openids_of

NAME = "conversations"


def forget_follower(openid: str, at: datetime) -> int:
    """Erase all that was kept of a follower, also who they are in the mini-program. Returns how many documents."""
    unlink(openid, at)
    return _erase_chat(openid, at)


def erase_resident_chat(resident_id: str, at: datetime) -> int:
    """Erase the chats of a resident, as far as it is known that they are theirs. Returns how many documents."""
    count = erase_code(resident_id)
    for openid in _openids(resident_id):
        count += _erase_chat(openid, at)
        count += inbound.erase_follower(openid, at)
    count += erase_tickets({"resident_id": resident_id}, at)
    count += sum(credits.erase(openid) for openid in openids_of(resident_id).values() if openid)
    return count + int(collection(Conversation).delete_many({"resident_id": resident_id}).deleted_count)


def export_resident_chat(resident_id: str) -> dict[str, Any]:
    """What a resident said to caseworkers through the chat, and when the chat was last used."""
    tickets = collection(HandOver).find({"resident_id": resident_id}).sort("created_at", 1)
    chats = collection(Conversation).find({"resident_id": resident_id}, {"spoke_at": 1})
    return {
        "handovers": [_exported(ticket) for ticket in tickets],
        "conversations": [{"spoke_at": as_utc(chat["spoke_at"])} for chat in chats],
    }


def _erase_chat(openid: str, at: datetime) -> int:
    index = follower_index(openid)
    count = erase_tickets({"openid_index": index}, at) + erase_questions(index)
    return count + int(collection(Conversation).delete_one({"_id": conversation_id(openid)}).deleted_count)


def _openids(resident_id: str) -> set[str]:
    known = openids_of(resident_id).get("official_openid")
    tickets = collection(HandOver).find({"resident_id": resident_id}, {"openid": 1})
    found = {open_text(ticket["openid"], OPENID_CONTEXT) for ticket in tickets if ticket.get("openid")}
    return found | ({known} if known else set())


def _exported(ticket: dict[str, Any]) -> dict[str, Any]:
    said = [
        {"at": as_utc(each["at"]), "from": each["from"], "text": text_of(each)} for each in ticket.get("messages", [])
    ]
    asked_at = as_utc(ticket["created_at"])
    return {"number": ticket["number"], "state": ticket["state"], "asked_at": asked_at, "said": said}


register_holder(NAME, export=export_resident_chat, erase=erase_resident_chat)
