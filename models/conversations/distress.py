"""Calls for help out of the chat: at a resident's express wish the township on duty is told, at once and once.

The chat gives the emergency numbers first; this is beside them. What was said lies in the hand-over that the call
names; the call itself holds ids and places only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import structlog
from mongoengine import DateTimeField, ListField, StringField
from pymongo.errors import DuplicateKeyError

from config.loading import Place, rule
from models.eldercare.concern_chain import Staffing
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import Raw, history_entry
from models.kernel.outbox import OUTBOX_INDEX, Causing, OutboxEntry
from models.people.holders import register_holder
from models.people.staff_notices import CHANNEL

NAME, CALLED = "distress_calls", "called"
log = structlog.get_logger("distress")


class DistressCall(Causing):
    """One call: who called, for which township, which members of staff were told, the hand-over with the words."""

    resident_id = StringField(required=True)
    district_code = StringField(required=True)
    township_id = StringField(required=True)
    handover_id = StringField(required=True)
    told = ListField(StringField())
    expires_at = DateTimeField(required=True)

    meta: ClassVar[dict[str, Any]] = {"collection": "distress_calls"}
    index_specs: ClassVar[list[dict[str, Any]]] = [
        {"keys": [("resident_id", 1)], "name": "resident"},
        {"keys": [("expires_at", 1)], "name": "expiry", "expireAfterSeconds": 0},
        OUTBOX_INDEX,
    ]


def call_for_help(key: str, resident_id: str, place: Place, handover_id: str, at: datetime) -> bool:
    """Tell who answers for the township, else the county; again with `key`: no change. False where nobody does."""
    call_id = id_from_key("distress", key)
    told = _on_duty(place, at)
    call = DistressCall(
        id=call_id, created_at=at, updated_at=at, resident_id=resident_id, district_code=place.district_code,
        township_id=place.id, handover_id=handover_id, told=told, outbox_waiting=bool(told),
        outbox=[each.stored(at) for each in _entries(call_id, place, handover_id, told)],
        expires_at=at + timedelta(days=rule("conversations.handover_keep_days")),
        history=[history_entry("call", None, CALLED, SYSTEM, at, key=key)],
    )  # fmt: skip
    try:
        collection(DistressCall).insert_one(call.raw())
    except DuplicateKeyError:  # the same message once more
        found = collection(DistressCall).find_one({"_id": call_id}, {"told": 1})
        return bool(found and found["told"])
    if told:
        log.warning("distress_call", district_code=place.district_code, told=len(told))
    else:
        log.error("distress_call_without_staff", district_code=place.district_code)
    return bool(told)


def export_calls(resident_id: str) -> list[dict[str, Any]]:
    """When a resident called for help, and which township was told."""
    found = collection(DistressCall).find({"resident_id": resident_id}).sort("created_at", 1)
    return [{"at": as_utc(each["created_at"]), "township_id": each["township_id"]} for each in found]


def erase_calls(resident_id: str, at: datetime) -> int:
    """Delete them; what has been told stays with who was told. Returns how many."""
    wanted: Raw = {"resident_id": resident_id, "outbox_waiting": False}
    return int(collection(DistressCall).delete_many(wanted).deleted_count)


def _on_duty(place: Place, at: datetime) -> list[str]:
    """Whom the steps above the visitor name for the township: the first step that somebody holds."""
    staffing = Staffing(place.district_code, at)
    steps = range(1, len(rule("concerns.steps")))
    return next((found for found in (staffing.holders(step, place.id) for step in steps) if found), [])


def _entries(call_id: str, place: Place, handover_id: str, told: list[str]) -> list[OutboxEntry]:
    if not told:
        return []
    payload = {"staff": told, "text_key": "conversations.distress", "values": {"township": place.name_zh},
               "about": f"handover:{handover_id}"}  # fmt: skip
    return [OutboxEntry(key=f"distress:{call_id}:told", channel=CHANNEL, payload=payload)]


register_holder(NAME, export=export_calls, erase=erase_calls)
