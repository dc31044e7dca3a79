"""Calls for help out of the chat: at a resident's express wish the township on duty is told, at once and once.

The chat gives the emergency numbers first; this is beside them. What was said lies in the hand-over that the call
names; the call itself holds ids and places only. Where nobody takes the hand-over in time the county is told, by the
steps and timers of the chain of concerns; a call that nobody answers is loud in the log and in the alerts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import structlog
from mongoengine import DateTimeField, IntField, ListField, StringField
from prometheus_client import Counter
from pymongo.errors import DuplicateKeyError

from config.loading import Place, catalogue, rule
from models.conversations.canned import NOBODY
from models.conversations.documents import HandOver
from models.conversations.lifecycle import WAITING
from models.eldercare.concern_chain import Staffing
from models.eldercare.concern_timers import later
from models.kernel.actors import SYSTEM
from models.kernel.clock import as_utc
from models.kernel.database import collection
from models.kernel.document import up_to
from models.kernel.errors import DomainError
from models.kernel.ids import id_from_key
from models.kernel.lifecycle import SAME, SYSTEM_ROLE, Change, Lifecycle, Raw, Transition, history_entry
from models.kernel.outbox import OUTBOX_INDEX, Causing, OutboxEntry
from models.people.holders import register_holder
from models.people.staff_notices import CHANNEL

NAME, CALLED, ANSWERED, UNANSWERED = "distress_calls", "called", "answered", "unanswered"
# The chain's timers for danger, and its first step above the visitor.
CAUSE, FIRST_STEP, TOLD = "emergency", 1, "told"
SOUNDED = Counter("yixiang_distress_alarms_total", "Calls for help by what became of them at their alarm", ("outcome",))
log = structlog.get_logger("distress")


class DistressCall(Causing):
    """One call: who called, for which township, which members of staff were told, the hand-over with the words.

    `step`: of the chain of concerns, the last that was told; `alarm_at`: when the next is, unless somebody answers.
    """

    state = StringField(required=True, default=CALLED)
    step = IntField(required=True, default=FIRST_STEP)
    alarm_at = DateTimeField()
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
        {"keys": [("alarm_at", 1)], "name": "alarm"},
        OUTBOX_INDEX,
    ]


DISTRESS = Lifecycle(
    "distress_call",
    DistressCall,
    CALLED,
    [
        Transition("escalate", (CALLED,), SAME, (SYSTEM_ROLE,)),
        Transition("answer", (CALLED,), ANSWERED, (SYSTEM_ROLE,)),
        Transition("give_up", (CALLED,), UNANSWERED, (SYSTEM_ROLE,)),
    ],
)


def call_for_help(key: str, resident_id: str, place: Place, handover_id: str, at: datetime) -> bool:
    """Tell who answers for the township, else the county; again with `key`: no change. False where nobody does."""
    call_id = id_from_key("distress", key)
    step, told = _on_duty(place, FIRST_STEP, at)
    call = DistressCall(
        id=call_id, created_at=at, updated_at=at, resident_id=resident_id, district_code=place.district_code,
        township_id=place.id, handover_id=handover_id, told=told, outbox_waiting=bool(told), step=step,
        alarm_at=_alarm(step, at),
        outbox=[each.stored(at) for each in _entries(call_id, place, handover_id, told, TOLD)],
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


def sound_alarms(at: datetime) -> dict[str, int]:
    """Tell the next step of every call whose hand-over nobody took in time. Safe to repeat and to run twice."""
    counts = {"escalate": 0, "answer": 0, "give_up": 0}
    due = collection(DistressCall).find({"alarm_at": up_to(at)}).limit(rule("conversations.alarm_batch"))
    for call in list(due):
        if call["alarm_at"] is None or call["state"] != CALLED:
            continue
        action, change = _next(call, at)
        try:
            DISTRESS.perform(call["_id"], action, by=SYSTEM, at=at, version=call["version"], change=change)
        except DomainError:  # another process was first
            continue
        counts[action] += 1
        SOUNDED.labels(action).inc()
        if action != "answer":
            level = log.warning if action == "escalate" else log.error
            level("distress_call_unanswered", district_code=call["district_code"], outcome=action)
    return counts


def export_calls(resident_id: str) -> list[dict[str, Any]]:
    """When a resident called for help, and which township was told."""
    found = collection(DistressCall).find({"resident_id": resident_id}).sort("created_at", 1)
    return [{"at": as_utc(each["created_at"]), "township_id": each["township_id"]} for each in found]


def erase_calls(resident_id: str, at: datetime) -> int:
    """Delete them; what has been told stays with who was told. Returns how many."""
    wanted: Raw = {"resident_id": resident_id, "outbox_waiting": False}
    return int(collection(DistressCall).delete_many(wanted).deleted_count)


def _next(call: Raw, at: datetime) -> tuple[str, Change]:
    """What becomes of a call whose time is over: answered, told further up, or given up."""
    if _is_answered(call["handover_id"]):
        return "answer", Change(set={"alarm_at": None})
    place = catalogue().place(call["township_id"])
    step, told = _on_duty(place, call["step"] + 1, at) if place is not None else (call["step"], [])
    if place is None or not told:
        return "give_up", Change(set={"alarm_at": None})
    facts = {"step": step, "alarm_at": _alarm(step, at)}
    entries = _entries(call["_id"], place, call["handover_id"], told, f"{TOLD}:{step}")
    return "escalate", Change(set=facts, push={"told": {"$each": told}}, outbox=entries)


def _is_answered(handover_id: str) -> bool:
    """True where somebody took the hand-over, or the follower ended it or wants a call; not where it merely lapsed."""
    ticket = collection(HandOver).find_one({"_id": handover_id}, {"state": 1, "close_reason": 1})
    return ticket is not None and ticket["state"] != WAITING and ticket.get("close_reason") != NOBODY


def _on_duty(place: Place, first: int, at: datetime) -> tuple[int, list[str]]:
    """The first step from `first` on that somebody holds for the township, and whom; the last one where nobody does."""
    staffing = Staffing(place.district_code, at)
    steps = range(first, len(rule("concerns.steps")))
    found = ((step, staffing.holders(step, place.id)) for step in steps)
    return next(((step, told) for step, told in found if told), (len(rule("concerns.steps")) - 1, []))


def _alarm(step: int, at: datetime) -> datetime:
    timer = rule("concerns.timers")[CAUSE]
    return later(at, timer["acknowledge"][step], timer["clock"], rule("concerns.working_hours"))


def _entries(call_id: str, place: Place, handover_id: str, told: list[str], name: str) -> list[OutboxEntry]:
    if not told:
        return []
    text_key = "conversations.distress" if name == TOLD else "conversations.distress_unanswered"
    payload = {"staff": told, "text_key": text_key, "values": {"township": place.name_zh},
               "about": f"handover:{handover_id}"}  # fmt: skip
    return [OutboxEntry(key=f"distress:{call_id}:{name}", channel=CHANNEL, payload=payload)]


register_holder(NAME, export=export_calls, erase=erase_calls)
